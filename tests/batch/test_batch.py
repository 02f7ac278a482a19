"""`drumnet batch`: the same results on any workers, one bad song costs itself alone, and what is
there is kept."""

from __future__ import annotations

import csv
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from drumnet.batch.manifest import Row, read_songs
from drumnet.batch.places import BEGUN, RECORD_FILE, record_text
from drumnet.batch.run import Outcome, Shard, run
from drumnet.batch.song import COLUMNS, DONE, FAULT, KEPT
from drumnet.cli.main import main
from drumnet.cli.song_rows import request_of, seed_of
from drumnet.workers import Workers

#: Quick, and nothing that is tracked, so that songs of a few bars will do.
QUICK = ("--bpm", "120", "--no-audio")
ALL = Shard()
SONGS = ("album/one", "album/two", "broken", "three")


def batch(*args: object) -> Result:
    return CliRunner().invoke(main, ["batch", *map(str, args)])


def results(out: Path) -> dict[str, bytes]:
    """Every file of every song."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.parent != out
    }


def summary(out: Path, ending: str = "") -> dict[str, dict[str, str]]:
    with open(out / f"summary{ending}.csv", encoding="utf-8", newline="") as file:
        return {line["name"]: line for line in csv.DictReader(file)}


@pytest.fixture(scope="module")
def made(catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The catalogue, done by two workers."""
    out = tmp_path_factory.mktemp("made") / "out"
    return out, batch(catalogue, "-o", out, *QUICK, "--workers", 2)


Ask = Callable[..., Outcome]


@pytest.fixture
def ask(here: Workers) -> Ask:
    """`ask(songs, out, **options)`: done here; options as they are typed."""

    def asked(
        songs: Path, out: Path | str, overwrite: bool = False, shard: Shard = ALL, **said: Any
    ) -> Outcome:
        for_all: Mapping[str, Any] = {"bpm": "120", "no_audio": True, **said}
        requests = [request_of(row, for_all) for row in read_songs(songs)]
        return run(shard.part(requests), str(out), here, overwrite=overwrite, shard=shard)

    return asked


def test_each_song_has_its_results_and_one_bad_one_its_fault(made: tuple[Path, Result]) -> None:
    out, result = made
    assert result.exit_code == 3, result.output
    found = summary(out)
    assert tuple(found) == SONGS
    assert {name for name in SONGS if found[name]["status"] == DONE} == {*SONGS} - {"broken"}
    assert "broken/bass.wav' is no sound file" in found["broken"]["fault"]
    assert "broken: '" in result.stderr and not (out / "broken").exists()
    for name in {*SONGS} - {"broken"}:
        assert (out / name / "drums.mid").exists() and not list((out / name).glob("*.wav"))
        line = found[name]
        assert (line["tempo_bpm"], line["metre"], line["duration_s"]) == ("120.0", "4/4", "8.0")
        assert int(line["seed"]) == seed_of(0, name)


def test_a_song_is_played_as_generate_plays_it(
    made: tuple[Path, Result], catalogue: Path, tmp_path: Path
) -> None:
    out, _ = made
    seed = summary(out)["three"]["seed"]
    args = ["generate", str(catalogue / "three"), "-o", str(tmp_path / "one"), *QUICK]
    assert CliRunner().invoke(main, [*args, "--seed", seed]).exit_code == 0
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (out / "three" / path.name).read_bytes()


def test_one_process_makes_the_same_as_two_workers(
    made: tuple[Path, Result], catalogue: Path, tmp_path: Path, ask: Ask
) -> None:
    ask(catalogue, tmp_path)
    assert results(tmp_path) == results(made[0])
    assert (tmp_path / "summary.csv").read_bytes() == (made[0] / "summary.csv").read_bytes()


def test_a_cluster_makes_the_same_at_a_url(
    made: tuple[Path, Result], catalogue: Path, tmp_path: Path, dask_cluster: str, ask: Ask
) -> None:
    url = f"file://{tmp_path}/out"
    found = batch(catalogue, "-o", url, *QUICK, "--cluster", dask_cluster)
    assert found.exit_code == 3, found.output
    assert results(tmp_path / "out") == results(made[0])
    assert [line.status for line in ask(catalogue, url).lines] == [KEPT, KEPT, FAULT, KEPT]
    assert {line.status for line in ask(catalogue / "album", url, bpm="121").lines} == {DONE}
    changed = ask(catalogue / "album", url, bpm="122")
    assert {line.status for line in changed.lines} == {FAULT}


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_what_a_kill_leaves_is_gone_on_from(
    made: tuple[Path, Result], catalogue: Path, tmp_path: Path, ask: Ask
) -> None:
    """Killed when the first song is there, a moment later: whole songs, or none."""
    out = tmp_path / "out"
    command = [sys.executable, "-m", "drumnet", "batch", str(catalogue), "-o", str(out), *QUICK]
    run = subprocess.Popen([*command, "--workers", "1"], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)  # fmt: skip
    try:
        while not any((out / name / RECORD_FILE).exists() for name in SONGS):
            assert run.poll() is None
            time.sleep(0.005)
        time.sleep(random.Random(0).uniform(0, 0.1))
    finally:
        run.kill()
        run.communicate()  # until its worker has ended as well
    wanted = results(made[0])
    whole = [name for name in SONGS if (out / name).exists()]
    for name in whole:
        own = {path for path in wanted if path.startswith(f"{name}/")}
        assert {f"{name}/{path.name}" for path in (out / name).iterdir()} == own
    again = ask(catalogue, out)
    assert again.count(KEPT) == len(whole) and again.count(DONE) == 3 - len(whole)
    assert results(out) == wanted


def test_what_is_made_is_kept_until_something_changes(
    catalogue: Path, tmp_path: Path, ask: Ask
) -> None:
    songs, out = tmp_path / "songs", tmp_path / "out"
    shutil.copytree(catalogue / "album", songs)
    first = ask(songs, out)
    assert [line.status for line in first.lines] == [DONE, DONE]
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.mid")}
    again = ask(songs, out)
    assert [line.status for line in again.lines] == [KEPT, KEPT]
    assert [line.plays for line in again.lines] == [line.plays for line in first.lines]
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.mid")} == before
    # Another sound, and another setting, are another song.
    with open(songs / "two" / "bass.wav", "r+b") as file:
        file.seek(2000)
        file.write(b"\x10\x20")
    changed = ask(songs, out)
    assert [line.status for line in changed.lines] == [KEPT, FAULT]
    assert "say --overwrite" in (changed.lines[1].fault or "")
    assert [line.status for line in ask(songs, out, overwrite=True).lines] == [KEPT, DONE]
    assert {line.status for line in ask(songs, out, density="0.5").lines} == {FAULT}
    ask(songs, out, overwrite=True, pieces="kick", midi_tracks="pieces")
    assert {line.status for line in ask(songs, out, pieces="kick").lines} == {FAULT}


def test_a_damaged_record_is_no_record(catalogue: Path, tmp_path: Path, ask: Ask) -> None:
    ask(catalogue / "album", tmp_path)
    path = tmp_path / "two" / RECORD_FILE
    whole = json.loads(path.read_text())
    for damaged in (b"{", b"[]", json.dumps({**whole, "row": {"tempo_bpm": "fast"}}).encode()):
        path.write_bytes(damaged)
        assert [line.status for line in ask(catalogue / "album", tmp_path).lines] == [KEPT, FAULT]


def test_nothing_of_the_users_is_overwritten(catalogue: Path, tmp_path: Path, ask: Ask) -> None:
    out = tmp_path / "out"
    (out / "one").mkdir(parents=True)
    (out / "one" / "drums.mid").write_text("mine")
    found = ask(catalogue / "album", out)
    assert [line.status for line in found.lines] == [FAULT, DONE]
    assert "a folder or file of its name is there" in (found.lines[0].fault or "")
    assert (out / "one" / "drums.mid").read_text() == "mine"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "summary.csv").write_text("mine")
    refused = batch(catalogue, "-o", tmp_path / "other")
    assert refused.exit_code == 1 and "summary.csv' exists" in refused.stderr
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["summary.csv"]


def test_fewer_files_than_before_leave_none_behind(
    catalogue: Path, tmp_path: Path, ask: Ask
) -> None:
    ask(catalogue / "album", tmp_path, jobs="generate,transcribe")
    (tmp_path / "one" / "mine.txt").write_text("mine")
    ask(catalogue / "album", tmp_path, overwrite=True, jobs="transcribe")
    names = {"own-drums.mid", "own-hits.csv", "song.json"}
    assert {path.name for path in (tmp_path / "one").iterdir()} == {*names, "mine.txt"}
    assert {path.name for path in (tmp_path / "two").iterdir()} == names


def test_what_was_only_begun_at_a_url_is_made_again(
    catalogue: Path, tmp_path: Path, ask: Ask
) -> None:
    pytest.importorskip("fsspec")
    url = f"file://{tmp_path}/out"
    ask(catalogue / "album", url)
    wanted = results(tmp_path / "out")
    (tmp_path / "out" / "two" / "song.json").write_text(record_text(BEGUN, [], {}))
    (tmp_path / "out" / "two" / "drums.mid").unlink()
    assert [line.status for line in ask(catalogue / "album", url).lines] == [KEPT, DONE]
    assert results(tmp_path / "out") == wanted


def test_a_url_that_cannot_be_written_to_is_one_line(catalogue: Path, tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    (tmp_path / "file").touch()
    for url, words in (
        (f"file://{tmp_path}/file/out", "cannot write to"),
        ("nowhere://bucket/out", "cannot write to"),
    ):
        found = batch(catalogue, "-o", url)
        assert found.exit_code == 1 and len(found.stderr.splitlines()) == 1
        assert words in found.stderr


def test_jobs_hear_the_songs_own_drums(catalogue: Path, tmp_path: Path, ask: Ask) -> None:
    """The kick is on 1 and 3."""
    found = ask(catalogue / "album", tmp_path, jobs="beats,style,transcribe")
    assert [line.fault for line in found.lines] == [None, None]
    assert {path.name for path in (tmp_path / "one").iterdir()} == {
        "beats.tsv", "own-style.json", "own-hits.csv", "own-drums.mid", "song.json",
    }  # fmt: skip
    with open(tmp_path / "one" / "own-hits.csv", encoding="utf-8") as file:
        kicks = [float(hit["time_s"]) for hit in csv.DictReader(file) if hit["piece"] == "kick"]
    assert kicks == pytest.approx([float(second) for second in range(8)], abs=0.02)
    record = json.loads((tmp_path / "one" / "song.json").read_text())
    assert record["row"]["own_plays"] and record["row"]["num_hits"] is None


def test_shards_have_each_song_once(catalogue: Path, tmp_path: Path, ask: Ask) -> None:
    for shard in ("1/2", "2/2"):
        ask(catalogue / "album", tmp_path, shard=Shard.parse(shard))
    assert list(summary(tmp_path, "-1-of-2")) == ["one"]
    assert list(summary(tmp_path, "-2-of-2")) == ["two"]
    whole = ask(catalogue / "album", tmp_path)
    assert [line.status for line in whole.lines] == [KEPT, KEPT]
    items = list(range(11))
    parts = [Shard(number, 4).part(items) for number in range(1, 5)]
    assert sorted(item for part in parts for item in part) == items


def test_a_lost_process_is_the_fault_of_its_song(catalogue: Path, tmp_path: Path) -> None:
    class Losing:
        def __enter__(self) -> Losing:
            return self

        def __exit__(self, *fault: object) -> None: ...

        def each(self, work: object, items: object, at_a_time: int = 1) -> Any:
            from drumnet.workers import Lost

            yield 1, Lost()
            yield 0, Lost()

    requests = [request_of(row, {}) for row in read_songs(catalogue / "album")]
    found = run(requests, str(tmp_path), Losing())
    assert [line.name for line in found.lines] == ["one", "two"]
    assert all("the process that did it ended" in (line.fault or "") for line in found.lines)


def test_a_fault_of_our_own_costs_its_song_alone(
    catalogue: Path, tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    import drumnet.batch.song

    def broken(*_args: object, **_how: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(drumnet.batch.song, "generate", broken)
    found = ask(catalogue / "album", tmp_path)
    said = [line.fault or "" for line in found.lines]
    assert all("ZeroDivisionError: by nothing" in one and "report it" in one for one in said)
    assert not list(tmp_path.rglob("song.json")) and not list(tmp_path.rglob(".drumnet-*"))


def test_the_same_line_is_read_by_other_programs(made: tuple[Path, Result]) -> None:
    pyarrow = pytest.importorskip("pyarrow.parquet")
    out, _ = made
    table = pyarrow.read_table(out / "summary.parquet")
    assert tuple(table.column_names) == COLUMNS
    for line, said in zip(table.to_pylist(), summary(out).values(), strict=True):
        assert {name: "" if value is None else str(value) for name, value in line.items()} == said


def test_seeds_of_songs_differ_and_stay(tmp_path: Path) -> None:
    row = Row("a", "row 1 ('a')", {"song": ["a"]}, tmp_path)
    asked = request_of(row, {}).how["settings"].seed
    assert asked == request_of(row, {}).how["settings"].seed == seed_of(0, "a")
    assert request_of(row, {"seed": "7"}).how["settings"].seed == seed_of(7, "a") != asked
    own = Row("a", "row 1 ('a')", {"song": ["a"], "seed": "5"}, tmp_path)
    assert request_of(own, {"seed": "7"}).how["settings"].seed == 5


def test_files_of_the_command_line_are_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker of a cluster is in another folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.json").touch()
    row = Row("a", "row 1 ('a')", {"song": ["a"]}, tmp_path)
    asked = request_of(row, {"style": "own.json", "beats_file": "b.tsv", "kit": "808"})
    assert asked.how["style"] == str(tmp_path / "own.json") and asked.how["kit"] == "808"
    assert asked.beats.beats_file == tmp_path / "b.tsv"
