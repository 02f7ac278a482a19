"""The passages that the model is trained on are what they are said to be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.corpus.reading import PERFORMANCE
from drumnet.corpus.ticksong import TickSong, TickStore, tick_song
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hearing.onset_strength import onset_pulses
from drumnet.hits import PIECES, DrumTrack, Hit, Piece
from drumnet.song.onsets import Onsets
from drumnet.song.roles import ROLE_OF_PIECE, Role
from drumnet.training.drummer.batches import Batch, Batches
from drumnet.training.drummer.config import ModelConfig, TrainConfig
from drumnet.training.drummer.simulate import HearingBank, SimulationConfig, learn_hearing

ROW = {role: HEARD_ROLES.index(role) for role in HEARD_ROLES}
#: Songs as they are: nothing is hidden, joined, simulated, misplaced or looped; of
#: their drums the kick is played.
PLAIN = TrainConfig(
    model=ModelConfig(pieces=("kick",)),
    batch_songs=8,
    passage_beats=16,
    role_dropout=0.0,
    drum_role_dropout=0.0,
    alone=0.0,
    joined=0.0,
    simulated=0.0,
    misplaced=0.0,
    looped=0.0,
)
#: The same for the whole kit.
KIT = replace(PLAIN, model=ModelConfig(), kick_alone=0.0, some_pieces=0.0)
NOBODY = HearingBank({})


@pytest.fixture(scope="module")
def songs() -> list[TickSong]:
    """Six songs of random kicks; each role plays on ticks of its own kind."""
    made = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        metre = 3 if seed == 5 else 4
        grid = BeatGrid.constant(120, 64 * 0.5, beats_per_bar=metre)
        kicks = np.sort(rng.choice(np.arange(0, grid.num_ticks, 3), 60, replace=False))
        hits = tuple(
            Hit(float(grid.ticks_to_seconds(t)), int(t), Piece.KICK, int(v))
            for t, v in zip(kicks, rng.integers(1, 128, len(kicks)), strict=True)
        )
        curves = {}
        for role in (Role.BASS, Role.GUITAR, Role.KEYS, Role.SNARE, Role.HAT):
            times = grid.ticks_to_seconds(np.arange(ROW[role], grid.num_ticks, 9))
            curves[role] = onset_pulses(Onsets(times, np.ones(len(times), np.float32)))
        about = {"name": str(seed), "split": "train", "heard": "events"}
        made.append(tick_song(about, curves, DrumTrack(hits), grid))
    return made


def batches(songs: list[TickSong], bank: HearingBank = NOBODY, **changes: object) -> Batches:
    return Batches(songs, bank, replace(PLAIN, **changes))


def many(source: Batches, count: int = 12) -> Batch:
    """Several batches as one."""
    parts = [source.batch(step) for step in range(count)]
    return Batch(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def same(one: Batch, other: Batch) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_batch_depends_on_the_seed_and_its_number_alone(songs: list[TickSong]) -> None:
    hearing = learn_hearing(np.tile([1, 0, 0, 0, 0, 0], 40).astype(np.float32), np.ones(240))
    assert hearing is not None
    full = replace(TrainConfig(), batch_songs=4, passage_beats=16, model=PLAIN.model)
    bank = HearingBank({"bass": [hearing]})
    source = Batches(songs, bank, full)
    fifth = source.batch(5)
    assert same(Batches(songs, bank, full).batch(5), fifth)
    assert same(source.batch(5), fifth)
    assert not same(source.batch(6), fifth)
    assert not same(Batches(songs, bank, replace(full, seed=1)).batch(5), fifth)


def test_passages_are_cut_out_of_their_songs_as_they_are(songs: list[TickSong]) -> None:
    batch = many(batches(songs), 3)
    starts = np.arange(64 - 8)
    windows = {
        (song.about["name"], start): song.dense(int(start), 16)
        for song in songs
        for start in starts
    }
    names = []
    for strength, velocity, offset in zip(
        batch.strength, batch.velocity, batch.offset, strict=True
    ):
        found = [
            key
            for key, dense in windows.items()
            if np.array_equal(dense.velocity[:1], velocity)
            and np.array_equal(dense.strength, strength)
            and np.array_equal(dense.offset[:1], offset)
        ]
        assert found
        names.append(found[0][0])
    assert names[::2] == names[1::2], "passages 2i and 2i + 1 are of one song"
    assert len(set(names)) == 6


def test_the_bars_of_a_passage_are_those_of_the_song(songs: list[TickSong]) -> None:
    batch = many(batches(songs))
    for place, length, bar in zip(batch.beat_in_bar, batch.bar_length, batch.bar, strict=True):
        inside = int(np.argmax(np.append(bar, 99) == bar[-1]))  # padding repeats the last beat
        steps = place[1 : inside + 1] - place[:inside]
        assert set(steps) <= {1, 1 - length[0]}
        assert np.array_equal(np.diff(bar[: inside + 1]), (steps < 0).astype(int))


def test_roles_that_are_hidden_are_silent(songs: list[TickSong]) -> None:
    batch = many(batches(songs, role_dropout=0.4, drum_role_dropout=0.9))
    given = batch.present > 0
    assert not batch.strength[~given].any()
    assert batch.strength[given].any(axis=-1).mean() == 1.0
    assert np.array_equal(batch.present[::2], batch.present[1::2]), "alike in both passages"
    assert batch.present[::2, ROW[Role.BASS]].mean() == pytest.approx(0.6, abs=0.15)
    assert batch.present[::2, ROW[Role.HAT]].mean() == pytest.approx(0.1, abs=0.1)
    assert batch.present[::2, ROW[Role.VOCALS]].max() == 0.0, "no song has a voice"


def test_a_role_may_be_heard_alone(songs: list[TickSong]) -> None:
    batch = many(batches(songs, alone=1.0))
    assert (batch.present.sum(axis=1) == 1).all()
    assert set(np.flatnonzero(batch.present.any(axis=0))) == {
        ROW[role] for role in (Role.BASS, Role.GUITAR, Role.KEYS, Role.SNARE, Role.HAT)
    }


def test_joined_stems_are_one_mix_of_what_they_were(songs: list[TickSong]) -> None:
    batch = many(batches(songs, joined=1.0))
    mix, joined = batch.strength[:, ROW[Role.OTHER]], batch.present[:, ROW[Role.OTHER]] > 0
    assert joined.mean() > 0.9
    for i in np.flatnonzero(joined):
        gone = [
            role for role in (Role.BASS, Role.GUITAR, Role.KEYS) if not batch.present[i, ROW[role]]
        ]
        assert gone and not batch.strength[i, [ROW[role] for role in gone]].any()
        # Role r plays on the ticks of a song that leave the remainder r of 9; a
        # passage begins at a beat, so that its remainders are shifted.
        shift = set()
        for at in range(9):
            ticks = {(ROW[role] + at) % 9 for role in gone}
            if ticks == set(np.flatnonzero(mix[i]) % 9):
                shift.add(at)
        assert shift, "the mix has onsets where one of them had, and nowhere else"
        assert mix[i].max() == 1.0, "the loudest keeps its level"
    assert batch.present[:, ROW[Role.SNARE]].all()


def looped_pattern(
    batch: Batch, passage: int, num_bars: int
) -> dict[tuple[int, int], NDArray[np.float32]]:
    """Of every beat of the loop, what is played on it; checked to be the same always."""
    found: dict[tuple[int, int], NDArray[np.float32]] = {}
    for i in (passage, passage + 1):
        beats = batch.velocity[i, 0].reshape(-1, 12)
        for beat, bar, played in zip(batch.beat_in_bar[i], batch.bar[i], beats, strict=True):
            place = (int(bar) % num_bars, int(beat))
            if not np.array_equal(found.setdefault(place, played), played):
                return {}
    return found


def test_looped_drums_repeat_every_bar_or_every_other(songs: list[TickSong]) -> None:
    """The same in both passages, whatever the song plays, at the same place of the bar."""
    in_four = songs[:5]  # a loop is taken from a song of the same metre

    def loop_bars(batch: Batch) -> NDArray[np.int64]:
        return np.array(
            [
                next((n for n in (1, 2) if looped_pattern(batch, passage, n)), 0)
                for passage in range(0, len(batch.bar), 2)
            ]
        )

    found = loop_bars(many(batches(in_four, looped=1.0)))
    assert np.mean(found == 1) > 0.3 and np.mean(found == 2) > 0.3
    assert np.mean(found == 0) < 0.06, "the bars that were drawn are empty"
    assert np.mean(loop_bars(many(batches(in_four))) == 0) > 0.9, "no song repeats by itself"


def test_a_loop_is_taken_from_a_song_and_leaves_what_is_heard(songs: list[TickSong]) -> None:
    plain, looped = batches(songs).batch(0), batches(songs, looped=1.0).batch(0)
    np.testing.assert_array_equal(looped.strength[:2], plain.strength[:2])
    bars = {song.dense(4 * bar, 4).velocity[0].tobytes() for song in songs[:5] for bar in range(16)}
    first = looped.velocity[0, 0].reshape(-1, 12)
    downbeats = np.flatnonzero((looped.beat_in_bar[0] == 0) & (looped.bar_length[0] == 4))
    for beat in downbeats[downbeats <= 12]:
        assert np.ascontiguousarray(first[beat : beat + 4]).tobytes() in bars


def test_where_the_metre_changes_nothing_is_looped() -> None:
    """A song from 4/4 into 12/8 counted in eighths: passages of both have their drums."""
    number = np.concatenate((np.arange(32) % 4, np.arange(49) % 12)) + 1
    grid = BeatGrid(np.arange(81) * 0.25, number)
    hits = tuple(Hit(t * 0.25, 12 * t, Piece.KICK, 40 + t) for t in range(80))
    song = tick_song({"name": "a", "split": "train", "heard": "events"}, {}, DrumTrack(hits), grid)
    batch = many(batches([song], looped=1.0))
    lengths = batch.bar_length[:, 0].reshape(-1, 2)
    changes = np.repeat(lengths[:, 0] != lengths[:, 1], 2)
    as_it_is = {song.dense(start, 16).velocity[0].tobytes() for start in range(80)}
    assert changes.any() and not changes.all()
    assert all(drums[0].tobytes() in as_it_is for drums in batch.velocity[changes])
    assert any(drums[0].tobytes() not in as_it_is for drums in batch.velocity[~changes])


def test_misplaced_downbeats_change_the_count_and_nothing_else(songs: list[TickSong]) -> None:
    """As a tracker may err: all bars begin as many beats off, in both passages."""
    plain = batches(songs[:5]).batch(0)
    misplaced = batches(songs[:5], misplaced=1.0).batch(0)
    for name in ("strength", "velocity", "offset", "bar_length"):
        np.testing.assert_array_equal(getattr(misplaced, name)[:2], getattr(plain, name)[:2])
    for i in range(0, len(plain.bar), 2):
        place, bar = misplaced.beat_in_bar[i : i + 2], misplaced.bar[i : i + 2]
        assert place.min() == 0 and place.max() == 3
        bars_begin = np.diff(bar, axis=1) == 1
        np.testing.assert_array_equal(place[:, 1:][bars_begin], 0)
        assert bars_begin.sum() >= 4
    off = (misplaced.beat_in_bar[:2] - plain.beat_in_bar[:2]) % 4
    assert len(np.unique(off)) == 1 and off[0, 0] > 0


def test_simulated_stems_are_heard_as_the_bank_says(songs: list[TickSong]) -> None:
    events = np.tile([1, 0, 0, 0, 0, 0], 40).astype(np.float32)
    hearing = learn_hearing(events, 0.5 * events)
    assert hearing is not None
    bank = HearingBank({"bass": [hearing]})
    batch = many(batches(songs, bank, simulated=1.0), 2)
    there = batch.present > 0
    levels = batch.strength.max(axis=2)[there]
    assert (levels <= 0.5 * 1.4 + 1e-6).all() and levels.min() >= 0.5 / 1.4 - 1e-6
    assert not batch.strength[~there].any()
    audio = [replace(song, about={**song.about, "heard": "rendered"}) for song in songs]
    heard = many(batches(audio, bank, simulated=1.0), 2)
    assert set(np.unique(heard.strength)) == {0.0, 1.0}, "what was audio already is left as it is"


def test_songs_without_a_kick_or_too_short_are_not_trained_on(songs: list[TickSong]) -> None:
    grid = BeatGrid.constant(120, 60.0)
    snares = tuple(Hit(float(at), 0, Piece.SNARE) for at in range(50))
    kicks = tuple(Hit(0.1 * i, 0, Piece.KICK) for i in range(50))
    no_kick = tick_song({"name": "a", "heard": "events"}, {}, DrumTrack(snares), grid)
    short = tick_song(
        {"name": "b", "heard": "events"}, {}, DrumTrack(kicks), BeatGrid.constant(120, 7.0)
    )
    assert len(batches([no_kick, short])) == 0
    assert len(batches([*songs, no_kick, short])) == 6


def test_prepared_songs_make_batches(tiny_prepared: Path) -> None:
    """In the tiny corpus the kick copies the bass, or plays every beat."""
    store = TickStore.load(tiny_prepared / "songs.npz").where(split="train")
    batch = many(Batches(store, HearingBank.load(tiny_prepared / "hearings.npz"), PLAIN), 4)
    kick = batch.velocity[:, 0] > 0
    copies = (kick == (batch.strength[:, ROW[Role.BASS]] > 0)).all(axis=1)
    four = (kick.sum(axis=1) >= 8) & ~kick.reshape(len(kick), -1, 12)[:, :, 1:].any(axis=(1, 2))
    assert (copies | four).all() and copies.any() and four.any()


# ------------------------------------------------------------------ the whole kit

STEMS = (Role.SNARE, Role.HAT, Role.TOMS, Role.CYMBALS)


def kit_song(name: str, velocities: list[int], late_ticks: float = 0.0, **about: str) -> TickSong:
    """16 bars in which every piece is hit: piece p on the ticks of a song that leave
    the remainder 12 * p of 108, with these velocities in turn.  A bass plays on every
    fifth tick, and each drum stem what its pieces play."""
    grid = BeatGrid.constant(120, 64 * 0.5)
    hits, stems = [], dict.fromkeys(STEMS, np.zeros(0, np.int64))
    for index, piece in enumerate(PIECES):
        ticks = np.arange(12 * index, grid.num_ticks, 108)
        times = grid.ticks_to_seconds(ticks + late_ticks)
        hits += [
            Hit(float(at), 0, piece, velocities[n % len(velocities)]) for n, at in enumerate(times)
        ]
        role = ROLE_OF_PIECE[piece]
        if role in stems:
            stems[role] = np.union1d(stems[role], ticks)
    stems = {Role.BASS: np.arange(0, grid.num_ticks, 5), **stems}
    curves = {}
    for role, ticks in stems.items():
        onsets = Onsets(grid.ticks_to_seconds(ticks), np.ones(len(ticks), np.float32))
        curves[role] = onset_pulses(onsets)
    made = {"name": name, "heard": "events", **about}
    return tick_song(made, curves, DrumTrack(tuple(hits)), grid)


LOUDNESSES = list(range(30, 110, 8))


@pytest.fixture(scope="module")
def kit_songs() -> list[TickSong]:
    return [kit_song(str(n), [90]) for n in range(3)]


def kit_batches(songs: list[TickSong], bank: HearingBank = NOBODY, **changes: object) -> Batches:
    return Batches(songs, bank, replace(KIT, **changes))  # type: ignore[arg-type]


def asked_stems(batch: Batch) -> NDArray[np.bool_]:
    """(batch, roles) the stems of the pieces that are asked for or were decided."""
    wanted = batch.asked.any(axis=2)
    stems = np.zeros(batch.present.shape, dtype=bool)
    for index, piece in enumerate(PIECES):
        if ROLE_OF_PIECE[piece] in ROW:
            stems[:, ROW[ROLE_OF_PIECE[piece]]] |= wanted[:, index]
    return stems


def test_a_piece_that_is_asked_for_is_neither_heard_nor_given(kit_songs: list[TickSong]) -> None:
    batch = many(kit_batches(kit_songs, some_pieces=0.7, kick_alone=0.1))
    stems = asked_stems(batch)
    assert not batch.present[stems].any() and not batch.strength[stems].any()
    assert not (batch.asked * batch.known[:, :-1]).any()
    others = ~stems
    others[:, [ROW[role] for role in (Role.GUITAR, Role.KEYS, Role.VOCALS, Role.OTHER)]] = False
    assert 0.2 < stems[:, ROW[Role.TOMS]].mean() < 0.95
    assert batch.present[:, ROW[Role.BASS]].all()
    assert batch.present[others].mean() > 0.6, "what is neither asked for nor decided is heard"


def test_to_the_kick_alone_the_other_drums_are_heard(kit_songs: list[TickSong]) -> None:
    batch = many(kit_batches(kit_songs, kick_alone=1.0), 3)
    assert batch.present[:, [ROW[role] for role in STEMS]].all()
    assert batch.asked[:, 0].all() and not batch.asked[:, 1:].any()
    assert not batch.known[:, :-1].any()
    assert batch.seen[:, 0].all() and not batch.seen[:, 1:].any()


def test_to_the_whole_kit_the_band_is_heard_and_no_drum(kit_songs: list[TickSong]) -> None:
    batch = many(kit_batches(kit_songs), 3)
    assert np.flatnonzero(batch.present.any(axis=0)).tolist() == [ROW[Role.BASS]]
    assert batch.seen.all()


def test_drums_that_are_asked_for_do_not_bleed_into_other_stems(
    kit_songs: list[TickSong],
) -> None:
    """Simulated stems are heard in each other; the answer is in none of them."""
    hearing = learn_hearing(
        np.tile([1, 0, 0, 0, 0, 0], 40).astype(np.float32), np.tile([1.0, 0, 0, 0, 0, 0], 40)
    )
    assert hearing is not None
    exact = SimulationConfig(jitter=0.0, missed=0.0, bleed=0.3)
    config = replace(KIT, simulated=1.0, some_pieces=0.5)
    source = Batches(kit_songs, HearingBank({"bass": [hearing]}), config, exact)
    batch = many(source, 4)
    heard = batch.strength.max(axis=1) > 0
    bass = batch.strength[:, ROW[Role.BASS]]
    bled = 0
    for i, stems in enumerate(asked_stems(batch)):
        hidden = stems[[ROW[role] for role in STEMS]].all()
        drums = (batch.velocity[i] > 0).any(axis=0)
        # In every beat there is a tick of the bass, 5 ticks from the next.
        beside = drums & ~np.isin(np.arange(len(drums)), np.flatnonzero(bass[i] > 0.5))
        if hidden:
            assert not heard[i, beside].any()
        else:
            bled += bool((bass[i, beside] > 0).any())
    assert bled > 5, "those that are not asked for do bleed"


def test_what_has_been_decided_are_whole_pieces_or_whole_bars(kit_songs: list[TickSong]) -> None:
    batch = many(kit_batches(kit_songs))
    bars = 0
    for known, bar in zip(batch.known[:, :-1], batch.bar, strict=True):
        changes = np.flatnonzero(np.diff(known, axis=1).any(axis=0))
        assert np.isin(changes, np.flatnonzero(np.diff(bar))).all()
        bars += bool(len(changes))
    assert bars > 20


def test_a_chart_teaches_no_velocity_and_only_a_person_teaches_timing() -> None:
    """Constant velocities are nobody's; a sequence's many may be."""
    chart, sequence = kit_song("chart", [100]), kit_song("sequence", LOUDNESSES)
    person = kit_song("person", [100], kind=PERFORMANCE)
    for song, human in ((chart, [0, 0]), (sequence, [1, 0]), (person, [1, 1])):
        batch = kit_batches([song]).batch(0)
        assert batch.human.tolist() == [human] * len(batch.human)
    mixed = many(kit_batches([chart, person], performed=0.5))
    assert 0.3 < mixed.human[:, 1].mean() < 0.7
    looped = many(kit_batches([chart, person], performed=0.5, looped=1.0), 6)
    of_a_person = (looped.human[:, 1] > 0) & ~(looped.offset != 0).any(axis=(1, 2))
    assert (looped.human[:, 0] == looped.human[:, 1]).all() and of_a_person.any()


def test_the_end_of_a_performance_is_no_silence() -> None:
    """After the last bar of a recording nothing is asked for; after that of a song,
    silence is."""
    person, song = kit_song("a", [90], kind=PERFORMANCE), kit_song("b", [90])
    for one in (person, song):
        batch = many(kit_batches([one]))
        beyond = np.zeros(batch.bar.shape, dtype=bool)
        beyond[:, 1:] = np.diff(4 * batch.bar + batch.beat_in_bar, axis=1) == 0
        assert beyond.any(axis=1).mean() > 0.05
        assert not batch.velocity.reshape(*batch.velocity.shape[:2], -1, 12)[
            np.repeat(beyond[:, None], len(PIECES), axis=1)
        ].any()
        asked = batch.asked.any(axis=1)
        assert asked[beyond].any() == (one is song)
        assert asked[~beyond].mean() > 0.8


def test_a_performance_is_trained_on_as_it_was_meant() -> None:
    """16ths that fell on the tick after are 16ths, 0.7 ticks late."""
    late = kit_song("late", [90], 0.7, kind=PERFORMANCE)
    assert set(np.flatnonzero(late.dense_song().velocity.any(axis=0)) % 12) == {1}
    batch = many(kit_batches([late]), 3)
    hit = batch.velocity > 0
    assert (np.flatnonzero(hit.any(axis=(0, 1))) % 12 == 0).all()
    np.testing.assert_allclose(batch.offset[hit], 0.7, atol=0.01)


def test_a_tap_is_given_as_often_as_is_said(kit_songs: list[TickSong]) -> None:
    person = kit_song("a", [90], kind=PERFORMANCE)
    for share in (0.0, 0.4, 1.0):
        for songs, name in ((kit_songs, "tapped"), ([person], "tapped_performed")):
            tap = many(kit_batches(songs, **{name: share})).known[:, -1]
            assert (tap == tap[:, :1]).all()
            assert tap[:, 0].mean() == pytest.approx(share, abs=0.12)


def test_a_passage_has_a_code_as_often_as_is_said(kit_songs: list[TickSong]) -> None:
    person = kit_song("a", [90], kind=PERFORMANCE)
    batch = many(kit_batches([*kit_songs, person], performed=0.5, no_code=0.0))
    of_person = batch.human[:, 1] > 0
    assert batch.coded[~of_person].all()
    assert batch.coded[of_person].mean() == pytest.approx(0.5, abs=0.12)


def test_windows_come_with_performances_alone(kit_songs: list[TickSong]) -> None:
    assert kit_batches(kit_songs).windows(0) is None
    person = kit_song("a", LOUDNESSES, kind=PERFORMANCE)
    source = kit_batches([*kit_songs, person], windows=6)
    first, second = source.windows(4), source.windows(5)
    again = kit_batches([*kit_songs, person], windows=6).windows(4)
    assert first is not None and second is not None and again is not None
    assert len(first.velocity) == 6
    for one, same_one in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, same_one)
    assert not np.array_equal(first.velocity, second.velocity)
    assert kit_batches([person], windows=0).windows(0) is None
