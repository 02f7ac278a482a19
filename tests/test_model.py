"""The model hears the band around a beat, keeps its code and can be grown; what its
losses teach, and whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from drumnet.beats.grid import TICKS_PER_BEAT
from drumnet.corpus.ticksong import TickStore
from drumnet.training.batches import Batches
from drumnet.training.config import ModelConfig, TrainConfig
from drumnet.training.loop import losses, train
from drumnet.training.model import GatedAutoencoder, Heard, grow_from
from drumnet.training.simulate import HearingBank

TINY = ModelConfig(
    width=8, mapping_width=8, heard_dilations=(1,), played_dilations=(1,), decoder_dilations=(1, 2)
)
SHORT = TrainConfig(seed=3, steps=4, batch_songs=2, passage_beats=16, model=TINY)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Small sums are done sooner by one; and no picture of a run."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("drumnet.training.loop.plot_losses", lambda run: None)
        yield
    torch.set_num_threads(before)


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


def test_a_run_may_start_from_a_smaller_model(tiny_prepared: Path, tmp_path: Path) -> None:
    """With nothing learned, it still plays what the smaller one played."""
    small = train(tiny_prepared, tmp_path / "first", SHORT).eval()
    deeper = replace(SHORT.model, decoder_dilations=(*SHORT.model.decoder_dilations, 4))
    config = replace(
        SHORT, model=deeper, learning_rate=0.0, weight_decay=0.0, start_from=str(tmp_path / "first")
    )
    grown = train(tiny_prepared, tmp_path / "second", config).eval()
    assert played_by(grown) == played_by(small)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (replace(TINY, width=16), "size mismatch"),
        (replace(TINY, pieces=("kick", "snare")), "size mismatch"),
        (replace(TINY, decoder_dilations=(1, 2, 4)), r"of another model: decode\.blocks\.2"),
        (replace(TINY, code_size=8), "size mismatch"),
    ],
    ids=["wider", "more pieces", "deeper", "smaller codes"],
)
def test_a_foreign_model_is_no_smaller_one(other: ModelConfig, said: str) -> None:
    with pytest.raises(RuntimeError, match=said):
        grow_from(model_of(TINY), model_of(other).state_dict())


def test_weights_that_lack_more_than_blocks_are_foreign() -> None:
    weights = {name: w for name, w in model_of().state_dict().items() if name != "encode.code.bias"}
    with pytest.raises(RuntimeError, match=r"of another model: encode\.code\.bias"):
        grow_from(model_of(), weights)


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
