"""What is measured on: a corpus, in any of the forms that users have it in.

In: a folder with `manifest.json`, the archive of such a folder, or what
`drumnet prepare` wrote.  Out: `EvaluationData`.
"""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from drumnet.corpus.reading import corpus_song, read_manifest
from drumnet.corpus.ticksong import SONGS_FILE, TickSong, TickStore
from drumnet.errors import DataError
from drumnet.workers import LocalWorkers, in_order

SPLITS = ("train", "valid", "test")
#: Groove is drums without a band: not what the kick is measured on.
_DRUMS_ALONE = "groove"
#: Read by a process before it takes more: one that is to stop reads these first.
_SONGS_AT_A_TIME = 4

#: Called with a stage, what is done of it and what there is to do.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class EvaluationData:
    """Songs to measure on, and songs that baselines may learn from.

    Args:
        name: of the corpus.
        sha256: of all that was read of it.
        songs: of the split.
        train: of the split `train`.
        details: what the manifest says of each song, by name: artist, title, year.
    """

    name: str
    sha256: str
    songs: Sequence[TickSong]
    train: Sequence[TickSong]
    details: Mapping[str, Mapping[str, Any]]


def load_data(
    path: Path,
    split: str,
    *,
    most_songs: int | None = None,
    most_train: int | None = None,
    workers: int = 2,
    progress: Progress,
) -> EvaluationData:
    """Read a corpus.

    Args:
        path: a folder or an archive of a corpus, or prepared songs.
        split: `train`, `valid` or `test`.
        most_songs, most_train: take no more than these, evenly chosen.

    Raises:
        DataError: nothing of the kind there, or no song in the split.
    """
    if (path / SONGS_FILE).is_file():
        return _prepared(path, split, most_songs, most_train)
    with _unpacked(path) as folder:
        entries = read_manifest(folder)
        measured = _chosen([e for e in entries if e["split"] == split], most_songs)
        learned = _chosen([e for e in entries if e["split"] == "train"], most_train)
        if not measured:
            raise DataError(f"'{path}' has no song in the split '{split}'")
        read = _read(folder, [*measured, *learned], workers, progress)
        name, digest = folder.name, _digest(folder, [*measured, *learned])
    songs, train = read[: len(measured)], read[len(measured) :]
    details = {entry["file"]: entry for entry in measured}
    return EvaluationData(name, digest, _there(songs), _there(train), details)


def _there(songs: Sequence[TickSong | None]) -> list[TickSong]:
    return [song for song in songs if song is not None]


def _chosen(songs: Sequence[Any], most: int | None) -> list[Any]:
    if most is None or len(songs) <= most:
        return list(songs)
    return [songs[i] for i in np.linspace(0, len(songs) - 1, most).astype(int)]


def _prepared(
    path: Path, split: str, most_songs: int | None, most_train: int | None
) -> EvaluationData:
    store = TickStore.load(path / SONGS_FILE).where(heard="events")
    band = [song for song in store if song.about.get("source") != _DRUMS_ALONE]
    songs = _chosen([s for s in band if s.about.get("split") == split], most_songs)
    train = _chosen([s for s in band if s.about.get("split") == "train"], most_train)
    if not songs:
        raise DataError(f"'{path}' has no song in the split '{split}'")
    digest = hashlib.sha256((path / SONGS_FILE).read_bytes()).hexdigest()
    return EvaluationData(path.name, digest, songs, train, {})


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """The folder with `manifest.json`, unpacked for as long as it is read."""
    if (path / "manifest.json").is_file():
        yield path
        return
    with TemporaryDirectory(prefix="drumnet-") as work:
        # A corpus that is in no folder in its archive has the archive's name.
        folder = Path(work) / path.name.partition(".tar")[0].removesuffix(".tgz")
        _unpack(path, folder)
        found = sorted(folder.rglob("manifest.json"))
        if not found:
            raise DataError(
                f"'{path}' holds no manifest.json: it is no archive of a corpus, or a damaged one"
            )
        yield found[0].parent


def _unpack(path: Path, folder: Path) -> None:
    try:
        if path.is_file() and tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                _extract(archive, folder)
            return
    except (OSError, EOFError, ValueError, tarfile.TarError, zlib.error, LZMAError) as fault:
        raise DataError(f"'{path}' is damaged ({fault}): copy or download it again") from fault
    raise DataError(
        f"'{path}' is no corpus: name a folder with manifest.json, an archive of one, or "
        "what drumnet prepare wrote"
    )


def _extract(archive: tarfile.TarFile, folder: Path) -> None:
    """Write the archive's files; what would lie outside the folder, links and
    devices are left out (`filter="data"` needs Python 3.11.4)."""
    for member in archive:
        name = PurePosixPath(member.name)
        content = archive.extractfile(member) if member.isfile() else None
        if content is None or name.is_absolute() or ".." in name.parts:
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with content, open(target, "wb") as file:
            shutil.copyfileobj(content, file)


def _read(
    folder: Path, entries: Sequence[Mapping[str, Any]], workers: int, progress: Progress
) -> list[TickSong | None]:
    found = []
    with LocalWorkers(workers) as pool:
        read = in_order(pool, partial(corpus_song, folder), entries, _SONGS_AT_A_TIME)
        for done, song in enumerate(read, 1):
            progress("reading songs", done, len(entries))
            found.append(song)
    return found


def _digest(folder: Path, entries: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of the manifest and of the files that are read."""
    digest = hashlib.sha256((folder / "manifest.json").read_bytes())
    for entry in entries:
        file = folder / entry["file"]
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()
