"""What is kept stays as it was; what is known is told to the network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drumnet.errors import DrumnetError
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.hits_csv import read_hits, track_of, write_hits
from drumnet.playing.given import Keep, Kept, known_hits
from drumnet.song.onsets import Onsets

GRID = BeatGrid.constant(120.0, 16.0)  # 8 bars
PIECES = tuple(Piece)
SNARE, KICK = PIECES.index(Piece.SNARE), PIECES.index(Piece.KICK)


def every_bar(piece: Piece, ticks: list[int], velocity: int) -> list[Hit]:
    """Hits a little behind the beat."""
    return [
        Hit(float(GRID.ticks_to_seconds(tick + 0.25)), tick, piece, velocity)
        for bar in range(8)
        for tick in (48 * bar + place for place in ticks)
    ]


TAKE = DrumTrack((*every_bar(Piece.KICK, [0, 24], 101), *every_bar(Piece.SNARE, [12, 36], 93)))
NEW = DrumTrack((*every_bar(Piece.KICK, [0, 18], 70), *every_bar(Piece.SNARE, [24], 60)))


def bars(track: DrumTrack) -> dict[int, list[Hit]]:
    return {bar: [hit for hit in track if hit.tick // 48 == bar - 1] for bar in range(1, 9)}


def test_whole_pieces_are_kept_and_others_are_not() -> None:
    track = Keep(TAKE, frozenset({Piece.SNARE})).on(GRID).among(NEW)
    assert track.of(Piece.SNARE) == TAKE.of(Piece.SNARE)
    assert track.of(Piece.KICK) == NEW.of(Piece.KICK)


def test_whole_bars_are_kept_with_all_that_is_in_them() -> None:
    kept = Keep(TAKE, bars=frozenset({2, 5})).on(GRID)
    found, old, new = bars(kept.among(NEW)), bars(TAKE), bars(NEW)
    for bar in range(1, 9):
        assert found[bar] == (old if bar in (2, 5) else new)[bar]


def test_pieces_and_bars_are_kept_together() -> None:
    track = Keep(TAKE, frozenset({Piece.KICK}), frozenset({3})).on(GRID).among(NEW)
    assert track.of(Piece.KICK) == TAKE.of(Piece.KICK)
    snares = bars(track.of(Piece.SNARE))
    assert snares[3] == bars(TAKE.of(Piece.SNARE))[3]
    assert snares[4] == bars(NEW.of(Piece.SNARE))[4]


def test_with_nothing_said_the_pieces_of_the_take_are_kept() -> None:
    kept = Keep(TAKE.of(Piece.SNARE)).on(GRID)
    assert kept.among(NEW).of(Piece.SNARE) == TAKE.of(Piece.SNARE)
    assert kept.among(NEW).of(Piece.KICK) == NEW.of(Piece.KICK)


def test_a_rest_is_kept_too() -> None:
    kept = Keep(DrumTrack(), bars=frozenset({4})).on(GRID)
    assert bars(kept.among(NEW))[4] == []


def test_nothing_is_played_right_before_a_kept_hit() -> None:
    """Bar 2 is kept, and begins with a kick."""
    early = DrumTrack((Hit(1.95, 47, Piece.KICK), Hit(1.95, 47, Piece.SNARE)))
    found = Keep(TAKE, bars=frozenset({2})).on(GRID).among(early)
    assert [hit.piece for hit in found if hit.tick == 47] == [Piece.SNARE]


def test_a_bar_that_there_is_not_is_named() -> None:
    with pytest.raises(DrumnetError, match=r"there is no bar 99 to keep: the song has 1 to 9"):
        Keep(TAKE, bars=frozenset({99})).on(GRID)


def test_what_is_known_is_known_where_it_is_kept() -> None:
    kept = Keep(TAKE, bars=frozenset({2})).on(GRID)
    known = known_hits(PIECES, GRID, GRID, DrumTrack(), kept)
    assert known.known[:-1, 4:8].all() and known.known.sum() == 9 * 4
    assert np.flatnonzero(known.velocity[KICK]).tolist() == [48, 72]
    np.testing.assert_allclose(known.velocity[SNARE, 60], 93 / 127)
    np.testing.assert_allclose(known.offset[SNARE, 60], 0.25, atol=1e-6)


def test_to_another_pulse_a_beat_is_known_where_all_of_it_is() -> None:
    """A bar of the song is half a bar of half the tempo."""
    kept = Keep(TAKE, bars=frozenset({2})).on(GRID)
    pulse = GRID.half_time()
    known = known_hits(PIECES, GRID, pulse, DrumTrack(), kept)
    assert np.flatnonzero(known.known[KICK]).tolist() == [2, 3]
    assert np.flatnonzero(known.velocity[KICK]).tolist() == [24, 36]


def test_given_pieces_and_a_rhythm_are_known_throughout() -> None:
    rhythm = Onsets(np.array([1.0, 2.25]), np.array([0.5, 1.0], np.float32))
    known = known_hits(PIECES, GRID, GRID, TAKE.of(Piece.KICK), None, rhythm)
    assert known.known[KICK].all() and known.known[-1].all() and not known.known[SNARE].any()
    assert np.flatnonzero(known.velocity[-1]).tolist() == [24, 54]
    assert known.velocity[-1, 24] == 0.5


def test_a_tap_a_little_before_the_first_beat_is_on_it_and_an_earlier_one_is_not_played() -> None:
    """A little is half a 16th, 62 ms at 120 bpm."""
    grid = BeatGrid(1.0 + 0.5 * np.arange(9), np.arange(9) % 4 + 1)
    for early_s, ticks in ((0.05, [0, 12]), (0.08, [12]), (0.25, [12])):
        rhythm = Onsets(np.array([1.0 - early_s, 1.5]), np.ones(2, np.float32))
        known = known_hits(PIECES, grid, grid, DrumTrack(), rhythm=rhythm)
        assert np.flatnonzero(known.velocity[-1]).tolist() == ticks


def test_after_a_passage_what_was_played_is_kept() -> None:
    kept = Kept.nothing(GRID).after(NEW, num_beats=16)
    assert kept.where[:, :16].all() and not kept.where[:, 16:].any()
    assert bars(kept.among(TAKE))[4] == bars(NEW)[4]
    assert bars(kept.among(TAKE))[5] == bars(TAKE)[5]


def test_in_a_part_of_the_song_the_same_hits_are_kept() -> None:
    """On ticks from where it begins, at the times that they had."""
    part = Keep(TAKE, bars=frozenset({2, 5})).on(GRID).cut(8, 20)  # bars 3 to 5
    kept = bars(TAKE)[5]
    assert [hit.onset_s for hit in part.hits] == [hit.onset_s for hit in kept]
    assert [hit.tick for hit in part.hits] == [hit.tick - 8 * 12 for hit in kept]
    assert np.flatnonzero(part.where.all(axis=0)).tolist() == [8, 9, 10, 11]


# ------------------------------------------------------------------ the file


def test_hits_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_hits(tmp_path / "hits.csv", TAKE, GRID)
    found = track_of(read_hits(tmp_path / "hits.csv"), GRID)
    assert [(hit.tick, hit.piece, hit.velocity) for hit in found] == [
        (hit.tick, hit.piece, hit.velocity) for hit in TAKE
    ]
    write_hits(tmp_path / "again.csv", found, GRID)
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "hits.csv").read_bytes()


def test_a_swung_hit_keeps_its_tick(tmp_path: Path) -> None:
    late = Hit(float(GRID.ticks_to_seconds(8.2)), 6, Piece.CLOSED_HAT, 80)
    write_hits(tmp_path / "hits.csv", DrumTrack((late,)), GRID)
    assert [hit.tick for hit in track_of(read_hits(tmp_path / "hits.csv"), GRID)] == [6]


def test_to_other_beats_a_hit_goes_to_the_nearest_tick(tmp_path: Path) -> None:
    write_hits(tmp_path / "hits.csv", TAKE, GRID)
    faster = BeatGrid.constant(150.0, 16.0)
    for hit in track_of(read_hits(tmp_path / "hits.csv"), faster):
        assert abs(faster.seconds_to_ticks(hit.onset_s) - hit.tick) <= 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bar,beat\n1,1\n", "has no column piece: give a hits.csv as drumnet writes it"),
        ("time_s,piece,velocity\nsoon,kick,80\n", "line 2, is no hit"),
        ("time_s,piece,velocity\n1.0,kick,0\n", "line 2: a time from 0:00 and a velocity of 1-127"),
        ("time_s,piece,velocity\n1.0,gong,80\n", "line 2, is no hit: no drum piece .*gong"),
    ],
)
def test_what_is_no_hits_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "hits.csv").write_text(text)
    with pytest.raises(DrumnetError, match=said):
        read_hits(tmp_path / "hits.csv")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DrumnetError, match=r"cannot read '.*none.csv' as hits"):
        read_hits(tmp_path / "none.csv")
