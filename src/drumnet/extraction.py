"""A song that has drums in, the style that they are played in out.

The drums come as sound (a kick stem, or the whole kit), as MIDI, or as hits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from drumnet.beats.choice import BeatChoice
from drumnet.drummer import Drummer
from drumnet.errors import SongError, StyleError
from drumnet.grid import BeatGrid
from drumnet.hearing.lateness import settled
from drumnet.hits import DrumTrack, Piece
from drumnet.hits_csv import names_pieces, read_hits, track_of
from drumnet.song.files import TABLE_SUFFIXES
from drumnet.song.onsets import Onsets, onset_track, read_drum_onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem, load_song
from drumnet.style.code import StyleCode
from drumnet.transcribe import drum_track

#: What is later against beats that were tracked is more likely the tracker's fault.
_MOST_TRACKED_S = 0.03


@dataclass(frozen=True, eq=False)
class Extracted:
    """A style and what it was taken from.

    Args:
        drums: the hits that were given, or heard in `drums_name`, of the pieces
            that the weights play.
    """

    style: StyleCode
    beats: BeatGrid
    drums: DrumTrack
    drums_name: str


def extract_style(
    song: Song,
    *,
    kick: str | Path | None = None,
    drums: str | Path | None = None,
    hits: str | Path | None = None,
    beats: BeatChoice | BeatGrid | None = None,
    tracked: bool = False,
    model: str | Path | Drummer = "default",
) -> Extracted:
    """The style of a song with drums.

    Args:
        kick: the kick alone: sound, a MIDI file, or a table of times.
        drums: the whole drums, likewise.
        hits: a hits.csv, whose pieces are taken as they are, or a table of onsets: of the
            pieces that its rows name, or of the kick.  Without any of the three, the song's
            own kick stem is taken, or else its drums.
        tracked: whether a grid that is given is a tracker's, which may lie some milliseconds
            beside what people tap: the drummer is then as late as against the band, by 30 ms
            at most.

    Raises:
        SongError: the song has no drums and none are given.
        StyleError: none of the pieces that the weights play is heard in them.
        DrumnetError: any other fault of the files.
    """
    drummer = model if isinstance(model, Drummer) else Drummer(model)
    name, heard_on = _drums(song, kick, drums, hits)
    if not isinstance(beats, BeatGrid):
        choice = beats or BeatChoice()
        beats, tracked = choice.grid(song), choice.is_tracked
    pieces = drummer.checkpoint.pieces
    track = heard_on(beats).of(pieces)
    if not len(track):
        wanted = " or ".join(piece.value for piece in pieces)
        raise StyleError(f"no {wanted} is heard in '{name}': give the kick alone with --kick")
    listening = drummer.listen(song, beats)
    style = drummer.extract_style(listening, track)
    if tracked and style.habits and style.habits.late_s is not None:
        late_s = style.habits.late_s - listening.conditioning.late_s
        late_s = float(np.clip(late_s, -_MOST_TRACKED_S, _MOST_TRACKED_S))
        style = replace(style, habits=replace(style.habits, late_s=late_s))
    return Extracted(style, listening.beats, track, name)


def _drums(
    song: Song,
    kick: str | Path | None,
    drums: str | Path | None,
    hits: str | Path | None,
) -> tuple[str, Callable[[BeatGrid], DrumTrack]]:
    """The name of the drums that are given, and what finds their hits on a grid."""
    if hits is not None and names_pieces(hits):
        return Path(hits).name, partial(track_of, read_hits(hits))
    if hits is not None and Path(hits).suffix.lower() in TABLE_SUFFIXES:
        named = read_drum_onsets(Path(hits))
        if named:
            return Path(hits).name, partial(_track, named)
    stem = _drum_stem(song, kick or hits, drums)
    return stem.name, partial(drum_track, stem)


def _track(named: Mapping[Piece, Onsets], grid: BeatGrid) -> DrumTrack:
    tracks = [onset_track(onsets, piece, grid) for piece, onsets in named.items()]
    return settled(DrumTrack(tuple(hit for track in tracks for hit in track)), grid)


def _drum_stem(song: Song, kick: str | Path | None, drums: str | Path | None) -> Stem:
    given = kick or drums
    if given is not None:
        stem = load_song([], [(Role.KICK.value, given)]).stems[0]
        return stem if kick else replace(stem, role=Role.DRUMS)
    found = (*song.with_role(Role.KICK), *song.with_role(Role.DRUMS))
    if not found:
        raise SongError("the song has no kick or drum stem: give --kick, --drums or --hits")
    return found[0]
