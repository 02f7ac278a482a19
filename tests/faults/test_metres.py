"""Metres whose beat is not a quarter note keep signature, tempo and bars, in and out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest

from drumnet.beats.choice import BeatChoice
from drumnet.beats.files import read_beats, write_beats
from drumnet.errors import BeatError
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.midi.layout import MidiLayout, Tempo
from drumnet.midi.read import read_drum_track
from drumnet.midi.write import midi_file, write_midi

PPQ = 480


def project(path: Path, metres: list[tuple[int, int, int]], bpm: float) -> Path:
    """A DAW's project: (bars, numerator, denominator) one after another, a note on every beat."""
    tempo = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm))])
    drums = mido.MidiTrack()
    waited = 0
    for bars, numerator, denominator in metres:
        signature = {"numerator": numerator, "denominator": denominator}
        tempo.append(mido.MetaMessage("time_signature", time=waited, **signature))
        beat = 4 * PPQ // denominator
        for _ in range(bars * numerator):
            drums.append(mido.Message("note_on", channel=9, note=36, velocity=90))
            drums.append(mido.Message("note_off", channel=9, note=36, time=beat))
        waited = bars * numerator * beat
    tempo.append(mido.MetaMessage("end_of_track", time=waited))
    mido.MidiFile(type=1, ticks_per_beat=PPQ, tracks=[tempo, drums]).save(path)
    return path


def facts(file: mido.MidiFile) -> tuple[list[tuple[float, int, int]], list[tuple[float, int]]]:
    """Signatures and tempos, each with the quarter note that it begins at."""
    at, signatures, tempos = 0, [], []
    for message in file.tracks[0]:
        at += message.time
        quarter = at / file.ticks_per_beat
        if message.type == "time_signature":
            signatures.append((quarter, message.numerator, message.denominator))
        elif message.type == "set_tempo":
            tempos.append((quarter, message.tempo))
    return signatures, tempos


def note_quarters(file: mido.MidiFile) -> list[float]:
    at, found = 0, []
    for message in file.tracks[1]:
        at += message.time
        if message.type == "note_on":
            found.append(at / file.ticks_per_beat)
    return found


METRES = [
    [(8, 6, 8)],
    [(8, 12, 8)],
    [(8, 7, 8)],
    [(6, 5, 16)],
    [(4, 3, 2)],
    [(4, 2, 1)],
    [(6, 11, 16)],
    [(8, 3, 4)],
    [(4, 4, 4), (4, 6, 8), (2, 7, 8), (4, 4, 4)],
    [(4, 3, 4), (4, 3, 8)],
]


@pytest.mark.parametrize("bpm", [90, 66, 174])
@pytest.mark.parametrize("metres", METRES, ids=str)
def test_a_project_comes_back_as_it_was(
    metres: list[tuple[int, int, int]], bpm: float, tmp_path: Path
) -> None:
    """MIDI -> beats and drums -> MIDI: every bar, tempo and note where it was."""
    path = project(tmp_path / "in.mid", metres, bpm)
    grid, track = read_beats(path), read_drum_track(path)
    back = midi_file(track, grid)
    given = mido.MidiFile(path)
    assert facts(back)[0] == facts(given)[0]
    assert facts(back)[1] == facts(given)[1]
    assert note_quarters(back) == pytest.approx(note_quarters(given), abs=1 / 400)
    write_midi(tmp_path / "out.mid", track, grid)
    again = read_beats(tmp_path / "out.mid")
    assert again.beats_s == pytest.approx(grid.beats_s, abs=1e-6)
    assert (again.beat_in_bar == grid.beat_in_bar).all() and (again.unit == grid.unit).all()


def test_six_eight_at_90_is_six_eight_at_90(
    song_folder: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    """What is dropped into the user's project lies on its bars."""
    beats = project(tmp_path / "project.mid", [(9, 6, 8)], 90)
    out = tmp_path / "out"
    run("generate", song_folder, "-o", out, "--beats", beats, "--no-mix")
    signatures, tempos = facts(mido.MidiFile(out / "drums.mid"))
    assert signatures == [(0, 6, 8)] and tempos == [(0, mido.bpm2tempo(90))]


@pytest.mark.parametrize(("metre", "bpm", "quarter_bpm"), [("6/8", 180, 90), ("3/2", 60, 120)])
def test_a_metre_that_is_said(
    metre: str, bpm: float, quarter_bpm: float,
    song_folder: Path, tmp_path: Path, run: Callable[..., Any],
) -> None:  # fmt: skip
    """--bpm counts the notes that the metre counts."""
    out = tmp_path / "out"
    asked = ("--bpm", bpm, "--meter", metre, "--no-mix")
    done = run("generate", song_folder, "-o", out, *asked)
    assert done.exit_code == 0, done.output
    signatures, tempos = facts(mido.MidiFile(out / "drums.mid"))
    numerator, denominator = map(int, metre.split("/"))
    assert signatures == [(0, numerator, denominator)]
    assert tempos == [(0, mido.bpm2tempo(quarter_bpm))]


@pytest.mark.parametrize("lead_s", [0.05, 0.11, 0.14, 0.4, 1.0])
@pytest.mark.parametrize("unit", [2, 8, 16])
def test_a_lead_in_of_any_length(unit: int, lead_s: float) -> None:
    """Hits keep their times, bars their signature."""
    grid = BeatGrid(lead_s + np.arange(49) / 3, np.arange(49) % 6 + 1, np.array(unit))
    hits = [Hit(lead_s + n / 3, 12 * n, Piece.KICK, 90) for n in range(48)]
    for tempo in (Tempo.MAP, Tempo.CONSTANT):
        file = midi_file(DrumTrack(tuple(hits)), grid, MidiLayout(tempo=tempo))
        now_s, found = 0.0, []
        for message in file:  # mido counts in seconds here
            now_s += message.time
            if message.type == "note_on":
                found.append(now_s)
        assert found == pytest.approx([hit.onset_s for hit in hits], abs=1e-3)
        assert (6, unit) in {signature[1:] for signature in facts(file)[0]}


@pytest.mark.parametrize("metres", METRES, ids=str)
def test_a_file_of_beats_knows_which_notes_they_are(
    metres: list[tuple[int, int, int]], tmp_path: Path
) -> None:
    grid = read_beats(project(tmp_path / "in.mid", metres, 90))
    write_beats(tmp_path / "beats.tsv", grid)
    again = read_beats(tmp_path / "beats.tsv")
    assert (again.unit == grid.unit).all() and (again.beat_in_bar == grid.beat_in_bar).all()
    is_plain = {denominator for _, _, denominator in metres} == {4}
    assert ("#" in (tmp_path / "beats.tsv").read_text()) is not is_plain


def test_six_eight_goes_on_through_a_file_of_beats(
    song_folder: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    """What `drumnet beats` writes is what `drumnet generate` is given."""
    beats = tmp_path / "beats.tsv"
    run("beats", song_folder, "--bpm", 180, "--meter", "6/8", "-o", beats)
    run("generate", song_folder, "-o", tmp_path / "out", "--beats", beats, "--no-mix")
    signatures, tempos = facts(mido.MidiFile(tmp_path / "out" / "drums.mid"))
    assert signatures == [(0, 6, 8)] and tempos == [(0, mido.bpm2tempo(90))]
    beats.write_text(beats.read_text().replace("1/8", "1/7"))
    refused = run("beats", song_folder, "--beats", beats)
    assert refused.exit_code == 1 and "line 1: no metre has beats of 1/7" in refused.stderr


def test_what_is_mended_by_hand_keeps_the_metre() -> None:
    from drumnet.beats.by_hand import nudged, shifted, shifted_by_half, with_metre

    grid = BeatGrid(np.arange(24) / 3, np.arange(24) % 6 + 1, np.array(8))
    for other in (
        shifted(grid, 2), shifted_by_half(grid, 1), nudged(grid, 0.1, 8.0), with_metre(grid, 3),
        grid.covering(20.0), grid.double_time(), grid.half_time(),
        BeatChoice(shift_downbeat=1)._numbered(grid, 8.0), grid.part(1, 9), grid.later(1.0),
    ):  # fmt: skip
        assert (other.unit == 8).all()


def test_no_other_note_is_a_beat() -> None:
    with pytest.raises(BeatError, match="the beat of a metre is one of 1, 2, 4, 8, 16"):
        BeatGrid(np.arange(4.0), np.arange(4) + 1, np.array(3))


def bent_project(path: Path, changes: list[tuple[float, float]]) -> Path:
    """Eight bars of 4/4 with a note on every eighth; tempos from quarter notes on."""
    tempo, now = mido.MidiTrack(), 0
    for quarter, bpm in changes:
        at = round(quarter * PPQ)
        tempo.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm), time=at - now))
        now = at
    tempo.append(mido.MetaMessage("end_of_track", time=32 * PPQ - now))
    drums = mido.MidiTrack()
    for number in range(64):
        hit = {"channel": 9, "note": (36, 42)[number % 2]}
        drums.append(mido.Message("note_on", velocity=90, **hit))
        drums.append(mido.Message("note_off", time=PPQ // 2, **hit))
    mido.MidiFile(type=1, ticks_per_beat=PPQ, tracks=[tempo, drums]).save(path)
    return path


BENDS = {
    "on an eighth": [(0, 120), (8.5, 60)],
    "on a sixteenth and a triplet": [(0, 90), (4.25, 150), (12 + 1 / 3, 75)],
    "two in a beat": [(0, 120), (6.25, 60), (6.75, 180)],
    "a ramp": [(0, 100), *((8 + n / 8, 100 - n) for n in range(1, 64)), (16, 36)],
}


@pytest.mark.parametrize("changes", BENDS.values(), ids=BENDS)
def test_a_tempo_that_changes_inside_a_beat(
    changes: list[tuple[float, float]], tmp_path: Path
) -> None:
    """Every note lies on its eighth, and at its time when the file is written again."""
    path = bent_project(tmp_path / "in.mid", changes)
    grid, track = read_beats(path), read_drum_track(path)
    times_s = [hit.onset_s for hit in track]
    assert [hit.tick for hit in track] == list(range(0, 64 * 6, 6))
    assert grid.seconds_to_ticks(times_s) == pytest.approx(np.arange(64) * 6, abs=1e-6)
    assert grid.covering(90.0).ticks_to_seconds(np.arange(64) * 6) == pytest.approx(times_s)
    write_midi(tmp_path / "out.mid", track, grid)
    assert note_quarters(mido.MidiFile(tmp_path / "out.mid")) == pytest.approx(
        np.arange(64) / 2, abs=1 / 400
    )
    again = read_drum_track(tmp_path / "out.mid")
    assert [hit.onset_s for hit in again] == pytest.approx(times_s, abs=1e-3)
    assert [hit.tick for hit in again] == list(range(0, 64 * 6, 6))


def test_a_bend_goes_along_when_beats_are_mended(tmp_path: Path) -> None:
    from drumnet.beats.by_hand import nudged, shifted, with_metre

    grid = read_beats(bent_project(tmp_path / "in.mid", BENDS["on an eighth"]))
    eighth = grid.ticks_to_seconds(8 * 12 + 6)
    assert eighth == pytest.approx(8 * 0.5 + 0.25)
    for other in (shifted(grid, 1), with_metre(grid, 3), grid.covering(90.0)):
        assert other.ticks_to_seconds(8 * 12 + 6) == pytest.approx(eighth)
    later = nudged(grid, 0.1, 20.0)
    before = later.num_beats - grid.num_beats
    assert later.ticks_to_seconds((before + 8) * 12 + 6) == pytest.approx(eighth + 0.1)
    part = grid.part(6, 12)
    assert part.num_beats == 7 and part.later(-3.0).ticks_to_seconds(2 * 12 + 6) == pytest.approx(
        eighth - 3.0
    )
    with pytest.raises(BeatError, match="inside a beat"):
        BeatGrid(np.arange(4.0), np.arange(4) + 1, bends=np.array([[6, 1.5]]))
