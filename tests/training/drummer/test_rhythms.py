"""In another rhythm a song is still the same song: band and drums move together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from drumnet.corpus.ticksong import NUM_ROLES, OFFSET_STEPS, TickSong, tick_song
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hearing.onset_strength import onset_pulses
from drumnet.hits import PIECES, DrumTrack, Hit, Piece
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.training.drummer.rhythms import (
    METRES,
    WRONG_TEMPOS,
    in_metre,
    on_other_grid,
    other_rhythm,
    swung,
)

BASS, KICK = HEARD_ROLES.index(Role.BASS), NUM_ROLES + PIECES.index(Piece.KICK)
Events = Counter[tuple[int, ...]]


def song_of(
    ticks: list[int], num_beats: int = 32, beats: int = 4, pickup: int = 0, offset: float = 0.0
) -> TickSong:
    """A bass and a kick at the same ticks; the kick plays `offset` ticks beside,
    now early, now late, and every time a little harder."""
    index = np.arange(num_beats + 1)
    grid = BeatGrid(index.astype(np.float64) * 0.5, (index - pickup) % beats + 1)
    at = grid.ticks_to_seconds(ticks)
    beside = offset * np.where(np.arange(len(ticks)) % 3, 1, -1)
    hits = tuple(
        Hit(float(time), 0, Piece.KICK, 20 + i % 100)
        for i, time in enumerate(grid.ticks_to_seconds(np.array(ticks) + beside))
    )
    curves = {Role.BASS: onset_pulses(Onsets(at, np.ones(len(at), np.float32)))}
    return tick_song({"name": "song", "heard": "events"}, curves, DrumTrack(hits), grid)


def ticks_of(song: TickSong, row: int) -> list[int]:
    return [int(tick) for tick in song.tick[song.row == row]]


def events(song: TickSong) -> Events:
    rows = (song.row, song.tick, song.value, song.offset)
    return Counter(zip(*(field.astype(int).tolist() for field in rows), strict=True))


def sixteenths(seed: int = 0, num_beats: int = 32) -> list[int]:
    rng = np.random.default_rng(seed)
    return sorted(int(3 * step) for step in rng.choice(4 * num_beats, num_beats, replace=False))


@pytest.mark.parametrize("kind", ["metre", "swing", "tempo", "grid"])
@pytest.mark.parametrize("seed", range(6))
def test_band_and_drums_move_together(kind: str, seed: int) -> None:
    varied = other_rhythm(song_of(sixteenths(seed)), kind, np.random.default_rng(seed))
    assert ticks_of(varied, BASS) == ticks_of(varied, KICK)
    assert (np.diff(varied.tick) >= 0).all(), "events stay in order"
    assert varied.about["name"] == "song"
    assert np.abs(varied.offset.astype(int)).max() <= OFFSET_STEPS


# ------------------------------------------------------------------ metre


@pytest.mark.parametrize(("beats", "bars"), METRES)
@pytest.mark.parametrize("pickup", [0, 3])
def test_bars_have_the_beats_that_were_chosen_and_all_their_events(
    beats: int, bars: tuple[tuple[int, ...], ...], pickup: int
) -> None:
    song = song_of(sixteenths(1), pickup=pickup, offset=0.3)
    varied = in_metre(song, beats, bars)
    chosen = [
        pickup + 8 * group + beat
        for group in range((32 - pickup) // 8)
        for bar in bars
        for beat in bar
    ]
    assert varied.num_beats == len(chosen)
    assert varied.num_beats % beats == 0
    assert varied.beat_in_bar.tolist() == [*range(beats)] * (len(chosen) // beats)
    assert set(varied.bar_length.tolist()) == {beats}
    assert varied.bar.tolist() == [i // beats for i in range(len(chosen))]
    wanted: Events = Counter()
    for new, old in enumerate(chosen):
        for (row, tick, value, offset), count in events(song).items():
            if tick // 12 == old:
                wanted[row, tick + 12 * (new - old), value, offset] += count
    assert events(varied) == wanted


@pytest.mark.parametrize("beats", [3, 5, 7])
def test_there_are_bars_of_3_5_and_7(beats: int) -> None:
    found = [bars for length, bars in METRES if length == beats]
    assert found and all(len(bar) == beats for bars in found for bar in bars)
    assert all(0 <= beat < 8 for bars in found for bar in bars for beat in bar)


def test_the_downbeat_of_every_old_bar_or_of_every_second_stays_a_downbeat() -> None:
    """A kick on every downbeat of 4/4 is on downbeats of 3/4, and nowhere else."""
    varied = in_metre(song_of(list(range(0, 384, 48))), *METRES[1])
    assert ticks_of(varied, KICK) == list(range(0, 12 * varied.num_beats, 36))


def test_a_waltz_or_a_song_too_short_stays_as_it_is() -> None:
    waltz = song_of(sixteenths(), num_beats=30, beats=3)
    short = song_of([0, 12], num_beats=7)
    for song in (waltz, short):
        assert in_metre(song, 5, METRES[4][1]) is song


# ------------------------------------------------------------------ swing


def test_swung_eighths_fall_on_the_third_triplet() -> None:
    varied = swung(song_of(list(range(0, 384, 6))))
    assert ticks_of(varied, KICK) == [12 * beat + tick for beat in range(32) for tick in (0, 8)]


def test_swung_sixteenths_keep_their_order_and_their_beat() -> None:
    varied = swung(song_of(list(range(0, 384, 3))))
    assert ticks_of(varied, KICK)[:4] == [0, 4, 8, 10]
    assert len(ticks_of(varied, KICK)) == 128
    assert [tick // 12 for tick in ticks_of(varied, KICK)] == [i // 4 for i in range(128)]


def test_of_hits_that_fall_on_one_tick_the_stronger_stays() -> None:
    """Ticks 6 to 11 of a beat are swung into its last third, four ticks."""
    song = song_of([6, 7, 8, 9, 10, 11])
    kick = song.row == KICK
    falling = replace(song, value=np.where(kick, 127 - song.value, song.value).astype(np.uint8))
    for given in (song, falling):
        struck: dict[int, list[int]] = {}
        for tick, value in zip(given.tick[kick], given.value[kick], strict=True):
            struck.setdefault(8 + (int(tick) - 6) * 4 // 6, []).append(int(value))
        varied = swung(given)
        assert ticks_of(varied, KICK) == ticks_of(varied, BASS) == sorted(struck) == [8, 9, 10, 11]
        loudest = [max(values) for _, values in sorted(struck.items())]
        assert varied.value[varied.row == KICK].tolist() == loudest


# ------------------------------------------------------------------ wrong grids


@pytest.mark.parametrize("louder", [0, 1])
def test_of_hits_that_a_coarser_grid_joins_the_stronger_stays_with_its_offset(louder: int) -> None:
    song = song_of([13, 14])  # at 3.9 and 4.2 of a grid of 0.3 beats a beat
    value = song.value.copy()
    value[song.row == KICK] = np.where(np.arange(2) == louder, 100, 30)
    varied = on_other_grid(replace(song, value=value), 0.3)
    kick = varied.row == KICK
    assert ticks_of(varied, KICK) == ticks_of(varied, BASS) == [4]
    assert varied.value[kick].tolist() == [100]
    place = varied.tick[kick] + varied.offset[kick] / (2 * OFFSET_STEPS)
    assert place == pytest.approx((13 + louder) * 0.3, abs=0.005)


@pytest.mark.parametrize("offset", [0.0, 0.3, 0.45])
def test_twice_as_fast_and_back_gives_the_song_back(offset: float) -> None:
    song = song_of([tick + 3 for tick in sixteenths(2, 31)], offset=offset)
    again = on_other_grid(on_other_grid(song, 2.0), 1 / 2)
    assert events(again) == events(song)


def test_half_the_tempo_puts_every_beat_on_half_a_beat() -> None:
    varied = on_other_grid(song_of(list(range(0, 384, 12))), 1 / 2)
    assert ticks_of(varied, KICK) == ticks_of(varied, BASS) == list(range(0, 192, 6))
    assert varied.beat_in_bar[:5].tolist() == [0, 1, 2, 3, 0]


def test_a_song_that_begins_late_on_the_grid_is_moved() -> None:
    varied = on_other_grid(song_of([0, 12, 380]), 1.0, phase_ticks=30.0)
    assert ticks_of(varied, KICK) == [30, 42, 410]
    assert varied.num_beats * 12 > 410, "and none of it is cut off"


@pytest.mark.parametrize("tempo", [*WRONG_TEMPOS, 0.83])
def test_a_kick_is_where_it_was_but_for_half_a_step(tempo: float) -> None:
    """Its tick and its offset inside that tick, which is half a tick at most."""
    song = song_of([tick + 3 for tick in sixteenths(3, 31)], offset=0.3)
    varied = on_other_grid(song, tempo, 7.0)
    kick, moved = song.row == KICK, varied.row == KICK
    before, after = (
        one.tick[rows] + one.offset[rows] / (2 * OFFSET_STEPS)
        for one, rows in ((song, kick), (varied, moved))
    )
    assert np.abs(varied.offset[moved].astype(int)).max() <= OFFSET_STEPS
    np.testing.assert_allclose(after, before * tempo + 7.0, atol=0.5 / (2 * OFFSET_STEPS) + 1e-9)
    assert not varied.offset[varied.row == BASS].any(), "what is heard has no offset"
