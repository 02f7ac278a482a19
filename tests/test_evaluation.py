"""The baselines and experiments, on songs for which the answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.beats.files import write_beats
from drumnet.beats.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.corpus.ticksong import TickSong, tick_song
from drumnet.errors import DrumnetError
from drumnet.evaluation.baselines import bass_copy, copy_bar, four_on_the_floor
from drumnet.evaluation.metrics import tick_counts
from drumnet.evaluation.passages import HalvedSong, all_halved, halved, halved_recording
from drumnet.evaluation.protocol import (
    EXPERIMENTS,
    activations,
    best_floor,
    onset_scores,
    score,
    tick_score,
    tick_scores,
)
from drumnet.features import HEARD_ROLES, Conditioning, onset_pulses
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.network import Network, OnsetActivations
from drumnet.onsets import Onsets
from drumnet.roles import Role

BASS = HEARD_ROLES.index(Role.BASS)


def song_of(
    kick: Sequence[int], bass: Sequence[int] = (), num_bars: int = 16, beats: int = 4
) -> HalvedSong:
    """A song of `num_bars` with kicks and bass notes at these ticks."""
    num_beats = num_bars * beats
    strength = np.zeros((len(HEARD_ROLES), num_beats * TICKS_PER_BEAT), np.float32)
    strength[BASS, list(bass)] = 1.0
    velocity = np.zeros((1, num_beats * TICKS_PER_BEAT), np.float32)
    velocity[0, list(kick)] = 0.8
    index = np.arange(num_beats)
    heard = Conditioning(
        strength,
        np.arange(len(HEARD_ROLES)) == BASS,
        index % beats,
        np.full(num_beats, beats),
        index // beats,
    )
    grid = BeatGrid(np.arange(num_beats + 1) * 0.5, np.arange(num_beats + 1) % beats + 1)
    return HalvedSong("song", heard, velocity, grid, grid.ticks_to_seconds(sorted(kick)))


def looped(bar: Sequence[int], num_bars: int = 16, bar_ticks: int = 48) -> list[int]:
    return [start * bar_ticks + tick for start in range(num_bars) for tick in bar]


def f1(song: HalvedSong, ticks: NDArray[np.int64]) -> float:
    return tick_counts(song.second_half_hits, ticks).f_measure


# ------------------------------------------------------------------ baselines


@pytest.mark.parametrize(
    ("bar", "beats"), [([0, 18, 24, 42], 4), ([0], 3), ([5, 7, 80], 7), (list(range(0, 48, 3)), 4)]
)
def test_copying_the_bar_is_perfect_where_the_song_repeats_one(bar: list[int], beats: int) -> None:
    song = song_of(looped(bar, bar_ticks=beats * 12), beats=beats)
    assert f1(song, copy_bar(song)) == 1.0


def test_copying_the_bar_takes_what_most_bars_have() -> None:
    """The typical bar is 0 and 24; a fill in one bar of eight is not copied."""
    fill = [7 * 48 + tick for tick in (36, 39, 42, 45)]
    song = song_of([*looped([0, 24]), *fill])
    assert f1(song, copy_bar(song)) == 1.0


def test_copying_the_bass_is_perfect_where_the_kick_does() -> None:
    ticks = np.sort(np.random.default_rng(0).choice(np.arange(0, 768, 3), 100, replace=False))
    song = song_of(ticks.tolist(), ticks.tolist())
    assert f1(song, bass_copy(song)) == 1.0
    assert f1(song, copy_bar(song)) < 0.5, "and nothing repeats"


def test_of_a_bass_onset_that_spills_over_only_its_peak_is_copied() -> None:
    song = song_of([384, 396], [])
    song.heard.strength[BASS, [384, 385, 395, 396, 397, 420]] = [1.0, 0.9, 0.6, 0.8, 0.6, 0.3]
    assert bass_copy(song).tolist() == [384, 396]


def test_four_on_the_floor_plays_every_beat_of_the_second_half() -> None:
    song = song_of(looped([0, 12, 24, 36]))
    assert f1(song, four_on_the_floor(song)) == 1.0
    assert four_on_the_floor(song).tolist() == list(range(384, 768, 12))
    assert f1(song_of(looped([0, 24])), four_on_the_floor(song)) == pytest.approx(2 / 3)


# ------------------------------------------------------------------ songs in halves


def prepared(kick: Sequence[int], num_bars: int = 8) -> TickSong:
    grid = BeatGrid.constant(120, num_bars * 2.0)
    hits = tuple(Hit(float(grid.ticks_to_seconds(t)), t, Piece.KICK, 100) for t in kick)
    hits += (Hit(0.0, 0, Piece.SNARE, 80), Hit(9.0, 216, Piece.SNARE, 80))
    onsets = Onsets(grid.ticks_to_seconds(list(kick)), np.ones(len(kick), np.float32))
    curves = {role: onset_pulses(onsets) for role in (Role.BASS, Role.HAT)}
    return tick_song({"name": "one"}, curves, DrumTrack(hits), grid)


def test_a_song_is_halved_at_a_beat_and_its_kicks_are_wanted() -> None:
    song = halved(prepared([0, 24, 180, 192, 300]))
    assert song is not None
    assert song.half_tick == 192
    assert song.first_half_hits.tolist() == [0, 24, 180]
    assert song.second_half_hits.tolist() == [192, 300]


def test_only_the_roles_of_the_benchmark_are_given() -> None:
    """Both the bass and the hat play; a benchmark does not give the hat."""
    song = halved(prepared([0, 24, 200]))
    assert song is not None
    assert [role for role, on in zip(HEARD_ROLES, song.heard.present, strict=True) if on] == [
        Role.BASS
    ]
    assert np.flatnonzero(song.heard.strength.any(axis=1)).tolist() == [BASS]
    both = halved(prepared([0, 24, 200]), (Role.BASS, Role.HAT))
    assert both is not None and both.heard.present.sum() == 2


def test_a_song_with_a_half_without_kicks_is_left_out() -> None:
    songs = [prepared([0, 24]), prepared([0, 200]), prepared([200, 300])]
    assert [found.hits.tolist() for found in all_halved(songs)] == [[0, 200]]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Eight bars at 120 bpm: kick on 1 and 3, snare on 2 and 4, a bass."""
    import soundfile

    folder = tmp_path / "mdb_song"
    folder.mkdir()
    rng = np.random.default_rng(0)
    sound = rng.normal(0, 0.01, 16 * 44_100).astype(np.float32)
    for name in ("bass", "other", "drums"):
        soundfile.write(folder / f"{name}.flac", sound, 44_100)
    beats = np.arange(33) * 0.5
    write_beats(folder / "beats.tsv", BeatGrid(beats, np.arange(33) % 4 + 1))
    labels = ["KD", "SD"] * 16
    rows = [f"{at + 0.004:.3f}\t{label}" for at, label in zip(beats, labels, strict=False)]
    (folder / "drums.tsv").write_text("\n".join(rows) + "\n")
    return folder


def test_a_recording_has_its_annotated_kick_and_snare(recording: Path) -> None:
    song = halved_recording(recording)
    assert song.hits.tolist() == list(range(0, 32 * 12, 24))
    assert song.onsets_s is not None
    np.testing.assert_allclose(song.onsets_s, np.arange(16) + 0.004)
    snare = song.heard.strength[HEARD_ROLES.index(Role.SNARE)]
    assert np.flatnonzero(snare).tolist() == list(range(12, 32 * 12, 24))
    given = [role for role, on in zip(HEARD_ROLES, song.heard.present, strict=True) if on]
    assert given == [Role.BASS, Role.OTHER, Role.SNARE], "the drums are not heard"
    without = halved_recording(recording, snare=False)
    assert not without.heard.present[HEARD_ROLES.index(Role.SNARE)]


def test_a_recording_without_annotation_gives_one_line(recording: Path) -> None:
    (recording / "drums.tsv").unlink()
    with pytest.raises(DrumnetError, match=r"drums\.tsv"):
        halved_recording(recording)


# ------------------------------------------------------------------ experiments


class Imitator:
    """A network whose code is the share of hits on each sixteenth of the bar,
    and which plays just that: copy-bar by way of a code."""

    def listen(self, heard: Conditioning) -> NDArray[np.float32]:
        return heard.beat_in_bar[None].astype(np.float32)

    def encode(self, listened: NDArray[Any], velocity: NDArray[Any]) -> NDArray[np.float32]:
        place = (listened[0][:, None] * 4 + np.arange(4)).astype(int).reshape(-1)
        hit = velocity[0].reshape(-1, 3).any(axis=1)
        return np.array([hit[place == i].mean() for i in range(16)], np.float32)

    def decode(self, listened: NDArray[Any], code: NDArray[Any]) -> OnsetActivations:
        place = (listened[0][:, None] * 4 + np.arange(4)).astype(int).reshape(-1)
        probability = np.zeros((1, 12 * listened.shape[1]), np.float32)
        probability[0, ::3] = code[place]
        return OnsetActivations(probability, probability, np.zeros_like(probability))

    def probabilities(self, listened: NDArray[Any], codes: NDArray[Any]) -> NDArray[np.float32]:
        return np.array([self.decode(listened, code).probability for code in codes])


IMITATOR = cast(Network, Imitator())


def test_the_experiments_on_songs_that_change_in_the_middle() -> None:
    """Transfer knows the first half, reconstruction the second, no code
    nothing, and the wrong code is that of the other song."""
    first = song_of([*looped([0, 24], 8), *(tick + 384 for tick in looped([0, 12], 8))])
    second = song_of(looped([0, 12]))
    songs = [first, second]
    played = activations(IMITATOR, songs)
    assert tuple(played) == EXPERIMENTS
    scores = tick_scores(songs, played, 0.5)
    assert scores["reconstruction"].per_song == (1.0, 1.0)
    assert scores["transfer"].per_song == (0.5, 1.0)
    assert scores["no code"].per_song == (0.0, 0.0)
    assert scores["wrong code"].per_song == (1.0, 0.5)
    assert scores["copy-bar"].per_song == (0.5, 1.0)
    assert scores["four on the floor"].mean == pytest.approx(2 / 3)
    assert scores["bass copy"].mean == 0.0


def test_mean_and_pooled_scores() -> None:
    found = score([tick_counts([0], [0]), tick_counts([0, 1, 2, 3], [0])])
    assert found.mean == pytest.approx((1 + 0.4) / 2)
    assert found.pooled == pytest.approx(4 / 7)


def test_recordings_are_scored_by_their_annotated_times() -> None:
    """An offset inside the tick counts: half a tick at 60 bpm is 42 ms."""
    song = song_of(looped([0, 24]))
    assert song.grid is not None and song.onsets_s is not None
    slow = BeatGrid(song.grid.beats_s * 2, song.grid.beat_in_bar)
    late = slow.ticks_to_seconds(song.hits + 0.9)
    song = HalvedSong("late", song.heard, song.velocity, slow, late)
    probability = song.velocity.copy()
    played = {
        offset: OnsetActivations(probability, probability, np.full_like(probability, offset))
        for offset in (0.0, 0.5)
    }
    on_tick = onset_scores([song], {"x": [played[0.0]]}, 0.5)
    behind = onset_scores([song], {"x": [played[0.5]]}, 0.5)
    assert on_tick["x"].mean == 0.0 and behind["x"].mean == 1.0
    assert on_tick["copy-bar"].mean == 0.0, "0.9 ticks of 83 ms are too early"


def test_the_best_floor_parts_the_hits_from_the_rest() -> None:
    songs = [song_of(looped([0, 24]))]
    probability = np.full_like(songs[0].velocity, 0.01)
    probability[0, 12::24] = 0.21
    probability[0, ::24] = 0.25
    played = [OnsetActivations(probability, probability, np.zeros_like(probability))]
    floor = best_floor(songs, played)
    assert 0.21 < floor <= 0.25
    assert tick_score(songs, played, floor).mean == 1.0
    assert tick_score(songs, played, 0.1).mean == pytest.approx(2 / 3)
