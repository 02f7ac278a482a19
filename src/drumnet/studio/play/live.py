"""What the page plays, played to a MIDI port in time with a DAW.

In: performances, as the page asks for them, and wishes for a fill.  Out: takes, for a player in
a process of its own.  The song is the one that the page asked for last.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drumnet.drummer import Drummer
from drumnet.hits import DrumTrack
from drumnet.live.plan import Plan
from drumnet.live.player_process import PlayerProcess
from drumnet.live.ports import Port, SystemPort
from drumnet.live.recomposing import LiveSong, NextFill, take_of
from drumnet.live.score import Score
from drumnet.midi.keys import MidiMap
from drumnet.playing.listening import Listening
from drumnet.playing.passages import Passage


@dataclass(frozen=True, eq=False)
class _Shown:
    """What the page plays now."""

    song: LiveSong
    passages: Sequence[Passage]
    score: Score


class Live:
    """From any thread.

    Args:
        keys: that the notes are written with.

    Raises:
        MidiError: no MIDI on this machine, or no such port.
    """

    def __init__(
        self, drummer: Drummer, keys: MidiMap, open_port: Callable[[], Port] = SystemPort
    ) -> None:
        self._drummer, self._keys = drummer, keys
        self._lock = threading.Lock()
        self._asked = self._told = 0
        self._shown: _Shown | None = None
        self._fill: NextFill | None = None
        self._fill_ends_s = 0.0
        self._player = PlayerProcess(self._fill_at, open_port)

    def turn(self) -> int:
        """A number for what is asked for now: of two answers, the later question's counts."""
        with self._lock:
            self._asked += 1
            return self._asked

    def show(
        self, turn: int, listening: Listening, passages: Sequence[Passage], track: DrumTrack
    ) -> None:
        """Play this from now on."""
        with self._lock:
            if turn < self._told:
                return
            self._told = turn
            before = None if self._shown is None else self._shown.song
            song = before
            if song is None or song.listening is not listening:
                song, self._fill = self._song(listening), None
            score = Score.of(track, song.timeline, self._keys, song.shift)
            self._shown = _Shown(song, passages, score)
            if time.monotonic() > self._fill_ends_s:
                self._fill = None
            self._player.play(take_of(score, self._fill))

    def ask_fill(self) -> None:
        """A fill before the next bar, once."""
        self._player.ask_fill()

    def close(self) -> None:
        """End it."""
        self._player.close()

    def _song(self, listening: Listening) -> LiveSong:
        drummer, plan = self._drummer, Plan.nothing()
        pieces = drummer.checkpoint.pieces
        return LiveSong(drummer, listening, pieces, DrumTrack(), plan, self._keys)

    def _fill_at(self, position: float) -> None:
        """Compose it, as the song is at a position."""
        shown = self._shown
        if shown is None:
            return
        fill = shown.song.next_fill(shown.passages, position)
        with self._lock:
            # Meanwhile the page may play something else.
            if fill is None or self._shown is None or self._shown.song is not shown.song:
                return
            tempo = shown.song.timeline.tempo
            ahead_s = float(tempo.seconds(fill.end) - tempo.seconds(position))
            self._fill, self._fill_ends_s = fill, time.monotonic() + ahead_s
            self._player.play(take_of(self._shown.score, fill))
