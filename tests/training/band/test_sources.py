"""Single sounds: cut where they begin, named by what they are, brought to one level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from fixtures.strokes import bass, burst, kit  # noqa: E402

from drumnet.errors import DataError  # noqa: E402
from drumnet.hits import Piece  # noqa: E402
from drumnet.training.band.instruments import Instrument  # noqa: E402
from drumnet.training.band.inventory import KITS_FOLDER, load_inventory  # noqa: E402
from drumnet.training.band.sources.hydrogen import hydrogen_kit, one_shot_kits  # noqa: E402
from drumnet.training.band.sources.microphones import microphone_kits  # noqa: E402
from drumnet.training.band.sources.names import key_of_name  # noqa: E402
from drumnet.training.band.sources.sfz import bank_kits  # noqa: E402
from drumnet.training.band.sources.synthesised import synthesised_kits  # noqa: E402
from drumnet.training.band.strokes import RATE_HZ, StrokeKit, clean_stroke  # noqa: E402


def loudest_hz(wave: np.ndarray) -> float:
    """Where the spectrum of a sound is highest."""
    spectrum = np.abs(np.fft.rfft(wave, RATE_HZ))
    return float(spectrum.argmax())


def test_a_stroke_begins_with_its_attack_and_has_the_level_of_all() -> None:
    quiet = 0.01 * np.concatenate([np.zeros(2_000, np.float32), burst(200, 0)])
    for wave in (quiet, 50 * quiet):
        stroke = clean_stroke(wave)
        assert stroke is not None
        assert np.abs(stroke[:100]).max() > 0.1 * np.abs(stroke).max()
        levels = [np.sqrt(np.mean(stroke[a : a + 2_205] ** 2)) for a in range(0, 4_000, 100)]
        assert max(levels) == pytest.approx(1.0, rel=0.05)
    assert clean_stroke(np.zeros(1_000, np.float32)) is None


@pytest.mark.parametrize(
    "name, key",
    [
        ("Kick", 36),
        ("bd_haus", 36),
        ("Stick", 37),
        ("Snare Rock", 38),
        ("Tom Low", 43),
        ("drum_tom_lo_hard", 43),
        ("Floor Tom", 43),
        ("Tom Mid", 47),
        ("tom hi", 50),
        ("Closed HH", 42),
        ("drum_cymbal_closed", 42),
        ("Pedal HH", 44),
        ("Hi Hat Opened", 46),
        ("drum_cymbal_open", 46),
        ("Crash Left", 49),
        ("China (Paiste 18)", 52),
        ("Ride Jazz", 51),
        ("Ride Bell", 53),
        ("Cowbell", 56),
        ("Whistle", 0),
    ],
)
def test_instruments_are_told_by_their_names(name: str, key: int) -> None:
    assert key_of_name(name) == key


def test_a_hydrogen_kit_is_read_softest_stroke_first(tmp_path: Path) -> None:
    import soundfile

    for name, pitch_hz in (("hard", 200.0), ("soft", 100.0)):
        soundfile.write(tmp_path / f"{name}.wav", 0.5 * burst(pitch_hz, 0) / 2, RATE_HZ)
    (tmp_path / "drumkit.xml").write_text(
        '<drumkit_info xmlns="http://www.hydrogen-music.org/drumkit"><instrumentList>'
        "<instrument><name>Snare</name>"
        "<layer><filename>hard.wav</filename><min>0.5</min></layer>"
        "<layer><filename>soft.wav</filename><min>0</min></layer>"
        "</instrument></instrumentList></drumkit_info>"
    )
    strokes = hydrogen_kit(tmp_path).strokes[38]
    assert list(map(loudest_hz, strokes)) == pytest.approx([100, 200], abs=5)
    with pytest.raises(DataError, match="no readable drumkit"):
        hydrogen_kit(tmp_path / "nowhere")


def test_a_folder_of_one_shots_is_kits_of_one_of_each(tmp_path: Path) -> None:
    import soundfile

    for name in ("bd_one", "bd_two", "sn_dub", "elec_bell"):
        soundfile.write(tmp_path / f"{name}.flac", 0.2 * burst(200, 0), RATE_HZ)
    (tmp_path / "read me.txt").write_text("no sound")
    first, second = one_shot_kits(tmp_path)
    assert set(first.strokes) == {36, 38} and set(second.strokes) == {36}


def test_microphones_are_mixed_without_moving_the_stroke(tmp_path: Path) -> None:
    import soundfile

    folder = tmp_path / "Samples" / "Snare"
    folder.mkdir(parents=True)
    for hit, gain in ((1, 0.3), (2, 0.1)):
        for microphone, late in (("Snare_top", 0), ("OHL", 150), ("AmbL", 700), ("Trigger", 0)):
            sound = np.concatenate([np.zeros(late), gain * burst(300 * hit, 0)])
            soundfile.write(folder / f"{hit}-Snare-{microphone}.flac", sound, RATE_HZ)
    kits = list(microphone_kits(tmp_path, 2))
    assert len(kits) == 2
    for made in kits:
        soft, hard = made.strokes[38]
        assert loudest_hz(soft) == pytest.approx(600, abs=15)
        assert loudest_hz(hard) == pytest.approx(300, abs=15)
    assert not np.array_equal(kits[0].strokes[38][0][:4_000], kits[1].strokes[38][0][:4_000])


def test_synthesised_kits_have_all_pieces_and_none_is_another() -> None:
    one, two = synthesised_kits(2, seed=1)
    for made in (one, two):
        assert {Piece.from_midi_key(key) for key in made.strokes} == set(Piece)
        assert all(np.isfinite(wave).all() for waves in made.strokes.values() for wave in waves)
    again = next(iter(synthesised_kits(1, seed=1)))
    assert np.array_equal(one.strokes[36][0], again.strokes[36][0])
    other = next(iter(synthesised_kits(1, seed=2)))
    assert not np.array_equal(one.strokes[36][0], other.strokes[36][0])


def test_what_a_bank_lacks_is_no_drum(tmp_path: Path) -> None:
    (tmp_path / "Drums").mkdir()
    (tmp_path / "Drums" / "009-Room Kit.sfz").write_text("//dummy\n<region> sample=*sine")
    assert list(bank_kits(tmp_path)) == []


def test_a_note_is_the_nearest_that_there_is_tuned() -> None:
    instrument = bass()
    octave = instrument.note(45, 0.3)
    assert loudest_hz(octave) == pytest.approx(110, abs=3)
    assert len(octave) / RATE_HZ == pytest.approx(0.36, abs=0.01)
    assert abs(octave[-1]) < 0.01


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    kit().save(tmp_path / "kit.npz")
    bass().save(tmp_path / "bass.npz")
    found = StrokeKit.load(tmp_path / "kit.npz")
    assert set(found.strokes) == {36, 38, 42} and found.is_whole
    np.testing.assert_allclose(found.strokes[36][1], kit().strokes[36][1], atol=2e-3)
    assert set(Instrument.load(tmp_path / "bass.npz").notes) == {33}
    with pytest.raises(DataError):
        Instrument.load(tmp_path / "kit.npz")


def test_held_out_kits_are_not_trained_with(tmp_path: Path) -> None:
    for name in ("TimGM6mb_0", "FluidR3_GM_0"):
        (tmp_path / KITS_FOLDER).mkdir(exist_ok=True)
        StrokeKit(name, kit().strokes).save(tmp_path / KITS_FOLDER / f"{name}.npz")
    load_inventory.cache_clear()
    assert [made.name for made in load_inventory(tmp_path, "train").kits] == ["FluidR3_GM_0"]
    assert [made.name for made in load_inventory(tmp_path, "valid").kits] == ["TimGM6mb_0"]
    load_inventory.cache_clear()
    with pytest.raises(DataError, match="no drum kit to train with"):
        load_inventory(tmp_path / "nothing", "train")
