"""What is seen, given and asked for in training never contradicts itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.hits import Piece
from drumnet.training.drummer.config import ModelConfig, TrainConfig
from drumnet.training.drummer.tasks import Task, draw_decided, draw_task

CONFIG = TrainConfig()
KICK = np.array([piece is Piece.KICK for piece in Piece])
#: Sixteen bars of four beats, begun in the middle of one.
BAR = (np.arange(64) + 2) // 4


def tasks(count: int = 400, **changes: float) -> list[Task]:
    rng = np.random.default_rng(0)
    return [draw_task(replace(CONFIG, **changes), rng) for _ in range(count)]  # type: ignore[arg-type]


EVERY = np.ones(len(KICK), dtype=bool)


def decided(task: Task, count: int = 400, **changes: float) -> list[NDArray[np.bool_]]:
    rng = np.random.default_rng(1)
    config = replace(CONFIG, **changes)  # type: ignore[arg-type]
    return [draw_decided(task, BAR, config, rng) for _ in range(count)]


def test_a_piece_that_is_asked_for_is_never_given() -> None:
    for task in tasks():
        assert not (task.asked & task.given).any()
        assert task.asked.any(), "something is to be played"
        assert task.seen.any(), "in a style that something is known of"


def test_kick_alone_asks_for_the_kick_in_the_kicks_own_style() -> None:
    for task in tasks(kick_alone=1.0):
        assert task.asked.tolist() == task.seen.tolist() == KICK.tolist()
        assert not task.given.any()


def test_the_whole_kit_is_asked_for_from_nothing() -> None:
    for task in tasks(kick_alone=0.0, some_pieces=0.0):
        assert task.asked.all() and task.seen.all() and not task.given.any()


def test_every_piece_is_played_to_every_other() -> None:
    """Of each two pieces, either is asked for while the other is given as hits."""
    drawn = tasks(1000, kick_alone=0.0, some_pieces=1.0)
    pairs = np.array([task.asked[:, None] & task.given for task in drawn])
    often = pairs.mean(axis=0)[~np.eye(len(KICK), dtype=bool)]
    assert often.min() > 0.05
    for kind in ("asked", "all", "other"):
        seen = [
            "asked"
            if np.array_equal(task.seen, task.asked)
            else "all"
            if task.seen.all()
            else "other"
            for task in drawn
        ]
        assert seen.count(kind) > 100, "styles of just these pieces, of all, and of any"


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
def test_the_shares_are_those_of_the_configuration(share: float) -> None:
    drawn = tasks(2000, kick_alone=share, some_pieces=0.2)
    alone = np.mean([np.array_equal(task.asked, KICK) for task in drawn])
    assert alone == pytest.approx(share, abs=0.04)
    whole = np.mean([task.asked.all() for task in drawn])
    assert whole == pytest.approx(0.8 - share, abs=0.05)


def test_a_model_of_one_piece_is_always_asked_for_it() -> None:
    for piece in ("kick", "snare"):
        config = replace(CONFIG, model=ModelConfig(pieces=(piece,)))
        rng = np.random.default_rng(0)
        for task in (draw_task(config, rng) for _ in range(50)):
            assert task.asked.tolist() == task.seen.tolist() == [True]


# ------------------------------------------------------------------ what is decided


def test_what_is_given_is_known_from_end_to_end() -> None:
    task = Task(KICK, KICK, np.array([piece is Piece.RIDE for piece in Piece]))
    for known in decided(task, 20):
        np.testing.assert_array_equal(known, np.repeat(task.given[:, None], len(BAR), axis=1))


def test_whole_pieces_or_whole_bars_of_what_is_asked_for_are_decided() -> None:
    """Bars are locked from bar line to bar line, and in all pieces at once."""
    none, pieces, bars = 0, 0, 0
    for known in decided(Task(EVERY, EVERY, ~EVERY)):
        whole = (known == known[:, :1]).all()
        alike = (known == known[:1]).all()
        assert whole or alike
        changes = np.flatnonzero(np.diff(known[0]))
        assert np.isin(changes, np.flatnonzero(np.diff(BAR))).all(), "only at a bar line"
        none += not known.any()
        pieces += bool(known.any() and whole and not alike)
        bars += bool(known.any() and alike and not whole)
    assert none > 100 and pieces > 100 and bars > 40


def test_rounds_decide_bars_halfway_between_those_decided() -> None:
    """Every second, fourth or eighth bar is known whole, and of the bars amid these some
    pieces are; or of the first bars to be decided some pieces, and nothing else."""
    task = Task(EVERY, EVERY, ~EVERY)
    gaps, begun = set(), 0
    for known in decided(task, decided_pieces=0.0, decided_bars=0.0, decided_rounds=1.0):
        whole = np.unique(BAR[known.all(axis=0)])
        partly = np.unique(BAR[known.any(axis=0) & ~known.all(axis=0)])
        gaps |= set(np.diff(whole).tolist()) if len(whole) > 1 else set()
        if not len(whole):
            begun += 1
        elif len(partly):
            assert {abs(bar - near) for bar in partly for near in whole} & {1, 2, 4}
            gap = np.diff(whole).min(initial=8)
            assert all(np.abs(whole - bar).min() == gap // 2 for bar in partly if bar > whole[0])
        rows = known[:, np.isin(BAR, partly)]
        assert (rows == rows[:, :1]).all(), "the same pieces in all bars of a round"
    assert gaps == {2, 4, 8}
    assert begun > 60


def test_pieces_that_are_not_asked_for_are_not_decided() -> None:
    asked = np.array([piece in (Piece.SNARE, Piece.RIDE, Piece.CRASH) for piece in Piece])
    for known in decided(Task(asked, asked, ~asked & False)):
        assert not known[~asked].any()


def test_hardly_ever_is_nothing_left_to_play() -> None:
    task = Task(EVERY, EVERY, ~EVERY)
    assert np.mean([known.all() for known in decided(task)]) < 0.02
