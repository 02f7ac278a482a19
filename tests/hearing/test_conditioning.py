"""What is heard of a stem: onsets where notes begin, nothing where none do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES, conditioning_of, tick_strength
from drumnet.hearing.onset_strength import OnsetCurve, onset_pulses, onset_strength
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem

RATE = 16_000


def clicks(
    times_s: NDArray[np.float64] | list[float], duration_s: float, rate: int = RATE
) -> Audio:
    """Short bursts that start at the given times."""
    samples = np.zeros(round(duration_s * rate))
    t = np.arange(round(0.02 * rate)) / rate
    burst = 0.5 * np.exp(-t / 0.004) * np.sin(2 * np.pi * 1500 * t)
    for at in np.round(np.asarray(times_s) * rate).astype(int):
        part = samples[at : at + len(burst)]
        part += burst[: len(part)]
    return Audio(samples[None].astype(np.float32), rate)


def plucked(times_s: NDArray[np.float64], duration_s: float, pitch_hz: float = 110.0) -> Audio:
    samples = np.zeros(round(duration_s * RATE))
    t = np.arange(round(0.4 * RATE)) / RATE
    tone = (
        0.5 * np.exp(-t / 0.15) * sum(np.sin(2 * np.pi * k * pitch_hz * t) / k for k in range(1, 6))
    )
    for at in np.round(times_s * RATE).astype(int):
        part = samples[at : at + len(tone)]
        part += tone[: len(part)]
    return Audio(samples[None].astype(np.float32), RATE)


def events(times_s: NDArray[np.float64] | list[float]) -> Onsets:
    return Onsets(np.asarray(times_s, float), np.ones(len(times_s), np.float32))


def peaks_s(curve: OnsetCurve, least: float = 0.3) -> NDArray[np.float64]:
    strength = np.pad(curve.strength, 1)
    inner = strength[1:-1]
    peak = (inner >= least) & (inner > strength[:-2]) & (inner >= strength[2:])
    return np.flatnonzero(peak) / curve.frame_rate_hz


class Chopped:
    """A sound that comes in blocks of the sizes of its own choice."""

    def __init__(self, audio: Audio, sizes: list[int]) -> None:
        self._audio, self._sizes = audio, sizes
        self.sample_rate, self.num_channels = audio.sample_rate, audio.num_channels
        self.num_samples, self.duration_s = audio.num_samples, audio.duration_s

    def blocks(self, block_samples: int = 0) -> Iterator[NDArray[np.float32]]:
        start, turn = 0, 0
        while start < self.num_samples:
            size = self._sizes[turn % len(self._sizes)]
            yield self._audio.samples[:, start : start + size]
            start, turn = start + size, turn + 1


# ------------------------------------------------------------------ onset strength


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 96_000])
def test_a_click_at_one_second_is_heard_within_10_ms(rate: int) -> None:
    curve = onset_strength(clicks([1.0], 2.0, rate))
    assert peaks_s(curve) == pytest.approx([1.0], abs=0.01 + 1e-9)


def test_notes_are_heard_where_they_begin_and_only_there() -> None:
    times = np.array([0.0, 0.5, 0.75, 1.0, 1.63, 2.02, 2.9])
    found = peaks_s(onset_strength(plucked(times, 4.0)))
    assert len(found) == len(times)
    np.testing.assert_allclose(found, times, atol=0.02 + 1e-9)


def test_silence_has_no_onsets() -> None:
    for duration_s in (0.001, 0.05, 3.0):
        silence = Audio(np.zeros((2, max(1, round(duration_s * 44_100))), np.float32), 44_100)
        assert not onset_strength(silence).strength.any()


def test_the_noise_of_a_silent_track_is_not_taken_for_onsets() -> None:
    noise = np.random.default_rng(0).normal(0, 10 ** (-90 / 20), (1, 4 * RATE))
    assert onset_strength(Audio(noise.astype(np.float32), RATE)).strength.max() < 0.05


@pytest.mark.parametrize("gain_db", [-20.0, -12.0, -6.0, 5.0])
def test_the_level_of_a_stem_does_not_matter(gain_db: float) -> None:
    """Each stem is heard relative to its own typical onsets."""
    rng = np.random.default_rng(1)
    times = np.sort(rng.choice(np.arange(40), 18, replace=False)) * 0.2
    audio = plucked(times, 8.2)
    grid = BeatGrid.constant(150, 8.0)
    usual = tick_strength(onset_strength(audio), grid)
    other = Audio(audio.samples * np.float32(10 ** (gain_db / 20)), RATE)
    found = tick_strength(onset_strength(other), grid)
    assert np.abs(found - usual).max() < 0.2
    assert np.abs(found - usual).mean() < 0.03


def test_the_sizes_of_the_blocks_do_not_matter() -> None:
    rng = np.random.default_rng(2)
    audio = plucked(np.sort(rng.uniform(0, 5, 12)), 5.0)
    whole = onset_strength(audio).strength
    for sizes in ([1000], [160, 7, 1], [1024], [RATE, 333]):
        found = onset_strength(Chopped(audio, sizes)).strength
        np.testing.assert_allclose(found, whole, atol=1e-4)


def test_an_onset_where_two_blocks_meet_is_heard_once() -> None:
    times = [1.0, 15.0, 29.99, 31.0, 45.0, 60.01, 61.0]
    for rate in (RATE, 44_100):
        found = peaks_s(onset_strength(clicks(times, 62.0, rate)))
        assert found == pytest.approx(times, abs=0.01 + 1e-9)


def test_there_is_a_frame_for_every_hundredth_of_a_second() -> None:
    """Frame i is at i / 100 s, to the end of the sound."""
    for duration_s in (1.0, 1.237, 31.5):
        curve = onset_strength(clicks([0.5], duration_s, 44_100))
        assert len(curve.strength) == pytest.approx(duration_s * 100, abs=2)


def test_vibrato_is_no_row_of_onsets() -> None:
    t = np.arange(7 * RATE) / RATE
    pitch = 440 * 2 ** (0.4 / 12 * np.sin(2 * np.pi * 5.5 * t))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sung = 0.2 * sum(np.sin(k * phase) / k for k in range(1, 8))
    starts = np.array([0.5, 2.5, 4.5])
    envelope = np.zeros_like(t)
    for start in starts:
        since = t - start
        envelope += np.clip(since / 0.02, 0, 1) * np.clip((1.6 - since) / 0.2, 0, 1)
    curve = onset_strength(Audio((sung * envelope)[None].astype(np.float32), RATE))
    at = np.arange(len(curve.strength)) / 100
    near = np.abs(at[:, None] - starts).min(axis=1) < 0.06
    assert all(curve.strength[np.abs(at - start) < 0.06].max() > 0.7 for start in starts)
    assert curve.strength[~near].max() < 0.25


# ------------------------------------------------------------------ ticks


def test_the_tick_of_an_onset_has_its_strength_and_the_others_have_none() -> None:
    grid = BeatGrid.constant(120, 4.0)
    strengths = np.array([1.0, 0.25, 0.5], np.float32)
    curve = onset_pulses(Onsets(grid.ticks_to_seconds([0, 15, 95]), strengths))
    found = tick_strength(curve, grid)
    assert {t: found[t] for t in np.flatnonzero(found)} == {0: 1.0, 15: 0.25, 95: 0.5}


def test_of_two_onsets_in_one_tick_the_stronger_counts() -> None:
    curve = onset_pulses(Onsets(np.array([1.0, 1.01, 1.0]), np.array([0.2, 0.9, 0.4], np.float32)))
    found = tick_strength(curve, BeatGrid.constant(120, 4.0))
    assert np.flatnonzero(found).tolist() == [24] and found[24] == np.float32(0.9)


@pytest.mark.parametrize("share", [0.5, 0.8, 0.9, 1.1, 1.2, 2.0])
def test_the_same_music_at_another_tempo_is_the_same_on_ticks(share: float) -> None:
    rng = np.random.default_rng(4)
    steps = 0.5 * np.exp(np.cumsum(rng.normal(0, 0.01, 64)))
    numbers = np.arange(65) % 4 + 1
    beats_s = np.append(0.3, 0.3 + np.cumsum(steps))
    grid, other = BeatGrid(beats_s, numbers), BeatGrid(beats_s / share, numbers)
    ticks = np.sort(rng.choice(64 * 12, 150, replace=False))

    def heard(on: BeatGrid) -> NDArray[np.float32]:
        song = Song((Stem("bass", Role.BASS, events(on.ticks_to_seconds(ticks))),))
        return conditioning_of(song, on).strength

    np.testing.assert_array_equal(heard(other), heard(grid))
    assert np.flatnonzero(heard(grid)[0]).tolist() == ticks.tolist()


def test_sound_and_events_of_the_same_clicks_agree_on_ticks() -> None:
    grid = BeatGrid.constant(120, 16.0)
    rng = np.random.default_rng(5)
    ticks = np.sort(rng.choice(np.arange(0, grid.num_ticks, 3), 60, replace=False))
    times = grid.ticks_to_seconds(ticks)
    sound = tick_strength(onset_strength(clicks(times, 16.5)), grid)
    pulses = tick_strength(onset_pulses(events(times)), grid)
    np.testing.assert_array_equal(np.flatnonzero(sound > 0.5), np.flatnonzero(pulses))
    assert np.flatnonzero(pulses).tolist() == ticks.tolist()


def test_a_tick_shorter_than_a_frame_still_hears_its_onset() -> None:
    index = np.arange(401)
    grid = BeatGrid(index * 0.06, index % 4 + 1)  # 1000 bpm: a tick lasts 5 ms
    times = np.arange(1, 20) * 1.0
    found = tick_strength(onset_pulses(events(times)), grid)
    ticks = np.round(times / 0.005).astype(int)
    assert (found[ticks] == 1.0).all()
    near = np.abs(np.arange(len(found))[:, None] - ticks).min(axis=1) <= 1
    assert not found[~near].any()


def test_before_and_after_the_sound_there_is_silence() -> None:
    grid = BeatGrid(np.arange(-4, 21) * 0.5, np.arange(25) % 4 + 1)
    found = tick_strength(OnsetCurve(np.ones(301, np.float32)), grid)  # 0 to 3 s
    at = grid.ticks_to_seconds(np.arange(grid.num_ticks))
    assert not found[at < -0.025].any() and not found[at > 3.025].any()
    assert (found[(at >= 0) & (at <= 3)] == 1.0).all()


def test_what_sounds_beyond_the_last_beat_is_not_heard_in_its_tick() -> None:
    grid = BeatGrid.constant(120, 4.0)
    last = grid.num_ticks - 1
    beyond_s = float(grid.ticks_to_seconds(last + 6))
    for strength, times_s in ((0.0, [beyond_s]), (0.5, [grid.ticks_to_seconds(last), beyond_s])):
        levels = np.array([0.5, 1.0], np.float32)[-len(times_s) :]
        found = tick_strength(onset_pulses(Onsets(np.array(times_s), levels)), grid)
        assert found[last] == strength and not found[:last].any()


# ------------------------------------------------------------------ the song


def test_each_role_has_its_row() -> None:
    grid = BeatGrid.constant(120, 8.0)
    stems = tuple(
        Stem(role.value, role, events(grid.ticks_to_seconds([12 * i])))
        for i, role in enumerate(HEARD_ROLES)
    )
    heard = conditioning_of(Song(stems[2:]), grid)
    assert heard.present.tolist() == [False] * 2 + [True] * 7
    rows, ticks = np.nonzero(heard.strength)
    assert rows.tolist() == list(range(2, 9))
    assert ticks.tolist() == [12 * i for i in range(2, 9)]


def test_stems_of_one_role_are_heard_as_one() -> None:
    grid = BeatGrid.constant(120, 4.0)
    one = Stem("gtr L", Role.GUITAR, Onsets(np.array([0.5, 1.0]), np.array([0.3, 0.9], np.float32)))
    two = Stem("gtr R", Role.GUITAR, Onsets(np.array([1.0, 1.5]), np.array([0.5, 1.0], np.float32)))
    found = conditioning_of(Song((one, two)), grid).strength[HEARD_ROLES.index(Role.GUITAR)]
    expected = {12: np.float32(0.3), 24: np.float32(0.9), 36: np.float32(1.0)}
    assert {t: found[t] for t in np.flatnonzero(found)} == expected


def test_the_kick_and_the_drums_that_are_to_be_replaced_are_not_heard() -> None:
    grid = BeatGrid.constant(120, 4.0)
    bass = Stem("bass", Role.BASS, events([0.5, 2.0]))
    kick = Stem("kick", Role.KICK, events([0.0, 1.0]))
    drums = Stem("drums", Role.DRUMS, clicks([0.25, 1.25], 4.0))
    alone, together = (
        conditioning_of(Song((bass,)), grid),
        conditioning_of(Song((bass, kick, drums)), grid),
    )
    np.testing.assert_array_equal(together.strength, alone.strength)
    np.testing.assert_array_equal(together.present, alone.present)


def test_a_silent_stem_is_there_but_has_no_onsets() -> None:
    silence = Stem("voice", Role.VOCALS, Audio(np.zeros((1, RATE), np.float32), RATE))
    heard = conditioning_of(Song((silence,)), BeatGrid.constant(120, 4.0))
    assert heard.present[HEARD_ROLES.index(Role.VOCALS)] and not heard.strength.any()


def test_the_place_of_every_beat_is_known() -> None:
    """A pickup of one, two bars of 4, one of 3; the last beat only ends the grid."""
    numbers = np.array([4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 1])
    song = Song((Stem("bass", Role.BASS, events([0.5])),))
    heard = conditioning_of(song, BeatGrid(np.arange(13) * 0.5, numbers))
    assert heard.beat_in_bar.tolist() == [3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2]
    assert heard.bar_length.tolist() == [4] * 9 + [3] * 3
    assert heard.bar.tolist() == [0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]
    assert heard.num_ticks == 12 * TICKS_PER_BEAT


def test_a_part_of_a_song_is_heard_as_it_is_within_the_song() -> None:
    """The stroke on its first beat included, and nothing of the beat behind it."""
    grid = BeatGrid.constant(120, 8.0)
    song = Song((Stem("bass", Role.BASS, events(grid.ticks_to_seconds([35, 36, 50, 71, 72]))),))
    whole = conditioning_of(song, grid)
    part = whole.cut(3, 6)
    assert np.flatnonzero(part.strength[0]).tolist() == [0, 14, 35]
    assert (part.num_beats, part.num_ticks) == (3, 36)
    assert part.beat_in_bar.tolist() == [3, 0, 1]
    assert part.bar.tolist() == [0, 1, 1], "bars keep their numbers"
    np.testing.assert_array_equal(part.present, whole.present)
