"""`hits.csv` says where each hit lies, as musicians count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.hits_csv import write_hits
from drumnet.song.onsets import read_onset_table
from drumnet.song.roles import Role


def lines(path: Path, grid: BeatGrid, *hits: Hit) -> list[str]:
    write_hits(path / "hits.csv", DrumTrack(hits), grid)
    return (path / "hits.csv").read_text().splitlines()


def test_bars_and_beats_count_from_1_and_ticks_from_0(tmp_path: Path) -> None:
    grid = BeatGrid.constant(120, 8.0)
    found = lines(
        tmp_path,
        grid,
        Hit(0.0, 0, Piece.KICK, 127),
        Hit(0.75, 18, Piece.KICK, 90),
        Hit(3.51, 84, Piece.SNARE, 1),
    )
    assert found == [
        "time_s,bar,beat,tick,piece,velocity",
        "0.000000,1,1,0,kick,127",
        "0.750000,1,2,6,kick,90",
        "3.510000,2,4,0,snare,1",
    ]


def test_a_pickup_is_bar_0(tmp_path: Path) -> None:
    grid = BeatGrid(np.arange(10) * 0.5, np.array([4, 1, 2, 3, 4, 1, 2, 3, 4, 1]))
    found = lines(tmp_path, grid, Hit(0.0, 0), Hit(0.5, 12), Hit(2.5, 60))
    assert [line.split(",")[1:4] for line in found[1:]] == [
        ["0", "4", "0"],
        ["1", "1", "0"],
        ["2", "1", "0"],
    ]


def test_a_metre_change_is_counted_on(tmp_path: Path) -> None:
    grid = BeatGrid(np.arange(12) * 0.5, np.array([1, 2, 3, 4, 1, 2, 3, 1, 2, 3, 1, 2]))
    found = lines(tmp_path, grid, *(Hit(0.5 * beat, 12 * beat) for beat in (0, 4, 7, 10)))
    assert [line.split(",")[1:3] for line in found[1:]] == [[str(n), "1"] for n in (1, 2, 3, 4)]


def test_the_times_and_velocities_can_be_read_back_as_a_stem(tmp_path: Path) -> None:
    grid = BeatGrid.constant(97, 20.0)
    hits = tuple(Hit(0.1234567 + 0.61 * i, 0, Piece.KICK, 20 + 4 * i) for i in range(20))
    lines(tmp_path, grid, *hits, Hit(1.0, 0, Piece.SNARE, 3))
    onsets = read_onset_table(tmp_path / "hits.csv", Role.KICK)
    np.testing.assert_allclose(onsets.times_s, [hit.onset_s for hit in hits], atol=1e-6)
    assert onsets.strengths == pytest.approx([hit.velocity / 127 for hit in hits], abs=1e-6)
