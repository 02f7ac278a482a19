"""Which kit is meant: an embedded one or a folder.

In: what the user says.  Out: a `Kit`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from drumnet.errors import KitError
from drumnet.hits import Piece
from drumnet.kit import EMBEDDED, Kit, embedded_kit
from drumnet.kits.folder import load_folder
from drumnet.synth import Character


def load_kit(spec: str | Path, pieces: Iterable[Piece] | None = None) -> Kit:
    """A kit: `acoustic` (or `embedded`), `808`, `909`, or a folder of one-shots.

    Args:
        pieces: what is needed of an embedded kit, all if None; kits of files
            are always read whole, as the level of one piece depends on all.

    Raises:
        KitError: there is no such kit, or it cannot be used.
        AudioError: a sample that cannot be read.
    """
    name = str(spec)
    if name == EMBEDDED:
        return embedded_kit(pieces=pieces)
    if name in {character.value for character in Character}:
        return embedded_kit(Character(name), pieces)
    path = Path(spec)
    if path.is_dir():
        return load_folder(path)
    if not path.is_file():
        known = ", ".join(character.value for character in Character)
        raise KitError(f"there is no kit '{spec}': give a folder of one-shots, or one of {known}")
    raise KitError(f"the kit '{spec}' is a file: give a folder of one-shots")
