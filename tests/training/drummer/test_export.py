"""Exported weights play what the trained model plays, and say where they come from."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from drumnet.corpus.halves import all_halved
from drumnet.corpus.ticksong import TickStore
from drumnet.drummer import Drummer
from drumnet.errors import DataError, OutputError
from drumnet.evaluation.players import HalfDrummer, NoCode, Player, Transfer, WrongCode
from drumnet.evaluation.takes import on_ticks, take_all
from drumnet.graph import MODEL_FILE
from drumnet.hearing.conditioning import Conditioning
from drumnet.hits import Piece
from drumnet.model.checkpoint import MAP_FILE, load_checkpoint
from drumnet.model.network import GivenHits, Network
from drumnet.training.drummer.config import TrainConfig
from drumnet.training.drummer.export import export, passage_codes
from drumnet.training.drummer.graphs import Whitening, load_run
from drumnet.training.drummer.model import GivenHits as GivenTensors
from drumnet.training.drummer.model import Heard, Played

# ------------------------------------------------------------------ whitening


def codes_of(seed: int = 0, count: int = 500, size: int = 16) -> NDArray[np.float64]:
    """Codes whose numbers are bound to each other."""
    rng = np.random.default_rng(seed)
    turned, _ = np.linalg.qr(rng.normal(size=(size, size)))
    spread = np.geomspace(0.1, 2.0, size)
    return (rng.normal(size=(count, size)) * spread) @ turned + rng.normal(size=size)


def test_whitened_codes_are_independent_standard_gaussians() -> None:
    codes = codes_of()
    white = Whitening(codes).double().whiten(torch.from_numpy(codes)).numpy()
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(np.cov(white, rowvar=False), np.eye(16), atol=1e-3)


def test_colouring_undoes_whitening_and_0_is_the_typical_code() -> None:
    codes = torch.from_numpy(codes_of())
    whitening = Whitening(codes.numpy()).double()
    torch.testing.assert_close(
        whitening.colour(whitening.whiten(codes)), codes, atol=1e-4, rtol=1e-4
    )
    middle = whitening.colour(torch.zeros(16, dtype=torch.float64))
    torch.testing.assert_close(middle, codes.mean(dim=0), atol=1e-5, rtol=1e-5)


def test_the_order_of_the_songs_does_not_turn_the_codes() -> None:
    codes = codes_of()
    shuffled = np.random.default_rng(9).permutation(codes)
    one, two = Whitening(codes), Whitening(shuffled)
    torch.testing.assert_close(one.gather, two.gather, atol=1e-4, rtol=1e-4)


def test_numbers_that_no_song_uses_are_not_blown_up() -> None:
    codes = codes_of()
    codes[:, 3] = 0.5
    white = Whitening(codes).whiten(torch.from_numpy(codes).float()).numpy()
    assert np.isfinite(white).all() and np.abs(white).max() < 8


# ------------------------------------------------------------------ the graphs


@pytest.fixture(scope="module")
def network(tiny_weights: Path) -> Network:
    return Network(load_checkpoint(tiny_weights))


@pytest.mark.parametrize("num_beats", [5, 21, 300])
def test_the_graphs_play_what_the_model_plays(
    network: Network, tiny_run: Path, tiny_prepared: Path, num_beats: int
) -> None:
    """For any length, from what is heard and given to the hits, and back to the code."""
    model, config = load_run(tiny_run)
    train = TickStore.load(tiny_prepared / "songs.npz").where(split="train")
    whitening = Whitening(passage_codes(model, config, train))
    rng = np.random.default_rng(num_beats)
    beat = np.arange(num_beats)
    strength = rng.random((9, 12 * num_beats)).astype(np.float32)
    heard = Conditioning(strength, rng.random(9) < 0.6, beat % 4, np.full(num_beats, 4), beat // 4)
    velocity = (rng.random((9, 12 * num_beats)) < 0.1).astype(np.float32)
    seen = rng.random(9) < 0.5
    code = rng.normal(size=16).astype(np.float32)
    hits = (rng.random((10, 12 * num_beats)) < 0.1).astype(np.float32)
    given = GivenHits(0.7 * hits, 0.2 * hits, rng.random((10, num_beats)) < 0.5)

    with torch.no_grad():
        present = torch.from_numpy(heard.present).float()
        bars = (heard.beat_in_bar, heard.bar_length, heard.bar)
        u = model.listen(
            Heard(
                torch.from_numpy(strength)[None],
                present[None],
                *(torch.from_numpy(field)[None] for field in bars),
            )
        )
        told = (given.velocity, given.offset, given.known.astype(np.float32))
        played = model.decode(
            u,
            whitening.colour(torch.from_numpy(code)[None]),
            GivenTensors(*(torch.from_numpy(part)[None] for part in told)),
        )
        drums = Played(torch.from_numpy(velocity)[None], torch.from_numpy(seen)[None].float())
        read = whitening.whiten(model.encode(u, drums)[0])[0]

    context = network.listen(heard)
    np.testing.assert_allclose(context, u[0].numpy(), atol=1e-4)
    found = network.decode(context, code, given)
    np.testing.assert_allclose(found.probability, torch.sigmoid(played.logit)[0], atol=1e-4)
    np.testing.assert_allclose(found.velocity, played.velocity[0], atol=1e-4)
    np.testing.assert_allclose(found.offset, played.offset[0], atol=1e-4)
    for name in ("velocity_spread", "offset_spread"):
        spread = torch.exp(getattr(played, f"log_{name}"))[0]
        np.testing.assert_allclose(getattr(found, name), spread, atol=1e-4)
    np.testing.assert_allclose(network.encode(context, velocity, seen), read, atol=1e-3)
    many = network.probabilities(context, np.stack([code, -code, code]), given)
    np.testing.assert_allclose(many[0], found.probability, atol=1e-6)
    np.testing.assert_allclose(many[2], found.probability, atol=1e-6)
    assert np.abs(many[1] - many[0]).max() > 1e-3
    alone = network.decode(context, code)
    assert np.abs(alone.probability - found.probability).max() > 1e-3, "what is given counts"
    nothing = network.decode(context, code, GivenHits.nothing(9, num_beats))
    np.testing.assert_array_equal(nothing.probability, alone.probability)


def test_the_codes_of_the_training_songs_lie_around_0(tiny_run: Path, tiny_prepared: Path) -> None:
    """Eight songs have seven directions at most, whose codes are uncorrelated."""
    model, config = load_run(tiny_run)
    train = TickStore.load(tiny_prepared / "songs.npz").where(split="train")
    codes = passage_codes(model, config, train)
    white = Whitening(codes).whiten(torch.from_numpy(codes).float()).numpy()
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-3)
    spread = np.cov(white, rowvar=False)
    np.testing.assert_allclose(spread - np.diag(np.diag(spread)), 0, atol=1e-2)
    assert np.diag(spread)[:2] == pytest.approx(1.0, abs=1e-2)
    assert np.diag(spread).max() < 1.01


def test_what_was_learned_is_in_the_weights(network: Network, tiny_prepared: Path) -> None:
    """On the songs that repeat a bar: with their code far better than without."""
    store = TickStore.load(tiny_prepared / "songs.npz")
    songs = all_halved(store.where(split="train"))
    drummer = HalfDrummer(Drummer(network))

    def mean_f1(player: Player) -> float:
        counts = take_all(songs, [player]).counts(player.name, on_ticks)
        return float(np.mean([one.f_measure for one in counts]))

    transfer = mean_f1(Transfer(drummer))
    assert transfer > 0.85
    assert transfer > mean_f1(NoCode(drummer)) + 0.1
    assert transfer > mean_f1(WrongCode(drummer, songs)) + 0.1


def test_the_weights_say_where_they_come_from(network: Network, tiny_config: TrainConfig) -> None:
    checkpoint = network.checkpoint
    assert checkpoint.name.startswith("tiny@")
    said = {key: checkpoint.provenance[key] for key in ("songs", "steps")}
    assert said == {"songs": 8, "steps": tiny_config.steps}
    assert TrainConfig.from_dict(checkpoint.provenance["training"]) == tiny_config
    assert 0 < checkpoint.provenance["valid_transfer_f1"] <= 1
    assert checkpoint.pieces == tuple(Piece)
    assert all(0.1 <= floor < 0.5 for floor in checkpoint.min_probabilities)


# ------------------------------------------------------------------ faults


def test_an_export_replaces_nothing(tiny_run: Path, tiny_prepared: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="exists already"):
        export(tiny_run, tiny_prepared, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_a_state_cannot_be_exported(
    tiny_prepared: Path, tiny_config: TrainConfig, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="no training configuration"):
        export(tmp_path, tiny_prepared, tmp_path / "out")
    tiny_config.save(tmp_path / "config.json")
    with pytest.raises(DataError, match="no trained state yet"):
        export(tmp_path, tiny_prepared, tmp_path / "out")


def test_without_valid_songs_nothing_is_tuned(
    tiny_run: Path, tiny_prepared: Path, tmp_path: Path
) -> None:
    (tmp_path / "songs").mkdir()
    TickStore.load(tiny_prepared / "songs.npz").where(split="train").save(
        tmp_path / "songs" / "songs.npz"
    )
    with pytest.raises(DataError, match="no songs in its valid split"):
        export(tiny_run, tmp_path / "songs", tmp_path / "out")


def test_without_training_songs_nothing_is_exported(
    tiny_run: Path, tiny_prepared: Path, tmp_path: Path
) -> None:
    (tmp_path / "songs").mkdir()
    TickStore.load(tiny_prepared / "songs.npz").where(split="valid").save(
        tmp_path / "songs" / "songs.npz"
    )
    with pytest.raises(DataError, match="too few songs in its train split"):
        export(tiny_run, tmp_path / "songs", tmp_path / "out")


def test_a_graph_that_differs_from_the_model_is_not_exported(
    tiny_run: Path, tiny_prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drumnet.training.drummer.graphs._TOLERANCE", 0.0)
    with pytest.raises(DataError, match="differs from the trained model"):
        export(tiny_run, tiny_prepared, tmp_path / "out")
    assert list(tmp_path.iterdir()) == [], "nothing half made is left behind"


# ------------------------------------------------------------------ the style map


def test_exported_weights_have_a_map_whose_way_back_is_exact(network: Network) -> None:
    style_map = network.checkpoint.style_map
    assert style_map.lattice.shape == (style_map.size, style_map.size, 16)
    assert style_map.density.max() == 1.0
    for place in ((0.0, 0.0), (0.4, 0.9), (1.0, 0.2)):
        assert style_map.place_of(style_map.code_at(*place)) == pytest.approx(place, abs=1e-3)


def test_a_map_does_not_change_what_weights_are_called(tiny_weights: Path, tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(tiny_weights, folder)
    about = json.loads((folder / MODEL_FILE).read_text())
    del about["sha256"][MAP_FILE]
    (folder / MODEL_FILE).write_text(json.dumps(about))
    assert load_checkpoint(folder).name == load_checkpoint(tiny_weights).name
