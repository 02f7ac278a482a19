"""What is due: each note once a pass, and nothing that hangs."""

from __future__ import annotations

from collections import Counter

import numpy as np
from mido import Message

from drumnet.live.score import Score, Take
from drumnet.live.sequencer import Sequencer
from drumnet.live.transport import Moment


def score(*notes: tuple[float, float, int]) -> Score:
    """Of (start, end, key)."""
    starts, ends, keys = (np.array(column) for column in zip(*sorted(notes), strict=True))
    return Score(starts.astype(float), ends.astype(float), keys, np.full(len(keys), 100))


def eighths(num: int = 32, key: int = 42) -> Score:
    return score(*[(step / 2, step / 2 + 0.25, key) for step in range(num)])


class Passing:
    """Goes through a song in small steps, and keeps what was due."""

    def __init__(self, take: Take) -> None:
        self.sequencer = Sequencer(take)
        self.sent: list[tuple[float, Message]] = []
        self._jumps = 0

    def through(self, start: float, end: float, step: float = 0.013) -> Passing:
        """From `start` up to, and without, `end`, as after a jump."""
        self._jumps += 1
        for position in np.append(np.arange(start, end, step), end - 1e-9):
            self._follow(Moment(True, float(position), self._jumps, start))
        return self

    def on(self, start: float, end: float) -> Passing:
        """Further, without a jump."""
        for position in np.arange(start, end, 0.013):
            self._follow(Moment(True, float(position), self._jumps, 0.0))
        return self

    def stop(self) -> Passing:
        self._follow(Moment(False, 0.0, self._jumps, 0.0))
        return self

    def _follow(self, moment: Moment) -> None:
        self.sent += [(moment.position, one) for one in self.sequencer.follow(moment)]

    @property
    def struck(self) -> list[tuple[float, int]]:
        return [(at, one.note) for at, one in self.sent if one.type == "note_on"]

    def hanging(self) -> dict[int, int]:
        held: Counter[int] = Counter()
        for _, one in self.sent:
            held[one.note] += 1 if one.type == "note_on" else -1
            assert held[one.note] in (0, 1), "a note is struck twice, or ended twice"
        return {key: number for key, number in held.items() if number}


def test_each_note_is_played_once_in_each_pass_of_a_loop() -> None:
    passing = Passing(Take(eighths()))
    for _ in range(5):
        passing.through(4.0, 8.0)
    assert len(passing.struck) == 5 * 8
    assert {round(at * 2) for at, _ in passing.struck} == set(range(8, 16))


def test_what_lies_where_a_jump_leads_is_played_however_late_one_looks() -> None:
    passing = Passing(Take(eighths()))
    passing._follow(Moment(True, 4.004, 1, 4.0))
    assert [key for _, key in passing.struck] == [42]


def test_every_note_ends_at_the_stop_at_a_jump_and_with_the_next_of_its_key() -> None:
    ringing = Take(score((0.0, 4.0, 49), (1.0, 4.0, 49), (1.5, 1.75, 36)))
    assert not Passing(ringing).through(0.0, 1.6).stop().hanging()
    assert Passing(ringing).through(0.0, 1.6).hanging() == {49: 1, 36: 1}
    assert Passing(ringing).through(0.0, 1.2).through(8.0, 9.0).hanging() == {}


def test_a_note_lasts_as_long_as_it_is_written() -> None:
    passing = Passing(Take(score((1.0, 1.5, 38)))).through(0.0, 3.0)
    (on, _), (off, _) = passing.sent
    assert abs(on - 1.0) < 0.02 and abs(off - 1.5) < 0.02


def test_another_take_is_heard_from_where_the_song_is() -> None:
    passing = Passing(Take(eighths(key=42))).through(0.0, 3.2)
    passing.sequencer.play(Take(eighths(key=51)))
    passing.on(3.2, 6.0).stop()
    assert all(key == (42 if at < 3.2 else 51) for at, key in passing.struck)
    assert not passing.hanging()


def test_a_stroke_that_both_takes_have_is_not_struck_twice() -> None:
    late = score(*[(step / 2 + 0.03, step / 2 + 0.25, 42) for step in range(32)])
    passing = Passing(Take(eighths())).through(0.0, 3.01)
    passing.sequencer.play(Take(late))
    passing.on(3.01, 5.0)
    assert len(passing.struck) == 10


def test_a_part_is_played_once() -> None:
    base, fill = eighths(key=42), eighths(key=45)
    take = Take(base.with_part(fill, 2.0, 4.0), until=4.0, then=base)
    passing = Passing(take).through(0.0, 8.0).through(0.0, 8.0)
    toms = [at for at, key in passing.struck if key == 45]
    assert [round(at * 2) for at in toms] == [4, 5, 6, 7]
    assert len(passing.struck) == 32


def test_the_part_of_a_score_replaces_what_is_there() -> None:
    joined = eighths(key=42).with_part(eighths(key=51), 2.0, 4.0)
    assert np.all(np.diff(joined.starts) >= 0) and len(joined) == 32
    inside = (joined.starts >= 2) & (joined.starts < 4)
    assert np.all(joined.keys == np.where(inside, 51, 42))
