"""A song that was listened to, and a style, in; the drums out, as settings say.

The way: the pulse that the drums keep to, what is known of them, the pattern that
is composed to it, then swing and performance, and last what is kept of earlier
takes.  A song in passages, each with its own style and settings, is played from
the first to the last, each knowing what was played before it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.feel import felt_beats, heard_on, on_beats_of, on_ticks_of
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.model.network import Network
from drumnet.playing.arrangement import arranged, without_holes
from drumnet.playing.composing import Composer, Finish
from drumnet.playing.given import Keep, Kept, known_hits
from drumnet.playing.listening import Listening
from drumnet.playing.performing import perform, swing_ticks
from drumnet.settings import Arrange, Feel, FillPlace, Settings
from drumnet.song.onsets import Onsets
from drumnet.style.code import CodePath, StyleCode
from drumnet.style.habits import Habits

#: Beats on either side of a passage that are listened to; what lies farther away
#: does not reach the decoder.
_MARGIN_BEATS = 40
#: Drums may begin so long before the music does.
_PICKUP_BEATS = 1.0


@dataclass(frozen=True)
class Passage:
    """From a beat of the grid on: a style, and settings.

    Args:
        begins_section: fills may lead to its start; a passage that goes on with a section,
            as the steps of a morph do, has none.
    """

    start_beat: int
    style: StyleCode
    settings: Settings
    begins_section: bool = True

    @property
    def is_arranged(self) -> bool:
        """Whether the drums follow the song's form: those of a style that was taken from a
        song are played as that was."""
        taken = self.style.habits is not None and self.style.habits.figure is not None
        return self.settings.arrange is Arrange.SONG and not taken

    @property
    def needs_form(self) -> bool:
        """Whether it is played to the song's sections."""
        return self.is_arranged or self.settings.fills.place is FillPlace.SECTIONS


@dataclass(frozen=True)
class Request:
    """What is asked for, of the whole song.

    Args:
        pieces: that are played, unless they are muted.
        given: hits that are played to; of pieces that are to be played too, they are
            what is played.
        keep: what stays of an earlier take.
        rhythm: a tapped rhythm, that any piece may play.
        finish: what is done to a composed pattern.
        given_late_s: by how much what is given is late all along, None if it is too little
            to tell.
    """

    pieces: tuple[Piece, ...]
    given: DrumTrack
    keep: Keep | None = None
    rhythm: Onsets | None = None
    finish: Finish | None = None
    given_late_s: float | None = None


class PassageMemory:
    """Passages as they were played, so that of a song in which one of them changes the
    others need not be played again; from any thread.

    Args:
        most: that are kept.
    """

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, DrumTrack] = OrderedDict()

    def recall(self, key: Hashable, play: Callable[[], DrumTrack]) -> DrumTrack:
        """What was played to all that the key says, or else what `play` gives."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        found = play()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found


def play_passages(
    network: Network,
    listening: Listening,
    passages: Sequence[Passage],
    request: Request,
    memory: PassageMemory | None = None,
) -> DrumTrack:
    """The drums of a song.

    Args:
        passages: by their first beats; what lies before the first is played as it.
        memory: of what was played before; nothing is remembered if None.
    """
    memory = memory or PassageMemory(most=0)
    begun = tuple(passage.start_beat for passage in passages if passage.begins_section)
    grid = listening.beats
    kept = request.keep.on(grid) if request.keep else Kept.nothing(grid)
    track = DrumTrack()
    for index, passage in enumerate(passages):
        first = passage.start_beat if index else 0
        last = passages[index + 1].start_beat if index + 1 < len(passages) else grid.num_beats
        start, stop = _window(grid, first, last)
        known = kept.after(track, first).cut(start, stop)
        play = partial(
            _window_track, network, listening, begun, passage, request, known, start, stop
        )
        known_so = (known.hits, known.where.tobytes())
        what = (network, listening, begun, passage.style, passage.settings, request)
        key = (*what, known_so, start, stop)
        played = memory.recall(key, play)
        moved = list(played)
        if start:
            moved = [replace(hit, tick=hit.tick + start * TICKS_PER_BEAT) for hit in played]
        own = [hit for hit in moved if first <= hit.tick // TICKS_PER_BEAT < last]
        if index + 1 == len(passages):
            own = [hit for hit in moved if hit.tick // TICKS_PER_BEAT >= first]
        track = DrumTrack((*track, *own))
    own = [hit for hit in track if hit.onset_s < listening.duration_s]
    if request.rhythm is None:
        own = _with_the_music(own, listening)
    return kept.among(DrumTrack((*own, *request.given.of(request.pieces))))


def _with_the_music(track: Sequence[Hit], listening: Listening) -> list[Hit]:
    """What is played from a pickup before the first sound to the last."""
    span, beats_s = listening.conditioning.span, listening.beats.beats_s
    step_s = float(np.median(np.diff(beats_s)))
    first_s = span.start_s - _PICKUP_BEATS * step_s
    return [hit for hit in track if first_s <= hit.onset_s <= span.end_s]


def _window_track(
    network: Network,
    listening: Listening,
    begun: tuple[int, ...],
    passage: Passage,
    request: Request,
    kept: Kept,
    start: int,
    stop: int,
) -> DrumTrack:
    """What a passage plays from `start` up to `stop`, on ticks from there.

    Args:
        begun: where sections begin that are given.
    """
    if len(begun) > 1 and listening.form is not None:
        listening = replace(listening, form=listening.form.cut_at(begun))
    code = passage.style.along(listening.context, listening.conditioning.bar)
    part = listening.cut(start, stop)
    return _play(network, part, code.cut(start, stop), passage, request, kept)


def _window(grid: BeatGrid, first: int, last: int) -> tuple[int, int]:
    """The beats that a passage is composed with: from a bar line that is an even number
    of bars before it, so that a pulse of two bars stays in step."""
    bars = np.flatnonzero(grid.is_downbeat[: first + 1])[::-2]
    before = bars[bars <= first - _MARGIN_BEATS]
    start = int(before[0]) if len(before) else 0
    return start, min(last + _MARGIN_BEATS, grid.num_beats - 1)


def _play(
    network: Network,
    listening: Listening,
    code: CodePath,
    passage: Passage,
    request: Request,
    kept: Kept,
) -> DrumTrack:
    """One passage, and what is around it, on ticks of the listening."""
    settings, habits = passage.settings, passage.style.habits or Habits()
    pulse = _felt(network, listening, settings.feel)
    if code.departures is not None and pulse is not listening:
        departures = on_beats_of(code.departures, listening.beats, pulse.beats, pulse.num_beats)
        code = CodePath(code.code, departures)
    silent = {piece for piece in Piece if settings.of(piece).muted} | set(request.given.pieces)
    wanted = tuple(piece for piece in request.pieces if piece not in silent)
    arrangement = None
    if pulse.form is not None and passage.is_arranged and request.rhythm is None:
        likely = network.decode(pulse.context, code.by_beat)
        pieces, seed = network.checkpoint.pieces, settings.seed
        arrangement = arranged(pulse.form, likely, pieces, seed, settings.variation)
    composer = Composer(network, pulse, code, habits, wanted, arrangement)
    known = known_hits(
        network.checkpoint.pieces,
        listening.beats,
        pulse.beats,
        request.given,
        kept,
        request.rhythm,
        request.given_late_s or 0.0,
    )
    pattern = composer.compose(settings, known)
    if request.finish is not None:
        pattern = request.finish(pattern, composer, settings, known)
    if arrangement is not None and pulse.form is not None:
        pattern = without_holes(pattern, pulse.conditioning, pulse.form, known)
    late_s = request.given_late_s
    if late_s is None and habits.late_s is not None:
        late_s = settings.humanize * habits.late_s
    track = perform(
        pattern,
        pulse.beats,
        wanted,
        humanize=settings.humanize,
        seed=settings.seed,
        late_s=late_s,
        late_ticks=swing_ticks(pattern, settings.swing, settings.swing_division, settings.humanize),
    )
    return track if pulse is listening else on_ticks_of(track, pulse.beats, listening.beats)


def _felt(network: Network, listening: Listening, feel: Feel) -> Listening:
    """The same song, heard on the beats that the drums keep to."""
    if feel is Feel.NORMAL:
        return listening
    pulse = felt_beats(listening.beats, feel, listening.duration_s)
    conditioning = heard_on(listening.conditioning, listening.beats, pulse)
    context = network.listen(conditioning)
    form = listening.form and listening.form.on(listening.beats, pulse, conditioning)
    return Listening(listening.duration_s, pulse, conditioning, context, listening.sections, form)
