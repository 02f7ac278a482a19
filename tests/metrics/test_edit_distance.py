"""Edits from one rhythm to another, on rhythms small enough to count them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.metrics import edit_distance
from drumnet.metrics.bars import Bars
from drumnet.metrics.edit_distance import edit_distances, edits_a_bar


def rhythm(text: str) -> NDArray[np.bool_]:
    """`x..x`, a row."""
    return np.array([[letter == "x" for letter in text]])


#: The clave son, from which Post & Toussaint vary.
SON = "x..x..x...x.x..."


@pytest.mark.parametrize(
    ("other", "edits"),
    [
        (SON, 0),
        ("x..x..x...x.....", 1),  # an onset left out
        ("x..x..x...x.x.x.", 1),  # one more
        ("x..x...x..x.x...", 2),  # the rumba: one onset a pulse later
        (".x..x..x...x.x..", 2),  # all a pulse later: one silence is put in, one taken out
        ("x..x..x..x..x...", 2),  # the bossa nova
        ("................", 5),
        ("xxxxxxxxxxxxxxxx", 11),
    ],
)
def test_the_son_and_its_variations(other: str, edits: int) -> None:
    assert edit_distances(rhythm(SON), rhythm(other)).tolist() == [edits]
    assert edit_distances(rhythm(other), rhythm(SON)).tolist() == [edits]


def test_a_figure_moved_as_a_whole_is_nearer_than_another_figure() -> None:
    """What no share of hits on the same pulse can tell."""
    off, moved = rhythm("x.x.x.x."), rhythm(".x.x.x.x")
    assert not (off & moved).any()
    assert edit_distances(off, moved).tolist() == [2]
    assert edit_distances(off, rhythm("....xxxx")) > 2


def test_it_is_a_distance() -> None:
    """By the triangle too, and never more than the pulses that differ."""
    one, two, three = np.random.default_rng(0).random((3, 200, 12)) < 0.4
    ab, bc, ac = (edit_distances(*pair) for pair in ((one, two), (two, three), (one, three)))
    assert (ac <= ab + bc).all()
    assert (ab <= (one != two).sum(axis=1)).all()
    assert ((ab == 0) == (one == two).all(axis=1)).all()


def test_the_edits_of_a_kit_are_those_of_its_pieces_bar_by_bar() -> None:
    """A bar of 4/4, one of 3/4: a kick is missing in the first, a snare is a 16th late in
    the second; what lies before the bars does not count."""
    bars = Bars(np.array([12, 60]), np.array([48, 36]))
    wanted = np.zeros((2, 96), dtype=bool)
    wanted[0, [12, 36, 60]] = wanted[1, [24, 48, 72]] = True
    played = wanted.copy()
    played[0, [0, 36]] = True, False
    played[1, [72, 75]] = False, True
    assert edits_a_bar(wanted, wanted, bars) == 0.0
    assert edits_a_bar(wanted, played, bars) == pytest.approx((1 + 2) / 2)
    assert edit_distance.evaluate(wanted, played, bars) == {"edits": pytest.approx(1.5)}
    assert np.isnan(edits_a_bar(wanted, played, bars.since(97)))


def test_a_figure_may_not_be_moved_over_the_bar_line() -> None:
    """Bar by bar: the first pulse of a bar is no edit away from the last of the one before."""
    bars = Bars(np.array([0, 48]), np.array([48, 48]))
    wanted, played = np.zeros((2, 1, 96), dtype=bool)
    wanted[0, 45], played[0, 48] = True, True
    assert edits_a_bar(wanted, played, bars) == 1.0


def test_rhythms_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="compare bar with bar"):
        edit_distances(rhythm("x..."), rhythm("x.."))
    with pytest.raises(ValueError, match="of bool"):
        edit_distances(np.zeros((1, 4)), np.zeros((1, 4)))
