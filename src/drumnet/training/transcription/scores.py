"""What is played in training: drum parts of MIDI songs.

In: the Groove MIDI Dataset (Gillick et al. 2019; people's timing and velocity)
and a MIDI corpus with `manifest.json` (charts, whose velocities are constants).
Out: `DrumScore`s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.reading import GROOVE_SPLITS, read_info, read_manifest
from drumnet.errors import MidiError
from drumnet.hits import Piece
from drumnet.midi.read import read_midi
from drumnet.training.transcription.strokes import OTHER_KEYS

_LEAST_STROKES = 16


@dataclass(frozen=True, eq=False)
class DrumScore:
    """Args:
    strokes: (num_strokes, 3) seconds, General MIDI key, velocity, by time.
    is_performed: a person played it: timing and velocity are real.
    """

    name: str
    strokes: NDArray[np.float64]
    is_performed: bool

    @property
    def duration_s(self) -> float:
        return float(self.strokes[-1, 0])


def read_scores(
    groove: Path, corpus: Path, split: str, num_songs: int, seed: int
) -> list[DrumScore]:
    """Every performance of Groove's split, and songs of the corpus' drawn at random.

    Raises:
        DataError: a folder is not what it should be.
    """
    scores = [score for score in _performances(groove, split) if score is not None]
    entries = [entry for entry in read_manifest(corpus) if entry["split"] == split]
    order = np.random.default_rng(seed).permutation(len(entries))
    charted = (_score(corpus / entries[i]["file"], entries[i].get("kind") == "gm") for i in order)
    for score in charted:
        if num_songs <= 0:
            break
        if score is not None:
            scores.append(score)
            num_songs -= 1
    return scores


def _performances(groove: Path, split: str) -> Iterator[DrumScore | None]:
    rows = read_info(groove, ("midi_filename",))
    names = [row["midi_filename"] for row in rows if GROOVE_SPLITS[row["split"]] == split]
    yield from (_score(groove / name, True) for name in names)


def _score(path: Path, is_performed: bool) -> DrumScore | None:
    try:
        midi = read_midi(path)
    except MidiError:
        return None
    parts = [
        np.stack([midi.seconds(track.ticks), track.keys, track.velocities], axis=1)
        for track in midi.tracks
        if track.is_drums
    ]
    strokes = np.concatenate([np.zeros((0, 3)), *parts])
    known = [int(k) in OTHER_KEYS or Piece.from_midi_key(int(k)) is not None for k in strokes[:, 1]]
    strokes = strokes[np.array(known, dtype=bool)]
    if len(strokes) < _LEAST_STROKES:
        return None
    strokes = strokes[np.argsort(strokes[:, 0], kind="stable")]
    return DrumScore(path.stem, strokes, is_performed)
