"""A style at random is like a song's."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from fixtures.networks import activations_of, checkpoint_of
from numpy.typing import NDArray

from drumnet.arrays import load_npz
from drumnet.drummer import Drummer
from drumnet.errors import CheckpointError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES, on_grid
from drumnet.hits import Piece
from drumnet.model.checkpoint import load_checkpoint
from drumnet.model.network import GivenHits, Network, OnsetActivations
from drumnet.style.bank import STYLES_FILE, StyleBank
from drumnet.style.code import CODE_SIZE, StyleCode
from drumnet.style.passages import Passages
from drumnet.training.drummer.style_bank import Band, keeps_the_bar

#: Two songs whose styles are far from each other.
SONGS = np.array([np.full(CODE_SIZE, -2.0), np.linspace(1.0, 3.0, CODE_SIZE)], np.float16)


def drawn(bank: StyleBank, count: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(0)
    return np.array([bank.draw(rng).code for _ in range(count)])


def passages_of(*levels: float) -> Passages:
    """A song whose passages differ in one thing that is heard, and depart the more the more
    of it there is."""
    heard = np.array([[level, 0.0, -level] for level in levels])
    return Passages(heard, np.outer(levels, np.ones(CODE_SIZE)))


def test_every_style_lies_near_a_song_and_every_song_is_drawn_as_often() -> None:
    codes = drawn(StyleBank(SONGS), 1000)
    gaps = np.linalg.norm(codes[:, None] - SONGS.astype(np.float32), axis=2)
    assert gaps.min(axis=1).max() < 2.0, "between the two, 14 apart, nobody plays"
    assert (gaps.argmin(axis=1) == 0).mean() == pytest.approx(0.5, abs=0.05)


def test_no_two_styles_are_the_same() -> None:
    assert len(np.unique(drawn(StyleBank(SONGS[:1]), 200), axis=0)) == 200


def test_where_no_songs_are_known_styles_are_independent_standard_gaussians() -> None:
    codes = drawn(StyleBank.none(), 4000)
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=0.08)
    np.testing.assert_allclose(np.cov(codes, rowvar=False), np.eye(CODE_SIZE), atol=0.12)


def test_what_is_saved_is_loaded_and_nothing_is_known_without_a_file(tmp_path: Path) -> None:
    StyleBank(SONGS).save(tmp_path / STYLES_FILE)
    np.testing.assert_array_equal(StyleBank.load(tmp_path / STYLES_FILE).codes, SONGS)
    assert len(StyleBank.load(tmp_path / "none.npz")) == 0


def test_a_style_has_the_passages_of_the_song_that_it_is_near() -> None:
    bank = StyleBank(SONGS, [passages_of(-1.0, 1.0), None])
    rng = np.random.default_rng(0)
    for _ in range(20):
        code, passages = bank.draw(rng)
        is_first = np.linalg.norm(code - SONGS[0]) < np.linalg.norm(code - SONGS[1])
        assert (passages is bank.passages[0]) if is_first else passages is None


def test_passages_are_saved_to_a_tenth_of_a_standard_unit(tmp_path: Path) -> None:
    bank = StyleBank(
        np.repeat(SONGS, 2, axis=0),
        [None, passages_of(-1.23, 0.5), None, passages_of(0.1, 2.0, 3.0)],
    )
    bank.save(tmp_path / STYLES_FILE)
    again = StyleBank.load(tmp_path / STYLES_FILE)
    assert [one is None for one in again.passages] == [True, False, True, False]
    for one, other in zip(bank.passages, again.passages, strict=True):
        if one is not None and other is not None:
            np.testing.assert_allclose(other.heard, one.heard, atol=0.051)
            np.testing.assert_allclose(other.departures, one.departures, atol=2e-3)


class KickAt:
    """A network whose kick is struck on each tick of a bar that the code names, in every so
    many bars."""

    checkpoint = checkpoint_of((Piece.KICK, Piece.SNARE))

    def decode(
        self,
        context: NDArray[np.float32],
        code: NDArray[np.float32],
        given: GivenHits | None = None,
    ) -> OnsetActivations:
        every, *ticks = map(int, code)
        num_ticks = context.shape[1] * TICKS_PER_BEAT
        found = np.full((2, num_ticks), 0.001, np.float32)
        for start in range(0, num_ticks, every * 4 * TICKS_PER_BEAT):
            found[0, [start + tick for tick in ticks]] = 0.9
        found[1, :: 4 * TICKS_PER_BEAT] = 0.9
        return activations_of(found)


@pytest.mark.parametrize(
    ("every", "ticks", "keeps"),
    [
        (1, (0, 24), True),  # on one and three
        (1, (1, 13, 25, 37), True),  # a tick late, as people are
        (1, (11, 23, 35, 47), True),  # a tick early
        (1, (3, 15, 27, 39), False),  # the chart lies a sixteenth off
        (1, (12, 36), False),  # its bar lines lie a beat off
        (8, (0, 12), True),  # hardly a kick, but where bars begin
    ],
)
def test_a_style_whose_kick_is_never_on_a_downbeat_is_of_a_misplaced_chart(
    every: int, ticks: tuple[int, ...], keeps: bool
) -> None:
    grid = BeatGrid(np.arange(65) * 0.5, np.arange(65) % 4 + 1)
    silence = np.zeros((len(HEARD_ROLES), grid.num_ticks), np.float32)
    heard = on_grid(silence, np.zeros(len(HEARD_ROLES), bool), grid)
    band = Band(heard, np.zeros((1, heard.num_beats), np.float32))
    code = np.array([every, *ticks], np.float32)
    assert keeps_the_bar(cast(Network, KickAt()), [band, band], code) == keeps


def test_a_sampled_style_is_the_same_after_it_was_saved(tmp_path: Path) -> None:
    """However its numbers are rounded on the way: the same file plays the same drums."""
    drummer = Drummer("default")
    for seed in range(20):
        style = drummer.sample_style(seed)
        style.save(tmp_path / "style.json")
        again = StyleCode.load(tmp_path / "style.json")
        np.testing.assert_array_equal(again.code, style.code)
        assert again.habits == style.habits and hash(again.habits) == hash(style.habits)


@pytest.mark.parametrize("fault", ["no archive", "cut short", "overwritten", "other counts"])
def test_damage_is_one_clear_line(tmp_path: Path, fault: str) -> None:
    damaged = tmp_path / STYLES_FILE
    bank = StyleBank(SONGS, [passages_of(-1.0, 1.0), passages_of(0.0, 2.0, 3.0)])
    bank.save(damaged)
    whole = damaged.read_bytes()
    if fault == "other counts":
        arrays = {**load_npz(damaged), "num_passages": np.array([1, 1], np.uint8)}
        np.savez(damaged, **arrays)
    else:
        middle = len(whole) // 3
        damaged.write_bytes(
            {
                "no archive": b"PK no archive",
                "cut short": whole[:middle],
                "overwritten": whole[:60] + b"\xff" * 40 + whole[100:],
            }[fault]
        )
    with pytest.raises(CheckpointError, match="export it again"):
        StyleBank.load(damaged)


def test_what_cannot_be_styles_is_refused() -> None:
    with pytest.raises(CheckpointError, match="export them again"):
        StyleBank(np.zeros((3, 5), np.float16))
    with pytest.raises(CheckpointError, match="of other songs"):
        StyleBank(SONGS, [passages_of(1.0, 2.0)])


def test_the_shipped_weights_know_many_songs_and_seeds_repeat() -> None:
    drummer = Drummer("default")
    assert len(load_checkpoint("default").styles) >= 500
    one, again, other = (drummer.sample_style(seed).code for seed in (7, 7, 8))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0.1
