"""Following a DAW's MIDI clock: where it is, whatever it does."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.live.clock_follower import ClockFollower
from drumnet.live.transport import CLOCKS_PER_QUARTER
from software_clock import SoftwareClock

CLOCK = 1 / CLOCKS_PER_QUARTER


def followed(daw: SoftwareClock, jitter_s: float = 0.0, lost: set[int] = frozenset()) -> tuple:
    """A follower that heard all of it; and for each clock the error of the position
    half a clock later, in quarter notes."""
    follower = ClockFollower(120.0)
    rng = np.random.default_rng(0)
    errors = []
    events = list(daw.events)
    late_s = np.abs(rng.normal(0, jitter_s, len(events))) if jitter_s else np.zeros(len(events))
    clocks = 0
    for (sent_s, message), own_late_s in zip(events, late_s, strict=True):
        clocks += message.type == "clock"
        if message.type == "clock" and clocks - 1 in lost:
            continue
        follower.receive(message, sent_s + own_late_s)
        if message.type == "clock":
            between_s = sent_s + max(own_late_s, 0.4 * CLOCK * 60 / daw.bpm)
            errors.append(follower.at(between_s).position - daw.position(between_s))
    return follower, np.array(errors)


def test_the_position_is_right_after_each_of_100_jumps() -> None:
    rng = np.random.default_rng(1)
    daw = SoftwareClock().start().play(100)
    for _ in range(100):
        daw.locate(rng.integers(0, 1600) / 4).play(int(rng.integers(1, 60)))
    _, errors = followed(daw)
    assert np.abs(errors).max() < 0.01 * CLOCK


def test_jumps_while_it_stands_are_where_it_goes_on() -> None:
    daw = SoftwareClock().start().play(31).stop().wait(3.0).locate(64.25).go_on().play(5)
    follower, _ = followed(daw)
    moment = follower.at(daw.events[-1][0])
    assert moment.is_playing and moment.landed == 64.25
    assert moment.position == pytest.approx(64.25 + 4 * CLOCK, abs=0.01 * CLOCK)


def test_it_goes_on_where_it_stopped() -> None:
    daw = SoftwareClock().start().play(31).stop().wait(0.7).go_on().play(2)
    follower, _ = followed(daw)
    assert follower.at(daw.events[-1][0]).position == pytest.approx(32 * CLOCK, abs=1e-4)


@pytest.mark.parametrize("lost", range(30, 60))
def test_a_lost_clock_does_not_lose_the_position(lost: int) -> None:
    _, errors = followed(SoftwareClock().start().play(100), lost={lost})
    assert np.abs(errors[lost + 1 :]).max() < 0.05 * CLOCK


def test_several_clocks_in_a_row_may_be_lost_as_well() -> None:
    _, errors = followed(SoftwareClock().start().play(100), lost={50, 51, 52})
    assert np.abs(errors[55:]).max() < 0.05 * CLOCK


def test_clocks_that_are_held_up_and_come_at_once_are_not_counted_twice() -> None:
    daw = SoftwareClock().start().play(100)
    held_s = daw.events[54][0]
    daw.events[51:54] = [(held_s, message) for _, message in daw.events[51:54]]
    _, errors = followed(daw)
    assert np.abs(errors[60:]).max() < 0.05 * CLOCK


def test_a_slower_tempo_right_after_a_lost_clock_is_followed() -> None:
    daw = SoftwareClock().start().play(50).play(200, 92.0)
    _, errors = followed(daw, lost={47})
    # Of a clock that is lost as the tempo changes one cannot know: at most that one is missing.
    assert np.abs(errors[-40:]).max() < 1.1 * CLOCK


@pytest.mark.parametrize("seed", range(40))
def test_a_machine_that_stands_still_again_and_again_does_not_lose_the_position(seed: int) -> None:
    """Clocks are held up for up to 0.4 s, many times, and then come at once; none is lost."""
    rng = np.random.default_rng(seed)
    daw = SoftwareClock().start().play(1500)
    sent_s = np.array([at for at, _ in daw.events])
    for begin_s in rng.uniform(sent_s[0], sent_s[1300], 40):
        end_s = begin_s + rng.uniform(0.01, 0.4)
        held = (sent_s > begin_s) & (sent_s < end_s)
        sent_s[held] = end_s
    follower = ClockFollower(120.0)
    for at_s, (_, message) in zip(np.sort(sent_s), daw.events, strict=True):
        follower.receive(message, float(at_s))
    end_s = daw.events[-1][0] + 0.001
    assert follower.at(end_s).position == pytest.approx(daw.position(end_s), abs=0.1 * CLOCK)


@pytest.mark.parametrize("bpm", [50, 60, 75, 100, 118, 126, 150, 180, 240])
def test_a_new_tempo_is_followed_within_a_beat(bpm: float) -> None:
    daw = SoftwareClock().start().play(96).play(96, bpm)
    follower, errors = followed(daw)
    assert follower.bpm == pytest.approx(bpm, rel=1e-3)
    assert np.abs(errors[96 + CLOCKS_PER_QUARTER :]).max() < 0.05 * CLOCK


def test_jitter_of_the_clock_is_evened_out() -> None:
    """Clocks that come up to some milliseconds late, as a busy machine sends them."""
    _, errors = followed(SoftwareClock().start().play(4000), jitter_s=2e-3)
    error_ms = np.abs(errors[100:] - errors[100:].mean()) / 2 * 1000  # 120 bpm: 2 beats a second
    late_ms = np.abs(np.random.default_rng(0).normal(0, 2.0, 4000))
    assert np.quantile(error_ms * 1, 0.95) < 0.5 * np.quantile(late_ms - late_ms.mean(), 0.95)


def test_it_stands_before_the_first_clock_and_after_the_stop() -> None:
    daw = SoftwareClock().start()
    follower, _ = followed(daw)
    assert not follower.at(daw.time_s + 5).is_playing
    daw.play(10).stop()
    follower, _ = followed(daw)
    assert not follower.at(daw.time_s).is_playing


def test_it_falls_silent_with_a_daw_that_vanished() -> None:
    daw = SoftwareClock().start().play(48)
    follower, _ = followed(daw)
    assert follower.at(daw.time_s + 0.1).is_playing
    assert not follower.at(daw.time_s + 2.0).is_playing


def test_it_does_not_run_into_what_the_daw_may_jump_away_from() -> None:
    """What begins with the next clock is due when that clock has come."""
    daw = SoftwareClock().start().play(48)
    follower, _ = followed(daw)
    assert follower.at(daw.time_s).position < 48 * CLOCK
    follower.receive(daw.play(1).events[-1][1], daw.events[-1][0])
    assert follower.at(daw.events[-1][0]).position >= 48 * CLOCK
