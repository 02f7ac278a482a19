"""Where in time beats lie, to a few milliseconds.

In: beats, and evidence.  Out: the same beats, all moved by as much, so that what
begins at them begins on them.  Drums, where there are any, are what a band
keeps time by, and what is added is to lie with them; where there are none it is
the onsets of all else.  The network alone sets beats ahead of the attacks: it
learned from notes that were rendered, whose attacks come after the note, while
players put the attack on the beat (Vos & Rasch, "The perceptual onset of
musical tones", 1981).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.spectrum import Frames
from drumnet.beats.evidence import FRAME_RATE_HZ, NUM_BANDS, NUM_CHANGES, ONSET_LEAD_S

Curve = NDArray[np.float64]

_BASS, _REST = 0, NUM_BANDS + NUM_CHANGES
_DRUMS = 2 * (NUM_BANDS + NUM_CHANGES)
#: An onset this near to a beat is the beat's, and as strong at least is one.
_REACH_S, _LEAST_STRENGTH = 0.07, 0.5
_STRONGEST = 12.0
#: So many onsets, for this share of the beats, say where beats lie.
_LEAST_ONSETS, _LEAST_SHARE = 8, 0.25


def placed(frames: Curve, evidence: Frames) -> Curve:
    """The beats (fractional frames), moved onto the onsets at them.

    Args:
        evidence: (num_frames, 29).
    """
    drums = _strength(evidence, (_DRUMS,))
    everything = _strength(evidence, (_BASS, _REST, _DRUMS))
    for onsets in (drums, everything):
        found = lateness(frames, onsets)
        if found is not None:
            return frames + found + ONSET_LEAD_S * FRAME_RATE_HZ
    return frames


def lateness(frames: Curve, onsets: Curve) -> float | None:
    """By how many frames peaks of onset strength follow the beats (frames), as the mean over those
    near one, weighed by strength; None where too few are.

    Args:
        onsets: (num_frames,) onset strength.
    """
    at, strength = _peaks(onsets)
    if not len(at) or len(frames) < 2:
        return None
    after = np.clip(np.searchsorted(frames, at), 1, len(frames) - 1)
    left, right = at - frames[after - 1], at - frames[after]
    late = np.where(np.abs(right) < left, right, left)
    near = np.abs(late) < _REACH_S * FRAME_RATE_HZ
    if near.sum() < max(_LEAST_ONSETS, _LEAST_SHARE * len(frames)):
        return None
    return float(np.average(late[near], weights=strength[near]))


def _strength(evidence: Frames, starts: tuple[int, ...]) -> Curve:
    groups = [evidence[:, start : start + NUM_BANDS].sum(axis=1) for start in starts]
    return np.minimum(np.sum(groups, axis=0, dtype=np.float64), _STRONGEST)


def _peaks(curve: Curve) -> tuple[Curve, Curve]:
    """Places (fractional frames) and heights of a curve's peaks; the place is the
    top of the parabola through three frames."""
    inner = curve[1:-1]
    is_peak = (inner >= curve[:-2]) & (inner > curve[2:]) & (inner > _LEAST_STRENGTH)
    at = np.flatnonzero(is_peak) + 1
    left, top, right = curve[at - 1], curve[at], curve[at + 1]
    bend = np.minimum(left - 2 * top + right, -1e-9)
    return at + 0.5 * (left - right) / bend, top
