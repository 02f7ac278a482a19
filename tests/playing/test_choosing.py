"""The best of many takes: likely ones, unlike each other, that break no rule."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.demo.song import demo_song
from drumnet.drummer import Drummer
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.playing.choosing import broken_rules, differences, in_order
from drumnet.playing.listening import Listening

BAR = 4 * TICKS_PER_BEAT


@pytest.fixture(scope="module")
def demo(drummer: Drummer) -> Listening:
    built_in = demo_song()
    return drummer.listen(built_in.song, built_in.beats)


def track(demo: Listening, *strokes: tuple[Piece, range]) -> DrumTrack:
    ticks = [(tick, piece) for piece, span in strokes for tick in span]
    times = demo.beats.ticks_to_seconds(np.array([tick for tick, _ in ticks]))
    hits = zip(times.tolist(), ticks, strict=True)
    return DrumTrack(tuple(Hit(time, tick, piece, 90) for time, (tick, piece) in hits))


def test_the_likeliest_is_first_and_the_next_is_unlike_it() -> None:
    """The second likeliest plays the same, so a third one that does not comes before it."""
    played = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    order = list(in_order(np.array([0.0, -0.4, -0.5]), played))
    assert order == [0, 2, 1]


def test_where_all_are_unlike_it_is_by_likelihood() -> None:
    assert list(in_order(np.array([-3.0, 0.0, -1.0]), np.eye(3, dtype=np.float32))) == [1, 2, 0]


def test_what_everyone_plays_breaks_no_rule(demo: Listening) -> None:
    ticks = demo.conditioning.num_ticks
    rock = track(
        demo,
        (Piece.KICK, range(0, ticks, 24)),
        (Piece.SNARE, range(12, ticks, 24)),
        (Piece.CLOSED_HAT, range(0, ticks, 6)),
    )
    assert broken_rules(rock, demo) == []


def test_rules_are_named(demo: Listening) -> None:
    ticks = demo.conditioning.num_ticks
    half = track(demo, (Piece.KICK, range(0, ticks // 2, 24)))
    assert "empty where the band plays" in broken_rules(half, demo)[0]
    riding = track(demo, (Piece.CRASH, range(0, ticks, 12)))
    assert "rides on the crash" in broken_rules(riding, demo)[0]


def test_takes_are_the_same_with_the_same_seed_and_differ(
    drummer: Drummer, demo: Listening
) -> None:
    takes = drummer.takes(demo, 3)
    again = drummer.takes(demo, 3)
    assert [one.track for one in takes] == [one.track for one in again]
    assert len({one.track.hits for one in takes}) == 3
    assert all(not one.minded for one in takes)


def test_a_take_is_what_its_style_plays(drummer: Drummer, demo: Listening) -> None:
    (take,) = drummer.takes(demo, 1)
    assert take.track == drummer.play(demo, take.style)


def test_each_is_said_in_a_line(demo: Listening) -> None:
    ticks = demo.conditioning.num_ticks
    bars = ticks // BAR
    sparse = track(demo, (Piece.KICK, range(0, ticks, BAR)), (Piece.RIDE, range(0, ticks, 24)))
    busy = track(demo, (Piece.KICK, range(0, ticks, 12)), (Piece.CLOSED_HAT, range(0, ticks, 6)))
    lines = differences([sparse, busy], bars)
    assert lines == [
        "3 strokes a bar, 1.1 of them kicks, the plainest",
        "12 strokes a bar, 4.1 of them kicks, the busiest",
    ]
