"""Sections stand in drums.mid as markers, where their first beats are."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest

from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack
from drumnet.midi.layout import MidiLayout
from drumnet.midi.read import read_midi
from drumnet.midi.timeline import MAX_ERROR_S
from drumnet.midi.write import write_midi

BEATS_S = 0.3 + np.cumsum(0.5 + 0.03 * np.sin(np.arange(40)))
GRID = BeatGrid(BEATS_S, np.arange(40) % 4 + 1)
SECTIONS = [(0, "verse"), (8, "サビ"), (16, "a\nb"), (24, "")]


def markers(path: Path) -> list[tuple[float, str]]:
    """(seconds, name), as a program reads them that knows nothing of ours."""
    file, at_s, found = mido.MidiFile(path, charset="utf-8"), 0.0, []
    for message in file:
        at_s += message.time
        if message.type == "marker":
            found.append((at_s, message.text))
    return found


@pytest.mark.parametrize("tracks", ["one", "pieces"])
def test_markers_stand_where_sections_begin(tmp_path: Path, tracks: str) -> None:
    layout = MidiLayout.of(tracks=tracks)
    write_midi(tmp_path / "drums.mid", DrumTrack(), GRID, layout, SECTIONS)
    found = markers(tmp_path / "drums.mid")
    assert [name for _, name in found] == ["verse", "サビ", "ab", "section 4"]
    due_s = BEATS_S[[beat for beat, _ in SECTIONS]]
    np.testing.assert_allclose([at_s for at_s, _ in found], due_s, atol=MAX_ERROR_S)


def test_a_section_that_begins_before_the_recording_begins_with_it(tmp_path: Path) -> None:
    grid = BeatGrid(BEATS_S - BEATS_S[2], GRID.beat_in_bar)
    write_midi(tmp_path / "drums.mid", DrumTrack(), grid, sections=[(0, "verse"), (8, "chorus")])
    (first_s, _), _ = markers(tmp_path / "drums.mid")
    assert first_s == 0.0


def test_a_marker_lies_on_the_bar_line_where_the_first_beat_was_put_at_0(tmp_path: Path) -> None:
    """Of a song that begins a moment after 0:00."""
    grid = BeatGrid(BEATS_S - BEATS_S[0] + 0.03, GRID.beat_in_bar)
    write_midi(tmp_path / "drums.mid", DrumTrack(), grid, sections=[(0, "verse"), (8, "chorus")])
    (first_s, _), (second_s, _) = markers(tmp_path / "drums.mid")
    assert first_s == 0.0
    assert second_s == pytest.approx(grid.beats_s[8], abs=MAX_ERROR_S)


def test_beats_come_back_as_they_do_without_markers(tmp_path: Path) -> None:
    write_midi(tmp_path / "drums.mid", DrumTrack(), GRID, sections=SECTIONS)
    write_midi(tmp_path / "bare.mid", DrumTrack(), GRID)
    one, other = (read_midi(tmp_path / name).beat_grid() for name in ("drums.mid", "bare.mid"))
    np.testing.assert_array_equal(one.beats_s, other.beats_s)
    np.testing.assert_array_equal(one.beat_in_bar, other.beat_in_bar)
