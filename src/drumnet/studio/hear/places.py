"""Places on this machine that a song may be opened from by its path.

In: a path that was typed in the page.  Out: the sound files there, in the folders that the user
who started the studio allowed, or below them; a link counts as what it points to.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from drumnet.song.files import files_of
from drumnet.studio.errors import ForbiddenError, StudioError, UnknownError


class Places:
    """The folders, and files, that are allowed with all that is in them."""

    def __init__(self, allowed: Sequence[Path]) -> None:
        self.allowed = tuple(dict.fromkeys(path.expanduser().resolve() for path in allowed))

    def sounds_at(self, path: str) -> list[Path]:
        """The file, or those of the folder, as the command line takes them.

        Raises:
            ForbiddenError: it lies elsewhere.
            DrumnetError: nothing there that can be read.
        """
        place = _whole(path)
        self._check(place)
        try:
            is_there = place.is_file() or place.is_dir()
        except (OSError, ValueError) as fault:
            raise UnknownError(f"'{place}' cannot be opened ({fault})") from fault
        if not is_there:
            raise UnknownError(f"there is no file or folder '{place}' on this machine")
        return list(files_of(place))

    def _check(self, place: Path) -> None:
        try:
            real = place.resolve()
        except (OSError, ValueError, RuntimeError) as fault:
            raise UnknownError(f"'{place}' cannot be opened ({fault})") from fault
        if not any(real.is_relative_to(folder) for folder in self.allowed):
            folders = " and ".join(f"'{folder}'" for folder in self.allowed)
            raise ForbiddenError(
                f"'{place}' is not in {folders}, where songs may be opened from: drop the files, "
                "or start the studio with --songs and that folder"
            )


def _whole(path: str) -> Path:
    """Raises:
    StudioError: it does not say from where.
    """
    try:
        place = Path(path).expanduser()
    except RuntimeError as fault:
        raise UnknownError(f"there is no user of that name: '{path}'") from fault
    if not place.is_absolute():
        raise StudioError(f"'{path}' is not a whole path: begin it with / or ~ or a drive")
    return place
