"""Sound files as recorders, DAWs and DJ programs write them."""

from __future__ import annotations

import json
import shutil
import struct
import warnings
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from drumnet.audio.source import open_audio, read_audio
from drumnet.errors import AudioError, SongError
from drumnet.song.pairs import Pair, pairs_of
from drumnet.song.roles import Role
from drumnet.song.song import Song, load_song

RATE_HZ, LENGTH_S, ONSET_S = 44_100, 1.0, 0.25


def tone(pitch_hz: float = 440.0, onset_s: float = ONSET_S) -> NDArray[np.float64]:
    """A second, in which a tone begins."""
    t = np.arange(round(LENGTH_S * RATE_HZ)) / RATE_HZ - onset_s
    return np.where(t >= 0, 0.5 * np.sin(2 * np.pi * pitch_hz * t) * np.exp(-4 * t), 0.0)


def onset_of(path: Path) -> float:
    audio = read_audio(path)
    loud = np.abs(audio.samples).max(axis=0) > 0.05
    return int(np.argmax(loud)) / audio.sample_rate


def encoded(
    path: Path, codec: str, form: str, tracks: Sequence[NDArray[np.float64]],
    names: Sequence[str] = (),
) -> Path:  # fmt: skip
    """A file with a mono track of each, as FFmpeg writes it."""
    av = pytest.importorskip("av")
    with av.open(str(path), "w", format=form) as out:
        streams = [out.add_stream(codec, RATE_HZ, layout="mono") for _ in tracks]
        for stream, name in zip(streams, names, strict=False):
            stream.metadata["title"] = name
        packets = []
        for number, (stream, samples) in enumerate(zip(streams, tracks, strict=True)):
            planar = np.ascontiguousarray(samples[None], np.float32)
            frame = av.AudioFrame.from_ndarray(planar, "fltp", "mono")
            frame.rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
            kind = "s16" if codec == "flac" else "fltp"
            stream.codec_context.format = kind
            for part in av.AudioResampler(kind, "mono", RATE_HZ).resample(frame):
                packets += [(number, packet) for packet in stream.encode(part)]
            packets += [(number, packet) for packet in stream.encode(None)]
        for _, packet in sorted(packets, key=lambda one: (one[1].dts * one[1].time_base, one[0])):
            out.mux(packet)
    return path


@pytest.mark.parametrize("kind", ["BW64", "RF64", "size 0", "no sizes", "size ff", "no sizes ff"])
def test_a_wav_that_does_not_say_its_length(kind: str, tmp_path: Path) -> None:
    """As Dolby's and the BBC's tools write it, a pipe, and a recorder that was stopped."""
    path = tmp_path / "a.wav"
    form = "RF64" if "64" in kind else "WAV"
    soundfile.write(path, tone(), RATE_HZ, format=form)
    whole = read_audio(path).samples
    data = bytearray(path.read_bytes())
    if kind == "BW64":
        data[:4] = b"BW64"
    elif "size" in kind:
        size = struct.pack("<I", 0xFFFFFFFF if "ff" in kind else 0)
        at = data.index(b"data") + 4
        data[at : at + 4] = size
        if "no" in kind:
            data[4:8] = size
    path.write_bytes(data)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert (read_audio(path).samples == whole).all()
    assert not caught


def test_a_wav_without_sound_is_none_all_the_same(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(0), RATE_HZ)
    data = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "b.wav").write_bytes(data + b"LIST" + struct.pack("<I", 4) + b"INFO")
    for name in ("a.wav", "b.wav"):
        with pytest.raises(AudioError, match="holds no sound"):
            open_audio(tmp_path / name)


def test_a_file_is_what_it_begins_as(tmp_path: Path) -> None:
    """FLAC in Ogg, and an M4A that somebody called a WAV."""
    encoded(tmp_path / "a.ogg", "flac", "ogg", [tone()])
    encoded(tmp_path / "b.wav", "aac", "ipod", [tone()])
    for name in ("a.ogg", "b.wav"):
        assert onset_of(tmp_path / name) == pytest.approx(ONSET_S, abs=1e-3)


@pytest.mark.parametrize("form", ["matroska", "avi"])
def test_vorbis_in_matroska_is_on_time(form: str, tmp_path: Path) -> None:
    """Its decoder gives nothing for the first packet, which lasts 3 ms."""
    av = pytest.importorskip("av")
    soundfile.write(tmp_path / "a.ogg", tone(), RATE_HZ)
    path = tmp_path / "a.mka"
    with av.open(str(tmp_path / "a.ogg")) as found, av.open(str(path), "w", format=form) as out:
        stream = out.add_stream_from_template(found.streams.audio[0])
        for packet in found.demux(found.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    assert onset_of(path) == pytest.approx(onset_of(tmp_path / "a.ogg"), abs=5e-4)


def told(song: Song) -> list[tuple[str, Role]]:
    return [(stem.name, stem.role) for stem in song.stems]


PARTS = [tone(80, 0.1), tone(220, 0.2), tone(440, 0.3), tone(880, 0.4)]
NAMES = ["Drums", "Bass", "Melody", "Vocals"]
ROLES = [Role.DRUMS, Role.BASS, Role.OTHER, Role.VOCALS]


def test_a_stem_file_gives_its_stems_and_not_its_mix(tmp_path: Path) -> None:
    """As Native Instruments' Stem Creator writes it."""
    path = encoded(tmp_path / "Song.stem.mp4", "aac", "mp4", [0.5 * np.sum(PARTS, axis=0), *PARTS])
    data = path.read_bytes()
    said = json.dumps({"version": 1, "stems": [{"name": name} for name in NAMES]}).encode()
    box = struct.pack(">I4s", 8 + len(said), b"stem") + said
    box = struct.pack(">I4s", 8 + len(box), b"udta") + box
    at = data.index(b"moov") - 4
    size = struct.unpack(">I", data[at : at + 4])[0]
    assert at + size == len(data)
    path.write_bytes(data[:at] + struct.pack(">I", size + len(box)) + data[at + 4 :] + box)
    song = load_song(path)
    assert told(song) == [(f"Song {n}", role) for n, role in zip(NAMES, ROLES, strict=True)]
    assert [(one.name, one.why) for one in song.left_out] == [
        ("Song mix", "is the mix of the other tracks")
    ]
    assert song.title == "Song"
    for stem, onset_s in zip(song.stems, (0.1, 0.2, 0.3, 0.4), strict=True):
        sound = np.concatenate(list(stem.source.blocks()), axis=1)[0]  # type: ignore[union-attr]
        assert int(np.argmax(np.abs(sound) > 0.05)) / RATE_HZ == pytest.approx(onset_s, abs=5e-3)


def test_the_tracks_of_a_file_are_stems(tmp_path: Path) -> None:
    path = encoded(tmp_path / "Song.mka", "flac", "matroska", PARTS, NAMES)
    assert told(load_song(path)) == [
        (f"Song {name}", role) for name, role in zip(NAMES, ROLES, strict=True)
    ]
    no_names = encoded(tmp_path / "Other.mka", "flac", "matroska", PARTS[1:3])
    assert told(load_song(no_names)) == [("Other 1", Role.OTHER), ("Other 2", Role.OTHER)]


@pytest.mark.parametrize("form", ["{}.{}", "{}_{}", "{} {}", "{}-{}", "{} ({})", "{}[{}]"])
@pytest.mark.parametrize("sides", [("L", "R"), ("left", "Right")])
def test_two_sides_are_one_stem_in_stereo(
    form: str, sides: tuple[str, str], tmp_path: Path
) -> None:
    left, right = tone(200), tone(300)[:-999]
    for side, sound in zip(sides, (left, right), strict=True):
        soundfile.write(tmp_path / (form.format("Gtr", side) + ".wav"), sound, RATE_HZ, "FLOAT")
    soundfile.write(tmp_path / "Solo L.wav", tone(), RATE_HZ)
    song = load_song(tmp_path)
    assert told(song) == [("Gtr", Role.GUITAR), ("Solo L", Role.OTHER)]
    pair = song.stems[0]
    assert len(pair.paths) == 2
    samples = np.concatenate(list(pair.source.blocks(1_000)), axis=1)  # type: ignore[union-attr]
    assert samples.shape == (2, len(left))
    assert samples[0] == pytest.approx(left, abs=1e-6)
    assert samples[1] == pytest.approx(np.pad(right, (0, 999)), abs=1e-6)


def test_what_are_no_sides_of_each_other() -> None:
    assert pairs_of(["Gtr 1 L", "Gtr 2 R", "Vocal", "Vox R", "Bell", "L", "R"]) == []
    names = ["OH R", "Room L", "OH L", "Room R", "OH R"]
    assert pairs_of(names) == [Pair("OH", 2, 0), Pair("Room", 1, 3)]


def test_sides_of_different_kinds_stay_apart(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "Gtr L.wav", tone(), RATE_HZ)
    soundfile.write(tmp_path / "Gtr R.wav", tone(), RATE_HZ // 2)
    soundfile.write(tmp_path / "Key L.wav", np.stack([tone(), tone()], axis=1), RATE_HZ)
    soundfile.write(tmp_path / "Key R.wav", tone(), RATE_HZ)
    assert len(load_song(tmp_path).stems) == 4


def test_a_folder_of_stems_inside_the_folder_is_found(tmp_path: Path) -> None:
    stems = tmp_path / "My Song" / "Stems"
    stems.mkdir(parents=True)
    for name in ("Bass", "Vocals"):
        soundfile.write(stems / f"{name}.wav", tone(), RATE_HZ)
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "read me.txt").write_text("thanks")
    shutil.copy(stems / "Bass.wav", tmp_path / "__MACOSX" / "._Bass.wav")
    assert told(load_song(tmp_path)) == [("Bass", Role.BASS), ("Vocals", Role.VOCALS)]
    shutil.copytree(stems, tmp_path / "Other")
    with pytest.raises(SongError, match=r"several folders of them \('My Song.Stems', 'Other'\)"):
        load_song(tmp_path)
    soundfile.write(tmp_path / "Mix.wav", tone(), RATE_HZ)
    assert told(load_song(tmp_path)) == [("Mix", Role.OTHER)]
