"""A drifting tempo: how far it goes, and that known beats make it cost nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from drumnet.beats.files import read_beats, write_beats
from drumnet.beats.tracker import FixedTempo
from drumnet.corpus.halves import HalvedSong
from drumnet.corpus.ticksong import TickSong
from drumnet.evaluation.altered import bent_recording
from drumnet.evaluation.experiments.drift import (
    DRIFTING,
    GIVEN,
    LOST,
    STEADY,
    TRACKED,
    Pair,
    drift_rows,
    given_pair,
    recording_pair,
    tracked_pair,
)
from drumnet.evaluation.players import HalfDrummer
from drumnet.evaluation.timed import BEND_PERIOD_S, bent, in_seconds
from drumnet.grid import BeatGrid
from drumnet.song.song import Song

# ------------------------------------------------------------------ the time line


def test_the_tempo_drifts_by_ten_percent_and_is_back_after_a_period() -> None:
    times = np.arange(0.0, 90.0, 0.001)
    speed = np.diff(bent(times)) / 0.001
    assert (speed > 0).all(), "time never runs backwards"
    assert speed.max() == pytest.approx(1.1, abs=1e-4)
    assert speed.min() == pytest.approx(0.9, abs=1e-4)
    assert times[speed.argmax()] % BEND_PERIOD_S == pytest.approx(BEND_PERIOD_S / 4, abs=0.1)
    whole = np.arange(4.0) * np.float64(BEND_PERIOD_S)
    np.testing.assert_allclose(bent(whole), whole, atol=1e-9)


def test_the_beats_of_a_bent_song_bend_with_it(random_loop: Callable[..., TickSong]) -> None:
    timed = in_seconds(random_loop(0)).bent()
    steps = np.diff(timed.grid.beats_s)
    assert steps.max() == pytest.approx(0.55, abs=1e-3)
    assert steps.min() == pytest.approx(0.45, abs=1e-3)
    kick = [hit.onset_s for hit in timed.kick]
    ticks = timed.grid.seconds_to_ticks(kick)
    np.testing.assert_allclose(ticks, np.round(ticks), atol=0.03)


# ------------------------------------------------------------------ songs on ticks


@pytest.mark.parametrize("bpm", [50.0, 133.3, 240.0])
def test_on_known_beats_a_bent_song_is_the_same_song(
    random_loop: Callable[..., TickSong], bpm: float
) -> None:
    steady, drifting = given_pair(random_loop(4, bpm))
    np.testing.assert_array_equal(steady.velocity, drifting.velocity)
    one, other = steady.conditioning, drifting.conditioning
    np.testing.assert_array_equal(one.strength > 0.5, other.strength > 0.5)
    np.testing.assert_array_equal(one.beat_in_bar, other.beat_in_bar)
    assert steady.half_tick == drifting.half_tick


def test_on_known_beats_drift_costs_nothing(
    copyist: HalfDrummer, random_loop: Callable[..., TickSong]
) -> None:
    pairs = [given_pair(random_loop(seed)) for seed in range(4)]
    rows = drift_rows("drift", GIVEN, copyist, pairs)
    found = {(row.player, row.metric, row.setting): row for row in rows}
    assert len(found) == 6
    for player in ("drumnet", "copy-bar"):
        for setting in (STEADY, DRIFTING):
            assert found[player, "tick F1", setting].value == 1.0
        lost = found[player, LOST, ""]
        assert (lost.value, lost.low, lost.high, lost.better) == (0.0, 0.0, 0.0, "lower")


class TrueBeats:
    """A tracker that knows where the beats of one song are."""

    def __init__(self, grid: BeatGrid) -> None:
        self._grid = grid

    def track(self, song: Song) -> BeatGrid:
        return self._grid


def tracked(drummer: HalfDrummer, pair: Pair) -> dict[tuple[str, str], float]:
    """(metric, setting) to the model's figure."""
    rows = drift_rows("drift", TRACKED, drummer, [pair])
    found = {(row.metric, row.setting): row.value for row in rows if row.player == "drumnet"}
    return {key: value for key, value in found.items() if value is not None}


def test_a_tracker_that_finds_the_beats_loses_nothing(
    copyist: HalfDrummer, random_loop: Callable[..., TickSong]
) -> None:
    """But for the hits that it plays to the second in which the song fades."""
    song = random_loop(1)
    steady, drifting = in_seconds(song), in_seconds(song).bent()
    pair = Pair(
        tracked_pair(song, TrueBeats(steady.grid)).steady,
        tracked_pair(song, TrueBeats(drifting.grid)).drifting,
    )
    found = tracked(copyist, pair)
    assert found["onset F1", STEADY] > 0.97 and found["onset F1", DRIFTING] > 0.97
    assert abs(found[LOST, ""]) < 0.015


def test_a_tracker_that_misses_the_drift_loses_much(
    copyist: HalfDrummer, random_loop: Callable[..., TickSong]
) -> None:
    """Beats at the steady tempo are up to a second off in the drifting song."""
    found = tracked(copyist, tracked_pair(random_loop(1), FixedTempo(120.0)))
    assert found["onset F1", STEADY] > 0.97
    assert found[LOST, ""] > 0.4
    lost = found["onset F1", STEADY] - found["onset F1", DRIFTING]
    assert found[LOST, ""] == pytest.approx(lost, abs=1e-5)


# ------------------------------------------------------------------ recordings


def test_the_annotations_of_a_bent_recording_move_with_its_sound(tmp_path: Path) -> None:
    """A click at every beat: each stays within 3 ms of its annotated time."""
    rate, beats_s = 22_050, np.arange(1.0, 60.0, 0.5)
    folder = tmp_path / "mdb_clicks"
    folder.mkdir()
    clicks = np.zeros((61 * rate, 2))
    clicks[np.round(beats_s * rate).astype(int)] = (0.9, -0.4)
    soundfile.write(folder / "bass.flac", clicks, rate)
    write_beats(folder / "beats.tsv", BeatGrid(beats_s, np.arange(len(beats_s)) % 4 + 1))
    (folder / "drums.tsv").write_text("".join(f"{at:.4f}\tKD\n" for at in beats_s))
    moved = bent_recording(folder, tmp_path / "out")
    sound, same_rate = soundfile.read(moved / "bass.flac", always_2d=True)
    assert same_rate == rate and sound.shape[1] == 2
    for name in ("beats.tsv", "drums.tsv"):
        rows = (moved / name).read_text().splitlines()
        annotated = np.array([float(row.split("\t")[0]) for row in rows])
        assert len(annotated) == len(beats_s)
        assert np.abs(annotated - beats_s).max() > 0.5, "and they have moved"
        for at in annotated:
            near = slice(round((at - 0.1) * rate), round((at + 0.1) * rate))
            loudest = near.start + int(np.abs(sound[near, 0]).argmax())
            assert abs(loudest / rate - at) < 0.003
    assert [row.split("\t")[1] for row in (moved / "drums.tsv").read_text().splitlines()] == [
        "KD"
    ] * len(beats_s)
    np.testing.assert_allclose(read_beats(moved / "beats.tsv").beats_s, bent(beats_s), atol=1e-5)


def test_a_bent_recording_is_the_same_on_its_own_beats(recordings: Path) -> None:
    steady, drifting = recording_pair(recordings / "mdb_rock", None)
    assert steady.hits.tolist() == drifting.hits.tolist()
    np.testing.assert_allclose(drifting.onsets_s, bent(steady.onsets_s), atol=1e-5)
    bass = next(i for i, on in enumerate(steady.conditioning.present) if on)
    on_beats = np.arange(12, steady.num_ticks, 12)
    assert (steady.conditioning.strength[bass, on_beats] > 0.5).all()
    assert (drifting.conditioning.strength[bass, on_beats] > 0.5).all()


def test_what_is_lost_is_counted_song_by_song(
    copyist: HalfDrummer, song_of: Callable[..., HalvedSong], looped: Callable[..., list[int]]
) -> None:
    """One song keeps its score, the other one loses it all."""
    whole, broken = song_of(looped([0, 24])), song_of([*looped([0, 24], 8), *range(385, 768, 12)])
    rows = drift_rows("drift", GIVEN, copyist, [Pair(whole, whole), Pair(whole, broken)])
    lost = next(row for row in rows if row.metric == LOST and row.player == "drumnet")
    assert (lost.value, lost.low, lost.high) == (0.5, 0.0, 1.0)
