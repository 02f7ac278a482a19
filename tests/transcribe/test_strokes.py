"""What a drum stem plays is written down: which piece, when, and how hard."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from numpy.typing import NDArray

from drumnet.audio.source import Audio, open_audio
from drumnet.cli.main import main
from drumnet.drummer import Drummer
from drumnet.extraction import extract_style
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.hits_csv import write_hits
from drumnet.metrics.onsets import f_measure
from drumnet.song.roles import Role
from drumnet.song.song import Stem, load_song
from drumnet.transcribe import drum_track, hear_strokes
from drumnet.transcribe.network import StrokeActivations
from drumnet.transcribe.strokes import Strokes, pick_strokes, stroke_velocities

RATE = 44_100
LENGTH_S = 8.0
#: A rock beat at 120 bpm: kick on 1 and 3, snare on 2 and 4, hats in eighths.
KICKS_S = np.arange(0.25, 7.5, 1.0)
SNARES_S = KICKS_S + 0.5
HATS_S = np.arange(0.25, 7.9, 0.25)


def kick() -> NDArray[np.float64]:
    """A sine that falls from 160 to 50 Hz and dies away, with a click."""
    t = np.arange(round(0.3 * RATE)) / RATE
    phase = 2 * np.pi * (50 * t + 110 * 0.02 * (1 - np.exp(-t / 0.02)))
    return np.sin(phase) * np.exp(-t / 0.09) + 0.2 * np.exp(-t / 0.001) * np.sin(2e4 * t)


def snare() -> NDArray[np.float64]:
    """Two modes of the skin and the noise of the wires."""
    t = np.arange(round(0.3 * RATE)) / RATE
    skin = np.exp(-t / 0.05) * (np.sin(2 * np.pi * 185 * t) + 0.6 * np.sin(2 * np.pi * 330 * t))
    wires = np.random.default_rng(0).normal(0, 0.35, len(t)) * np.exp(-t / 0.07)
    return skin + wires


def hat() -> NDArray[np.float64]:
    """High noise of 40 ms."""
    t = np.arange(round(0.15 * RATE)) / RATE
    noise = np.random.default_rng(1).normal(0, 0.3, len(t))
    return np.exp(-t / 0.02) * np.diff(np.diff(noise, prepend=0), prepend=0)


def played(
    shot: NDArray[np.float64],
    times_s: NDArray[np.float64],
    gains: NDArray[np.float64] | float = 1.0,
    length_s: float = LENGTH_S,
) -> NDArray[np.float64]:
    out = np.zeros(round(length_s * RATE))
    for time_s, gain in zip(times_s, np.broadcast_to(gains, len(times_s)), strict=True):
        part = out[round(time_s * RATE) :][: len(shot)]
        part += gain * shot[: len(part)]
    return out


def rock_beat() -> NDArray[np.float64]:
    return played(kick(), KICKS_S) + 0.8 * played(snare(), SNARES_S) + 0.25 * played(hat(), HATS_S)


def audio(samples: NDArray[np.float64], level: float = 0.5) -> Audio:
    peak = np.abs(samples).max(initial=1e-9)
    return Audio((level * samples / peak).astype(np.float32)[None], RATE)


@pytest.mark.parametrize("level", [0.9, 0.02])
def test_a_rock_beat_is_written_down_within_10_ms(level: float) -> None:
    strokes = hear_strokes(audio(rock_beat(), level))
    assert f_measure(KICKS_S, strokes.times_of(Piece.KICK), 0.010) == 1.0
    assert f_measure(SNARES_S, strokes.times_of(Piece.SNARE), 0.010) == 1.0
    assert f_measure(HATS_S, strokes.times_of(Piece.CLOSED_HAT), 0.010) >= 0.95
    others = set(Piece) - {Piece.KICK, Piece.SNARE, Piece.CLOSED_HAT}
    assert sum(len(strokes.times_of(piece)) for piece in others) <= 3


def test_silence_has_no_strokes() -> None:
    for samples in (np.zeros((1, RATE)), np.zeros((2, 3)), np.zeros((1, 0))):
        strokes = hear_strokes(Audio(samples.astype(np.float32), RATE))
        assert not len(strokes.times_s)


def bass_guitar() -> NDArray[np.float64]:
    """Plucked notes of eleven harmonics, two a second."""
    out = np.zeros(round(LENGTH_S * RATE))
    t = np.arange(round(0.45 * RATE)) / RATE
    for number, start_s in enumerate(np.arange(0.25, 7.5, 0.5)):
        pitch_hz = 41.2 * 2 ** (((0, 7, 3, 5)[number % 4]) / 12)
        tone = sum(np.sin(2 * np.pi * pitch_hz * k * t) / k**1.5 for k in range(1, 12))
        note = tone * np.minimum(t / 0.008, 1.0) * np.exp(-t / 0.5) * (t < 0.43)
        out[round(start_s * RATE) :][: len(note)] += note
    return out


def test_a_bass_guitar_that_leaks_is_no_drum() -> None:
    beat, bass = rock_beat(), bass_guitar()
    leak = bass * 10 ** (-20 / 20) * np.abs(beat).max() / np.abs(bass).max()
    track = drum_track(Stem("drums", Role.DRUMS, audio(beat + leak)), grid())
    assert track.pieces == (Piece.KICK, Piece.SNARE, Piece.CLOSED_HAT)
    for piece, times in ((Piece.KICK, KICKS_S), (Piece.SNARE, SNARES_S)):
        assert f_measure(times, [hit.onset_s for hit in track.of(piece)], 0.015) == 1.0


@pytest.mark.parametrize("shot, piece", [(kick(), Piece.KICK), (snare(), Piece.SNARE)])
def test_harder_strokes_have_a_higher_velocity(shot: NDArray[np.float64], piece: Piece) -> None:
    times = np.arange(0.5, 7.5, 0.5)
    gains = np.tile([1.0, 0.35], 7)
    strokes = hear_strokes(audio(played(shot, times, gains)))
    own = strokes.pieces == list(Piece).index(piece)
    assert f_measure(times, strokes.times_s[own], 0.010) == 1.0
    velocity = stroke_velocities(strokes)[own]
    assert velocity[::2].min() > velocity[1::2].max()
    # 9 dB are 23 of 40 dB a decade: 60 % of the velocity.
    assert 0.4 <= velocity[1::2].mean() / velocity[::2].mean() <= 0.8


def test_a_long_stem_is_heard_across_its_parts() -> None:
    times = np.arange(0.25, 129.0, 0.5)
    strokes = hear_strokes(audio(played(kick(), times, length_s=130.0)))
    assert f_measure(times, strokes.times_of(Piece.KICK), 0.010) == 1.0


def activations(num_frames: int) -> StrokeActivations:
    zeros = np.zeros((3, num_frames, len(Piece)), dtype=np.float32)
    return StrokeActivations(*zeros)


def test_peaks_of_the_activations_are_strokes() -> None:
    found = activations(200)
    kick_at, hat_at = 0, list(Piece).index(Piece.CLOSED_HAT)
    found.onset[49:52, kick_at] = 0.6, 0.9, 0.5
    found.offset[50, kick_at] = 0.3
    found.onset[120, kick_at] = 0.2  # below the threshold
    found.onset[52, hat_at] = 0.8
    strokes = pick_strokes(found, dict.fromkeys(Piece, 0.4))
    np.testing.assert_allclose(strokes.times_s, [0.503, 0.52], atol=1e-6)
    assert strokes.pieces.tolist() == [kick_at, hat_at]


def test_a_hat_is_not_closed_and_open_at_once() -> None:
    found = activations(200)
    closed, opened = (list(Piece).index(p) for p in (Piece.CLOSED_HAT, Piece.OPEN_HAT))
    found.onset[50, closed], found.onset[51, opened] = 0.6, 0.9
    found.onset[100, closed], found.onset[130, opened] = 0.6, 0.9
    strokes = pick_strokes(found, dict.fromkeys(Piece, 0.4))
    assert strokes.pieces.tolist() == [opened, closed, opened]


def test_a_velocity_is_relative_to_the_own_piece() -> None:
    pieces = np.array([0, 0, 1, 1])
    strokes = Strokes(np.arange(4.0), pieces, np.array([-40.0, -50.0, -60.0, -70.0]))
    loud, soft, *snares = stroke_velocities(strokes).tolist()
    assert loud > soft and snares == [loud, soft]


def grid() -> BeatGrid:
    return BeatGrid(np.arange(0.25, 8.5, 0.5), np.arange(17) % 4 + 1)


def test_hits_are_on_the_grid() -> None:
    track = drum_track(Stem("drums", Role.DRUMS, audio(rock_beat())), grid())
    ticks = {hit.tick for hit in track.of(Piece.SNARE)}
    assert ticks == {12 * beat for beat in range(1, 16, 2)}


def write_drum_midi(path: Path) -> None:
    """A kick and a hat on each of four beats, a snare on the second, at 120 bpm."""
    track = mido.MidiTrack()
    for beat in range(4):
        for key in (36, 42, 38) if beat == 1 else (36, 42):
            track.append(mido.Message("note_on", channel=9, note=key, velocity=90))
        track.append(mido.Message("note_off", channel=9, note=36, time=480))
    mido.MidiFile(type=1, ticks_per_beat=480, tracks=[track]).save(path)


def test_the_drums_of_a_midi_file_are_read_piece_by_piece(tmp_path: Path) -> None:
    write_drum_midi(tmp_path / "drums.mid")
    stem = load_song([], [("drums", tmp_path / "drums.mid")]).stems[0]
    track = drum_track(stem, grid())
    assert track.pieces == (Piece.KICK, Piece.SNARE, Piece.CLOSED_HAT)
    assert [len(track.of(piece)) for piece in track.pieces] == [4, 1, 4]


def test_a_style_is_taken_from_a_mix_of_drums(
    song_folder: Path, tmp_path: Path, drummer: Drummer
) -> None:
    drums = tmp_path / "take.wav"
    soundfile.write(drums, audio(rock_beat()).samples[0], RATE)
    song = load_song([song_folder / "Bass DI.wav", song_folder / "keys.wav"])
    extracted = extract_style(song, drums=drums, beats=grid(), model=drummer)
    assert set(extracted.drums.pieces) <= set(drummer.checkpoint.pieces)
    assert f_measure(KICKS_S, [hit.onset_s for hit in extracted.drums.of(Piece.KICK)], 0.02) == 1.0
    kicks = tmp_path / "kick.wav"
    soundfile.write(kicks, audio(played(kick(), KICKS_S)).samples[0], RATE)
    alone = extract_style(song, kick=kicks, beats=grid(), model=drummer)
    if drummer.checkpoint.pieces == (Piece.KICK,):
        distance = np.linalg.norm(extracted.style.code - alone.style.code)
        assert distance < 0.2 * np.linalg.norm(alone.style.code)


def test_a_style_is_taken_from_the_hits_of_a_take(
    song_folder: Path, tmp_path: Path, drummer: Drummer
) -> None:
    song, beats = load_song([song_folder / "Bass DI.wav"]), grid()
    times_s, pieces = beats.beats_s[:16], (Piece.KICK, Piece.SNARE) * 8
    take = DrumTrack(
        tuple(
            Hit(float(at), 12 * beat, piece, 100 - beat)
            for beat, (at, piece) in enumerate(zip(times_s, pieces, strict=True))
        )
    )
    write_hits(tmp_path / "hits.csv", take, beats)
    extracted = extract_style(song, hits=tmp_path / "hits.csv", beats=beats, model=drummer)
    assert extracted.drums_name == "hits.csv"
    wanted = take.of(drummer.checkpoint.pieces)
    found = [(hit.piece, hit.tick, hit.velocity) for hit in extracted.drums]
    assert found == [(hit.piece, hit.tick, hit.velocity) for hit in wanted]
    (tmp_path / "kick.csv").write_text("".join(f"{hit.onset_s}\n" for hit in take.of(Piece.KICK)))
    times = extract_style(song, hits=tmp_path / "kick.csv", beats=beats, model=drummer)
    assert times.drums.pieces == (Piece.KICK,)


def test_a_style_is_taken_from_an_annotation(song_folder: Path, tmp_path: Path) -> None:
    """Times with the names that annotators use; what names no drum is left out."""
    song, beats = load_song([song_folder / "Bass DI.wav"]), grid()
    named = [("KD", Piece.KICK), ("HH", Piece.CLOSED_HAT), ("SD", Piece.SNARE), ("OT", None)]
    lines = [(beat, *named[beat % len(named)]) for beat in range(16)]
    table = "".join(f"{beats.beats_s[beat]:.6f}\t{label}\n" for beat, label, _ in lines)
    (tmp_path / "drums.tsv").write_text(table)
    found = extract_style(song, hits=tmp_path / "drums.tsv", beats=beats, model="default").drums
    assert [(hit.piece, hit.tick) for hit in found] == [
        (piece, 12 * beat) for beat, _, piece in lines if piece
    ]


def test_the_command_writes_hits_and_midi(tmp_path: Path) -> None:
    drums = tmp_path / "drums.wav"
    soundfile.write(drums, audio(rock_beat()).samples[0], RATE)
    table, midi = tmp_path / "hits.csv", tmp_path / "hits.mid"
    run = CliRunner()
    given = ["transcribe", str(drums), "--bpm", "120", "--first-downbeat", "0.25"]
    shown = run.invoke(main, [*given, "-o", str(table)])
    assert shown.exit_code == 0, shown.output
    assert "snare" in shown.output
    rows = [line.split(",") for line in table.read_text().splitlines()[1:]]
    snares = [row for row in rows if row[4] == "snare"]
    assert [row[2] for row in snares] == ["2", "4"] * 4
    assert run.invoke(main, [*given, "-o", str(midi)]).exit_code == 0
    assert len(mido.MidiFile(midi).tracks) == 2
    again = run.invoke(main, [*given, "-o", str(table)])
    assert again.exit_code == 1 and "overwrite" in again.output
    named = run.invoke(main, [*given, "-o", str(tmp_path / "hits.txt")])
    assert named.exit_code == 1 and ".csv" in named.output


@pytest.mark.parametrize("song", ["80srock", "beatles", "country1", "grunge", "reggae"])
def test_recorded_kits_are_heard(shared_data: Path, song: str) -> None:
    folder = shared_data / "real" / f"mdb_{song}"
    rows = [line.split() for line in (folder / "drums.tsv").read_text().splitlines()]
    strokes = hear_strokes(open_audio(folder / "drums.flac"))
    kicks = np.array([float(time_s) for time_s, label in rows if label == "KD"])
    assert f_measure(kicks, strokes.times_of(Piece.KICK)) >= 0.8
