"""Training learns, goes on after a kill as if nothing had happened, and repeats."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from drumnet.corpus.ticksong import TickStore
from drumnet.errors import DataError
from drumnet.hits import Piece
from drumnet.training.drummer.batches import Batches
from drumnet.training.drummer.config import ModelConfig, TrainConfig
from drumnet.training.drummer.loop import one_cycle, plot_losses, train
from drumnet.training.drummer.model import GatedAutoencoder, GivenHits, Heard, Played
from drumnet.training.drummer.simulate import HearingBank
from drumnet.training.drummer.starting import starting_weights

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
        patch.setattr("drumnet.training.drummer.loop.plot_losses", lambda run: None)
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
    assert hits[-1] < 0.4 * hits[0]
    # Nobody played these songs: of velocities, timing and feel they teach nothing.
    assert {row[name] for row in rows for name in ("velocity", "offset", "windows")} == {"0.0"}


def test_the_loss_is_drawn(tiny_run: Path, tmp_path: Path) -> None:
    from matplotlib.image import imread

    (tmp_path / "log.csv").write_bytes((tiny_run / "log.csv").read_bytes())
    plot_losses(tmp_path)
    drawn = imread(tmp_path / "loss.png")[:, :, :3].min(axis=2) < 0.9
    parts = [part for rows in np.array_split(drawn, 2) for part in np.array_split(rows, 3, 1)]
    shares = [part.mean() for part in parts]
    assert all(0.005 < share < 0.5 for share in shares[:5]), "a curve in each of five"


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


@pytest.mark.filterwarnings("ignore:This DataLoader will create")  # on one core
@pytest.mark.parametrize("loaders", [0, 2])
def test_however_many_processes_make_batches_the_weights_are_the_same(
    tiny_prepared: Path, tmp_path: Path, loaders: int
) -> None:
    several = trained(tiny_prepared, tmp_path / "several", loaders=loaders)
    assert same(several, trained(tiny_prepared, tmp_path / "one"))


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


def test_a_run_may_start_from_exported_weights(
    tiny_prepared: Path,
    tiny_run: Path,
    tiny_weights: Path,
    tiny_config: TrainConfig,
    tmp_path: Path,
) -> None:
    """All of a run's parameters are in what is exported of it, the codes' spread too."""
    start = replace(tiny_config, steps=2, learning_rate=0.0, weight_decay=0.0)
    of_run = replace(start, start_from=str(tiny_run))
    of_export = replace(start, start_from=str(tiny_weights))
    first = trained(tiny_prepared, tmp_path / "first", of_run)
    assert same(trained(tiny_prepared, tmp_path / "second", of_export), first)


def test_the_packages_weights_are_where_a_run_may_start() -> None:
    weights, config = starting_weights("default")
    model = GatedAutoencoder(config)
    model.load_state_dict(weights)
    assert config.pieces == tuple(piece.value for piece in Piece)


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


def test_a_run_in_bfloat16_learns_and_repeats(tiny_prepared: Path, tmp_path: Path) -> None:
    config = replace(SHORT, steps=20, learning_rate=0.02, bfloat16=True)
    one = trained(tiny_prepared, tmp_path / "one", config)
    assert same(one, trained(tiny_prepared, tmp_path / "two", config))
    assert all(torch.isfinite(weight).all() for weight in one.values())
    with open(tmp_path / "one" / "log.csv", newline="") as file:
        hits = [float(row["hits"]) for row in csv.DictReader(file)]
    assert hits[-1] < 0.8 * hits[0]


def test_several_pieces_are_a_configuration(tiny_prepared: Path, tmp_path: Path) -> None:
    """Kick and snare: the snare of the tiny corpus is on 2 and 4, whatever is known."""
    config = replace(
        SHORT,
        steps=60,
        learning_rate=0.02,
        average=0.5,
        looped=0.0,
        kick_alone=0.0,
        model=replace(TINY, pieces=("kick", "snare")),
    )
    model = train(tiny_prepared, tmp_path / "run", config).eval()
    store = TickStore.load(tiny_prepared / "songs.npz").where(split="train")
    batch = Batches(store, HearingBank({}), config).batch(1000)
    with torch.no_grad():
        u = model.listen(Heard(*(torch.from_numpy(part) for part in batch[:5])))
        velocity = torch.from_numpy(batch.velocity)
        mean, _ = model.encode(u, Played(velocity, torch.ones(len(u), 2)))
        ticks = torch.zeros(len(u), 3, velocity.shape[2])
        nothing = GivenHits(ticks, ticks, ticks[:, :, ::12])
        snare = model.decode(u, mean, nothing).logit[:, 1].reshape(len(u), -1, 12)
    backbeat = torch.from_numpy(batch.beat_in_bar % 2 == 1)
    assert snare[:, :, 0][backbeat].mean() > snare[:, :, 0][~backbeat].mean() + 1
    assert snare[:, :, 1:].mean() < -2


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
