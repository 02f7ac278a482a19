"""Stems get the role that a producer means, from names as producers write them."""

from __future__ import annotations

import os
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from drumnet.errors import AudioError, DrumnetError, MidiError, SongError
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role, guess_role
from drumnet.song.song import Song, load_song

NAMES = {
    Role.BASS: """BASS DI|bass|05_Bass|Bass Gtr|bass guitar|BassDI|synth bass|Bass Synth|SubBass
        |Sub|808|808s|Bass808|Moog Bass|Upright Bass|DBL Bass Amp|e-bass|Kontrabass|bassline 2|Bs
        |Acoustic Bass|Bass_Master|bajo|Bass Bus|12 Bass (Room)|basso|Baixo""",
    Role.GUITAR: """05_Gtr|GTR L|E-Gtr DI|Ac Gtr L|AcGtr|Acoustic Guitar|Guitar Amp|Elec Guitar 2
        |egtr|EGuitar|lead gtr|Gtr_Rhythm_R|Gitarre|E-Gitarre 1|guitarra|Strat|Banjo|Mandolin
        |Gtr Room|Guitars Mix|EG 1|Pedal Steel|Acoustic|Tom's Guitar|RhythmGuitar
        |Chitarra 2|Violão""",
    Role.KEYS: """synth pad|Keys|KEYS_L|Rhodes|Wurli|Organ|Hammond B3|Piano|Grand Piano Room|Pno L
        |Klavier|E-Piano|EP|Clavinet|Lead Synth|Synth Strings|Pad|Arp 1|Pluck|Upright Piano|DX7
        |synth_lead_03|Mellotron|Acoustic Piano|Syn Stab|chords|Tastiera""",
    Role.VOCALS: """LeadVox|lead vox|BGV|BGVs|Vocals|Vox Dbl|vocal_comp|Backing Vocals|Choir|Voc
        |Gesang|LD VOX|Harm Vox|Adlibs|Vox Room|Vocal Bus|Voice|bgvox_2|Rap|chor|Tom Vox|Oohs
        |Bass Vocal|Vocoder|Harmonies|Harmony 2|Voce""",
    Role.OTHER: """Mix|Master|other|no_drums|drumless|minus drums|Song (no drums)|Drums no kick
        |instrumental|Strings|Brass|Lead|Perc|Percussion|Shaker|Tamb|FX|no_vocals|without bass
        |Bass Clarinet|Steel Drums|Trumpet|Horns|Violin 1|Backing Track|Congas|SFX Riser|Sax
        |NoDrums|w/o drums|full mix|ohne Schlagzeug Bassless""",
    Role.SNARE: """sn top|Snare|Snr Btm|SnrBtm|SNARE_BOT|snaretop|SD|Snare Room|Claps|Side Stick
        |rimshot|08_SN|snare drum|SnTop|Snaps""",
    Role.HAT: "HH|Hats|HiHat|hi-hat|Hi Hat 2|Closed Hat|HHat|hat|OpenHat|03_hihat",
    Role.TOMS: "FloorTom|Floor Tom|Tom 1|Toms|Rack Tom|tom_hi|Low Tom|FT|Tom1|TomLo|07 Floor",
    Role.CYMBALS: "Ride|Crash L|Cymbals|Cym|China|splash|Crash2|Becken",
    Role.KICK: """Kick In|Kick|kick_out|BD|bass drum|BassDrum|kick drum|Kick01|KickIn|Sub Kick|KIK
        |808 Kick|K In|Bassdrum L|Kick Trigger|drums_kick|TR-808 Kick""",
    Role.DRUMS: """Drums|DRUM BUS|drums_stereo|OH|OH L|Overhead L|Overheads|Room|Rooms Mono|Drum Kit
        |DrumLoop|Dr|e-drums|Schlagzeug|Bateria|Drum Machine|TR-808|Kick+Snare|kick snare hat|OHs
        |Drum Mix|Drum Room|breakbeat|Kit|Batteria""",
}


@pytest.mark.parametrize(
    ("name", "role"),
    [(name.strip(), role) for role, names in NAMES.items() for name in names.split("|")],
)
def test_the_role_that_a_name_says(name: str, role: Role) -> None:
    assert guess_role(name) is role


@pytest.mark.parametrize(
    "name", ["Take 3", "Audio 01", "My Song", "Sebastian", "Whatever", "Conundrum", "", "--"]
)
def test_names_that_say_nothing(name: str) -> None:
    assert guess_role(name) is None


def sound(path: Path, duration_s: float = 0.5, rate: int = 8_000) -> Path:
    soundfile.write(path, np.zeros(round(duration_s * rate)), rate)
    return path


def roles_of(song: Song) -> dict[str, Role]:
    return {stem.name: stem.role for stem in song.stems}


def test_a_folder_of_stems(tmp_path: Path) -> None:
    for name in ("Tom 10", "Tom 2", "BASS DI", "take 7", "Kick In", "OH"):
        sound(tmp_path / f"{name}.wav")
    for name in (".hidden.wav", "._BASS DI.wav", "beats.tsv", "drums.tsv", "notes.txt"):
        (tmp_path / name).write_text("0.5\t1\n")
    (tmp_path / "Bounces.wav").mkdir()
    song = load_song([tmp_path])
    assert list(roles_of(song).items()) == [
        ("BASS DI", Role.BASS),
        ("Kick In", Role.KICK),
        ("OH", Role.DRUMS),
        ("take 7", Role.OTHER),
        ("Tom 2", Role.TOMS),
        ("Tom 10", Role.TOMS),
    ]
    assert [stem.name for stem in song.heard] == ["BASS DI", "take 7", "Tom 2", "Tom 10"]
    assert [stem.name for stem in song.replaced] == ["Kick In", "OH"]
    assert song.roles == (Role.BASS, Role.OTHER, Role.TOMS, Role.KICK, Role.DRUMS)


def test_lengths_and_rates_may_differ(tmp_path: Path) -> None:
    short = sound(tmp_path / "bass.wav", 1.0, 8_000)
    long = sound(tmp_path / "gtr.flac", 2.5, 48_000)
    assert load_song([short, long]).duration_s == 2.5


def test_a_song_is_called_as_its_folder_or_as_its_only_file(tmp_path: Path) -> None:
    for folder, name in (("Night bus", "bass"), ("Night bus", "keys"), ("other", "vox")):
        (tmp_path / folder).mkdir(exist_ok=True)
        soundfile.write(tmp_path / folder / f"{name}.wav", np.zeros(100), 44_100)
    stems = tmp_path / "Night bus"
    assert load_song([stems]).title == "Night bus"
    assert load_song([stems / "keys.wav"]).title == "keys"
    assert load_song([stems / "bass.wav", tmp_path / "other" / "vox.wav"]).title == "bass"


def test_a_lone_mix_is_heard(tmp_path: Path) -> None:
    song = load_song(sound(tmp_path / "Untitled.wav"))
    assert roles_of(song) == {"Untitled": Role.OTHER}
    assert song.heard == song.stems


def test_a_song_of_a_kick_alone_loads_but_nothing_is_heard(tmp_path: Path) -> None:
    song = load_song([sound(tmp_path / "kick.wav")])
    assert song.heard == ()
    assert len(song.with_role(Role.KICK)) == 1


def test_a_role_that_is_said_wins(tmp_path: Path) -> None:
    sound(tmp_path / "Lead.wav")
    bass = sound(tmp_path / "bass.wav")
    song = load_song([tmp_path], {"vocals": tmp_path / "Lead.wav"})
    assert roles_of(song) == {"bass": Role.BASS, "Lead": Role.VOCALS}
    assert roles_of(load_song([], [("Guitar ", bass)])) == {"bass": Role.GUITAR}


def test_a_file_named_twice_counts_once(tmp_path: Path) -> None:
    bass = sound(tmp_path / "bass.wav")
    again = tmp_path / "sub" / ".." / "bass.wav"
    (tmp_path / "sub").mkdir()
    assert len(load_song([bass, again, tmp_path]).stems) == 1
    assert len(load_song([bass], [("bass", again), ("bass", bass)]).stems) == 1


def test_two_guitars_are_two_stems(tmp_path: Path) -> None:
    for number in (1, 2):
        sound(tmp_path / f"Gtr {number}.wav")
    assert len(load_song([tmp_path]).with_role(Role.GUITAR)) == 2


def test_the_title_in_front_of_every_name_says_nothing(tmp_path: Path) -> None:
    for name in ("Drums", "Bass", "Gtr L", "Vox", "Bounce"):
        sound(tmp_path / f"Kick Me - {name}.wav")
    assert [stem.role for stem in load_song([tmp_path]).stems] == [
        Role.BASS, Role.OTHER, Role.DRUMS, Role.GUITAR, Role.VOCALS
    ]  # fmt: skip


def test_leading_words_that_are_no_title_stay(tmp_path: Path) -> None:
    for name in ("Kick In", "Kick Out", "Kick Sub"):
        sound(tmp_path / f"{name}.wav")
    assert set(roles_of(load_song([tmp_path])).values()) == {Role.KICK}


def test_onset_times_from_tables(tmp_path: Path) -> None:
    plain, hits, labelled = (tmp_path / name for name in ("a.tsv", "hits.csv", "mdb.txt"))
    plain.write_text("1.5\n0.5\n\n# a comment\n")
    hits.write_text(
        "time_s,bar,beat,tick,piece,velocity\n0.5,1,1,0,kick,127\n1.0,1,2,12,snare,64\n"
    )
    labelled.write_text("0.10 KD\n0.20 SD\n0.30 HH\n0.40 SD\n")
    song = load_song([], [("bass", plain), ("snare", hits), ("hat", labelled), ("snare", labelled)])
    bass, snare, hat, annotated = (stem.source for stem in song.stems)
    assert isinstance(bass, Onsets) and isinstance(snare, Onsets)
    assert isinstance(hat, Onsets) and isinstance(annotated, Onsets)
    assert (bass.times_s.tolist(), bass.strengths.tolist()) == ([0.5, 1.5], [1.0, 1.0])
    assert snare.times_s.tolist() == [1.0]
    assert snare.strengths[0] == pytest.approx(64 / 127)
    assert hat.times_s.tolist() == [0.3]
    assert annotated.times_s.tolist() == [0.2, 0.4]
    assert song.duration_s == 2.5  # a second after the last onset


def midi_file(path: Path, tracks: dict[str, list[tuple[int, int, int]]]) -> Path:
    """Notes (beat, channel, key) at 120 bpm, velocity 127."""
    file = mido.MidiFile(ticks_per_beat=480)
    for name, notes in tracks.items():
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        now = 0
        for beat, channel, key in notes:
            delta = beat * 480 - now
            note = {"channel": channel, "note": key}
            track.append(mido.Message("note_on", velocity=127, time=delta, **note))
            now = beat * 480
        file.tracks.append(track)
    file.save(path)
    return path


def test_midi_files_are_stems_too(tmp_path: Path) -> None:
    drums = [(0, 9, 36), (1, 9, 38), (2, 9, 42)]
    chord = [(0, 0, 60), (0, 0, 64), (3, 0, 60)]
    whole = midi_file(tmp_path / "demo.mid", {"DRUMS": drums, "KEYS": chord, "BEAT": [(0, 0, 12)]})
    song = load_song([whole])
    assert {(stem.role, tuple(stem.source.times_s)) for stem in song.stems} == {
        (Role.KICK, (0.0,)),
        (Role.SNARE, (0.5,)),
        (Role.HAT, (1.0,)),
        (Role.KEYS, (0.0, 1.5)),
    }
    (snare,) = load_song([], {"snare": whole}).stems
    assert isinstance(snare.source, Onsets) and snare.source.times_s.tolist() == [0.5]
    (bass,) = load_song([midi_file(tmp_path / "bass.mid", {"take 1": chord})]).stems
    assert bass.role is Role.BASS
    assert isinstance(bass.source, Onsets) and bass.source.times_s.tolist() == [0.0, 1.5]


@pytest.mark.parametrize(
    ("make", "fault", "words"),
    [
        (lambda f: load_song([]), SongError, "nothing to listen to"),
        (lambda f: load_song([f]), SongError, "holds no sound files: give"),
        (lambda f: load_song([f / "nope.wav"]), AudioError, "no such file"),
        (lambda f: load_song([f / "beats.tsv"]), SongError, "is no sound.*--stem ROLE="),
        (lambda f: load_song([f / "song.pdf"]), AudioError, "no sound file that can be read"),
        (
            lambda f: load_song([], {"drumz": f}),
            SongError,
            "no role is called 'drumz': choose from bass, guitar, keys, vocals, other, snare",
        ),
        (lambda f: load_song([], {"snare": f / "no.csv"}), SongError, "no such file"),
        (lambda f: load_song([], {"snare": f / "no.mid"}), MidiError, "no MIDI file"),
        (lambda f: load_song([], {"snare": f / "bad.csv"}), SongError, "line 3: 'x' is no time"),
        (lambda f: load_song([], {"snare": f / "minus.csv"}), SongError, "line 1: '-1' is no time"),
        (lambda f: load_song([], {"snare": f / "none.csv"}), SongError, "holds no times"),
        (lambda f: load_song([], {"snare": f / "song.pdf"}), AudioError, "no sound file"),
    ],
)
def test_what_cannot_be_a_song_is_told_in_one_line(
    tmp_path: Path, make: object, fault: type[DrumnetError], words: str
) -> None:
    (tmp_path / "song.pdf").write_bytes(b"%PDF-1.4 " + os.urandom(64))
    (tmp_path / "beats.tsv").write_text("0.5\t1\n")
    (tmp_path / "bad.csv").write_text("time\n1.0\nx\n")
    (tmp_path / "minus.csv").write_text("-1\n")
    (tmp_path / "none.csv").write_text("time\n")
    assert callable(make)
    with pytest.raises(fault, match=words) as caught:
        make(tmp_path)
    assert "\n" not in str(caught.value)


def test_the_recordings_have_their_roles(shared_data: Path) -> None:
    song = load_song([shared_data / "real" / "cc0_lithium"])
    assert roles_of(song) == {
        "bass": Role.BASS, "drums": Role.DRUMS, "other": Role.OTHER, "vocals": Role.VOCALS
    }  # fmt: skip
