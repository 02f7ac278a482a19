"""What was learned of hearing is heard again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.errors import DataError
from drumnet.training.drummer.simulate import Hearing, HearingBank, SimulationConfig, learn_hearing

#: Nothing varies but what was learned.
PLAIN = SimulationConfig(jitter=0.0, gain=1.0, missed=0.0, bleed=0.0)


def onsets(num_ticks: int = 4800, every: int = 6) -> NDArray[np.float32]:
    events = np.zeros(num_ticks, np.float32)
    events[::every] = 1.0
    return events


def kinds(events: NDArray[np.float32]) -> tuple[NDArray[np.bool_], ...]:
    """Ticks with an onset, beside one, and elsewhere."""
    on = events > 0
    beside = np.convolve(on, [1, 1, 1], "same").astype(bool) & ~on
    return on, beside, ~on & ~beside


def learnt(events: NDArray[np.float32], heard: NDArray[np.float32]) -> Hearing:
    hearing = learn_hearing(events, heard)
    assert hearing is not None
    return hearing


def test_a_hearing_without_spread_is_repeated_exactly() -> None:
    events = onsets()
    on, beside, _ = kinds(events)
    heard = np.select([on, beside], [0.75, 0.25], 0.0625).astype(np.float32)
    bank = HearingBank({"bass": [learnt(events, heard)]})
    found = bank.simulate("bass", events, np.random.default_rng(0), PLAIN)
    np.testing.assert_array_equal(found, heard)


def test_a_hearing_with_spread_is_repeated_in_its_quantiles() -> None:
    events = onsets()
    rng = np.random.default_rng(1)
    on, beside, elsewhere = kinds(events)
    heard = np.select(
        [on, beside], [rng.beta(5, 2, 4800), rng.beta(2, 5, 4800)], 0.3 * rng.random(4800) ** 3
    ).astype(np.float32)
    bank = HearingBank({"bass": [learnt(events, heard)]})
    found = bank.simulate("bass", events, np.random.default_rng(2), PLAIN)
    for kind in (on, beside, elsewhere):
        for share in (0.05, 0.25, 0.5, 0.75, 0.95):
            wanted = np.quantile(heard[kind], share)
            assert np.quantile(found[kind], share) == pytest.approx(wanted, abs=0.05)


def test_other_onsets_are_heard_in_the_learned_way() -> None:
    events = onsets()
    on, beside, _ = kinds(events)
    heard = np.select([on, beside], [1.0, 0.5], 0.0).astype(np.float32)
    bank = HearingBank({"bass": [learnt(events, heard)]})
    other = np.zeros(96, np.float32)
    other[[10, 40, 41]] = 1.0
    found = bank.simulate("bass", other, np.random.default_rng(0), PLAIN)
    expected = {9: 0.5, 10: 1.0, 11: 0.5, 39: 0.5, 40: 1.0, 41: 1.0, 42: 0.5}
    assert {t: found[t] for t in np.flatnonzero(found)} == expected


def test_a_role_is_heard_by_its_own_ears_and_an_unknown_one_by_any() -> None:
    events = onsets()
    loud, soft = events, 0.25 * events
    bank = HearingBank({"bass": [learnt(events, loud)], "keys": [learnt(events, soft)]})
    for seed in range(5):
        rng = np.random.default_rng(seed)
        assert bank.simulate("bass", events, rng, PLAIN).max() == 1.0
        assert bank.simulate("keys", events, rng, PLAIN).max() == 0.25
    rng = np.random.default_rng(0)
    peaks = {float(bank.simulate("vocals", events, rng, PLAIN).max()) for _ in range(20)}
    assert peaks == {1.0, 0.25}


def test_jitter_moves_onsets_by_a_tick_and_loses_none() -> None:
    events = onsets()
    bank = HearingBank({"bass": [learnt(events, events)]})
    config = SimulationConfig(jitter=0.5, gain=1.0, missed=0.0)
    moved = []
    for seed in range(20):
        found = np.flatnonzero(bank.simulate("bass", events, np.random.default_rng(seed), config))
        gap = np.abs(found[:, None] - np.flatnonzero(events)).min(axis=1)
        assert len(found) == 800 and gap.max() <= 1
        moved.append(gap.mean())
    assert min(moved) < 0.1 and 0.35 < max(moved) < 0.6, "up to half of them"


def test_missed_onsets_are_not_heard() -> None:
    events = onsets()
    bank = HearingBank({"bass": [learnt(events, events)]})
    config = SimulationConfig(jitter=0.0, gain=1.0, missed=0.4)
    heard = [
        np.count_nonzero(bank.simulate("bass", events, np.random.default_rng(seed), config)) / 800
        for seed in range(20)
    ]
    assert 0.55 < min(heard) < 0.75 and max(heard) > 0.9


def test_the_level_varies_by_the_gain_either_way_but_not_over_1() -> None:
    events = onsets()
    bank = HearingBank({"bass": [learnt(events, 0.5 * events)]})
    config = SimulationConfig(jitter=0.0, gain=4.0, missed=0.0)
    levels = [
        float(bank.simulate("bass", events, np.random.default_rng(seed), config).max())
        for seed in range(40)
    ]
    assert 0.125 <= min(levels) < 0.2 and max(levels) == 1.0


def test_the_same_seed_hears_the_same() -> None:
    events = onsets()
    rng = np.random.default_rng(0)
    heard = (events * rng.random(4800)).astype(np.float32)
    bank = HearingBank({"bass": [learnt(events, heard)]})
    one, same, other = (
        bank.simulate("bass", events, np.random.default_rng(seed), SimulationConfig())
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_a_few_onsets_teach_nothing() -> None:
    few = np.zeros(4800, np.float32)
    few[:230:10] = 1.0  # 23 of them
    assert learn_hearing(few, few) is None
    few[230] = 1.0
    assert learn_hearing(few, few) is not None
    everywhere = np.ones(4800, np.float32)
    assert learn_hearing(everywhere, everywhere) is None


def test_a_bank_that_is_saved_and_loaded_hears_the_same(tmp_path: Path) -> None:
    events = onsets()
    rng = np.random.default_rng(0)
    hearings = [learnt(events, rng.random(4800).astype(np.float32)) for _ in range(3)]
    bank = HearingBank({"bass": hearings[:2], "other": hearings[2:], "keys": []})
    bank.save(tmp_path / "hearings.npz")
    loaded = HearingBank.load(tmp_path / "hearings.npz")
    assert len(loaded) == 3
    for role in ("bass", "other", "keys"):
        one, two = (
            each.simulate(role, events, np.random.default_rng(5), SimulationConfig())
            for each in (bank, loaded)
        )
        np.testing.assert_array_equal(one, two)
    with pytest.raises(DataError, match=r"none\.npz' holds no hearings"):
        HearingBank.load(tmp_path / "none.npz")
    HearingBank({}).save(tmp_path / "empty.npz")
    assert len(HearingBank.load(tmp_path / "empty.npz")) == 0
