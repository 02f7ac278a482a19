"""`drumnet prepare`: a folder of songs -> songs on ticks, ready to train on.

In: a MIDI corpus (a folder with `manifest.json`), the Groove MIDI Dataset (a
folder with `info.csv`), or a folder of multitrack songs (see `multitrack`).
Out: `songs.npz`, and `hearings.npz` of the songs that were rendered to sound.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from drumnet.corpus.reading import about_entry, corpus_song, groove_songs, read_manifest
from drumnet.corpus.ticksong import SONGS_FILE, TickSong, TickStore
from drumnet.errors import DataError, DrumnetError
from drumnet.midi.read import read_midi
from drumnet.song.roles import Role
from drumnet.training.band.fluidsynth import general_midi_soundfonts
from drumnet.training.drummer.multitrack import multitrack_folders, multitrack_song
from drumnet.training.drummer.rendered import RenderConfig, rendered_song
from drumnet.training.drummer.simulate import Hearing, HearingBank
from drumnet.workers import Workers, in_order, workers_of

HEARINGS_FILE = "hearings.npz"
#: Those of openly licensed songs alone.
OPEN_HEARINGS_FILE = "hearings_open.npz"

#: Read by a process before it takes more.
_SONGS_AT_A_TIME = 16

#: A song rendered to sound, and what that did to the onsets of each role.
_Rendered = tuple[TickSong, dict[Role, Hearing]]

Progress = Callable[[str, int, int], None]


def _quiet(_stage: str, _done: int, _of: int) -> None:
    pass


def prepare(
    sources: Sequence[Path],
    out: Path,
    *,
    render: int = 240,
    seed: int = 0,
    workers: int = 2,
    cluster: str | None = None,
    progress: Progress = _quiet,
) -> TickStore:
    """Read every source and write the prepared songs to the folder `out`.

    Args:
        render: how many corpus songs are also rendered to sound.
        workers, cluster: who does it, as `workers_of` takes them.
        progress: called with a stage, the number done and the number in all.

    Raises:
        DataError: a source of no known kind, or without a usable song.
    """
    songs: list[TickSong] = []
    rendered: list[_Rendered] = []
    with workers_of(workers, cluster) as pool:
        for source in sources:
            read = [song for song in _read(source, pool, progress) if song is not None]
            if not read:
                raise DataError(f"'{source}' holds no song with a kick drum and another track")
            songs += read
            if render and (source / "manifest.json").is_file():
                made = list(_render(source, render, seed, pool, progress))
                songs += [song for song, _ in made]
                rendered += made
    out.mkdir(parents=True, exist_ok=True)
    store = TickStore(songs)
    store.save(out / SONGS_FILE)
    _bank(rendered).save(out / HEARINGS_FILE)
    _bank(one for one in rendered if one[0].about["open"]).save(out / OPEN_HEARINGS_FILE)
    return store


def _bank(rendered: Iterable[_Rendered]) -> HearingBank:
    hearings: dict[str, list[Hearing]] = {}
    for _, heard in rendered:
        for role, hearing in heard.items():
            hearings.setdefault(role.value, []).append(hearing)
    return HearingBank(hearings)


def _read(source: Path, pool: Workers, progress: Progress) -> Iterator[TickSong | None]:
    if (source / "manifest.json").is_file():
        entries = read_manifest(source)
        read = in_order(pool, partial(corpus_song, source), entries, _SONGS_AT_A_TIME)
        total = len(entries)
    elif (source / "info.csv").is_file():
        yield from groove_songs(source)
        return
    else:
        folders = multitrack_folders(source)
        read = in_order(pool, multitrack_song, folders)
        total = len(folders)
    for done, song in enumerate(read, 1):
        progress(f"reading {source.name}", done, total)
        yield song


def _render(
    source: Path, count: int, seed: int, pool: Workers, progress: Progress
) -> Iterator[_Rendered]:
    soundfonts = general_midi_soundfonts()
    entries = [entry for entry in read_manifest(source) if entry["split"] != "test"]
    # Openly licensed songs first, so that their own weights have renderings too.
    order = np.random.default_rng(seed).permutation(len(entries))
    is_open = [entries[i] for i in order if entries[i].get("open")]
    others = [entries[i] for i in order if not entries[i].get("open")]
    chosen = is_open[: count // 3] + others[: count - count // 3]
    task = partial(_render_one, source, soundfonts, seed)
    for done, result in enumerate(in_order(pool, task, chosen), 1):
        progress("rendering", done, len(chosen))
        if result is not None:
            yield result


def _render_one(
    source: Path, soundfonts: Sequence[Path], seed: int, entry: Mapping[str, Any]
) -> _Rendered | None:
    rng = np.random.default_rng([seed, zlib.crc32(entry["file"].encode())])
    try:
        midi = read_midi(source / entry["file"])
        return rendered_song(midi, about_entry(entry), soundfonts, rng, RenderConfig())
    except DrumnetError:
        return None
