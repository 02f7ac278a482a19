"""What is played in training: the drums of MIDI songs, and the band beside them.

In: the Groove MIDI Dataset (Gillick et al. 2019; people's timing and velocity, drums alone)
and a MIDI corpus with `manifest.json` (charts, whose velocities are constants, and files
that have their own).  Out: `Score`s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import fitting, parts_of, read_arrays, write_arrays
from drumnet.corpus.reading import GROOVE_SPLITS, read_info, read_manifest
from drumnet.errors import MidiError
from drumnet.hits import Piece
from drumnet.midi.read import MidiSong, read_midi
from drumnet.training.band.instruments import Part
from drumnet.training.band.strokes import OTHER_KEYS

_LEAST_STROKES = 16
#: Of a stroke: start, key, velocity; of a note: its end too.
_STROKE_FACTS, _NOTE_FACTS = 3, 4


@dataclass(frozen=True, eq=False)
class Score:
    """Args:
    strokes: (num_strokes, 3) seconds, General MIDI key, velocity, by time.
    is_performed: timing and velocity are real.
    parts: of the band, (num_notes, 4) start and end in seconds, key, velocity.
    """

    name: str
    strokes: NDArray[np.float64]
    is_performed: bool
    parts: Mapping[Part, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def duration_s(self) -> float:
        return float(self.strokes[-1, 0])


def read_scores(groove: Path, corpus: Path, split: str, num_songs: int, seed: int) -> list[Score]:
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


def _performances(groove: Path, split: str) -> Iterator[Score | None]:
    rows = read_info(groove, ("midi_filename",))
    names = [row["midi_filename"] for row in rows if GROOVE_SPLITS[row["split"]] == split]
    yield from (_score(groove / name, True) for name in names)


def _score(path: Path, is_performed: bool) -> Score | None:
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
    return Score(path.stem, strokes, is_performed, _band(midi))


def _band(midi: MidiSong) -> dict[Part, NDArray[np.float64]]:
    parts: dict[Part, NDArray[np.float64]] = {}
    for track in midi.tracks:
        if track.name in Part.__members__ and not track.is_drums and len(track.ticks):
            times = midi.seconds(track.ticks), midi.seconds(track.end_ticks)
            parts[Part[track.name]] = np.stack([*times, track.keys, track.velocities], axis=1)
    return parts


def save_scores(scores: list[Score], path: Path) -> None:
    """Write scores to one file."""
    arrays: dict[str, NDArray[Any]] = {
        "names": np.array([score.name for score in scores]),
        "performed": np.array([score.is_performed for score in scores]),
        "num_strokes": np.array([len(score.strokes) for score in scores]),
        "strokes": np.concatenate([score.strokes for score in scores]).astype(np.float32),
    }
    for part in Part:
        notes = [score.parts.get(part, np.zeros((0, _NOTE_FACTS))) for score in scores]
        arrays[f"num_{part.value}"] = np.array(list(map(len, notes)))
        arrays[part.value] = np.concatenate(notes).astype(np.float32)
    write_arrays(path, arrays)


@lru_cache(maxsize=2)
def load_scores(path: Path) -> list[Score]:
    """Read what `save_scores` wrote.

    Raises:
        DataError: the file is missing or of another kind.
    """
    return read_arrays(path, "scores", _scores_in, "remove it, and it is made again")


def _scores_in(arrays: Mapping[str, NDArray[Any]]) -> list[Score]:
    strokes = parts_of(fitting(arrays["strokes"], None, _STROKE_FACTS), arrays["num_strokes"])
    bands = {
        part: parts_of(fitting(arrays[part.value], None, _NOTE_FACTS), arrays[f"num_{part.value}"])
        for part in Part
    }
    facts = zip(arrays["names"], arrays["performed"], strokes, *bands.values(), strict=True)
    return [
        Score(
            str(name),
            own.astype(np.float64),
            bool(is_performed),
            {part: n.astype(np.float64) for part, n in zip(Part, notes, strict=True) if len(n)},
        )
        for name, is_performed, own, *notes in facts
    ]
