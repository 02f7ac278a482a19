"""A song that was listened to, and a style, in; the drums out, as settings say.

The way: the pulse that the drums keep to, what is known of them, the pattern that
is composed to it, then swing and performance, and last what is kept of earlier
takes.  A song in passages, each with its own style and settings, is played from
the first to the last, each knowing what was played before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.feel import felt_beats, heard_on, on_beats_of, on_ticks_of
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.model.network import Network
from drumnet.playing.composing import Composer, Finish
from drumnet.playing.given import Keep, Kept, known_hits
from drumnet.playing.listening import Listening
from drumnet.playing.peak_picking import MIN_DISTANCE_TICKS
from drumnet.playing.performing import perform, swing_ticks
from drumnet.settings import Feel, Settings
from drumnet.song.onsets import Onsets
from drumnet.style.code import StyleCode

#: Beats on either side of a passage that are listened to; what lies farther away
#: does not reach the decoder.
_MARGIN_BEATS = 40


@dataclass(frozen=True, eq=False)
class Passage:
    """From a beat of the grid on: a style, and settings."""

    start_beat: int
    style: StyleCode
    settings: Settings


@dataclass(frozen=True, eq=False)
class Request:
    """What is asked for, of the whole song.

    Args:
        pieces: that are played, unless they are muted.
        given: hits that are played to; of pieces that are to be played too, they are
            what is played.
        keep: what stays of an earlier take.
        rhythm: a tapped rhythm, that any piece may play.
        finish: what is done to a composed pattern.
    """

    pieces: tuple[Piece, ...]
    given: DrumTrack
    keep: Keep | None = None
    rhythm: Onsets | None = None
    finish: Finish | None = None


def play_passages(
    network: Network, listening: Listening, passages: Sequence[Passage], request: Request
) -> DrumTrack:
    """The drums of a song.

    Args:
        passages: by their first beats; what lies before the first is played as it.
    """
    grid = listening.beats
    kept = request.keep.on(grid) if request.keep else Kept.nothing(grid)
    track = DrumTrack()
    for index, passage in enumerate(passages):
        first = passage.start_beat if index else 0
        last = passages[index + 1].start_beat if index + 1 < len(passages) else grid.num_beats
        start, stop = _window(grid, first, last)
        played = _play(
            network,
            _cut(listening, start, stop),
            passage,
            request,
            _cut_kept(kept.after(track, first), start, stop),
            _departures(listening, passage, start, stop),
        )
        moved = [replace(hit, tick=hit.tick + start * TICKS_PER_BEAT) for hit in played]
        own = [hit for hit in moved if first <= hit.tick // TICKS_PER_BEAT < last]
        if index + 1 == len(passages):
            own = [hit for hit in moved if hit.tick // TICKS_PER_BEAT >= first]
        track = DrumTrack((*track, *own))
    end_s = listening.song.duration_s
    own = [hit for hit in track if hit.onset_s < end_s]
    return kept.among(DrumTrack((*own, *request.given.of(request.pieces))))


def _window(grid: BeatGrid, first: int, last: int) -> tuple[int, int]:
    """The beats that a passage is composed with: from a bar line that is an even number
    of bars before it, so that a pulse of two bars stays in step."""
    bars = np.flatnonzero(grid.is_downbeat[: first + 1])[::-2]
    before = bars[bars <= first - _MARGIN_BEATS]
    start = int(before[0]) if len(before) else 0
    return start, min(last + _MARGIN_BEATS, grid.num_beats - 1)


def _cut(listening: Listening, start: int, stop: int) -> Listening:
    return listening if _is_whole(listening, start, stop) else listening.cut(start, stop)


def _is_whole(listening: Listening, start: int, stop: int) -> bool:
    return start == 0 and stop == listening.beats.num_beats - 1


def _departures(
    listening: Listening, passage: Passage, start: int, stop: int
) -> NDArray[np.float32] | None:
    """Of the style along those beats."""
    found = passage.style.along(listening.listened, listening.heard.bar)
    return found if found is None or _is_whole(listening, start, stop) else found[start:stop]


def _cut_kept(kept: Kept, start: int, stop: int) -> Kept:
    shift = start * TICKS_PER_BEAT
    within = [hit for hit in kept.hits if start <= hit.tick // TICKS_PER_BEAT <= stop]
    hits = tuple(replace(hit, tick=hit.tick - shift) for hit in within)
    return Kept(DrumTrack(hits), kept.where[:, start : stop + 1])


def _play(
    network: Network,
    listening: Listening,
    passage: Passage,
    request: Request,
    kept: Kept,
    departures: NDArray[np.float32] | None,
) -> DrumTrack:
    """One passage, and what is around it, on ticks of the listening."""
    settings = passage.settings
    pulse = _felt(network, listening, settings.feel)
    if departures is not None and pulse is not listening:
        num_beats = pulse.heard.num_beats
        departures = on_beats_of(departures, listening.beats, pulse.beats, num_beats)
    silent = {piece for piece in Piece if settings.of(piece).muted} | set(request.given.pieces)
    wanted = tuple(piece for piece in request.pieces if piece not in silent)
    composer = Composer(network, pulse, passage.style.code, wanted, departures)
    known = known_hits(
        network.checkpoint.pieces,
        listening.beats,
        pulse.beats,
        request.given,
        kept,
        request.rhythm,
    )
    pattern = composer.compose(settings, known)
    if request.finish is not None:
        pattern = request.finish(pattern, composer, settings, known)
    track = perform(
        pattern,
        pulse.beats,
        wanted,
        humanize=settings.humanize,
        seed=settings.seed,
        late_ticks=swing_ticks(pattern, settings.swing, settings.swing_division, settings.humanize),
    )
    return track if pulse is listening else on_ticks_of(track, pulse.beats, listening.beats)


def _felt(network: Network, listening: Listening, feel: Feel) -> Listening:
    """The same song, heard on the beats that the drums keep to."""
    if feel is Feel.NORMAL:
        return listening
    pulse = felt_beats(listening.beats, feel, listening.song.duration_s)
    heard = heard_on(listening.heard, listening.beats, pulse)
    return Listening(listening.song, pulse, heard, network.listen(heard))


def spliced(tracks: Sequence[DrumTrack], start_beats: Sequence[int]) -> DrumTrack:
    """Of each track the hits from its beat on, up to the beat of the next track.

    A hit that comes too soon before the first of the next track is left out.

    Args:
        start_beats: one for each track, increasing; what lies before the first
            beat belongs to the first track.
    """
    if len(tracks) == 1:
        return tracks[0]
    starts = [-np.inf, *(beat * TICKS_PER_BEAT for beat in start_beats[1:]), np.inf]
    hits: list[Hit] = []
    first_tick: dict[Piece, int] = {}
    for index in reversed(range(len(tracks))):
        own = [hit for hit in tracks[index] if starts[index] <= hit.tick < starts[index + 1]]
        free = [
            hit
            for hit in own
            if hit.piece not in first_tick or hit.tick + MIN_DISTANCE_TICKS <= first_tick[hit.piece]
        ]
        for hit in free:
            first_tick[hit.piece] = min(hit.tick, first_tick.get(hit.piece, hit.tick))
        hits += free
    return DrumTrack(tuple(hits))
