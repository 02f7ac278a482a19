"""A MIDI file lands on the grid of the DAW: its bars, its beats, and notes that sound."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest

from drumnet.beats.files import read_beats
from drumnet.errors import MidiError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.midi.layout import MidiLayout, Tempo
from drumnet.midi.read import MidiSong, read_drum_track, read_midi
from drumnet.midi.timeline import MAX_ERROR_S, Timeline
from drumnet.midi.write import midi_file, write_midi

#: What floating point loses.
EPS = 1e-9


def drifting(num_beats: int = 400, bpm: float = 110.0, first: int = 1, seed: int = 0) -> BeatGrid:
    """A band without a click, whose first beat is number `first` of its bar."""
    rng = np.random.default_rng(seed)
    steps = 60 / bpm * np.exp(np.cumsum(rng.normal(0, 1e-3, num_beats - 1)))
    times = 0.3 * 60 / bpm + np.concatenate([[0.0], np.cumsum(steps)])
    return BeatGrid(times, (np.arange(num_beats) + first - 1) % 4 + 1)


def on_the_grid(grid: BeatGrid, every: int = 3) -> DrumTrack:
    """A kick every so many ticks, exactly on them."""
    ticks = np.arange(0, grid.num_ticks, every)
    times = grid.ticks_to_seconds(ticks)
    return DrumTrack(tuple(Hit(float(t), int(k)) for t, k in zip(times, ticks, strict=True)))


def loose(grid: BeatGrid, seed: int = 0) -> DrumTrack:
    """The whole kit, up to 20 ms beside the grid."""
    rng = np.random.default_rng(seed)
    ticks = rng.integers(0, grid.num_ticks, 500)
    times = np.abs(grid.ticks_to_seconds(ticks) + rng.uniform(-0.02, 0.02, 500))
    pieces = rng.choice(np.array(list(Piece)), 500)
    rows = zip(times, ticks, pieces, rng.integers(1, 128, 500), strict=True)
    return DrumTrack(tuple(Hit(float(t), int(k), p, int(v)) for t, k, p, v in rows))


def read_back(path: Path, track: DrumTrack, grid: BeatGrid, layout: MidiLayout) -> MidiSong:
    write_midi(path / "drums.mid", track, grid, layout)
    return read_midi(path / "drums.mid")


def onsets(song: MidiSong) -> np.ndarray:
    return np.sort(np.concatenate([song.seconds(track.ticks) for track in song.tracks]))


@pytest.mark.parametrize("tempo", [Tempo.MAP, Tempo.CONSTANT])
@pytest.mark.parametrize("bpm", [20, 31, 60, 110, 240])
def test_every_hit_is_within_a_millisecond(tmp_path: Path, bpm: float, tempo: Tempo) -> None:
    grid = drifting(bpm=bpm)
    track = loose(grid)
    song = read_back(tmp_path, track, grid, MidiLayout(tempo=tempo))
    error = np.abs(onsets(song) - [hit.onset_s for hit in track])
    assert error.max() <= MAX_ERROR_S + EPS


def test_what_is_played_on_the_grid_lies_on_the_grid_of_the_daw(tmp_path: Path) -> None:
    """However the tempo drifts, and although it is written with a tolerance."""
    grid = drifting()
    song = read_back(tmp_path, on_the_grid(grid), grid, MidiLayout())
    (drums,) = song.tracks
    lead_in = song.time_signatures[1, 0]
    sixteenth = song.ticks_per_quarter // 4
    np.testing.assert_array_equal(drums.ticks, lead_in + np.arange(len(drums.ticks)) * sixteenth)
    assert len(song.tempo) < grid.num_beats


@pytest.mark.parametrize("bpm", [174, 124.6, 93])
def test_a_song_of_one_tempo_has_one_and_one_of_the_lead_in(tmp_path: Path, bpm: float) -> None:
    at_once = BeatGrid.constant(bpm, 300)
    assert len(read_back(tmp_path, DrumTrack(), at_once, MidiLayout()).tempo) == 1
    later = BeatGrid.constant(bpm, 300, first_downbeat_s=0.4 * 60 / bpm)
    assert len(read_back(tmp_path, DrumTrack(), later, MidiLayout()).tempo) == 2


def test_a_file_of_ours_gives_its_beats_and_is_written_again_alike(tmp_path: Path) -> None:
    grid, track = drifting(), loose(drifting())
    first = read_back(tmp_path, track, grid, MidiLayout())
    beats = read_beats(tmp_path / "drums.mid")
    np.testing.assert_allclose(beats.beats_s[1:], grid.beats_s[1:], atol=MAX_ERROR_S)
    np.testing.assert_array_equal(beats.beat_in_bar, grid.beat_in_bar)
    again = read_back(tmp_path, read_drum_track(tmp_path / "drums.mid"), beats, MidiLayout())
    np.testing.assert_allclose(onsets(again), onsets(first), atol=MAX_ERROR_S)
    assert len(again.tempo) <= len(first.tempo)


def test_constant_is_one_tempo_and_the_hits_keep_their_times(tmp_path: Path) -> None:
    grid = drifting()
    song = read_back(tmp_path, on_the_grid(grid), grid, MidiLayout(tempo=Tempo.CONSTANT))
    assert len(song.tempo) == 2, "that of the lead-in and that of the song"
    least_squares = np.polyfit(np.arange(grid.num_beats), grid.beats_s, 1)[0]
    assert song.tempo[1, 1] == pytest.approx(least_squares * 1e6, abs=1)
    bars = song.beat_grid()
    assert np.ptp(np.diff(bars.beats_s[2:])) < 1e-9


def test_a_late_first_downbeat_does_not_tilt_a_constant_tempo() -> None:
    """30 ms, which are less than a tenth of a beat, are not spread over the song."""
    late = BeatGrid.constant(120, 60, first_downbeat_s=0.03)
    found = Timeline.of(late, Tempo.CONSTANT)
    assert found.tempo.tempo_us[-1] == 500_000
    np.testing.assert_allclose(found.tempo.seconds([1, 100]), [0.53, 50.03], atol=1e-6)


def test_none_has_the_beats_and_no_tempo(tmp_path: Path) -> None:
    grid = drifting()
    track = on_the_grid(grid)
    song = read_back(tmp_path, track, grid, MidiLayout(tempo=Tempo.NONE))
    messages = [m.type for t in mido.MidiFile(tmp_path / "drums.mid").tracks for m in t]
    assert "set_tempo" not in messages and "time_signature" in messages
    mapped = read_back(tmp_path, track, grid, MidiLayout())
    np.testing.assert_array_equal(song.tracks[0].ticks, mapped.tracks[0].ticks)


def test_a_track_for_each_piece(tmp_path: Path) -> None:
    grid = drifting()
    track = loose(grid)
    song = read_back(tmp_path, track, grid, MidiLayout.of(tracks="pieces"))
    assert [one.name for one in song.tracks] == [piece.value for piece in track.pieces]
    for one, piece in zip(song.tracks, track.pieces, strict=True):
        assert set(one.keys) == {piece.midi_key} and one.is_drums
    whole = read_back(tmp_path, track, grid, MidiLayout())
    np.testing.assert_allclose(onsets(song), onsets(whole), atol=EPS)


def test_a_note_lets_its_drum_sound_and_ends_before_the_next_of_its_key(tmp_path: Path) -> None:
    """At 60 bpm a quarter note is a second."""
    grid = BeatGrid.constant(60, 40)
    played = [
        (Piece.KICK, 0.0, 0.25),  # a sixteenth
        (Piece.CRASH, 0.0, 2.0),  # rings for two beats
        (Piece.SNARE, 4.0, 4.1),
        (Piece.SNARE, 4.1, 4.35),
        (Piece.OPEN_HAT, 8.0, 8.5),  # closed
        (Piece.CLOSED_HAT, 8.5, 8.75),
        (Piece.RIDE, 39.5, 40.0),  # the end of the song
    ]
    track = DrumTrack(tuple(Hit(start, 0, piece) for piece, start, _ in played))
    song = read_back(tmp_path, track, grid, MidiLayout())
    (drums,) = song.tracks
    ppq = song.ticks_per_quarter
    found = {
        (int(key), round(float(start / ppq), 2), round(float(end / ppq), 2))
        for key, start, end in zip(drums.keys, drums.ticks, drums.end_ticks, strict=True)
    }
    assert found == {(piece.midi_key, start, end) for piece, start, end in played}
    assert read_midi(tmp_path / "drums.mid").beat_grid().num_beats == 41


@pytest.mark.parametrize(
    ("grid", "number", "daw_number"),
    [
        (BeatGrid.constant(120, 20), 1, 1),
        (drifting(first=1), 1, 2),  # behind a short bar
        (drifting(first=3), 1, 3),  # and behind a pickup
        (BeatGrid(np.arange(9) * 0.5, np.arange(9) % 4 + 1), 1, 1),
        (BeatGrid(np.arange(9) * 0.5 - 1.0, np.arange(9) % 4 + 1), 2, 2),
        (BeatGrid(np.arange(9) * 0.5 + 3.0, np.arange(9) % 4 + 1), 1, 3),  # six beats before
    ],
)
def test_it_is_said_where_the_first_bar_is(grid: BeatGrid, number: int, daw_number: int) -> None:
    first = Timeline.of(grid).first_bar
    assert first is not None
    assert (first.number, first.daw_number) == (number, daw_number)
    down = grid.beats_s[grid.is_downbeat & (grid.beats_s >= 0)][0]
    assert first.start_s == pytest.approx(down)
    file = midi_file(DrumTrack(), grid)
    texts = [m.text for m in file.tracks[0] if m.type == "text"]
    assert texts == [first.said] and f"is bar {daw_number} of the DAW" in first.said


def test_the_bar_that_is_said_is_the_bar_of_the_daw(tmp_path: Path) -> None:
    """Counted as a DAW counts, by the time signatures."""
    for first in (1, 2, 3, 4):
        grid = drifting(first=first)
        song = read_back(tmp_path, DrumTrack(), grid, MidiLayout())
        said = Timeline.of(grid).first_bar
        assert said is not None
        starts = []  # of bars, in ticks
        ends = [*song.time_signatures[1:, 0], song.end_tick]
        for (start, beats, unit), end in zip(song.time_signatures, ends, strict=True):
            starts += list(range(start, end, beats * 4 * song.ticks_per_quarter // unit))
        assert song.seconds(starts[said.daw_number - 1]) == pytest.approx(said.start_s, abs=1e-3)


def test_a_layout_that_there_is_not() -> None:
    with pytest.raises(MidiError, match="'fast' is no tempo of a MIDI file: choose from map, cons"):
        MidiLayout.of(tempo="fast")
    with pytest.raises(MidiError, match="'two' is no tracks of a MIDI file: choose from one, pie"):
        MidiLayout.of(tracks="two")


def test_ticks_of_a_beat_are_ticks_of_the_file() -> None:
    """Every tick that is played on has a whole number of the file's."""
    assert Timeline.of(drifting(bpm=20)).ticks_per_quarter % TICKS_PER_BEAT == 0
