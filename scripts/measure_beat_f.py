#!/usr/bin/env python3
"""Can the beat be heard in the drums alone? Beat-F, by a tracker that is not ours.

    measure_beat_f.py --judge VENV/bin/python [--audio RECORDINGS] [--data PREPARED]
        [--songs 20] [--seeds 8] [--model default]

Sampled styles are played to every song at the defaults, as `drumnet generate SONG` does, and
so is the style of the song's own drums; the song's beats are given or tracked. The sound alone
goes to the judge, madmom's `RNNBeatProcessor` and `DBNBeatTrackingProcessor` (Böck, Krebs &
Widmer, "A multi-model approach to beat tracking", ISMIR 2014).
Told is the F-measure of mir_eval (70 ms, without the first 5 s) of the beats that the judge
finds against the song's own, mean over songs, and with how many songs the judge is right
(F of 0.9 or more). What the judge finds in the drums that people played is the most that can
be asked. "Silent Metronome" reports 0.411 for drums that are made causally; ours know the
whole song, and a grid.

Songs: recordings (folders in the layout of MDB, of which the beats are annotated), and songs
of a prepared corpus' test split, evenly chosen, their first minute; of these the band is
onsets without sound, and people's drums are rendered with the same kit as ours.

The judge is for measuring only: its models are CC BY-NC-SA. It runs in an environment of its
own. The release of PyPI (0.16.1) is built on Python 3.11 so:

    python3.11 -m venv VENV
    VENV/bin/pip install 'cython<3.1' 'numpy<2' 'setuptools<80' scipy mido wheel
    VENV/bin/pip install --no-build-isolation madmom
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import mir_eval
import numpy as np
import soundfile
from numpy.typing import NDArray

from drumnet import Drummer, load_song
from drumnet.audio.source import Audio
from drumnet.beats.files import read_beats
from drumnet.corpus.halves import BEATS_FILE, MELODIC_ROLES, halved, recording_folders
from drumnet.errors import DrumnetError
from drumnet.evaluation.data import load_data
from drumnet.evaluation.timed import in_seconds
from drumnet.extraction import extract_style
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack
from drumnet.kits.kit import EMBEDDED
from drumnet.kits.loading import load_kit
from drumnet.playing.listening import Listening
from drumnet.rendering.render import render, safe_gain
from drumnet.song.song import Song
from drumnet.style.code import StyleCode

#: Runs in the judge's environment: files in, a line of times for each out. Names that newer
#: Pythons and numpys have dropped are given back to it.
JUDGE = """
import collections, collections.abc, sys, warnings
warnings.filterwarnings("ignore")
import numpy
collections.MutableSequence = collections.abc.MutableSequence
for name, kind in (("float", float), ("int", int), ("bool", bool), ("object", object)):
    if name not in vars(numpy):
        setattr(numpy, name, kind)
from madmom.features.beats import DBNBeatTrackingProcessor, RNNBeatProcessor
hear, track = RNNBeatProcessor(), DBNBeatTrackingProcessor(fps=100)
for path in sys.argv[1:]:
    print(*track(hear(path)))
"""
#: Of a corpus song, as much is judged.
MOST_S = 60.0
#: From here on the judge has found the beat, at its level.
FOUND = 0.9
GIVEN, TRACKED, PEOPLE, OWN = "beats given", "beats tracked", "people's drums", "own style"


@dataclass(frozen=True, eq=False)
class Played:
    """Args:
    how: `GIVEN`, `TRACKED` or `PEOPLE`.
    sound: of the drums alone.
    beats_s: of the song.
    """

    song: str
    how: str
    sound: Audio
    beats_s: NDArray[np.float64]


#: The style of a song's own drums, taken on a grid; on the song's own beats if None.
OwnStyle = Callable[[Listening, BeatGrid | None], StyleCode]


class Band:
    """What is played to songs, as sound."""

    def __init__(self, model: str, seeds: int) -> None:
        self.drummer, self.kit, self.seeds = Drummer(model), load_kit(EMBEDDED), seeds

    def takes(
        self, name: str, song: Song, beats: BeatGrid, duration_s: float, own: OwnStyle
    ) -> Iterator[Played]:
        for how, grid in ((GIVEN, beats), (TRACKED, None)):
            listening = self.drummer.listen(song, grid)
            styles = [(how, self.drummer.sample_style(seed)) for seed in range(self.seeds)]
            styles.append((f"{how}, {OWN}", own(listening, grid)))
            for seed, (said, style) in enumerate(styles):
                track = self.drummer.play(listening, style, seed=seed)
                yield Played(name, said, self.sound(track, duration_s), beats.beats_s)

    def sound(self, track: DrumTrack, duration_s: float) -> Audio:
        gain = safe_gain(track, self.kit, duration_s)
        return render(track, self.kit, duration_s, gain=gain)


def recordings(root: Path, band: Band) -> Iterator[Played]:
    for folder in recording_folders(root):
        beats, drums = read_beats(folder / BEATS_FILE), folder / "drums.flac"
        song = load_song([path for path in sorted(folder.glob("*.flac")) if path != drums])
        samples, rate = soundfile.read(drums, dtype="float32", always_2d=True)

        def own(
            _: Listening, grid: BeatGrid | None, song: Song = song, drums: Path = drums
        ) -> StyleCode:
            return extract_style(song, drums=drums, beats=grid, model=band.drummer).style

        yield Played(folder.name, PEOPLE, Audio(samples.T, rate), beats.beats_s)
        yield from band.takes(folder.name, song, beats, len(samples) / rate, own)


def corpus_songs(prepared: Path, most: int, band: Band) -> Iterator[Played]:
    data = load_data(prepared, "test", most_songs=most, most_train=1, progress=lambda *_: None)
    for ticks in data.songs:
        timed, known = in_seconds(ticks, MELODIC_ROLES), halved(ticks)
        if not timed.stems or not len(known.drums):
            continue
        duration_s = min(MOST_S, known.duration_s)

        def own(
            listening: Listening, _: BeatGrid | None, drums: DrumTrack = known.drums
        ) -> StyleCode:
            return band.drummer.extract_style(listening, drums)

        sound = band.sound(known.drums, duration_s)
        yield Played(known.name, PEOPLE, sound, timed.grid.beats_s)
        yield from band.takes(known.name, timed.as_song(), timed.grid, duration_s, own)


def judged(judge: str, played: Sequence[Played]) -> list[float]:
    """The F-measure of each."""
    with tempfile.TemporaryDirectory() as work:
        files = [Path(work) / f"{index}.wav" for index in range(len(played))]
        for file, one in zip(files, played, strict=True):
            mono = one.sound.samples.mean(axis=0)
            soundfile.write(file, mono, one.sound.sample_rate, subtype="PCM_16")
        done = subprocess.run(
            [judge, "-c", JUDGE, *map(str, files)], capture_output=True, text=True, check=False
        )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise SystemExit(f"the judge failed ({last}): is madmom in '{judge}'? See --help")
    lines = done.stdout.splitlines()
    return [
        f_measure(one, np.array(line.split(), dtype=np.float64))
        for one, line in zip(played, lines, strict=True)
    ]


def f_measure(played: Played, found_s: NDArray[np.float64]) -> float:
    """Over the part of the song that sounds and has beats; 0 where no beat is found."""
    wanted = mir_eval.beat.trim_beats(played.beats_s)
    wanted = wanted[wanted < played.sound.samples.shape[1] / played.sound.sample_rate]
    half_s = float(np.median(np.diff(wanted))) / 2
    near = (found_s > wanted[0] - half_s) & (found_s < wanted[-1] + half_s)
    return float(mir_eval.beat.f_measure(wanted, found_s[near])) if near.any() else 0.0


def lines(title: str, played: Sequence[Played], scores: Sequence[float]) -> Iterator[str]:
    """A line for each way of playing."""
    songs: dict[str, dict[str, list[float]]] = {}
    for one, score in zip(played, scores, strict=True):
        songs.setdefault(one.how, {}).setdefault(one.song, []).append(score)
    for how, found in songs.items():
        every = [score for own in found.values() for score in own]
        right = np.mean(np.array(every) >= FOUND)
        yield f"| {title} ({len(found)}) | {how} | {np.mean(every):.3f} | {right:.2f} |"


def song_lines(played: Sequence[Played], scores: Sequence[float]) -> Iterator[str]:
    """A line for each song: every take, in the order of the seeds."""
    found: dict[str, list[str]] = {}
    for one, score in zip(played, scores, strict=True):
        found.setdefault(one.song, []).append(f"{score:.2f}")
    for song, cells in found.items():
        yield f"| {song} | {' '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--judge", required=True, help="The Python that has madmom.")
    parser.add_argument("--audio", type=Path, help="The folder of the recordings.")
    parser.add_argument("--data", type=Path, help="What drumnet prepare wrote.")
    parser.add_argument("--songs", type=int, default=20, help="Of the corpus.")
    parser.add_argument("--seeds", type=int, default=8, help="Styles to each song.")
    parser.add_argument("--model", default="default")
    asked = parser.parse_args()
    if asked.audio is None and asked.data is None:
        parser.error("there is nothing to judge: give --audio or --data")
    if shutil.which(asked.judge) is None:
        parser.error(f"there is no Python '{asked.judge}' to judge with")
    band = Band(asked.model, asked.seeds)
    parts: dict[str, list[Played]] = {}
    if asked.audio is not None:
        parts["recordings"] = list(recordings(asked.audio, band))
    if asked.data is not None:
        parts["corpus"] = list(corpus_songs(asked.data, asked.songs, band))
    judgements = {title: judged(asked.judge, played) for title, played in parts.items()}
    print("| songs | | Beat-F | found |\n|---|---|---:|---:|")
    for title, played in parts.items():
        print(*lines(title, played, judgements[title]), sep="\n")
    print("\n| song | each take, in the order of the table above |\n|---|---|")
    for title, played in parts.items():
        print(*song_lines(played, judgements[title]), sep="\n")


if __name__ == "__main__":
    try:
        main()
    except DrumnetError as fault:
        raise SystemExit(str(fault)) from None
