"""What is written as MIDI and read back is the same music at the same times."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import mido
import numpy as np
import pytest

from drumnet.errors import MidiError
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.midi.read import read_drum_track, read_midi
from drumnet.midi.write import write_midi

MS = 1e-3


def bars(*metres: int, first: int = 1) -> list[int]:
    """Beat numbers of bars of these lengths, the first of them from `first` on."""
    numbers = [n for metre in metres for n in range(1, metre + 1)]
    return numbers[first - 1 :]


def steady(numbers: list[int], start_s: float = 0.0, bpm: float = 120.0) -> BeatGrid:
    return BeatGrid(start_s + np.arange(len(numbers)) * 60 / bpm, np.array(numbers))


def written(path: Path, grid: BeatGrid, times_s: Iterable[float] = (), velocity: int = 100) -> Path:
    hits = tuple(Hit(float(at), 0, Piece.KICK, velocity) for at in times_s)
    write_midi(path / "drums.mid", DrumTrack(hits), grid)
    return path / "drums.mid"


def midi_file(path: Path, *tracks: list[mido.Message], type: int = 1, ppq: int = 480) -> Path:
    """A file of tracks whose messages have times in ticks since the one before."""
    mido.MidiFile(type=type, ticks_per_beat=ppq, tracks=[mido.MidiTrack(t) for t in tracks]).save(
        path / "song.mid"
    )
    return path / "song.mid"


def note(key: int, time: int = 0, channel: int = 0, velocity: int = 100) -> mido.Message:
    return mido.Message("note_on", note=key, time=time, channel=channel, velocity=velocity)


def metre(numerator: int, denominator: int, time: int = 0) -> mido.MetaMessage:
    return mido.MetaMessage(
        "time_signature", numerator=numerator, denominator=denominator, time=time
    )


# ------------------------------------------------------------------ there and back


@pytest.mark.parametrize(
    "numbers",
    [
        bars(4, 4, 4, 4),
        bars(4, 4, 3, 3, 3, 4, 4),
        bars(7, 7, 7, 4, 4),
        bars(3, 3, 5, 2, 4, 4),
    ],
)
def test_beats_and_metre_changes_come_back(tmp_path: Path, numbers: list[int]) -> None:
    grid = steady(numbers, bpm=97.3)
    found = read_midi(written(tmp_path, grid)).beat_grid()
    np.testing.assert_allclose(found.beats_s, grid.beats_s, atol=MS, rtol=0)
    assert found.beat_in_bar.tolist() == numbers


@pytest.mark.parametrize("pickup", [1, 2, 3])
def test_downbeats_stay_downbeats_after_a_pickup(tmp_path: Path, pickup: int) -> None:
    grid = steady(bars(4, 4, 4, 4, first=5 - pickup))
    found = read_midi(written(tmp_path, grid)).beat_grid()
    np.testing.assert_allclose(found.beats_s, grid.beats_s, atol=MS, rtol=0)
    np.testing.assert_array_equal(found.is_downbeat[pickup:], grid.is_downbeat[pickup:])
    assert found.bar_length[pickup:].tolist() == [4] * 12


@pytest.mark.parametrize("start_s", [0.0, 0.01, 0.06, 0.2, 0.24, 0.4, 0.5, 3.1])
def test_midi_time_0_is_the_start_of_the_recording(tmp_path: Path, start_s: float) -> None:
    """However late the first beat is, beats and hits keep their times."""
    grid = steady(bars(4, 4, 4, 4), start_s)
    times = [0.0, start_s / 2, start_s + 0.25, start_s + 1.0, start_s + 7.9]
    song = read_midi(written(tmp_path, grid, times))
    found = song.beat_grid()
    near = int(0 < start_s < 0.05)  # a first beat so near to 0:00 is taken to be there
    gap_s = np.abs(found.beats_s[:, None] - grid.beats_s[None, near:]).min(axis=0)
    assert gap_s.max() <= MS, "every beat is where it was"
    down = found.beats_s[found.is_downbeat]
    for at in grid.beats_s[grid.is_downbeat][near:]:
        assert np.abs(down - at).min() <= MS
    np.testing.assert_allclose(song.seconds(song.tracks[0].ticks), times, atol=MS, rtol=0)


@pytest.mark.parametrize(("start_s", "unit"), [(0.06, 16), (0.2, 8), (0.4, 4)])
def test_a_short_lead_in_has_a_tempo_that_a_daw_can_play(
    tmp_path: Path, start_s: float, unit: int
) -> None:
    """A bar of one note brings the grid to the first beat, at most at about twice
    the tempo, and is no beat when the file is read."""
    grid = steady(bars(4, 4, 4), start_s)
    song = read_midi(written(tmp_path, grid))
    assert song.time_signatures.tolist()[0] == [0, 1, unit]
    assert song.time_signatures.tolist()[1][1:] == [4, 4]
    assert 60 < 60e6 / song.tempo[0, 1] <= 260
    if unit > 4:
        np.testing.assert_allclose(song.beat_grid().beats_s, grid.beats_s, atol=MS, rtol=0)


def test_beats_before_the_recording_are_left_out(tmp_path: Path) -> None:
    grid = steady(bars(4, 4, 4, 4), start_s=-0.9)  # beats at -0.9, -0.4, 0.1, 0.6, ...
    found = read_midi(written(tmp_path, grid, [0.35, 0.6])).beat_grid()
    np.testing.assert_allclose(found.beats_s, grid.beats_s[2:], atol=MS, rtol=0)
    np.testing.assert_array_equal(found.is_downbeat[2:], grid.is_downbeat[4:])
    onsets = [hit.onset_s for hit in read_drum_track(tmp_path / "drums.mid")]
    np.testing.assert_allclose(onsets, [0.35, 0.6], atol=MS, rtol=0)


def test_a_drifting_tempo_is_followed_for_ten_minutes(tmp_path: Path) -> None:
    """Tempos are whole microseconds: the rounding must not add up."""
    rng = np.random.default_rng(3)
    steps = 0.5 * np.exp(np.cumsum(rng.normal(0, 0.002, 1200)))
    grid = BeatGrid(np.append(0, np.cumsum(steps)), np.arange(1201) % 4 + 1)
    assert grid.beats_s[-1] > 500
    times = np.sort(rng.uniform(0, grid.beats_s[-1], 400))
    song = read_midi(written(tmp_path, grid, times))
    assert np.abs(song.beat_grid().beats_s - grid.beats_s).max() <= MS
    np.testing.assert_allclose(song.seconds(song.tracks[0].ticks), times, atol=MS, rtol=0)


def test_hits_lie_on_general_midi_keys_on_channel_10(tmp_path: Path) -> None:
    keys = {Piece.KICK: 36, Piece.SNARE: 38, Piece.CLOSED_HAT: 42, Piece.CRASH: 49, Piece.RIDE: 51}
    hits = tuple(Hit(0.5 * i, 12 * i, piece, 30 + i) for i, piece in enumerate(keys))
    write_midi(tmp_path / "drums.mid", DrumTrack(hits), steady(bars(4, 4)))
    file = mido.MidiFile(tmp_path / "drums.mid")
    assert file.type == 1
    strokes = [m for track in file.tracks for m in track if m.type == "note_on" and m.velocity]
    assert [(m.channel + 1, m.note, m.velocity) for m in strokes] == [
        (10, key, 30 + i) for i, key in enumerate(keys.values())
    ]


def test_every_piece_velocity_and_tick_comes_back(tmp_path: Path) -> None:
    grid = steady(bars(4, 4, 4, 4))
    hits = tuple(
        Hit(float(grid.ticks_to_seconds(7 * i)), 7 * i, piece, 1 + 14 * i)
        for i, piece in enumerate(Piece)
    )
    write_midi(tmp_path / "drums.mid", DrumTrack(hits), grid)
    found = read_drum_track(tmp_path / "drums.mid")
    assert [(h.piece, h.velocity, h.tick) for h in found] == [
        (h.piece, h.velocity, h.tick) for h in hits
    ]
    np.testing.assert_allclose([h.onset_s for h in found], [h.onset_s for h in hits], atol=MS)


def test_strokes_faster_than_the_notes_are_long_are_all_kept(tmp_path: Path) -> None:
    times = np.arange(20) * 0.03
    found = read_drum_track(written(tmp_path, steady(bars(4, 4), bpm=60), times))
    np.testing.assert_allclose([hit.onset_s for hit in found], times, atol=MS)


def test_a_hit_after_the_last_beat_keeps_its_time(tmp_path: Path) -> None:
    found = read_drum_track(written(tmp_path, steady(bars(4)), [0.0, 9.3]))
    assert found.hits[-1].onset_s == pytest.approx(9.3, abs=MS)


def test_the_same_track_gives_the_same_bytes(tmp_path: Path) -> None:
    grid = steady(bars(4, 4), 0.3)
    first = written(tmp_path, grid, [0.3, 1.0]).read_bytes()
    assert written(tmp_path, grid, [0.3, 1.0]).read_bytes() == first


# ------------------------------------------------------------------ others' files


def test_tempo_changes_move_what_comes_after_them(tmp_path: Path) -> None:
    tempi = [
        mido.MetaMessage("set_tempo", tempo=500_000),
        mido.MetaMessage("set_tempo", tempo=1_000_000, time=960),
        mido.MetaMessage("set_tempo", tempo=250_000, time=480),
    ]
    path = midi_file(tmp_path, tempi, [note(60), note(62, 960), note(64, 480), note(65, 480)])
    song = read_midi(path)
    assert song.seconds(song.tracks[0].ticks).tolist() == [0.0, 1.0, 2.0, 2.25]


def test_without_a_tempo_the_standard_120_bpm_in_common_time_hold(tmp_path: Path) -> None:
    grid = read_midi(midi_file(tmp_path, [note(60), note(60, 480 * 8)])).beat_grid()
    assert grid.tempo_bpm == pytest.approx(120)
    assert grid.beat_in_bar.tolist() == [1, 2, 3, 4, 1, 2, 3, 4, 1]


def test_six_eight_counts_in_eighths_and_cut_time_in_halves(tmp_path: Path) -> None:
    path = midi_file(tmp_path, [metre(6, 8), metre(2, 2, 6 * 240), note(60, 4 * 960)])
    grid = read_midi(path).beat_grid()
    assert grid.beat_in_bar.tolist() == [1, 2, 3, 4, 5, 6, 1, 2, 1, 2, 1]
    np.testing.assert_allclose(np.diff(grid.beats_s), [0.25] * 6 + [1.0] * 4)


def test_a_metre_of_what_is_no_beat_is_counted_in_quarters(tmp_path: Path) -> None:
    grid = read_midi(midi_file(tmp_path, [metre(24, 32), note(60, 480 * 6)])).beat_grid()
    assert grid.beat_in_bar.tolist() == [1, 2, 3, 1, 2, 3, 1]


def test_a_track_of_beats_is_believed_before_the_metre(tmp_path: Path) -> None:
    """Rhythm-game charts: key 12 is a downbeat, 13 another beat."""
    name = mido.MetaMessage("track_name", name="BEAT")
    keys = [13, 12, 13, 13, 12, 13, 13, 12]
    beats = [note(key, 0 if i == 0 else 480) for i, key in enumerate(keys)]
    grid = read_midi(midi_file(tmp_path, [metre(4, 4)], [name, *beats])).beat_grid()
    assert grid.beat_in_bar.tolist() == [3, 1, 2, 3, 1, 2, 3, 1]
    np.testing.assert_allclose(grid.beats_s, np.arange(8) * 0.5)


def test_type_0_keeps_drums_and_tune_apart(tmp_path: Path) -> None:
    mixed = [note(36, 0, 9), note(60, 0, 0), note(36, 480, 9), note(64, 0, 0)]
    song = read_midi(midi_file(tmp_path, mixed, type=0))
    keys = {track.is_drums: track.keys.tolist() for track in song.tracks}
    assert keys == {True: [36, 36], False: [60, 64]}


def test_a_kick_exported_alone_is_read_from_any_channel(tmp_path: Path) -> None:
    path = midi_file(tmp_path, [note(36, 480, 0), note(36, 0, 0, 0), note(36, 480, 0)])
    track = read_drum_track(path)
    assert [(hit.onset_s, hit.piece) for hit in track] == [(0.5, Piece.KICK), (1.0, Piece.KICK)]


def test_overlapping_and_unreleased_notes_all_start_and_end(tmp_path: Path) -> None:
    """Struck again while it sounds: the first note ends there; what is never
    released sounds to the end of its track."""
    notes = [note(60), note(62, 120), note(60, 120), note(60, 240, velocity=0), note(70, 480)]
    (track,) = read_midi(midi_file(tmp_path, notes)).tracks
    assert list(zip(track.keys, track.ticks, track.end_ticks, strict=True)) == [
        (60, 0, 240),
        (62, 120, 960),
        (60, 240, 480),
        (70, 960, 960),
    ]


def test_hits_of_a_file_are_placed_on_a_grid_that_is_given(tmp_path: Path) -> None:
    path = written(tmp_path, steady(bars(4, 4)), [0.0, 0.5, 1.25])
    twice_as_fast = steady(bars(4, 4, 4, 4), bpm=240)
    assert [hit.tick for hit in read_drum_track(path, twice_as_fast)] == [0, 24, 60]


# ------------------------------------------------------------------ faults


def test_bad_files_give_one_line(tmp_path: Path) -> None:
    with pytest.raises(MidiError, match=r"there is no MIDI file '.*none\.mid'"):
        read_midi(tmp_path / "none.mid")
    (tmp_path / "text.mid").write_text("this is no MIDI file at all")
    with pytest.raises(MidiError, match=r"'.*text\.mid' cannot be read"):
        read_midi(tmp_path / "text.mid")
    (tmp_path / "empty.mid").write_bytes(b"")
    with pytest.raises(MidiError, match="cannot be read"):
        read_midi(tmp_path / "empty.mid")
    with pytest.raises(MidiError, match="less than a beat"):
        read_midi(midi_file(tmp_path, [note(60)])).beat_grid()
    with pytest.raises(MidiError, match="no General MIDI drum notes"):
        read_drum_track(midi_file(tmp_path, [note(90, 960, 9)]))
    path = midi_file(tmp_path, [note(60)])
    path.write_bytes(path.read_bytes().replace(b"MThd\0\0\0\6\0\1", b"MThd\0\0\0\6\0\2"))
    with pytest.raises(MidiError, match="type 2"):
        read_midi(path)


def test_a_damaged_file_is_read_or_refused_but_never_fails_otherwise(tmp_path: Path) -> None:
    whole = written(tmp_path, steady(bars(4, 3)), [0.0, 0.5, 1.0])
    key = mido.MetaMessage("key_signature", key="Eb")
    file = mido.MidiFile(whole)
    file.tracks[0].insert(0, key)
    file.save(whole)
    raw = whole.read_bytes()
    rng = np.random.default_rng(0)
    damaged = [raw[:size] for size in range(0, len(raw), 3)]
    for at in range(len(raw)):
        copy = bytearray(raw)
        copy[at] = (raw[at] + int(rng.integers(1, 256))) % 256
        damaged.append(bytes(copy))
    path = tmp_path / "damaged.mid"
    refused = 0
    for content in damaged:
        path.write_bytes(content)
        try:
            read_midi(path).beat_grid()
        except MidiError as error:
            refused += 1
            assert "\n" not in str(error)
    assert refused > len(raw) / 6


def test_a_file_of_many_days_is_refused(tmp_path: Path) -> None:
    path = midi_file(tmp_path, [note(60), note(60, 2**27)], ppq=96)
    with pytest.raises(MidiError, match="more than 12 hours"):
        read_midi(path)
