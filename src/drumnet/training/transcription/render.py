"""Takes as the drum network hears them.

In: a `Score` and an `Inventory`, or an excerpt of a project.  Out: a `Clip`: a few seconds
of drums, alone, with the band leaking in, or in a whole mix, as the network hears them; and
the strokes in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.hits import Piece
from drumnet.training.band.config import RenderConfig
from drumnet.training.band.desk import lossy, recorded, rms, with_noise
from drumnet.training.band.inventory import Inventory
from drumnet.training.band.lmms import LmmsExcerpt
from drumnet.training.band.rendering import Take, rendered_take
from drumnet.training.band.scores import Score
from drumnet.training.band.strokes import OTHER_KEYS, RATE_HZ
from drumnet.transcribe.spectrum import SILENCE, log_mel, loudest, mel_magnitude

PIECES = tuple(Piece)
#: What is asked of the network in training alone, beside the pieces: strokes that are taken
#: for the snare's and are none, and percussion that is no piece.
STICKS, PERCUSSION = len(PIECES), len(PIECES) + 1
NUM_KINDS = len(PIECES) + 2
_STICK_KEYS = (37, 39)
#: Softer strokes are heard by nobody: they are not asked for.
_LEAST_VELOCITY = 10.0


class _Beside(Enum):
    """What the band does, in the order of the shares."""

    ALONE = "there are no drums"
    MIX = "as loud as the drums"
    LEAK = "leaks into their microphones"
    NOBODY = "is not there"


#: How loud the band is beside the drums, dB.
_BAND_DB = {_Beside.ALONE: (-10.0, 8.0), _Beside.MIX: (-10.0, 8.0), _Beside.LEAK: (-45.0, -12.0)}


@dataclass(frozen=True)
class ClipConfig:
    """Args:
    leak: share of clips into which the band leaks ...
    mix: ... and of those in which it is about as loud as the drums.
    no_drums: share of clips of the band alone.
    noise: share with noise.
    lossy: share that was an MP3.
    """

    leak: float = 0.3
    mix: float = 0.25
    no_drums: float = 0.04
    noise: float = 0.7
    lossy: float = 0.04
    take: RenderConfig = field(default_factory=RenderConfig)


@dataclass(frozen=True, eq=False)
class Clip:
    """Args:
    heard: (num_frames, 80) what the network hears, float16.
    strokes: (num_strokes, 3) seconds, kind (index into `PIECES`, `STICKS` or
        `PERCUSSION`), level in dB of the loudest frame.
    """

    heard: NDArray[np.float16]
    strokes: NDArray[np.float32]


def rendered_clip(
    score: Score,
    others: Sequence[Score],
    inventory: Inventory,
    rng: np.random.Generator,
    config: ClipConfig,
) -> Clip:
    """A few seconds of a score, played, recorded and heard."""
    beside = _beside(rng, config)
    take = rendered_take(
        score,
        others,
        inventory,
        rng,
        config.take,
        with_drums=beside is not _Beside.ALONE,
        with_band=beside is not _Beside.NOBODY,
    )
    return _heard(take, beside, rng, config)


def project_clip(
    excerpts: Sequence[LmmsExcerpt], rng: np.random.Generator, config: ClipConfig
) -> Clip:
    """A few seconds of one of these excerpts, through another desk, and heard."""
    excerpt = excerpts[int(rng.integers(len(excerpts)))]
    length_s = config.take.lead_s + config.take.length_s
    start_s = float(rng.uniform(0.0, max(0.0, excerpt.duration_s - length_s)))
    part = excerpt.part(start_s, start_s + length_s)
    size = round(length_s * RATE_HZ)
    beside = _beside(rng, config)
    wet, gain = recorded(np.pad(part.drums, (0, size - len(part.drums))), rng)
    band = np.pad(part.others, (0, size - len(part.others))) / max(rms(part.others), SILENCE)
    take = Take(wet, part.strokes, part.levels * gain, band.astype(np.float32))
    if beside is _Beside.ALONE:
        take = replace(take, drums=0.0 * wet, strokes=part.strokes[:0], levels=part.levels[:0])
    return _heard(take, beside, rng, config)


def _beside(rng: np.random.Generator, config: ClipConfig) -> _Beside:
    """How the band is heard beside the drums."""
    shares = np.cumsum([config.no_drums, config.mix, config.leak])
    return list(_Beside)[int(np.searchsorted(shares, rng.random(), side="right"))]


def _heard(take: Take, beside: _Beside, rng: np.random.Generator, config: ClipConfig) -> Clip:
    """What the network hears of a take, and the strokes that it is asked for."""
    sound = take.drums
    if take.band is not None and beside in _BAND_DB:
        gain = 10 ** (rng.uniform(*_BAND_DB[beside]) / 20)
        sound = sound + take.band * np.float32((rms(sound) or 0.1) * gain)
    if rng.random() < config.noise:
        sound = with_noise(sound, rng)
    if rng.random() < config.lossy:
        sound = lossy(sound, rng)
    magnitude = mel_magnitude(Audio(sound[None, round(config.take.lead_s * RATE_HZ) :], RATE_HZ))
    # A song's loudest stroke may be outside of the clip.
    reference = max(loudest(magnitude), SILENCE) * 10 ** (rng.uniform(-2.0, 14.0) / 20)
    heard = log_mel(magnitude, reference)
    level_db = 20 * np.log10(np.maximum(take.levels / reference, 1e-9)) - 60.0
    sounds = take.levels > 0  # some kits lack a drum
    strokes = _asked_for(take.strokes[sounds], level_db[sounds], config.take.lead_s)
    return Clip(heard.astype(np.float16), strokes.astype(np.float32))


def _asked_for(
    notes: NDArray[np.float64], level_db: NDArray[np.float64], lead_s: float
) -> NDArray[np.float64]:
    times = notes[:, 0] - lead_s
    heard = (times >= 0) & (notes[:, 2] >= _LEAST_VELOCITY)
    rows = [np.zeros((0, 3))]
    for keys, kind in _kinds():
        of_kind = heard & np.isin(notes[:, 1], keys)
        rows.append(
            np.stack([times[of_kind], np.full(int(of_kind.sum()), kind), level_db[of_kind]], axis=1)
        )
    found = np.concatenate(rows)
    return np.asarray(found[np.argsort(found[:, 0], kind="stable")])


def _kinds() -> list[tuple[list[int], int]]:
    """The keys of each kind; a stick on the rim is a snare's stroke too."""
    pieces = [
        ([key for key in range(128) if Piece.from_midi_key(key) is piece], number)
        for number, piece in enumerate(PIECES)
    ]
    return [*pieces, (list(_STICK_KEYS), STICKS), (list(OTHER_KEYS), PERCUSSION)]
