"""The same bytes on any number of cores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.beats.evidence import hear_stem
from drumnet.extraction import extract_style
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import on_grid
from drumnet.hearing.onset_strength import stem_curve
from drumnet.hearing.sections import bar_similarity
from drumnet.kits.synth.signals import partials
from drumnet.model.infer import refine_code
from drumnet.products import banded_product, inner, product
from drumnet.song.song import Song, load_song

RNG = np.random.default_rng(0)


def on_cores(number: int, made: Callable[[], Any]) -> list[bytes]:
    """What is made, as bytes, where BLAS may use so many cores."""
    threadpoolctl = pytest.importorskip("threadpoolctl", reason="the extra [evaluation] is missing")
    with threadpoolctl.threadpool_limits(number, user_api="blas"):
        found = made()
    parts = found if isinstance(found, tuple) else (found,)
    return [np.ascontiguousarray(part).tobytes() for part in parts]


@pytest.fixture(scope="module")
def song(song_folder: Path) -> Song:
    return load_song(song_folder)


def _curves(song: Song) -> tuple[Any, ...]:
    return tuple(stem_curve(stem).strength for stem in song.stems)


def _evidence(song: Song) -> tuple[Any, ...]:
    heard = [hear_stem(stem.source, stem.role) for stem in song.stems]
    return tuple(part for one in heard for part in (one.flux, one.chroma))


def _similarity(_: Song) -> NDArray[np.float64]:
    return bar_similarity(np.random.default_rng(1).random((300, 5, 16)))


def _cymbal(_: Song) -> Any:
    rng = np.random.default_rng(2)
    hz, decay_s, levels, phases = rng.uniform([300, 0.1, 0, 0], [15_000, 1, 1, 6], (400, 4)).T
    return partials(100_000, hz, decay_s, levels, phases)


@pytest.mark.parametrize("made", [_curves, _evidence, _similarity, _cymbal])
@pytest.mark.parametrize("number", [2, 3, 4])
def test_what_is_heard_and_made_knows_no_cores(
    made: Callable[[Song], Any], number: int, song: Song
) -> None:
    assert on_cores(number, lambda: made(song)) == on_cores(1, lambda: made(song))


def test_a_style_is_the_same_on_one_core_and_two(song: Song, drummer: Any) -> None:
    def taken() -> Any:
        found = extract_style(song, model=drummer)
        return found.style.code, found.beats.beats_s

    assert on_cores(1, taken) == on_cores(2, taken)


def test_a_code_is_refined_alike(drummer: Any) -> None:
    num_ticks = 16 * 48
    grid = BeatGrid.constant(120, 64 * 0.5)
    heard = np.random.default_rng(3).random((9, grid.num_ticks), np.float32)
    context = drummer.network.listen(on_grid(heard, np.ones(9, bool), grid))
    velocity = np.zeros((len(drummer.checkpoint.pieces), grid.num_ticks), np.float32)
    velocity[:, :num_ticks:6] = 0.8

    def refined() -> Any:
        seen = np.ones(len(velocity), bool)
        start = np.zeros(16, np.float32)
        return refine_code(drummer.network, context, velocity, seen, start)

    assert on_cores(1, refined) == on_cores(2, refined)


def test_products_are_products() -> None:
    left, right = RNG.random((40, 30)), RNG.random((30, 20))
    right[:10, ::2] = right[:, 3] = 0
    assert product(left, right) == pytest.approx(left @ right)
    assert banded_product(left, right) == pytest.approx(left @ right)
    assert inner(left[0], left[1]) == pytest.approx(left[0] @ left[1])
