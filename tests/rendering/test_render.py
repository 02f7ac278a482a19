"""Hits sound when, as loud, and as long as they should; stems and mixes add up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.errors import KitError
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.kits.kit import Kit, Layer, PieceSound, embedded_kit
from drumnet.rendering.limiter import PEAK_LIMIT
from drumnet.rendering.mixdown import measure_mix, mix_blocks
from drumnet.rendering.render import CHOKE_FADE_S, render, render_blocks, safe_gain
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem

RATE = 44_100
FADE = round(CHOKE_FADE_S * RATE)


def flat_kit(level: float = 0.1, length: int = RATE, **chokes: Piece) -> Kit:
    """Every stroke of the kick is `level`, of the snare twice that: easy to see."""
    sounds = {}
    for piece, factor in ((Piece.KICK, 1), (Piece.SNARE, 2), (Piece.OPEN_HAT, 3)):
        shots = tuple(np.full((1, length), factor * level, dtype=np.float32) for _ in range(2))
        choked = chokes.get(piece.value)
        sounds[piece] = PieceSound((Layer(127, shots),), frozenset({choked} if choked else ()))
    return Kit("flat", sounds)


def kicks(*onsets_s: float, velocity: int = 127, piece: Piece = Piece.KICK) -> list[Hit]:
    return [Hit(onset_s, 0, piece, velocity) for onset_s in onsets_s]


def sine(hz: float, seconds: float, level: float, rate: int = RATE) -> Audio:
    t = np.arange(round(seconds * rate)) / rate
    return Audio((level * np.sin(2 * np.pi * hz * t))[np.newaxis].astype(np.float32), rate)


def mixed(song: Song, track: DrumTrack, kit: Kit) -> NDArray[np.float32]:
    return np.concatenate(list(mix_blocks(song, track, kit)), axis=1)


@pytest.mark.parametrize(("onset_s", "sample"), [(1.0, 44_100), (0.50001, 22_050), (-0.01, 0)])
def test_a_hit_starts_at_its_sample(onset_s: float, sample: int) -> None:
    audio = render(DrumTrack(tuple(kicks(onset_s))), flat_kit(), 2.0)
    assert audio.num_samples == 2 * RATE
    assert np.flatnonzero(audio.samples[0])[0] == sample


def test_the_embedded_kick_sounds_where_it_is_placed() -> None:
    samples = render(DrumTrack(tuple(kicks(1.0))), embedded_kit(), 2.0).samples[0]
    assert not samples[: RATE + 1].any()
    assert RATE <= np.argmax(np.abs(samples) > 0.1 * np.abs(samples).max()) < RATE + 44


def test_louder_velocities_are_louder() -> None:
    kit = embedded_kit()
    levels = []
    for velocity in range(1, 128):
        samples = render(DrumTrack(tuple(kicks(0.0, velocity=velocity))), kit, 0.5).samples
        levels.append(float(np.sqrt(np.mean(samples**2))))
    assert np.all(np.diff(levels) > 0)
    assert 20 * np.log10(levels[126] / levels[63]) == pytest.approx(11.9, abs=0.5)


def test_round_robins_take_turns() -> None:
    samples = render(DrumTrack(tuple(kicks(0, 1, 2, 3))), embedded_kit(), 4.0).samples[0]
    first, second, third, fourth = samples.reshape(4, RATE)
    assert not np.array_equal(first, second) and not np.array_equal(second, third)
    assert np.array_equal(first, fourth), "three round robins"


def test_a_choke_silences_the_stroke_before() -> None:
    track = DrumTrack(tuple(kicks(0.0, 0.5)))
    ringing = render(track, flat_kit(), 2.0).samples[0]
    assert ringing[RATE * 3 // 4] == pytest.approx(0.2), "both are heard"
    choked = render(track, flat_kit(kick=Piece.KICK), 2.0).samples[0]
    half = RATE // 2
    assert np.all(choked[half + FADE : half + RATE] == np.float32(0.1)), "only the new one"
    assert choked[half] == pytest.approx(0.2)
    assert np.all(np.diff(choked[half : half + FADE]) < 0)
    assert not choked[half + RATE :].any()


def test_one_piece_may_choke_another() -> None:
    track = DrumTrack((*kicks(0.0, piece=Piece.OPEN_HAT), *kicks(0.25)))
    kit = flat_kit(kick=Piece.OPEN_HAT)
    hat = render(track, kit, 1.0, pieces=[Piece.OPEN_HAT]).samples[0]
    assert not hat[RATE // 4 + FADE :].any(), "choked by a kick that is not heard"


def test_of_two_strokes_at_once_the_louder_is_heard() -> None:
    track = DrumTrack((*kicks(0.0, velocity=60), *kicks(0.0, velocity=127)))
    samples = render(track, flat_kit(kick=Piece.KICK), 1.0).samples[0]
    assert np.all(samples[: RATE - FADE] == np.float32(0.1))


def test_the_song_ends_without_a_click() -> None:
    samples = render(DrumTrack(tuple(kicks(0.5, 7.0))), flat_kit(), 1.0).samples[0]
    assert len(samples) == RATE
    assert samples[-FADE - 1] == np.float32(0.1)
    assert np.all(np.diff(samples[-FADE:]) < 0) and samples[-1] < 0.001


def busy_track(seed: int = 0) -> DrumTrack:
    rng = np.random.default_rng(seed)
    pieces = (Piece.KICK, Piece.SNARE, Piece.OPEN_HAT)
    return DrumTrack(
        tuple(
            Hit(float(t), 0, pieces[int(rng.integers(3))], int(rng.integers(1, 128)))
            for t in rng.uniform(0, 3, 60)
        )
    )


def noisy_kit() -> Kit:
    rng = np.random.default_rng(1)

    def shots() -> tuple[NDArray[np.float32], ...]:
        return tuple(rng.uniform(-0.2, 0.2, (1, 9000)).astype(np.float32) for _ in range(3))

    chokes = {Piece.KICK: Piece.KICK, Piece.SNARE: Piece.OPEN_HAT, Piece.OPEN_HAT: Piece.OPEN_HAT}
    return Kit(
        "noisy",
        {
            piece: PieceSound((Layer(64, shots()), Layer(127, shots())), frozenset({choked}))
            for piece, choked in chokes.items()
        },
    )


@pytest.mark.parametrize("block_samples", [1000, 4096, 44_099, 10_000_000])
def test_blocks_make_no_difference(block_samples: int) -> None:
    track, kit = busy_track(), noisy_kit()
    whole = render(track, kit, 3.0).samples
    blocks = list(render_blocks(track, kit, 3.0, block_samples=block_samples))
    assert all(block.shape[1] <= block_samples for block in blocks)
    assert np.array_equal(np.concatenate(blocks, axis=1), whole)


def test_stems_add_up_to_the_drums() -> None:
    track, kit = busy_track(), noisy_kit()
    stems = [render(track, kit, 3.0, pieces=[piece]).samples for piece in track.pieces]
    drums = render(track, kit, 3.0).samples
    assert len(stems) == 3
    assert np.abs(np.sum(stems, axis=0) - drums).max() < 1e-6


def test_safe_gain_keeps_headroom() -> None:
    track = DrumTrack((*kicks(0.0, 0.1, 0.2), *kicks(0.1, piece=Piece.SNARE)))
    kit = flat_kit(0.5)
    gain = safe_gain(track, kit, 1.0)
    peak = np.abs(render(track, kit, 1.0, gain=gain).samples).max()
    assert peak == pytest.approx(PEAK_LIMIT, rel=1e-5)
    assert safe_gain(DrumTrack(), kit, 1.0) == 1.0
    assert safe_gain(DrumTrack(tuple(kicks(0, 0.3, 0.35))), embedded_kit(), 1.0) == 1.0


def test_another_rate_keeps_the_time() -> None:
    audio = render(DrumTrack(tuple(kicks(1.0))), embedded_kit(), 2.0, 48_000)
    onset = np.argmax(np.abs(audio.samples[0]) > 0.1 * np.abs(audio.samples).max())
    assert (audio.sample_rate, audio.num_samples) == (48_000, 96_000)
    assert 48_000 <= onset < 48_048


def test_no_hits_are_silence_and_a_missing_piece_is_said() -> None:
    assert not render(DrumTrack(), embedded_kit(), 1.0).samples.any()
    with pytest.raises(KitError, match="the kit 'flat' has no crash: it holds kick, snare"):
        render(DrumTrack(tuple(kicks(0.0, piece=Piece.CRASH))), flat_kit(), 1.0)


def test_the_mix_holds_every_stem_but_the_replaced_ones() -> None:
    song = Song(
        (
            Stem("bass", Role.BASS, sine(200, 2.0, 0.1)),
            Stem(
                "left",
                Role.GUITAR,
                Audio(np.vstack([np.full(22_050, 0.1), np.zeros(22_050)]), 22_050),
            ),
            Stem("kick", Role.KICK, sine(3000, 2.0, 0.1)),
            Stem("snare", Role.SNARE, Onsets(np.array([0.5]), np.array([1.0], dtype=np.float32))),
        )
    )
    mix = mixed(song, DrumTrack(), embedded_kit())
    assert mix.shape == (2, 2 * RATE)
    spectrum = np.abs(np.fft.rfft(mix[1])) / RATE
    assert spectrum[400] == pytest.approx(0.1, rel=0.01), "the mono bass, in the centre"
    assert spectrum[6000] < 1e-6, "the replaced kick"
    middle = slice(RATE // 4, RATE // 2)
    assert np.mean(mix[0, middle] - mix[1, middle]) == pytest.approx(0.1, rel=0.01)
    assert np.abs(mix[0, RATE + 100 :] - mix[1, RATE + 100 :]).max() < 1e-3, "it is 1 s long"


@pytest.mark.parametrize("level", [0.003, 0.3, 1.0, 3.0])
def test_mixes_do_not_clip_and_the_drums_fit(level: float) -> None:
    song = Song((Stem("bass", Role.BASS, sine(220.5, 4.0, level)),))
    track = DrumTrack(tuple(kicks(0.5, 1.0, 1.5, 2.0, velocity=110)))
    kit = embedded_kit()
    mix = mixed(song, track, kit)
    levels = measure_mix(song, track, kit, 4.0)
    assert np.abs(mix).max() <= np.float32(PEAK_LIMIT)
    assert levels.master_gain <= 1.0
    drums = levels.drums_gain * render(track, kit, 4.0).samples
    assert np.abs(drums).max() == pytest.approx(level, rel=0.2), "peaks as high as the song's"
    if level > 0.9:
        assert np.abs(mix).max() > PEAK_LIMIT * 0.8, "and not much lower than it may be"


def test_a_piece_that_is_not_to_be_heard_may_be_missing() -> None:
    kick, crash = kicks(0.5), kicks(0.25, piece=Piece.CRASH)
    alone = render(DrumTrack(tuple(kick)), flat_kit(), 1.0).samples
    heard = render(DrumTrack((*crash, *kick)), flat_kit(), 1.0, pieces=[Piece.KICK]).samples
    np.testing.assert_array_equal(heard, alone)


def constant(level: float, seconds: float = 4.0) -> Song:
    """A song of which every sample is alike."""
    samples = np.full((1, round(seconds * RATE)), level, dtype=np.float32)
    return Song((Stem("bass", Role.BASS, Audio(samples, RATE)),))


def test_the_drums_peaks_are_as_high_as_the_songs() -> None:
    levels = measure_mix(constant(0.2), DrumTrack(tuple(kicks(0.5))), flat_kit(0.1), 4.0)
    assert levels.drums_gain == pytest.approx(2.0, rel=1e-3)


def test_a_mix_that_is_too_loud_is_turned_down_as_a_whole() -> None:
    """It is the soft mix times a number, with none of its peaks cut off."""
    track, kit = DrumTrack(tuple(kicks(0.5, 1.0, 1.5, velocity=110))), embedded_kit()
    soft, loud = (
        mixed(Song((Stem("bass", Role.BASS, sine(220.5, 2.0, level)),)), track, kit)
        for level in (0.01, 0.8)
    )
    louder = np.abs(loud).max() / np.abs(soft).max()
    np.testing.assert_allclose(loud, louder * soft, atol=1e-4)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_loudest_sample_is_at_1_db_below_full_scale(sign: float) -> None:
    """Be it above zero or below: of both, the song's peak and the drums' are added."""
    pulses = np.zeros((1, 4 * RATE), dtype=np.float32)
    pulses[:, ::7] = sign * 0.8
    song = Song((Stem("bass", Role.BASS, Audio(pulses, RATE)),))
    levels = measure_mix(song, DrumTrack(tuple(kicks(0.5))), flat_kit(sign * 0.1), 4.0)
    assert levels.drums_gain == pytest.approx(8.0, rel=1e-3)
    assert 20 * np.log10(levels.master_gain * 1.6) == pytest.approx(-1.0, abs=0.01)


def test_rests_do_not_count_for_the_level_of_the_drums() -> None:
    """A second of bass, and 29 of the hum of its amplifier, 54 dB below it."""
    bass = np.full((1, 30 * RATE), 0.0004, dtype=np.float32)
    bass[:, 3 * RATE : 4 * RATE] = 0.2
    song = Song((Stem("bass", Role.BASS, Audio(bass, RATE)),))
    levels = measure_mix(song, DrumTrack(tuple(kicks(3.0))), flat_kit(0.1), 30.0)
    assert levels.drums_gain == pytest.approx(2.0, rel=1e-3)


def test_a_single_accent_does_not_decide_the_level_of_the_drums() -> None:
    bass = np.full((1, 10 * RATE), 0.2, dtype=np.float32)
    bass[:, 3 * RATE : 3 * RATE + RATE // 20] = 0.9
    song = Song((Stem("bass", Role.BASS, Audio(bass, RATE)),))
    levels = measure_mix(song, DrumTrack(tuple(kicks(3.0))), flat_kit(0.1), 10.0)
    assert levels.drums_gain == pytest.approx(2.0, rel=1e-3)


def test_a_song_is_mixed_to_its_last_sample() -> None:
    """Of any length, not of whole blocks alone."""
    mix = mixed(constant(0.1, 5.3), DrumTrack(), flat_kit())
    assert mix.shape == (2, round(5.3 * RATE))
    np.testing.assert_allclose(mix, 0.1, rtol=1e-6)


def test_silence_without_drums_stays_silence() -> None:
    assert not mixed(constant(0.0, 1.0), DrumTrack(), flat_kit()).any()


def test_a_silent_song_has_its_drums() -> None:
    silence = Audio(np.zeros((1, 2 * RATE), dtype=np.float32), RATE)
    track, kit = DrumTrack(tuple(kicks(0.5))), embedded_kit()
    mix = mixed(Song((Stem("x", Role.OTHER, silence),)), track, kit)
    assert np.array_equal(mix[0], render(track, kit, 2.0).samples[0])


def test_stems_of_other_rates_and_channels_stay_in_time(tmp_path: Path) -> None:
    click = np.zeros((6, 96_000), dtype=np.float32)
    click[0, 48_000] = 0.5
    song = Song((Stem("surround", Role.OTHER, Audio(click, 48_000)),))
    mix = mixed(song, DrumTrack(), embedded_kit())
    assert np.argmax(np.abs(mix[0])) == RATE
    assert not mix[1].any()
