"""What was played is counted where it belongs, and scored with its interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.baselines import COPY_BAR, FOUR_ON_THE_FLOOR
from drumnet.evaluation.experiments.scores import ONSET_F1, TICK_F1, f1_rows
from drumnet.evaluation.players import second_half
from drumnet.evaluation.takes import Takes, in_time, kick_ticks, kit_hits, on_ticks, take_all
from drumnet.grid import BeatGrid
from drumnet.hits import PIECES, DrumTrack, Hit, Piece
from drumnet.metrics import Counts

SongOf = Callable[..., HalvedSong]
Looped = Callable[..., list[int]]


class Real:
    """Plays what the song plays."""

    name = "real"

    def play(self, song: HalvedSong) -> DrumTrack:
        return second_half(song, song.drums)


def kick(song: HalvedSong, ticks: Sequence[int], late: float = 0.0) -> DrumTrack:
    """Kicks of these ticks, so many ticks late."""
    onsets_s = song.grid.ticks_to_seconds(np.array(ticks) + late).tolist()
    pairs = zip(onsets_s, ticks, strict=True)
    return DrumTrack(tuple(Hit(onset_s, tick) for onset_s, tick in pairs))


def test_what_the_song_plays_scores_1(song_of: SongOf) -> None:
    songs = [song_of([index, 400 + index, 500], name=str(index)) for index in range(5)]
    for row in f1_rows("corpus", "transfer", take_all(songs, [Real()])):
        assert (row.value, row.low, row.high, row.pooled) == (1.0, 1.0, 1.0, 1.0)
        assert row.per_song == (1.0,) * 5


def test_hits_count_on_the_ticks_of_the_second_half(song_of: SongOf) -> None:
    """Each once; a hit belongs to the tick that it is of, however late it is."""
    song = song_of([0, 384, 700])
    played = DrumTrack((*kick(song, [12, 383, 384, 700, 767]), *kick(song, [384, 900], 0.4)))
    assert kick_ticks(song, played).tolist() == [384, 700, 767]
    assert on_ticks(song, played) == Counts(matched=2, wanted=2, played=3)


def test_of_other_pieces_a_kit_has_hits_and_the_kick_has_none(song_of: SongOf) -> None:
    song = song_of([0, 400])
    snare = (Hit(2.0, 48, Piece.SNARE), Hit(17.0, 408, Piece.SNARE))
    played = DrumTrack((*kick(song, [400]), *snare))
    assert kick_ticks(song, played).tolist() == [400]
    hits = kit_hits(song, played)
    assert hits.shape == (len(PIECES), song.num_ticks)
    assert [(PIECES[row], int(tick)) for row, tick in np.argwhere(hits)] == [
        (Piece.KICK, 400),
        (Piece.SNARE, 408),
    ]
    assert in_time(song, played).played == 1


def test_a_tick_beside_is_wrong_on_ticks_and_right_in_time(song_of: SongOf) -> None:
    """A tick at 120 bpm is 42 ms, two are 83 ms."""
    song = song_of([0, 400, 500])
    one_late, two_late = kick(song, [401, 501]), kick(song, [402, 502])
    assert on_ticks(song, one_late).matched == 0
    assert in_time(song, one_late).f_measure == 1.0
    assert in_time(song, two_late).f_measure == 0.0


def test_onsets_are_scored_by_their_annotated_times(song_of: SongOf, looped: Looped) -> None:
    """An offset inside the tick counts: half a tick at 60 bpm is 42 ms."""
    song = song_of(looped([0, 24]))
    slow = BeatGrid(song.grid.beats_s * 2, song.grid.beat_in_bar)
    late = replace(song, grid=slow, onsets_s=slow.ticks_to_seconds(song.hits + 0.9))
    ticks = song.second_half_hits.tolist()
    assert in_time(late, kick(late, ticks)).f_measure == 0.0, "0.9 ticks of 83 ms are too early"
    assert in_time(late, kick(late, ticks, 0.5)).f_measure == 1.0


def test_the_mean_is_over_songs_and_the_pool_over_hits(song_of: SongOf) -> None:
    """One hit of one, and one of four: 1 and 0.4; pooled 4 of 7."""
    songs = [song_of([0, 400], name="a"), song_of([0, 400, 410, 420, 430], name="b")]
    takes = Takes(songs, {"x": [kick(song, [400]) for song in songs]})
    (row,) = f1_rows("corpus", "transfer", takes, "a setting", (TICK_F1,))
    assert row.key == ("corpus", "transfer", "x", TICK_F1, "a setting")
    assert row.per_song == (1.0, 0.4)
    assert row.value == pytest.approx(0.7)
    assert row.pooled == pytest.approx(4 / 7, abs=1e-6)
    assert (row.low, row.high) == (0.4, 1.0)


def test_every_player_has_a_row_of_every_measure(song_of: SongOf, looped: Looped) -> None:
    takes = take_all([song_of(looped([0, 24]))], (COPY_BAR, FOUR_ON_THE_FLOOR))
    found = {(row.metric, row.player): row.value for row in f1_rows("corpus", "transfer", takes)}
    assert found == {
        (TICK_F1, "copy-bar"): 1.0,
        (TICK_F1, "four on the floor"): pytest.approx(2 / 3, abs=1e-6),
        (ONSET_F1, "copy-bar"): 1.0,
        (ONSET_F1, "four on the floor"): pytest.approx(2 / 3, abs=1e-6),
    }
