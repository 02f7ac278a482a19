"""Takes as the drum network hears them.

In: a `Score` and an `Inventory`.  Out: a `Clip`: a few seconds of drums, alone, with the band
leaking in, or in a whole mix, as the network hears them; and the strokes in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.hits import Piece
from drumnet.training.band.desk import lossy, rms, with_noise
from drumnet.training.band.inventory import Inventory
from drumnet.training.band.rendering import RenderConfig, rendered_take
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
    kind = rng.random()
    is_alone, is_mix = kind < config.no_drums, kind < config.no_drums + config.mix
    has_band = is_mix or kind < config.no_drums + config.mix + config.leak
    take = rendered_take(
        score, others, inventory, rng, config.take, with_drums=not is_alone, with_band=has_band
    )
    sound = take.drums
    if take.band is not None:
        band_db = rng.uniform(-10, 8) if is_mix else rng.uniform(-45, -12)
        sound = sound + take.band * np.float32((rms(sound) or 0.1) * 10 ** (band_db / 20))
    if rng.random() < config.noise:
        sound = with_noise(sound, rng)
    if rng.random() < config.lossy:
        sound = lossy(sound, rng)
    magnitude = mel_magnitude(Audio(sound[None, round(config.take.lead_s * RATE_HZ) :], RATE_HZ))
    # A song's loudest stroke may be outside of the clip.
    reference = max(loudest(magnitude), SILENCE) * 10 ** (rng.uniform(-2.0, 14.0) / 20)
    heard = log_mel(magnitude, reference)
    level_db = 20 * np.log10(np.maximum(take.levels / reference, 1e-9)) - 60.0
    strokes = _asked_for(take.strokes, level_db, config.take.lead_s)
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
