"""A report is kept as it was: what is written and read back is equal."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drumnet.errors import DataError
from drumnet.evaluation.report.file import REPORT_FILE, read_report, report_text, write_report
from drumnet.evaluation.report.model import Codes, Pattern, Report, Row, SongFacts

ROW = ("corpus", "transfer", "drumnet", "tick F1")


def test_what_is_written_and_read_back_is_equal(report: Report, tmp_path: Path) -> None:
    write_report(tmp_path / REPORT_FILE, report)
    assert read_report(tmp_path / REPORT_FILE) == report
    assert read_report(tmp_path) == report  # the folder will do
    assert report_text(read_report(tmp_path)) == report_text(report)


def test_what_is_not_finite_is_written_as_null(report: Report, tmp_path: Path) -> None:
    scores = [float("nan"), np.inf, *[0.5] * 38]
    row = Row(*ROW, value=np.float32("nan"), low=0.1, high=np.float64(0.3), per_song=scores)
    found = replace(report, rows=[row], patterns=(), made={**report.made, "seconds": float("nan")})
    write_report(tmp_path / "r.json", found)
    assert (
        "NaN" not in (tmp_path / "r.json").read_text() and read_report(tmp_path / "r.json") == found
    )
    assert row.value is None and row.per_song is not None and row.per_song[:3] == (None, None, 0.5)


@pytest.mark.parametrize(
    ("value", "better", "target", "reached"),
    [
        (0.8, "higher", 0.8, True),
        (0.79, "higher", 0.8, False),
        (0.7, "lower", 0.7, True),
        (0.71, "lower", 0.7, False),
        (None, "lower", 0.7, False),
        (0.9, "higher", None, None),
    ],
)
def test_a_target_is_reached_on_its_better_side(
    value: float | None, better: str, target: float | None, reached: bool | None
) -> None:
    assert Row(*ROW, value=value, better=better, target=target).reached is reached


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no report, or a damaged one"),
        (b"\xff\xfe", "no report, or a damaged one"),
        (b'{"format": "drumnet-report/1", "made"', "no report, or a damaged one"),
        (b"[" * 200_000, "no report, or a damaged one"),
        (b"[1, 2]", "no report of drumnet evaluate"),
        (b'{"format": "drumnet-style/1"}', "no report of drumnet evaluate"),
        (b'{"format": "drumnet-report/2", "new": 1}', "has report format 2, this DrumNet reads 1"),
        (b'{"format": "drumnet-report/1"}', r"is damaged \(songs: none\)"),
    ],
)
def test_a_file_that_is_no_report_gives_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "r.json").write_bytes(content)
    with pytest.raises(DataError, match=said) as fault:
        read_report(tmp_path / "r.json")
    assert "\n" not in str(fault.value) and len(str(fault.value)) < 300


def test_a_missing_file_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="drumnet evaluate makes one"):
        read_report(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda r: r.pop("rows"), "rows: no list but None"),
        (lambda r: r.pop("model"), "report: no model"),
        (lambda r: r["model"].pop("sha256"), "model lacks sha256"),
        (lambda r: r["rows"][0].pop("metric"), "rows: no metric"),
        (lambda r: r["rows"][0].update(value="high"), "value is no number: 'high'"),
        (lambda r: r["rows"][0].update(value=True), "value is no number: True"),
        (lambda r: r["rows"][0].update(section="else"), "section is 'else', not one of"),
        (lambda r: r["rows"][0].update(low=None), "both a low and a high end"),
        (lambda r: r["rows"][0].update(low=0.9, high=0.1), "upside down"),
        (lambda r: r["rows"][0].update(mood=1), "unknown field 'mood'"),
        (lambda r: r["rows"][0]["per_song"].pop(), "39 values for 40 songs"),
        (lambda r: r["rows"].append(r["rows"][0]), "tick F1 is there twice"),
        (lambda r: r["rows"].append([]), r"rows: no object but \[\]"),
        (lambda r: r["songs"]["corpus"][0].update(bpm=[1]), r"bpm is no number: \[1\]"),
        (lambda r: r["songs"]["corpus"][0].update(name="rb/song001.mid"), "is there twice"),
        (lambda r: r["codes"]["xy"].pop(), "39 points for 40 corpus songs"),
        (lambda r: r["codes"]["xy"][0].append(1), "has 3 numbers, not 2"),
        (lambda r: r["patterns"][0].update(song=40), "corpus has no song 40"),
        (lambda r: r["patterns"][0]["real"].append(10**6), "real has ticks beyond the"),
        (lambda r: r["patterns"][0].update(real=[-1]), "no whole number from 0 on: -1"),
        (lambda r: r.update(songs=[]), "songs: none"),
    ],
)
def test_a_damaged_report_gives_one_line(
    report: Report, tmp_path: Path, damage: Callable[[dict[str, Any]], object], said: str
) -> None:
    found = json.loads(report_text(report))
    damage(found)
    (tmp_path / "r.json").write_text(json.dumps(found))
    with pytest.raises(DataError, match=said) as fault:
        read_report(tmp_path / "r.json")
    assert "\n" not in str(fault.value) and str(fault.value).endswith("make it anew")


def test_a_crash_leaves_the_report_that_was_there(report: Report, tmp_path: Path) -> None:
    write_report(tmp_path / "r.json", report)
    before = (tmp_path / "r.json").read_bytes()
    broken = replace(report)
    object.__setattr__(broken, "made", {"date": {1, 2}})
    with pytest.raises(TypeError, match="not JSON serializable"):
        write_report(tmp_path / "r.json", broken)
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]
    assert (tmp_path / "r.json").read_bytes() == before


def test_numpy_and_python_make_the_same_report() -> None:
    assert Row(*ROW, value=np.float64(0.5), per_song=np.array([0.25, np.nan])) == Row(
        *ROW, value=0.5, per_song=[0.25, None]
    )
    assert Pattern(0, 0.5, 0, np.array([48]), np.array([0, 3]), []) == Pattern(
        0, 0.5, 0, [48], [0, 3], ()
    )
    assert Codes(np.eye(2)) == Codes([[1, 0], [0, 1]])
    assert asdict(SongFacts("a", bpm=np.float32(120)))["bpm"] == 120.0
