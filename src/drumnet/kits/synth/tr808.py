"""The 808-like kit: resonators that are pushed once, and six square waves.

The Roland TR-808 (1980) has no samples.  Its drums are bridged-T networks,
band-passes that ring when a pulse hits them.  The bass drum starts an octave
higher for half a period and goes flat as it dies (Roland, "TR-808 Service
Notes", 1981; K. J. Werner, J. S. Abel, J. O. Smith, "A Physically-Informed,
Circuit-Bendable, Digital Model of the Roland TR-808 Bass Drum Circuit", DAFx
2014); the snare drum has two, at about 177 and 335 Hz, and high-passed noise;
the toms add a little noise as their room.  Hats and cymbal share six square
waves through two band-passes (K. J. Werner et al., "The TR-808 Cymbal: a
Physically-Informed, Circuit-Bendable, Digital Model", ICMC/SMC 2014): see
`squares`.  The machine has one cymbal: the ride is the same, with more of its
low band and a shorter high one.
"""

from __future__ import annotations

from drumnet.kits.synth.signals import NoiseBand
from drumnet.kits.synth.skin import Mode, SkinSpec
from drumnet.kits.synth.squares import SquareBand, SquaresSpec

KICK = SkinSpec(
    length_s=1.1,
    fundamental_hz=49.0,
    sweep_soft=0.7,
    sweep_hard=1.1,
    sweep_decay_s=0.012,
    modes=(Mode(1.0, 1.0, 0.22), Mode(0.98, 0.12, 0.30)),
    noises=(NoiseBand(300, 2_500, 0.02, 0.20, 0.003),),
    drive_soft=0.2,
    drive_hard=0.7,
    release_s=0.2,
    pitch_spread=0.004,
)

SNARE = SkinSpec(
    length_s=0.36,
    fundamental_hz=177.0,
    sweep_soft=0.03,
    sweep_hard=0.06,
    sweep_decay_s=0.012,
    modes=(Mode(1.0, 1.0, 0.042), Mode(335 / 177, 0.75, 0.026)),
    noises=(
        NoiseBand(3_200, 14_000, 0.26, 0.50, 0.045),
        NoiseBand(1_200, 4_000, 0.06, 0.12, 0.030),
    ),
    soft_tilt_db=3.0,
    pitch_spread=0.002,
)


def _tom(fundamental_hz: float, length_s: float, decay_s: float) -> SkinSpec:
    return SkinSpec(
        length_s=length_s,
        fundamental_hz=fundamental_hz,
        sweep_soft=0.08,
        sweep_hard=0.18,
        sweep_decay_s=0.035,
        modes=(Mode(1.0, 1.0, decay_s),),
        noises=(
            NoiseBand(250, 1_500, 0.020, 0.035, 1.1 * decay_s, 0.004),
            NoiseBand(800, 5_000, 0.02, 0.15, 0.003),
        ),
        drive_soft=0.2,
        drive_hard=0.6,
        pitch_spread=0.002,
    )


# Within the ranges of the machine's tuning knobs.
LOW_TOM = _tom(90.0, 0.85, 0.150)
MID_TOM = _tom(135.0, 0.70, 0.115)
HIGH_TOM = _tom(185.0, 0.55, 0.090)

_HIGH_BAND_HZ, _LOW_BAND_HZ = 7_100.0, 3_440.0

CLOSED_HAT = SquaresSpec(
    length_s=0.16,
    bands=(SquareBand(_HIGH_BAND_HZ, 1.0, 1.0, 0.020),),
    high_pass_soft_hz=6_000.0,
    high_pass_hard_hz=7_500.0,
    release_s=0.03,
)
OPEN_HAT = SquaresSpec(
    length_s=0.90,
    bands=(SquareBand(_HIGH_BAND_HZ, 1.0, 1.0, 0.130),),
    high_pass_soft_hz=6_000.0,
    high_pass_hard_hz=7_500.0,
    release_s=0.12,
)
CRASH = SquaresSpec(
    length_s=2.5,
    bands=(
        SquareBand(_LOW_BAND_HZ, 0.45, 0.45, 0.50),
        SquareBand(_HIGH_BAND_HZ, 0.60, 1.00, 0.35),
        SquareBand(_HIGH_BAND_HZ, 0.30, 0.90, 0.04),
    ),
    high_pass_soft_hz=1_800.0,
    high_pass_hard_hz=2_600.0,
    release_s=0.4,
)
RIDE = SquaresSpec(
    length_s=1.9,
    bands=(
        SquareBand(_LOW_BAND_HZ, 0.80, 0.80, 0.38),
        SquareBand(_HIGH_BAND_HZ, 0.50, 0.90, 0.060),
        SquareBand(_HIGH_BAND_HZ, 0.20, 0.30, 0.25),
    ),
    high_pass_soft_hz=2_200.0,
    high_pass_hard_hz=2_600.0,
    release_s=0.3,
)
