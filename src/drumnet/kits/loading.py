"""Which kit is meant: an embedded one, a folder, or a file.

In: what the user says.  Out: a `Kit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from drumnet.errors import KitError
from drumnet.hits import Piece
from drumnet.kits.folder import load_folder
from drumnet.kits.hydrogen import DRUMKIT_FILE, load_hydrogen, load_hydrogen_folder
from drumnet.kits.kit import EMBEDDED, Kit, embedded_kit
from drumnet.kits.sfz import load_sfz
from drumnet.kits.soundfont import load_soundfont
from drumnet.kits.synth import Character

_LOADERS: Mapping[str, Callable[[Path], Kit]] = {
    ".sfz": load_sfz,
    ".h2drumkit": load_hydrogen,
    ".sf2": load_soundfont,
    ".sf3": load_soundfont,
}


def load_kit(spec: str | Path, pieces: Iterable[Piece] | None = None) -> Kit:
    """A kit: `acoustic` (or `embedded`), `808`, `909`, a folder of one-shots or
    of a Hydrogen kit, or a file (.sfz, .h2drumkit, .sf2).

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
        is_hydrogen = (path / DRUMKIT_FILE).is_file()
        return load_hydrogen_folder(path) if is_hydrogen else load_folder(path)
    if not path.is_file():
        known = ", ".join(character.value for character in Character)
        raise KitError(
            f"there is no kit '{spec}': give a folder of one-shots, a file "
            f"({', '.join(_LOADERS)}), or one of {known}"
        )
    if path.name == DRUMKIT_FILE:
        return load_hydrogen_folder(path.parent)
    loader = _LOADERS.get(path.suffix.lower())
    if loader is None:
        raise KitError(
            f"the kit '{spec}' is a file of a kind that is not known: give "
            f"{', '.join(_LOADERS)}, or a folder of one-shots"
        )
    return loader(path)
