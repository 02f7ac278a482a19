"""The embedded kits: nine pieces in three characters, each sounding as it should."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.kits.kit import FULL_SCALE, KIT_RATE_HZ, Kit, embedded_kit, velocity_gain
from drumnet.kits.loading import load_kit
from drumnet.kits.synth import Character, strike
from drumnet.rendering.render import CHOKE_FADE_S, render

Signal = NDArray[np.float64]

TOMS = (Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM)
HATS = (Piece.CLOSED_HAT, Piece.OPEN_HAT)
CYMBALS = (*HATS, Piece.CRASH, Piece.RIDE)


@pytest.fixture(scope="module", params=Character, ids=lambda character: character.value)
def kit(request: pytest.FixtureRequest) -> Kit:
    return embedded_kit(request.param)


def strokes(kit: Kit, piece: Piece, layer: int = -1) -> list[Signal]:
    return [shot[0].astype(np.float64) for shot in kit.sounds[piece].layers[layer].shots]


def level(shot: Signal, window_s: float) -> Signal:
    """The RMS of every stretch of that length."""
    width = round(window_s * KIT_RATE_HZ)
    energy = np.cumsum(np.pad(shot**2, (width, width)))
    return np.sqrt(np.maximum(energy[width:] - energy[:-width], 0) / width)


def decay_s(shot: Signal) -> float:
    """From the loudest 10 ms to the last that are above -40 dB of them."""
    envelope = level(shot, 0.010)
    return float(np.flatnonzero(envelope > envelope.max() / 100)[-1] - envelope.argmax()) / 44_100


def spectrum(shot: Signal) -> tuple[Signal, Signal]:
    power = np.abs(np.fft.rfft(shot, 1 << 17)) ** 2
    return np.fft.rfftfreq(1 << 17, 1 / KIT_RATE_HZ), power


def middle_hz(shot: Signal) -> float:
    """Half of the power is below."""
    hz, power = spectrum(shot)
    total = np.cumsum(power)
    return float(hz[np.searchsorted(total, total[-1] / 2)])


def octaves_db(shot: Signal) -> Signal:
    """Octaves from 40 Hz to 20 kHz, relative to all of it."""
    hz, power = spectrum(shot)
    edges = 40.0 * 2 ** np.arange(10)
    parts = [power[(hz >= low) & (hz < 2 * low)].sum() for low in edges[:-1]]
    return 10 * np.log10(np.array(parts) / power.sum())


def loudest_db(kit: Kit, piece: Piece) -> float:
    return float(20 * np.log10(level(strokes(kit, piece)[0], 0.050).max()))


def test_every_kit_has_nine_pieces_with_layers_and_round_robins(kit: Kit) -> None:
    assert kit.pieces == tuple(Piece)
    for sound in kit.sounds.values():
        assert len(sound.layers) >= 3
        assert all(len(layer.shots) >= 3 for layer in sound.layers)
        assert sound.layers[-1].top_velocity == 127


@pytest.mark.parametrize("piece", Piece)
def test_strokes_are_clean(kit: Kit, piece: Piece) -> None:
    for layer in range(len(kit.sounds[piece].layers)):
        gain = velocity_gain(kit.sounds[piece].layers[layer].top_velocity)
        for shot in strokes(kit, piece, layer):
            peak = np.abs(shot).max()
            assert peak * gain <= FULL_SCALE, "no clipping"
            assert abs(shot.sum()) < 1e-3, "no DC"
            assert abs(shot[0]) < 1e-6 and abs(shot[-1]) < 1e-6
            assert np.abs(shot[-200:]).max() < 0.001 * peak, "no click at the end"
            assert np.argmax(np.abs(shot) > 0.1 * peak) < 0.003 * KIT_RATE_HZ, "a quick rise"


@pytest.mark.parametrize("piece", Piece)
def test_round_robins_are_the_same_drum_but_not_the_same_stroke(kit: Kit, piece: Piece) -> None:
    first, second, third = strokes(kit, piece)
    assert not np.array_equal(first, second) and not np.array_equal(second, third)
    heard = octaves_db(first) > -20
    for other in (second, third):
        apart = np.abs(octaves_db(first) - octaves_db(other))[heard]
        assert apart.max() < 4, "alike in every octave that is heard"
        assert np.std(first - other) > 0.03 * np.std(first), "but not the same"
        assert decay_s(other) == pytest.approx(decay_s(first), rel=0.15)


@pytest.mark.parametrize("piece", Piece)
def test_harder_strokes_are_brighter(kit: Kit, piece: Piece) -> None:
    layers = range(len(kit.sounds[piece].layers))
    hz, _ = spectrum(strokes(kit, piece)[0])

    def brightness(layer: int) -> float:
        power = np.sum([spectrum(shot)[1] for shot in strokes(kit, piece, layer)], axis=0)
        return float((power * np.log2(hz + 1)).sum() / power.sum())

    values = [brightness(layer) for layer in layers]
    assert values[-1] > values[0] + 0.03
    assert np.all(np.diff(values) > -0.05), "from layer to layer"


def test_pieces_ring_as_long_as_they_should(kit: Kit) -> None:
    ring = {piece: decay_s(strokes(kit, piece)[0]) for piece in Piece}
    assert ring[Piece.CLOSED_HAT] < 0.15
    assert 0.4 < ring[Piece.OPEN_HAT] < 1.0
    assert ring[Piece.CRASH] > 1.5
    assert 1.0 < ring[Piece.RIDE] < 2.5
    assert 0.15 < ring[Piece.SNARE] < 0.4
    assert ring[Piece.LOW_TOM] > ring[Piece.MID_TOM] > ring[Piece.HIGH_TOM] > 0.3


def test_the_pieces_are_in_the_order_of_pitch(kit: Kit) -> None:
    order = [Piece.KICK, *TOMS, Piece.SNARE, Piece.CRASH]
    middles = [middle_hz(strokes(kit, piece)[0]) for piece in order]
    assert middles == sorted(middles), dict(zip(order, middles, strict=True))
    assert all(middle_hz(strokes(kit, piece)[0]) > 4_000 for piece in CYMBALS)
    assert all(middle_hz(strokes(kit, piece)[0]) > 7_000 for piece in HATS)


def test_the_balance_is_that_of_a_mix(kit: Kit) -> None:
    """Kick and snare lead; hats and ride are 10 to 18 dB below the kick, as is
    the crash, nearly."""
    kick, snare = loudest_db(kit, Piece.KICK), loudest_db(kit, Piece.SNARE)
    assert abs(kick - snare) < 7
    assert all(loudest_db(kit, piece) <= max(kick, snare) for piece in TOMS)
    assert all(10 <= kick - loudest_db(kit, piece) <= 18 for piece in (*HATS, Piece.RIDE))
    assert 6 <= kick - loudest_db(kit, Piece.CRASH) <= 14


def test_the_characters_differ() -> None:
    acoustic, tr808, tr909 = (embedded_kit(character) for character in Character)
    kicks = [strokes(kit, Piece.KICK)[0] for kit in (acoustic, tr808, tr909)]
    assert decay_s(kicks[1]) > 1.5 * max(decay_s(kicks[0]), decay_s(kicks[2])), "it booms"
    hz, power = spectrum(strokes(tr808, Piece.CLOSED_HAT)[0])
    # Six square waves: there are lines, at multiples of the oscillators.
    line = power[np.abs(hz - 9 * 800) < 12].max()
    assert line > 4 * np.median(power[np.abs(hz - 9 * 800) < 300])


def test_the_808_kick_starts_an_octave_higher() -> None:
    shot = strokes(embedded_kit(Character.TR808), Piece.KICK)[0]
    crossings = np.flatnonzero(np.diff(np.signbit(shot))) / KIT_RATE_HZ
    pitch_hz = 1 / (2 * np.diff(crossings[(crossings > 0.002) & (crossings < 0.5)]))
    assert pitch_hz[0] > 60
    assert np.median(pitch_hz) == pytest.approx(49, abs=1)


def test_the_same_bytes_each_time() -> None:
    for character in Character:
        for piece in Piece:
            first = strike(piece, 0.5, 3, character)
            assert np.array_equal(first, strike(piece, 0.5, 3, character))
            assert not np.array_equal(first, strike(piece, 0.5, 4, character))


def test_a_piece_does_not_depend_on_the_others() -> None:
    alone = load_kit("909", [Piece.SNARE])
    assert alone.pieces == (Piece.SNARE,)
    whole = embedded_kit(Character.TR909)
    assert np.array_equal(strokes(alone, Piece.SNARE)[0], strokes(whole, Piece.SNARE)[0])
    assert load_kit("embedded", [Piece.KICK]).name == load_kit("acoustic", [Piece.KICK]).name


def groove() -> DrumTrack:
    """Two bars with every piece, an open hat that is closed, and ghost notes."""
    rng = np.random.default_rng(7)
    hits = [Hit(0.25 * i, 0, Piece.CLOSED_HAT, 60 + 20 * (i % 2)) for i in range(15)]
    hits += [Hit(0.25 * i + 0.125, 0, Piece.OPEN_HAT, 90) for i in range(3, 15, 4)]
    hits += [Hit(float(t), 0, Piece.KICK, 100) for t in (0, 0.75, 1.0, 2.0, 2.75)]
    hits += [Hit(float(t), 0, Piece.SNARE, 110) for t in (0.5, 1.5, 2.5, 3.5)]
    fill = [Piece.HIGH_TOM, Piece.MID_TOM, Piece.LOW_TOM]
    hits += [Hit(3 + 0.125 * i, 0, fill[i // 2], int(rng.integers(80, 127))) for i in range(6)]
    hits += [Hit(float(t), 0, Piece.CRASH, 120) for t in (0, 3.75)]
    hits += [Hit(float(t), 0, Piece.RIDE, 70) for t in np.arange(2, 3, 0.25)]
    return DrumTrack(tuple(hits))


def test_stems_add_up_to_the_drums_with_chokes_and_all(kit: Kit) -> None:
    track = groove()
    drums = render(track, kit, 6.0).samples
    stems = {piece: render(track, kit, 6.0, pieces=[piece]).samples for piece in track.pieces}
    assert len(stems) == 9 and all(stem.any() for stem in stems.values())
    assert np.abs(np.sum(list(stems.values()), axis=0) - drums).max() < 1e-6
    assert np.abs(drums).max() < 1
    # The open hat on 0.875 s is choked by the closed one on 1.0 s.
    fade = round(CHOKE_FADE_S * KIT_RATE_HZ)
    gap = slice(round(1.0 * KIT_RATE_HZ) + fade + 1, round(1.8 * KIT_RATE_HZ))
    assert not stems[Piece.OPEN_HAT][0, gap].any()
    before = slice(round(0.9 * KIT_RATE_HZ), round(1.0 * KIT_RATE_HZ))
    assert stems[Piece.OPEN_HAT][0, before].any()
