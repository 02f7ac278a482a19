"""MIDI as programs write it, and as disks damage it."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumnet.beats.choice import BeatChoice
from drumnet.errors import DrumnetError, MidiError
from drumnet.hits import Piece
from drumnet.midi.read import read_drum_track, read_midi
from drumnet.song.casting import cast
from drumnet.song.onsets import read_midi_onsets, read_midi_parts
from drumnet.song.roles import Role
from drumnet.song.song import load_song, song_of_rhythm

PPQ = 480


def track(name: str, keys: list[int], channel: int = 0) -> mido.MidiTrack:
    """A note on every beat."""
    notes = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    for key in keys:
        notes.append(mido.Message("note_on", channel=channel, note=key, velocity=90))
        notes.append(mido.Message("note_off", channel=channel, note=key, time=PPQ))
    return notes


def midi(path: Path, *tracks: mido.MidiTrack) -> Path:
    mido.MidiFile(type=1, ticks_per_beat=PPQ, tracks=tracks).save(path)
    return path


KIT = [36, 42, 38, 42, 36, 36, 38, 46]


def test_drums_on_another_channel_are_read_by_name_and_key(tmp_path: Path) -> None:
    """A bass track beside them, whose notes have the keys of drums, is no kick."""
    path = midi(tmp_path / "song.mid", track("Bass", [36, 38, 40, 41]), track("Drums", KIT))
    found = read_drum_track(path)
    assert [len(found.of(piece)) for piece in (Piece.KICK, Piece.SNARE)] == [3, 2]
    assert read_midi_onsets(path, Role.KICK).times_s.tolist() == [0.0, 2.0, 2.5]
    roles = {part.role: len(part.onsets) for part in read_midi_parts(path)}
    assert roles == {Role.BASS: 4, Role.KICK: 3, Role.SNARE: 2, Role.HAT: 3}


def test_a_bass_alone_is_no_kick_of_the_song(tmp_path: Path) -> None:
    path = midi(tmp_path / "a.mid", track("Bass", [36] * 4), track("", [60] * 3))
    assert len(read_midi_onsets(path, Role.KICK)) == 3


def test_drums_beside_the_stems_count_as_their_pieces(stems: Path) -> None:
    """What they have is given, and what is missing is played."""
    for name in ("kick in.wav", "snare top.wav"):
        (stems / name).unlink()
    midi(stems / "drums.mid", track("", KIT, channel=9))
    found = cast(load_song([stems]), "kit")
    given = {Piece.KICK, Piece.SNARE, Piece.CLOSED_HAT, Piece.OPEN_HAT}
    assert given.isdisjoint(found.played) and Piece.RIDE in found.played
    assert {stem.role for stem in found.given} == {Role.KICK, Role.SNARE, Role.HAT}


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252", "shift-jis"])
def test_names_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    word = {"shift-jis": "ドラム"}.get(encoding, "Bläser Bass")
    name = word.encode(encoding).decode("latin-1")
    path = midi(tmp_path / "a.mid", track(name, [36] * 4))
    assert read_midi(path).tracks[0].name == (word if encoding != "shift-jis" else name)


@pytest.mark.parametrize("key", [b"\x10\x00", b"\x00\x07", b"\xf0\xff"])
def test_a_damaged_key_signature_does_not_matter(key: bytes, tmp_path: Path) -> None:
    signed = track("Drums", KIT)
    signed.insert(0, mido.MetaMessage("key_signature", key="C"))
    path = midi(tmp_path / "a.mid", signed)
    data = path.read_bytes()
    assert data.count(b"\xff\x59\x02\x00\x00") == 1
    path.write_bytes(data.replace(b"\xff\x59\x02\x00\x00", b"\xff\x59\x02" + key))
    assert len(read_drum_track(path)) == len(KIT)


def test_rmid_is_read(tmp_path: Path) -> None:
    path = midi(tmp_path / "a.mid", track("Drums", KIT))
    data = path.read_bytes()
    size = len(data).to_bytes(4, "little")
    path.write_bytes(b"RIFF" + (len(data) + 12).to_bytes(4, "little") + b"RMIDdata" + size + data)
    assert len(read_drum_track(path)) == len(KIT)


def test_a_file_that_lasts_longer_than_a_song_is_refused(tmp_path: Path) -> None:
    for number, step in ((1, 2**28 - 1), (40, 2**24)):
        late = mido.MidiTrack([mido.Message("note_on", note=36, time=step)] * number)
        path = midi(tmp_path / "a.mid", late)
        with pytest.raises(MidiError, match="lasts more than 12 hours"):
            read_midi(path)


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, 200), junk=st.binary(min_size=1, max_size=6), cut=st.integers(0, 300))
def test_any_damage_is_read_or_told(
    at: int, junk: bytes, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.mid"
    midi(path, track("Bass", KIT), track("Drums", KIT, channel=9))
    data = bytearray(path.read_bytes())
    data[at : at + len(junk)] = junk
    path.write_bytes(data[: len(data) - cut] if cut < len(data) else data)
    try:
        read_midi(path).beat_grid()
        read_midi_parts(path)
    except DrumnetError as fault:
        assert "\n" not in str(fault)


def ramp(path: Path) -> Path:
    """17 bars of 4/4, each faster than the one before, with a note on every beat."""
    tempo = mido.MidiTrack([mido.MetaMessage("time_signature", numerator=4, denominator=4)])
    for bar in range(17):
        change = mido.MetaMessage("set_tempo", tempo=600_000 - 12_000 * bar)
        tempo.append(change.copy(time=4 * PPQ if bar else 0))
    return midi(path, tempo, track("Bass", [36] * 68))


@pytest.mark.parametrize("as_rhythm", [False, True])
def test_the_tempo_of_a_song_that_is_midi_is_its_own(as_rhythm: bool, tmp_path: Path) -> None:
    path = ramp(tmp_path / "ramp.mid")
    song = song_of_rhythm(path) if as_rhythm else load_song(path)
    choice = BeatChoice()
    grid = choice.grid(song)
    wanted = np.cumsum([0, *[4 * (0.6 - 0.012 * bar) for bar in range(16)]])
    assert grid.beats_s[grid.is_downbeat][:17] == pytest.approx(wanted, abs=1e-6)
    assert choice.of_song(song).origin == "from ramp.mid"


def test_what_is_said_of_the_beats_goes_before_what_a_song_says(tmp_path: Path) -> None:
    song = load_song(ramp(tmp_path / "ramp.mid"))
    assert BeatChoice(bpm=90).grid(song).tempo_bpm == pytest.approx(90)
    assert BeatChoice(constant=True).of_song(song).is_tracked
