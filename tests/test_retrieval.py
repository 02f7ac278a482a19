"""Songs at another tempo or shifted: the same on ticks, and found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.beats.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.corpus.ticksong import TickSong, tick_song
from drumnet.evaluation.altered import altered_recording
from drumnet.evaluation.passages import halved_recording
from drumnet.evaluation.retrieval import (
    VARIATIONS,
    TimedSong,
    code_of,
    encoder,
    extractor,
    fit_for_retrieval,
    in_seconds,
    nearest_is_own,
    retrievals,
    song_codes,
)
from drumnet.features import HEARD_ROLES, Conditioning, onset_pulses
from drumnet.hits import DrumTrack, Hit
from drumnet.onsets import Onsets
from drumnet.roles import Role

BAR_TICKS = 4 * TICKS_PER_BEAT
NUM_BARS = 20


def looped_song(seed: int, bpm: float = 120.0, num_bars: int = NUM_BARS) -> TickSong:
    """A bar of random bass and kick, looped; no two seeds are alike."""
    rng = np.random.default_rng(seed)
    grid = BeatGrid.constant(bpm, num_bars * 4 * 60 / bpm)
    bars = np.arange(num_bars)[:, None] * BAR_TICKS

    def times_s(num_hits: int) -> NDArray[np.float64]:
        pattern = 3 * rng.choice(BAR_TICKS // 3, num_hits, replace=False)
        return np.sort(grid.ticks_to_seconds((bars + pattern).reshape(-1)))

    bass = times_s(4)
    curves = {Role.BASS: onset_pulses(Onsets(bass, np.ones(len(bass), np.float32)))}
    kick = DrumTrack(tuple(Hit(float(time), 0) for time in times_s(3 + seed % 3)))
    about = {"name": f"song {seed}", "bpm": bpm, "heard": "events"}
    return tick_song(about, curves, kick, grid)


class PositionNetwork:
    """Its code is how often each position of the bar is hit."""

    def listen(self, heard: Conditioning) -> NDArray[np.float32]:
        return np.eye(4, dtype=np.float32)[:, heard.beat_in_bar]

    def encode(
        self, listened: NDArray[np.float32], velocity: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        hit = (velocity[0] > 0).reshape(-1, TICKS_PER_BEAT)
        return (listened @ hit / listened.sum(axis=1, keepdims=True)).reshape(-1)

    def probabilities(
        self, listened: NDArray[np.float32], codes: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        return np.full((len(codes), 1, listened.shape[1] * TICKS_PER_BEAT), 0.1, np.float32)


class ConstantNetwork(PositionNetwork):
    """It hears no difference between songs."""

    def encode(
        self, listened: NDArray[np.float32], velocity: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        return np.ones(16, dtype=np.float32)


def hits_and_bass(song: TickSong) -> tuple[list[int], list[int]]:
    dense = song.dense_song()
    bass = dense.strength[HEARD_ROLES.index(Role.BASS)]
    return np.flatnonzero(dense.velocity[0]).tolist(), np.flatnonzero(bass).tolist()


def later(song: TickSong, ticks: int) -> tuple[list[int], list[int]]:
    """The hits and the bass moved; what would come before the start is lost."""
    hits, bass = hits_and_bass(song)
    return (
        [tick + ticks for tick in hits if tick + ticks >= 0],
        [tick + ticks for tick in bass if tick + ticks >= 0],
    )


# ------------------------------------------------------------------ in time and back


@pytest.mark.parametrize("factor", [0.8, 0.9, 1.0, 1.1, 1.2])
@pytest.mark.parametrize("bpm", [60.0, 133.3, 240.0])
def test_another_tempo_is_the_same_on_ticks(factor: float, bpm: float) -> None:
    song = looped_song(1, bpm)
    timed = in_seconds(song).at_tempo(factor)
    assert timed.grid.tempo_bpm == pytest.approx(bpm * factor)
    again = timed.on_ticks()
    assert hits_and_bass(again) == hits_and_bass(song)
    for field in ("present", "beat_in_bar", "bar_length", "bar"):
        np.testing.assert_array_equal(getattr(again, field), getattr(song, field))


def test_velocities_and_the_place_inside_the_tick_survive() -> None:
    grid = BeatGrid.constant(120, 8.0)
    early_and_soft = Hit(float(grid.ticks_to_seconds(23.75)), 0, velocity=37)
    song = tick_song({"name": "", "bpm": 120.0}, {}, DrumTrack((early_and_soft,)), grid)
    (hit,) = in_seconds(song).kick
    assert hit.tick == 24 and hit.velocity == 37
    assert hit.onset_s == pytest.approx(early_and_soft.onset_s, abs=1e-4)


@pytest.mark.parametrize("num_beats", [1, 2, 5])
def test_cutting_beats_off_moves_the_beat_grid_with_the_music(num_beats: int) -> None:
    song = looped_song(2)
    cut = in_seconds(song).without_start(num_beats).on_ticks()
    assert hits_and_bass(cut) == later(song, -num_beats * TICKS_PER_BEAT)
    assert cut.beat_in_bar.tolist() == song.beat_in_bar[num_beats:].tolist()


def test_cutting_bars_off_begins_on_a_downbeat_and_counts_bars_anew() -> None:
    song = looped_song(2)
    cut = in_seconds(song).without_bars(2).on_ticks()
    assert hits_and_bass(cut) == later(song, -2 * BAR_TICKS)
    assert cut.beat_in_bar[:5].tolist() == [0, 1, 2, 3, 0]
    assert cut.bar[:5].tolist() == [0, 0, 0, 0, 1]


def test_a_delayed_song_has_a_beat_more_before_it() -> None:
    song = looped_song(3)
    delayed = in_seconds(song).delayed(0.1).on_ticks()
    assert hits_and_bass(delayed) == later(song, TICKS_PER_BEAT)
    assert delayed.beat_in_bar[:6].tolist() == [3, 0, 1, 2, 3, 0]


def test_late_downbeats_change_the_bars_and_not_the_music() -> None:
    song = looped_song(3)
    late = in_seconds(song).late_downbeats().on_ticks()
    assert hits_and_bass(late) == hits_and_bass(song)
    assert late.beat_in_bar[:6].tolist() == [3, 0, 1, 2, 3, 0]


def test_a_hit_before_the_first_beat_stays_on_it() -> None:
    grid = BeatGrid.constant(120, 8.0)
    kick = DrumTrack((Hit(float(grid.ticks_to_seconds(47.7)), 0),))
    cut = TimedSong({"name": ""}, {}, kick, grid).without_bars(1)
    assert cut.kick.hits[0].onset_s == 0.0
    assert hits_and_bass(cut.on_ticks())[0] == [0]


# ------------------------------------------------------------------ retrieval


def test_codes_that_do_not_move_are_found_at_no_distance() -> None:
    codes = np.random.default_rng(0).normal(size=(9, 16))
    assert nearest_is_own(codes, codes) == (1.0, 0.0)
    assert nearest_is_own(codes, codes[:4]) == (1.0, 0.0)


def test_codes_that_change_places_are_not_found() -> None:
    codes = np.eye(3)
    top_1, distance = nearest_is_own(codes, np.roll(codes, 1, axis=0))
    assert top_1 == 0.0
    assert distance == pytest.approx(1.0)


def test_one_code_for_all_songs_finds_them_by_chance() -> None:
    top_1, distance = nearest_is_own(np.ones((8, 16)), np.ones((8, 16)))
    assert top_1 == pytest.approx(1 / 8)
    assert np.isnan(distance)


def test_position_codes_are_found_whatever_is_done_but_for_misread_bars() -> None:
    songs = [looped_song(seed) for seed in range(6)]
    read = encoder(PositionNetwork())
    found = {one.name: one for one in retrievals(read, songs, song_codes(read, songs))}
    assert list(found) == [variation.name for variation in VARIATIONS]
    misread = found.pop("downbeats a beat late")
    assert misread.distance > 0.5
    for one in found.values():
        assert one.num_songs == 6 and one.top_1 == 1.0, one
        # A beat added in front is empty: no more than that may differ.
        assert one.distance < (0.1 if one.name in ("0.1 s", "a third of a tick") else 1e-6), one


def test_a_network_that_hears_no_difference_is_at_chance() -> None:
    songs = [looped_song(seed) for seed in range(4)]
    read = encoder(ConstantNetwork())
    for one in retrievals(read, songs, song_codes(read, songs), VARIATIONS[:5]):
        assert one.top_1 == pytest.approx(1 / 4), one


def test_refining_keeps_a_code_that_decoded_drums_say_nothing_of() -> None:
    song, network = looped_song(0), PositionNetwork()
    guess = code_of(encoder(network), song)
    np.testing.assert_allclose(code_of(extractor(network), song), guess, atol=1e-6)


def test_short_songs_and_songs_without_a_kick_are_left_out() -> None:
    whole, short = looped_song(0), looped_song(0, num_bars=8)
    grid = BeatGrid.constant(120, 40.0)
    silent = tick_song({"name": "", "bpm": 120.0}, {}, DrumTrack(), grid)
    assert fit_for_retrieval([whole, short, silent]) == [whole]


# ------------------------------------------------------------------ recordings


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12 s at 120 bpm: bass on every beat, kick on 1 and 3."""
    import soundfile

    folder = tmp_path_factory.mktemp("recordings") / "mdb_beat"
    folder.mkdir()
    beats_s = np.arange(0.0, 12.0, 0.5)
    since_beat_s = np.arange(12 * 44_100) / 44_100 % 0.5
    notes = 0.5 * np.exp(-since_beat_s / 0.06) * np.sin(2 * np.pi * 110.0 * since_beat_s)
    soundfile.write(folder / "bass.flac", notes, 44_100)
    lines = [f"{time:.3f}\t{beat % 4 + 1}\n" for beat, time in enumerate(beats_s)]
    (folder / "beats.tsv").write_text("".join(lines))
    (folder / "drums.tsv").write_text("".join(f"{time:.3f}\tKD\n" for time in beats_s[::2]))
    return folder


@pytest.mark.parametrize("speed", [0.8, 1.0, 1.2])
def test_a_recording_at_another_speed_is_the_same_on_ticks(
    recording: Path, tmp_path: Path, speed: float
) -> None:
    as_is = halved_recording(recording)
    altered = halved_recording(altered_recording(recording, tmp_path / "out", speed=speed))
    assert altered.grid is not None and altered.grid.tempo_bpm == pytest.approx(120 * speed)
    assert altered.hits.tolist() == as_is.hits.tolist() == list(range(0, 288, 24))
    bass = HEARD_ROLES.index(Role.BASS)
    assert (altered.heard.strength[bass, 12:288:12] > 0.5).all()


def test_a_recording_cut_at_a_beat_keeps_what_is_played_on_it(
    recording: Path, tmp_path: Path
) -> None:
    cut = halved_recording(altered_recording(recording, tmp_path / "out", first_beat=2))
    # The cut lies a little before the third beat, which is then the first of the grid.
    assert cut.heard.beat_in_bar[:4].tolist() == [2, 3, 0, 1]
    assert cut.hits.tolist() == list(range(0, 252, 24))
