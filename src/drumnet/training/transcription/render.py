"""Drum parts rendered to sound, and what is heard of them.

In: a `DrumScore` and kits of strokes.  Out: a `Clip`: a few seconds as the
network hears them, and the strokes in it.  Kit, levels, tuning, damping, room,
tone, compression, saturation, noise and leakage vary under a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.training.transcription.room import through_desk
from drumnet.training.transcription.scores import DrumScore
from drumnet.training.transcription.strokes import OTHER_KEYS, PIECE_KEYS, RATE_HZ, StrokeKit, Wave
from drumnet.transcribe.spectrum import SILENCE, log_mel, loudest, mel_magnitude

PIECES = tuple(Piece)
#: Typical level of a hard stroke, dB, and how far a clip may be from it.
_LEVEL_DB = {
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
#: Softer strokes are heard by nobody: they are not asked for.
_LEAST_VELOCITY = 10.0


@dataclass(frozen=True)
class ClipConfig:
    """Args:
    length_s: of a clip.
    lead_s: what sounds before it and rings on into it.
    level_db, tuning_semitones: standard deviations, a piece in a clip.
    other_kit: share of pieces that come from another kit.
    dropped: chance that a piece is not played.
    random_score: share of clips whose strokes are anywhere.
    leak: share of clips into which instruments leak ...
    full_leak: ... and of those in which they are as loud as the drums.
    no_drums: share of clips with leaking instruments alone.
    """

    length_s: float = 8.0
    lead_s: float = 1.5
    level_db: float = 4.0
    tuning_semitones: float = 2.0
    other_kit: float = 0.3
    dropped: float = 0.12
    random_score: float = 0.1
    leak: float = 0.4
    full_leak: float = 0.08
    no_drums: float = 0.03


@dataclass(frozen=True, eq=False)
class Clip:
    """Args:
    heard: (num_frames, 80) what the network hears, float16.
    strokes: (num_strokes, 3) seconds, index into `PIECES`, level in dB of the
        loudest frame.
    """

    heard: NDArray[np.float16]
    strokes: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Voice:
    """A key's strokes, tuned and damped when they are asked for."""

    waves: Sequence[Wave]
    level_db: float
    factor: float
    damping_s: float
    made: dict[int, Wave] = field(default_factory=dict)

    def wave(self, number: int) -> Wave:
        if number not in self.made:
            self.made[number] = _tuned(self.waves[number], self.factor, self.damping_s)
        return self.made[number]


def rendered_clip(
    score: DrumScore, kits: Sequence[StrokeKit], rng: np.random.Generator, config: ClipConfig
) -> Clip:
    """A few seconds of a score, played, recorded and heard."""
    if rng.random() < config.random_score:
        notes = _random_notes(rng, config)
    else:
        notes = _excerpt(score, rng, config)
    if rng.random() < config.no_drums:
        notes = notes[:0]
    dry, levels = _played(notes, kits, rng, config)
    leak = _leakage(kits, rng, config) if rng.random() < config.leak or not len(notes) else None
    wet, gain = through_desk(dry, leak, rng, full_leak=config.full_leak)
    lead = round(config.lead_s * RATE_HZ)
    magnitude = mel_magnitude(Audio(wet[None, lead:], RATE_HZ))
    # A song's loudest stroke may be outside of the clip.
    reference = max(loudest(magnitude), SILENCE) * 10 ** (rng.uniform(-2.0, 14.0) / 20)
    heard = log_mel(magnitude, reference)
    times = notes[:, 0] - config.lead_s
    pieces = np.array([_piece_index(int(key)) for key in notes[:, 1]], dtype=int)
    kept = (times >= 0) & (pieces >= 0) & (notes[:, 2] >= _LEAST_VELOCITY)
    level_db = 20 * np.log10(np.maximum(levels * gain / reference, 1e-9)) - 60.0
    strokes = np.stack([times, pieces, level_db], axis=1)[kept]
    return Clip(heard.astype(np.float16), strokes.astype(np.float32))


def _piece_index(key: int) -> int:
    piece = Piece.from_midi_key(key)
    return -1 if piece is None or key in OTHER_KEYS else PIECES.index(piece)


def _excerpt(score: DrumScore, rng: np.random.Generator, config: ClipConfig) -> NDArray[np.float64]:
    """(num_notes, 3) seconds from the start of the lead, key, velocity."""
    length = config.lead_s + config.length_s
    speed = float(np.exp(rng.uniform(-0.2, 0.2)))
    start = float(rng.uniform(-config.lead_s, max(0.0, score.duration_s / speed - length)))
    notes = score.strokes.copy()
    notes[:, 0] = notes[:, 0] / speed - start
    notes = notes[(notes[:, 0] >= 0) & (notes[:, 0] < length - 0.02)]
    if not score.is_performed:
        notes[:, 0] += rng.normal(0.0, rng.uniform(0.0, 0.010), len(notes))
        base = {int(key): rng.uniform(70, 118) for key in np.unique(notes[:, 1])}
        notes[:, 2] = [rng.normal(base[int(key)], 14.0) for key in notes[:, 1]]
    keep = {key: rng.random() >= config.dropped for key in range(128)}
    notes = notes[[keep[int(key)] for key in notes[:, 1]]] if len(notes) else notes
    if rng.random() < 0.15:  # hats, played on the ride or left half open
        other = float(rng.choice((51, 46, 49)))
        notes[:, 1] = np.where(np.isin(notes[:, 1], (22, 42, 44)), other, notes[:, 1])
    if rng.random() < 0.15 and len(notes):  # side stick for snare, the other way round
        notes[:, 1] = np.where(notes[:, 1] == 38, float(rng.choice((37, 40, 39))), notes[:, 1])
    notes[:, 0] = np.clip(notes[:, 0], 0.0, length - 0.02)
    notes[:, 2] = np.clip(notes[:, 2], 1.0, MAX_VELOCITY)
    return np.asarray(notes[np.argsort(notes[:, 0], kind="stable")])


def _random_notes(rng: np.random.Generator, config: ClipConfig) -> NDArray[np.float64]:
    length = config.lead_s + config.length_s
    rows = [np.zeros((0, 3))]
    for key in (*PIECE_KEYS, *OTHER_KEYS):
        if rng.random() < 0.35:
            count = int(rng.poisson(length * np.exp(rng.uniform(np.log(0.1), np.log(3.0)))))
            times = np.sort(rng.uniform(0.0, length - 0.02, count))
            times = times[np.diff(times, prepend=-1.0) > 0.06]
            rows.append(
                np.stack(
                    [times, np.full(len(times), key), rng.uniform(30, 127, len(times))], axis=1
                )
            )
    notes = np.concatenate(rows)
    return np.asarray(notes[np.argsort(notes[:, 0], kind="stable")])


def _played(
    notes: NDArray[np.float64],
    kits: Sequence[StrokeKit],
    rng: np.random.Generator,
    config: ClipConfig,
) -> tuple[Wave, NDArray[np.float64]]:
    """The sound of the notes, and the RMS of each one's loudest 50 ms."""
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
    config: ClipConfig,
) -> _Voice:
    """The strokes of a key, with their tuning, damping and level drawn."""
    kit = kits[int(rng.integers(len(kits)))] if rng.random() < config.other_kit else main
    candidates = (kit, main, *(kits[i] for i in rng.permutation(len(kits))))
    waves = next(filter(None, (_strokes_of(found, key) for found in candidates)), ())
    factor = float(2 ** (rng.normal(0.0, config.tuning_semitones) / 12))
    damping_s = float(rng.uniform(0.03, 0.5)) if rng.random() < 0.3 else np.inf
    piece = Piece.from_midi_key(key)
    level = _OTHER_DB if piece is None else _LEVEL_DB[piece]
    level += {_SIDE_STICK: _SIDE_STICK_DB, _PEDAL_HAT: _PEDAL_HAT_DB}.get(key, 0.0)
    return _Voice(waves, level + rng.normal(0.0, config.level_db), factor, damping_s)


def _strokes_of(kit: StrokeKit, key: int) -> Sequence[Wave]:
    """Those of the key, or of another key of the same piece."""
    if key in kit.strokes:
        return kit.strokes[key]
    piece = Piece.from_midi_key(key)
    if piece is None:
        return ()
    return next((w for k, w in kit.strokes.items() if Piece.from_midi_key(k) is piece), ())


def _tuned(wave: Wave, factor: float, damping_s: float) -> Wave:
    at = np.arange(0.0, len(wave) - 1, factor)
    out = np.interp(at, np.arange(len(wave)), wave)
    if np.isfinite(damping_s):
        out *= np.exp(-np.arange(len(out)) / (damping_s * RATE_HZ))
    return np.asarray(out, dtype=np.float32)


def _leakage(kits: Sequence[StrokeKit], rng: np.random.Generator, config: ClipConfig) -> Wave:
    """One or several instruments, each a note at a time on some eighths."""
    num_samples = round((config.lead_s + config.length_s) * RATE_HZ)
    out = np.zeros(num_samples, dtype=np.float32)
    sources = [kit.leaks for kit in kits if kit.leaks]
    if not sources:
        return out
    step_s = float(rng.uniform(0.12, 0.35))
    for _ in range(int(rng.integers(1, 4))):
        leaks = sources[int(rng.integers(len(sources)))]
        first = int(rng.integers(len(leaks)))
        gain = 10 ** (rng.uniform(-12, 0) / 20)
        share = rng.uniform(0.3, 0.9)
        at = np.flatnonzero(rng.random(int(num_samples / RATE_HZ / step_s)) < share)
        for number, stop in zip(at, np.append(at[1:], at[-1:] + 4), strict=True):
            start = round(number * step_s * RATE_HZ)
            wave = leaks[(first + int(rng.integers(4))) % len(leaks)]
            held = min(len(wave), round((stop - number) * step_s * RATE_HZ), num_samples - start)
            out[start : start + held] += np.float32(gain) * wave[:held]
    return out
