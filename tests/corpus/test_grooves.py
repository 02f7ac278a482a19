"""Two bars of a performance and the rhythm that is tapped of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fixtures.grooves import ROCK, performance, write_grooves

from drumnet.corpus.grooves import (
    NUM_STEPS,
    STEP_TICKS,
    Tap,
    groove_entries,
    groove_windows,
    grooves_sha256,
    silent_window,
    tap_onsets,
    windows,
)
from drumnet.errors import DataError
from drumnet.hits import PIECES, Piece

#: 16ths of two bars of `ROCK`.
STRUCK = {
    Piece.KICK: range(0, 32, 8),
    Piece.SNARE: range(4, 32, 8),
    Piece.CLOSED_HAT: range(0, 32, 2),
}


def rock() -> np.ndarray:
    """(num_pieces, 32) where `ROCK` is struck."""
    struck = np.zeros((len(PIECES), NUM_STEPS), dtype=bool)
    for piece, steps in STRUCK.items():
        struck[PIECES.index(piece), list(steps)] = True
    return struck


# ------------------------------------------------------------------ windows


def test_a_window_begins_on_every_bar_and_has_two() -> None:
    assert len(windows(performance(ROCK, num_bars=4))) == 3
    assert len(windows(performance(ROCK, num_bars=1))) == 0


def test_a_window_holds_what_was_played_on_16ths() -> None:
    (window,) = windows(performance(ROCK, num_bars=2))
    np.testing.assert_array_equal(window.struck, rock())
    assert window.velocity[PIECES.index(Piece.SNARE)].max() == pytest.approx(120 / 127)
    assert window.step_ms == 125.0


def test_a_late_backbeat_stays_on_its_16th_and_is_told_as_late() -> None:
    """1.2 ticks late, where a tick more would be the next 16th's."""
    late = {**ROCK, Piece.SNARE: (13.2, 37.2)}
    (window,) = windows(performance(late, num_bars=2))
    np.testing.assert_array_equal(window.struck, rock())
    snare = PIECES.index(Piece.SNARE)
    assert window.offset[snare, 4::8].tolist() == pytest.approx([0.4] * 4, abs=0.01)
    assert not window.offset[PIECES.index(Piece.KICK)].any()


def test_the_last_bar_counts_where_half_of_it_is_played() -> None:
    half = {Piece.KICK: (0, 30)}
    bars = performance(half, num_bars=3)
    assert len(windows(bars)) == 2
    assert len(windows(performance({Piece.KICK: (0, 12)}, num_bars=3))) == 1


def test_silence_is_no_window() -> None:
    first_bar_alone = performance({Piece.KICK: (0,)}, num_bars=1)
    long = performance({Piece.KICK: (0,)}, num_bars=6)
    assert windows(first_bar_alone) == []
    assert all(window.struck.any() for window in windows(long))


def test_the_tap_is_as_loud_and_as_late_as_the_loudest_piece() -> None:
    late = {**ROCK, Piece.SNARE: (12.9, 36.9)}
    tap = windows(performance(late, num_bars=2))[0].tap
    assert tap.struck[::2].all() and not tap.struck[1::2].any()
    assert tap.velocity[4] == pytest.approx(120 / 127), "snare and hat: the snare's"
    assert tap.offset[4] == pytest.approx(0.3, abs=0.01)
    assert tap.velocity[2] == pytest.approx(60 / 127), "a hat alone"
    assert tap.offset[2] == 0.0


# ------------------------------------------------------------------ somebody taps


def test_a_tap_is_played_to_two_bars_in_four_without_a_band() -> None:
    conditioning, grid = silent_window()
    assert not conditioning.present.any() and not conditioning.strength.any()
    assert conditioning.num_ticks == NUM_STEPS * STEP_TICKS == grid.num_ticks
    assert conditioning.beat_in_bar.tolist() == [0, 1, 2, 3] * 2
    assert conditioning.bar_length.tolist() == [4] * 8


def test_somebody_taps_each_stroke_as_loud_and_as_early_as_it_is() -> None:
    """Even the first of all may be early: there is time before it."""
    tap = Tap(np.zeros(NUM_STEPS, np.float32), np.zeros(NUM_STEPS, np.float32))
    tap.velocity[[0, 7, 31]] = 0.5, 1.0, 0.25
    tap.offset[[0, 7, 31]] = -0.4, 0.0, 0.5
    _, grid = silent_window()
    rhythm = tap_onsets(tap, grid)
    places = grid.seconds_to_ticks(rhythm.times_s) / STEP_TICKS
    np.testing.assert_allclose(places, [-0.4, 7.0, 31.5], atol=1e-5)
    assert rhythm.strengths.tolist() == [0.5, 1.0, 0.25]
    assert rhythm.times_s.min() > 0


# ------------------------------------------------------------------ files


@pytest.fixture(scope="module")
def grooves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_grooves(tmp_path_factory.mktemp("groove"))


def test_beats_in_four_are_read_and_fills_are_not(grooves: Path) -> None:
    entries = groove_entries(grooves, "valid")
    assert [entry["midi_filename"] for entry in entries] == [
        "validation_beat_0.mid", "validation_beat_1.mid"
    ]  # fmt: skip
    found = [window for entry in entries for window in groove_windows(grooves, entry)]
    assert len(found) == 6 and {window.bpm for window in found} == {100.0}
    np.testing.assert_array_equal(found[0].struck, rock())
    assert not found[-1].struck[PIECES.index(Piece.SNARE)].any()


def test_the_hash_is_of_what_was_played(grooves: Path, tmp_path: Path) -> None:
    other = write_grooves(tmp_path)
    assert grooves_sha256(grooves) == grooves_sha256(other)
    file = other / "test_beat_1.mid"
    file.write_bytes(file.read_bytes()[:-4] + b"\x00\xff\x2f\x00")
    (other / "test_beat_0.mid").write_bytes((other / "train_beat_1.mid").read_bytes())
    assert grooves_sha256(grooves) != grooves_sha256(other)


def test_what_is_no_groove_data_set_is_told(grooves: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no readable info\.csv .*Groove MIDI Dataset"):
        groove_entries(tmp_path, "test")
    (tmp_path / "info.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=r"no readable info\.csv"):
        groove_entries(tmp_path, "test")
    head, *rest = (grooves / "info.csv").read_text().splitlines()
    (tmp_path / "info.csv").write_text(head + "\n" + rest[0] + "\n")
    with pytest.raises(DataError, match="lists no beat in 4/4 of the split 'test'"):
        groove_entries(tmp_path, "test")
    with pytest.raises(DataError, match="is missing: download"):
        (tmp_path / "info.csv").write_text((grooves / "info.csv").read_text())
        grooves_sha256(tmp_path)
