"""Songs are cut in halves with the hits, the times and the stems that they have."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from drumnet.beats.tracker import FixedTempo
from drumnet.corpus.halves import (
    HalvedSong,
    all_halved,
    constant_grid,
    halved,
    halved_recording,
    recording_folders,
)
from drumnet.corpus.ticksong import TickSong, tick_song
from drumnet.errors import DataError, DrumnetError
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hearing.onset_strength import onset_pulses
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role

BASS = HEARD_ROLES.index(Role.BASS)
TickSongOf = Callable[..., TickSong]


def prepared(kick: Sequence[int]) -> TickSong:
    """Eight bars with a bass and a hat, and a snare in both halves."""
    grid = BeatGrid.constant(120, 16.0)
    hits = tuple(Hit(float(grid.ticks_to_seconds(t)), t, Piece.KICK, 100) for t in kick)
    hits += (Hit(0.0, 0, Piece.SNARE, 80), Hit(9.0, 216, Piece.SNARE, 80))
    onsets = Onsets(grid.ticks_to_seconds(list(kick)), np.ones(len(kick), np.float32))
    curves = {role: onset_pulses(onsets) for role in (Role.BASS, Role.HAT)}
    return tick_song({"name": "one"}, curves, DrumTrack(hits), grid)


def given(song: HalvedSong) -> list[Role]:
    return [role for role, on in zip(HEARD_ROLES, song.conditioning.present, strict=True) if on]


def test_a_song_is_halved_at_a_beat_and_its_kicks_are_wanted() -> None:
    song = halved(prepared([0, 24, 180, 192, 300]))
    assert song.half_tick == 192
    assert song.first_half_hits.tolist() == [0, 24, 180]
    assert song.second_half_hits.tolist() == [192, 300]
    np.testing.assert_allclose(song.second_half_onsets_s, [8.0, 12.5])
    assert song.has_both_halves


def test_only_the_roles_of_the_benchmark_are_given() -> None:
    """Both the bass and the hat play; a benchmark does not give the hat."""
    song = halved(prepared([0, 24, 200]))
    assert given(song) == [Role.BASS]
    assert np.flatnonzero(song.conditioning.strength.any(axis=1)).tolist() == [BASS]
    assert given(halved(prepared([0, 24, 200]), (Role.BASS, Role.HAT))) == [Role.BASS, Role.HAT]


def test_a_song_with_a_half_without_kicks_is_left_out() -> None:
    songs = [prepared([0, 24]), prepared([0, 200]), prepared([200, 300])]
    assert [found.hits.tolist() for found in all_halved(songs)] == [[0, 200]]


def test_a_song_on_ticks_has_times_at_its_own_tempo(tick_song_of: TickSongOf) -> None:
    """At 90 bpm a beat is two thirds of a second."""
    song = halved(tick_song_of([0, 12, 384], bpm=90.0))
    np.testing.assert_allclose(song.onsets_s, [0, 2 / 3, 32 * 2 / 3], atol=1e-9)
    assert song.grid.tempo_bpm == pytest.approx(90)
    np.testing.assert_allclose(song.grid.ticks_to_seconds(song.hits), song.onsets_s, atol=1e-9)


def test_a_kick_early_on_the_first_tick_of_the_second_half_belongs_to_it() -> None:
    grid = BeatGrid.constant(120, 16.0)
    early = float(grid.ticks_to_seconds(191.6))
    song = halved(tick_song({"name": "", "bpm": 120}, {}, DrumTrack((Hit(early, 0),)), grid))
    assert song.second_half_hits.tolist() == [192]
    np.testing.assert_allclose(song.second_half_onsets_s, [early], atol=2e-4)


@pytest.mark.parametrize("beats", [3, 4, 7])
def test_the_constant_grid_has_the_beats_and_the_metre_of_the_song(
    tick_song_of: TickSongOf, beats: int
) -> None:
    song = tick_song_of([0, 12], bpm=100.0, beats=beats)
    grid = constant_grid(song)
    assert grid.num_ticks == 12 * song.num_beats
    np.testing.assert_allclose(np.diff(grid.beats_s), 0.6)
    assert (grid.beat_in_bar[:-1] - 1).tolist() == song.beat_in_bar.tolist()
    assert grid.bar_length[:-1].tolist() == song.bar_length.tolist() == [beats] * song.num_beats


def test_the_place_in_the_bar_counts_ticks_from_its_downbeat(
    song_of: Callable[..., HalvedSong],
) -> None:
    place = song_of([0], beats=3, num_bars=2).bar_position
    assert place.tolist() == [*range(36), *range(36)]


def test_of_an_onset_that_spills_over_its_peak_is_the_onset(
    song_of: Callable[..., HalvedSong],
) -> None:
    song = song_of([0, 400])
    song.conditioning.strength[BASS, [384, 385, 395, 396, 397, 420]] = [
        1.0,
        0.9,
        0.6,
        0.8,
        0.6,
        0.3,
    ]
    assert song.onset_ticks(Role.BASS, 0.5).tolist() == [384, 396]
    assert song.onset_ticks(Role.BASS, 0.25).tolist() == [384, 396, 420]


# ------------------------------------------------------------------ recordings


def test_a_recording_has_its_annotated_kick_and_snare(recordings: Path) -> None:
    song = halved_recording(recordings / "mdb_rock")
    assert song.hits.tolist() == list(range(0, 32 * 12, 24))
    np.testing.assert_allclose(song.onsets_s, np.arange(16) + 0.004)
    snare = song.conditioning.strength[HEARD_ROLES.index(Role.SNARE)]
    assert np.flatnonzero(snare).tolist() == list(range(12, 32 * 12, 24))
    assert given(song) == [Role.BASS, Role.OTHER, Role.SNARE], "the drums are not heard"
    assert given(halved_recording(recordings / "mdb_rock", snare=False)) == [Role.BASS, Role.OTHER]
    assert song.about == {"name": "mdb_rock", "kind": "recording", "bpm": 120.0}


def test_a_trackers_beats_take_the_place_of_those_annotated(recordings: Path) -> None:
    """At 60 bpm the same kicks lie on every half beat."""
    song = halved_recording(recordings / "mdb_rock", tracker=FixedTempo(60.0))
    assert song.grid.tempo_bpm == pytest.approx(60)
    assert song.hits.tolist() == list(range(0, 16 * 12, 12))
    np.testing.assert_allclose(song.onsets_s, np.arange(16) + 0.004)


def test_a_recording_without_a_snare_is_played_without(recordings: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(recordings / "mdb_rock", tmp_path / "song"))
    rows = (folder / "drums.tsv").read_text().splitlines()
    (folder / "drums.tsv").write_text("\n".join(row for row in rows if "KD" in row) + "\n")
    assert given(halved_recording(folder)) == [Role.BASS, Role.OTHER]


def test_a_recording_without_annotation_gives_one_line(recordings: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(recordings / "mdb_rock", tmp_path / "song"))
    (folder / "drums.tsv").unlink()
    with pytest.raises(DrumnetError, match=r"drums\.tsv"):
        halved_recording(folder)
    with pytest.raises(DataError, match=r"holds no folder with stems, beats\.tsv and drums\.tsv"):
        recording_folders(tmp_path)
    with pytest.raises(DataError, match="name the folder that the folders of recordings are in"):
        recording_folders(tmp_path / "none")


def test_the_folders_with_both_annotations_are_recordings(recordings: Path, tmp_path: Path) -> None:
    assert [folder.name for folder in recording_folders(recordings)] == ["mdb_rock", "mdb_tresillo"]
    shutil.copytree(recordings, tmp_path / "all")
    no_sound = tmp_path / "all" / "no sound"
    shutil.copytree(recordings / "mdb_rock", no_sound, ignore=shutil.ignore_patterns("*.flac"))
    (tmp_path / "all" / "mdb_rock" / "beats.tsv").unlink()
    assert [folder.name for folder in recording_folders(tmp_path / "all")] == ["mdb_tresillo"]
