"""Drum transcribers compared in five classes."""

from __future__ import annotations

import doctest
from pathlib import Path

import mido
import pytest

import drum_classes
from drum_classes import annotated, by_class, class_counts, micro
from drumnet.errors import DrumnetError
from drumnet.hits import Piece
from measure_drum_ears import Heard, estimated

ANNOTATION = "0.5\tKD\n0.5\tHH\n1.0\tSD\n1.5\tOT\n2.0\tCY\n"


@pytest.fixture
def song(tmp_path: Path) -> Path:
    (tmp_path / "drums.tsv").write_text(ANNOTATION)
    return tmp_path


def test_examples() -> None:
    assert doctest.testmod(drum_classes).failed == 0


def test_who_hears_what_is_written_is_all_right(song: Path) -> None:
    strokes = [(0.5, Piece.KICK), (0.5, Piece.OPEN_HAT), (1.02, Piece.SNARE), (2.0, Piece.RIDE)]
    counts = class_counts(annotated(song), by_class(strokes))
    assert micro(counts.values()).f_measure == 1.0


def test_what_is_late_or_another_drum_is_wrong(song: Path) -> None:
    strokes = [(0.5, Piece.KICK), (0.5, Piece.CRASH), (1.06, Piece.SNARE)]
    counts = class_counts(annotated(song), by_class(strokes))
    assert counts["KD"].f_measure == 1.0
    assert counts["SD"].matched == counts["CY"].matched == 0
    assert micro(counts.values()).scores == {
        "precision": 1 / 3,
        "recall": 1 / 4,
        "f_measure": 2 / 7,
    }


def test_a_crash_on_a_ride_is_one_cymbal_unless_they_are_counted_apart() -> None:
    both = [(1.0, Piece.RIDE), (1.0, Piece.CRASH), (1.1, Piece.CRASH)]
    assert by_class(both)["CY"].tolist() == [1.0, 1.1]
    assert by_class(both, one_stroke_s=0.0)["CY"].tolist() == [1.0, 1.0, 1.1]


def test_a_side_stick_is_a_snare_only_where_that_is_said(song: Path) -> None:
    heard = Heard(
        "song", annotated(song), {"it": by_class([(1.0, Piece.SNARE), (1.5, Piece.SNARE)])}
    )
    assert heard.counts("it")["SD"].precision == 0.5
    assert heard.counts("it", ["song"])["SD"].precision == 1.0
    assert heard.counts("it", ["another"])["SD"].precision == 0.5


def test_another_tool_may_write_midi_or_a_table(tmp_path: Path) -> None:
    (tmp_path / "as_table.tsv").write_text(ANNOTATION)
    table = estimated(tmp_path, "as_table")
    assert {name: times.tolist() for name, times in table.items()} == {
        "KD": [0.5],
        "SD": [1.0],
        "HH": [0.5],
        "TT": [],
        "CY": [2.0],
        "OT": [1.5],
    }
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(mido.MidiTrack())
    for key, wait in ((35, 480), (49, 0), (57, 480)):
        file.tracks[0].append(mido.Message("note_on", channel=9, note=key, velocity=99, time=wait))
    file.save(tmp_path / "as_midi.mid")
    heard = estimated(tmp_path, "as_midi")
    assert heard["KD"].tolist() == [0.5]
    assert heard["CY"].tolist() == [0.5, 1.0]


def test_what_the_other_tool_did_not_write_is_named(tmp_path: Path) -> None:
    with pytest.raises(DrumnetError, match=r"has no waltz\.mid or \.tsv"):
        estimated(tmp_path, "waltz")
