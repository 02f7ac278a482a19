"""A change is found where there is one, and noise is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from drumnet.cli.compare import GROUPS
from drumnet.cli.main import main
from drumnet.errors import DataError
from drumnet.evaluation.report.compare import (
    BETTER,
    CHANGED,
    SAME,
    UNTESTED,
    WORSE,
    Comparison,
    compare,
    compare_groups,
)
from drumnet.evaluation.report.file import write_report
from drumnet.evaluation.report.groups import GROUPINGS
from drumnet.evaluation.report.model import Report, Row

Shifted = Callable[..., Report]
KEY = ("corpus", "transfer", "drumnet", "tick F1")


def verdicts(found: Comparison) -> dict[str, int]:
    return {kind: len(found.of(kind)) for kind in (BETTER, WORSE, CHANGED, UNTESTED)}


def of_row(report: Report, scores: Sequence[float | None], **more: object) -> Report:
    """The report with one row, of these scores."""
    value = float(np.nanmean(np.array(scores, dtype=float)))
    row = Row(*KEY, value=value, per_song=scores, better="higher")
    songs = {"corpus": report.songs["corpus"][: len(scores)]}
    return replace(report, rows=[replace(row, **more)], songs=songs, codes=None, patterns=())


def test_a_report_compared_with_itself_says_nothing_changed(report: Report) -> None:
    found = compare(report, report)
    assert len(found.changes) == len(report.rows)
    assert all(change.verdict == SAME and change.difference == 0 for change in found.changes)
    assert found.only_before == found.only_after == ()


@pytest.mark.parametrize(("by", "verdict"), [(0.05, BETTER), (-0.05, WORSE)])
def test_a_shift_of_every_song_is_found(
    report: Report, shifted: Shifted, by: float, verdict: str
) -> None:
    found = compare(report, shifted(report, by))
    changed = found.of(verdict)
    assert [one.row.key[1:4] for one in changed] == [
        (experiment, "drumnet", metric)
        for metric in ("tick F1", "onset F1")
        for experiment in ("reconstruction", "transfer")
    ]
    assert len(found.of(SAME)) == len(found.changes) - len(changed)
    for change in changed:
        assert change.difference == pytest.approx(by)
        assert change.low == pytest.approx(by) and change.high == pytest.approx(by)
        assert change.p is not None and change.p < 0.01


def test_a_shift_is_found_under_noise(report: Report, shifted: Shifted) -> None:
    moved = np.random.default_rng(0).normal(0.05, 0.05, 40)
    found = compare(report, shifted(report, moved))
    assert verdicts(found) == {BETTER: 4, WORSE: 0, CHANGED: 0, UNTESTED: 0}
    for change in found.of(BETTER):
        assert change.low < moved.mean() < change.high
        assert change.difference == pytest.approx(moved.mean(), abs=1e-5)


def test_noise_alone_is_found_in_fewer_than_one_of_ten(report: Report, shifted: Shifted) -> None:
    rng = np.random.default_rng(1)
    false = 0
    for _ in range(40):
        noise = rng.normal(0, 0.05, 40)
        found = compare(report, shifted(report, noise))
        false += bool(found.of(BETTER) or found.of(WORSE))
    assert false <= 4  # 5 % of 40 are 2


def test_lower_is_better_where_a_row_says_so(report: Report) -> None:
    before = of_row(report, [0.5] * 20, better="lower")
    after = of_row(report, [0.4] * 20, better="lower")
    assert verdicts(compare(before, after))[BETTER] == 1
    assert verdicts(compare(after, before))[WORSE] == 1
    neither = of_row(report, [0.4] * 20, better="")
    assert verdicts(compare(before, neither))[CHANGED] == 1


def test_few_songs_cannot_show_a_change(report: Report) -> None:
    for num_songs, verdict in ((5, SAME), (6, BETTER)):
        before = of_row(report, [0.5] * num_songs)
        after = of_row(report, [0.6] * num_songs)
        (change,) = compare(before, after).changes
        assert (change.verdict, change.num_songs) == (verdict, num_songs)
        assert change.p == pytest.approx(2.0 ** (1 - num_songs))


def test_more_rows_need_a_clearer_change(report: Report) -> None:
    """Holm: 2 x 0.0312 is above 0.05."""
    before, after = (of_row(report, [value] * 6) for value in (0.5, 0.6))
    assert len(compare(before, after).of(BETTER)) == 1
    before, after = (
        replace(one, rows=[*one.rows, replace(one.rows[0], metric="onset F1")])
        for one in (before, after)
    )
    assert len(compare(before, after).of(SAME)) == 2


def test_songs_are_paired_by_name(report: Report) -> None:
    scores = np.linspace(0.1, 0.9, 40).tolist()
    before = of_row(report, scores)
    after = replace(
        before,
        songs={"corpus": before.songs["corpus"][:9:-1]},
        rows=[replace(before.rows[0], per_song=scores[:9:-1], value=0.9)],
    )
    (change,) = compare(before, after).changes
    assert (change.verdict, change.num_songs, change.difference) == (SAME, 30, 0)


def test_songs_without_a_value_are_left_out(report: Report) -> None:
    before = of_row(report, [0.5] * 20)
    after = of_row(report, [None] * 10 + [0.5] * 10)
    assert compare(before, after).changes[0].num_songs == 10


def test_figures_are_compared_by_their_intervals(report: Report) -> None:
    def auc(value: float, half: float | None) -> Report:
        ends = (None, None) if half is None else (value - half, value + half)
        row = Row("autonomous", "sampled", "drumnet", "AUC", "", value, *ends, better="lower")
        return replace(report, rows=[row])

    assert compare(auc(0.8, 0.02), auc(0.7, 0.02)).changes[0].verdict == BETTER
    assert compare(auc(0.7, 0.02), auc(0.8, 0.02)).changes[0].verdict == WORSE
    assert compare(auc(0.71, 0.02), auc(0.7, 0.02)).changes[0].verdict == SAME
    assert compare(auc(0.8, None), auc(0.7, None)).changes[0].verdict == UNTESTED
    assert compare(auc(0.8, None), auc(0.8, None)).changes[0].verdict == SAME
    # a gap of exactly the half-width of the difference is p = 0.05
    change = compare(auc(0.5, 0.03), auc(0.55, 0.04)).changes[0]
    assert (change.low, change.high) == pytest.approx((0.0, 0.1))
    assert change.p == pytest.approx(0.05, abs=1e-6)


def test_figures_of_other_songs_are_not_tested(report: Report) -> None:
    row = Row("autonomous", "sampled", "drumnet", "AUC", "", 0.8, 0.79, 0.81, better="lower")
    before = replace(report, rows=[row])
    after = replace(
        report,
        rows=[replace(row, value=0.6, low=0.59, high=0.61)],
        data={**report.data, "num_songs": 10},
    )
    assert compare(before, after).changes[0].verdict == UNTESTED


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [(0.5, 0.8, BETTER), (0.8, 1.2, BETTER), (1.2, 0.8, WORSE), (1.4, 1.8, CHANGED)],
)
def test_to_follow_the_bass_even_more_than_drummers_do_is_not_better(
    report: Report, old: float, new: float, verdict: str
) -> None:
    def at(value: float) -> Report:
        row = Row(
            "adherence", "transfer", "drumnet", "adherence",
            value=value, low=value - 0.01, high=value + 0.01, better="higher",
        )  # fmt: skip
        return replace(report, rows=[row])

    assert [one.verdict for one in compare(at(old), at(new)).changes] == [verdict]


def test_rows_that_one_report_lacks_are_named(report: Report) -> None:
    fewer = replace(report, rows=report.rows[1:])
    assert compare(report, fewer).only_before == report.rows[:1]
    assert compare(fewer, report).only_after == report.rows[:1]


@pytest.mark.parametrize("fact", ["sha256", "split"])
def test_other_data_are_refused(report: Report, fact: str) -> None:
    other = replace(report, data={**report.data, fact: "else"})
    with pytest.raises(DataError, match=rf"different data \({fact} .* and else\): evaluate both"):
        compare(report, other)
    with pytest.raises(DataError, match="different data"):
        compare_groups(report, other, "genre")


def test_the_same_songs_by_another_name_are_the_same(report: Report) -> None:
    """Of a folder and of its archive, say."""
    archive = replace(report, data={**report.data, "name": "archive"})
    assert all(change.verdict == SAME for change in compare(report, archive).changes)


def test_grooves_that_one_of_two_reports_lacks_are_no_other_data(report: Report) -> None:
    """As of weights that play the kick alone, measured before there were kits."""
    first = replace(report, data={**report.data, "grooves_sha256": "one"})
    other = replace(report, data={**report.data, "grooves_sha256": "other"})
    assert all(change.verdict == SAME for change in compare(report, first).changes)
    with pytest.raises(DataError, match=r"different data \(grooves_sha256 one and other\)"):
        compare(first, other)


def test_a_quick_report_against_a_full_one_is_said_to_be_one(report: Report) -> None:
    quick = replace(
        report,
        made={**report.made, "quick": not report.made["quick"]},
        data={**report.data, "sha256": "else"},
    )
    with pytest.raises(DataError, match=r"report is a quick one, .* evaluate both with --quick"):
        compare(report, quick)


def test_reports_without_a_common_song_are_refused(report: Report) -> None:
    songs = {
        section: [replace(song, name=f"other {song.name}") for song in of]
        for section, of in report.songs.items()
    }
    with pytest.raises(DataError, match="no song in common"):
        compare(report, replace(report, songs=songs))


# ------------------------------------------------------------------ groups


def test_a_change_of_one_group_is_found_there_alone(report: Report, shifted: Shifted) -> None:
    songs = report.songs["corpus"]
    better = np.array([0.1 if song.metre == "3/4" else 0.0 for song in songs])
    found = compare_groups(report, shifted(report, better), "metre")
    assert {one.row.setting: one.verdict for one in found.changes} == {"4/4": SAME, "3/4": BETTER}


def test_groups_without_scores_are_refused(report: Report) -> None:
    with pytest.raises(DataError, match="lacks the F1 of transfer"):
        compare_groups(report, replace(report, rows=()), "genre")


# ------------------------------------------------------------------ the command


def run(*args: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["compare", *map(str, args)])
    return done.exit_code, done.output


@pytest.fixture
def files(report: Report, shifted: Shifted, tmp_path: Path) -> Path:
    write_report(tmp_path / "a.json", report)
    write_report(tmp_path / "b.json", shifted(report, 0.05))
    return tmp_path


def test_the_command_prints_what_changed(files: Path) -> None:
    status, said = run(files / "a.json", files / "b.json")
    assert status == 0 and "4 better, 0 worse" in said
    (line,) = [one for one in said.splitlines() if "transfer, drumnet, tick F1" in one]
    assert "+0.050 to +0.050" in line and "better" in line and "40 songs" in line
    assert "copy-bar" not in said
    status, said = run(files / "a.json", files / "a.json")
    assert status == 0 and "0 better, 0 worse" in said
    status, said = run(files / "a.json", files / "a.json", "--all")
    assert said.count("same") > 80 and "copy-bar" in said


def test_fail_on_worse_fails_on_worse_alone(files: Path) -> None:
    assert run(files / "a.json", files / "b.json", "--fail-on-worse")[0] == 0
    status, said = run(files / "b.json", files / "a.json", "--fail-on-worse")
    assert status == 1
    assert "drumnet: error: 4 figures got worse: keep what was before" in said
    assert run(files / "b.json", files / "a.json")[0] == 0


def test_the_command_compares_groups(files: Path) -> None:
    status, said = run(files / "a.json", files / "b.json", "--by", "metre")
    assert status == 0 and "tick F1 (4/4)" in said
    assert list(GROUPS) == list(GROUPINGS)


def test_a_file_that_is_no_report_is_one_line(files: Path) -> None:
    (files / "c.json").write_text("{}")
    status, said = run(files / "a.json", files / "c.json")
    assert status == 1 and said.count("\n") == 1 and "is no report of drumnet evaluate" in said
