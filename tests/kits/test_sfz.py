"""An SFZ drum kit plays what its text says: layers, turns, pitch, chokes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.errors import KitError
from drumnet.hits import Piece
from drumnet.kits.kit import KIT_RATE_HZ, Kit
from drumnet.kits.loading import load_kit
from drumnet.kits.sfz_text import read_regions


def write_tone(path: Path, hz: float, level: float = 0.5, rate: int = KIT_RATE_HZ) -> None:
    import soundfile

    path.parent.mkdir(parents=True, exist_ok=True)
    t = np.arange(rate // 4) / rate
    sound = level * np.cos(2 * np.pi * hz * t) * np.exp(-t / 0.08)
    soundfile.write(path, sound, rate, subtype="FLOAT")


def pitch_hz(shot: NDArray[np.float32]) -> float:
    power = np.abs(np.fft.rfft(shot[0], 1 << 17))
    return float(np.argmax(power)) * KIT_RATE_HZ / (1 << 17)


def pitches(kit: Kit, piece: Piece) -> list[list[int]]:
    """The pitch of every one-shot, layer by layer, to the nearest 10 Hz."""
    layers = kit.sounds[piece].layers
    return [[10 * round(pitch_hz(shot) / 10) for shot in layer.shots] for layer in layers]


def sfz(folder: Path, text: str) -> Kit:
    path = folder / "kit.sfz"
    path.write_text(text, encoding="utf-8")
    return load_kit(path)


@pytest.fixture
def tones(tmp_path: Path) -> Path:
    """Samples 100.wav to 600.wav, each a tone of that pitch."""
    for hz in range(100, 700, 100):
        write_tone(tmp_path / "My Samples" / f"{hz} hz.wav", hz)
    return tmp_path


def test_velocity_layers_and_turns(tones: Path) -> None:
    kit = sfz(
        tones,
        """
        // a comment, and /* another
        over two lines */
        <control> default_path=My Samples\\
        <global> ampeg_release=1
        <group> key=36 seq_length=2 hivel=63
        <region> sample=100 hz.wav seq_position=1
        <region> sample=200 hz.wav seq_position=2
        <group> key=36 lovel=64
        <region> sample=300 hz.wav lorand=0 hirand=0.5
        <region> lorand=0.5 hirand=1 sample=400 hz.wav
        <group><region> key=d2 sample=500 hz.wav pitch_keycenter=38
        """,
    )
    assert kit.pieces == (Piece.KICK, Piece.SNARE)
    assert pitches(kit, Piece.KICK) == [[100, 200], [300, 400]]
    assert [layer.top_velocity for layer in kit.sounds[Piece.KICK].layers] == [63, 127]
    assert pitches(kit, Piece.SNARE) == [[500]]


def test_definitions_and_includes(tones: Path) -> None:
    (tones / "parts").mkdir()
    (tones / "parts" / "kick.sfz").write_text("<region> key=$KICK sample=my samples/100 $HZ")
    kit = sfz(
        tones,
        """
        #define $KICK 36
        #define $K 99 // not the beginning of $KICK
        #define $HZ HZ.WAV
        #include "parts\\kick.sfz"
        <region> sample=My Samples/200 hz.wav key=38
        """,
    )
    assert pitches(kit, Piece.KICK) == [[100]], "and case does not matter"
    assert pitches(kit, Piece.SNARE) == [[200]]


def test_regions_know_where_they_stand(tones: Path) -> None:
    path = tones / "kit.sfz"
    path.write_text("<group> volume=-3\n\n<region> key=36 sample=a b.wav volume=2 // x\n<region>")
    first, second = read_regions(path)
    assert first.source == "kit.sfz:3"
    assert first.opcodes == {"volume": "2", "key": "36", "sample": "a b.wav"}
    assert second.opcodes == {"volume": "-3"}


def test_a_sample_of_another_key_is_played_at_its_pitch(tones: Path) -> None:
    kit = sfz(
        tones,
        """
        <control> default_path=My Samples/
        <region> key=36 pitch_keycenter=48 sample=200 hz.wav
        <region> key=38 pitch_keycenter=c2 tune=1200 sample=200 hz.wav
        <region> lokey=42 hikey=46 pitch_keytrack=0 sample=300 hz.wav
        """,
    )
    assert pitches(kit, Piece.KICK) == [[100]], "an octave down"
    assert pitches(kit, Piece.SNARE) == [[450]], "a tone and an octave up"
    assert pitches(kit, Piece.CLOSED_HAT) == pitches(kit, Piece.OPEN_HAT) == [[300]]


def test_what_sounds_at_once_is_one_stroke(tones: Path) -> None:
    kit = sfz(
        tones,
        """
        <control> default_path=My Samples/ set_cc20=127 set_cc21=0
        <global> key=36
        <region> sample=100 hz.wav volume=-6
        <region> sample=400 hz.wav
        <region> sample=500 hz.wav amplitude_oncc21=100
        <region> sample=600 hz.wav trigger=release
        <region> sample=600 hz.wav locc4=64
        """,
    )
    (shot,) = kit.sounds[Piece.KICK].layers[0].shots
    power = np.abs(np.fft.rfft(shot[0], KIT_RATE_HZ))
    assert 20 * np.log10(power[400] / power[100]) == pytest.approx(6, abs=0.5)
    assert power[500] < power[100] / 10 and power[600] < power[100] / 10


def test_part_of_a_sample(tmp_path: Path) -> None:
    import soundfile

    steps = np.repeat([0.1, 0.2, 0.4, 0.1], 22_050)
    soundfile.write(tmp_path / "steps.wav", steps, 22_050, subtype="FLOAT")
    kit = sfz(tmp_path, "<region> key=36 sample=steps.wav offset=22050 end=66149")
    shot = kit.sounds[Piece.KICK].layers[0].shots[0][0]
    assert len(shot) == 2 * KIT_RATE_HZ
    assert shot[3 * KIT_RATE_HZ // 2] == pytest.approx(2 * shot[KIT_RATE_HZ // 2], rel=1e-3)


def test_pieces_keep_their_balance_and_layers_are_levelled(tmp_path: Path) -> None:
    write_tone(tmp_path / "soft.wav", 100, 0.05)
    write_tone(tmp_path / "hard.wav", 200, 0.5)
    kit = sfz(
        tmp_path,
        "<region> key=36 hivel=60 sample=soft.wav <region> key=36 lovel=61 sample=hard.wav\n"
        "<region> key=42 sample=hard.wav volume=-12",
    )
    peak = {
        piece: [float(np.abs(layer.shots[0]).max()) for layer in sound.layers]
        for piece, sound in kit.sounds.items()
    }
    assert peak[Piece.KICK][0] == pytest.approx(peak[Piece.KICK][1], rel=0.05)
    fall_db = 20 * np.log10(peak[Piece.KICK][1] / peak[Piece.CLOSED_HAT][0])
    assert fall_db == pytest.approx(12, abs=0.1)


def test_groups_choke_as_the_kit_says(tones: Path) -> None:
    hats = (
        "<control> default_path=My Samples/\n<region> key=42 group={} sample=100 hz.wav\n"
        "<region> key=46 {} sample=200 hz.wav\n<region> key=49 group=7 sample=300 hz.wav\n"
    )
    chokes = {
        piece: sound.chokes
        for piece, sound in sfz(tones, hats.format(1, "off_by=1")).sounds.items()
    }
    assert chokes[Piece.CLOSED_HAT] == {Piece.OPEN_HAT}
    assert not chokes[Piece.CRASH] and not chokes[Piece.OPEN_HAT]
    unsaid = sfz(tones, hats.format(1, "")).sounds
    assert unsaid[Piece.CLOSED_HAT].chokes == {Piece.OPEN_HAT}, "as on any kit"
    silence = hats.format(1, "off_by=5") + "<region> key=42 group=5 sample=*silence"
    assert sfz(tones, silence).sounds[Piece.CLOSED_HAT].chokes == {Piece.OPEN_HAT}


def test_the_best_key_of_a_piece_is_taken(tones: Path) -> None:
    kit = sfz(
        tones,
        """
        <control> default_path=My Samples/
        <region> key=37 sample=100 hz.wav
        <region> key=40 sample=200 hz.wav
        <region> key=53 sample=300 hz.wav
        <region> key=48 sample=400 hz.wav
        <region> key=60 sample=500 hz.wav
        """,
    )
    assert kit.pieces == (Piece.SNARE, Piece.HIGH_TOM, Piece.RIDE)
    assert pitches(kit, Piece.SNARE) == [[200]], "rather than the side stick"


def test_what_cannot_be_loaded(tones: Path) -> None:
    def fault(text: str, match: str) -> None:
        with pytest.raises(KitError, match=match) as error:
            sfz(tones, text)
        assert "\n" not in str(error.value)

    fault("", "has no region on a General MIDI drum key")
    fault("<region> key=90 sample=My Samples/100 hz.wav", "has no region on a General MIDI")
    fault("\n\n<region> key=36 sample=no.wav", r"^kit\.sfz:3 names the sample 'no\.wav', but there")
    fault("<region> key=36 sample=x.wav hivel=loud", r"kit\.sfz:1 has hivel=loud: a number")
    fault('#include "gone.sfz"', r"kit\.sfz:1 includes 'gone\.sfz', which is not there")
    fault('#include "kit.sfz"', "includes itself")
    fault("<region> key=36 sample=\0", "it is not text")
    write_tone(tones / "silent.wav", 100, level=0)
    fault("<region> key=36 sample=silent.wav", r"kit\.sfz:1 names a sample that is silent")
