"""The judge's beats against the song's, where F is known; the judge itself is not asked."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from measure_beat_f import GIVEN, Played, f_measure, judged, lines

#: A beat every half second, annotated for longer than is heard.
BEATS_S = np.arange(0.25, 60.0, 0.5)
HEARD_S = 30.0


def played(song: str = "song") -> Played:
    sound = Audio(np.zeros((1, int(HEARD_S * 100)), np.float32), 100)
    return Played(song, GIVEN, sound, BEATS_S)


@pytest.mark.parametrize(
    ("found_s", "f"),
    [
        (BEATS_S, 1.0),
        (BEATS_S + 0.06, 1.0),  # mir_eval allows 70 ms
        (BEATS_S + 0.25, 0.0),  # on the off-beats
        (BEATS_S[::2], 2 / 3),  # at half the tempo
        (np.zeros(0), 0.0),
        (np.concatenate([np.arange(0.0, 5.0, 0.1), BEATS_S[BEATS_S >= 5]]), 1.0),
    ],
)
def test_f_is_that_of_the_beats_that_are_heard_after_5_s(
    found_s: NDArray[np.float64], f: float
) -> None:
    assert f_measure(played(), found_s) == pytest.approx(f, abs=0.01)


def test_the_mean_is_over_all_takes() -> None:
    takes = [played("one"), played("one"), played("two"), played("two")]
    (line,) = lines("songs", takes, [1.0, 0.4, 0.9, 0.9])
    assert line == "| songs (2) | beats given | 0.800 | 0.75 |"


def judge(tmp_path: Path, says: str) -> str:
    """A Python that has a tracker, as far as can be seen from here."""
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_judge_is_given_a_file_for_each_take(tmp_path: Path) -> None:
    said = " ".join(map(str, BEATS_S))
    script = 'shift 2; for file in "$@"; do test -s "$file" && echo ' + said + "; done"
    assert judged(judge(tmp_path, script), [played(), played()]) == [1.0, 1.0]


def test_a_judge_that_has_no_tracker_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"No module named 'madmom'\): is madmom in "):
        judged(judge(tmp_path, "echo \"No module named 'madmom'\" >&2; exit 1"), [played()])
