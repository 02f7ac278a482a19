"""The style in which drums play to a song.

In: a song that was listened to, and its drums.  Out: the code that explains them best, with the
habits of their drummer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import StyleError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.lateness import drums_lateness_s
from drumnet.hits import MAX_VELOCITY, DrumTrack, Piece
from drumnet.model.infer import extracted_code, extracted_figure, extracted_passages
from drumnet.model.network import Network
from drumnet.playing.listening import Listening
from drumnet.style.code import StyleCode
from drumnet.style.habits import Habits


def extracted_style(
    network: Network,
    listening: Listening,
    drums: DrumTrack,
    pieces: Collection[Piece] | None,
    beats: slice,
) -> StyleCode:
    """Args:
        pieces: those that the drums are of; those that are hit if None.
        beats: of the grid, where the drums are known.

    Raises:
        StyleError: no hit of a piece that the weights play.
    """
    order, name = network.checkpoint.pieces, network.checkpoint.name
    first, last, _ = beats.indices(listening.num_beats)
    grid = listening.beats
    start_s, stop_s = grid.beats_s[[first, min(last, grid.num_beats - 1)]].tolist()
    known = tuple(hit for hit in drums if start_s <= hit.onset_s < stop_s)
    late_s = drums_lateness_s(DrumTrack(known), grid)
    velocity = _velocities(order, drums, grid, late_s)
    part = velocity[:, first * TICKS_PER_BEAT : last * TICKS_PER_BEAT]
    if not part.any():
        played = ", ".join(piece.value for piece in order)
        raise StyleError(f"the drums have no hit of {played} within the song: no style in them")
    seen = np.asarray(part.any(axis=1))
    if pieces is not None:
        seen = np.array([piece in pieces for piece in order])
    context, bar = listening.context, listening.conditioning.bar
    heard = context[:, first:last]
    code = extracted_code(network, heard, part, seen)
    passages = extracted_passages(network, context, bar, velocity, seen, code, slice(first, last))
    style = StyleCode(code, name, "extracted", Habits(passages, late_s=late_s))
    codes = style.along(context, bar).cut(first, last).by_beat
    places = listening.conditioning.cut(first, last).places
    figure, variation = extracted_figure(network, heard, places, part, seen, codes)
    return replace(style, habits=Habits(passages, figure, late_s, variation))


def _velocities(
    order: tuple[Piece, ...], drums: DrumTrack, grid: BeatGrid, late_s: float
) -> NDArray[np.float32]:
    """(num_pieces, num_ticks) velocities from 0 to 1."""
    velocity = np.zeros((len(order), grid.num_ticks), dtype=np.float32)
    for row, piece in enumerate(order):
        hits = drums.of(piece).hits
        ticks = grid.nearest_ticks([hit.onset_s - late_s for hit in hits])
        inside = (ticks >= 0) & (ticks < grid.num_ticks)
        loud = np.array([hit.velocity / MAX_VELOCITY for hit in hits], dtype=np.float32)
        np.maximum.at(velocity[row], ticks[inside], loud[inside])
    return velocity
