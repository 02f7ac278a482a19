"""The page says what the report holds, in one file, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from drumnet.evaluation.report.goals import goals
from drumnet.evaluation.report.groups import by_density, by_genre, by_metre, by_tempo
from drumnet.evaluation.report.maps import code_maps
from drumnet.evaluation.report.model import Codes, Pattern, Report, Row, SongFacts
from drumnet.evaluation.report.page import page, summary, write_page
from drumnet.evaluation.report.patterns import best_and_worst, pattern_picture, split_patterns
from drumnet.evaluation.report.plots import overlap_plot

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Elements(HTMLParser):
    """Every element with its attributes; what is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def count(self, tag: str, **wanted: str) -> int:
        return sum(
            name == tag and all(attrs.get(key) == value for key, value in wanted.items())
            for name, attrs in self.found
        )


@pytest.fixture(scope="session")
def shown(report: Report) -> str:
    return page(report)


def test_the_same_report_gives_the_same_bytes(
    report: Report, shown: str, make_report: Callable[..., Report], tmp_path: Path
) -> None:
    write_page(tmp_path / "report.html", make_report())
    assert (tmp_path / "report.html").read_bytes() == shown.encode()
    assert page(make_report(seed=1)) != shown


def test_the_page_is_well_formed_and_its_links_lead_somewhere(shown: str) -> None:
    elements = Elements(shown)
    ids = [attrs["id"] for _, attrs in elements.found if "id" in attrs]
    assert len(set(ids)) == len(ids)
    links = [attrs["href"] or "" for _, attrs in elements.found if "href" in attrs]
    assert links and all(link[0] == "#" and link[1:] in ids for link in links)


def test_the_page_asks_nothing_of_the_network(shown: str) -> None:
    elements = Elements(shown)
    assert not {"script", "link", "img", "iframe", "object", "base"} & {
        n for n, _ in elements.found
    }
    assert not re.search(r"https?:|//[a-z]|url\(|@import|\ssrc=", shown)
    assert "default-src 'none'" in shown


@pytest.mark.parametrize("field", ["name", "genre", "kind", "metre", "artist", "title"])
def test_names_are_escaped(make_report: Callable[..., Report], field: str) -> None:
    bad = '<script>alert("x")</script>&\''
    report = make_report(num_songs=12)
    songs = [replace(song, **{field: bad}) for song in report.songs["corpus"]]
    if field == "name":
        songs = [replace(s, name=f"{bad}{i}", title=None) for i, s in enumerate(songs)]
    shown = page(replace(report, songs={**report.songs, "corpus": songs}))
    assert "<script" not in shown and "&lt;script&gt;" in shown
    Elements(shown)


def test_what_is_not_a_song_is_escaped_too(report: Report) -> None:
    bad = '<b onclick="x">'
    row = Row("corpus", bad, bad, bad, bad, value=0.5, low=0.1, high=0.6, better="higher", target=1)
    model, data = {**report.model, "name": bad, "x": [bad]}, {**report.data, "name": bad}
    made = {**report.made, "machine": {bad: bad}}
    shown = page(replace(report, rows=[*report.rows, row], model=model, data=data, made=made))
    assert "<b onclick" not in shown and shown.count("&lt;b onclick") > 8
    Elements(shown)


def test_every_row_is_shown(report: Report, shown: str) -> None:
    for row in report.rows:
        assert row.value is not None
        value = (
            f"{row.value:.3f}".replace("-", "\N{MINUS SIGN}")
            if row.value < 10
            else f"{row.value:g}"
        )
        assert value in shown, row.key


def test_targets_are_marked_in_words(report: Report, shown: str) -> None:
    targets = shown[shown.index('id="targets"') : shown.index('<section id="files"')]
    reached = [goal.reached for goal in goals(report.rows)]
    assert {True, False} == set(reached)
    assert (targets.count("reached</span>"), targets.count("missed</span>")) == (
        reached.count(True),
        reached.count(False),
    )
    assert f"It reaches {sum(reached)} of {len(reached)} targets." in summary(report)


def test_a_goal_shows_the_setting_that_is_furthest_from_it() -> None:
    rows = [
        Row("invariance", "tempo", "drumnet", "top-1", name, value, better=better, target=0.9)
        for name, value, better in (
            ("a", 0.95, "higher"),
            ("b", 0.8, "higher"),
            ("c", 0.8, "lower"),
        )
    ]
    found = goals(rows)
    assert [(goal.row.setting, goal.num_reached, goal.num_rows) for goal in found] == [
        ("b", 1, 2),
        ("c", 1, 1),
    ]
    assert found[0].name == "tempo, top-1, least of 2 (b)"
    assert [goal.reached for goal in found] == [False, True]


def test_the_model_above_a_baseline_is_the_mean_of_the_differences(report: Report) -> None:
    own = report.find("corpus", "transfer", "drumnet", "tick F1")
    rows = [own, replace(own, player="copy-bar", per_song=[v - 0.25 for v in own.per_song])]
    shown = page(replace(report, rows=rows))
    assert "+0.250" in shown and "+0.250 to +0.250" in shown


@pytest.mark.parametrize("section", ["corpus", "recordings", "autonomous", "invariance"])
def test_a_report_of_one_section_is_a_page(report: Report, section: str) -> None:
    only = replace(report, rows=report.rows_of(section), codes=None, patterns=())
    elements = Elements(page(only))
    assert elements.count("section", id=section) == 1
    assert elements.count("section") == 2 + any(row.target is not None for row in only.rows)


def test_lines_of_one_experiment_stand_together(report: Report) -> None:
    def shown(players: tuple[str, ...]) -> str:
        rows = [
            Row("recordings", experiment, player, "onset F1", setting, value=0.5)
            for setting in ("snare", "no snare")
            for experiment in ("reconstruction", "transfer")
            for player in players
        ]
        return page(replace(report, rows=rows, codes=None, patterns=()))

    for players in (("drumnet",), ("drumnet", "copy-bar")):
        assert shown(players).count(">Transfer</th>") == 1


def test_overlapped_areas_are_those_of_the_first_experiment(report: Report) -> None:
    rows = [
        Row("autonomous", experiment, "drumnet", "overlapped area", "density", value)
        for experiment, value in (("sampled", 0.5), ("transfer", 0.25))
    ]
    plot = overlap_plot(replace(report, rows=rows))
    assert plot is not None and "0.50" in plot.picture and 'halo">0.25' not in plot.picture
    assert "sampled" in plot.caption


def test_a_report_without_rows_or_values_is_a_page(report: Report) -> None:
    empty = replace(report, rows=(), songs={}, codes=None, patterns=())
    assert Elements(page(empty)).count("section") == 1
    unknown = [replace(row, value=None, low=None, high=None, per_song=None) for row in report.rows]
    Elements(page(replace(report, rows=unknown)))
    nothing = [
        replace(row, per_song=[None] * len(row.per_song)) for row in report.rows if row.per_song
    ]
    Elements(page(replace(report, rows=nothing)))


def test_a_quick_run_says_so(report: Report, shown: str) -> None:
    assert "A quick run" not in shown
    assert "A quick run" in page(replace(report, made={**report.made, "quick": True}))


# ------------------------------------------------------------------ patterns


def test_the_ten_worst_are_those_of_the_lowest_f1(report: Report, shown: str) -> None:
    row = report.find("corpus", "transfer", "drumnet", "tick F1")
    order = sorted(range(40), key=lambda i: row.per_song[i])
    best, worst = best_and_worst(row.per_song)
    assert (best, worst) == (order[:-11:-1], order[:10])
    shown_best, shown_worst = split_patterns(report.patterns)
    assert [one.song for one in shown_best] == best
    assert [one.song for one in shown_worst] == worst
    scores = re.findall(r"</b> &ensp; F1 (\S+)", shown)
    assert scores == [f"{row.per_song[i]:.3f}" for i in [*best, *worst]]


def test_no_song_is_both_best_and_worst() -> None:
    assert best_and_worst([0.1, 0.3, 0.2]) == ([1, 2], [0])
    assert best_and_worst([None, 0.5]) == ([1], [])
    assert best_and_worst([0.5, 0.5, 0.5, 0.5], 1) == ([0], [3])
    assert best_and_worst([]) == ([], [])


def test_a_pattern_shows_every_hit_where_it_is() -> None:
    pattern = Pattern(0, 0.5, 8, [48] * 10, [0, 24, 479], [0, 12, 479], [0, 12], [])
    found = Elements(pattern_picture(pattern, "song"))
    assert found.count("rect", **{"class": "hit real"}) == 2
    assert found.count("rect", **{"class": "hit real alone"}) == 1
    assert found.count("rect", **{"class": "hit generated"}) == 2
    assert found.count("rect", **{"class": "hit generated alone"}) == 1
    assert found.count("rect", **{"class": "hit bass"}) == 2
    assert found.count("line", **{"class": "barline"}) == 10
    hits = [attrs for name, attrs in found.found if attrs.get("class") == "hit real"]
    other = [attrs for name, attrs in found.found if attrs.get("class") == "hit generated"]
    assert [hit["x"] for hit in hits] == [hit["x"] for hit in other]  # one above the other


@pytest.mark.parametrize("bars", [[], [36], [48] * 16, [48, 36, 84] * 5])
def test_any_bars_are_a_picture(bars: list[int]) -> None:
    inside = list(range(0, sum(bars), 7))
    pattern = Pattern(0, 0.5, 0, bars, inside, inside, inside, inside)
    found = Elements(pattern_picture(pattern, "song"))
    assert found.count("rect", **{"class": "hit generated"}) == len(inside)
    assert found.count("line", **{"class": "barline"}) == len(bars)


# ------------------------------------------------------------------ groups


def test_small_genres_are_other_and_spelling_does_not_matter() -> None:
    names = ["Rock", "rock", "ROCK", "Jazz", None, "", "Metal", "metal", "Metal", "metal"]
    songs = [SongFacts(str(i), genre=name) for i, name in enumerate(names)]
    found = [(group.name, group.songs) for group in by_genre(songs)]
    assert found == [
        ("Metal", (6, 7, 8, 9)),
        ("Rock", (0, 1, 2)),
        ("other", (3,)),
        ("unknown", (4, 5)),
    ]


def test_every_song_is_in_one_group(report: Report) -> None:
    songs = report.songs["corpus"]
    for grouped in (by_genre, by_metre, by_tempo, by_density):
        inside = sorted(i for group in grouped(songs) for i in group.songs)
        assert inside == list(range(len(songs)))


def test_an_edge_belongs_to_the_faster_group() -> None:
    songs = [SongFacts(str(bpm), bpm=bpm) for bpm in (79.9, 80, 160, None)]
    assert [(group.name, group.songs) for group in by_tempo(songs)] == [
        ("below 80 bpm", (0,)),
        ("80 to 100 bpm", (1,)),
        ("160 bpm and more", (2,)),
        ("unknown", (3,)),
    ]


# ------------------------------------------------------------------ plots


def test_each_song_is_a_point_on_the_map_twice(report: Report, shown: str) -> None:
    for plot in code_maps(report):
        points = re.findall(r'class="point [cdr]\w*"><title>', plot.picture)
        assert len(points) == len(report.songs["corpus"])
        assert plot.picture in shown
    one = replace(report, codes=Codes([None] * 39 + [[0, 0]]))
    assert [len(re.findall('class="point', plot.picture)) for plot in code_maps(one)] == [1, 1]


def test_it_begins_with_what_a_user_gets(report: Report, shown: str) -> None:
    own = report.find(
        "files", "kick in the style of the kick stem", "drumnet", "micro F1",
        "beats given, stems, snare given",
    )  # fmt: skip
    assert own is not None
    assert summary(report).startswith("From files, with the style of the kick's sound")
    assert f"a kick micro F1 of {own.value:.3f} (" in summary(report).split(". ")[0]
    assert shown.index('<section id="files">') < shown.index('<section id="corpus">')
    of_files = shown[shown.index('<section id="files">') : shown.index('<section id="corpus">')]
    assert of_files.count("<td>annotated, or tracked in either half alone</td>") == 7
