"""An excerpt of a song as sound: the drums, and the band beside them.

In: a `Score` and an `Inventory`.  Out: a `Take`: drums as they were recorded, the band
likewise, and every stroke with its time and level.  Kit, levels, tuning, damping, players,
amplifiers and rooms vary under a seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.training.band.accompaniment import played_band
from drumnet.training.band.config import RenderConfig
from drumnet.training.band.desk import ducked, rattled, recorded, treated
from drumnet.training.band.inventory import Inventory
from drumnet.training.band.playing import Notes, played_drums, random_strokes
from drumnet.training.band.scores import Score
from drumnet.training.band.strokes import RATE_HZ, StrokeKit, Wave

#: Typical level of a hard stroke, dB, and how far an excerpt may be from it.
_LEVEL_DB: Mapping[Piece, float] = {
    Piece.KICK: 0.0,
    Piece.SNARE: -1.0,
    Piece.CLOSED_HAT: -13.0,
    Piece.OPEN_HAT: -10.0,
    Piece.LOW_TOM: -3.0,
    Piece.MID_TOM: -3.0,
    Piece.HIGH_TOM: -3.0,
    Piece.CRASH: -6.0,
    Piece.RIDE: -12.0,
}
_SIDE_STICK, _SIDE_STICK_DB, _OTHER_DB = 37, -8.0, -10.0
_PEDAL_HAT, _PEDAL_HAT_DB = 44, -7.0
_CHOKE_S = 0.010
#: How often a drum has a reverb of its own.
_REVERB = {Piece.SNARE: 0.4, Piece.LOW_TOM: 0.3, Piece.MID_TOM: 0.3, Piece.HIGH_TOM: 0.3}
_REVERB_ELSE = 0.1
#: What snare wires buzz along with.
_RATTLING = (Piece.KICK, Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM)


@dataclass(frozen=True, eq=False)
class Take:
    """(num_samples,) at 44.1 kHz, the lead included.

    Args:
        drums: as they were recorded.
        strokes: (num_strokes, 3) seconds from the start of the lead, General MIDI key,
            velocity.
        levels: (num_strokes,) RMS of the loudest 50 ms of each stroke in `drums`.
        band: everything else, at an RMS of 1; None where nobody plays.
    """

    drums: Wave
    strokes: Notes
    levels: NDArray[np.float64]
    band: Wave | None


@dataclass(frozen=True, eq=False)
class _Voice:
    """A drum's strokes, tuned, damped and treated when they are asked for."""

    waves: Sequence[Wave]
    level_db: float
    factor: float
    damping_s: float
    seed: int
    is_rattled: bool
    is_treated: bool
    reverb: float
    made: dict[int, Wave] = field(default_factory=dict)

    def wave(self, number: int) -> Wave:
        if number not in self.made:
            wave = _tuned(self.waves[number], self.factor, self.damping_s)
            if self.is_rattled:
                wave = rattled(wave, np.random.default_rng(self.seed))
            if self.is_treated:
                wave = treated(wave, np.random.default_rng(self.seed), self.reverb)
            self.made[number] = wave
        return self.made[number]


def rendered_take(
    score: Score,
    others: Sequence[Score],
    inventory: Inventory,
    rng: np.random.Generator,
    config: RenderConfig,
    *,
    with_drums: bool = True,
    with_band: bool = True,
) -> Take:
    """An excerpt of a score, played and recorded.

    Args:
        others: whose band plays where the score has none.
    """
    length_s = config.lead_s + config.length_s
    speed = float(np.exp(rng.uniform(-0.2, 0.2)))
    start_s = float(rng.uniform(-config.lead_s, max(0.0, score.duration_s / speed - length_s)))
    clock = _clock(length_s, rng, config)
    if rng.random() < config.random_strokes:
        notes = random_strokes(length_s, rng)
    else:
        notes = played_drums(score, start_s, speed, length_s, rng)
    dropped = [key for key in range(128) if rng.random() < config.dropped]
    notes = notes[~np.isin(notes[:, 1], dropped)] if with_drums else notes[:0]
    notes[:, 0] = np.interp(notes[:, 0], *clock)
    dry, levels = _played(notes, inventory.kits, rng, config)
    drums, gain = recorded(dry, rng) if rng.random() < config.recorded else (dry, 1.0)
    band = None
    if with_band and inventory.instruments:
        kicks_s = notes[np.isin(notes[:, 1], (35, 36)), 0]
        if not score.parts and others:
            score = others[int(rng.integers(len(others)))]
            start_s = float(rng.uniform(0.0, max(0.0, score.duration_s / speed - length_s)))
        band = played_band(score, start_s, speed, clock, inventory, rng, config)
        if rng.random() < 0.1:
            band = ducked(band, kicks_s, rng)
    return Take(drums, notes, levels * gain, band)


def _played(
    notes: Notes, kits: Sequence[StrokeKit], rng: np.random.Generator, config: RenderConfig
) -> tuple[Wave, NDArray[np.float64]]:
    """The sound of the strokes, and the RMS of each one's loudest 50 ms."""
    num_samples = round((config.lead_s + config.length_s) * RATE_HZ)
    whole = [kit for kit in kits if kit.is_whole]
    main = whole[int(rng.integers(len(whole)))]
    steepness = rng.uniform(24.0, 42.0)  # dB a decade of velocity; DLS has 40
    voices = {int(key): _voice(int(key), main, kits, rng, config) for key in np.unique(notes[:, 1])}
    out = np.zeros(num_samples, dtype=np.float32)
    levels = np.zeros(len(notes))
    open_hat: list[tuple[int, int, Wave]] = []
    for i, (time_s, key, velocity) in enumerate(notes):
        voice = voices[int(key)]
        if not voice.waves:
            continue
        place = velocity / (MAX_VELOCITY + 1) * len(voice.waves) + rng.normal(0.0, 0.3)
        wave = voice.wave(int(np.clip(place, 0, len(voice.waves) - 1)))
        level_db = (
            voice.level_db + steepness * np.log10(velocity / MAX_VELOCITY) + rng.normal(0.0, 0.7)
        )
        levels[i] = 10 ** (level_db / 20)
        start = round(time_s * RATE_HZ)
        piece = Piece.from_midi_key(int(key))
        if piece in (Piece.CLOSED_HAT, Piece.OPEN_HAT):
            _choke(out, open_hat, start)
        part = (wave[: num_samples - start] * np.float32(levels[i])).astype(np.float32)
        out[start : start + len(part)] += part
        if piece is Piece.OPEN_HAT:
            open_hat.append((start, start + len(part), part))
    return out, levels


def _choke(out: Wave, ringing: list[tuple[int, int, Wave]], at: int) -> None:
    """Take what rings on out again, after a short fade."""
    fade = round(_CHOKE_S * RATE_HZ)
    for start, stop, part in ringing:
        if stop > at:
            tail = part[at - start :].copy()
            length = min(fade, len(tail))
            tail[:length] *= np.linspace(0.0, 1.0, length, dtype=np.float32)
            out[at:stop] -= tail
    ringing.clear()


def _voice(
    key: int,
    main: StrokeKit,
    kits: Sequence[StrokeKit],
    rng: np.random.Generator,
    config: RenderConfig,
) -> _Voice:
    """The strokes of a key, with their tuning, damping, treatment and level drawn."""
    kit = kits[int(rng.integers(len(kits)))] if rng.random() < config.other_kit else main
    candidates = (kit, main, *(kits[i] for i in rng.permutation(len(kits))))
    waves = next(filter(None, (_strokes_of(found, key) for found in candidates)), ())
    if rng.random() < config.layered:
        more = _strokes_of(kits[int(rng.integers(len(kits)))], key)
        waves = _layered(waves, more, float(rng.uniform(0.3, 0.8))) if more else waves
    factor = float(2 ** (rng.normal(0.0, config.tuning_semitones) / 12))
    damping_s = float(rng.uniform(0.03, 0.5)) if rng.random() < 0.3 else np.inf
    piece = Piece.from_midi_key(key)
    level = _OTHER_DB if piece is None else _LEVEL_DB[piece]
    level += {_SIDE_STICK: _SIDE_STICK_DB, _PEDAL_HAT: _PEDAL_HAT_DB}.get(key, 0.0)
    return _Voice(
        waves,
        level + rng.normal(0.0, config.level_db),
        factor,
        damping_s,
        seed=int(rng.integers(1 << 30)),
        is_rattled=piece in _RATTLING and rng.random() < config.rattled,
        is_treated=rng.random() < config.treated,
        reverb=_REVERB_ELSE if piece is None else _REVERB.get(piece, _REVERB_ELSE),
    )


def _strokes_of(kit: StrokeKit, key: int) -> Sequence[Wave]:
    """Those of the key, or of another key of the same piece."""
    if key in kit.strokes:
        return kit.strokes[key]
    piece = Piece.from_midi_key(key)
    if piece is None:
        return ()
    return next((w for k, w in kit.strokes.items() if Piece.from_midi_key(k) is piece), ())


def _layered(waves: Sequence[Wave], more: Sequence[Wave], share: float) -> Sequence[Wave]:
    """Two drums that are struck as one."""
    made = []
    for number, wave in enumerate(waves):
        other = more[number * len(more) // len(waves)]
        out = np.zeros(max(len(wave), len(other)), dtype=np.float32)
        out[: len(wave)] += np.float32(share) * wave
        out[: len(other)] += np.float32(1.0 - share) * other
        made.append(out)
    return made


def _tuned(wave: Wave, factor: float, damping_s: float) -> Wave:
    at = np.arange(0.0, len(wave) - 1, factor)
    out = np.interp(at, np.arange(len(wave)), wave)
    if np.isfinite(damping_s):
        out *= np.exp(-np.arange(len(out)) / (damping_s * RATE_HZ))
    return np.asarray(out, dtype=np.float32)


def _clock(
    length_s: float, rng: np.random.Generator, config: RenderConfig
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(num_times,) when it is written, and when it is played, from the start to the end."""
    written = np.linspace(0.0, length_s, 200)
    depth = rng.uniform(0.0, config.drift) if rng.random() < config.drifting else 0.0
    period_s, phase = rng.uniform(4.0, 30.0), rng.uniform(0.0, 2 * np.pi)
    speed = 1.0 + depth * np.sin(2 * np.pi * written / period_s + phase)
    played = np.concatenate([[0.0], np.cumsum(1.0 / speed[:-1])])
    return written, played * length_s / played[-1]
