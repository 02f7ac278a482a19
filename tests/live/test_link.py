"""Ableton Link as a transport, with a session in software."""

from __future__ import annotations

import pytest

from drumnet.live.link import LinkTransport


class Session:
    """A session of one tempo, whose beat 0 is at 0; it is its own state, clock and library."""

    def __init__(self, bpm: float = 120.0) -> None:
        self._bpm, self._playing, self._since_us = bpm, False, 0

    def clock(self) -> Session:
        return self

    def micros(self) -> int:
        return 5_000_000  # when the player's clock is at 1 s

    def captureSessionState(self) -> Session:
        return self

    def commitSessionState(self, _state: Session) -> None:
        pass

    def beatAtTime(self, us: int, _quantum: float) -> float:
        return us * 1e-6 * self._bpm / 60

    def timeAtBeat(self, beat: float, _quantum: float) -> int:
        return round(beat * 60e6 / self._bpm)

    def isPlaying(self) -> bool:
        return self._playing

    def setIsPlaying(self, playing: bool, us: int) -> None:
        self._playing, self._since_us = playing, us

    def timeForIsPlaying(self) -> int:
        return self._since_us


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def link(session: Session) -> LinkTransport:
    return LinkTransport(session, now_s=1.0, beats_per_bar=4)


def test_the_song_sets_out_with_the_next_bar_of_the_session(link: LinkTransport) -> None:
    link.start_or_stop(1.1)  # the session is at beat 10.2
    assert not link.at(1.2).is_playing
    assert link.at(2.0).position == pytest.approx(0.0)  # beat 12
    moment = link.at(2.25)
    assert moment.is_playing and moment.position == pytest.approx(0.5)
    assert link.time_of(4.0) == pytest.approx(4.0)


def test_another_tempo_of_the_session_moves_the_song(link: LinkTransport, session: Session) -> None:
    link.start_or_stop(1.0)
    link.at(2.0)
    assert link.time_of(8.0) - link.time_of(4.0) == pytest.approx(2.0)
    session._bpm = 60.0
    assert link.time_of(8.0) - link.time_of(4.0) == pytest.approx(4.0)


def test_one_jumps_by_bars_and_stays_on_the_beat(link: LinkTransport) -> None:
    link.start_or_stop(1.0)
    link.at(2.0)
    link.jump(17.3, 3.3)
    moment = link.at(3.3)
    assert moment.landed == 16.0
    assert moment.position == pytest.approx(16 + 2.6)


def test_it_goes_on_with_the_bar_that_it_stopped_in(link: LinkTransport) -> None:
    link.start_or_stop(1.0)
    link.at(2.0)
    link.start_or_stop(5.2)  # 6.4 beats on
    assert link.at(5.3).is_playing is False
    assert link.at(5.3).position == 4.0
    link.start_or_stop(6.0)
    assert link.at(6.6).landed == 4.0
