"""A folder of one-shots as a kit; `one_shots` reads the files and their names."""

from __future__ import annotations

from pathlib import Path

from drumnet.errors import KitError
from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.kits.kit import KIT_RATE_HZ, Kit, Layer, PieceSound, default_chokes, even_top, levelled
from drumnet.kits.one_shots import Label, files_by_piece, read_label, read_one_shot

#: Layer numbers up to this count the layers, softest first; larger ones are
#: the highest MIDI velocity that the layer plays.
_MAX_LAYER_NUMBER = 16


def load_folder(folder: Path) -> Kit:
    """The kit of the one-shots in a folder.

    A file is named after its piece (`kick.wav`, `BD_hard.wav`) or lies in a
    sub-folder that is (`kick/01.wav`).  `v1`, `v2`, ... or the words soft,
    medium and hard say its velocity layer (`kick_v2_rr1.wav`); numbers above 16
    are the highest velocity that the layer plays (`kick_v64.wav`).  Files of
    one layer are round robins, in the order of their names; so are files that
    name no layer.  Silence before the stroke is cut off.

    Raises:
        KitError: no one-shots in it, a one-shot that is silent or too long, or
            layer names that contradict each other.
        AudioError: a one-shot that cannot be read.
    """
    sounds = {
        piece: _load_piece(piece, files, folder) for piece, files in files_by_piece(folder).items()
    }
    if not sounds:
        raise KitError(
            f"the folder '{folder}' holds no one-shots named after a piece: name them "
            "kick.wav, snare.wav, closed_hat.wav, ..."
        )
    return Kit(folder.name, levelled(sounds))


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
        top = number if is_velocity else even_top(index, len(groups))
        layers.append(Layer(MAX_VELOCITY if index == len(groups) - 1 else top, shots))
    return PieceSound(tuple(layers), default_chokes(piece))
