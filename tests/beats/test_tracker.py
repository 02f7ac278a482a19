"""Trackers: clicks and chords with a known answer, recordings, and no pulse at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio, open_audio
from drumnet.beats.decoding import Activations
from drumnet.beats.evidence import FRAME_RATE_HZ, NUM_BANDS, NUM_CHANGES, NUM_CHANNELS
from drumnet.beats.files import write_beats
from drumnet.beats.tracker import BeatFile, FixedTempo, NetworkTracker
from drumnet.errors import BeatError
from drumnet.grid import BeatGrid
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem

RATE = 16_000


def sounded(role: Role, samples: NDArray[np.float64]) -> Stem:
    return Stem(role.value, role, Audio(samples[None].astype(np.float32), RATE))


def notes(
    times_s: NDArray[np.float64], hz: NDArray[np.float64], duration_s: float
) -> NDArray[np.float64]:
    """Plucked tones with three partials, each rung out before half a second."""
    out = np.zeros(round(duration_s * RATE))
    t = np.arange(RATE // 2) / RATE
    for at, pitch in zip(np.round(times_s * RATE).astype(int), hz, strict=True):
        tone = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in (1, 2, 3))
        end = min(at + len(t), len(out))
        out[at:end] += 0.2 * (tone * np.exp(-t / 0.15))[: end - at]
    return out


def band(beats_s: NDArray[np.float64], beats_per_bar: int, duration_s: float) -> Song:
    """A bass on the downbeats and a guitar on every beat; the chord changes with the bar."""
    roots = 110.0 * 2.0 ** (np.array([0, 5, 7, 3]) / 12)
    bar = np.arange(len(beats_s)) // beats_per_bar % 4
    down = np.arange(0, len(beats_s), beats_per_bar)
    return Song(
        (
            sounded(Role.BASS, notes(beats_s[down], roots[bar[down]] / 2, duration_s)),
            sounded(Role.GUITAR, notes(beats_s, roots[bar] * 2, duration_s)),
        )
    )


def share_found(grid: BeatGrid, times_s: NDArray[np.float64], within_s: float) -> float:
    """The share of the times that a beat of the grid lies at."""
    return float((np.abs(grid.beats_s[:, None] - times_s).min(axis=0) <= within_s).mean())


# ------------------------------------------------------------------ given beats


def test_a_fixed_tempo_lies_where_it_is_said_to(tmp_path: Path) -> None:
    song = Song((sounded(Role.BASS, np.zeros(10 * RATE)),))
    grid = FixedTempo(90, beats_per_bar=3, first_downbeat_s=0.25).track(song)
    assert grid.tempo_bpm == pytest.approx(90)
    np.testing.assert_allclose(grid.beats_s[grid.is_downbeat][:3], [0.25, 2.25, 4.25], atol=1e-9)
    assert grid.beats_s[0] <= 0 and grid.beats_s[-1] >= 10


def test_a_beat_file_is_extended_to_the_ends_of_the_song(tmp_path: Path) -> None:
    song = Song((sounded(Role.BASS, np.zeros(10 * RATE)),))
    write_beats(
        tmp_path / "beats.tsv", BeatGrid(2.0 + 0.5 * np.arange(5), np.array([1, 2, 3, 4, 1]))
    )
    grid = BeatFile(tmp_path / "beats.tsv").track(song)
    np.testing.assert_allclose(grid.beats_s, 0.5 * np.arange(21), atol=1e-6)
    assert grid.is_downbeat[::4].all()


# ------------------------------------------------------------------ heard beats


@pytest.mark.parametrize("bpm", [84.0, 123.4, 150.0])
def test_a_production_at_one_tempo_comes_out_at_that_tempo(bpm: float) -> None:
    beats_s = 0.3 + np.arange(0, 39, 60 / bpm)
    grid = NetworkTracker().track(band(beats_s, 4, 40.0))
    assert np.diff(grid.beats_s).std() < 1e-9
    assert grid.tempo_bpm == pytest.approx(bpm, rel=5e-4)
    assert share_found(grid, beats_s, 0.02) == 1.0


@pytest.mark.parametrize("beats_per_bar", [3, 4])
def test_the_downbeats_are_where_bass_and_chord_change(beats_per_bar: int) -> None:
    beats_s = 0.3 + np.arange(60) * 0.55
    grid = NetworkTracker().track(band(beats_s, beats_per_bar, 34.0))
    downbeats_s = grid.beats_s[grid.is_downbeat]
    near = np.abs(downbeats_s[:, None] - beats_s[::beats_per_bar]).min(axis=0)
    assert near.max() < 0.03
    assert set(grid.bar_length.tolist()) == {beats_per_bar}


def test_a_tempo_that_sways_is_followed() -> None:
    index = np.arange(110)
    beats_s = 0.3 + np.cumsum(0.5 * (1 + 0.05 * np.sin(2 * np.pi * index / 60)))
    grid = NetworkTracker().track(band(beats_s, 4, float(beats_s[-1]) + 1))
    assert share_found(grid, beats_s, 0.05) > 0.95
    assert np.diff(grid.beats_s).std() > 0.01


def test_stems_given_as_events_are_followed_too() -> None:
    times = 0.2 + np.arange(60) * 0.5
    kick = Onsets(times[::2], np.ones(30, np.float32))
    snare = Onsets(times[1::2], np.ones(30, np.float32))
    song = Song((Stem("kick", Role.KICK, kick), Stem("snare", Role.SNARE, snare)))
    grid = NetworkTracker().track(song)
    assert share_found(grid, times, 0.02) == 1.0


def test_beats_and_downbeats_of_recordings(shared_data: Path) -> None:
    mir_eval = pytest.importorskip("mir_eval")
    for stems, least in (
        (("bass", "other"), (0.85, 0.72)),
        (("bass", "other", "drums"), (0.98, 0.80)),
    ):
        scores = []
        for folder in sorted((shared_data / "real").glob("mdb_*")):
            song = Song(tuple(Stem(n, Role(n), open_audio(folder / f"{n}.flac")) for n in stems))
            grid = NetworkTracker().track(song)
            times, numbers = np.loadtxt(folder / "beats.tsv").T
            inside = (grid.beats_s >= 0) & (grid.beats_s < times[-1] + 0.3)
            down = grid.beats_s[inside & grid.is_downbeat]
            scores.append(
                [
                    mir_eval.beat.f_measure(times, grid.beats_s[inside]),
                    mir_eval.beat.f_measure(times[numbers == 1], down),
                ]
            )
        assert (np.mean(scores, axis=0) > least).all()


@pytest.mark.parametrize("drums", [[], ["drums"]])
def test_a_production_is_constant_at_its_tempo(shared_data: Path, drums: list[str]) -> None:
    folder = shared_data / "real" / "cc0_lithium"
    names = ["bass", "vocals", "other", *drums]
    song = Song(tuple(Stem(n, Role(n), open_audio(folder / f"{n}.flac")) for n in names))
    heard = NetworkTracker().hear(song)
    assert heard.is_constant and np.diff(heard.grid.beats_s).std() < 1e-9
    # Of its drums, half of the loudest hits are within 1.4 ms of a 16th at 124.0 bpm.
    assert 60 / np.diff(heard.grid.beats_s).mean() == pytest.approx(124.0, rel=1e-3)


def test_beats_move_with_the_sound() -> None:
    beats_s = 0.3 + np.arange(0, 30, 0.5)
    early = NetworkTracker().track(band(beats_s, 4, 32.0))
    late = NetworkTracker().track(band(beats_s + 0.21, 4, 32.0))
    found = early.beats_s[(early.beats_s > 1) & (early.beats_s < 30)] + 0.21
    assert share_found(late, found, 0.01) == 1.0
    down = early.beats_s[early.is_downbeat][1:-2] + 0.21
    assert np.abs(late.beats_s[late.is_downbeat][:, None] - down).min(axis=0).max() < 0.01


# ------------------------------------------------------------------ no pulse


def noise(duration_s: float) -> NDArray[np.float64]:
    return 0.1 * np.random.default_rng(0).standard_normal(round(duration_s * RATE))


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(8 * RATE),
        np.zeros(100),
        np.ones(RATE),
        notes(np.array([0.1]), np.array([110.0]), 1.0),
        notes(np.array([3.0]), np.array([110.0]), 8.0),
        notes(np.array([0.5, 7.0]), np.array([110.0, 220.0]), 8.0),
        noise(0.5),
        noise(12.0),
    ],
)
@pytest.mark.parametrize("role", [Role.OTHER, Role.DRUMS])
def test_sound_without_a_pulse_still_has_a_grid(samples: NDArray[np.float64], role: Role) -> None:
    song = Song((sounded(role, samples),))
    grid = NetworkTracker().track(song)
    assert 40 < grid.tempo_bpm < 250
    assert grid.seconds_to_ticks(0.0) > -0.51 and grid.beats_s[-1] >= song.duration_s - 1e-3


@pytest.mark.parametrize("samples", [np.zeros(8 * RATE), noise(12.0)])
def test_what_has_no_pulse_is_not_said_to_be_sure(samples: NDArray[np.float64]) -> None:
    confidence = NetworkTracker().hear(Song((sounded(Role.OTHER, samples),))).confidence
    assert confidence.beats_word != "high" and confidence.bars_word != "high"
    assert confidence.advice is None or "--" in confidence.advice


def spoken(seed: int, duration_s: float = 30.0) -> NDArray[np.float64]:
    """About what speech is: phrases of syllables of uneven length, each a buzz
    whose pitch glides, or a hiss, and pauses."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(duration_s * RATE))
    at_s = 0.2
    while at_s < duration_s - 4.0:
        for _ in range(rng.integers(3, 10)):
            t = np.arange(round(rng.uniform(0.08, 0.28) * RATE)) / RATE
            turns = np.cumsum(120 * np.exp(rng.normal(0, 0.15)) * (1 + rng.uniform(-0.4, 0.3) * t))
            buzz = sum(np.sin(2 * np.pi * k * turns / RATE) / k for k in range(1, 12))
            sound = buzz if rng.random() < 0.6 else rng.standard_normal(len(t))
            start = round(at_s * RATE)
            out[start : start + len(t)] += 0.1 * sound * np.sqrt(np.hanning(len(t)))
            at_s += len(t) / RATE * rng.uniform(0.9, 1.4)
        at_s += rng.uniform(0.2, 0.9)
    return out


def rubato(seed: int, duration_s: float = 30.0) -> NDArray[np.float64]:
    """Notes whose distance wanders from 0.25 to 1.6 s, by a quarter at each note."""
    rng = np.random.default_rng(seed)
    times_s, step_s = [0.3], 0.6
    while times_s[-1] < duration_s - 2.0:
        step_s = float(np.clip(step_s * np.exp(rng.normal(0, 0.25)), 0.25, 1.6))
        times_s.append(times_s[-1] + step_s)
    pitches_hz = 220 * 2.0 ** (rng.integers(-12, 12, len(times_s)) / 12)
    return notes(np.array(times_s), pitches_hz, duration_s)


@pytest.mark.parametrize("make", [spoken, rubato])
@pytest.mark.parametrize("seed", [0, 1])
def test_speech_and_free_rubato_have_a_grid_that_is_said_to_be_a_guess(
    make: Callable[[int], NDArray[np.float64]], seed: int
) -> None:
    song = Song((sounded(Role.OTHER, make(seed)),))
    heard = NetworkTracker().hear(song)
    assert heard.confidence.beats_word == heard.confidence.bars_word == "low"
    assert "--tap" in (heard.confidence.advice or "")
    assert 45 < heard.grid.tempo_bpm < 240
    assert heard.grid.beats_s[-1] >= song.duration_s - 1e-3
    assert np.diff(heard.grid.beats_s).max() < 1.5


def test_five_seconds_of_a_band_have_its_beats() -> None:
    beats_s = 0.3 + np.arange(9) * 0.5
    heard = NetworkTracker().hear(band(beats_s, 4, 5.0))
    assert share_found(heard.grid, beats_s, 0.03) == 1.0
    assert heard.grid.tempo_bpm == pytest.approx(120, rel=0.01)


def test_the_tempo_is_within_the_range_that_is_said() -> None:
    song = band(0.3 + np.arange(0, 30, 0.5), 4, 32.0)
    assert NetworkTracker(tempo_range=(50, 75)).track(song).tempo_bpm == pytest.approx(60, rel=0.01)
    assert NetworkTracker(tempo_range=(100, 140)).track(song).tempo_bpm == pytest.approx(
        120, rel=0.002
    )


def test_off_beats_that_are_taken_for_beats_are_put_right_unless_they_are_tapped() -> None:
    """The network finds the off-beats a little likelier; the kick is on the beats."""
    at = np.arange(40 * FRAME_RATE_HZ)
    beat = np.full(len(at), 0.02)
    beat[at % 25 == 0], beat[at % 25 == 12] = 0.5, 0.55
    evidence = np.zeros((len(at), NUM_CHANNELS), np.float32)
    evidence[at % 25 == 0, 2 * (NUM_BANDS + NUM_CHANGES)] = 2.0
    heard = Activations(beat, 0.2 * beat)
    beats_s = 0.5 * np.arange(1, 79)
    plain = NetworkTracker(tempo_range=(100, 140)).decide(heard, evidence, 40.0)
    assert share_found(plain.grid, beats_s, 0.03) == 1.0
    tapped = NetworkTracker(taps_s=tuple(beats_s + 0.24)).decide(heard, evidence, 40.0)
    assert share_found(tapped.grid, beats_s + 0.24, 0.03) > 0.95


@pytest.mark.parametrize(("bpm", "tempo_range"), [(180, (110, 130)), (90, (110, 130))])
def test_a_tempo_beyond_the_range_is_not_taken_however_clear_it_is(
    bpm: float, tempo_range: tuple[float, float]
) -> None:
    song = band(0.3 + np.arange(0, 38, 60 / bpm), 4, 40.0)
    found = NetworkTracker(tempo_range=tempo_range).track(song).tempo_bpm
    assert tempo_range[0] <= found <= tempo_range[1]


def test_silence_is_at_120_from_the_start() -> None:
    song = Song((sounded(Role.BASS, np.zeros(4 * RATE)),))
    heard = NetworkTracker(beats_per_bar=3).hear(song)
    np.testing.assert_allclose(heard.grid.beats_s, np.arange(9) * 0.5)
    assert heard.grid.is_downbeat[::3].all() and heard.is_constant


def test_a_bar_of_no_beats_is_a_fault() -> None:
    song = Song((sounded(Role.BASS, np.zeros(RATE)),))
    with pytest.raises(BeatError, match="outside 1-32"):
        NetworkTracker(beats_per_bar=0).track(song)
