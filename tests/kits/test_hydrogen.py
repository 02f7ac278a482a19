"""A Hydrogen kit, old or new, packed or not, plays what its drumkit.xml says."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from drumnet.errors import AudioError, KitError
from drumnet.hits import Piece
from drumnet.kits.kit import KIT_RATE_HZ, Kit
from drumnet.kits.loading import load_kit

OLD = """<?xml version="1.0"?>
<drumkit_info><name>Old Kit</name><instrumentList>
 <instrument><id>0</id><name>Kick</name><volume>1</volume><muteGroup>-1</muteGroup>
  <layer><filename>300.wav</filename><min>0.5</min><max>1</max><gain>1</gain></layer>
  <layer><filename>100.wav</filename><min>0</min><max>0.5</max><gain>1</gain></layer>
  <layer><filename>200.wav</filename><min>0</min><max>0.5</max><gain>1</gain></layer>
 </instrument>
 <instrument><id>1</id><name>Snare Rimshot</name>
  <layer><filename>100.wav</filename></layer></instrument>
 <instrument><id>2</id><name>Snare Jazz</name><volume>0.5</volume>
  <layer><filename>400.wav</filename></layer></instrument>
 <instrument><id>3</id><name>Closed HH</name><muteGroup>2</muteGroup>
  <filename>500.wav</filename></instrument>
 <instrument><id>4</id><name>Hi Hat Opened</name><muteGroup>2</muteGroup>
  <layer><filename>600.wav</filename></layer></instrument>
 <instrument><id>5</id><name>empty</name></instrument>
</instrumentList></drumkit_info>
"""

NEW = """<?xml version="1.0" encoding="UTF-8"?>
<drumkit_info xmlns="http://www.hydrogen-music.org/drumkit"><name>New Kit</name>
<componentList><drumkitComponent><id>0</id></drumkitComponent></componentList>
<instrumentList>
 <instrument><name>Kick</name><midiOutNote>36</midiOutNote><muteGroup>-1</muteGroup>
  <instrumentComponent><component_id>0</component_id><gain>1</gain>
   <layer><filename>100.wav</filename><min>0</min><max>1</max><pitch>12</pitch></layer>
  </instrumentComponent>
  <instrumentComponent><component_id>1</component_id><gain>0.5</gain>
   <layer><filename>400.wav</filename><min>0</min><max>1</max></layer>
  </instrumentComponent>
 </instrument>
 <instrument><name>Nr. 7</name><midiOutNote>{key}</midiOutNote>
  <instrumentComponent><layer><filename>300.wav</filename></layer></instrumentComponent>
 </instrument>
</instrumentList></drumkit_info>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A kit folder with the samples 100.wav to 600.wav, each a tone of that pitch."""
    import soundfile

    kit = tmp_path / "Kit"
    kit.mkdir()
    t = np.arange(KIT_RATE_HZ // 4) / KIT_RATE_HZ
    for hz in range(100, 700, 100):
        sound = 0.5 * np.cos(2 * np.pi * hz * t) * np.exp(-t / 0.08)
        soundfile.write(kit / f"{hz}.wav", sound, KIT_RATE_HZ, subtype="FLOAT")
    return kit


def written(folder: Path, xml: str) -> Kit:
    (folder / "drumkit.xml").write_text(xml, encoding="utf-8")
    return load_kit(folder)


def packed(folder: Path, mode: str = "w:gz") -> Path:
    path = folder.parent / "kit.h2drumkit"
    with tarfile.open(path, mode) as archive:
        archive.add(folder, arcname=folder.name)
    return path


def power_at(kit: Kit, piece: Piece, hz: int, layer: int = 0, robin: int = 0) -> float:
    shot = kit.sounds[piece].layers[layer].shots[robin][0]
    return float(np.abs(np.fft.rfft(shot, KIT_RATE_HZ))[hz])


def test_an_old_kit(folder: Path) -> None:
    kit = written(folder, OLD)
    assert kit.name == "Old Kit"
    assert kit.pieces == (Piece.KICK, Piece.SNARE, Piece.CLOSED_HAT, Piece.OPEN_HAT)
    soft, hard = kit.sounds[Piece.KICK].layers
    assert (soft.top_velocity, hard.top_velocity) == (64, 127)
    assert (len(soft.shots), len(hard.shots)) == (2, 1), "layers of one range take turns"
    for layer, robin, hz in ((0, 0, 100), (0, 1, 200), (1, 0, 300)):
        others = {100, 200, 300} - {hz}
        power = power_at(kit, Piece.KICK, hz, layer, robin)
        assert all(power > 5 * power_at(kit, Piece.KICK, o, layer, robin) for o in others)
    assert power_at(kit, Piece.SNARE, 400) > 5 * power_at(kit, Piece.SNARE, 100), "the plain snare"
    peaks = [float(np.abs(kit.sounds[p].layers[-1].shots[0]).max()) for p in kit.pieces]
    assert peaks[1] == pytest.approx(peaks[2] / 2, rel=0.01), "its volume is half"


def test_mute_groups_choke(folder: Path) -> None:
    sounds = written(folder, OLD).sounds
    hats = {Piece.CLOSED_HAT, Piece.OPEN_HAT}
    assert sounds[Piece.CLOSED_HAT].chokes == hats == sounds[Piece.OPEN_HAT].chokes
    assert sounds[Piece.KICK].chokes == {Piece.KICK}, "as on any kit"


def test_a_new_kit_sums_its_components(folder: Path) -> None:
    kit = written(folder, NEW.format(key=38))
    assert kit.name == "New Kit"
    assert power_at(kit, Piece.KICK, 200) > 10 * power_at(kit, Piece.KICK, 100), "12 semitones up"
    both_db = 20 * np.log10(power_at(kit, Piece.KICK, 400) / power_at(kit, Piece.KICK, 200))
    assert both_db == pytest.approx(0, abs=1), "half as loud, but twice as long"


def test_keys_count_where_names_say_nothing_and_agree_elsewhere(folder: Path) -> None:
    assert written(folder, NEW.format(key=38)).pieces == (Piece.KICK, Piece.SNARE)
    shifted = NEW.format(key=38).replace("<midiOutNote>36<", "<midiOutNote>60<")
    assert written(folder, shifted).pieces == (Piece.KICK,)


@pytest.mark.parametrize("mode", ["w:gz", "w"])
def test_an_archive_is_the_same_kit(folder: Path, mode: str) -> None:
    kit = written(folder, OLD)
    (folder / "link.wav").symlink_to("/etc/hostname")
    again = load_kit(packed(folder, mode))
    assert again.pieces == kit.pieces
    first, second = (k.sounds[Piece.SNARE].layers[0].shots[0] for k in (kit, again))
    assert np.array_equal(first, second)


def test_an_archive_writes_nothing_outside(folder: Path, tmp_path: Path) -> None:
    written(folder, OLD)
    for name in ("../evil.txt", str(tmp_path / "out" / "evil.txt"), "Kit/../../evil.txt"):
        path = tmp_path / "evil.h2drumkit"
        with tarfile.open(path, "w:gz") as archive:
            archive.add(folder, arcname="Kit")
            member = tarfile.TarInfo(name)
            member.size = 4
            archive.addfile(member, io.BytesIO(b"evil"))
        with pytest.raises(KitError, match="is not safe to unpack: it would write to"):
            load_kit(path)
    assert not list(tmp_path.rglob("evil.txt"))


def test_an_archive_that_would_fill_the_disk(tmp_path: Path) -> None:
    header = tarfile.TarInfo("Kit/huge.wav")
    header.size = 3 * 1024**3
    path = tmp_path / "huge.h2drumkit"
    path.write_bytes(header.tobuf())
    with pytest.raises(KitError, match="is too large for a drum kit"):
        load_kit(path)


def test_what_cannot_be_loaded(folder: Path, tmp_path: Path) -> None:
    def fault(xml: str, match: str) -> None:
        with pytest.raises(KitError, match=match) as error:
            written(folder, xml)
        assert "\n" not in str(error.value)

    fault("<drumkit_info", r"drumkit\.xml' is damaged \(")
    fault("<drumkit_info/>", "has no instrument that is named after a piece")
    fault(OLD.replace("<max>0.5<", "<max>half<"), "has <max>half</max>: a number is expected")
    fault(OLD.replace(".wav", ".gone"), r"instrument '.*', names the sample '.*\.gone', but")
    fault('<!DOCTYPE a [<!ENTITY b "c">]><a/>', "is no drumkit.xml as Hydrogen writes it")
    (folder / "600.wav").write_bytes(b"RIFF")
    with pytest.raises(AudioError, match=r"600\.wav"):
        written(folder, OLD)
    broken = tmp_path / "broken.h2drumkit"
    broken.write_bytes(b"no archive at all")
    with pytest.raises(KitError, match="is no Hydrogen drum kit that can be unpacked"):
        load_kit(broken)
    (folder / "drumkit.xml").unlink()
    with pytest.raises(KitError, match=r"holds no drumkit\.xml"):
        load_kit(packed(folder))
