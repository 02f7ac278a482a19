"""Drums that are composed again while they play."""

from __future__ import annotations

import queue
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
from fixtures.patience import PATIENCE_S
from fixtures.ports import FakePort, run
from mido import Message

from drumnet.hits import PIECES, Piece
from drumnet.live.clock_follower import ClockFollower
from drumnet.live.composer_process import ComposerProcess
from drumnet.live.controls import Wish, by_key
from drumnet.live.player import Player
from drumnet.live.recomposing import LiveSong, Recomposer
from drumnet.live.score import Score, Take
from drumnet.midi.write import write_midi
from drumnet.settings import Settings
from software_clock import SoftwareClock

WISH = Wish(Settings(seed=3))


def notes(score: Score, start: float = 0.0, end: float = np.inf) -> list[tuple[float, int, int]]:
    first, last = score.index(start), score.index(end)
    rows = zip(score.starts, score.keys, score.velocities, strict=True)
    return [(round(float(at), 6), int(key), int(velocity)) for at, key, velocity in rows][
        first:last
    ]


def whole_of(song: LiveSong, wish: Wish) -> Score:
    return song.composed(song.plan.passages(wish))


def told(song: LiveSong, *wishes: Wish, position: float = 10.3) -> list[Take]:
    takes: list[Take] = []
    composer = Recomposer(song, WISH, takes.append)
    for wish in wishes:
        composer.ask(wish, position)
        composer.compose()
    return takes


def test_it_plays_what_the_midi_file_has(song: LiveSong, tmp_path: Path) -> None:
    track = song.drummer.play(song.listening, song.plan.styles[0], WISH.settings, pieces=PIECES)
    write_midi(tmp_path / "drums.mid", track, song.listening.beats)
    (take,) = told(song)
    file, at, starts = mido.MidiFile(tmp_path / "drums.mid"), 0, []
    for message in file.tracks[1]:
        at += message.time
        if message.type == "note_on":
            starts.append((at / file.ticks_per_beat, message.note))
    own = zip(take.score.starts.tolist(), take.score.keys.tolist(), strict=True)
    assert sorted(own) == sorted(starts) and starts


@pytest.mark.parametrize("key", ["s", "C", "c", "1"])
def test_a_change_is_heard_from_where_the_song_is(song: LiveSong, key: str) -> None:
    """The first take has what was before, then at once what is wished for."""
    wish = by_key(WISH, key, len(song.plan.styles))
    before, part, whole = (take.score for take in told(song, wish))
    assert notes(part, 0, 10.3) == notes(before, 0, 10.3)
    assert notes(part, 10.3, 14) != notes(before, 10.3, 14)
    assert notes(whole) == notes(whole_of(song, wish))
    assert notes(whole, 0, 10.3) != notes(before, 0, 10.3)  # a loop comes back to it


def test_the_first_take_is_much_like_the_whole_song_as_it_is_then(song: LiveSong) -> None:
    wish = by_key(WISH, "s", len(song.plan.styles))
    _, part, whole = (take.score for take in told(song, wish))
    first = {(round(at * 12), key) for at, key, _ in notes(part, 12, 30)}
    later = {(round(at * 12), key) for at, key, _ in notes(whole, 12, 30)}
    assert len(first & later) > 0.75 * len(first | later)


def test_a_muted_piece_is_silent_from_there_on(song: LiveSong) -> None:
    kick = Piece.KICK.midi_key
    _, part, whole = (take.score for take in told(song, WISH.with_mute(Piece.KICK, True)))
    assert all(at < 10.3 or at > 30 for at, key, _ in notes(part) if key == kick)
    assert all(key != kick for _, key, _ in notes(whole))


def test_a_fill_leads_to_the_next_bar_and_is_played_once(song: LiveSong) -> None:
    base, fill = told(song, by_key(WISH, "f", 1))
    assert fill.then is base.score
    assert notes(fill.score, 0, 10.87) == notes(base.score, 0, 10.87)
    assert notes(fill.score, 12.9) == notes(base.score, 12.9)
    toms = {Piece.SNARE.midi_key, *(piece.midi_key for piece in PIECES if "tom" in piece.value)}
    assert {key for _, key, _ in notes(fill.score, 10.8, 11.95)} <= {Piece.KICK.midi_key, *toms}
    landed = notes(fill.score, 11.9, 12.2)
    assert Piece.CRASH.midi_key in {key for _, key, _ in landed}


def test_a_fill_that_is_asked_for_in_a_bars_last_beat_leads_to_the_bar_after_it(
    song: LiveSong,
) -> None:
    fill = song.next_fill(song.plan.passages(WISH), 11.2)
    assert fill is not None and fill.end == pytest.approx(17 - 1 / 8)
    assert song.next_fill(song.plan.passages(WISH), 63.0) is None


def test_a_fill_that_is_still_to_come_survives_another_wish(song: LiveSong) -> None:
    filled = by_key(WISH, "f", 1)
    louder = by_key(filled, "I", 1)
    *_, last = told(song, filled, louder)
    assert last.then is not None and notes(last.score, 10.9, 12) != notes(last.then, 10.9, 12)


def test_of_many_wishes_the_last_one_is_played(song: LiveSong) -> None:
    takes: list[Take] = []
    composer = Recomposer(song, WISH, takes.append)
    wish = WISH
    for _ in range(5):
        wish = by_key(wish, "C", 1)
        composer.ask(wish, 4.0)
    composer.compose()
    assert notes(takes[-1].score) == notes(whole_of(song, wish))
    assert len(takes) == 3


def test_the_first_bar_is_where_one_wants_it(song: LiveSong) -> None:
    one = told(song)[0].score
    later = replace(song, first_bar=5)
    moved = told(later)[0].score
    downbeat = song.quarters[np.flatnonzero(song.listening.beats.is_downbeat)[0]]
    assert moved.starts - one.starts == pytest.approx(16 - downbeat)


def test_a_composer_of_its_own_process_composes_the_same(song: LiveSong) -> None:
    takes: queue.Queue[Take] = queue.Queue()
    composer = ComposerProcess(song, WISH, takes.put)
    wish = by_key(by_key(WISH, "s", 9), "C", 9)
    composer.ask(wish, 10.3)
    there = [takes.get(timeout=PATIENCE_S) for _ in range(3)]
    composer.stop()
    here = told(song, wish)
    assert [notes(take.score) for take in there] == [notes(take.score) for take in here]


def test_a_change_of_style_is_heard_at_the_next_beat(song: LiveSong) -> None:
    """Through the player: a controller in one beat, the new style from the next one on."""
    daw = SoftwareClock(bpm=120.0).start().play(24 * 12)
    port = FakePort()
    change = (daw.passes(5.4)[0], Message("program_change", program=2))
    port.coming = sorted([*daw.events, change], key=lambda event: event[0])
    player = Player(port, ClockFollower(120.0), WISH, len(song.plan.styles), 4)
    composer = Recomposer(song, WISH, player.play)

    def asked(wish: Wish, position: float) -> None:
        composer.ask(wish, position)
        composer.compose()

    player.ask = asked
    run(player, port, daw.time_s)
    sent = [(at, one.note) for at, one in port.sent if one.type == "note_on"]
    wished = whole_of(song, Wish(WISH.settings, style=2))
    for beat in range(6, 11):
        first, last = daw.passes(beat - 0.04)[0], daw.passes(beat + 0.96)[0]
        heard = sorted(key for at, key in sent if first <= at < last)
        due = sorted(key for _, key, _ in notes(wished, beat - 0.04, beat + 0.96))
        assert heard == due
