"""What the beat network's training needs, from a MIDI corpus.

In: a corpus with `manifest.json`.  Out: `songs.npz`, and rendered excerpts in
`clips/`; what is there already is kept.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from drumnet.errors import DataError
from drumnet.training.band.fluidsynth import general_midi_soundfonts
from drumnet.training.beats.loop import CLIPS_FOLDER, SONGS_FILE
from drumnet.training.beats.render import RenderConfig, rendered_clip
from drumnet.training.beats.songs import BeatSong, load_songs, read_songs, save_songs
from drumnet.workers import LocalWorkers, in_order

#: Charts have no pitches to speak of: files that have are rendered this often.
_PITCHED_SHARE = 0.4

Progress = Callable[[str, int, int], None]


def prepare_beats(
    corpus: Path,
    work: Path,
    *,
    render: int,
    seed: int,
    workers: int,
    progress: Progress,
    soundfonts: Sequence[Path] = (),
    left_out: Sequence[str] = (),
) -> None:
    """Read the corpus and render excerpts of its training songs.

    Args:
        soundfonts: to render with (default: all of this machine).
        left_out: sources of the corpus that are not rendered.

    Raises:
        DataError: no such corpus, no FluidSynth, or no soundfont.
    """
    songs_file = work / SONGS_FILE
    if not songs_file.is_file():
        work.mkdir(parents=True, exist_ok=True)
        save_songs(read_songs(corpus, workers, partial(progress, "reading")), songs_file)
    songs = [song for song in load_songs(songs_file) if song.split == "train"]
    songs = [song for song in songs if song.source not in left_out]
    chosen = _drawn(songs, render, np.random.default_rng(seed))
    task = partial(
        _render_one, work / CLIPS_FOLDER, tuple(soundfonts) or general_midi_soundfonts(), seed
    )
    (work / CLIPS_FOLDER).mkdir(exist_ok=True)
    with LocalWorkers(workers) as pool:
        for done, _ in enumerate(in_order(pool, task, chosen), 1):
            progress("rendering", done, len(chosen))


def _drawn(songs: Sequence[BeatSong], count: int, rng: np.random.Generator) -> list[BeatSong]:
    pitched = [song for song in songs if song.kind != "rb"]
    charts = [song for song in songs if song.kind == "rb"]
    num_pitched = min(len(pitched), round(_PITCHED_SHARE * count))
    drawn = [pitched[i] for i in rng.permutation(len(pitched))[:num_pitched]]
    drawn += [charts[i] for i in rng.permutation(len(charts))[: count - num_pitched]]
    return drawn


def _render_one(folder: Path, soundfonts: Sequence[Path], seed: int, song: BeatSong) -> None:
    key = zlib.crc32(song.name.encode())
    file = folder / f"{seed}_{key:08x}.npz"
    if file.is_file():
        return
    rng = np.random.default_rng([seed, key])
    try:
        soundfont = soundfonts[int(rng.integers(len(soundfonts)))]
        clip = rendered_clip(song, soundfont, rng, RenderConfig())
    except DataError:
        return
    if clip is not None:
        clip.save(file)
