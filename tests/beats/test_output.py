"""Beats to hear and to see, and what the command says of them."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.beats.choice import BeatChoice
from drumnet.beats.click import CLICK_RATE_HZ, write_click
from drumnet.beats.confidence import Confidence
from drumnet.beats.picture import beat_picture
from drumnet.cli.main import main
from drumnet.errors import BeatError
from drumnet.grid import BeatGrid
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem

Done = Callable[..., str]
Times = NDArray[np.float64]


@pytest.fixture
def done() -> Done:
    def run_well(*args: object) -> str:
        result = CliRunner().invoke(main, [str(arg) for arg in args], prog_name="drumnet")
        assert result.exit_code == 0, result.output
        return result.stdout

    return run_well


def song_of(samples: NDArray[np.float32], rate: int) -> Song:
    return Song((Stem("keys", Role.KEYS, Audio(samples[None], rate)),))


@pytest.mark.parametrize("duration_s", [3.0, 23.0])
def test_clicks_lie_on_the_beats_and_are_higher_on_downbeats(
    tmp_path: Path, duration_s: float
) -> None:
    song = song_of(np.zeros(round(duration_s * 8_000), np.float32), 8_000)
    grid = BeatGrid.constant(100, duration_s, first_downbeat_s=0.25)
    write_click(tmp_path / "click.wav", song, grid)
    sound, rate = soundfile.read(tmp_path / "click.wav")
    assert rate == CLICK_RATE_HZ and len(sound) == round(duration_s * rate)
    inside = (grid.beats_s >= 0) & (grid.beats_s < duration_s - 0.05)
    for at_s, down in zip(grid.beats_s[inside], grid.is_downbeat[inside], strict=True):
        start = round(at_s * rate)
        click = sound[start : start + 1_500]
        assert np.abs(click).max() > 0.2
        assert np.abs(sound[max(0, start - 1_500) : start]).max(initial=0.0) < 1e-3
        peak_hz = np.argmax(np.abs(np.fft.rfft(click, rate)))
        assert (peak_hz > 1_500) == down


def test_a_beat_at_the_very_beginning_has_its_click(tmp_path: Path) -> None:
    song = song_of(np.zeros(8_000 * 4, np.float32), 8_000)
    write_click(tmp_path / "click.wav", song, BeatGrid.constant(60, 4.0))
    sound, rate = soundfile.read(tmp_path / "click.wav")
    assert [np.abs(sound[at * rate : at * rate + 1_500]).max() > 0.2 for at in range(4)] == [
        True
    ] * 4


def test_the_song_is_heard_under_the_clicks(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 220 * np.arange(8_000 * 4) / 8_000)
    grid = BeatGrid.constant(60, 4.0)
    write_click(tmp_path / "click.wav", song_of(tone.astype(np.float32), 8_000), grid)
    sound, rate = soundfile.read(tmp_path / "click.wav")
    between = sound[round(1.3 * rate) : round(1.7 * rate)]
    assert np.abs(between).max() == pytest.approx(0.25, rel=0.05)


def test_the_picture_has_a_line_for_each_beat() -> None:
    grid = BeatGrid.constant(120, 10.0)
    drawn = ElementTree.fromstring(beat_picture(grid, 10.0, None))
    lines = [line for line in drawn.iter() if line.tag.endswith("line")]
    classes = [line.get("class") for line in lines]
    assert (classes.count("downbeat"), classes.count("beat")) == (6, 15)


@pytest.mark.parametrize(("duration_s", "inner"), [(10.0, 600), (100.0, 2_000), (1_000.0, 6_000)])
def test_a_longer_song_has_a_wider_picture(duration_s: float, inner: int) -> None:
    """Within limits; the last beat is at its right edge."""
    drawn = ElementTree.fromstring(
        beat_picture(BeatGrid.constant(120, duration_s), duration_s, None)
    )
    beats = [
        float(mark.get("x1", 0)) for mark in drawn.iter() if "beat" in (mark.get("class") or "")
    ]
    assert max(beats) - min(beats) == pytest.approx(inner, abs=0.2)
    assert float(drawn.get("width", 0)) > max(beats)


def test_each_row_of_the_picture_is_beside_its_name() -> None:
    grid = BeatGrid(np.arange(21) * 0.5, np.arange(21) % 4 + 1)
    drawn = list(ElementTree.fromstring(beat_picture(grid, 10.0, None)).iter())
    names = {mark.text: float(mark.get("y", 0)) for mark in drawn if mark.tag.endswith("text")}
    for mark in drawn:
        if mark.get("class") in ("beat", "downbeat"):
            assert float(mark.get("y1", 0)) <= names["beats"] <= float(mark.get("y2", 0))
    (tempo,) = (mark for mark in drawn if mark.get("class") == "tempo")
    heights = {float(point.split(",")[1]) for point in tempo.get("points", "").split()}
    assert heights == {names["bpm"]}, "an even one is in the middle"


def test_the_picture_shows_the_tempo_in_bpm() -> None:
    """An even one in the middle of its row, one that doubles from bottom to top."""
    steady = BeatGrid.constant(120, 10.0)
    steps_s = np.repeat([1.0, 0.5], 5)
    doubling = BeatGrid(np.append(0.0, np.cumsum(steps_s)), np.arange(11) % 4 + 1)
    for grid, words in ((steady, ["125", "115"]), (doubling, ["123", "57"])):
        drawn = ElementTree.fromstring(beat_picture(grid, 7.5, None))
        texts = [mark.text for mark in drawn.iter() if mark.tag.endswith("text")]
        assert texts[-2:] == words
        (curve,) = (mark for mark in drawn.iter() if mark.get("class") == "tempo")
        points = [
            [float(part) for part in point.split(",")] for point in curve.get("points", "").split()
        ]
        xs, ys = np.array(points).T
        assert np.all(np.diff(xs) > 0)
        assert len(set(ys)) == (1 if grid is steady else 2) and ys[-1] <= ys[0]


# ------------------------------------------------------------------ the user's say


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"tempo_range": (140.0, 90.0)}, "is none: give the slowest"),
        ({"tempo_range": (100.0, 101.0)}, "too narrow: give --bpm"),
        ({"half_time": True, "double_time": True}, "half time and double time exclude each other"),
        ({"bpm": 100.0, "beats_file": Path("beats.tsv")}, "exclude each other: give one"),
        ({"bpm": 100.0, "constant": True}, "beats that are tracked"),
        ({"bpm": 100.0, "taps_file": Path("taps.txt")}, "beats that are tracked"),
    ],
)
def test_choices_that_contradict_each_other(said: dict[str, object], fault: str) -> None:
    with pytest.raises(BeatError, match=fault):
        BeatChoice(**said)  # type: ignore[arg-type]


def test_a_tempo_alone_has_bars_of_four_from_the_beginning() -> None:
    grid = BeatChoice(bpm=120.0).grid(song_of(np.zeros(8_000 * 8, np.float32), 8_000))
    np.testing.assert_allclose(grid.beats_s[:9], 0.5 * np.arange(9))
    assert grid.beat_in_bar[:9].tolist() == [1, 2, 3, 4, 1, 2, 3, 4, 1]


def test_beats_of_a_file_are_numbered_as_it_says_unless_a_downbeat_is_said(tmp_path: Path) -> None:
    """Bars of four and of three, or all as the first is, from where they are said to begin."""
    numbers = [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 1, 2, 3, 1]
    lines = (f"{index * 0.5}\t{number}\n" for index, number in enumerate(numbers))
    (tmp_path / "beats.tsv").write_text("".join(lines))
    song = song_of(np.zeros(8_000 * 7, np.float32), 8_000)
    plain = BeatChoice(beats_file=tmp_path / "beats.tsv").grid(song)
    assert plain.beat_in_bar[:15].tolist() == numbers
    said = BeatChoice(beats_file=tmp_path / "beats.tsv", first_downbeat_s=1.0).grid(song)
    assert said.beat_in_bar[2:7].tolist() == [1, 2, 3, 4, 1]


@pytest.mark.parametrize(("said", "bpm"), [({"half_time": True}, 60), ({"double_time": True}, 240)])
def test_half_and_double_time_may_each_be_said(said: dict[str, bool], bpm: float) -> None:
    song = song_of(np.zeros(8_000 * 8, np.float32), 8_000)
    assert BeatChoice(bpm=120.0, **said).grid(song).tempo_bpm == pytest.approx(bpm)


def test_confidence_in_words_with_the_switch_that_helps() -> None:
    assert Confidence(0.9, 3.0).advice is None
    assert "--tap" in (Confidence.none().advice or "")
    assert Confidence.none().beats_word == Confidence.none().bars_word == "low"
    unsure = Confidence(0.9, 0.1)
    assert (unsure.beats_word, unsure.bars_word) == ("high", "low")
    assert "--shift-downbeat" in (unsure.advice or "")
    assert Confidence(0.0, 9.0).bars_word == "low"  # no bars without beats


# ------------------------------------------------------------------ the command


@pytest.fixture
def silent_song(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "bass.wav", np.zeros(16_000 * 6), 16_000)
    return tmp_path / "bass.wav"


def test_silence_is_said_to_be_a_guess(silent_song: Path, done: Done) -> None:
    printed = done("beats", silent_song)
    assert "beats low, bars low" in printed
    assert "--tempo-range" in printed and "--tap" in printed


def test_everything_is_written_and_nothing_replaced(
    silent_song: Path, tmp_path: Path, done: Done
) -> None:
    out = tmp_path / "out"
    files = [out / "b.tsv", out / "c.wav", out / "p.svg"]
    args = ["-o", files[0], "--click", files[1], "--picture", files[2]]
    done("beats", silent_song, *args, "--bpm", 120, "--shift-downbeat", 1)
    assert all(file.is_file() for file in files)
    assert files[0].read_text().split()[:4] == ["0.000000", "4", "0.500000", "1"]
    result = CliRunner().invoke(main, ["beats", str(silent_song), "--click", str(files[1])])
    assert result.exit_code == 1 and "--overwrite" in result.stderr
    own = ["beats", str(silent_song), "--click", str(silent_song), "--overwrite", "--bpm", "99"]
    result = CliRunner().invoke(main, own)
    assert result.exit_code == 1 and "is a stem of the song" in result.stderr


def test_wrong_usage_is_said(silent_song: Path) -> None:
    for args, fault in (
        (["--tempo-range", "fast"], "no range of tempo"),
        (["--bpm", "90", "--constant"], "for beats that are tracked"),
    ):
        result = CliRunner().invoke(main, ["beats", str(silent_song), *args])
        assert result.exit_code == 2 and fault in result.stderr


# ------------------------------------------------------------------ beat_this


def test_beat_this_is_asked_where_it_is_installed(
    silent_song: Path, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Audio2Beats:
        def __init__(self, checkpoint_path: str, device: str) -> None:
            assert device == "cpu"

        def __call__(self, samples: NDArray[np.float32], rate: int) -> tuple[Times, Times]:
            assert len(samples) == pytest.approx(6 * rate, abs=2)
            beats_s = np.arange(0.25, 6, 0.5)
            return beats_s, beats_s[1::3]

    inference = ModuleType("beat_this.inference")
    inference.Audio2Beats = Audio2Beats  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "beat_this", ModuleType("beat_this"))
    monkeypatch.setitem(sys.modules, "beat_this.inference", inference)
    printed = done("beats", silent_song, "--tracker", "beat_this")
    assert "120.0 bpm, 3 beats in a bar" in printed and "first downbeat at 0.75 s" in printed


def test_without_beat_this_it_is_said_how_to_get_it(
    silent_song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "beat_this", None)
    command = ["beats", str(silent_song), "--tracker", "beat_this"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1 and "pip install beat_this" in result.stderr
