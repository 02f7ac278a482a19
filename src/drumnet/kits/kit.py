"""The kit: which recorded or synthesised stroke sounds for a hit.

A `Kit` is, for each piece, its velocity layers, their round robins (strokes
alike, taken in turn), and what a hit cuts off.  The embedded kits are made here,
of what `synth` gives; `kits` loads the others.

How loud a hit sounds is decided by its velocity alone, not by the layer:
layers are brought to one level, and the velocity sets the gain by the law of
the MIDI Manufacturers Association's DLS Level 1 specification, gain =
(velocity / 127)^2, so that a crescendo across layers has no steps.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.errors import KitError
from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.kits.kept import kept_shots
from drumnet.kits.synth import SYNTH_RATE_HZ, VOICES, Character, strike

#: The name of the kit that is played where none is said: the acoustic-like one.
EMBEDDED = "embedded"

KIT_RATE_HZ = SYNTH_RATE_HZ

#: The loudest sample of a kit at velocity 127: room for strokes that overlap.
FULL_SCALE = 10 ** (-6 / 20)

#: Round robins of the embedded kits.
_ROBINS = 3

#: The level of a stroke is its loudest stretch of this length (RMS).
_LEVEL_S = 0.050

#: One stroke, (channels, n) float32.
Shot = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Layer:
    """Strokes of about one hardness.

    Args:
        top_velocity: the highest velocity that this layer plays, 1-127.
        shots: round robins, all of the same level.
    """

    top_velocity: int
    shots: tuple[Shot, ...]


@dataclass(frozen=True, eq=False)
class PieceSound:
    """All strokes of a piece.

    Args:
        layers: softest first; the last one plays up to velocity 127.
        chokes: pieces that a hit of this one cuts off (itself: each stroke
            cuts off the one before); a piece that is not named rings on.
    """

    layers: tuple[Layer, ...]
    chokes: frozenset[Piece] = frozenset()

    @cached_property
    def layer_indices(self) -> tuple[int, ...]:
        """For each velocity from 0 on: the softest layer that reaches it."""
        tops = [layer.top_velocity for layer in self.layers]
        return tuple(bisect_left(tops, velocity) for velocity in range(MAX_VELOCITY + 1))

    def changed(self, change: Callable[[Shot], Shot]) -> PieceSound:
        """The same strokes, each put through `change`."""
        layers = (
            replace(layer, shots=tuple(change(shot) for shot in layer.shots))
            for layer in self.layers
        )
        return replace(self, layers=tuple(layers))


@dataclass(frozen=True, eq=False)
class Kit:
    """One-shots at `sample_rate`, ready to be placed.

    Args:
        files: samples that they were read from, where these lie elsewhere than the kit.
    """

    name: str
    sounds: Mapping[Piece, PieceSound]
    sample_rate: int = KIT_RATE_HZ
    files: tuple[Path, ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces that the kit has, in the order of `Piece`."""
        return tuple(piece for piece in Piece if piece in self.sounds)

    @property
    def num_channels(self) -> int:
        """1, or 2 where any one-shot is stereo."""
        return max(
            int(shot.shape[0])
            for sound in self.sounds.values()
            for layer in sound.layers
            for shot in layer.shots
        )

    def require(self, pieces: Iterable[Piece]) -> None:
        """Checks that the kit can play all of `pieces`.

        Raises:
            KitError: a piece is missing.
        """
        missing = [piece.value for piece in pieces if piece not in self.sounds]
        if missing:
            held = ", ".join(piece.value for piece in self.pieces)
            raise KitError(
                f"the kit '{self.name}' has no {', '.join(missing)}: it holds {held}; "
                "add the one-shots, or choose other pieces or another kit"
            )

    def at_rate(self, sample_rate: int) -> Kit:
        """The same kit with its one-shots resampled."""
        if sample_rate == self.sample_rate:
            return self

        def resampled(shot: Shot) -> Shot:
            return Audio(shot, self.sample_rate).resampled(sample_rate).samples

        sounds = {piece: sound.changed(resampled) for piece, sound in self.sounds.items()}
        return Kit(self.name, sounds, sample_rate)


def velocity_gain(velocity: int) -> float:
    """The gain of a velocity, 1 at 127: (velocity / 127)^2 (DLS Level 1).

    >>> round(velocity_gain(64), 3)
    0.254
    """
    return (velocity / MAX_VELOCITY) ** 2


def embedded_kit(
    character: Character = Character.ACOUSTIC, pieces: Iterable[Piece] | None = None
) -> Kit:
    """A kit that is synthesised here (see `synth`); the same samples each time.

    Args:
        pieces: what is needed of it, all if None; a piece is made once in a
            process, and its level does not depend on the others.
    """
    wanted = set(Piece if pieces is None else pieces)
    wanted &= VOICES[character].keys()
    sounds = {piece: _embedded_sound(character, piece) for piece in Piece if piece in wanted}
    return Kit(character.value, sounds)


@lru_cache
def _embedded_sound(character: Character, piece: Piece) -> PieceSound:
    shots = kept_shots(
        f"{character.value}_{piece.value}", partial(synthesised_shots, character, piece)
    )
    num_layers = VOICES[character][piece].num_layers
    layers = (
        Layer(even_top(index, num_layers), tuple(shots[index * _ROBINS : (index + 1) * _ROBINS]))
        for index in range(num_layers)
    )
    return PieceSound(tuple(layers), default_chokes(piece))


def synthesised_shots(character: Character, piece: Piece) -> list[Shot]:
    """The strokes of a piece, made anew: layer by layer, softest first, the round robins of
    each."""
    voice = VOICES[character][piece]
    level, num_layers = 10 ** (voice.level_db / 20), voice.num_layers
    shots = []
    for index, robin in product(range(num_layers), range(_ROBINS)):
        shot = strike(piece, index / (num_layers - 1), index * _ROBINS + robin, character)
        shot = (shot * (level / _level(shot[np.newaxis])))[np.newaxis].astype(np.float32)
        shot.setflags(write=False)
        shots.append(shot)
    return shots


def default_chokes(piece: Piece) -> frozenset[Piece]:
    """What a stroke of the piece cuts off, as on a real kit.

    A new stroke on the kick's skin stops the last one; a closed hat stops the
    open one; the rest rings on.
    """
    return {
        Piece.KICK: frozenset({Piece.KICK}),
        Piece.CLOSED_HAT: frozenset({Piece.OPEN_HAT}),
        Piece.OPEN_HAT: frozenset({Piece.OPEN_HAT}),
    }.get(piece, frozenset())


def even_top(index: int, num_layers: int) -> int:
    """The highest velocity of a layer where all layers are equally wide."""
    return round(MAX_VELOCITY * (index + 1) / num_layers)


def _level(shot: Shot) -> float:
    """The RMS of the loudest `_LEVEL_S` of a stroke."""
    width = round(_LEVEL_S * KIT_RATE_HZ)
    power = np.mean(shot.astype(np.float64) ** 2, axis=0)
    if len(power) < width:
        power = np.pad(power, (0, width - len(power)))
    energy = np.concatenate([[0.0], np.cumsum(power)])
    return float(np.sqrt((energy[width:] - energy[:-width]).max() / width))


def levelled(sounds: Mapping[Piece, PieceSound]) -> dict[Piece, PieceSound]:
    """All layers of a piece at the level of its hardest, and the kit's loudest
    sample at `FULL_SCALE`; the pieces keep their balance."""

    def raised(sound: PieceSound) -> PieceSound:
        reference = float(np.mean([_level(shot) for shot in sound.layers[-1].shots]))
        return sound.changed(lambda shot: shot * (reference / _level(shot)))

    level = {piece: raised(sound) for piece, sound in sounds.items()}
    # What sounds at a layer's top velocity is what may clip.
    peak = max(
        float(np.abs(shot).max()) * velocity_gain(layer.top_velocity)
        for sound in level.values()
        for layer in sound.layers
        for shot in layer.shots
    )

    def scaled(shot: Shot) -> Shot:
        shot = (shot * (FULL_SCALE / peak)).astype(np.float32)
        shot.setflags(write=False)
        return shot

    return {piece: sound.changed(scaled) for piece, sound in level.items()}
