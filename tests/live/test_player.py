"""A player that follows, or leads: strokes at the times of the beats."""

from __future__ import annotations

import numpy as np
import pytest
from fixtures.ports import FakePort, run
from mido import Message

from drumnet.live.clock_follower import ClockFollower
from drumnet.live.controls import Wish
from drumnet.live.player import Player
from drumnet.live.score import Score, Take
from drumnet.live.song_clock import SongClock
from drumnet.midi.tempo_map import TempoMap
from drumnet.settings import Settings
from software_clock import SoftwareClock


def beats(num: int = 64) -> Score:
    starts = np.arange(float(num))
    return Score(starts, starts + 0.25, np.full(num, 36), np.full(num, 100))


def following(daw: SoftwareClock) -> FakePort:
    """What is played to all that the DAW does, until it is stopped."""
    port = FakePort()
    port.coming = list(daw.stop().events)
    player = Player(port, ClockFollower(97.0), Wish(Settings()), 1, 4)
    player.play(Take(beats()))
    run(player, port, daw.events[-1][0] + 0.05)
    return port


def expected(daw: SoftwareClock) -> list[float]:
    return sorted(at for beat in range(64) for at in daw.passes(float(beat)))


def test_strokes_are_at_the_beats_of_the_daw() -> None:
    daw = SoftwareClock(bpm=133.0).start().play(24 * 16)
    assert following(daw).times("note_on") == pytest.approx(expected(daw), abs=1.2e-3)


def test_another_tempo_moves_the_strokes() -> None:
    daw = SoftwareClock(bpm=120.0).start().play(24 * 8).play(24 * 8, 160.0).play(24 * 8, 71.0)
    assert following(daw).times("note_on") == pytest.approx(expected(daw), abs=2e-3)
    assert np.diff(expected(daw))[[2, 10, 20]] == pytest.approx([0.5, 0.375, 60 / 71])


def test_every_stroke_comes_once_in_each_pass_of_the_daws_loop() -> None:
    daw = SoftwareClock().start().loop(4.0, 8.0, times=5).play(1)
    assert following(daw).times("note_on") == pytest.approx(expected(daw), abs=1.2e-3)
    assert len(expected(daw)) == 8 + 4 * 4 + 1


def test_after_100_jumps_strokes_are_where_they_belong() -> None:
    rng = np.random.default_rng(2)
    daw = SoftwareClock().start().play(48)
    for _ in range(100):
        daw.locate(rng.integers(0, 120) / 2).play(30)
    assert following(daw).times("note_on") == pytest.approx(expected(daw), abs=1.2e-3)


@pytest.mark.parametrize("clocks", [1, 2, 7, 25, 100])
def test_nothing_hangs_after_the_stop(clocks: int) -> None:
    port = following(SoftwareClock().start().play(clocks).stop().wait(0.1).stop())
    assert len(port.times("note_on")) == len(port.times("note_off")) > 0


def test_a_lost_clock_costs_no_stroke() -> None:
    daw = SoftwareClock().start().play(24 * 8)
    whole = expected(daw)
    del daw.events[60]
    assert following(daw).times("note_on") == pytest.approx(whole, abs=7e-3)


def test_what_leads_keeps_the_songs_tempo_and_is_followed() -> None:
    """Both directions: what we send as a clock, we can follow."""
    tempo = TempoMap(np.array([0.0, 8.0, 16.0]), np.array([500_000, 400_000, 650_000]))
    leader, follower = FakePort(), FakePort()
    leads = Player(leader, SongClock(tempo), Wish(Settings()), 1, 4)
    leads.play(Take(beats()))
    leads.press(" ")
    run(leads, leader, 14.0)
    own = leader.times("note_on")
    assert own == pytest.approx(tempo.seconds(np.arange(len(own))).tolist(), abs=1e-3)
    follower.coming = [one for one in leader.sent if not one[1].type.startswith("note")]
    follows = Player(follower, ClockFollower(90.0), Wish(Settings()), 1, 4)
    follows.play(Take(beats()))
    run(follows, follower, 14.0)
    assert follower.times("note_on") == pytest.approx(own, abs=3e-3)


def test_keys_stop_start_and_jump_what_leads() -> None:
    port = FakePort()
    clock = SongClock(TempoMap.constant(500_000))
    player = Player(port, clock, Wish(Settings()), 1, 4)
    player.play(Take(beats()))
    player.press(" ")
    run(player, port, 1.1)
    player.press(">")
    run(player, port, 1.2)
    player.press(" ")
    run(player, port, 2.0)
    said = [message for _, message in port.sent if message.type in ("start", "stop", "songpos")]
    assert [one.type for one in said] == ["start", "stop", "songpos", "stop"]
    assert said[2].pos == 25  # the sixteenth after 2.2 beats, a bar on
    assert clock.at(2.0).position == 6.5
    assert len(port.times("note_on")) == len(port.times("note_off")) == 3


def test_a_wish_is_passed_on_with_where_the_song_is() -> None:
    asked: list[tuple[Wish, float]] = []
    daw = SoftwareClock().start().play(24 * 4)
    port = FakePort()
    port.coming = sorted([*daw.events, (2.0, Message("control_change", control=1, value=127))],
        key=lambda event: event[0])  # fmt: skip
    player = Player(port, ClockFollower(120.0), Wish(Settings()), 1, 4)
    player.ask = lambda wish, position: asked.append((wish, position))
    run(player, port, 2.5)
    ((wish, position),) = asked
    assert wish.settings.complexity == 1.0
    assert position == pytest.approx(2.0, abs=0.01)
