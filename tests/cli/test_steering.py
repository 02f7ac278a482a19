"""Steering from the command line, as a producer does it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

import drumnet
from drumnet.beats.choice import BeatChoice
from drumnet.cli.main import main
from drumnet.drummer import Drummer
from drumnet.hits import Piece
from drumnet.style.code import StyleCode

Run = Callable[..., Result]
BPM = ("--bpm", 120, "--seed", 1, "--no-mix")


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one-shots for all nine pieces."""
    folder = tmp_path_factory.mktemp("kit")
    t = np.arange(2_000) / 44_100
    for index, piece in enumerate(Piece):
        stroke = 0.5 * np.sin(2 * np.pi * (80 + 100 * index) * t) * np.exp(-t / 0.01)
        soundfile.write(folder / f"{piece.value}.wav", stroke.astype(np.float32), 44_100)
    return folder


@pytest.fixture(scope="module")
def run(kit: Path) -> Run:
    def generate(*args: object) -> Result:
        asked = ["generate", *(str(arg) for arg in args), "--kit", str(kit)]
        return CliRunner().invoke(main, asked, prog_name="drumnet")

    return generate


@pytest.fixture
def done(drummer: object, run: Run) -> Callable[..., str]:
    def run_well(*args: object) -> str:
        result = run(*args)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run_well


def rows(folder: Path) -> list[dict[str, str]]:
    with open(folder / "hits.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_a_kit_leaves_out_what_is_given(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    """The song has a snare and a kick."""
    printed = done(song_folder, "-o", tmp_path / "out", *BPM)
    assert "kick in  (given, not played again)" in printed
    assert "snare top  (given, not played again)" in printed
    assert "pieces    closed_hat, open_hat, low_tom, mid_tom, high_tom, crash, ride" in printed
    assert not {row["piece"] for row in rows(tmp_path / "out")} & {"kick", "snare"}
    assert not (tmp_path / "out" / "snare.wav").exists()


def test_hats_and_toms_for_a_song_with_kick_and_snare(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    printed = done(song_folder, "-o", tmp_path / "out", *BPM, "--pieces", "hats,toms")
    assert "pieces    closed_hat, open_hat, low_tom, mid_tom, high_tom\n" in printed


def test_a_kit_for_one_instrument(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    done(song_folder / "keys.wav", "-o", tmp_path / "out", *BPM)
    assert {"kick", "snare"} <= {row["piece"] for row in rows(tmp_path / "out")}


def test_the_same_is_one_call_in_python(
    song_folder: Path, kit: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    done(song_folder, "-o", tmp_path / "one", *BPM, "--pieces", "hats,toms", "--complexity", 0.8)
    made = drumnet.generate(
        song_folder,
        tmp_path / "two",
        settings=drumnet.Settings(complexity=0.8, seed=1),
        pieces="hats,toms",
        beats=BeatChoice(bpm=120),
        kit=kit,
        mix=False,
    )
    assert made.seed == 1
    assert rows(tmp_path / "two") == rows(tmp_path / "one")


def test_weights_of_the_kick_alone_play_it_where_nothing_is_said(
    drummer: Drummer, song_folder: Path, tmp_path: Path
) -> None:
    kick_alone = Drummer(drummer.network)
    kick_alone.checkpoint = replace(kick_alone.checkpoint, pieces=(Piece.KICK,))
    made = drumnet.generate(
        song_folder / "Bass DI.wav",
        tmp_path / "out",
        beats=BeatChoice(bpm=120),
        seed=1,
        model=kick_alone,
    )
    assert made.played == made.track.pieces == (Piece.KICK,)


def test_by_name_a_given_piece_is_played_anew(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    printed = done(song_folder, "-o", tmp_path / "out", *BPM, "--pieces", "kick,snare")
    assert "snare top  (replaced, not heard)" in printed


def test_part_of_a_take_is_played_again(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    take, again = tmp_path / "take", tmp_path / "again"
    pieces = ("--pieces", "kick,snare,hats")
    done(song_folder, "-o", take, *BPM, *pieces)
    done(song_folder, "-o", again, "--bpm", 120, "--seed", 9, "--no-mix", *pieces,
         "--keep", take / "hits.csv", "--keep-bars", "2-3,5", "--keep-pieces", "snare")  # fmt: skip

    def kept(folder: Path) -> list[dict[str, str]]:
        bars = ("2", "3", "5")
        return [row for row in rows(folder) if row["bar"] in bars or row["piece"] == "snare"]

    assert kept(again) == kept(take)
    assert rows(again) != rows(take)


def test_a_take_may_be_played_over_itself(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    out = tmp_path / "out"
    done(song_folder, "-o", out, *BPM, "--pieces", "kick,ride")
    before = [row for row in rows(out) if row["piece"] == "kick"]
    done(song_folder, "-o", out, "--bpm", 120, "--seed", 5, "--no-mix", "--overwrite",
         "--pieces", "kick,ride", "--keep", out / "hits.csv", "--keep-pieces", "kick")  # fmt: skip
    assert [row for row in rows(out) if row["piece"] == "kick"] == before


def test_a_kit_from_a_tapped_rhythm_alone(tmp_path: Path, done: Callable[..., str]) -> None:
    taps = [bar * 2.0 + place for bar in range(8) for place in (0.0, 0.75, 1.0, 1.5)]
    (tmp_path / "tap.csv").write_text("time_s\n" + "".join(f"{time}\n" for time in taps))
    printed = done("--rhythm", tmp_path / "tap.csv", "-o", tmp_path / "out", *BPM)
    assert "tap  (replaced, not heard)" in printed
    onsets = np.unique([float(row["time_s"]) for row in rows(tmp_path / "out")])
    np.testing.assert_allclose(onsets, np.sort(taps), atol=1e-3)


def test_a_rhythm_is_played_as_most_would_unless_a_style_is_named(
    tmp_path: Path, done: Callable[..., str]
) -> None:
    """And a song in a style at random; what was played in is written beside it."""
    (tmp_path / "tap.csv").write_text("time_s\n0.0\n0.75\n1.0\n1.5\n")
    found = {}
    for style in ((), ("--style", "random"), ("--style", "quarter-note-rock-crash-busy-kick")):
        out = tmp_path / "-".join(("out", *style))
        printed = done("--rhythm", tmp_path / "tap.csv", "-o", out, *BPM, *style)
        found[style] = StyleCode.load(out / "style.json"), printed
    plain, printed = found[()]
    assert not plain.code.any() and plain.habits is None
    assert "style     neutral" in printed
    assert all(style.code.any() for named, (style, _) in found.items() if named)
    assert "style     sampled for this song, seed 1" in found["--style", "random"][1]


def test_bars_differ_by_the_seed_as_much_as_is_wanted(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    notes = {}
    for variation in (0, 1):
        for seed in (1, 2):
            out = tmp_path / f"{variation} {seed}"
            how = (
                "--style",
                "quarter-note-rock-crash-busy-kick",
                "--variation",
                variation,
                "--seed",
                seed,
            )
            done(song_folder, "-o", out, "--bpm", 120, "--no-mix", "--pieces", "kick,hats", *how)
            notes[variation, seed] = [
                [row[name] for name in ("piece", "bar", "beat", "tick")] for row in rows(out)
            ]
    assert sorted(notes[0, 1]) == sorted(notes[0, 2])
    assert sorted(notes[1, 1]) != sorted(notes[1, 2])


def test_settings_reach_the_drums(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    counts = {}
    for name, options in {
        "plain": (),
        "soft": ("--intensity", 0),
        "muted": ("--mute", "cymbals", "--mute", "hats"),
        "twice": ("--amount", "kick=2"),
        "quantised": ("--humanize", 0),
    }.items():
        done(song_folder, "-o", tmp_path / name, *BPM, "--pieces", "kick,hats,cymbals", *options)
        counts[name] = rows(tmp_path / name)
    velocity = {
        name: np.mean([int(row["velocity"]) for row in found]) for name, found in counts.items()
    }
    assert velocity["soft"] < velocity["plain"] - 10
    assert {row["piece"] for row in counts["muted"]} == {"kick"}
    kicks = {name: sum(row["piece"] == "kick" for row in found) for name, found in counts.items()}
    assert kicks["twice"] > kicks["plain"]
    tick_s = 0.5 / 12
    assert all(
        abs(float(row["time_s"]) / tick_s - round(float(row["time_s"]) / tick_s)) < 1e-3
        for row in counts["quantised"]
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--variation", "2"), "2.0 is not in the range 0.0<=x<=1.0"),
        (("--complexity", "2"), "2.0 is not in the range 0.0<=x<=1.0"),
        (("--amount", "kick"), "'kick' is not PIECE=X, as in closed_hat=0.5"),
        (("--keep-bars", "8-5"), "'8-5' is no range of bars: write them as 5-8,13"),
        (("--feel", "slow"), "'slow' is not one of"),
    ],
)
def test_wrong_usage_exits_with_2(
    song_folder: Path, tmp_path: Path, run: Run, options: tuple[str, ...], said: str
) -> None:
    result = run(song_folder, "-o", tmp_path / "out", *options)
    assert result.exit_code == 2
    assert said in result.stderr


def test_what_the_user_can_mend_is_one_line(
    drummer: object, song_folder: Path, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "hits.csv").write_text("time_s,piece,velocity\n0.5,kick,90\n")
    keep = ("--keep", tmp_path / "hits.csv")
    for options, said in (
        (("--mute", "gong"), "no drum piece is called 'gong'"),
        (("--amount", "kick=-1"), "amount of -1 makes no sense: give 0 to 8"),
        (("--keep-bars", "2"), "pieces or bars of what are kept? Name the hits with --keep"),
        ((*keep, "--keep-bars", "99"), "there is no bar 99 to keep: the song has 1 to 9"),
        ((*keep, "--pieces", "kick"), "every piece is kept and none is left to play"),
        (("--keep", tmp_path / "none.csv"), "none.csv' as hits"),
    ):
        result = run(song_folder, "-o", tmp_path / "out", *BPM, *options)
        assert result.exit_code == 1, options
        assert said in result.stderr and result.stderr.count("\n") == 1
        assert not (tmp_path / "out").exists()
