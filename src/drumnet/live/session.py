"""A song that is played live: its transport, its player and its composer, put together.

In: a song, what is asked for, and a port.  Out: a player in a thread, and a composer in a
process, until they are closed.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from drumnet.audition import player_style
from drumnet.beats.choice import BeatChoice
from drumnet.drummer import Drummer
from drumnet.live.clock_follower import ClockFollower
from drumnet.live.composer_process import ComposerProcess
from drumnet.live.controls import Wish
from drumnet.live.plan import Plan
from drumnet.live.player import Player
from drumnet.live.priority import go_first
from drumnet.live.recomposing import LiveSong
from drumnet.live.song_clock import SongClock
from drumnet.midi.keys import load_midi_map
from drumnet.playing.arranging import AskedSections
from drumnet.playing.given import given_hits
from drumnet.settings import Settings
from drumnet.style.code import RANDOM
from drumnet.style.players import player_called

if TYPE_CHECKING:
    from drumnet.hearing.sections import Section
    from drumnet.live.ports import Port
    from drumnet.live.transport import Transport
    from drumnet.song.casting import Cast


class Clock(Enum):
    """Whose time it is: a DAW's MIDI clock, our own, or that of an Ableton Link session."""

    FOLLOW = "follow"
    LEAD = "lead"
    LINK = "link"


def live_song(
    casting: Cast,
    drummer: Drummer,
    *,
    settings: Settings,
    style: str | Path | None = None,
    player: str | None = None,
    sections: str | Path | None = None,
    beats: BeatChoice | None = None,
    midi_map: str | Path = "general-midi",
    first_bar: int | None = None,
) -> LiveSong:
    """Hear a song.  The styles one may wish for are the one given, or that of the player, then
    the named ones.

    Args:
        settings: that it begins with.
        sections: parts with styles and settings of their own: a file of them, or `auto`.

    Raises:
        DrumnetError: no such style or map, pieces that the weights do not play, sections that
            make no sense, or a song of which the beats cannot be found.
    """
    drummer.require(casting.played)
    keys, asked = load_midi_map(midi_map), None
    if sections is not None:
        asked = AskedSections.of(sections)
    grid = (beats or BeatChoice()).grid(casting.song)
    listening = drummer.formed(drummer.listen(casting.song, grid))
    if style is None and player is not None:
        first = player_style(drummer, player_called(player), listening, settings.seed)
    else:
        first = drummer.find_style(style or RANDOM, settings.seed, listening)
    styles = [first, *(drummer.style(name) for name in drummer.presets)]
    given = given_hits(casting, listening.beats)
    found: tuple[Section, ...] = ()
    if asked is not None:
        found = asked.on(listening.beats, lambda: drummer.sections(listening))
    find = partial(drummer.find_style, song=listening)
    plan = Plan.of(styles, found, settings, find)
    return LiveSong(drummer, listening, casting.played, given, plan, keys, first_bar)


class Session:
    """Args:
    wish: what is played first.
    heard: is told what is wished for, each time that it is something else.

    Raises:
        DrumnetError: settings that cannot be played.
    """

    def __init__(
        self,
        song: LiveSong,
        wish: Wish,
        port: Port,
        clock: Clock,
        heard: Callable[[Wish], None] = lambda _wish: None,
    ) -> None:
        bar = int(song.listening.beats.bar_length.max())
        self._player = Player(port, _transport(song, clock, bar), wish, len(song.plan.styles), bar)
        self._composer = ComposerProcess(song, wish, self._player.play, heard)
        self._player.ask = self._composer.ask
        self._thread = threading.Thread(target=self._run, name="drumnet player", daemon=True)

    def _run(self) -> None:
        go_first()
        self._player.run()

    def press(self, key: str) -> None:
        """A key of the terminal."""
        self._player.press(key)

    def __enter__(self) -> Session:
        gc.collect()
        gc.freeze()  # what is here by now stays: it need not be looked through while we play
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._player.stop()
        self._thread.join()
        self._composer.stop()
        gc.unfreeze()


def _transport(song: LiveSong, clock: Clock, beats_per_bar: int) -> Transport:
    bpm = song.listening.beats.tempo_bpm
    if clock is Clock.FOLLOW:
        return ClockFollower(bpm)
    if clock is Clock.LEAD:
        return SongClock(song.timeline.tempo)
    import link

    from drumnet.live.link import LinkTransport

    session = link.Link(bpm)
    session.startStopSyncEnabled = True
    session.enabled = True
    return LinkTransport(session, time.perf_counter(), beats_per_bar)
