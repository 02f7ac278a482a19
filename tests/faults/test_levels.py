"""Silence is no music, and quiet music is music."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from conftest import SAMPLE_RATE

from drumnet.audio.level import ORDINARY_DB, heard_at_level
from drumnet.audio.metered import scaled_source
from drumnet.audio.source import Audio, open_audio
from drumnet.drummer import Drummer
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import conditioning_of
from drumnet.hearing.onset_strength import onset_strength
from drumnet.hits import Piece
from drumnet.song.song import Song, load_song
from drumnet.transcribe import kick_onsets

BPM = 120


@pytest.fixture
def late_song(stems: Path) -> Path:
    """10 s of zeros before and after the song."""
    for path in stems.glob("*.wav"):
        samples, rate = soundfile.read(path)
        silence = np.zeros(10 * rate)
        soundfile.write(path, np.concatenate([silence, samples, silence]), rate)
    return stems


@pytest.mark.parametrize("seed", range(6))
def test_drums_start_and_end_with_the_music(seed: int, late_song: Path, drummer: Drummer) -> None:
    song = load_song(late_song)
    grid = BeatGrid.constant(BPM, song.duration_s)
    style = drummer.sample_style(seed)
    hits = drummer.play(drummer.listen(song, grid), style, seed=seed)
    assert len(hits)
    pickup_s = 60 / BPM
    assert min(hit.onset_s for hit in hits) >= 10 - pickup_s - 1e-6
    assert max(hit.onset_s for hit in hits) <= 26.2  # the last note rings for 0.2 s


def test_a_tapped_rhythm_is_played_where_it_is_tapped(late_song: Path, drummer: Drummer) -> None:
    from drumnet.song.onsets import Onsets

    song = load_song(late_song)
    taps = Onsets(np.arange(2.0, 34.0, 0.5), np.ones(64, np.float32))
    listening = drummer.listen(song, BeatGrid.constant(BPM, song.duration_s))
    hits = drummer.play(listening, rhythm=taps, seed=0)
    assert min(hit.onset_s for hit in hits) < 3 and max(hit.onset_s for hit in hits) > 32


def test_the_first_downbeat_that_is_said_is_the_one_that_is_told(
    late_song: Path, run: Callable[..., Any]
) -> None:
    printed = run("beats", late_song, "--bpm", BPM, "--first-downbeat", 10.02).stdout
    assert "first downbeat at 10.02 s" in printed


def test_a_stem_of_zeros_is_none(stems: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    """What it would have played is played."""
    soundfile.write(stems / "snare top.wav", np.zeros(16 * SAMPLE_RATE), SAMPLE_RATE)
    out = tmp_path / "out"
    done = run("generate", stems, "-o", out, "--bpm", BPM, "--pieces", "kit", "--no-mix")
    assert "left out snare top is silent throughout" in done.stdout
    assert (out / "snare.wav").exists()


def test_a_song_of_silence_is_a_song_all_the_same(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(8_000), 8_000)
    song = load_song(tmp_path)
    assert [stem.name for stem in song.stems] == ["a"] and song.stems[0].is_quiet


def test_quiet_music_has_the_same_drums(stems: Path, drummer: Drummer) -> None:
    """Down to a peak of -60 dB of full scale: the same at any level that is brought up, and
    all but the same as at the level that the stems have."""
    song = load_song(stems)
    grid = BeatGrid.constant(BPM, song.duration_s)
    style = drummer.sample_style(1)

    def drums(gain_db: float) -> set[tuple[int, Piece]]:
        gain = 10 ** (gain_db / 20)
        stems = (replace(s, source=scaled_source(s.source, gain)) for s in song.stems)  # type: ignore[arg-type]
        listening = drummer.listen(Song(tuple(stems)), grid)
        return {(hit.tick, hit.piece) for hit in drummer.play(listening, style, seed=0)}

    loud, quiet = drums(0), drums(-24)
    for gain_db in (-13, -36, -48, -54):
        assert drums(gain_db) == quiet
    assert len(loud & quiet) >= 0.85 * len(loud | quiet)
    kicks = [{tick for tick, piece in one if piece is Piece.KICK} for one in (loud, quiet)]
    assert len(kicks[0] & kicks[1]) >= 0.95 * len(kicks[0]) > 0


@pytest.mark.parametrize("gain_db", [-24, -48])
def test_a_quiet_kick_is_heard_as_a_loud_one(gain_db: float, stems: Path) -> None:
    kick = open_audio(stems / "kick in.wav")
    quiet = scaled_source(kick, 10 ** (gain_db / 20))
    for isolated in (False, True):
        loud = kick_onsets(kick, isolated=isolated)
        assert len(loud) >= 15
        assert kick_onsets(quiet, isolated=isolated).times_s == pytest.approx(loud.times_s)


def test_an_ordinary_level_is_heard_as_it_is() -> None:
    """To the last bit, and read once."""
    t = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    tone = np.sin(2 * np.pi * 220 * t) * np.exp(-4 * (t % 0.25)) * 10 ** (ORDINARY_DB / 20) * 1.01
    audio = Audio(tone[None].astype(np.float32), SAMPLE_RATE)
    reads: list[object] = []

    def hear(source: Any) -> bytes:
        reads.append(source)
        return b"".join(block.tobytes() for block in source.blocks())

    heard, loudness = heard_at_level(audio, hear)
    span = loudness.span
    assert heard == audio.samples.tobytes() and len(reads) == 1
    assert span is not None and span.start_s < 0.02 and span.end_s == pytest.approx(1.0, abs=0.02)
    assert onset_strength(audio).strength.max() == 1


def test_noise_below_what_is_music_stays_noise() -> None:
    noise = np.random.default_rng(0).standard_normal((1, 4 * SAMPLE_RATE)).astype(np.float32)
    floor = Audio(noise * 10 ** (-90 / 20) / 4, SAMPLE_RATE)
    curve = onset_strength(floor)
    assert curve.span is None and curve.strength.max() < 0.1


def test_it_is_said_that_a_song_is_quiet(stems: Path, run: Callable[..., Any]) -> None:
    for path in stems.glob("*.wav"):
        samples, rate = soundfile.read(path)
        soundfile.write(path, samples * 10 ** (-64 / 20), rate, subtype="FLOAT")
    assert "the song is quiet" in run("beats", stems, "--bpm", BPM).stdout


def test_where_a_song_sounds_does_not_depend_on_its_stems_order(late_song: Path) -> None:
    song = load_song(late_song)
    grid = BeatGrid.constant(BPM, song.duration_s)
    spans = [
        conditioning_of(Song(stems), grid).span
        for stems in (song.stems, tuple(reversed(song.stems)))
    ]
    assert spans[0] == spans[1]
    assert spans[0].start_s == pytest.approx(10.0, abs=0.02)
    assert spans[0].end_s == pytest.approx(25.95, abs=0.05)
