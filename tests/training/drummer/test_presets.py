"""The named styles of exported weights are typical, different, and do what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from fixtures.networks import activations_of, checkpoint_of
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning
from drumnet.hits import PIECES, Piece
from drumnet.metrics.patterns import measure_pattern
from drumnet.model.network import GivenHits, Network, OnsetActivations
from drumnet.playing.peak_picking import likely_ticks
from drumnet.song.roles import Role
from drumnet.training.drummer.config import TrainConfig
from drumnet.training.drummer.export import export
from drumnet.training.drummer.presets import (
    NUM_PRESETS,
    kick_description,
    make_presets,
    strangeness,
)


class Sequencer:
    """A network whose code says, for each sixteenth of the bar, whether it is hit."""

    checkpoint = checkpoint_of((Piece.KICK,))

    def listen(self, conditioning: Conditioning) -> NDArray[np.float32]:
        return np.zeros((1, conditioning.num_beats), np.float32)

    def decode(
        self, context: NDArray[Any], code: NDArray[Any], given: GivenHits | None = None
    ) -> OnsetActivations:
        bar = np.zeros(48, np.float32)
        bar[::3] = np.where(code > 0, 0.9, 0.0)
        probability = np.tile(bar, context.shape[1] // 4)[None]
        return activations_of(probability)


def song_in_four() -> HalvedSong:
    """Sixteen bars whose bass plays 1, the and of 2, and 3."""
    strength = np.zeros((len(HEARD_ROLES), 16 * 48), np.float32)
    present = np.zeros(len(HEARD_ROLES), bool)
    bass = HEARD_ROLES.index(Role.BASS)
    present[bass] = True
    for tick in (0, 18, 24):
        strength[bass, tick::48] = 1.0
    beat = np.arange(64)
    heard = Conditioning(strength, present, beat % 4, np.full(64, 4), beat // 4)
    grid = BeatGrid(0.5 * np.arange(65.0), np.arange(65) % 4 + 1)
    silent = np.zeros((len(PIECES), 16 * 48), np.float32)
    return HalvedSong("four", heard, silent, grid, np.zeros(0))


@pytest.fixture(scope="module")
def presets() -> list[dict[str, Any]]:
    codes = np.random.default_rng(0).normal(size=(200, 16)).astype(np.float32)
    return make_presets(cast(Network, Sequencer()), codes, [song_in_four()], 0.3, np.zeros((9, 1)))


def test_presets_do_what_they_say(presets: list[dict[str, Any]]) -> None:
    song = song_in_four()
    for preset in presets:
        played = Sequencer().decode(np.zeros((1, 64)), np.array(preset["code"]))
        found = measure_pattern(likely_ticks(played.probability[0], 0.3), song.conditioning)
        for name, value in preset["measures"].items():
            assert getattr(found, name) == pytest.approx(value, abs=1e-3)
        assert f"{found.density:.1f} kicks a bar" in kick_description(preset["measures"])


def test_presets_are_twelve_from_sparse_to_dense(presets: list[dict[str, Any]]) -> None:
    assert len(presets) == NUM_PRESETS
    density = [preset["measures"]["density"] for preset in presets]
    assert density == sorted(density) and density[-1] > 1.5 * density[0]


def test_presets_are_typical_codes_of_songs(presets: list[dict[str, Any]]) -> None:
    codes = np.random.default_rng(0).normal(size=(200, 16)).astype(np.float32)
    length = np.linalg.norm(codes, axis=1)
    for preset in presets:
        gap = np.abs(codes - np.array(preset["code"], np.float32)).max(axis=1)
        assert gap.min() < 1e-4, "a code of the songs themselves"
        assert length[gap.argmin()] <= np.quantile(length, 0.8) + 1e-6


def test_presets_that_all_play_alike_are_still_presets() -> None:
    codes = 5 + np.random.default_rng(0).normal(size=(40, 16)).astype(np.float32)
    kits = np.zeros((9, 1))
    found = make_presets(cast(Network, Sequencer()), codes, [song_in_four()], 0.3, kits)
    assert [preset["measures"]["density"] for preset in found] == [16.0] * NUM_PRESETS


class Crasher(Sequencer):
    """The same, and half of the codes strike a crash on every sixteenth, the others a
    closed hat on every eighth."""

    checkpoint = checkpoint_of((Piece.KICK, Piece.CLOSED_HAT, Piece.CRASH))

    def decode(
        self, context: NDArray[Any], code: NDArray[Any], given: GivenHits | None = None
    ) -> OnsetActivations:
        kick = super().decode(context, code).probability[0]
        probability = np.stack([kick, np.zeros_like(kick), np.zeros_like(kick)])
        if code.sum() > 0:
            probability[2, ::3] = 0.9
        else:
            probability[1, ::6] = 0.9
        return activations_of(probability)


def test_a_preset_plays_a_kit_as_drummers_do() -> None:
    codes = np.random.default_rng(0).normal(size=(200, 16)).astype(np.float32)
    kits = np.tile([4.0, 8.0, 0.2], (9, 1))
    found = make_presets(cast(Network, Crasher()), codes, [song_in_four()], 0.3, kits)
    crashing = [preset for preset in found if sum(preset["code"]) > 0]
    assert len(crashing) <= 1, "only a cluster without any other may crash all the time"


def test_a_kit_is_strange_that_no_drummer_is_near_to() -> None:
    hats, ride = [8.0, 0.0, 0.3], [0.0, 8.0, 0.3]
    drummers = np.array([hats, ride] * 6)
    kits = np.array([hats, ride, [4.0, 4.0, 0.3], [0.0, 0.0, 4.0]])
    near, also, between, crashing = strangeness(kits, drummers)
    assert near == also == 0.0, "whoever plays as some do is not strange"
    assert 0 < between < crashing


def test_open_weights_count_open_songs_alone(
    tiny_run: Path, tiny_prepared: Path, tiny_config: TrainConfig, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "state.pt").write_bytes((tiny_run / "state.pt").read_bytes())
    replace(tiny_config, only_open=True).save(run / "config.json")
    weights = export(run, tiny_prepared, tmp_path / "out", name="open")
    assert weights.provenance["songs"] == 5 and weights.provenance["training"]["only_open"] is True
