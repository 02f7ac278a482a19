"""A tapped rhythm is played, stroke by stroke, on the pieces that people would play it on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fixtures.networks import activations_of

from drumnet.corpus.grooves import NUM_STEPS, STEP_TICKS, Tap, silent_window, tap_onsets
from drumnet.drummer import Drummer
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import Conditioning
from drumnet.hits import PIECES, DrumTrack, Hit, Piece
from drumnet.model.network import GivenHits, OnsetActivations
from drumnet.playing.given import known_hits
from drumnet.playing.pattern import Pattern
from drumnet.playing.tapping import (
    TapConfig,
    TapOdds,
    given_one,
    struck_at,
    tap_odds,
    tapped_pattern,
)
from drumnet.settings import PieceSettings, Settings
from drumnet.song.onsets import Onsets

CONDITIONING, GRID = silent_window()
NUM_TICKS = NUM_STEPS * STEP_TICKS
ROW = {piece: row for row, piece in enumerate(PIECES)}
PLAIN, HALF = Settings(), TapConfig(thresholds=dict.fromkeys(PIECES, 0.5))
SOME = {Piece.SNARE: 0.8, Piece.CLOSED_HAT: 0.6, Piece.RIDE: 0.3}


def tapped(
    ticks: Sequence[float], velocity: float | Sequence[float] = 0.8, grid: BeatGrid = GRID
) -> GivenHits:
    """A rhythm on places that need not be ticks, and nothing else."""
    levels = np.broadcast_to(np.asarray(velocity, np.float32), (len(ticks),))
    rhythm = Onsets(grid.ticks_to_seconds(np.array(ticks, float)), levels.copy())
    return known_hits(PIECES, grid, grid, DrumTrack(), rhythm=rhythm)


class Heard:
    """Finds the same pieces likely wherever it is tapped, and remembers the taps."""

    def __init__(self, likely: dict[Piece, float], velocity: float = 0.5) -> None:
        self.likely, self.velocity = likely, velocity
        self.known: list[GivenHits] = []

    def __call__(self, pieces: Sequence[Piece], known: GivenHits) -> OnsetActivations:
        self.known.append(known.copy())
        probability = np.zeros((len(PIECES), known.velocity.shape[1]), np.float32)
        for piece, value in self.likely.items():
            probability[ROW[piece], known.velocity[-1] > 0] = value
        return activations_of(probability, self.velocity)


def played(
    known: GivenHits,
    decode: Any = None,
    wanted: Sequence[Piece] = PIECES,
    settings: Settings = PLAIN,
    config: TapConfig = HALF,
    conditioning: Conditioning = CONDITIONING,
) -> Pattern:
    return tapped_pattern(
        decode or Heard(SOME), PIECES, known, wanted, conditioning, settings, config
    )


def pieces_at(pattern: Pattern, tick: int) -> set[Piece]:
    return {PIECES[row] for row in np.flatnonzero(pattern.velocity[:, tick])}


def struck_ticks(pattern: Pattern) -> list[int]:
    return np.flatnonzero(pattern.velocity.any(axis=0)).tolist()


# ------------------------------------------------------------------ what is likely


def test_what_is_likely_is_told_given_that_something_is_hit() -> None:
    """Two pieces of one half each: one of them is hit in 3 of 4 cases, so it is
    either in 2 of 3."""
    assert given_one(np.array([[0.5], [0.5]])).ravel().tolist() == pytest.approx([2 / 3, 2 / 3])
    assert given_one(np.array([[0.2], [0.0]])).ravel().tolist() == pytest.approx([1.0, 0.0])
    assert not given_one(np.zeros((2, 1))).any()


def test_a_piece_that_is_likely_alone_is_sure_where_it_is_tapped() -> None:
    odds = tap_odds(Heard({Piece.SNARE: 0.02}), PIECES, tapped([12]), PIECES, CONDITIONING)
    assert odds.tick.tolist() == [12]
    assert odds.probability[ROW[Piece.SNARE], 0] == pytest.approx(1.0, abs=1e-4)
    assert np.delete(odds.probability[:, 0], ROW[Piece.SNARE]).max() < 1e-4


@pytest.mark.parametrize("given", [piece for piece in PIECES if piece is not Piece.SNARE])
def test_a_stroke_that_a_given_piece_plays_needs_no_other(given: Piece) -> None:
    """What is likely there is as likely as it is."""
    known = tapped([0, 24])
    known.velocity[ROW[given], 0] = 0.8
    known.known[ROW[given]] = True
    odds = tap_odds(Heard({Piece.SNARE: 0.2}), PIECES, known, PIECES, CONDITIONING)
    assert odds.probability[ROW[Piece.SNARE]].tolist() == pytest.approx([0.2, 1.0], abs=1e-4)
    assert not odds.probability[ROW[given]].any(), "what is known is not played again"


def test_every_tap_is_heard_softer_and_louder_and_from_either_bar_on() -> None:
    decode, levels = Heard(SOME), TapConfig().levels
    tap_odds(decode, PIECES, tapped([12, 48], [0.5, 1.0]), PIECES, CONDITIONING)
    rows = [known.velocity[-1] for known in decode.known]
    taps = [{int(at): round(float(row[at]), 3) for at in np.flatnonzero(row)} for row in rows]
    assert len(taps) == 2 * len(levels) and min(levels) < 1 < max(levels)
    for level in levels:
        soft, loud = round(0.5 * level, 3), min(level, 1.0)
        assert {12: soft, 48: loud} in taps
        assert {60: soft, 0: loud} in taps


def test_with_a_band_a_tap_begins_where_it_begins() -> None:
    """Whatever its stem, and as soon as anything is known of the drums."""
    bands = [replace(CONDITIONING, present=np.arange(9) == row) for row in (0, 8)]
    kick, ride = tapped([12]), tapped([12])
    kick.known[ROW[Piece.KICK]] = ride.known[ROW[Piece.RIDE]] = True
    for known, conditioning in (
        *((tapped([12]), band) for band in bands),
        (kick, CONDITIONING),
        (ride, CONDITIONING),
    ):
        decode = Heard(SOME)
        tap_odds(decode, PIECES, known, PIECES, conditioning)
        assert {int(np.flatnonzero(one.velocity[-1])[0]) for one in decode.known} == {12}


def test_a_stroke_is_heard_on_its_16th_and_played_on_its_tick() -> None:
    """A triplet is a tick after the 16th; the network learned of 16ths alone."""
    decode = Heard(SOME)
    odds = tap_odds(decode, PIECES, tapped([4.25]), PIECES, CONDITIONING, TapConfig((1.0,)))
    assert odds.tick.tolist() == [4] and odds.offset.tolist() == pytest.approx([0.25], abs=1e-3)
    assert np.flatnonzero(decode.known[0].velocity[-1]).tolist() == [3]
    assert decode.known[0].offset[-1, 3] == pytest.approx(1.25, abs=1e-3)


def test_of_two_strokes_on_one_16th_the_stronger_is_heard_and_both_are_played() -> None:
    decode = Heard(SOME)
    known = tapped([11, 13], [0.4, 0.9])
    tap_odds(decode, PIECES, known, PIECES, CONDITIONING, TapConfig((1.0,)))
    assert decode.known[0].velocity[-1, 12] == pytest.approx(0.9)
    assert struck_ticks(played(known)) == [11, 13]


def test_whichever_bar_a_tap_begins_with_each_is_played_alike(drummer: Drummer) -> None:
    """The shipped weights would tell a first bar from a second."""
    rng, bar = np.random.default_rng(0), NUM_STEPS // 2
    loud = np.where(rng.random(NUM_STEPS) < 0.5, rng.uniform(0.2, 0.9, NUM_STEPS), 0)
    late = np.where(loud > 0, rng.uniform(-0.3, 0.3, NUM_STEPS), 0)
    network = drummer.network
    context, code = network.listen(CONDITIONING), drummer.neutral_style().code

    def decode(_: Sequence[Piece], known: GivenHits) -> OnsetActivations:
        return network.decode(context, code, known)

    def heard(by: int) -> TapOdds:
        tap = Tap(np.roll(loud, by).astype(np.float32), np.roll(late, by).astype(np.float32))
        rhythm = tap_onsets(tap, GRID)
        known = known_hits(PIECES, GRID, GRID, DrumTrack(), rhythm=rhythm)
        return tap_odds(decode, PIECES, known, PIECES, CONDITIONING)

    one, other = heard(0), heard(bar)
    first = int((one.tick < bar * STEP_TICKS).sum())
    turned = [np.roll(part, first, axis=-1) for part in (one.probability, one.loudness)]
    np.testing.assert_allclose(turned[0], other.probability, atol=1e-4)
    np.testing.assert_allclose(turned[1], other.loudness, atol=1e-4)


# ------------------------------------------------------------------ what is hit


def test_what_reaches_its_threshold_is_hit_and_one_piece_at_least() -> None:
    likely = np.array([[0.9, 0.2, 0.0], [0.6, 0.3, 0.0], [0.1, 0.1, 0.0]])
    struck = struck_at(likely, np.array([0.5, 0.5, 0.05]))
    assert struck.tolist() == [[True, False, False], [True, False, False], [True, True, False]]
    high = struck_at(likely, np.full(3, 0.95))
    assert high.tolist() == [[True, False, False], [False, True, False], [False, False, False]], (
        "the likeliest, where none reaches it and any may be played"
    )


@pytest.mark.parametrize("seed", range(4))
def test_every_stroke_is_played_and_nothing_else(seed: int) -> None:
    """Whatever is likely, on ticks of any kind."""
    rng = np.random.default_rng(seed)
    ticks = np.sort(rng.choice(NUM_TICKS, 20, replace=False)).tolist()
    chances = rng.random((len(PIECES), NUM_TICKS)).astype(np.float32) ** 4
    for settings in (Settings(), Settings(temperature=1.0, seed=seed), Settings(density=0.2)):
        pattern = played(tapped(ticks), lambda _, known: activations_of(chances), settings=settings)
        assert struck_ticks(pattern) == ticks


def test_thresholds_say_whether_a_second_piece_is_struck() -> None:
    """Given one of the two, the ride is hit in four of nine cases and the hat in eight."""
    likely = {Piece.CLOSED_HAT: 0.6, Piece.RIDE: 0.3}
    ride = 0.3 / 0.72
    for threshold, wanted in ((ride + 0.01, False), (ride - 0.01, True)):
        config = TapConfig(thresholds=dict.fromkeys(PIECES, threshold))
        pattern = played(tapped([0, 30]), Heard(likely), config=config)
        for tick in (0, 30):
            assert (Piece.RIDE in pieces_at(pattern, tick)) == wanted
            assert Piece.CLOSED_HAT in pieces_at(pattern, tick)


@pytest.mark.parametrize("seed", range(4))
def test_two_hands_and_two_feet_play_it(seed: int) -> None:
    """The hat may be closed by its pedal; it is never open as well."""
    rng = np.random.default_rng(seed)
    chances = rng.random((len(PIECES), NUM_TICKS)).astype(np.float32)
    config = TapConfig(thresholds=dict.fromkeys(PIECES, 0.05))
    pattern = played(
        tapped(range(0, NUM_TICKS, 3)), lambda _, known: activations_of(chances), config=config
    )
    struck = pattern.velocity > 0
    hands = [ROW[p] for p in PIECES if p not in (Piece.KICK, Piece.CLOSED_HAT)]
    assert struck[hands].sum(axis=0).max() == 2
    assert not (struck[ROW[Piece.CLOSED_HAT]] & struck[ROW[Piece.OPEN_HAT]]).any()


def test_all_four_limbs_may_play_one_stroke() -> None:
    limbs = {Piece.KICK, Piece.CLOSED_HAT, Piece.SNARE, Piece.RIDE}
    assert pieces_at(played(tapped([24]), Heard(dict.fromkeys(limbs, 0.9))), 24) == limbs


def test_what_is_not_wanted_is_not_played_and_another_piece_plays_its_strokes() -> None:
    pattern = played(tapped([0, 18]), wanted=[Piece.RIDE, Piece.KICK])
    assert pieces_at(pattern, 0) == pieces_at(pattern, 18) == {Piece.RIDE}


def test_in_what_is_locked_nothing_is_played() -> None:
    known = tapped([0, 18, 60])
    known.known[:-1, :4] = True
    known.velocity[ROW[Piece.CRASH], 5] = 0.6
    pattern = played(known)
    assert pattern.ticks(Piece.CRASH).tolist() == [5]
    assert struck_ticks(pattern) == [5, 60]


# ------------------------------------------------------------------ how


def test_every_piece_is_as_early_or_late_as_the_tap() -> None:
    ticks = [0.2, 11.7, 30.0, 61.4]
    pattern = played(tapped(ticks), Heard({Piece.KICK: 0.9, Piece.SNARE: 0.9}))
    for tick, place in zip((0, 12, 30, 61), ticks, strict=True):
        assert pieces_at(pattern, tick) == {Piece.KICK, Piece.SNARE}
        offsets = pattern.offset[[ROW[Piece.KICK], ROW[Piece.SNARE]], tick]
        np.testing.assert_allclose(offsets, place - tick, atol=1e-3)
    assert not pattern.offset_spread.any() and not pattern.velocity_spread.any()


def test_the_tap_is_the_loudest_piece_and_no_other_is_louder() -> None:
    def decode(pieces: Sequence[Piece], known: GivenHits) -> OnsetActivations:
        found = Heard({Piece.KICK: 0.95, Piece.CLOSED_HAT: 0.95})(pieces, known)
        found.velocity[ROW[Piece.KICK]] = 0.9
        found.velocity[ROW[Piece.CLOSED_HAT]] = 0.3
        return found

    for level in (0.2, 0.8, 1.0):
        pattern = played(tapped([0, 30], level), decode)
        kick, hat = (pattern.velocity[ROW[p], [0, 30]] for p in (Piece.KICK, Piece.CLOSED_HAT))
        np.testing.assert_allclose(kick, level, atol=1e-5)
        assert (hat <= kick).all() and (level < 0.3 or (hat < 0.7 * kick).all())


def test_a_piece_that_plays_alone_is_as_loud_as_the_tap() -> None:
    levels = np.linspace(0.05, 1, 8)
    pattern = played(tapped(range(0, 96, 12), levels), Heard({Piece.LOW_TOM: 0.9}, velocity=0.3))
    np.testing.assert_allclose(pattern.velocity[ROW[Piece.LOW_TOM], ::12], levels, atol=1e-5)


# ------------------------------------------------------------------ settings


def uneven(pieces: Sequence[Piece], known: GivenHits) -> OnsetActivations:
    """Each piece is more or less likely from stroke to stroke."""
    rng = np.random.default_rng(4)
    return activations_of(rng.uniform(0.05, 0.6, (len(PIECES), NUM_TICKS)).astype(np.float32))


EIGHTHS = list(range(0, NUM_TICKS, 6))


def count(pattern: Pattern, piece: Piece) -> int:
    return len(pattern.ticks(piece))


def test_temperature_dares_other_pieces_by_the_seed() -> None:
    def struck(**daring: Any) -> bytes:
        pattern = played(tapped(EIGHTHS), uneven, settings=Settings(**daring))
        return (pattern.velocity > 0).tobytes()

    hot = struck(temperature=1.0, seed=1)
    assert hot == struck(temperature=1.0, seed=1)
    assert hot != struck(temperature=1.0, seed=2)
    assert hot != struck(seed=1) == struck(seed=2)


def test_more_of_a_piece_is_on_more_of_the_strokes() -> None:
    config = TapConfig(thresholds=dict.fromkeys(PIECES, 0.55))

    def toms(amount: float) -> Pattern:
        settings = Settings(pieces={Piece.LOW_TOM: PieceSettings(amount=amount)})
        return played(tapped(EIGHTHS), uneven, [Piece.KICK, Piece.LOW_TOM], settings, config)

    often = [count(toms(amount), Piece.LOW_TOM) for amount in (0.5, 1.0, 2.0)]
    assert 0 < often[0] < often[1] < often[2]
    assert all(struck_ticks(toms(amount)) == EIGHTHS for amount in (0.0, 0.5, 2.0))


def test_a_drummer_plays_the_tap_whatever_the_style(drummer: Drummer) -> None:
    """To two bars of silence, with the shipped weights: each stroke, and no other."""
    listening = drummer.listen_to(CONDITIONING, GRID, float(GRID.beats_s[-1]) + 1)
    ticks = [0, 6, 12, 21, 24, 30, 40, 48, 54, 60, 69, 80, 88]
    rhythm = Onsets(GRID.ticks_to_seconds(np.array(ticks)), np.full(len(ticks), 0.8, np.float32))
    tracks = [
        drummer.play(listening, style, rhythm=rhythm, seed=seed)
        for style in (None, drummer.sample_style(1), drummer.style(next(iter(drummer.presets))))
        for seed in (0, 1)
    ]
    assert all(sorted({hit.tick for hit in track}) == ticks for track in tracks)
    assert tracks[0] == tracks[1], "nothing is left to chance"
    assert len(set(tracks)) > 1
    assert max(hit.velocity for hit in tracks[0]) == round(0.8 * 127)


def test_most_would_play_the_rhythm_on_a_kit(drummer: Drummer) -> None:
    """Loud on two and four, and softly on all eighths: a backbeat and what keeps time."""
    listening = drummer.listen_to(CONDITIONING, GRID, float(GRID.beats_s[-1]) + 1)
    levels = np.full(16, 0.45, np.float32)
    levels[::4], levels[2::4] = 0.8, 0.95
    rhythm = Onsets(GRID.ticks_to_seconds(np.array(EIGHTHS)), levels)
    track = drummer.play(listening, rhythm=rhythm)
    snares = {hit.tick for hit in track.of(Piece.SNARE)}
    assert snares == {12, 36, 60, 84}
    timekeepers = track.of((Piece.CLOSED_HAT, Piece.OPEN_HAT, Piece.RIDE))
    assert len({hit.tick for hit in timekeepers}) >= 12
    assert {hit.tick for hit in track.of(Piece.KICK)} & {0, 24, 48, 72}


def test_a_stroke_that_a_given_piece_plays_is_played_by_no_other_that_is_not_likely() -> None:
    """Somebody taps what the kick plays: it is the kick that is tapped."""
    known = tapped([0, 24])
    known.velocity[ROW[Piece.KICK], [0, 24]] = 0.8
    known.known[ROW[Piece.KICK]] = True
    pattern = played(known, Heard({Piece.SNARE: 0.2}))
    assert pieces_at(pattern, 0) == pieces_at(pattern, 24) == {Piece.KICK}


@pytest.mark.parametrize("how", ["muted", "given"])
def test_where_no_piece_is_left_to_play_a_rhythm_nothing_is_played(
    drummer: Drummer, how: str
) -> None:
    listening = drummer.listen_to(CONDITIONING, GRID, float(GRID.beats_s[-1]) + 1)
    rhythm = Onsets(GRID.beats_s[:8], np.full(8, 0.8, np.float32))
    muted = Settings(pieces=dict.fromkeys(PIECES, PieceSettings(muted=True)))
    given = DrumTrack((Hit(float(GRID.beats_s[2]), 24, Piece.KICK),))
    if how == "muted":
        assert not len(drummer.play(listening, settings=muted, rhythm=rhythm))
    else:
        track = drummer.play(listening, pieces=[Piece.KICK], given=given, rhythm=rhythm)
        assert track == given


def test_a_piece_that_is_to_play_nothing_plays_no_stroke() -> None:
    probability = np.array([[0.9, 0.2], [0.3, 0.1]])
    thresholds = np.array([np.inf, 0.5])
    assert struck_at(probability, thresholds).tolist() == [[False, False], [True, True]]
    assert not struck_at(probability, np.full(2, np.inf)).any()
