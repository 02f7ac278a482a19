"""A whole evaluation, on a tiny corpus and two recordings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drumnet.errors import CheckpointError, DataError
from drumnet.evaluation import request as request_module
from drumnet.evaluation.report.file import read_report, report_text, write_report
from drumnet.evaluation.report.model import Report
from drumnet.evaluation.request import Request, Size
from drumnet.evaluation.runner import PARTS_FOLDER, evaluate, forget_parts
from drumnet.evaluation.stages import Stages
from drumnet.hits import Piece
from drumnet.model.checkpoint import load_checkpoint

STAGES = [
    "reading songs",
    "playing",
    "judging",
    "tempo and shift",
    "drift",
    "whole kit",
    "four bars at a time",
    "variety",
]
#: Quicker than --quick.
SIZE = Size(
    8, 4, 4, 2, 2, 3, folders=2, few_file_cases=True, file_seeds=1, kit_songs=5, segment_songs=2,
)  # fmt: skip
Told = list[tuple[str, int, int]]


class Stopped(BaseException):
    """Stands for a kill: nothing in the code may catch it."""


def quiet(_stage: str, _done: int, _of: int) -> None:
    pass


@pytest.fixture(scope="module", autouse=True)
def tiny() -> Any:
    """Quicker than --quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request_module, "QUICK", SIZE)
        yield


@pytest.fixture(scope="module")
def request_of(tiny_weights: Path, tiny_corpus: Path) -> Callable[..., Request]:
    def made(**changes: Any) -> Request:
        usual = Request(str(tiny_weights), tiny_corpus, "train", quick=True, workers=1)
        return replace(usual, **changes)

    return made


@pytest.fixture(scope="module")
def once(request_of: Callable[..., Request], tmp_path_factory: pytest.TempPathFactory) -> Report:
    return evaluate(request_of(), tmp_path_factory.mktemp("reports") / "once", quiet)


def figures(report: Report) -> str:
    """All but when it was made."""
    return report_text(replace(report, made={**report.made, "date": "", "seconds": 0}))


def value(report: Report, *key: str) -> float:
    row = report.find(*key)
    assert row is not None and row.value is not None, key
    return row.value


# ------------------------------------------------------------------ what it finds


def test_every_section_of_a_corpus_is_measured(once: Report) -> None:
    assert {row.section for row in once.rows} == {
        "corpus", "invariance", "drift", "autonomous", "adherence", "kit", "segments", "variety"
    }  # fmt: skip
    assert len(once.songs_of("corpus")) == once.data["num_songs"] == 8
    assert len(once.songs_of("drift")) == 2
    assert once.codes is not None and len(once.codes.xy) == 8
    assert {pattern.song for pattern in once.patterns} == set(range(8))


def test_parts_that_are_asked_for_are_the_same_alone(
    once: Report, request_of: Callable[..., Request], tmp_path: Path
) -> None:
    alone = evaluate(request_of(only=("segments",)), tmp_path, quiet)
    assert alone.rows == once.rows_of("segments") and alone.rows
    with pytest.raises(DataError, match="no part 'kits' to measure: choose corpus, invariance"):
        evaluate(request_of(only=("kits",)), tmp_path, quiet)


def test_what_was_learned_beats_no_code_and_the_wrong_one(once: Report) -> None:
    """The tiny weights were trained on these songs, each a bar that repeats."""
    f1 = {
        player: value(once, "corpus", "transfer", player, "tick F1")
        for player in ("drumnet", "no code", "wrong code", "copy-bar")
    }
    assert f1["copy-bar"] == 1.0
    assert f1["drumnet"] > 0.85
    assert f1["drumnet"] > max(f1["no code"], f1["wrong code"]) + 0.1


def test_the_nearest_neighbour_is_another_song_than_those_measured(
    once: Report, request_of: Callable[..., Request], tmp_path: Path
) -> None:
    """All training songs are measured: there is none. Of valid songs it plays those
    that have a kick on every beat."""

    def stop(stage: str, _done: int, _of: int) -> None:
        if stage == "tempo and shift":
            raise Stopped

    key = ("corpus", "transfer", "1-nearest neighbour", "tick F1")
    assert once.find(*key) is None
    with pytest.raises(Stopped):
        evaluate(request_of(split="valid"), tmp_path, stop)
    (part,) = (tmp_path / PARTS_FOLDER).iterdir()
    report = read_report(part)
    row, names = report.find(*key), [song.name for song in report.songs_of("corpus")]
    assert row is not None and row.per_song is not None
    assert row.per_song[names.index("four3.mid")] == 1.0


def test_whole_kits_are_measured_to_the_band_alone(once: Report) -> None:
    """Kick and snare are all that these songs have; every bar repeats."""
    key = ("kit", "transfer", "copy-bar", "micro F1")
    assert value(once, *key, "all pieces") == 1.0
    assert value(once, *key, "snare") == 1.0
    assert once.find(*key, "ride") is None or value(once, *key, "ride") < 1.0
    shares = {
        row.setting: row.value for row in once.rows_of("kit") if row.metric == "share of hits"
    }
    assert (shares["kick"] or 0) + (shares["snare"] or 0) == pytest.approx(1.0)
    wanted = {row.setting for row in once.rows_of("kit") if row.target == 0}
    assert wanted == {"all pieces", "kick", "snare"}, "to be above copy-bar"
    assert once.made["skipped"] == []


def test_weights_that_play_the_kick_alone_skip_the_kit_in_words(
    tiny_weights: Path, tmp_path: Path
) -> None:
    old = replace(load_checkpoint(tiny_weights), pieces=(Piece.KICK,), min_probabilities=(0.3,))
    stages = Stages(Request(groove=tmp_path), old, None, [], quiet)
    assert stages.skipped == ["the whole kit: the weights play kick alone"]
    assert stages.by_name() == {}
    assert Stages(Request(audio=tmp_path), old, None, [tmp_path], quiet).skipped == []


def test_known_beats_make_drift_cost_nothing(once: Report) -> None:
    assert value(once, "drift", "drift, beats given", "copy-bar", "F1 lost") == 0.0


def test_patterns_are_of_the_songs_and_go_from_best_to_worst(once: Report) -> None:
    row = once.find("corpus", "transfer", "drumnet", "tick F1")
    assert row is not None and row.per_song is not None
    shown = [pattern.f1 for pattern in once.patterns]
    assert shown == sorted(row.per_song, key=lambda f1: -(f1 or 0))
    for pattern in once.patterns:
        assert pattern.f1 == row.per_song[pattern.song]
        facts = once.songs_of("corpus")[pattern.song]
        if facts.name.startswith("copy"):
            assert pattern.real == pattern.bass
        else:
            assert pattern.real == tuple(range(0, pattern.num_ticks, 12))


def test_the_model_is_measured_against_its_targets(once: Report) -> None:
    wanted = {row.key: row.target for row in once.rows if row.target is not None}
    assert wanted["corpus", "transfer", "drumnet", "tick F1", ""] == 0.8
    assert wanted["drift", "drift, beats given", "drumnet", "F1 lost", ""] == 0.03
    assert {key[2] for key in wanted} == {"drumnet"}


def test_it_says_what_was_measured(once: Report) -> None:
    assert once.made["seed"] == 0 and once.made["quick"] is True
    assert once.model["name"].startswith("tiny@") and len(once.model["sha256"]) == 64
    assert once.data["split"] == "train" and len(once.data["sha256"]) == 64
    assert set(once.made["packages"]) >= {"numpy", "onnxruntime", "scikit-learn"}


def test_a_report_is_read_back_as_it_was_written(once: Report, tmp_path: Path) -> None:
    write_report(tmp_path / "report.json", once)
    assert read_report(tmp_path) == once


# ------------------------------------------------------------------ twice, and stopped


def test_what_was_stopped_goes_on_without_repeating_what_was_done(
    once: Report, request_of: Callable[..., Request], tmp_path: Path
) -> None:
    """And finds the same, made twice and with other numbers of threads."""

    def stop_in(wanted: str) -> Callable[[str, int, int], None]:
        def progress(stage: str, done: int, _of: int) -> None:
            seen.append(stage)
            if stage == wanted and done > 1:
                raise Stopped

        return progress

    seen: list[str] = []
    with pytest.raises(Stopped):
        evaluate(request_of(workers=2), tmp_path, stop_in("drift"))
    assert list(dict.fromkeys(seen)) == STAGES[:5]
    assert len(list((tmp_path / PARTS_FOLDER).iterdir())) == 2, "corpus and invariance"
    seen.clear()
    report = evaluate(request_of(), tmp_path, stop_in("nothing"))
    assert list(dict.fromkeys(seen)) == ["reading songs", *STAGES[4:]]
    assert figures(report) == figures(once)
    seen.clear()
    for other in ({"seed": 1}, {"split": "valid"}):
        with pytest.raises(Stopped):
            evaluate(request_of(**other), tmp_path, stop_in("playing"))
    assert "playing" in seen, "parts of another request are not taken"
    stages = list((tmp_path / PARTS_FOLDER).iterdir())
    assert report.made["seconds"] >= max(read_report(part).made["seconds"] for part in stages) // 1
    forget_parts(tmp_path)
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------ recordings


def test_recordings_alone_are_measured(
    tiny_weights: Path, recordings: Path, tmp_path: Path
) -> None:
    told: Told = []
    asked = Request(str(tiny_weights), None, "test", recordings, quick=True, workers=1)
    report = evaluate(asked, tmp_path, lambda *step: told.append(step))
    assert {row.section for row in report.rows} == {"files", "recordings", "variety"}
    assert report.data["recordings"] == ["mdb_rock", "mdb_tresillo"]
    for section in ("files", "recordings"):
        assert [song.name for song in report.songs_of(section)] == report.data["recordings"]
    key = ("files", "kick in the style of the kick stem", "copy-bar", "micro F1")
    assert value(report, *key, "beats given, stems, snare given") == 1.0, "each repeats one bar"
    for setting in ("beats given, snare given", "beats given, no snare"):
        key = ("recordings", "transfer", "copy-bar", "onset F1", setting)
        assert value(report, *key) == 1.0, "each repeats one bar"
    for setting in ("80 %", "120 %", "4 beats"):
        kind = "shift" if "beat" in setting else "tempo"
        assert value(report, "recordings", kind, "bar histogram", "top-1", setting) == 1.0
    assert value(report, "recordings", "drift, beats given", "copy-bar", "F1 lost") == 0.0
    settings = {row.setting for row in report.rows_of("variety")}
    assert settings == {"built-in song", "mdb_rock", "mdb_tresillo"}
    for setting in settings:
        assert value(report, "variety", "sampled", "drumnet", "same seed, same bytes", setting) == 1
    assert {(stage, of) for stage, done, of in told if done == of} == {
        ("files", 4), ("recordings", 14), ("variety", 3)
    }, "the bars come to their end"  # fmt: skip


# ------------------------------------------------------------------ faults


def test_faults_are_one_line(
    request_of: Callable[..., Request], tiny_corpus: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="nothing to measure on: give --data, --audio or --groove"):
        evaluate(request_of(data=None), tmp_path, quiet)
    with pytest.raises(CheckpointError, match="there are no weights 'none'"):
        evaluate(request_of(model="none"), tmp_path, quiet)
    with pytest.raises(DataError, match="is no corpus"):
        evaluate(request_of(data=tmp_path), tmp_path, quiet)
    with pytest.raises(DataError, match="holds no folder with stems"):
        evaluate(request_of(audio=tiny_corpus), tmp_path, quiet)
    with pytest.raises(DataError, match="too few songs with a kick in both halves"):
        evaluate(request_of(split="test"), tmp_path, quiet)
    assert list(tmp_path.iterdir()) == [], "and nothing is left behind"
