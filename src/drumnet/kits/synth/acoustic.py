"""The acoustic-like kit: membranes, snare wires and thin metal.

Sources: the snare's two lowest pairs of modes, where both skins move together
or against each other, lie at about 182 and 330 Hz and at 278 and 341 Hz
(T. D. Rossing et al., "Acoustics of snare drums", J. Acoust. Soc. Am. 92,
1992); the toms' modes are at 1, 1.5, 2, 2.4 times the fundamental, as the air
pulls those of the ideal membrane together (N. H. Fletcher, T. D. Rossing, "The
Physics of Musical Instruments", 2nd ed. 1998, chapter 18).  For cymbals see
`metal`.
"""

from __future__ import annotations

from dataclasses import replace

from drumnet.kits.synth.metal import MetalSpec
from drumnet.kits.synth.signals import NoiseBand
from drumnet.kits.synth.skin import Mode, SkinSpec

SNARE = SkinSpec(
    length_s=0.45,
    fundamental_hz=182.0,
    sweep_soft=0.03,
    sweep_hard=0.10,
    sweep_decay_s=0.020,
    modes=(
        Mode(1.0, 1.0, 0.060),
        Mode(278 / 182, 0.35, 0.050),
        Mode(330 / 182, 0.55, 0.045),
        Mode(341 / 182, 0.25, 0.040),
        Mode(2.45, 0.20, 0.030),
        Mode(3.30, 0.12, 0.022),
    ),
    noises=(
        NoiseBand(900, 3_000, 0.16, 0.34, 0.045, 0.0008),  # wires, near
        NoiseBand(3_000, 7_500, 0.12, 0.34, 0.060, 0.0015),  # wires, their hiss
        NoiseBand(1_500, 9_000, 0.18, 0.70, 0.005),  # stick
        NoiseBand(1_800, 5_500, 0.030, 0.050, 0.110, 0.004),  # wires, the last rattle
    ),
    drive_soft=0.3,
    drive_hard=1.0,
)

_TOM_MODES = (
    Mode(1.0, 1.0, 0.165),
    Mode(1.5, 0.45, 0.085),
    Mode(2.0, 0.18, 0.050),
    Mode(2.44, 0.14, 0.035),
    Mode(2.9, 0.08, 0.025),
)
_MID_TOM_STICK = (
    NoiseBand(250, 1_000, 0.10, 0.22, 0.018),
    NoiseBand(1_200, 6_000, 0.06, 0.40, 0.004),
)


def _tom(fundamental_hz: float, length_s: float, slower: float) -> SkinSpec:
    """A tom whose modes ring `slower` times as long as the mid tom's."""
    return SkinSpec(
        length_s=length_s,
        fundamental_hz=fundamental_hz,
        sweep_soft=0.05,
        sweep_hard=0.22,
        sweep_decay_s=0.055,
        modes=tuple(replace(mode, decay_s=mode.decay_s * slower) for mode in _TOM_MODES),
        noises=_MID_TOM_STICK,
        soft_tilt_db=5.0,
        drive_soft=0.2,
        drive_hard=0.8,
    )


LOW_TOM = _tom(82.0, 1.05, 1.25)
MID_TOM = _tom(116.0, 0.88, 1.0)
HIGH_TOM = _tom(156.0, 0.74, 0.82)

CLOSED_HAT = MetalSpec(
    length_s=0.16,
    identity=14,
    num_modes=110,
    low_hz=260.0,
    high_hz=14_000.0,
    modes_level=0.42,
    modes_low_s=0.010,
    modes_high_s=0.018,
    modes_tilt_db=-0.5,
    washes=(
        NoiseBand(5_500, 12_000, 0.45, 0.55, 0.020),
        NoiseBand(10_000, 17_000, 0.12, 0.40, 0.015),
        NoiseBand(2_500, 9_000, 0.20, 0.60, 0.004),  # stick
    ),
    release_s=0.03,
)

OPEN_HAT = replace(
    CLOSED_HAT,
    length_s=0.95,
    modes_level=0.5,
    modes_low_s=0.12,
    modes_high_s=0.17,
    modes_tilt_db=-0.5,
    washes=(
        NoiseBand(3_500, 9_000, 0.40, 0.45, 0.160, 0.002),
        NoiseBand(8_000, 16_000, 0.20, 0.45, 0.130, 0.003),
        NoiseBand(2_500, 9_000, 0.20, 0.60, 0.004),  # stick
    ),
    release_s=0.12,
)

CRASH = MetalSpec(
    length_s=2.6,
    identity=16,
    num_modes=110,
    low_hz=310.0,
    high_hz=7_500.0,
    modes_level=0.36,
    modes_low_s=0.75,
    modes_high_s=0.55,
    modes_tilt_db=-0.8,
    washes=(
        NoiseBand(900, 3_200, 0.22, 0.22, 0.45, 0.003),
        NoiseBand(3_200, 8_000, 0.22, 0.40, 0.42, 0.008),
        NoiseBand(7_500, 15_000, 0.08, 0.35, 0.30, 0.014),
        NoiseBand(2_500, 14_000, 0.20, 0.70, 0.030),  # the burst
    ),
    release_s=0.4,
)

RIDE = MetalSpec(
    length_s=2.4,
    identity=20,
    num_modes=120,
    low_hz=330.0,
    high_hz=11_000.0,
    modes_level=0.55,
    modes_low_s=0.55,
    modes_high_s=0.40,
    modes_tilt_db=-1.0,
    washes=(
        NoiseBand(3_500, 13_000, 0.06, 0.18, 0.32, 0.010),
        NoiseBand(4_000, 12_000, 0.50, 1.00, 0.006),  # the tip
        NoiseBand(3_500, 8_000, 0.25, 0.35, 0.050),
    ),
    place_db=1.5,
    release_s=0.4,
)
