"""Beats that every drummer knows are called what every drummer calls them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fixtures.patterns import drums

from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.words import handle, in_words

EIGHTHS = "x.x. x.x. x.x. x.x."
SIXTEENTHS = "xxxx xxxx xxxx xxxx"
BACKBEAT = ".... x... .... x..."

#: What it is called, and what is played.
BEATS: list[tuple[str, dict[str, Any]]] = [
    # the kick on every beat
    ("four on the floor", {"kick": "x..."}),
    (
        "four on the floor with disco hats on the off-beat",
        {"kick": "x...", "snare": BACKBEAT, "open_hat": "..x."},
    ),
    (
        "four on the floor with sixteenths on a tight hat",
        {"kick": "x...", "snare": BACKBEAT, "closed_hat": SIXTEENTHS},
    ),
    (
        "four on the floor with quarters on the ride",
        {"kick": "x... x... x... x.x.", "snare": BACKBEAT, "ride": "x..."},
    ),
    # rock
    (
        "eighth-note rock on a tight hat",
        {"kick": "x... .... x.x. ....", "snare": BACKBEAT, "closed_hat": EIGHTHS},
    ),
    (
        "eighth-note rock on the ride",
        {"kick": "x... ..x. x... ....", "snare": BACKBEAT, "ride": EIGHTHS},
    ),
    ("plain backbeat without cymbals", {"kick": "x... .... x... ....", "snare": BACKBEAT}),
    (
        "driving eighths on open hats",
        {"bpm": 150, "kick": "x... ..x. x... ..x.", "snare": BACKBEAT, "open_hat": EIGHTHS},
    ),
    (
        "quarter-note rock on the crash",
        {"kick": "x... .... x.x. ....", "snare": BACKBEAT, "crash": "x..."},
    ),
    (
        "sixteenth-note rock on a tight hat",
        {"kick": "x... .... x... ....", "snare": BACKBEAT, "closed_hat": SIXTEENTHS},
    ),
    (
        "ballad with eighths on a tight hat",
        {"bpm": 68, "kick": "x... .... x... ....", "snare": BACKBEAT, "closed_hat": EIGHTHS},
    ),
    (
        "surf beat with eighths on the ride",
        {"bpm": 160, "kick": "x... .... x... ....", "snare": ".... x.x. .... x...", "ride": "x.x."},
    ),
    ("tom groove", {"kick": "x... ....", "low_tom": "x.x.", "snare": BACKBEAT}),
    # funk
    (
        "sixteenth funk on a tight hat",
        {"bpm": 100, "kick": "x..x .... ..xx ....", "snare": BACKBEAT, "closed_hat": SIXTEENTHS},
    ),
    (
        "funk with eighths on a tight hat",
        {"bpm": 98, "kick": "x..x ...x ..x. ....", "snare": BACKBEAT, "closed_hat": EIGHTHS},
    ),
    (
        "funk with eighths on a tight hat, ghost notes",
        {
            "bpm": 98,
            "kick": "x.x. .... ..x. ....",
            "snare": "...o X..o .o.. X..o",
            "closed_hat": EIGHTHS,
        },
    ),
    (
        "breakbeat with eighths on a tight hat",
        {
            "bpm": 136,
            "kick": "x.x. .... ..xx .... x.x. .... ..x. ....",
            "snare": ".... x..x .x.. x..x .... x..x .x.. ..x.",
            "closed_hat": EIGHTHS,
        },
    ),
    (
        "linear funk on a tight hat",
        {"kick": "x..x .... ..x. ....", "snare": BACKBEAT, "closed_hat": "..x. .xx. x..x .xx."},
    ),
    (
        "motown with eighths on a tight hat",
        {"bpm": 130, "kick": "x... ..x.", "snare": "x...", "closed_hat": EIGHTHS},
    ),
    # half and double time
    (
        "half-time rock with eighths on the ride",
        {"kick": "x... ..x. .... ....", "snare": ".... .... x... ....", "ride": EIGHTHS},
    ),
    (
        "half-time shuffle with swung eighths on a tight hat, ghost notes",
        {
            "kick": "x.. ..x ... ..x",
            "snare": ".o. .o. Xo. .o.",
            "closed_hat": "x.x",
        },
    ),
    (
        "trap with sixteenths on a tight hat, rolling hats",
        {
            "bpm": 140,
            "kick": "x... .... ..x. ....",
            "snare": ".... .... x... ....",
            "closed_hat": "x.x.x.x.x.x. x..x..x..x.. xxxxxx x..x..x..x..",
        },
    ),
    (
        "double-time punk with eighths on a tight hat",
        {"bpm": 105, "kick": "x...", "snare": "..x.", "closed_hat": EIGHTHS},
    ),
    # loud and fast
    (
        "D-beat with quarters on open hats",
        {"bpm": 185, "kick": "x... ..x. ..x. ....", "snare": BACKBEAT, "open_hat": "x..."},
    ),
    (
        "D-beat with eighths on the crash",
        {"bpm": 95, "kick": "x..x .x..", "snare": "..x.", "crash": "x.x."},
    ),
    (
        "blast beat with eighths on the ride, double bass",
        {"bpm": 200, "kick": EIGHTHS, "snare": EIGHTHS, "ride": EIGHTHS},
    ),
    (
        "double-bass metal with quarters on the ride",
        {"bpm": 170, "kick": SIXTEENTHS, "snare": BACKBEAT, "ride": "x..."},
    ),
    ("driving kick, double bass", {"kick": SIXTEENTHS}),
    # country and marches
    (
        "train beat without cymbals, ghost notes",
        {"bpm": 105, "kick": "x... x...", "snare": "ooXo ooXo"},
    ),
    # swing
    (
        "shuffle on a tight hat",
        {"bpm": 120, "kick": "x.. ... x.x ...", "snare": "... x..", "closed_hat": "x.x"},
    ),
    (
        "twelve-eight on a tight hat",
        {"bpm": 65, "kick": "x.. ... x.x ...", "snare": "... x..", "closed_hat": "xxx"},
    ),
    (
        "jazz swing on the ride",
        {"bpm": 160, "ride": "x.. x.x", "kick": "... ... ... ..x ... ... ... ..."},
    ),
    # reggae and latin
    (
        "reggae one drop with eighths on a tight hat",
        {
            "bpm": 75,
            "kick": ".... .... x... ....",
            "snare": ".... .... x... ....",
            "closed_hat": EIGHTHS,
        },
    ),
    (
        "reggae one drop with eighths on a tight hat",
        {"bpm": 150, "kick": BACKBEAT, "snare": BACKBEAT, "closed_hat": EIGHTHS},
    ),
    (
        "steppers with eighths on a tight hat",
        {"kick": "x...", "snare": ".... .... x... ....", "closed_hat": EIGHTHS},
    ),
    (
        "bossa nova with eighths on a tight hat",
        {
            "kick": "x... ..x.",
            "snare": "x... ..x. .... x... .... x... ..x. ....",
            "closed_hat": EIGHTHS,
        },
    ),
    (
        "samba with sixteenths on a tight hat, busy kick",
        {"kick": "x..x", "snare": "x.x. .x.x ..x. ..x.", "closed_hat": SIXTEENTHS},
    ),
    (
        "dembow with eighths on a tight hat",
        {"bpm": 95, "kick": "x...", "snare": "...x ..x.", "closed_hat": EIGHTHS},
    ),
    # other metres
    (
        "waltz with quarters on a tight hat",
        {
            "beats_per_bar": 3,
            "kick": "x... .... ....",
            "closed_hat": "x...",
            "snare": ".... x... x...",
        },
    ),
    (
        "rock in three with eighths on a tight hat",
        {
            "beats_per_bar": 3,
            "kick": "x... ..x. ....",
            "snare": ".... .... x...",
            "closed_hat": "x.x.",
        },
    ),
    (
        "six-eight on the ride",
        {
            "beats_per_bar": 6,
            "bpm": 180,
            "kick": "x... .... .... .... .... ....",
            "snare": ".... .... .... x... .... ....",
            "ride": "x...",
        },
    ),
    (
        "backbeat in five with eighths on the ride",
        {
            "beats_per_bar": 5,
            "kick": "x... .... ..x. .... ....",
            "snare": ".... x... .... x... ....",
            "ride": "x.x.",
        },
    ),
    (
        "backbeat in seven with quarters on a tight hat",
        {
            "beats_per_bar": 7,
            "kick": "x... .... x... .... x... .... ....",
            "snare": ".... x... .... x... .... x... ....",
            "closed_hat": "x...",
        },
    ),
]

#: What has no name, and is described.
DESCRIBED: list[tuple[str, dict[str, Any]]] = [
    ("silence", {}),
    ("kick on 1 and 3", {"kick": "x... .... x... ...."}),
    ("syncopated kick", {"kick": "x..x ..x. .x.. ...."}),
    ("cymbals alone with eighths on the ride", {"ride": EIGHTHS}),
    ("sparse kick with half notes on a tight hat", {"kick": "x... .... .... ....",
        "closed_hat": "x... ...."}),
    ("snare without a kick without cymbals", {"snare": "x..x ..x. .x.x .x.."}),
    ("broken beat with eighths on a tight hat", {"kick": "x... ..x. ..x. .x..",
        "snare": ".... .x.. ..x. ....", "closed_hat": EIGHTHS}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "played"), BEATS, ids=lambda value: str(value)[:60])
def test_known_beats_have_their_names(name: str, played: dict[str, Any]) -> None:
    words = in_words(*drums(**played))
    assert words.text == name
    assert words.is_family


@pytest.mark.parametrize(("said", "played"), DESCRIBED, ids=lambda value: str(value)[:60])
def test_what_has_no_name_is_described(said: str, played: dict[str, Any]) -> None:
    words = in_words(*drums(**played))
    assert (words.text, words.is_family) == (said, False)


ROCK: dict[str, Any] = {
    "kick": "x... .... x.x. ....",
    "snare": BACKBEAT,
    "closed_hat": EIGHTHS,
}


def test_a_fill_now_and_then_changes_nothing() -> None:
    filled: dict[str, Any] = {
        "kick": "x... .... x.x. .... " * 3 + "x... .... .... ....",
        "snare": f"{BACKBEAT} " * 3 + ".... x... xxxx xxxx",
        "closed_hat": f"{EIGHTHS} " * 3 + "x.x. x.x. .... ....",
    }
    assert in_words(*drums(**filled)) == in_words(*drums(**ROCK))


def test_a_song_is_called_after_most_of_it() -> None:
    track, grid = drums(
        kick="x... .... x.x. .... " * 8 + "x... .... ..x. .... " * 4,
        snare=f"{BACKBEAT} " * 8 + ".... .... x... .... " * 4,
        closed_hat=EIGHTHS,
        times=2,
    )
    assert in_words(track, grid).text == "eighth-note rock on a tight hat, half-time in parts"


def test_who_lies_behind_the_beat_plays_the_same() -> None:
    track, grid = drums(**ROCK)
    late = DrumTrack(tuple(replace(hit, onset_s=hit.onset_s + 0.03) for hit in track))
    assert in_words(late, grid) == in_words(track, grid)


def test_late_eighths_are_a_shuffle_wherever_their_ticks_are() -> None:
    """Swing moves strokes in time, and leaves them on their ticks."""
    track, grid = drums(**ROCK)
    third_s = 60 / 110 / 6
    swung = DrumTrack(
        tuple(
            replace(hit, onset_s=hit.onset_s + third_s) if hit.tick % 12 == 6 else hit
            for hit in track
        )
    )
    assert in_words(swung, grid).text == "shuffle on a tight hat"


def test_late_sixteenths_are_swung() -> None:
    track, grid = drums(bpm=95, kick="x... ...x ..x. ....", snare=BACKBEAT, closed_hat="xxxx")
    late_s = 60 / 95 / 12
    swung = DrumTrack(
        tuple(
            replace(hit, onset_s=hit.onset_s + late_s) if hit.tick % 6 == 3 else hit
            for hit in track
        )
    )
    assert in_words(swung, grid).besides == "swung"
    assert in_words(track, grid).besides == ""


def test_bars_of_two_and_of_eight_are_bars_of_four() -> None:
    four = in_words(*drums(**ROCK))
    assert in_words(*drums(**ROCK, beats_per_bar=2)) == four
    assert in_words(*drums(**ROCK, beats_per_bar=8)) == four


def test_a_stroke_in_a_song_of_less_than_a_bar_has_words() -> None:
    _, grid = drums(kick="x...", times=1)
    far = DrumTrack((Hit(100.0, 12 * 180, Piece.KICK),))
    assert in_words(far, grid).text == "a few strokes"


def test_a_beat_without_its_kick_says_so() -> None:
    words = in_words(*drums(snare=BACKBEAT, closed_hat=EIGHTHS))
    assert words.text == "eighth-note rock on a tight hat, no kick"


def test_long_rests_are_told() -> None:
    rests: dict[str, Any] = {name: f"{row} " * 3 + ".... " * 8 for name, row in ROCK.items()}
    assert in_words(*drums(**rests)).besides == "long rests"


def test_titles_are_safe_in_files_and_shells() -> None:
    for _, played in BEATS:
        for title in in_words(*drums(**played)).titles:
            name = handle(title)
            assert name.replace("-", "").isalnum() and name == name.lower()
            assert name.isascii() and not name.startswith("-")


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_played_has_words(seed: int) -> None:
    """Any strokes, in any metre, however few."""
    rng = np.random.default_rng(seed)
    beats_per_bar = int(rng.integers(1, 14))
    grid = BeatGrid.constant(float(rng.uniform(40, 260)), 20, beats_per_bar=beats_per_bar)
    hits = []
    for _ in range(int(rng.integers(1, 400))):
        tick = int(rng.integers(grid.num_ticks))
        onset_s = max(0.0, float(grid.ticks_to_seconds(tick + rng.normal(0, 0.5))))
        hits.append(Hit(onset_s, tick, Piece(rng.choice([one.value for one in Piece])), 64))
    words = in_words(DrumTrack(tuple(hits)), grid)
    assert words.text and words.text == words.text.strip() and "{" not in words.text
    assert all(handle(title) for title in words.titles)
