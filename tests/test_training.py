"""Training learns, goes on after a kill as if nothing had happened, and repeats."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from drumnet.beats.grid import TICKS_PER_BEAT
from drumnet.corpus.ticksong import TickStore
from drumnet.errors import DataError
from drumnet.training.batches import Batches
from drumnet.training.config import ModelConfig, TrainConfig
from drumnet.training.loop import losses, one_cycle, plot_losses, to_heard, train
from drumnet.training.model import GatedAutoencoder, Heard, grow_from
from drumnet.training.simulate import HearingBank

TINY = ModelConfig(
    width=8, mapping_width=8, heard_dilations=(1,), played_dilations=(1,), decoder_dilations=(1, 2)
)
SHORT = TrainConfig(
    seed=3, steps=8, batch_songs=2, passage_beats=16, checkpoint_every=2, model=TINY
)
Weights = dict[str, torch.Tensor]


@pytest.fixture(scope="module", autouse=True)
def light() -> Iterator[None]:
    """One thread, and no picture of every run."""
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("drumnet.training.loop.plot_losses", lambda run: None)
        yield


def trained(prepared: Path, run: Path, config: TrainConfig = SHORT, **options: object) -> Weights:
    return train(prepared, run, config, **options).state_dict()  # type: ignore[arg-type]


def same(one: Weights, other: Weights) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)


class Killed(BaseException):
    """Stands for a kill: nothing in the code may catch it."""


def killed_at(prepared: Path, run: Path, at: int, config: TrainConfig = SHORT) -> None:
    def progress(step: int, _steps: int, _means: dict[str, float]) -> None:
        if step >= at:
            raise Killed

    with pytest.raises(Killed):
        train(prepared, run, config, progress=progress)


# ------------------------------------------------------------------ the run


def test_the_loss_falls(tiny_run: Path) -> None:
    with open(tiny_run / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == [25, 50, 75, 100, 125, 150]
    hits = [float(row["hits"]) for row in rows]
    assert hits[-1] < 0.35 * hits[0]
    assert float(rows[-1]["velocity"]) < 0.5 * float(rows[0]["velocity"])


def test_the_loss_is_drawn(tiny_run: Path, tmp_path: Path) -> None:
    from matplotlib.image import imread

    (tmp_path / "log.csv").write_bytes((tiny_run / "log.csv").read_bytes())
    plot_losses(tmp_path)
    drawn = imread(tmp_path / "loss.png")[:, :, :3].min(axis=2) < 0.9
    quarters = [half for rows in np.array_split(drawn, 2) for half in np.array_split(rows, 2, 1)]
    assert all(0.005 < quarter.mean() < 0.5 for quarter in quarters), "a curve in each of four"


@pytest.mark.parametrize("at", [2, 6])
def test_a_killed_run_goes_on_to_the_very_same_weights(
    tiny_prepared: Path, tmp_path: Path, at: int
) -> None:
    whole = trained(tiny_prepared, tmp_path / "whole")
    killed_at(tiny_prepared, tmp_path / "killed", at)
    assert same(trained(tiny_prepared, tmp_path / "killed", resume=True), whole)
    logs = [(tmp_path / name / "log.csv").read_text() for name in ("whole", "killed")]
    assert logs[0] == logs[1]


def test_a_run_killed_before_its_first_state_begins_again(
    tiny_prepared: Path, tmp_path: Path
) -> None:
    (tmp_path / "run").mkdir()
    SHORT.save(tmp_path / "run" / "config.json")
    resumed = trained(tiny_prepared, tmp_path / "run", resume=True)
    assert same(resumed, trained(tiny_prepared, tmp_path / "whole"))


def test_a_finished_run_that_is_resumed_stays_as_it_is(tiny_prepared: Path, tmp_path: Path) -> None:
    once = trained(tiny_prepared, tmp_path / "run")
    assert same(trained(tiny_prepared, tmp_path / "run", resume=True), once)


def test_a_resumed_run_keeps_its_configuration(tiny_prepared: Path, tmp_path: Path) -> None:
    whole = trained(tiny_prepared, tmp_path / "whole")
    killed_at(tiny_prepared, tmp_path / "run", 4)
    other = replace(SHORT, seed=9, learning_rate=1.0)
    assert same(trained(tiny_prepared, tmp_path / "run", other, resume=True), whole)


def test_a_run_may_start_from_another(tiny_prepared: Path, tmp_path: Path) -> None:
    """With nothing learned, the other run's weights are what comes out."""
    first = trained(tiny_prepared, tmp_path / "first")
    config = replace(SHORT, seed=5, learning_rate=0.0, start_from=str(tmp_path / "first"))
    assert same(trained(tiny_prepared, tmp_path / "second", config), first)


def test_a_run_cannot_start_from_nothing_or_another_model(
    tiny_prepared: Path, tmp_path: Path
) -> None:
    nothing = replace(SHORT, start_from=str(tmp_path / "none"))
    with pytest.raises(DataError, match=r"no '.*none.state\.pt' to start from"):
        trained(tiny_prepared, tmp_path / "run", nothing)
    assert not (tmp_path / "run").exists()
    trained(tiny_prepared, tmp_path / "first")
    wider = replace(SHORT.model, width=SHORT.model.width * 2)
    other = replace(SHORT, model=wider, start_from=str(tmp_path / "first"))
    with pytest.raises(DataError, match="another model"):
        trained(tiny_prepared, tmp_path / "run", other)


def test_a_run_may_start_from_a_smaller_model(tiny_prepared: Path, tmp_path: Path) -> None:
    """With nothing learned, it still plays what the smaller one played."""
    trained(tiny_prepared, tmp_path / "first")
    deeper = replace(SHORT.model, decoder_dilations=(*SHORT.model.decoder_dilations, 4))
    config = replace(
        SHORT, model=deeper, learning_rate=0.0, weight_decay=0.0, start_from=str(tmp_path / "first")
    )
    small = train(tiny_prepared, tmp_path / "first", SHORT, resume=True).eval()
    grown = train(tiny_prepared, tmp_path / "second", config).eval()
    assert played_by(grown) == played_by(small)


def test_the_seed_decides(tiny_prepared: Path, tmp_path: Path) -> None:
    one, two, other = (
        trained(tiny_prepared, tmp_path / name, replace(SHORT, seed=seed))
        for name, seed in (("one", 3), ("two", 3), ("other", 4))
    )
    assert same(one, two)
    assert not same(one, other)


def test_training_on_open_songs_never_sees_the_others(tiny_prepared: Path, tmp_path: Path) -> None:
    """The same weights come out where the other songs are not even there."""
    store = TickStore.load(tiny_prepared / "songs.npz")
    assert 0 < len(store.where(open=True)) < len(store)
    (tmp_path / "open").mkdir()
    store.where(open=True).save(tmp_path / "open" / "songs.npz")
    HearingBank({}).save(tmp_path / "open" / "hearings_open.npz")
    config = replace(SHORT, only_open=True)
    with_others = trained(tiny_prepared, tmp_path / "a", config)
    assert same(trained(tmp_path / "open", tmp_path / "b", config), with_others)
    assert not same(trained(tiny_prepared, tmp_path / "c"), with_others)


def test_a_run_is_not_overwritten(tiny_prepared: Path, tmp_path: Path) -> None:
    trained(tiny_prepared, tmp_path / "run", replace(SHORT, steps=1))
    with pytest.raises(DataError, match="holds a run already: go on with --resume"):
        train(tiny_prepared, tmp_path / "run", SHORT)


def test_without_songs_there_is_nothing_to_train_on(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no prepared songs"):
        train(tmp_path, tmp_path / "one", SHORT)
    TickStore([]).save(tmp_path / "songs.npz")
    HearingBank({}).save(tmp_path / "hearings.npz")
    with pytest.raises(DataError, match="has no song to train on"):
        train(tmp_path, tmp_path / "two", SHORT)


def test_the_learning_rate_rises_for_a_tenth_and_falls_to_nothing() -> None:
    config = replace(SHORT, steps=100, learning_rate=2e-3)
    rates = np.array([one_cycle(step, config) for step in range(100)])
    assert rates[10] == rates.max() == pytest.approx(2e-3)
    assert (np.diff(rates[:10]) > 0).all() and (np.diff(rates[10:]) < 0).all()
    assert rates[0] == pytest.approx(2e-4) and rates[-1] < 1e-5
    assert one_cycle(0, replace(config, steps=1)) > 0


# ------------------------------------------------------------------ configuration


def test_a_configuration_that_is_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    config = replace(SHORT, kl_weight=1e-7, model=replace(TINY, pieces=("kick", "snare")))
    config.save(tmp_path / "config.json")
    assert TrainConfig.load(tmp_path / "config.json") == config


def test_unknown_settings_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="TrainConfig has no setting 'learning_rat'"):
        TrainConfig.from_dict({"learning_rat": 1})
    with pytest.raises(DataError, match="ModelConfig has no setting 'depth'"):
        TrainConfig.from_dict({"model": {"depth": 3}})
    with pytest.raises(DataError, match=r"config\.json' is no training configuration"):
        TrainConfig.load(tmp_path / "config.json")


# ------------------------------------------------------------------ the model


def random_heard(num_beats: int, seed: int = 0) -> Heard:
    generator = torch.Generator().manual_seed(seed)
    beat = torch.arange(num_beats)[None]
    return Heard(
        torch.rand(1, 9, num_beats * TICKS_PER_BEAT, generator=generator),
        torch.ones(1, 9),
        beat % 4,
        torch.full((1, num_beats), 4),
        beat // 4,
    )


def model_of(config: ModelConfig = TINY) -> GatedAutoencoder:
    torch.manual_seed(0)
    return GatedAutoencoder(config).eval()


def test_what_is_played_depends_on_the_beats_around_and_no_others() -> None:
    """Dilations 1, and 1 and 2: four beats either side, and not one more."""
    model = model_of()
    heard = random_heard(40)
    changed = heard._replace(strength=heard.strength.clone())
    changed.strength[:, :, 20 * 12 : 21 * 12] = 0.0
    code = torch.randn(1, 16)
    with torch.no_grad():
        one, other = (model.decode(model.listen(x), code).logit[0, 0] for x in (heard, changed))
    beats = (one - other).abs().reshape(-1, 12).amax(dim=1)
    reached = torch.nonzero(beats > 1e-7).reshape(-1).tolist()
    assert reached == list(range(16, 25))


def test_a_bar_later_is_the_same_music() -> None:
    """A passage that begins four bars later in its phrase sounds the same."""
    model = model_of()
    heard = random_heard(24)
    later = heard._replace(bar=heard.bar + 4)
    with torch.no_grad():
        assert torch.equal(model.listen(heard), model.listen(later))
        assert not torch.equal(model.listen(heard), model.listen(heard._replace(bar=heard.bar + 1)))


def test_the_code_of_a_passage_that_is_repeated_is_the_same() -> None:
    """The mean over time: four times the same bars are the same style, but for
    the ends, which the convolutions see."""
    model = model_of()
    heard = random_heard(16)
    velocity = (torch.rand(1, 1, 192, generator=torch.Generator().manual_seed(1)) > 0.8).float()

    def code(times: int) -> torch.Tensor:
        long = Heard(
            heard.strength.repeat(1, 1, times),
            heard.present,
            heard.beat_in_bar.repeat(1, times),
            heard.bar_length.repeat(1, times),
            heard.bar.repeat(1, times),
        )
        return model.encode(model.listen(long), velocity.repeat(1, 1, times))[0]

    with torch.no_grad():
        other = model.encode(model.listen(heard), 1 - velocity)[0]
        apart = (code(1) - other).norm()
        assert (code(8) - code(4)).norm() < 0.05 * apart


def test_a_role_that_is_silent_is_not_a_role_that_is_hidden() -> None:
    model = model_of()
    heard = random_heard(16)
    present = heard.present.clone()
    present[0, 3] = 0.0
    silent = heard.strength.clone()
    silent[:, 3] = 0.0
    with torch.no_grad():
        given_but_silent = model.listen(heard._replace(strength=silent))
        hidden = model.listen(heard._replace(strength=silent, present=present))
    assert (given_but_silent - hidden).abs().max() > 1e-3


def test_velocities_and_offsets_stay_in_their_ranges() -> None:
    model = model_of()
    with torch.no_grad():
        played = model.decode(50 * model.listen(random_heard(16)), 50 * torch.randn(1, 16))
    assert played.velocity.min() >= 0 and played.velocity.max() <= 1
    assert played.offset.min() >= -0.5 and played.offset.max() <= 0.5


def played_by(model: GatedAutoencoder) -> list[list[float]]:
    """The code of a passage, and what another code plays to it."""
    heard = random_heard(16)
    generator = torch.Generator().manual_seed(1)
    velocity = (torch.rand(1, 1, 192, generator=generator) > 0.8).float()
    with torch.no_grad():
        u = model.listen(heard)
        mean, log_variance = model.encode(u, velocity)
        played = model.decode(u, torch.randn(1, 16, generator=generator))
    return [part.reshape(-1).tolist() for part in (mean, log_variance, *played)]


@pytest.mark.parametrize("part", ["heard_dilations", "played_dilations", "decoder_dilations"])
def test_a_grown_model_computes_exactly_what_the_small_one_did(part: str) -> None:
    small = model_of()
    deeper: dict[str, object] = {part: (*getattr(TINY, part), 4, 8)}
    torch.manual_seed(7)
    grown = GatedAutoencoder(replace(TINY, **deeper)).eval()
    assert played_by(grown) != played_by(small)
    grow_from(grown, small.state_dict())
    assert played_by(grown) == played_by(small)


def test_the_blocks_that_a_model_grows_can_learn() -> None:
    """They do nothing, but are not dead: what they begin with moves."""
    grown = GatedAutoencoder(replace(TINY, decoder_dilations=(1, 2, 4)))
    grow_from(grown, model_of().state_dict())
    u = grown.listen(random_heard(16))
    grown.decode(u, torch.randn(1, 16)).logit.square().sum().backward()
    mix = grown.decode.blocks[2].get_parameter("mix.weight")
    assert not mix.any() and mix.grad is not None and mix.grad.abs().max() > 0


@pytest.mark.parametrize(
    "other",
    [
        replace(TINY, width=16),
        replace(TINY, pieces=("kick", "snare")),
        replace(TINY, decoder_dilations=(1, 2, 4)),
        replace(TINY, code_size=8),
    ],
    ids=["wider", "more pieces", "deeper", "smaller codes"],
)
def test_a_foreign_model_is_no_smaller_one(other: ModelConfig) -> None:
    with pytest.raises(RuntimeError):
        grow_from(model_of(TINY), model_of(other).state_dict())


def test_weights_that_lack_more_than_blocks_are_foreign() -> None:
    weights = {name: w for name, w in model_of().state_dict().items() if name != "encode.code.bias"}
    with pytest.raises(RuntimeError, match=r"of another model: encode\.code\.bias"):
        grow_from(model_of(), weights)


def test_several_pieces_are_a_configuration(tiny_prepared: Path, tmp_path: Path) -> None:
    """Kick and snare: the snare of the tiny corpus is on 2 and 4."""
    config = replace(
        SHORT,
        steps=60,
        learning_rate=0.02,
        average=0.5,
        looped=0.0,
        model=replace(TINY, pieces=("kick", "snare")),
    )
    model = train(tiny_prepared, tmp_path / "run", config).eval()
    store = TickStore.load(tiny_prepared / "songs.npz").where(split="train")
    batch = Batches(store, HearingBank({}), config).batch(1000)
    with torch.no_grad():
        u = model.listen(to_heard(batch, torch.device("cpu")))
        mean, _ = model.encode(u, torch.from_numpy(batch.velocity))
        snare = model.decode(u, mean).logit[:, 1].reshape(len(u), -1, 12)
    backbeat = torch.from_numpy(batch.beat_in_bar % 2 == 1)
    assert snare[:, :, 0][backbeat].mean() > snare[:, :, 0][~backbeat].mean() + 1
    assert snare[:, :, 1:].mean() < -2


# ------------------------------------------------------------------ the loss


def test_every_weight_learns(tiny_prepared: Path) -> None:
    config = replace(SHORT, batch_songs=4, cross_passage=0.5, no_code=0.0)
    store = TickStore.load(tiny_prepared / "songs.npz")
    model = model_of()
    batch = Batches(store, HearingBank({}), config).batch(0)
    losses(model, batch, config, torch.Generator().manual_seed(0)).total.backward()
    still = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert still == []


def test_in_bfloat16_the_losses_and_their_slopes_are_nearly_the_same(tiny_prepared: Path) -> None:
    """Eight bits of mantissa: within a percent or so; weights stay in float32."""
    config = replace(SHORT, batch_songs=4, no_code=0.0)
    store = TickStore.load(tiny_prepared / "songs.npz")
    batch = Batches(store, HearingBank({}), config).batch(0)
    found, slopes = [], []
    for bfloat16 in (False, True):
        model = model_of()
        generator = torch.Generator().manual_seed(0)
        parts = losses(model, batch, replace(config, bfloat16=bfloat16), generator)
        assert all(part.dtype == torch.float32 for part in parts)
        parts.total.backward()
        found.append([float(part.detach()) for part in parts])
        slopes.append(torch.cat([p.grad.reshape(-1) for p in model.parameters()]))  # type: ignore[union-attr]
        assert all(p.dtype == torch.float32 for p in model.parameters())
    assert found[0] != found[1], "it is computed otherwise"
    np.testing.assert_allclose(found[1], found[0], rtol=0.03)
    assert torch.cosine_similarity(*slopes, dim=0) > 0.99


def test_a_run_in_bfloat16_learns_and_repeats(tiny_prepared: Path, tmp_path: Path) -> None:
    config = replace(SHORT, steps=20, learning_rate=0.02, bfloat16=True)
    one = trained(tiny_prepared, tmp_path / "one", config)
    assert same(one, trained(tiny_prepared, tmp_path / "two", config))
    assert all(torch.isfinite(weight).all() for weight in one.values())
    with open(tmp_path / "one" / "log.csv", newline="") as file:
        hits = [float(row["hits"]) for row in csv.DictReader(file)]
    assert hits[-1] < 0.8 * hits[0]


def test_without_a_code_the_drums_teach_the_encoder_nothing(tiny_prepared: Path) -> None:
    config = replace(SHORT, no_code=1.0, kl_weight=0.0)
    store = TickStore.load(tiny_prepared / "songs.npz")
    model = model_of()
    batch = Batches(store, HearingBank({}), config).batch(0)
    losses(model, batch, config, torch.Generator().manual_seed(0)).total.backward()
    assert not any(p.grad is not None and p.grad.any() for p in model.encode.parameters())
    assert any(p.grad is not None and p.grad.any() for p in model.decode.parameters())


@pytest.mark.parametrize("crossed", [0.0, 1.0])
def test_a_crossed_passage_is_told_by_its_partners_drums(
    tiny_prepared: Path, crossed: float
) -> None:
    """Of two passages, the drums of the first are wiped out in the encoder's
    eyes: uncrossed, only its own prediction changes; crossed, only the other's."""
    config = replace(SHORT, batch_songs=1, cross_passage=crossed, no_code=0.0, looped=0.0)
    store = TickStore.load(tiny_prepared / "songs.npz")
    batch = Batches(store, HearingBank({}), config).batch(0)
    model = model_of()
    codes: list[torch.Tensor] = []
    decode = model.decode.forward

    def spy(u: torch.Tensor, code: torch.Tensor) -> object:
        codes.append(code.detach())
        return decode(u, code)

    model.decode.forward = spy  # type: ignore[assignment]
    wiped = batch.velocity.copy()
    wiped[0] = 0.0
    for velocity in (batch.velocity, wiped):
        generator = torch.Generator().manual_seed(0)
        losses(model, batch._replace(velocity=velocity), config, generator)
    changed = (codes[0] - codes[1]).abs().amax(dim=1) > 1e-6
    assert changed.tolist() == ([False, True] if crossed else [True, False])
