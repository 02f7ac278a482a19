"""What is played: pieces of the kit, hits, and the drum track they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from drumnet.errors import DrumnetError

if TYPE_CHECKING:
    from pathlib import Path

    import mido

    from drumnet import Audio, BeatGrid, Kit, MidiLayout

MAX_VELOCITY = 127
#: Of a stroke of which nothing is known.
ORDINARY_VELOCITY = 100


class Piece(Enum):
    """A piece of the kit, with its General MIDI percussion key.

    The nine pieces are the reduced mapping of the Groove MIDI Dataset
    (Gillick et al. 2019).  `value` is the name used in files and on the
    command line.
    """

    KICK = "kick"
    SNARE = "snare"
    CLOSED_HAT = "closed_hat"
    OPEN_HAT = "open_hat"
    LOW_TOM = "low_tom"
    MID_TOM = "mid_tom"
    HIGH_TOM = "high_tom"
    CRASH = "crash"
    RIDE = "ride"

    @property
    def midi_key(self) -> int:
        """The General MIDI key that this piece is written with."""
        return _MIDI_KEY[self]

    @staticmethod
    def from_midi_key(key: int) -> Piece | None:
        """The piece that a General MIDI percussion key sounds, None for others."""
        return _PIECE_OF_KEY.get(key)

    @staticmethod
    def from_name(name: str) -> Piece:
        """The piece of that name (`closed_hat`).

        Raises:
            DrumnetError: no piece of that name.
        """
        try:
            return Piece(name.strip().lower().replace("-", "_").replace(" ", "_"))
        except ValueError:
            known = ", ".join(piece.value for piece in Piece)
            raise DrumnetError(f"no drum piece is called '{name}': choose from {known}") from None


#: All of them, in the order of the rows of whole kits.
PIECES = tuple(Piece)

_MIDI_KEY = {
    Piece.KICK: 36,
    Piece.SNARE: 38,
    Piece.CLOSED_HAT: 42,
    Piece.OPEN_HAT: 46,
    Piece.LOW_TOM: 43,
    Piece.MID_TOM: 47,
    Piece.HIGH_TOM: 50,
    Piece.CRASH: 49,
    Piece.RIDE: 51,
}

#: General MIDI level 1 percussion keys, folded onto the nine pieces; 22 and 26
#: are the hat edges of Roland kits, as the Groove MIDI Dataset has them.
_KEYS_OF_PIECE: dict[Piece, tuple[int, ...]] = {
    Piece.KICK: (35, 36),
    Piece.SNARE: (37, 38, 39, 40),
    Piece.CLOSED_HAT: (22, 42, 44),
    Piece.OPEN_HAT: (26, 46),
    Piece.LOW_TOM: (41, 43, 58),
    Piece.MID_TOM: (45, 47),
    Piece.HIGH_TOM: (48, 50),
    Piece.CRASH: (49, 52, 55, 57),
    Piece.RIDE: (51, 53, 59),
}
_PIECE_OF_KEY = {key: piece for piece, keys in _KEYS_OF_PIECE.items() for key in keys}


@dataclass(frozen=True)
class Hit:
    """One stroke.

    Args:
        onset_s: when it sounds, in seconds from the start of the song.
        tick: the tick of the beat grid that it belongs to.
        piece: what is struck.
        velocity: MIDI velocity, 1-127.
    """

    onset_s: float
    tick: int
    piece: Piece = Piece.KICK
    velocity: int = ORDINARY_VELOCITY

    def __post_init__(self) -> None:
        if not 1 <= self.velocity <= MAX_VELOCITY:
            raise DrumnetError(f"a velocity of {self.velocity} is outside 1-{MAX_VELOCITY}")


def _place(hit: Hit) -> tuple[float, str, int]:
    """What a track is in order of; takes are sorted often, so without a look at properties."""
    return hit.onset_s, hit.piece._value_, hit.velocity


@dataclass(frozen=True)
class DrumTrack:
    """Hits in order of time.

    What goes into other programs needs what is above hits: it is behind the front door, as
    `drumnet.notebook`, and is loaded when it is asked for.
    """

    hits: tuple[Hit, ...] = ()

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.hits, key=_place))
        object.__setattr__(self, "hits", ordered)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces that are played, in the order of `Piece`."""
        played = {hit.piece for hit in self.hits}
        return tuple(piece for piece in Piece if piece in played)

    def of(self, pieces: Piece | Iterable[Piece]) -> DrumTrack:
        """The hits of one or several pieces alone."""
        wanted = {pieces} if isinstance(pieces, Piece) else set(pieces)
        return DrumTrack(tuple(hit for hit in self.hits if hit.piece in wanted))

    def to_records(self) -> list[dict[str, Any]]:
        """The hits as plain values, as a table takes them: `pandas.DataFrame(...)`.

        >>> DrumTrack((Hit(0.5, 12, Piece.SNARE, 90),)).to_records()
        [{'time_s': 0.5, 'tick': 12, 'piece': 'snare', 'velocity': 90}]
        """
        return [
            {
                "time_s": hit.onset_s,
                "tick": hit.tick,
                "piece": hit.piece.value,
                "velocity": hit.velocity,
            }
            for hit in self.hits
        ]

    def to_midi(
        self,
        beats: BeatGrid | None = None,
        layout: MidiLayout | None = None,
        sections: Iterable[tuple[int, str]] = (),
    ) -> mido.MidiFile:
        """As drums.mid is written.

        Args:
            beats: of the song; without them, 120 bpm with every hit at its time.
            layout: keys, tempo and tracks; General MIDI in one track if None.
            sections: first beat and name of each, for markers.
        """
        import drumnet

        return drumnet.track_midi(self, beats, layout, sections)

    def to_audio(
        self,
        kit: Kit | str | Path = "embedded",
        duration_s: float | None = None,
        sample_rate: int | None = None,
    ) -> Audio:
        """The hits played by a kit, no sample beyond -1 dBFS.

        Args:
            kit: as `load_kit` takes it.
            duration_s: up to 2 s after the last hit if None.
            sample_rate: in Hz, that of the kit if None.

        Raises:
            DrumnetError: a length or a sample rate that is none, or a track without hits.
            KitError: no such kit, or one that lacks a piece.
        """
        import drumnet

        return drumnet.track_audio(self, kit, duration_s, sample_rate)

    def _repr_html_(self) -> str:
        """What a notebook shows: the pattern, and a player."""
        import drumnet

        return drumnet.track_html(self)
