"""A whole kit is put together piece by piece, as one drummer could play it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import on_grid
from drumnet.hits import PIECES, Piece
from drumnet.model.network import PIECE_GROUPS, GivenHits, OnsetActivations
from drumnet.playing.composing import PickTicks, compose, in_force
from drumnet.playing.pattern import Pattern
from drumnet.playing.peak_picking import picked_ticks
from drumnet.settings import Settings

ROW = {piece: row for row, piece in enumerate(PIECES)}
NUM_BEATS = 16
NUM_TICKS = 12 * NUM_BEATS
HANDS = [ROW[piece] for piece in PIECES if piece is not Piece.KICK]
Chances = Callable[[GivenHits], NDArray[np.float32]]


class Drummed:
    """Decodes what a function says of the hits that are known.

    Args:
        chances: of what is known, (9, NUM_TICKS) probabilities.
    """

    def __init__(self, chances: Chances) -> None:
        self.chances = chances
        self.asked: list[Sequence[Piece]] = []
        self.known: list[GivenHits] = []

    def __call__(self, pieces: Sequence[Piece], known: GivenHits) -> OnsetActivations:
        """Each piece has its own velocity, offset and spreads."""
        self.asked.append(pieces)
        self.known.append(known.copy())
        probability = self.chances(known)
        own = np.repeat(np.arange(1, 10, dtype=np.float32)[:, None], NUM_TICKS, axis=1)
        return OnsetActivations(probability, own / 10, own / 20, own / 30, own / 40)


def everywhere(chance: float = 0.9, step: int = 6) -> Chances:
    """Every piece on every `step`th tick."""
    probability = np.zeros((len(PIECES), NUM_TICKS), np.float32)
    probability[:, ::step] = chance
    return lambda given: probability


def above_half(piece: Piece, probability: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.flatnonzero(probability > 0.5)


def nothing() -> GivenHits:
    return GivenHits.nothing(len(PIECES), NUM_BEATS)


def composed(
    decode: Drummed,
    given: GivenHits | None = None,
    wanted: Collection[Piece] = PIECES,
    pick: PickTicks = above_half,
) -> Pattern:
    return compose(decode, PIECES, given or nothing(), wanted, pick)


def struck(pattern: Pattern) -> NDArray[np.bool_]:
    return np.asarray(pattern.velocity > 0)


# ------------------------------------------------------------------ one after the other


def test_every_piece_is_decoded_once() -> None:
    assert sorted(piece.value for group in PIECE_GROUPS for piece in group) == sorted(
        piece.value for piece in PIECES
    )


def test_later_pieces_know_the_hits_of_those_before_and_of_no_others() -> None:
    decode = Drummed(everywhere(step=12))
    pattern = composed(decode)
    assert [tuple(pieces) for pieces in decode.asked] == list(PIECE_GROUPS)
    decided: list[int] = []
    for group, known in zip(PIECE_GROUPS, decode.known, strict=True):
        rest = [row for row in range(len(PIECES)) if row not in decided]
        assert known.known[decided].all() and not known.known[rest].any()
        np.testing.assert_array_equal(known.velocity[decided], pattern.velocity[decided])
        np.testing.assert_array_equal(known.offset[decided], pattern.offset[decided])
        assert not known.velocity[rest].any() and not known.velocity[-1].any()
        decided += [ROW[piece] for piece in group]


def test_a_snare_that_answers_the_kick_answers_the_kick_that_is_played() -> None:
    """A snare is likely half a beat after every kick that is known."""

    def answering(given: GivenHits) -> NDArray[np.float32]:
        probability = np.zeros((len(PIECES), NUM_TICKS), np.float32)
        probability[ROW[Piece.KICK], [0, 60, 130]] = 0.9
        kicks = np.flatnonzero(given.velocity[ROW[Piece.KICK]])
        probability[ROW[Piece.SNARE], kicks + 6] = 0.9
        return probability

    pattern = composed(Drummed(answering))
    assert pattern.ticks(Piece.KICK).tolist() == [0, 60, 130]
    assert pattern.ticks(Piece.SNARE).tolist() == [6, 66, 136]
    alone = composed(Drummed(answering), wanted=[Piece.SNARE])
    assert alone.ticks(Piece.SNARE).size == 0, "to no kick there is no answer"


def test_a_hit_has_the_velocity_offset_and_spreads_that_the_network_says() -> None:
    pattern = composed(Drummed(everywhere(step=48)))
    for row in (ROW[Piece.KICK], ROW[Piece.SNARE]):
        hit = np.arange(NUM_TICKS) % 48 == 0
        for part, wanted in (
            (pattern.velocity, (row + 1) / 10),
            (pattern.offset, (row + 1) / 20),
            (pattern.velocity_spread, (row + 1) / 30),
            (pattern.offset_spread, (row + 1) / 40),
        ):
            np.testing.assert_allclose(part[row], np.where(hit, wanted, 0), rtol=1e-6)


def test_a_stroke_is_never_so_soft_that_it_is_none() -> None:
    class Timid(Drummed):
        def __call__(self, *args: Any) -> OnsetActivations:
            loud = super().__call__(*args)
            return OnsetActivations(loud.probability, 0 * loud.velocity, *[loud.offset] * 3)

    assert composed(Timid(everywhere(step=24))).ticks(Piece.KICK).size == NUM_TICKS // 24


# ------------------------------------------------------------------ a body


def test_a_drummer_has_two_hands_and_a_foot() -> None:
    """Asked for all nine at once, two are struck, and the kick besides."""
    played = struck(composed(Drummed(everywhere(step=6))))
    at_once = played[HANDS].sum(axis=0)
    assert at_once[::6].tolist() == [2] * (NUM_TICKS // 6) and not at_once[1::6].any()
    assert played[ROW[Piece.KICK], ::6].all()


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_likely_hands_and_hats_keep_to_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    chances = rng.random((len(PIECES), NUM_TICKS)).astype(np.float32)
    given = nothing()
    given.velocity[ROW[Piece.RIDE], ::7] = 0.5
    given.known[ROW[Piece.RIDE]] = True
    played = struck(composed(Drummed(lambda known: chances), given))
    assert played[HANDS].sum(axis=0).max() == 2
    assert not (played[ROW[Piece.CLOSED_HAT]] & played[ROW[Piece.OPEN_HAT]]).any()
    assert played[ROW[Piece.CLOSED_HAT]].any() and played[ROW[Piece.OPEN_HAT]].any()


@pytest.mark.parametrize(
    ("known", "other"),
    [(Piece.OPEN_HAT, Piece.CLOSED_HAT), (Piece.CLOSED_HAT, Piece.OPEN_HAT)],
)
def test_a_hat_is_open_or_closed(known: Piece, other: Piece) -> None:
    """Whichever is known; on all other ticks the other one plays."""
    given = nothing()
    given.velocity[ROW[known], ::12] = 0.4
    given.known[ROW[known]] = True
    pattern = composed(Drummed(everywhere(step=6)), given, [other])
    assert pattern.ticks(other).tolist() == list(range(6, NUM_TICKS, 12))


def test_hands_that_are_busy_with_what_is_given_play_nothing_else() -> None:
    given = nothing()
    for piece in (Piece.RIDE, Piece.SNARE):
        given.velocity[ROW[piece], 24] = 0.7
        given.known[ROW[piece]] = True
    played = struck(composed(Drummed(everywhere(step=24)), given))
    assert np.flatnonzero(played[:, 24]).tolist() == sorted(
        [ROW[Piece.KICK], ROW[Piece.SNARE], ROW[Piece.RIDE]]
    )


# ------------------------------------------------------------------ what is known


def known_song(seed: int = 0) -> GivenHits:
    """Drums of a random person."""
    rng = np.random.default_rng(seed)
    given = nothing()
    hit = rng.random((len(PIECES), NUM_TICKS)) < 0.05
    given.velocity[:-1] = hit * rng.random(hit.shape)
    given.offset[:-1] = hit * rng.normal(0, 0.3, hit.shape)
    return given


def test_a_piece_that_is_known_stays_as_it_is_to_the_last_bit() -> None:
    given = known_song()
    kept = [ROW[Piece.SNARE], ROW[Piece.CRASH]]
    for part in (given.velocity, given.offset):
        part[[row for row in range(len(PIECES)) if row not in kept]] = 0.0
    given.known[kept] = True
    before = [part.copy() for part in (given.velocity, given.offset, given.known)]
    pattern = composed(Drummed(everywhere()), given)
    for part, wanted in ((pattern.velocity, before[0]), (pattern.offset, before[1])):
        assert part[kept].tobytes() == wanted[kept].tobytes()
    assert not pattern.velocity_spread[kept].any() and not pattern.offset_spread[kept].any()
    after = (given.velocity, given.offset, given.known)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_bars_that_are_locked_stay_and_the_others_are_played_anew() -> None:
    given = known_song()
    locked = np.zeros(NUM_BEATS, dtype=bool)
    locked[4:12] = True
    free = np.repeat(~locked, 12)
    for part in (given.velocity, given.offset):
        part[:, free] = 0.0
    given.known[:-1] = locked
    decode = Drummed(everywhere(step=12))
    pattern = composed(decode, given)
    for part, wanted in ((pattern.velocity, given.velocity), (pattern.offset, given.offset)):
        assert part[:, ~free].tobytes() == wanted[:-1, ~free].tobytes()
    assert pattern.ticks(Piece.KICK)[free[pattern.ticks(Piece.KICK)]].tolist() == [
        tick for tick in range(0, NUM_TICKS, 12) if free[tick]
    ]
    first = decode.known[0]
    np.testing.assert_array_equal(first.known[:-1], np.tile(locked, (len(PIECES), 1)))


def test_what_is_neither_wanted_nor_given_is_not_played() -> None:
    decode = Drummed(everywhere())
    pattern = composed(decode, wanted=[Piece.KICK, Piece.RIDE])
    assert np.flatnonzero(struck(pattern).any(axis=1)).tolist() == [
        ROW[Piece.KICK],
        ROW[Piece.RIDE],
    ]
    assert decode.asked == [[Piece.KICK], [Piece.RIDE]], "and nothing is decoded for it"
    assert not decode.known[1].known[ROW[Piece.SNARE]].any(), "it is open, not silent"


def test_all_that_is_known_needs_no_decoding() -> None:
    given = known_song()
    given.known[:-1] = True
    decode = Drummed(everywhere())
    assert composed(decode, given).velocity.tobytes() == given.velocity[:-1].tobytes()
    assert decode.known == []


# ------------------------------------------------------------------ what is dared


def daring(of_piece: Mapping[Piece, float] = {}, **dared: float) -> PickTicks:
    """Picks as settings say, of pieces with densities of their own."""
    grid = BeatGrid(0.5 * np.arange(NUM_BEATS + 1.0), np.arange(NUM_BEATS + 1) % 4 + 1)
    heard = on_grid(np.zeros((9, NUM_TICKS), np.float32), np.zeros(9, dtype=bool), grid)
    pick = partial(picked_ticks, min_probability=0.3, conditioning=heard)

    def of(piece: Piece, probability: NDArray[np.float32]) -> NDArray[np.int64]:
        own = {"density": of_piece[piece]} if piece in of_piece else {}
        return pick(probability, piece=piece, **{**dared, **own})

    return of


def varied(given: GivenHits) -> NDArray[np.float32]:
    rng = np.random.default_rng(5)
    probability = np.zeros((len(PIECES), NUM_TICKS), np.float32)
    probability[:, ::3] = rng.random((len(PIECES), NUM_TICKS // 3))
    return probability


def test_the_same_seed_gives_the_same_pattern_and_another_seed_another() -> None:
    one, same, other = (
        composed(Drummed(varied), pick=daring(temperature=0.8, seed=seed)).velocity
        for seed in (1, 1, 2)
    )
    assert one.tobytes() == same.tobytes()
    assert not np.array_equal(one > 0, other > 0)


def test_a_pieces_choices_are_its_own_whatever_else_is_played() -> None:
    pick = daring(temperature=0.8, seed=3)
    whole = composed(Drummed(varied), pick=pick)
    alone = composed(Drummed(varied), wanted=[Piece.KICK], pick=pick)
    np.testing.assert_array_equal(whole.ticks(Piece.KICK), alone.ticks(Piece.KICK))
    both = composed(Drummed(varied), wanted=[Piece.KICK, Piece.SNARE], pick=pick)
    assert not np.array_equal(both.ticks(Piece.KICK), both.ticks(Piece.SNARE))


def test_each_piece_may_be_picked_in_a_way_of_its_own() -> None:
    pattern = composed(Drummed(varied), pick=daring({Piece.SNARE: 0.0}))
    plain = composed(Drummed(varied), pick=daring())
    assert pattern.ticks(Piece.SNARE).size == 0 < plain.ticks(Piece.SNARE).size
    np.testing.assert_array_equal(pattern.ticks(Piece.KICK), plain.ticks(Piece.KICK))


def test_nothing_that_is_dared_puts_a_hit_where_none_may_be() -> None:
    """However hot or dense, locked bars and busy hands stay as they are."""
    given = known_song()
    given.velocity[:, 96:] = given.offset[:, 96:] = 0.0
    given.known[:-1, :8] = True
    for pick in (daring(temperature=50.0), daring(density=20.0)):
        pattern = composed(Drummed(varied), given, pick=pick)
        assert pattern.velocity[:, :96].tobytes() == given.velocity[:-1, :96].tobytes()
        assert struck(pattern)[HANDS, 96:].sum(axis=0).max() <= 2
        assert struck(pattern)[:, 96:].any()


# ------------------------------------------------------------------ force


def test_intensity_strikes_softer_or_harder_but_for_what_is_known() -> None:
    given = nothing()
    given.velocity[ROW[Piece.SNARE], ::24], given.known[ROW[Piece.SNARE]] = 0.5, True
    given.known[ROW[Piece.KICK], :4] = True
    given.velocity[ROW[Piece.KICK], 0] = 0.5
    plain = composed(Drummed(everywhere(step=24)), given)
    assert in_force(plain, Settings(), given) is plain
    soft, hard = (in_force(plain, Settings(intensity=x), given).velocity for x in (0.0, 1.0))
    known = np.repeat(given.known[:-1], 12, axis=1)
    for moved in (soft, hard):
        np.testing.assert_array_equal(moved[known], plain.velocity[known])
        np.testing.assert_array_equal(moved > 0, struck(plain))
    played = struck(plain) & ~known
    assert (soft[played] < plain.velocity[played]).all()
    assert (hard[played] > plain.velocity[played]).all() and hard.max() < 1
