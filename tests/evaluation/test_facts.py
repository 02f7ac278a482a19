"""What a report says of the songs themselves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.facts import BARS_SHOWN, best_and_worst, code_map, song_facts
from drumnet.evaluation.report.model import Row
from drumnet.evaluation.report.patterns import NUM_SHOWN
from drumnet.evaluation.targets import POOLED, TARGETS, with_targets

SongOf = Callable[..., HalvedSong]
Looped = Callable[..., list[int]]


def test_the_facts_of_a_song(song_of: SongOf, looped: Looped) -> None:
    song = song_of(looped([0, 12, 30], bar_ticks=36), beats=3, name="waltz")
    details = {"artist": "A", "title": "T", "year": "1987", "genre": "Rock", "ts": "6/8"}
    facts = song_facts(song, details)
    assert (facts.name, facts.num_beats, facts.density) == ("waltz", 48, 3.0)
    assert (facts.artist, facts.title, facts.year, facts.genre) == ("A", "T", 1987, "Rock")
    assert facts.metre == "6/8", "as its source has it"
    bare = song_facts(song)
    assert (bare.metre, bare.artist, bare.year, bare.bpm) == ("3/4", None, None, None)
    assert song_facts(song, {"year": "the eighties"}).year is None


def test_codes_of_two_directions_keep_their_distances_on_the_map() -> None:
    rng = np.random.default_rng(0)
    plane = np.linalg.qr(rng.normal(size=(16, 2)))[0].T
    codes = (rng.normal(size=(30, 2)) * (3, 1)) @ plane + 5
    found = code_map(codes.astype(np.float32))
    xy = np.array(found.xy, dtype=np.float64)
    apart = np.linalg.norm(codes[:, None] - codes, axis=2)
    np.testing.assert_allclose(np.linalg.norm(xy[:, None] - xy, axis=2), apart, atol=1e-4)
    assert found.distance["explained variance"] == pytest.approx(1.0)
    assert xy[:, 0].std() > xy[:, 1].std()


def test_the_best_come_first_and_the_worst_last(song_of: SongOf, looped: Looped) -> None:
    songs = [song_of(looped([0, 24]), name=f"{index:02}") for index in range(30)]
    f1 = [((7 * index) % 30) / 30 for index in range(30)]
    found = best_and_worst(songs, [song.second_half_hits for song in songs], f1)
    ranked = sorted(f1, reverse=True)
    assert [p.f1 for p in found] == pytest.approx(
        [*ranked[:NUM_SHOWN], *ranked[-NUM_SHOWN:]], abs=1e-6
    )
    assert all(f1[p.song] == pytest.approx(p.f1, abs=1e-6) for p in found)


def test_a_pattern_is_the_begin_of_the_second_half(song_of: SongOf, looped: Looped) -> None:
    song = song_of(looped([0, 30], 40), looped([6], 40), num_bars=40)
    played = np.arange(song.half_tick, song.num_ticks, 12)
    (pattern,) = best_and_worst([song], [played], [0.5])
    assert pattern.bar_ticks == (48,) * BARS_SHOWN
    assert pattern.first_bar == 20
    assert pattern.real == tuple(looped([0, 30], BARS_SHOWN))
    assert pattern.generated == tuple(range(0, 48 * BARS_SHOWN, 12))
    assert pattern.bass == tuple(looped([6], BARS_SHOWN))
    assert pattern.snare == ()


def test_a_short_song_is_shown_to_its_end(song_of: SongOf, looped: Looped) -> None:
    """Nine bars of three: the half falls in the middle of a bar, which is left out."""
    song = song_of(looped([0], 9, 36), num_bars=9, beats=3)
    (pattern,) = best_and_worst([song], [song.second_half_hits], [1.0])
    assert song.half_tick == 13 * 12
    assert pattern.bar_ticks == (36,) * 4 and pattern.first_bar == 5
    assert pattern.real == pattern.generated == (0, 36, 72, 108)


def test_targets_are_of_the_model_alone() -> None:
    (key, wanted) = TARGETS[0]
    section, experiment, metric, setting = key
    assert setting is not None
    rows = [
        Row(section, experiment, player, metric, setting, 0.5, better="higher")
        for player in ("drumnet", "copy-bar")
    ]
    other = Row(section, experiment, "drumnet", metric, "another setting", 0.5, better="higher")
    assert [row.target for row in with_targets([*rows, other])] == [wanted, None, None]


def test_every_target_is_of_a_known_section() -> None:
    """And a row that has it can be made."""
    for (section, experiment, metric, setting), wanted in TARGETS:
        better = "lower" if metric in ("AUC", "F1 lost") else "higher"
        row = Row(
            section,
            experiment,
            "drumnet",
            metric.removesuffix(POOLED),
            "any" if setting is None else setting,
            0.0 if metric.endswith(POOLED) else wanted,
            pooled=wanted,
            better=better,
        )
        found = with_targets([row])
        assert found[-1].target == wanted and found[-1].reached
        assert all(one.target is None for one in found[:-1])
        assert with_targets(found) == found
