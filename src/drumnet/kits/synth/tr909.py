"""The 909-like kit: swept oscillators, and cymbals stored with six bits.

The Roland TR-909 (1983) makes its drums with oscillators whose triangle waves
are clipped to near sines: the bass drum is one with a falling pitch and a click
of a pulse and noise, the snare drum two that bend for about 20 ms, and two
bands of noise, the toms three each (Roland, "TR-909 Service Notes", 1984;
G. Reid, "Practical Bass Drum Synthesis", Sound on Sound, February 2002).  Its
hats and cymbals are recordings of real ones, stored with 6 bits and played
through an analogue envelope and filter: ours are the metal of the acoustic-like
kit, stored in the same way (see `sixbit`).
"""

from __future__ import annotations

from dataclasses import replace

from drumnet.kits.synth import acoustic
from drumnet.kits.synth.signals import NoiseBand
from drumnet.kits.synth.sixbit import StoredSpec
from drumnet.kits.synth.skin import Mode, SkinSpec

#: A sine with the rest of a triangle that the diodes leave: a ninth of the
#: third harmonic would be a whole triangle.
_THIRD = 0.04

KICK = SkinSpec(
    length_s=0.62,
    fundamental_hz=53.0,
    sweep_soft=2.2,
    sweep_hard=4.2,
    sweep_decay_s=0.020,
    modes=(Mode(1.0, 1.0, 0.125), Mode(3.0, _THIRD, 0.100)),
    noises=(
        NoiseBand(500, 3_500, 0.12, 0.55, 0.005),
        NoiseBand(2_000, 9_000, 0.05, 0.40, 0.0015),
    ),
    drive_soft=0.6,
    drive_hard=1.6,
    attack_s=0.0006,
    release_s=0.1,
    pitch_spread=0.002,
)

SNARE = SkinSpec(
    length_s=0.40,
    fundamental_hz=185.0,
    sweep_soft=0.25,
    sweep_hard=0.50,
    sweep_decay_s=0.008,
    modes=(Mode(1.0, 1.0, 0.045), Mode(1.6, 0.60, 0.035), Mode(3.0, _THIRD, 0.030)),
    noises=(
        NoiseBand(600, 5_500, 0.26, 0.42, 0.055),
        NoiseBand(4_500, 14_000, 0.16, 0.38, 0.075),
    ),
    drive_soft=0.3,
    drive_hard=0.9,
    pitch_spread=0.002,
)


def _tom(fundamental_hz: float, length_s: float, decay_s: float) -> SkinSpec:
    return SkinSpec(
        length_s=length_s,
        fundamental_hz=fundamental_hz,
        sweep_soft=0.25,
        sweep_hard=0.55,
        sweep_decay_s=0.050,
        modes=(
            Mode(1.0, 1.0, decay_s),
            Mode(1.5, 0.35, 0.5 * decay_s),
            Mode(1.98, 0.20, 0.35 * decay_s),
        ),
        noises=(NoiseBand(500, 5_000, 0.05, 0.30, 0.012),),
        drive_soft=0.3,
        drive_hard=1.0,
        pitch_spread=0.002,
    )


LOW_TOM = _tom(86.0, 0.85, 0.150)
MID_TOM = _tom(125.0, 0.72, 0.120)
HIGH_TOM = _tom(178.0, 0.58, 0.095)

CLOSED_HAT = StoredSpec(
    replace(acoustic.OPEN_HAT, length_s=0.17, identity=909),
    decay_s=0.024,
    high_pass_hz=7_000.0,
    release_s=0.03,
)
OPEN_HAT = StoredSpec(
    replace(acoustic.OPEN_HAT, identity=909),
    decay_s=0.45,
    high_pass_hz=7_000.0,
    release_s=0.12,
)
CRASH = StoredSpec(
    replace(acoustic.CRASH, length_s=2.4, identity=910),
    decay_s=1.6,
    high_pass_hz=600.0,
    release_s=0.4,
)
RIDE = StoredSpec(
    replace(acoustic.RIDE, length_s=2.1, identity=911, modes_level=0.7),
    decay_s=1.2,
    high_pass_hz=1_200.0,
    release_s=0.4,
)
