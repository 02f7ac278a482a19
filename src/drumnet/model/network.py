"""The trained network: conditioning and code in, onset activations out.

Three ONNX graphs: `listen` (what is heard of the song, computed once),
`encode` (the code of what is played to it) and `decode` (what a code plays).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from drumnet.graph import Session
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import Conditioning
from drumnet.hits import PIECES, Piece
from drumnet.model.checkpoint import Checkpoint
from drumnet.style.code import CODE_SIZE

#: Decoded one after the other: first what carries a pattern, then what departs
#: from it (fills, accents), then what goes on where nothing else is played.
_GROUPS: tuple[tuple[Piece, ...], ...] = (
    (Piece.KICK,),
    (Piece.SNARE,),
    (Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM),
    (Piece.CRASH,),
    (Piece.RIDE,),
    (Piece.OPEN_HAT,),
    (Piece.CLOSED_HAT,),
)
#: These, and last of all each piece that none of them names.
PIECE_GROUPS = (
    *_GROUPS,
    *((piece,) for piece in PIECES if not any(piece in one for one in _GROUPS)),
)


@dataclass(frozen=True, eq=False)
class OnsetActivations:
    """What the network would play, (num_pieces, num_ticks) float32 each.

    Args:
        probability: of a hit.
        velocity: 0-1, if there is one.
        offset: in ticks from the tick.
        velocity_spread, offset_spread: mean deviations of people from those.
    """

    probability: NDArray[np.float32]
    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]
    velocity_spread: NDArray[np.float32]
    offset_spread: NDArray[np.float32]


#: What `decode` gives.
_PLAYED = [field.name for field in fields(OnsetActivations)]


@dataclass(frozen=True, eq=False)
class GivenHits:
    """What of the drums is known before the rest is played: the pieces in the
    network's order, and in a last row a tap, a rhythm that any piece may play.

    Args:
        velocity: (num_pieces + 1, num_ticks) float32 0-1, 0 where nothing is hit.
        offset: (num_pieces + 1, num_ticks) float32 in ticks.
        known: (num_pieces + 1, num_beats) bool, where it is known, silence included.
    """

    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]
    known: NDArray[np.bool_]

    @property
    def is_nothing(self) -> bool:
        return not (self.known.any() or self.velocity.any() or self.offset.any())

    def copy(self) -> GivenHits:
        """The same, to be written into."""
        return GivenHits(self.velocity.copy(), self.offset.copy(), self.known.copy())

    @staticmethod
    def nothing(num_pieces: int, num_beats: int) -> GivenHits:
        """No piece is known."""
        velocity, offset = np.zeros((2, num_pieces + 1, num_beats * TICKS_PER_BEAT), np.float32)
        return GivenHits(velocity, offset, np.zeros((num_pieces + 1, num_beats), dtype=bool))


class _Plain(NamedTuple):
    """What a code plays to a context, as bytes it is, where nothing is given."""

    context: NDArray[np.float32]
    code: bytes
    found: OnsetActivations


class Network:
    """The sessions of one checkpoint."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self._remembered: _Plain | None = None

    @cached_property
    def _listen(self) -> Session:
        return Session(self.checkpoint.graph("listen"))

    @cached_property
    def _encode(self) -> Session:
        return Session(self.checkpoint.graph("encode"))

    @cached_property
    def _decode(self) -> Session:
        return Session(self.checkpoint.graph("decode"))

    @cached_property
    def follows_habits(self) -> bool:
        """Whether a code may differ from beat to beat; of older weights it may not."""
        return self._decode.axes_of("code") == 3

    def listen(self, conditioning: Conditioning) -> NDArray[np.float32]:
        """(width, num_beats): what is heard, as `encode` and `decode` take it."""
        inputs: dict[str, NDArray[Any]] = {
            "strength": conditioning.strength[None],
            "present": conditioning.present[None].astype(np.float32),
            "beat_in_bar": conditioning.beat_in_bar[None],
            "bar_length": conditioning.bar_length[None],
            "bar": conditioning.bar[None],
        }
        shape = (1, None, conditioning.num_beats)
        (heard,) = self._listen.run(["heard"], inputs, shape, _sparing())
        return np.asarray(heard[0])

    def encode(
        self,
        context: NDArray[np.float32],
        velocity: NDArray[np.float32],
        seen: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.float32]:
        """(16,) the code of a passage.

        Args:
            context: (width, num_beats) from `listen`.
            velocity: (num_pieces, num_ticks) 0-1, 0 where nothing is hit.
            seen: (num_pieces,) the pieces that are known; all if None.
        """
        every = np.ones(len(velocity), dtype=bool) if seen is None else seen
        inputs = {
            "heard": context[None],
            "velocity": velocity[None],
            "seen": every[None].astype(np.float32),
        }
        (code,) = self._encode.run(["code"], inputs, (1, CODE_SIZE), _sparing())
        return np.asarray(code[0])

    def decode(
        self,
        context: NDArray[np.float32],
        code: NDArray[np.float32],
        given: GivenHits | None = None,
    ) -> OnsetActivations:
        """What the code plays to what is heard and to the hits that are given; arrays that are
        read, not written into.

        What it plays where nothing is given is asked for again and again while a take is made
        (for its arrangement, its first piece, its fills), and remembered until another is.

        Args:
            code: (16,), or (num_beats, 16) where it differs from beat to beat.
        """
        if given is not None and not given.is_nothing:
            return self._played(context, code, given)
        asked = code.tobytes()
        known = self._remembered
        if known is None or known.context is not context or known.code != asked:
            known = _Plain(context, asked, self._played(context, code, None))
            self._remembered = known
        return known.found

    def _played(
        self, context: NDArray[np.float32], code: NDArray[np.float32], given: GivenHits | None
    ) -> OnsetActivations:
        found = self._decoded(_PLAYED, context, code[None], given)
        for array in found:
            array.setflags(write=False)
        return OnsetActivations(*(array[0] for array in found))

    def decode_each(
        self, context: NDArray[np.float32], codes: NDArray[np.floating[Any]]
    ) -> OnsetActivations:
        """What each of (num_codes, 16) codes plays, (num_codes, num_pieces, num_ticks)."""
        return OnsetActivations(*self._decoded(_PLAYED, context, codes, None))

    def probabilities(
        self,
        context: NDArray[np.float32],
        codes: NDArray[np.floating[Any]],
        given: GivenHits | None = None,
    ) -> NDArray[np.float32]:
        """(num_codes, num_pieces, num_ticks) probabilities of a hit under each
        of (num_codes, 16) codes."""
        return self._decoded(_PLAYED[:1], context, codes, given)[0]

    def _decoded(
        self,
        outputs: Sequence[str],
        context: NDArray[np.float32],
        codes: NDArray[np.floating[Any]],
        given: GivenHits | None,
    ) -> list[NDArray[np.float32]]:
        ticks = context.shape[1] * TICKS_PER_BEAT
        shape = (len(codes), len(self.checkpoint.pieces), ticks)
        return self._decode.run(outputs, self._inputs(context, codes, given), shape, _sparing())

    def _inputs(
        self,
        context: NDArray[np.float32],
        codes: NDArray[np.floating[Any]],
        given: GivenHits | None,
    ) -> dict[str, NDArray[np.float32]]:
        if self.follows_habits and codes.ndim == 2:
            codes = codes[:, None]
        pieces = len(self.checkpoint.pieces)
        known = given or GivenHits.nothing(pieces, context.shape[1])
        return {
            "heard": context[None],
            "code": codes.astype(np.float32),
            "given_velocity": known.velocity[None],
            "given_offset": known.offset[None],
            "known": known.known[None].astype(np.float32),
        }


def _sparing() -> onnxruntime.RunOptions:
    """A run that gives its memory back: a long song's would be kept for ever."""
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options
