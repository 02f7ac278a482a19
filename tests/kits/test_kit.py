"""The embedded kick sounds like one, and a folder of one-shots becomes a kit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.errors import KitError
from drumnet.hits import Piece
from drumnet.kits.kit import KIT_RATE_HZ, embedded_kit, velocity_gain
from drumnet.kits.loading import load_kit
from drumnet.kits.one_shots import piece_of_name
from drumnet.kits.synth import strike

Shot = NDArray[np.float32]


def kick_layers() -> list[tuple[Shot, ...]]:
    kit = embedded_kit(pieces=[Piece.KICK])
    return [layer.shots for layer in kit.sounds[Piece.KICK].layers]


def every_kick() -> list[Shot]:
    return [shot[0] for shots in kick_layers() for shot in shots]


def band_power(shot: Shot, low_hz: float, high_hz: float) -> float:
    power = np.abs(np.fft.rfft(shot.astype(np.float64), 1 << 16)) ** 2
    hz = np.fft.rfftfreq(1 << 16, 1 / KIT_RATE_HZ)
    return float(power[(hz >= low_hz) & (hz < high_hz)].sum())


def write_shot(path: Path, samples: NDArray[np.floating], rate: int = KIT_RATE_HZ) -> None:
    import soundfile

    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, subtype="FLOAT")


def tone(level: float, hz: float = 60.0, rate: int = KIT_RATE_HZ) -> NDArray[np.float64]:
    t = np.arange(rate // 5) / rate
    return level * np.sin(2 * np.pi * hz * t + 0.5) * np.exp(-t / 0.05)


def test_the_kick_has_layers_and_round_robins() -> None:
    assert len(kick_layers()) >= 4
    for shots in kick_layers():
        assert len(shots) >= 2
        assert not np.array_equal(shots[0], shots[1])
        likeness = np.corrcoef(shots[0][0], shots[1][0])[0, 1]
        assert likeness > 0.9, "round robins are the same drum"


@pytest.mark.parametrize("shot", every_kick())
def test_the_kick_is_tuned_and_clean(shot: Shot) -> None:
    hz = np.fft.rfftfreq(1 << 18, 1 / KIT_RATE_HZ)
    power = np.abs(np.fft.rfft(shot.astype(np.float64), 1 << 18)) ** 2
    fundamental = hz[np.argmax(power)]
    assert 48 <= fundamental <= 62
    assert abs(shot.astype(np.float64).sum()) < 1e-3, "no DC"
    assert abs(shot[0]) < 1e-6 and abs(shot[-1]) < 1e-6
    assert np.abs(shot[:4]).max() < 0.05 * np.abs(shot).max(), "no step at the start"
    assert np.argmax(np.abs(shot)) < round(0.004 * KIT_RATE_HZ), "but a quick rise"
    late = shot[round(0.35 * KIT_RATE_HZ) :]
    assert np.abs(late).max() < np.abs(shot).max() * 0.01, "-40 dB within 350 ms"


def test_the_pitch_falls() -> None:
    for shot in every_kick():
        crossings = np.flatnonzero(np.diff(np.signbit(shot[:6000]))) / KIT_RATE_HZ
        periods = np.diff(crossings[crossings > 0.004]) * 2
        assert 1 / periods[0] > 60 and 1 / periods[-1] == pytest.approx(51, abs=4)


def test_harder_strokes_click_more() -> None:
    clicks = [
        np.mean([band_power(s[0], 2e3, 5e3) / band_power(s[0], 40, 120) for s in shots])
        for shots in kick_layers()
    ]
    assert np.all(np.diff(clicks) > 0)
    assert 10 * np.log10(clicks[-1] / clicks[0]) > 10
    hardest = kick_layers()[-1][0][0]
    head, tail = hardest[:441], hardest[4410:4851]
    window = np.hanning(441).astype(np.float32)
    ratio = band_power(head * window, 2e3, 5e3) / band_power(tail * window, 2e3, 5e3)
    assert ratio > 1e4, "the click is short"


def octave_levels_db(shot: Shot) -> NDArray[np.float64]:
    """Octaves from 40 Hz to 5 kHz, relative to the first."""
    edges = 40.0 * 2 ** np.arange(8)
    power = [band_power(shot, low, 2 * low) for low in edges[:-1]]
    return 10 * np.log10(np.array(power) / power[0])


def test_the_kick_has_the_spectrum_of_recorded_ones(shared_data: Path) -> None:
    """Within 12 dB in each octave of the kicks of MDB Drums that sound alone."""
    import soundfile

    levels = []
    for song in ("80srock", "beatles", "grunge", "reggae"):
        folder = shared_data / "real" / f"mdb_{song}"
        samples, rate = soundfile.read(folder / "drums.flac", dtype="float32")
        lines = [line.split("\t") for line in (folder / "drums.tsv").read_text().splitlines()]
        hits = [(float(line[0]), line[-1].strip()) for line in lines if line[0][:1].isdigit()]
        others = np.array([time_s for time_s, label in hits if label != "KD"])
        for time_s, label in hits:
            if label == "KD" and time_s > 0.1 and np.abs(others - time_s).min() > 0.06:
                start = round((time_s - 0.005) * rate)
                levels.append(octave_levels_db(samples[start : start + rate // 5]))
    assert len(levels) > 50
    ours = octave_levels_db(kick_layers()[-1][0][0])
    assert np.abs(ours - np.median(levels, axis=0)).max() < 12


def test_the_same_seed_gives_the_same_stroke() -> None:
    assert np.array_equal(strike(Piece.KICK, 0.5, 3), strike(Piece.KICK, 0.5, 3))
    assert not np.array_equal(strike(Piece.KICK, 0.5, 3), strike(Piece.KICK, 0.5, 4))


def test_velocity_follows_the_square_law() -> None:
    assert velocity_gain(127) == 1.0
    assert 20 * np.log10(velocity_gain(64) / velocity_gain(127)) == pytest.approx(-11.9, abs=0.1)
    assert 20 * np.log10(velocity_gain(13)) == pytest.approx(-40, abs=0.5)


def test_layer_numbers_order_the_layers(tmp_path: Path) -> None:
    for layer, hz in ((1, 50), (2, 100), (10, 200)):
        for turn in (1, 2):
            write_shot(tmp_path / f"Kick_v{layer}_rr{turn}.wav", tone(0.1 * layer, hz + turn))
    sound = load_kit(tmp_path).sounds[Piece.KICK]
    assert [layer.top_velocity for layer in sound.layers] == [42, 85, 127]
    assert [len(layer.shots) for layer in sound.layers] == [2, 2, 2]
    pitches = [np.argmax(np.abs(np.fft.rfft(layer.shots[0][0]))) for layer in sound.layers]
    assert pitches == sorted(pitches) and pitches[0] < pitches[2]
    peaks = [float(np.abs(layer.shots[0]).max()) for layer in sound.layers]
    assert peaks == pytest.approx([peaks[0]] * 3, rel=0.5), "the velocity sets the level"


def test_large_layer_numbers_are_velocities(tmp_path: Path) -> None:
    for top in (40, 100, 120):
        write_shot(tmp_path / f"bd_vel{top}.wav", tone(0.5))
    layers = load_kit(tmp_path).sounds[Piece.KICK].layers
    assert [layer.top_velocity for layer in layers] == [40, 100, 127]


def test_words_order_the_layers_and_folders_name_the_piece(tmp_path: Path) -> None:
    write_shot(tmp_path / "kick" / "A hard.wav", tone(0.9, 200))
    write_shot(tmp_path / "kick" / "B soft.wav", tone(0.1, 50))
    write_shot(tmp_path / "snare" / "x.wav", tone(0.5))
    write_shot(tmp_path / "room.wav", tone(0.5))
    kit = load_kit(str(tmp_path))
    assert kit.pieces == (Piece.KICK, Piece.SNARE)
    soft, hard = kit.sounds[Piece.KICK].layers
    assert (soft.top_velocity, hard.top_velocity) == (64, 127)
    strongest = [np.argmax(np.abs(np.fft.rfft(layer.shots[0][0]))) for layer in (soft, hard)]
    assert strongest[0] < strongest[1]


def test_files_without_a_layer_are_round_robins(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        write_shot(tmp_path / f"Kick {number:02}.wav", tone(0.3 * number))
    layers = load_kit(tmp_path).sounds[Piece.KICK].layers
    assert len(layers) == 1 and len(layers[0].shots) == 3


def test_one_shots_of_any_rate_start_at_once(tmp_path: Path) -> None:
    late = np.concatenate([np.zeros(24_000), tone(0.5, rate=48_000)])
    write_shot(tmp_path / "kick.wav", late, 48_000)
    shot = load_kit(tmp_path).sounds[Piece.KICK].layers[0].shots[0]
    assert np.argmax(np.abs(shot[0]) > 0.1 * np.abs(shot).max()) < 44
    assert shot.shape[1] == pytest.approx(KIT_RATE_HZ / 5, abs=100)


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("kick", Piece.KICK),
        ("01_BD-hard", Piece.KICK),
        ("808Kick", Piece.KICK),
        ("sn_ghost", Piece.SNARE),
        ("HiHatOpen", Piece.OPEN_HAT),
        ("hh_o", Piece.OPEN_HAT),
        ("Hi Hat Opened", Piece.OPEN_HAT),
        ("Hat 1 Op", Piece.OPEN_HAT),
        ("HH Closed 03", Piece.CLOSED_HAT),
        ("hat", Piece.CLOSED_HAT),
        ("floor tom", Piece.LOW_TOM),
        ("Tom2", Piece.MID_TOM),
        ("rack_tom", Piece.HIGH_TOM),
        ("Crash 18", Piece.CRASH),
        ("ride_bow", Piece.RIDE),
        ("room", None),
    ],
)
def test_names_as_libraries_write_them(name: str, piece: Piece | None) -> None:
    assert piece_of_name(name) == piece


def test_kits_that_cannot_be_loaded(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="there is no kit 'nowhere'"):
        load_kit("nowhere")
    with pytest.raises(KitError, match=r"give a folder .* or one of acoustic, 808, 909"):
        load_kit(tmp_path / "drums.sfz")
    (tmp_path / "drums.nki").write_bytes(b"?")
    with pytest.raises(KitError, match=r"of a kind that is not known: give \.sfz, .h2drumkit"):
        load_kit(tmp_path / "drums.nki")
    with pytest.raises(KitError, match="holds no one-shots"):
        load_kit(tmp_path)
    with pytest.raises(KitError, match="has no snare: it holds kick"):
        embedded_kit(pieces=[Piece.KICK]).require([Piece.KICK, Piece.SNARE])
    write_shot(tmp_path / "kick_v1.wav", tone(0.5))
    write_shot(tmp_path / "kick.wav", tone(0.5))
    with pytest.raises(KitError, match=r"'kick\.wav' says no layer number"):
        load_kit(tmp_path)
    (tmp_path / "kick_v1.wav").unlink()
    write_shot(tmp_path / "kick.wav", np.zeros(1000))
    with pytest.raises(KitError, match=r"'kick\.wav' is silent"):
        load_kit(tmp_path)
    write_shot(tmp_path / "kick.wav", np.full(31 * 8000, 0.1), 8000)
    with pytest.raises(KitError, match="lasts 31 s"):
        load_kit(tmp_path)
