"""What counts in training, and what does not, told by a model that always plays the same."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from drumnet.training.drummer.batches import Batch
from drumnet.training.drummer.config import ModelConfig, TrainConfig
from drumnet.training.drummer.losses import Losses, as_given, losses
from drumnet.training.drummer.model import (
    GatedAutoencoder,
    GivenHits,
    Heard,
    OnsetActivations,
    Played,
)
from drumnet.training.drummer.windows import WINDOW_BEATS, WindowBatch

NAMES = ("kick", "snare", "ride")
KICK, SNARE, RIDE = range(3)
CONFIG = TrainConfig(kl_weight=0.0, model=ModelConfig(pieces=NAMES))
BEATS = 8
TICKS = 12 * BEATS


class Same(nn.Module):
    """It plays what it is made with; what it is shown is kept.

    Args:
        played: of the activations, those that are not 0, each (3,) or a number.
    """

    def __init__(self, **played: float | list[float]) -> None:
        super().__init__()
        made = {}
        for name in OnsetActivations._fields:
            value = torch.tensor(played.get(name, 0.0), dtype=torch.float32)
            made[name] = nn.Parameter(value.reshape(-1, 1) + torch.zeros(len(NAMES), TICKS))
        self.played = nn.ParameterDict(made)
        self.heard: list[Heard] = []
        self.seen: list[Played] = []
        self.codes: list[Tensor] = []
        self.given: list[GivenHits] = []
        self.dropout = nn.Dropout(0.1)
        self.dropped: list[float] = []

    def listen(self, heard: Heard) -> Tensor:
        self.heard.append(heard)
        return torch.zeros(len(heard.strength), 1, heard.beat_in_bar.shape[1])

    def encode(self, u: Tensor, played: Played) -> tuple[Tensor, Tensor]:
        self.seen.append(played)
        return torch.ones(len(u), 16), torch.zeros(len(u), 16)

    def decode(self, u: Tensor, code: Tensor, given: GivenHits) -> OnsetActivations:
        self.codes.append(code)
        self.given.append(given)
        self.dropped.append(self.dropout.p)
        return OnsetActivations(
            *(self.played[name].expand(len(u), -1, -1) for name in OnsetActivations._fields)
        )

    def slope(self, name: str) -> Tensor:
        """(3, TICKS) where the loss would have this otherwise."""
        grad = self.played[name].grad
        return torch.zeros(len(NAMES), TICKS) if grad is None else grad


def batch_of(hits: dict[int, list[int]], velocity: float = 0.8, offset: float = 0.0) -> Batch:
    """Two passages alike, with these hits of the pieces; all is asked for, nothing is
    known, and a person played it."""
    played = np.zeros((2, len(NAMES), TICKS), np.float32)
    for row, ticks in hits.items():
        played[:, row, ticks] = velocity
    beat = np.tile(np.arange(BEATS), (2, 1))
    return Batch(
        strength=np.zeros((2, 9, TICKS), np.float32),
        present=np.zeros((2, 9), np.float32),
        beat_in_bar=beat % 4,
        bar_length=np.full_like(beat, 4),
        bar=beat // 4,
        velocity=played,
        offset=np.where(played > 0, np.float32(offset), np.float32(0)),
        seen=np.ones((2, len(NAMES)), np.float32),
        known=np.zeros((2, len(NAMES) + 1, BEATS), np.float32),
        asked=np.ones((2, len(NAMES), BEATS), np.float32),
        human=np.ones((2, 2), np.float32),
        coded=np.ones(2, np.float32),
    )


def asking(batch: Batch, *pieces: int) -> Batch:
    asked = np.zeros_like(batch.asked)
    asked[:, list(pieces)] = 1.0
    return batch._replace(asked=asked)


def found(
    model: Same, batch: Batch, windows: WindowBatch | None = None, config: TrainConfig = CONFIG
) -> Losses:
    generator = torch.Generator().manual_seed(0)
    parts = losses(cast(GatedAutoencoder, model), batch, windows, config, generator)
    model.zero_grad()
    parts.total.backward()  # type: ignore[no-untyped-call]
    return Losses(*(part.detach() for part in parts))


# ------------------------------------------------------------------ hits


def test_hits_are_counted_in_nats_a_tick_of_the_pieces_asked_for() -> None:
    """Not knowing at all costs log 2 for every piece."""
    batch = batch_of({KICK: [0, 24], SNARE: [12]})
    unsure = Same()
    assert float(found(unsure, batch).hits) == pytest.approx(3 * np.log(2), rel=1e-5)
    assert float(found(unsure, asking(batch, SNARE)).hits) == pytest.approx(np.log(2), rel=1e-5)


def test_a_hit_that_is_wanted_pulls_up_and_every_other_tick_down() -> None:
    model = Same()
    found(model, batch_of({KICK: [0, 24], SNARE: [12]}))
    up = torch.nonzero(model.slope("logit") < 0).tolist()
    assert up == [[KICK, 0], [KICK, 24], [SNARE, 12]]
    assert (model.slope("logit") != 0).all()


def test_what_is_not_asked_for_teaches_nothing() -> None:
    """Whether the ride is hit or not, the loss and all its slopes are the same."""
    slopes, totals = [], []
    for ride in ([], [6, 30, 90]):
        batch = batch_of({KICK: [0, 24], RIDE: ride})
        batch.seen[:, RIDE] = 0.0
        model = Same(logit=-1.0, offset=0.1, velocity=0.3)
        totals.append(float(found(model, asking(batch, KICK, SNARE)).total))
        slopes.append([model.slope(name) for name in OnsetActivations._fields])
    assert totals[0] == totals[1]
    for one, other in zip(*slopes, strict=True):
        assert torch.equal(one, other)
        assert not one[RIDE].any()


def test_a_bar_that_is_known_teaches_nothing_but_its_neighbour_does() -> None:
    batch = batch_of({KICK: [0, 48], SNARE: [12, 60]})
    batch.known[:, :3, :4] = 1.0
    batch.asked[:, :, :4] = 0.0
    model = Same(velocity=0.2)
    found(model, batch)
    for name in ("logit", "velocity", "log_velocity_spread"):
        assert not model.slope(name)[:, :48].any()
        assert model.slope(name)[:, 48:].any()


# ------------------------------------------------------------------ loudness and timing


def test_velocity_and_offset_are_mean_errors_of_the_hits() -> None:
    batch = batch_of({KICK: [0, 24], SNARE: [12]}, velocity=0.8, offset=0.4)
    parts = found(Same(velocity=[0.5, 0.5, 0.0], offset=[0.1, 0.4, 1.5]), batch)
    assert float(parts.velocity) == pytest.approx(0.3, abs=1e-6)
    assert float(parts.offset) == pytest.approx((0.3 + 0.3 + 0.0) / 3, abs=1e-6)


@pytest.mark.parametrize(("kind", "name"), [(0, "velocity"), (1, "offset")])
def test_where_no_person_played_there_is_nothing_to_learn_of_it(kind: int, name: str) -> None:
    """Charts have one velocity for everything, and sequences no feel."""
    batch = batch_of({KICK: [0, 24], SNARE: [12]}, offset=0.4)
    batch.human[:, kind] = 0.0
    model, other = Same(), ("offset", "velocity")[kind]
    parts = found(model, batch)
    assert float(getattr(parts, name)) == 0.0 and float(getattr(parts, other)) > 0
    for part in (name, f"log_{name}_spread"):
        assert not model.slope(part).any()
    assert model.slope(other).any() and model.slope("logit").any()


def test_only_hits_have_a_velocity_and_an_offset() -> None:
    model = Same()
    found(model, batch_of({SNARE: [12, 13]}, offset=0.4))
    for name in ("velocity", "offset", "log_velocity_spread", "log_offset_spread"):
        assert torch.nonzero(model.slope(name)).tolist() == [[SNARE, 12], [SNARE, 13]]


@pytest.mark.parametrize("name", ["velocity", "offset"])
def test_the_best_spread_is_how_far_people_are_off(name: str) -> None:
    """They play 0.25 beside what the model says, so that is its best spread."""
    told = {"velocity": 0.55, "offset": -0.25}[name]
    batch = batch_of({KICK: [0, 24, 48]}, velocity=0.8, offset=0.0)

    def total(spread: float) -> float:
        played = {"velocity": 0.8, name: told, f"log_{name}_spread": float(np.log(spread))}
        return float(found(Same(**played), batch).total)

    best = total(0.25)
    assert all(best < total(spread) for spread in (0.1, 0.2, 0.3, 0.6))


# ------------------------------------------------------------------ what is given


def test_the_tap_is_the_loudest_of_each_tick() -> None:
    velocity = torch.zeros(1, 3, 24)
    offset = torch.zeros(1, 3, 24)
    velocity[0, KICK, [0, 12]] = torch.tensor([0.9, 0.3])
    velocity[0, RIDE, [0, 12, 18]] = torch.tensor([0.4, 0.5, 0.2])
    offset[0, KICK], offset[0, RIDE] = 0.1, -0.2
    given = as_given(velocity, offset, torch.ones(1, 4, 2))
    tap = given.velocity[0, -1]
    assert torch.nonzero(tap).reshape(-1).tolist() == [0, 12, 18]
    assert tap[[0, 12, 18]].tolist() == pytest.approx([0.9, 0.5, 0.2])
    assert given.offset[0, -1, [0, 12, 18]].tolist() == pytest.approx([0.1, -0.2, -0.2])
    assert torch.equal(given.velocity[:, :3], velocity)


def test_what_is_not_known_is_not_shown() -> None:
    velocity, offset = torch.rand(1, 3, 48), torch.rand(1, 3, 48)
    known = torch.zeros(1, 4, 4)
    known[0, SNARE] = 1.0
    known[0, RIDE, 2] = 1.0
    given = as_given(velocity, offset, known)
    for part, whole in ((given.velocity, velocity), (given.offset, offset)):
        assert torch.equal(part[0, SNARE], whole[0, SNARE])
        assert torch.equal(part[0, RIDE, 24:36], whole[0, RIDE, 24:36])
        assert not part[0, KICK].any() and not part[0, -1].any()
        assert not part[0, RIDE, :24].any() and not part[0, RIDE, 36:].any()


def test_the_model_is_given_what_the_batch_says_is_known() -> None:
    batch = batch_of({KICK: [0], SNARE: [12], RIDE: [0, 6]})
    batch.known[:, [SNARE, -1]] = 1.0
    batch.seen[:, RIDE] = 0.0
    model = Same()
    found(model, asking(batch, KICK))
    velocity = model.given[0].velocity
    assert torch.nonzero(velocity[0]).tolist() == [[SNARE, 12], [3, 0], [3, 6], [3, 12]]
    assert model.seen[0].seen.tolist() == [[1.0, 1.0, 0.0]] * 2


def test_a_passage_without_a_code_is_played_with_the_zero_code() -> None:
    model = Same()
    found(model, batch_of({KICK: [0]})._replace(coded=np.array([0, 1], np.float32)))
    assert not model.codes[0][0].any() and model.codes[0][1].any()


# ------------------------------------------------------------------ windows


def windows_of(hits: dict[int, list[int]], known: list[int], count: int = 4) -> WindowBatch:
    batch = batch_of(hits, offset=0.3)
    played = [np.repeat(part[:1], count, axis=0) for part in (batch.velocity, batch.offset)]
    told = np.zeros((count, len(NAMES) + 1, WINDOW_BEATS), np.float32)
    told[:, [*known, -1]] = 1.0
    return WindowBatch(*played, told)


def test_in_a_window_nothing_is_heard_but_the_drums_that_are_given() -> None:
    model = Same()
    found(model, batch_of({}), windows_of({KICK: [0], SNARE: [12]}, [SNARE]))
    heard, given = model.heard[1], model.given[1]
    assert not heard.strength.any() and not heard.present.any() and not model.codes[1].any()
    assert heard.beat_in_bar[0].tolist() == [0, 1, 2, 3] * 2
    assert heard.bar[0].tolist() == [0] * 4 + [1] * 4
    assert torch.nonzero(given.velocity[0]).tolist() == [[SNARE, 12], [3, 0], [3, 12]]
    assert given.offset[0, 3, [0, 12]].tolist() == pytest.approx([0.3, 0.3])
    assert len(model.seen) == 1, "a window has no style"


def test_a_window_asks_for_the_pieces_that_are_not_known() -> None:
    model = Same()
    silent = asking(batch_of({}))
    parts = found(model, silent, windows_of({KICK: [0], SNARE: [12]}, [SNARE]))
    assert float(parts.windows) == pytest.approx(2 * np.log(2), rel=1e-5)
    assert not model.slope("logit")[SNARE].any()
    assert torch.nonzero(model.slope("velocity")).tolist() == [[KICK, 0]]


def test_a_windows_tick_weighs_as_much_as_a_songs() -> None:
    """Two passages of the same length, and two windows: the loss is twice as much."""
    hits = {KICK: [0, 48], SNARE: [12]}
    batch = batch_of(hits, offset=0.3)
    alone = float(found(Same(), batch).total)
    for count in (2, 6):
        both = float(found(Same(), batch, windows_of(hits, [], count)).total)
        assert both == pytest.approx((1 + count / 2) * alone, rel=1e-5)


@pytest.mark.parametrize(("wanted", "dropped"), [(0.3, [0.1, 0.3]), (0.0, [0.1, 0.1])])
def test_more_drops_out_in_windows_than_in_songs(wanted: float, dropped: list[float]) -> None:
    model = Same()
    found(model, batch_of({}), windows_of({}, []), replace(CONFIG, windows_dropout=wanted))
    assert model.dropped == dropped
    assert model.dropout.p == 0.1


def test_without_windows_they_cost_nothing() -> None:
    assert float(found(Same(), batch_of({KICK: [0]})).windows) == 0.0


def test_the_weights_of_the_parts_are_the_configurations() -> None:
    batch = batch_of({KICK: [0, 24]}, offset=0.4)

    def total(**weights: float) -> float:
        config = replace(CONFIG, **weights)  # type: ignore[arg-type]
        return float(found(Same(), batch, config=config).total)

    parts = found(Same(), batch)
    bare = total(velocity_weight=0.0, offset_weight=0.0)
    assert bare == pytest.approx(float(parts.hits))
    assert total(velocity_weight=2.0, offset_weight=0.0) - bare == pytest.approx(
        2 * (total(velocity_weight=1.0, offset_weight=0.0) - bare), rel=1e-3
    )
    assert total(kl_weight=1.0) - total() == pytest.approx(float(parts.kl), rel=1e-5)
