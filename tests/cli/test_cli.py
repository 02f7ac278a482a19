"""The commands, as a musician uses them."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result
from fixtures.patience import PATIENCE_S

import drumnet
from drumnet.cli.main import main
from drumnet.hits import Piece
from drumnet.midi.read import read_drum_track

#: The song has a kick and a snare of its own, so the rest of the kit is played.
OUTPUTS = {
    *(f"{piece.value}.wav" for piece in Piece if piece not in (Piece.KICK, Piece.SNARE)),
    "drums.wav",
    "mix.wav",
    "drums.mid",
    "hits.csv",
    "beats.tsv",
    "style.json",
}
Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    return lambda *args: CliRunner().invoke(main, [str(arg) for arg in args], prog_name="drumnet")


@pytest.fixture
def done(run: Run) -> Callable[..., str]:
    """Run a command that is to go well; gives what it prints."""

    def run_well(*args: object) -> str:
        result = run(*args)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run_well


def hits_in(path: Path) -> list[tuple[float, str]]:
    """The times and pieces of a hits.csv."""
    with open(path, newline="") as file:
        return [(float(row["time_s"]), row["piece"]) for row in csv.DictReader(file)]


def hit_times(path: Path) -> list[float]:
    return [time_s for time_s, _ in hits_in(path)]


def check_the_same_hits(out: Path) -> None:
    """In hits.csv, in drums.mid, and in the sound of each piece."""
    hits, midi = hits_in(out / "hits.csv"), read_drum_track(out / "drums.mid")
    assert hits
    assert {piece for _, piece in hits} == {piece.value for piece in midi.pieces}
    for piece in Piece:
        if not (out / f"{piece.value}.wav").exists():
            assert piece not in midi.pieces
            continue
        times = [time_s for time_s, struck in hits if struck == piece.value]
        np.testing.assert_allclose([hit.onset_s for hit in midi.of(piece)], times, atol=1e-3)
        samples, rate = soundfile.read(out / f"{piece.value}.wav")
        assert len(samples) == 16 * rate
        for time_s in times:
            after = samples[round(time_s * rate) : round((time_s + 0.03) * rate)]
            assert np.abs(after).max() > 0.02
        first_s = min(times, default=16.0)
        assert not samples[: max(0, round(first_s * rate) - 1)].any()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def generated(song_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """What `generate` wrote and printed for the song of the conftest."""
    out = tmp_path_factory.mktemp("generated") / "out"
    args = ["generate", song_folder, "-o", out, "--bpm", 120, "--seed", 3, "--all-pieces"]
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exit_code == 0, result.output
    return out, result.stdout


def test_generate_writes_everything_and_nothing_else(generated: tuple[Path, str]) -> None:
    out, _ = generated
    assert {path.name for path in out.iterdir()} == OUTPUTS


def test_generate_says_what_it_took_each_stem_for(generated: tuple[Path, str]) -> None:
    _, printed = generated
    assert re.search(r"^  bass +Bass DI$", printed, re.M)
    assert re.search(r"^  snare +snare top +\(given, not played again\)$", printed, re.M)
    assert re.search(r"^  kick +kick in +\(given, not played again\)$", printed, re.M)
    assert "120.0 bpm, 4 beats in a bar, 8 bars, first downbeat at 0.00 s" in printed
    assert "seed 3" in printed


def test_audio_midi_and_csv_hold_the_same_hits(generated: tuple[Path, str]) -> None:
    out, _ = generated
    check_the_same_hits(out)


def test_notes_alone_are_the_same_notes(
    generated: tuple[Path, str], song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    out, _ = generated
    args = ("--bpm", 120, "--seed", 3, "--no-audio")
    done("generate", song_folder, "-o", tmp_path / "out", *args)
    notes = {name: data for name, data in bytes_of(out).items() if not name.endswith(".wav")}
    assert bytes_of(tmp_path / "out") == notes


def test_a_kick_alone_is_played_anew(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    args = ("--bpm", 120, "--seed", 3, "--pieces", "kick")
    printed = done("generate", song_folder, "-o", tmp_path / "out", *args)
    assert re.search(r"^  kick +kick in +\(replaced, not heard\)$", printed, re.M)
    assert {path.stem for path in (tmp_path / "out").glob("*.wav")} == {"drums", "kick", "mix"}
    check_the_same_hits(tmp_path / "out")


def test_the_mix_holds_the_song_and_does_not_clip(
    generated: tuple[Path, str], song_folder: Path
) -> None:
    out, _ = generated
    mix, _ = soundfile.read(out / "mix.wav")
    bass, _ = soundfile.read(song_folder / "Bass DI.wav")
    assert np.abs(mix).max() < 1.0
    assert np.corrcoef(mix[: len(bass), 0], bass)[0, 1] > 0.3


def test_same_seed_same_bytes(
    generated: tuple[Path, str], song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    out, _ = generated
    for name, seed in (("same", 3), ("other", 4)):
        asked = ("--bpm", 120, "--seed", seed, "--all-pieces")
        done("generate", song_folder, "-o", tmp_path / name, *asked)
    assert bytes_of(tmp_path / "same") == bytes_of(out)
    assert bytes_of(tmp_path / "other")["style.json"] != bytes_of(out)["style.json"]


def test_a_drawn_seed_is_printed_and_repeats_the_take(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    args = ("generate", song_folder, "--bpm", 120, "--no-mix")
    printed = done(*args, "-o", tmp_path / "a")
    seed = re.search(r"seed (\d+)", printed)
    assert seed is not None
    done(*args, "-o", tmp_path / "b", "--seed", seed[1])
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")
    assert "mix.wav" not in bytes_of(tmp_path / "a")


def test_nothing_is_overwritten_unasked(
    song_folder: Path, tmp_path: Path, run: Run, done: Callable[..., str]
) -> None:
    (tmp_path / "hits.csv").write_text("mine")
    args = ("generate", song_folder, "-o", tmp_path, "--bpm", 120, "--no-mix")
    refused = run(*args)
    assert refused.exit_code == 1
    assert re.fullmatch(r"drumnet: error: .*hits\.csv.*--overwrite.*\n", refused.stderr)
    assert bytes_of(tmp_path) == {"hits.csv": b"mine"}
    done(*args, "--overwrite")
    assert (tmp_path / "hits.csv").read_text() != "mine"


def test_a_fault_leaves_nothing_behind(song_folder: Path, tmp_path: Path, run: Run) -> None:
    broken = tmp_path / "vox.wav"
    soundfile.write(broken, np.full(44_100, np.nan, dtype=np.float32), 44_100, subtype="FLOAT")
    result = run("generate", song_folder, broken, "-o", tmp_path / "out", "--bpm", 120)
    assert result.exit_code == 1
    assert re.fullmatch(r"drumnet: error: .*vox\.wav.*NaN.*\n", result.stderr)
    assert not (tmp_path / "out").exists()


def test_a_style_is_taken_from_a_kick_and_played_again(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    code = tmp_path / "kick.json"
    printed = done("style", "extract", song_folder, "--bpm", 120, "-o", code)
    assert "16 kicks in kick in" in printed
    args = ("--bpm", 120, "--no-mix", "--pieces", "kick", "--style", code)
    done("generate", song_folder, "-o", tmp_path / "out", *args)
    played = np.array(hit_times(tmp_path / "out" / "hits.csv"))
    # The kick of that song is on the beats 1 and 3, one a second.
    on_one_or_three = np.abs(played - np.round(played)) < 0.05
    assert on_one_or_three.mean() > 0.6
    assert len(set(np.round(played[on_one_or_three]))) >= 12


def test_kick_hits_and_midi_give_the_same_style(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    out = tmp_path / "out"
    # A person may play nearer to another tick than is meant, which MIDI does not tell.
    args = ("--bpm", 120, "--seed", 1, "--humanize", 0, "--pieces", "kick")
    done("generate", song_folder, "-o", out, *args)
    codes = []
    for option, name in (("--hits", "hits.csv"), ("--kick", "drums.mid")):
        path = tmp_path / f"{name}.json"
        done("style", "extract", song_folder, "--bpm", 120, option, out / name, "-o", path)
        codes.append(json.loads(path.read_text())["code"])
    np.testing.assert_allclose(codes[0], codes[1], atol=0.05)


def test_style_sample_show_and_mix(tmp_path: Path, done: Callable[..., str]) -> None:
    names = [line.split()[0] for line in done("style", "list").splitlines()]
    assert len(names) == len(set(names)) == 12
    done("style", "sample", "--seed", 1, "-o", tmp_path / "a.json")
    done("style", "sample", "--seed", 2, "-o", tmp_path / "b.json")
    code = {name: json.loads((tmp_path / f"{name}.json").read_text())["code"] for name in "ab"}
    assert len(code["a"]) == 16
    assert code["a"] != code["b"]
    for amount, expected in ((0, code["a"]), (1, code["b"])):
        mixed = tmp_path / f"mixed-{amount}.json"
        mix = ("style", "mix", tmp_path / "a.json", tmp_path / "b.json", "--amount", amount)
        done(*mix, "-o", mixed)
        np.testing.assert_allclose(json.loads(mixed.read_text())["code"], expected, atol=1e-6)
    assert f"{code['a'][0]:+.2f}" in done("style", "show", tmp_path / "a.json")
    assert names[0] in done("style", "show", names[0])


def test_beats_of_a_known_tempo(
    song_folder: Path, tmp_path: Path, done: Callable[..., str]
) -> None:
    args = ("--bpm", 120, "--meter", "3/4", "--first-downbeat", "0.5", "-o", tmp_path / "b.tsv")
    printed = done("beats", song_folder, *args)
    assert "120.0 bpm, 3 beats in a bar, 11 bars, first downbeat at 0.50 s (given)" in printed
    times, numbers = np.loadtxt(tmp_path / "b.tsv").T
    np.testing.assert_allclose(times[:4], [0.0, 0.5, 1.0, 1.5])
    assert numbers[:5].tolist() == [3, 1, 2, 3, 1]
    again = done("beats", song_folder, "--beats", tmp_path / "b.tsv", "--half-time")
    assert "60.0 bpm" in again
    assert "240.0 bpm" in done("beats", song_folder, "--beats", tmp_path / "b.tsv", "--double-time")


def test_beats_are_heard_where_nothing_is_said(song_folder: Path, done: Callable[..., str]) -> None:
    printed = done("beats", song_folder)
    tempo = re.search(r"([\d.]+) bpm", printed)
    assert tempo is not None
    assert float(tempo[1]) == pytest.approx(120.0, rel=0.01)
    assert "(tracked)" in printed


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["generate", "{song}"], "Missing option"),
        (["generate", "-o", "{out}"], "Give a song"),
        (["generate", "{song}", "-o", "{out}", "--bpm", "1", "--beats", "b"], "exclude each other"),
        (["generate", "{song}", "-o", "{out}", "--half-time", "--double-time"], "exclude each"),
        (["generate", "{song}", "-o", "{out}", "--stem", "bass"], "not ROLE=PATH"),
        (["generate", "{song}", "-o", ""], "the name is empty"),
        (["generate", "", "-o", "{out}"], "the name is empty"),
        (["beats", "{song}", "--meter", "four"], "no metre"),
        (["style", "extract", "{song}", "--kick", "a", "--hits", "b"], "Give one of"),
        (["style", "mix", "a", "b", "--amount", "2"], "--amount"),
        (["train", "{out}", "-o", "{out}", "--set", "steps"], "not NAME=VALUE"),
        (["drum"], "No such command"),
    ],
)
def test_wrong_usage_exits_with_2(
    args: list[str], message: str, song_folder: Path, tmp_path: Path, run: Run
) -> None:
    result = run(*(arg.format(song=song_folder, out=tmp_path / "out") for arg in args))
    assert result.exit_code == 2
    assert message in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["generate", "{tmp}/nowhere", "-o", "{out}"], r"nowhere"),
        (["generate", "{tmp}/no-sound.wav", "-o", "{out}"], r"no-sound\.wav"),
        (["generate", "{song}", "-o", "{out}", "--stem", "lute={tmp}/no-sound.wav"], r"'lute'"),
        (["generate", "{song}", "-o", "{out}", "--style", "polka"], r"'polka'"),
        (["generate", "{song}", "-o", "{out}", "--style", "{tmp}/no.json"], r"no\.json"),
        (["generate", "{song}", "-o", "{out}", "--pieces", "triangle"], r"'triangle'"),
        (["generate", "{song}", "-o", "{out}", "--kit", "{tmp}/none"], r"none"),
        (["generate", "{song}", "-o", "{out}", "--model", "{tmp}/none"], r"none"),
        (["generate", "{song}", "-o", "{out}", "--beats", "{tmp}/none.tsv"], r"none\.tsv"),
        (["generate", "{song}", "-o", "{out}", "--bpm", "4"], r"4 bpm"),
        (["generate", "{song}", "-o", "{tmp}/no-sound.wav"], r"no-sound\.wav"),
        (["generate", "{song}", "-o", "{tmp}/no-sound.wav/out"], r"no-sound\.wav' is a file"),
        (["generate", "{song}", "-o", "{out}", "--kit", "k" * 300], r"File name too long"),
        (["generate", "k" * 300, "-o", "{out}"], r"File name too long"),
        (["beats", "{song}", "--bpm", "90", "--first-downbeat", "99"], r"99 s"),
        (["style", "extract", "{song}/keys.wav", "--bpm", "120"], r"no kick or drum stem"),
        (["style", "show", "polka"], r"'polka'"),
        (["prepare", "{tmp}/nowhere", "-o", "{out}"], r"nowhere"),
        (["train", "{tmp}/nowhere", "-o", "{out}"], r"nowhere"),
        (["export", "{tmp}/nowhere", "{tmp}", "-o", "{out}"], r"nowhere"),
    ],
)
def test_what_the_user_can_mend_is_one_line(
    args: list[str], message: str, song_folder: Path, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "no-sound.wav").write_text("no sound at all")
    result = run(
        *(arg.format(song=song_folder, tmp=tmp_path, out=tmp_path / "out") for arg in args)
    )
    assert result.exit_code == 1, result.output
    assert re.fullmatch(rf"drumnet: error: .*{message}.*\n", result.stderr), result.stderr
    assert not (tmp_path / "out" / "drums.wav").exists()


def test_training_without_torch_names_the_extra(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drumnet.cli.extras.find_spec", lambda _name: None)
    result = run("train", tmp_path, "-o", tmp_path / "run")
    assert result.exit_code == 1
    assert "pip install 'drumnet[train]'" in result.stderr


def test_an_interrupt_is_quiet(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("drumnet.song.song.load_song", interrupted)
    result = run("beats", tmp_path)
    assert result.exit_code == 130
    assert result.output == ""


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "drumnet", *args]


def test_the_command_runs_as_a_program(tmp_path: Path) -> None:
    shown = subprocess.run(
        command("--version"),
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
        cwd=tmp_path,
    )
    assert shown.stdout == f"drumnet {drumnet.__version__}\n"
    script = Path(sys.executable).with_name("drumnet")
    if os.environ.get("DRUMNET_TEST_WHEEL") == "1":
        assert script.is_file()


def test_a_closed_pipe_is_quiet() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        shown = subprocess.run(
            command("style", "list"),
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE_S,
        )
    finally:
        os.close(writer)
    assert "Traceback" not in shown.stderr
    assert shown.returncode == 1


def test_demo_plays_a_kit_in_three_styles_and_a_transfer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: Callable[..., str]
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = done("demo")
    folders = {path.name: path for path in (tmp_path / "drumnet-demo").iterdir()}
    assert len(folders) == 5
    assert {"song", "transfer"} < set(folders)
    patterns = {
        tuple(hit_times(path / "hits.csv")) for name, path in folders.items() if name != "song"
    }
    assert len(patterns) == 4
    for row in ("kick", "snare", "bass"):  # the song has the snare
        assert len(re.findall(rf"^{row} +\|", printed, re.M)) == 8
    for name in folders.keys() - {"song"}:
        struck = {piece for _, piece in hits_in(folders[name] / "hits.csv")}
        assert "kick" in struck and len(struck) >= 3 and "snare" not in struck
    # The song that it wrote is one that `generate` takes.
    song = folders["song"]
    again = done("generate", song, "--beats", song / "beats.tsv", "-o", tmp_path / "o", "--seed", 0)
    assert "3 stems" in again
