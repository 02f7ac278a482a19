"""A part that was measured again stands in place of what was there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from drumnet.errors import DataError
from drumnet.evaluation.report.joining import joined
from drumnet.evaluation.report.model import MODEL_PLAYER, Report

NEW = 0.123


@pytest.fixture
def again(report: Report) -> Report:
    """The section "recordings" alone, by one player, with another figure."""
    rows = [
        replace(row, value=NEW, low=None, high=None)
        for row in report.rows_of("recordings")
        if row.player == MODEL_PLAYER
    ]
    songs = {"recordings": report.songs_of("recordings")}
    made = {**report.made, "date": "2026-12-01", "seconds": 7}
    return replace(report, rows=rows, songs=songs, codes=None, patterns=(), made=made)


def test_what_was_measured_again_is_new_and_the_rest_as_it_was(
    report: Report, again: Report
) -> None:
    found = joined(report, again)
    old = {row.key: row for row in report.rows}
    assert {row.key for row in found.rows} == set(old)
    for row in found.rows:
        is_new = row.section == "recordings" and row.player == MODEL_PLAYER
        assert row.value == (NEW if is_new else old[row.key].value)
    assert found.codes == report.codes and found.patterns == report.patterns
    assert found.made["date"] == report.made["date"]
    assert found.made["measured again"] == "recordings on 2026-12-01, 7 seconds"


def test_a_section_that_was_not_there_is_added(report: Report, again: Report) -> None:
    without = replace(
        report,
        rows=[row for row in report.rows if row.section != "recordings"],
        songs={name: songs for name, songs in report.songs.items() if name != "recordings"},
    )
    found = joined(without, again)
    assert found.rows_of("recordings") == again.rows
    assert found.songs_of("recordings") == report.songs_of("recordings")


def test_joined_with_itself_a_report_has_the_same_figures(report: Report) -> None:
    assert set(joined(report, report).rows) == set(report.rows)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one: replace(one, model={**one.model, "name": "other@0"}), "of different weights"),
        (lambda one: replace(one, made={**one.made, "quick": True}), "leave out --quick"),
        (
            lambda one: replace(
                one,
                songs={"recordings": one.songs_of("recordings")[::-1]},
                rows=[replace(row, per_song=None) for row in one.rows],
            ),
            "'recordings' was measured again on other songs",
        ),
    ],
)
def test_what_does_not_belong_together_is_refused(
    report: Report, again: Report, change: Callable[[Report], Report], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        joined(report, change(again))
