"""Fills: where they are, what they are made of, and that they are played."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drumnet.corpus.reading import PERFORMANCE
from drumnet.corpus.ticksong import TickStore, tick_song
from drumnet.demo.song import demo_song
from drumnet.drummer import Drummer
from drumnet.errors import CheckpointError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.sections import Section
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.model.fill_bank import DRUMS, FillBank
from drumnet.playing.fills import Fill, Filler, fill_places
from drumnet.playing.given import Keep
from drumnet.playing.listening import Listening
from drumnet.playing.passages import Passage
from drumnet.settings import FillPlace, Fills, Settings
from drumnet.training.drummer.fills import fit_fills

GRID = BeatGrid.constant(120, 64.0)  # 32 bars of 4
EVERY_4 = Settings(fills=Fills(place=FillPlace.EVERY_4))
KEEPING_TIME = (Piece.CLOSED_HAT, Piece.OPEN_HAT, Piece.RIDE)


def ends(places: tuple[Fill, ...]) -> list[int]:
    return [fill.end_beat for fill in places]


def test_fills_lead_to_sections() -> None:
    how = Fills(place=FillPlace.SECTIONS, length_beats=3)
    places = fill_places(GRID, [0, 32, 80], [how] * 3, seed=1)
    assert places == (Fill(29, 32, True), Fill(77, 80, True))


def test_every_four_bars_are_counted_from_the_beginning_of_a_section() -> None:
    how = Fills(place=FillPlace.EVERY_4)
    assert ends(fill_places(GRID, [0], [how], seed=1)) == [16, 32, 48, 64, 80, 96, 112]
    assert ends(fill_places(GRID, [0, 24], [how] * 2, seed=1)) == [16, 40, 56, 72, 88, 104, 120]


def test_each_section_has_fills_of_its_own() -> None:
    how = [Fills(place=FillPlace.NOWHERE), Fills(place=FillPlace.SECTIONS, crash=False)]
    assert fill_places(GRID, [0, 32, 64], [*how, how[0]], seed=1) == (Fill(62, 64, False),)


def test_a_larger_amount_adds_fills_and_moves_none() -> None:
    def chosen(amount: float) -> set[int]:
        how = Fills(amount, place=FillPlace.EVERY_4)
        return set(ends(fill_places(GRID, [0], [how], seed=5)))

    assert len(chosen(0)) == 0
    assert len(chosen(3 / 7)) == 3
    assert chosen(3 / 7) < chosen(5 / 7) < chosen(1)


def test_a_fill_does_not_begin_before_its_section() -> None:
    how = Fills(place=FillPlace.SECTIONS, length_beats=16)
    assert fill_places(GRID, [0, 8], [how] * 2, seed=1) == (Fill(0, 8, True),)


def test_to_half_the_pulse_a_fill_of_one_beat_still_has_one() -> None:
    """Whichever beat it is; and it leads to the same moment."""
    half = GRID.half_time()
    for start in (14, 15):
        filler = Filler((Fill(start, 16, True),), GRID, FillBank.none())
        (fill,) = filler._on_beats_of(half)
        assert (fill.start_beat, fill.end_beat) == (7, 8)
        assert half.beats_s[fill.end_beat] == GRID.beats_s[16]


def test_fills_beyond_a_part_of_the_song_are_not_in_it() -> None:
    part = BeatGrid(GRID.beats_s[32:65], GRID.beat_in_bar[32:65])
    fills = tuple(Fill(end - 2, end, True) for end in (16, 32, 48, 64, 80))
    found = Filler(fills, GRID, FillBank.none())._on_beats_of(part)
    assert [(fill.start_beat, fill.end_beat) for fill in found] == [(14, 16)]


def performance(name: str, ticks: list[int], piece: Piece = Piece.SNARE) -> TickStore:
    grid = BeatGrid.constant(120, 4.0)
    drums = DrumTrack(
        (*tuple(Hit(tick / 24, tick, piece, 90) for tick in ticks), Hit(0.0, 0, Piece.KICK))
    )
    about = {"name": name, "split": "train", "kind": PERFORMANCE, "heard": "events"}
    return TickStore([tick_song(about, {}, drums, grid)])


def test_a_bank_holds_the_strokes_up_to_the_bar_line() -> None:
    # Two beats of sixteenths at the end of a bar of four beats, and where they land.
    sixteenths = [24 + 3 * step for step in range(8)]
    bank = fit_fills(performance("groove/a_fill_4-4", [*sixteenths, 48]))
    velocity, offset = bank.last_beats(2)
    assert velocity.shape == offset.shape == (1, len(DRUMS), 2 * TICKS_PER_BEAT)
    assert np.flatnonzero(velocity[0, 0]).tolist() == list(range(0, 24, 3))
    assert velocity.max() == pytest.approx(90 / 127)
    assert not velocity[0, 1:].any()


def test_beats_and_near_silence_are_no_fills() -> None:
    sixteenths = [24 + 3 * step for step in range(8)]
    assert len(fit_fills(performance("groove/a_beat_4-4", sixteenths))) == 0
    assert len(fit_fills(performance("groove/a_fill_4-4", [36]))) == 0
    hats = performance("groove/a_fill_4-4", sixteenths, Piece.CLOSED_HAT)
    assert len(fit_fills(hats)) == 0


def a_bank() -> FillBank:
    """One fill of eight beats: sixteenths that move from the snare down the toms."""
    velocity = np.zeros((1, len(DRUMS), 8 * TICKS_PER_BEAT), dtype=np.uint8)
    for beat, row in enumerate([0, 0, 3, 2] * 2):
        velocity[0, row, beat * TICKS_PER_BEAT : (beat + 1) * TICKS_PER_BEAT : 3] = 100
    return FillBank(velocity, np.zeros_like(velocity, dtype=np.int8))


def test_a_bank_is_read_as_it_was_written(tmp_path: Path) -> None:
    a_bank().save(tmp_path / "fills.npz")
    bank = FillBank.load(tmp_path / "fills.npz")
    assert np.array_equal(bank.velocity, a_bank().velocity)
    assert len(FillBank.load(tmp_path / "none.npz")) == 0
    (tmp_path / "fills.npz").write_bytes(b"no arrays")
    with pytest.raises(CheckpointError, match="export it again"):
        FillBank.load(tmp_path / "fills.npz")
    with pytest.raises(CheckpointError, match="damaged"):
        FillBank(np.zeros((1, 2, 5), np.uint8), np.zeros((1, 2, 5), np.int8))


def test_a_fill_longer_than_those_of_the_bank_begins_again() -> None:
    velocity, _ = a_bank().last_beats(12)
    assert velocity.shape[2] == 12 * TICKS_PER_BEAT
    assert np.array_equal(velocity[..., :48], a_bank().last_beats(4)[0])


@pytest.fixture(scope="module")
def demo(drummer: Drummer) -> Listening:
    built_in = demo_song()
    return drummer.listen(built_in.song, built_in.beats)


@pytest.fixture(scope="module")
def plain(drummer: Drummer, demo: Listening) -> DrumTrack:
    return drummer.play(demo, drummer.sample_style(2), NO_FILLS)


@pytest.fixture(scope="module")
def filled(drummer: Drummer, demo: Listening) -> DrumTrack:
    return drummer.play(demo, drummer.sample_style(2), EVERY_4)


NO_FILLS = Settings(fills=Fills(place=FillPlace.NOWHERE))


def places(demo: Listening) -> tuple[Fill, ...]:
    start = int(np.flatnonzero(demo.beats.is_downbeat)[0])
    found = fill_places(demo.beats, [start], [EVERY_4.fills], 0)
    assert len(found) >= 2
    return found


def within(track: DrumTrack, start_beat: int, end_beat: int) -> DrumTrack:
    return DrumTrack(
        tuple(hit for hit in track if start_beat <= hit.tick // TICKS_PER_BEAT < end_beat)
    )


def test_a_fill_is_on_snare_and_toms_and_what_keeps_time_rests(
    demo: Listening, filled: DrumTrack
) -> None:
    for fill in places(demo):
        played = within(filled, fill.start_beat, fill.end_beat)
        assert len(played.of(DRUMS)) >= 1
        assert not len(played.of(KEEPING_TIME))
    strokes = [len(within(filled, f.start_beat, f.end_beat).of(DRUMS)) for f in places(demo)]
    assert np.mean(strokes) >= 3


def test_a_crash_with_a_kick_follows_a_fill(demo: Listening, filled: DrumTrack) -> None:
    for fill in places(demo):
        tick = fill.end_beat * TICKS_PER_BEAT
        landing = {hit.piece for hit in filled if hit.tick == tick}
        assert {Piece.CRASH, Piece.KICK} <= landing
        assert not landing & set(KEEPING_TIME)


def test_outside_of_fills_all_is_as_it_was(
    demo: Listening, plain: DrumTrack, filled: DrumTrack
) -> None:
    beats = {b for fill in places(demo) for b in range(fill.start_beat, fill.end_beat + 1)}

    def outside(track: DrumTrack) -> list[tuple[int, Piece]]:
        kept = (hit for hit in track if hit.tick // TICKS_PER_BEAT not in beats)
        return [
            (hit.tick, hit.piece) for hit in sorted(kept, key=lambda h: (h.tick, h.piece.value))
        ]

    assert outside(plain) == outside(filled)


def test_the_same_seed_plays_the_same_fills(
    drummer: Drummer, demo: Listening, filled: DrumTrack
) -> None:
    assert drummer.play(demo, drummer.sample_style(2), EVERY_4) == filled


def test_kept_bars_have_no_fills(drummer: Drummer, demo: Listening, plain: DrumTrack) -> None:
    every_bar = frozenset(demo.beats.bar_number.tolist())
    kept = Keep(plain, bars=every_bar)
    assert drummer.play(demo, drummer.sample_style(2), EVERY_4, keep=kept) == plain


def test_a_kick_alone_has_no_fills(drummer: Drummer, demo: Listening) -> None:
    style = drummer.sample_style(2)
    alone = [drummer.play(demo, style, how, pieces=[Piece.KICK]) for how in (None, EVERY_4)]
    assert alone[0] == alone[1]


def test_weights_without_a_bank_play_more_on_the_drums(
    drummer: Drummer, demo: Listening, plain: DrumTrack
) -> None:
    filler = Filler(places(demo), demo.beats, FillBank.none())
    played = drummer.play(demo, drummer.sample_style(2), finish=filler)
    for fill in places(demo):
        own = within(played, fill.start_beat, fill.end_beat)
        assert not len(own.of(KEEPING_TIME))
    in_fills = [
        sum(len(within(t, f.start_beat, f.end_beat).of(DRUMS)) for f in places(demo))
        for t in (plain, played)
    ]
    assert in_fills[1] > in_fills[0]


def test_a_bank_is_played_stroke_by_stroke(drummer: Drummer, demo: Listening) -> None:
    filler = Filler(places(demo), demo.beats, a_bank())
    played = drummer.play(demo, drummer.sample_style(2), Settings(humanize=0), finish=filler)
    for fill in places(demo):
        start = fill.start_beat * TICKS_PER_BEAT
        own = within(played, fill.start_beat, fill.end_beat)
        for beat, drum in enumerate((Piece.HIGH_TOM, Piece.MID_TOM)):
            struck = [hit.tick - start for hit in own.of(drum)]
            assert struck == [12 * beat + step for step in (0, 3, 6, 9)]


def test_passages_are_joined_by_fills(drummer: Drummer, demo: Listening) -> None:
    starts = np.flatnonzero(demo.beats.is_downbeat)[[0, 8]].tolist()
    how = Settings(fills=Fills(place=FillPlace.SECTIONS))
    passages = [
        Passage(start, drummer.sample_style(seed), how) for seed, start in enumerate(starts)
    ]
    track = drummer.play(demo, passages=passages)
    before = within(track, starts[1] - 2, starts[1])
    landing = {hit.piece for hit in track if hit.tick == starts[1] * TICKS_PER_BEAT}
    assert len(before.of(DRUMS)) and not len(before.of(KEEPING_TIME))
    assert {Piece.CRASH, Piece.KICK} <= landing


def test_the_drummer_finds_sections(drummer: Drummer, demo: Listening) -> None:
    sections = drummer.sections(demo)
    assert all(isinstance(section, Section) for section in sections)
    starts = [section.start_beat for section in sections]
    assert starts == sorted(set(starts))
    assert demo.beats.is_downbeat[starts].all()


@pytest.mark.parametrize(("chances", "drawn"), [((0.9, 0.1), {0, 1}), ((0.1, 0.9), {6, 7})])
def test_a_fill_is_one_of_the_likeliest_quarter(
    chances: tuple[float, float], drawn: set[int]
) -> None:
    """Of eight fills, that strike later and later 16ths, where the early ones are likelier,
    or the late ones."""
    velocity = np.zeros((8, len(DRUMS), 96), np.uint8)
    for number in range(8):
        velocity[number, 0, 72 + 3 * number] = 100
    filler = Filler((), BeatGrid.constant(120, 16.0), FillBank(velocity, velocity.astype(np.int8)))
    likely = np.linspace(*chances, 24).astype(np.float32)
    struck = set()
    for seed in range(40):
        strokes, _ = filler._drawn(Fill(2, 4, True), likely, seed)
        struck.add(int(np.flatnonzero(strokes[0])[0]) // 3)
    assert struck == drawn


def test_a_fill_of_many_strokes_is_not_behind_one_of_few() -> None:
    """Fills are told apart by the mean of their strokes; one without any is never drawn."""
    velocity = np.zeros((4, len(DRUMS), 96), np.uint8)
    velocity[1, 0, 72::6] = 100  # on the eighths, which are likely
    velocity[2, 0, 75] = 100  # once, between them
    velocity[3, 0, 72::3] = 100  # both
    filler = Filler((), BeatGrid.constant(120, 16.0), FillBank(velocity, velocity.astype(np.int8)))
    likely = np.where(np.arange(24) % 6 == 0, 0.5, 0.3).astype(np.float32)
    for seed in range(8):
        strokes, _ = filler._drawn(Fill(2, 4, True), likely, seed)
        assert np.flatnonzero(strokes[0]).tolist() == [0, 6, 12, 18]
