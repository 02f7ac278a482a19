"""What a control does: measures of whole-kit tracks played to songs.

In: takes, each a track and the listening that it was played to.  Out: figures by
name, means over the takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hits import PIECES, DrumTrack, Piece
from drumnet.metrics import adherence, kit_bars
from drumnet.metrics.bars import whole_bars
from drumnet.metrics.patterns import CLEAR_ONSET, is_syncopated
from drumnet.playing.listening import Listening
from drumnet.song.roles import Role

HATS = (Piece.CLOSED_HAT, Piece.OPEN_HAT)
STRUMMING = (Role.GUITAR, Role.KEYS)


@dataclass(frozen=True, eq=False)
class Take:
    """What was played to a song."""

    track: DrumTrack
    listening: Listening


def measured(takes: Sequence[Take]) -> dict[str, float]:
    """The measures, mean over takes; how well one follows another, of all together."""
    rows = [_of_take(take) for take in takes]
    with np.errstate(all="ignore"):
        found = {
            name: float(np.mean([row[name] for row in rows if np.isfinite(row[name])] or [np.nan]))
            for name in rows[0]
        }
    found["kick with bass"] = following(takes, (Piece.KICK,), (Role.BASS,))
    found["hats with strumming"] = following(takes, HATS, STRUMMING)
    return found


def _of_take(take: Take) -> dict[str, float]:
    track, grid = take.track, take.listening.beats
    num_bars = (grid.num_beats - 1) / float(np.median(grid.bar_length))
    ticks = np.array([hit.tick for hit in track], dtype=int)
    place = grid.seconds_to_ticks([hit.onset_s for hit in track])
    velocity = np.array([hit.velocity for hit in track], dtype=float)
    rows = [np.array([hit.tick for hit in track.of(piece)]) for piece in track.pieces]
    off_beat = sum(int(is_syncopated(row).sum()) for row in rows)
    tick_s = float(np.median(np.diff(grid.beats_s))) / TICKS_PER_BEAT

    def at(tick: int) -> float:
        there = ticks % TICKS_PER_BEAT == tick
        return (
            float((place - ticks + tick)[there].mean() / TICKS_PER_BEAT) if there.any() else np.nan
        )

    return {
        "density": len(track) / num_bars,
        "syncopation": off_beat / max(len(track), 1),
        "repetition": _repetition(take),
        "velocity": float(velocity.mean()) if len(velocity) else np.nan,
        "velocity spread": float(
            np.mean([_spread(track, piece) for piece in track.pieces] or [0.0])
        ),
        "timing, ms": float(np.abs(place - ticks).mean() * tick_s * 1000) if len(ticks) else np.nan,
        "off-beat at": at(6),
        "2nd 16th at": at(3),
        "kicks": len(track.of(Piece.KICK)) / num_bars,
        "snares": len(track.of(Piece.SNARE)) / num_bars,
        "loud pieces": len(track.of((Piece.CRASH, Piece.OPEN_HAT))) / num_bars,
    }


def _repetition(take: Take) -> float:
    """Likeness of each bar to the one before (`metrics.kit_bars`); NaN where no
    whole bar follows another."""
    heard = take.listening.conditioning
    struck = np.zeros((len(PIECES), heard.num_ticks), dtype=bool)
    for row, piece in zip(struck, PIECES, strict=True):
        ticks = np.array([hit.tick for hit in take.track.of(piece)], dtype=int)
        row[ticks[(ticks >= 0) & (ticks < heard.num_ticks)]] = True
    bars = whole_bars(heard)
    return kit_bars.evaluate(struck, bars)["repetition"] if len(bars) else np.nan


def _spread(track: DrumTrack, piece: Piece) -> float:
    return float(np.std([hit.velocity for hit in track.of(piece)]))


def following(takes: Sequence[Take], pieces: Sequence[Piece], roles: Sequence[Role]) -> float:
    """Phi of pieces and stems given the place in the bar (`metrics.adherence`)."""
    total = adherence.Covariation()
    for take in takes:
        heard = take.listening.conditioning
        onsets = _onsets(heard.strength[[HEARD_ROLES.index(role) for role in roles]].max(axis=0))
        place = (heard.beat_in_bar[:, None] * TICKS_PER_BEAT + np.arange(TICKS_PER_BEAT)).reshape(
            -1
        )
        drums = np.zeros(heard.num_ticks, dtype=bool)
        ticks = np.array([hit.tick for hit in take.track.of(pieces)], dtype=int)
        drums[ticks[(ticks >= 0) & (ticks < heard.num_ticks)]] = True
        total = total + adherence.covariation(drums, onsets, place)
    return total.phi


def _onsets(strength: NDArray[np.float32]) -> NDArray[np.bool_]:
    padded = np.pad(strength, 1)
    peak = (strength > padded[:-2]) & (strength >= padded[2:])
    return np.asarray((strength >= CLEAR_ONSET) & peak)
