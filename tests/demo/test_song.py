"""The built-in songs are what they say, and the picture shows the hits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio, read_audio
from drumnet.beats.files import read_beats
from drumnet.cli.pattern_picture import pattern_picture
from drumnet.demo.song import DemoSong, demo_reference_song, demo_song, write_demo_stems
from drumnet.demo.takes import heard_onsets_s
from drumnet.errors import OutputError
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.song.roles import Role
from drumnet.song.song import load_song


def sound(demo: DemoSong, role: Role) -> Audio:
    (stem,) = demo.song.with_role(role)
    assert isinstance(stem.source, Audio)
    return stem.source


def rise_at(audio: Audio, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how many dB the level rises around the given times."""
    power = audio.samples[0].astype(np.float64) ** 2

    def level(start: int) -> float:
        return float(power[max(start, 0) : start + 600].mean() + 1e-9)

    starts = np.round(times_s * audio.sample_rate).astype(int)
    return np.array([10 * np.log10(level(s + 400) / level(s - 1000)) for s in starts])


def test_the_song_is_16_bars_without_a_kick() -> None:
    demo = demo_song()
    assert demo.kick is None and not demo.song.replaced
    assert {stem.role for stem in demo.song.stems} == {Role.BASS, Role.KEYS, Role.SNARE}
    assert demo.beats.tempo_bpm == pytest.approx(104)
    assert demo.beats.num_beats == 16 * 4 + 1
    assert demo.song.duration_s == pytest.approx(demo.beats.beats_s[-1] + 0.8, abs=1e-3)
    for stem in demo.song.stems:
        assert 0.3 < np.abs(sound(demo, stem.role).samples).max() < 0.9


def test_the_snare_plays_the_backbeat() -> None:
    demo = demo_song()
    number = demo.beats.beat_in_bar[:-1]
    rises = rise_at(sound(demo, Role.SNARE), demo.beats.beats_s[:-1])
    assert np.all(rises[(number == 2) | (number == 4)] > 20)
    assert np.all(rises[(number == 1) | (number == 3)] < 20)


def test_the_sections_have_other_bass_rhythms() -> None:
    demo = demo_song()
    bass = sound(demo, Role.BASS)
    off_beats = demo.beats.ticks_to_seconds(np.arange(64) * 12 + 6)
    struck = rise_at(bass, off_beats) > 12
    assert struck[32:].all(), "the chorus drives in eighths"
    assert struck[:32].sum() <= 16, "the verse does not"


def test_the_reference_has_the_kick_that_it_says() -> None:
    demo = demo_reference_song()
    assert demo.kick is not None and len(demo.kick) > 30
    assert demo.beats.tempo_bpm == pytest.approx(92)
    onsets = np.array([hit.onset_s for hit in demo.kick])
    ticks = np.array([hit.tick for hit in demo.kick])
    assert demo.beats.ticks_to_seconds(ticks) == pytest.approx(onsets)
    kick = sound(demo, Role.KICK)
    assert np.all(rise_at(kick, onsets)[1:] > 3)
    bar = 16 * 60 / 92 / 4
    first = (onsets[onsets < bar] / bar * 16).round().astype(int).tolist()
    assert first == [0, 3, 6, 10]


def test_the_stems_can_be_written_and_read(tmp_path: Path) -> None:
    paths = write_demo_stems(tmp_path / "song")
    assert [path.name for path in paths] == ["bass.wav", "keys.wav", "snare.wav", "beats.tsv"]
    demo = demo_song()
    bass = read_audio(paths[0])
    assert np.abs(bass.samples - sound(demo, Role.BASS).samples).max() < 1e-6
    assert read_beats(paths[-1]).beats_s == pytest.approx(demo.beats.beats_s, abs=1e-5)
    song = load_song([tmp_path / "song"])
    assert {stem.role for stem in song.stems} == {Role.BASS, Role.KEYS, Role.SNARE}
    with pytest.raises(OutputError, match="--overwrite"):
        write_demo_stems(tmp_path / "song")
    assert write_demo_stems(tmp_path / "song", overwrite=True) == paths


def test_the_picture_shows_every_hit_in_its_place() -> None:
    grid = BeatGrid.constant(120, 8.0)  # four bars
    ticks = {0: 120, 15: 90, 24: 40, 51: 90, 100: 90, 104: 90}
    track = DrumTrack(
        tuple(
            Hit(float(grid.ticks_to_seconds(tick)), tick, Piece.KICK, velocity)
            for tick, velocity in ticks.items()
        )
    )
    picture = pattern_picture(track, grid, {"bass": [0.0, 0.75]}, num_bars=3)
    assert picture.splitlines() == [
        "bar    1                     2",
        "kick  |X...|.x..|o...|....| |.x..|....|....|....|",
        "bass  |-...|..-.|....|....| |....|....|....|....|",
        "bar    3",
        "kick  |.xx|....|....|....|",
        "bass  |...|....|....|....|",
    ]


def test_the_picture_numbers_bars_as_hits_csv_does() -> None:
    grid = BeatGrid(np.arange(7) * 0.5, [3, 4, 1, 2, 3, 4, 1])
    header, kick = pattern_picture(DrumTrack((Hit(1.0, 24),)), grid).splitlines()
    assert header.split() == ["bar", "0", "1"]
    assert kick.split("|")[4] == "x..."  # after the two beats of the pickup and a space


def test_the_picture_leaves_out_who_plays_in_none_of_its_bars() -> None:
    grid = BeatGrid.constant(120, 8.0)
    track = DrumTrack((Hit(0.0, 0, Piece.CRASH), Hit(2.0, 48, Piece.KICK)))
    shown = pattern_picture(track, grid, {"bass": [0.5]}, first_bar=1, num_bars=1)
    assert [line.split()[0] for line in shown.splitlines()] == ["bar", "kick"]


def test_the_notes_that_are_drawn_are_those_of_the_song() -> None:
    """Each once: a snare on the backbeat of the verse, and its fill in the eighth bar."""
    demo = demo_song()
    ticks = demo.beats.nearest_ticks(heard_onsets_s(demo)["snare"])
    steps = [tick // 3 for tick in ticks if tick < 8 * 48]
    assert [3 * step for step in steps] == [tick for tick in ticks if tick < 8 * 48]
    assert steps == sorted([*range(4, 128, 8), 126, 127])


def test_the_picture_of_an_empty_track_is_its_bars() -> None:
    assert pattern_picture(DrumTrack(), BeatGrid.constant(120, 4.0)) == "bar   1" + " " * 21 + "2"
