"""The song and its drums in one stereo file.

In: a `Song`, a `DrumTrack` and a `Kit`.  Out: (2, n) float32 blocks at
`MIX_RATE_HZ`: all stems that are sound, except those which the track replaces,
at their own levels, and the drums at a level that fits.

The rule for the level: the drums' peaks stand `DRUMS_OVER_SONG_DB` over those
of the song.  Of both, the 95th percentile of the peaks of 0.1 s stretches
counts, over the stretches that sound (above -40 dB of the loudest).  In the
drum stems beside this project's recordings it is between 13 dB below and 3.5 dB
above the other stems as exported; the finished production among them has
+3.5 dB.

Drums and mix go through a limiter each (`limiter`), as in the studio's page.
So that it has nothing to do in a mix whose level is measured here, all is
scaled down first, never up, until no sample is beyond `limiter.PEAK_LIMIT`.

A song that is too long to be kept (`band`) is read twice, once to measure and once
to mix, so that an hour needs no more memory than some minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.hits import DrumTrack
from drumnet.kits.kit import KIT_RATE_HZ, Kit
from drumnet.rendering.band import Band, Extremes, band_blocks, band_of
from drumnet.rendering.drum_bus import DrumBus
from drumnet.rendering.limiter import PEAK_LIMIT, limited
from drumnet.rendering.render import render_blocks
from drumnet.song.song import Song

MIX_RATE_HZ = KIT_RATE_HZ

DRUMS_OVER_SONG_DB = 0.0


@dataclass(frozen=True)
class MixLevels:
    """Factors of a mixdown, before the limiters: on the drums alone, and on everything."""

    drums_gain: float
    master_gain: float


def measure_mix(
    song: Song,
    track: DrumTrack,
    kit: Kit,
    duration_s: float,
    drums_gain: float | None = None,
    band: Band | None = None,
) -> MixLevels:
    """Finds the levels by the rule above; reads the whole song once.

    Args:
        drums_gain: the drums' level where it is set already.
        band: the song, where it was read before.
    """
    heard = (band or band_of(song, duration_s)).extremes
    drums = Extremes.of(render_blocks(track, kit, duration_s, MIX_RATE_HZ))
    song_peak, drums_peak = heard.typical_peak(), drums.typical_peak()
    gain = 1.0 if drums_gain is None else drums_gain
    if drums_gain is None and song_peak > 0 and drums_peak > 0:
        gain = 10 ** (DRUMS_OVER_SONG_DB / 20) * song_peak / drums_peak
    peak = max(
        float((heard.highest + (gain * drums.highest).clip(max=PEAK_LIMIT)).max(initial=0.0)),
        -float((heard.lowest + (gain * drums.lowest).clip(min=-PEAK_LIMIT)).min(initial=0.0)),
    )
    return MixLevels(gain, min(1.0, PEAK_LIMIT / peak) if peak > 0 else 1.0)


def mix_blocks(
    song: Song,
    track: DrumTrack,
    kit: Kit,
    duration_s: float | None = None,
    levels: MixLevels | None = None,
    band: Band | None = None,
    bus: DrumBus | None = None,
) -> Iterator[NDArray[np.float32]]:
    """The mix in blocks of (2, n), round(duration_s * MIX_RATE_HZ) samples in all.

    Args:
        duration_s: the length of the song if None.
        levels: measured if None.
        band: the song, where it was read before.
        bus: the drums at their level, where that is made already.

    Raises:
        KitError: the kit lacks a piece of the track.
        AudioError: a stem cannot be read.
    """
    length_s = song.duration_s if duration_s is None else duration_s
    levels = levels or measure_mix(song, track, kit, length_s, band=band)
    drums = (bus or DrumBus(track, kit, length_s, levels.drums_gain)).blocks()
    master = np.float32(levels.master_gain)
    kept = None if band is None else band.sound
    stems = band_blocks(song, length_s) if kept is None else kept
    mixed = (master * (sound + hits) for sound, hits in zip(stems, drums, strict=True))
    return limited(mixed, MIX_RATE_HZ)
