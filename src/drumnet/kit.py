"""The kit: which recorded or synthesised stroke sounds for a hit.

In: a name or a folder of one-shots.  Out: a `Kit`: for each piece its velocity
layers, their round robins (strokes alike, taken in turn), and what a hit cuts
off.  `one_shots` reads the files and their names.

How loud a hit sounds is decided by its velocity alone, not by the layer:
layers are brought to one level, and the velocity sets the gain by the law of
the MIDI Manufacturers Association's DLS Level 1 specification, gain =
(velocity / 127)^2, so that a crescendo across layers has no steps.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.audio import Audio
from drumnet.errors import KitError
from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.one_shots import Label, files_by_piece, read_label, read_one_shot
from drumnet.synth import SYNTH_PIECES, SYNTH_RATE_HZ, strike

#: The name of the kit that is synthesised at call time.
EMBEDDED = "embedded"

KIT_RATE_HZ = SYNTH_RATE_HZ

#: The loudest sample of a kit at velocity 127: room for strokes that overlap.
FULL_SCALE = 10 ** (-6 / 20)

_EMBEDDED_LAYERS = 5
_EMBEDDED_ROUND_ROBINS = 3

#: The level of a stroke is its loudest stretch of this length (RMS).
_LEVEL_S = 0.050

#: Layer numbers up to this count the layers, softest first; larger ones are
#: the highest MIDI velocity that the layer plays.
_MAX_LAYER_NUMBER = 16


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
    """One-shots at `sample_rate`, ready to be placed."""

    name: str
    sounds: Mapping[Piece, PieceSound]
    sample_rate: int = KIT_RATE_HZ

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


@lru_cache(maxsize=1)
def embedded_kit() -> Kit:
    """The kit that is synthesised here (see `synth`); the same samples each time."""
    sounds = {}
    for piece in SYNTH_PIECES:
        layers = []
        for index in range(_EMBEDDED_LAYERS):
            hardness = index / (_EMBEDDED_LAYERS - 1)
            seeds = range(index * _EMBEDDED_ROUND_ROBINS, (index + 1) * _EMBEDDED_ROUND_ROBINS)
            shots = tuple(strike(piece, hardness, seed)[np.newaxis] for seed in seeds)
            layers.append(Layer(_even_top(index, _EMBEDDED_LAYERS), shots))
        sounds[piece] = PieceSound(tuple(layers), default_chokes(piece))
    return Kit(EMBEDDED, _levelled(sounds))


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


def load_kit(spec: str | Path) -> Kit:
    """The kit called `embedded`, or a folder of one-shots.

    In a folder, a file is named after its piece (`kick.wav`, `BD_hard.wav`) or
    lies in a sub-folder that is (`kick/01.wav`).  `v1`, `v2`, ... or the words
    soft, medium and hard say its velocity layer (`kick_v2_rr1.wav`); numbers
    above 16 are the highest velocity that the layer plays (`kick_v64.wav`).
    Files of one layer are round robins, in the order of their names; so are
    files that name no layer.  Silence before the stroke is cut off.

    Raises:
        KitError: no such folder, no one-shots in it, a one-shot that is silent
            or too long, or layer names that contradict each other.
        AudioError: a one-shot that cannot be read.
    """
    path = Path(spec)
    if str(spec) == EMBEDDED:
        return embedded_kit()
    if path.is_file() or path.suffix.lower() in (".sfz", ".sf2"):
        raise KitError(
            f"the kit '{spec}' is a file: give a folder of one-shots (kick.wav, ...) or "
            f"'{EMBEDDED}'; SFZ and SF2 kits are not supported yet"
        )
    if not path.is_dir():
        raise KitError(f"there is no kit '{spec}': give a folder of one-shots or '{EMBEDDED}'")
    sounds = {
        piece: _load_piece(piece, files, path) for piece, files in files_by_piece(path).items()
    }
    if not sounds:
        raise KitError(
            f"the folder '{spec}' holds no one-shots named after a piece: name them "
            "kick.wav, snare.wav, closed_hat.wav, ..."
        )
    return Kit(path.name, _levelled(sounds))


def _load_piece(piece: Piece, files: list[Path], folder: Path) -> PieceSound:
    labels: dict[Label | None, list[Path]] = {}
    for path in files:
        label = read_label(path.relative_to(folder).with_suffix("").as_posix())
        labels.setdefault(label, []).append(path)
    numbers = sorted(label.number for label in labels if label is not None and label.is_number)
    if numbers and len(numbers) < len(labels):
        plain = next(paths[0] for label, paths in labels.items() if not (label and label.is_number))
        raise KitError(
            f"the one-shot '{plain.name}' says no layer number, but others of the "
            f"{piece.value} do: name all of them v1, v2, ... or none"
        )
    if numbers and numbers[-1] > MAX_VELOCITY:
        raise KitError(
            f"the {piece.value} has a layer v{numbers[-1]}: velocities end at {MAX_VELOCITY}"
        )
    # A file without a word stands between soft and hard, as medium does.
    groups: dict[int, list[Path]] = {}
    for label, paths in labels.items():
        groups.setdefault(label.number if label else Label.MEDIUM, []).extend(paths)
    layers = []
    for index, number in enumerate(sorted(groups)):
        shots = tuple(read_one_shot(path, KIT_RATE_HZ) for path in sorted(groups[number]))
        is_velocity = bool(numbers) and numbers[-1] > _MAX_LAYER_NUMBER
        top = number if is_velocity else _even_top(index, len(groups))
        layers.append(Layer(MAX_VELOCITY if index == len(groups) - 1 else top, shots))
    return PieceSound(tuple(layers), default_chokes(piece))


def _even_top(index: int, num_layers: int) -> int:
    return round(MAX_VELOCITY * (index + 1) / num_layers)


def _level(shot: Shot) -> float:
    """The RMS of the loudest `_LEVEL_S` of a stroke."""
    width = round(_LEVEL_S * KIT_RATE_HZ)
    power = np.mean(shot.astype(np.float64) ** 2, axis=0)
    if len(power) < width:
        power = np.pad(power, (0, width - len(power)))
    energy = np.concatenate([[0.0], np.cumsum(power)])
    return float(np.sqrt((energy[width:] - energy[:-width]).max() / width))


def _levelled(sounds: Mapping[Piece, PieceSound]) -> dict[Piece, PieceSound]:
    """All layers at the level of the hardest, round robins at that of their
    layer, and the kit's loudest sample at `FULL_SCALE`."""

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
