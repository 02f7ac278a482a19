"""The model hears the band and the given drums around a beat, keeps its code and can be
grown; what its losses teach, and whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from drumnet.corpus.ticksong import TickStore
from drumnet.grid import TICKS_PER_BEAT
from drumnet.training.drummer.batches import Batches
from drumnet.training.drummer.config import ModelConfig, TrainConfig
from drumnet.training.drummer.growing import grow_from
from drumnet.training.drummer.loop import train
from drumnet.training.drummer.losses import losses
from drumnet.training.drummer.model import (
    GatedAutoencoder,
    GivenHits,
    Heard,
    OnsetActivations,
    Played,
)
from drumnet.training.drummer.simulate import HearingBank

TINY = ModelConfig(
    width=8, mapping_width=8, heard_dilations=(1,), played_dilations=(1,), decoder_dilations=(1, 2)
)
#: The model as it was before it had more pieces.
KICK_ALONE = replace(TINY, pieces=("kick",))
SHORT = TrainConfig(seed=3, steps=4, batch_songs=2, passage_beats=16, model=TINY)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Small sums are done sooner by one; and no picture of a run."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("drumnet.training.drummer.loop.plot_losses", lambda run: None)
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
    """At random in all its parts, as if it had learned something."""
    torch.manual_seed(0)
    model = GatedAutoencoder(config).eval()
    torch.nn.init.normal_(model.decode.out.weight, std=0.1)
    return model


def random_played(
    num_beats: int, num_pieces: int = 9, seed: int = 1, share: float = 0.2
) -> torch.Tensor:
    """(1, pieces, ticks) velocities, a share of the ticks hit."""
    generator = torch.Generator().manual_seed(seed)
    shape = (1, num_pieces, num_beats * TICKS_PER_BEAT)
    loud = torch.rand(shape, generator=generator)
    return loud * (torch.rand(shape, generator=generator) < share)


def all_seen(velocity: torch.Tensor) -> Played:
    return Played(velocity, torch.ones(velocity.shape[:2]))


def nothing_given(num_beats: int, num_pieces: int = 9) -> GivenHits:
    ticks = torch.zeros(1, num_pieces + 1, num_beats * TICKS_PER_BEAT)
    return GivenHits(ticks, ticks, torch.zeros(1, num_pieces + 1, num_beats))


def test_what_is_played_depends_on_the_beats_around_and_no_others() -> None:
    """Dilations 1, and 1 and 2: four beats either side, and not one more."""
    model = model_of()
    heard = random_heard(40)
    changed = heard._replace(strength=heard.strength.clone())
    changed.strength[:, :, 20 * 12 : 21 * 12] = 0.0
    code = torch.randn(1, 16)
    with torch.no_grad():
        one, other = (
            model.decode(model.listen(x), code, nothing_given(40)).logit[0, 0]
            for x in (heard, changed)
        )
    beats = (one - other).abs().reshape(-1, 12).amax(dim=1)
    reached = torch.nonzero(beats > 1e-7).reshape(-1).tolist()
    assert reached == list(range(16, 25))


def test_drums_that_are_given_are_answered_around_them_and_nowhere_else() -> None:
    """Dilations 1 and 2 of the decoder: three beats either side."""
    model = model_of()
    given = nothing_given(40)
    hit = given._replace(velocity=given.velocity.clone())
    hit.velocity[0, 4, 20 * 12 + 6] = 0.8
    with torch.no_grad():
        u, code = model.listen(random_heard(40)), torch.randn(1, 16)
        one, other = (model.decode(u, code, x).logit[0] for x in (given, hit))
    beats = (one - other).abs().amax(dim=0).reshape(-1, 12).amax(dim=1)
    assert torch.nonzero(beats > 1e-7).reshape(-1).tolist() == list(range(17, 24))


def test_a_tap_tells_ghost_notes_from_accents_and_early_from_late() -> None:
    model = model_of()
    given = nothing_given(16)
    found = []
    for velocity, offset in ((0.2, 0.0), (0.4, 0.0), (0.4, 0.4), (0.4, -0.4)):
        tapped = given._replace(velocity=given.velocity.clone(), offset=given.offset.clone())
        tapped.velocity[0, -1, 48], tapped.offset[0, -1, 48] = velocity, offset
        with torch.no_grad():
            found.append(model.decode.tap(tapped.velocity[:, -1:], tapped.offset[:, -1:]))
    beats = [(part - found[0]).abs().amax(dim=(0, 1)) for part in found[1:]]
    assert all(torch.nonzero(part > 1e-7).tolist() == [[4]] for part in beats)
    assert not torch.allclose(found[2], found[3], atol=1e-3)


def test_a_piece_that_is_known_to_be_silent_is_not_one_that_is_not_known() -> None:
    model = model_of()
    unknown = nothing_given(16)
    silent = unknown._replace(known=unknown.known.clone())
    silent.known[0, 2] = 1.0
    with torch.no_grad():
        u, code = model.listen(random_heard(16)), torch.randn(1, 16)
        one, other = (model.decode(u, code, x).logit for x in (unknown, silent))
    assert (one - other).abs().max() > 1e-3


def test_pieces_that_are_not_seen_do_not_shape_the_style() -> None:
    """Whatever they play; but seeing nothing of them is not seeing their silence."""
    model = model_of()
    velocity = random_played(16)
    seen = torch.ones(1, 9)
    seen[0, 3:] = 0.0
    without = velocity.clone()
    without[:, 3:] = 0.0
    with torch.no_grad():
        u = model.listen(random_heard(16))
        one, other = (model.encode(u, Played(v, seen))[0] for v in (velocity, without))
        silent = model.encode(u, all_seen(without))[0]
    assert torch.equal(one, other)
    assert (one - silent).abs().max() > 1e-3


def test_a_model_that_was_taught_nothing_is_silent_on_the_beat_and_certain() -> None:
    """Songs that no person played teach no velocities and no timing: then all hits
    are alike, on their ticks, and people's spreads next to nothing."""
    torch.manual_seed(0)
    model = GatedAutoencoder(TINY).eval()
    with torch.no_grad():
        u = model.listen(random_heard(16))
        played = model.decode(u, torch.randn(1, 16), nothing_given(16))
    assert torch.sigmoid(played.logit).mean() < 0.05
    assert played.velocity.unique().numel() == 1 and 0.5 < played.velocity[0, 0, 0] < 0.9
    assert not played.offset.any()
    for log_spread in (played.log_velocity_spread, played.log_offset_spread):
        assert 0.005 < torch.exp(log_spread).max() < 0.03


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
    velocity = (random_played(16) > 0).float()

    def code(times: int) -> torch.Tensor:
        long = Heard(
            heard.strength.repeat(1, 1, times),
            heard.present,
            heard.beat_in_bar.repeat(1, times),
            heard.bar_length.repeat(1, times),
            heard.bar.repeat(1, times),
        )
        return model.encode(model.listen(long), all_seen(velocity.repeat(1, 1, times)))[0]

    with torch.no_grad():
        other = model.encode(model.listen(heard), all_seen(1 - velocity))[0]
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
        played = model.decode(
            50 * model.listen(random_heard(16)), 50 * torch.randn(1, 16), nothing_given(16)
        )
    assert played.velocity.min() >= 0 and played.velocity.max() <= 1
    assert -1.5 <= played.offset.min() < -0.5 and 0.5 < played.offset.max() <= 1.5
    for log_spread in (played.log_velocity_spread, played.log_offset_spread):
        assert np.exp(-5) * 0.99 < torch.exp(log_spread).min()
        assert torch.exp(log_spread).max() < 1.7


def played_by(
    model: GatedAutoencoder, velocity: torch.Tensor | None = None, given: GivenHits | None = None
) -> list[torch.Tensor]:
    """The code of a passage, and what another code plays to it."""
    pieces = len(model.config.pieces)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        u = model.listen(random_heard(16))
        played = all_seen(random_played(16, pieces) if velocity is None else velocity)
        mean, log_variance = model.encode(u, played)
        code = torch.randn(1, 16, generator=generator)
        found = model.decode(u, code, given or nothing_given(16, pieces))
    return [mean, log_variance, *found]


def alike(one: Sequence[torch.Tensor], other: Sequence[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def nearly_alike(one: Sequence[torch.Tensor], other: Sequence[torch.Tensor]) -> list[bool]:
    """But for the order in which a wider layer adds up its zeros."""
    return [torch.allclose(a, b, atol=1e-6) for a, b in zip(one, other, strict=True)]


def rows_of(played: list[torch.Tensor], rows: list[int]) -> OnsetActivations:
    """What a few of the pieces play, of what `played_by` gives."""
    return OnsetActivations(*(part[:, rows] for part in played[2:]))


@pytest.mark.parametrize("part", ["heard_dilations", "played_dilations", "decoder_dilations"])
def test_a_grown_model_computes_exactly_what_the_small_one_did(part: str) -> None:
    small = model_of()
    deeper: dict[str, object] = {part: (*getattr(TINY, part), 4, 8)}
    torch.manual_seed(7)
    grown = GatedAutoencoder(replace(TINY, **deeper)).eval()
    assert not alike(played_by(grown), played_by(small))
    grow_from(grown, small.state_dict(), TINY)
    assert alike(played_by(grown), played_by(small))


def of_kick_alone(part: torch.Tensor) -> torch.Tensor:
    """The kick's row among nine silent ones."""
    rows = torch.zeros(1, 9, part.shape[2])
    rows[:, :1] = part
    return rows


@pytest.mark.parametrize("before", ["today", "before there was more than a kick"])
def test_a_kick_that_is_grown_to_a_kit_plays_exactly_the_same_kick(before: str) -> None:
    """To the same code, which it hears in the same kick; the other pieces are silent."""
    small = model_of(KICK_ALONE)
    weights = small.state_dict()
    if before != "today":
        later = ("encode.seen.", "decode.given.", "decode.known.", "decode.tap.")
        weights = {name: part for name, part in weights.items() if not name.startswith(later)}
        weights["decode.out.weight"] = weights["decode.out.weight"][: 3 * 12]
        weights["decode.out.bias"] = weights["decode.out.bias"][: 3 * 12]
        with torch.no_grad():
            small.encode.seen.weight.zero_()
            for part in small.decode.tap.mix.parameters():
                part.zero_()
    torch.manual_seed(7)
    grown = GatedAutoencoder(TINY).eval()
    grow_from(grown, weights, KICK_ALONE)
    kick = random_played(16, 1)
    one, other = played_by(small, kick), played_by(grown, of_kick_alone(kick))
    assert all(nearly_alike(one[:2], other[:2])), "the code"
    kicks = nearly_alike(rows_of(one, [0]), rows_of(other, [0]))
    # Hit, velocity and offset; before, there were no spreads.
    assert kicks == [True, True, True, *[before == "today"] * 2]
    rest = rows_of(other, list(range(1, 9)))
    assert torch.sigmoid(rest.logit).max() < 0.02
    assert not rest.offset.any()


def test_drums_that_grow_by_a_piece_still_answer_each_other() -> None:
    """Kick and snare, in another order among nine: what is given, a tap too, is
    heard as it was."""
    config = replace(TINY, pieces=("snare", "kick"))
    small = model_of(config)
    grown = model_of(replace(TINY))
    grow_from(grown, small.state_dict(), config)
    rows = [1, 0]
    told = random_played(16, 3, seed=4)
    known = torch.zeros(1, 3, 16)
    known[:, [0, 2]] = 1.0
    few = GivenHits(told * known.repeat_interleave(12, 2), 0.3 * told, known)
    places = [*rows, 9]
    many = [torch.zeros(1, 10, part.shape[2]) for part in few]
    for wide, part in zip(many, few, strict=True):
        wide[:, places] = part
    velocity = random_played(16, 2)
    nine = torch.zeros(1, 9, velocity.shape[2])
    nine[:, rows] = velocity
    one, other = played_by(small, velocity, few), played_by(grown, nine, GivenHits(*many))
    assert all(nearly_alike(one[:2], other[:2]))
    assert all(nearly_alike(rows_of(one, [0, 1]), rows_of(other, rows)))


@pytest.mark.parametrize("pieces", [TINY.pieces, ("kick",), ("ride", "kick")])
def test_a_model_grown_from_its_like_is_its_like(pieces: tuple[str, ...]) -> None:
    config = replace(TINY, pieces=pieces)
    first = model_of(config)
    torch.manual_seed(7)
    second = GatedAutoencoder(config).eval()
    grow_from(second, first.state_dict(), config)
    weights = second.state_dict()
    assert all(torch.equal(part, weights[name]) for name, part in first.state_dict().items())


def test_the_blocks_that_a_model_grows_can_learn() -> None:
    """They do nothing, but are not dead: what they begin with moves."""
    grown = GatedAutoencoder(replace(TINY, decoder_dilations=(1, 2, 4)))
    grow_from(grown, model_of().state_dict(), TINY)
    u = grown.listen(random_heard(16))
    grown.decode(u, torch.randn(1, 16), nothing_given(16)).logit.square().sum().backward()
    mix = grown.decode.blocks[2].get_parameter("mix.weight")
    assert not mix.any() and mix.grad is not None and mix.grad.abs().max() > 0


def test_a_piece_that_a_model_grows_can_learn() -> None:
    grown = GatedAutoencoder(TINY)
    grow_from(grown, model_of(KICK_ALONE).state_dict(), KICK_ALONE)
    u = grown.listen(random_heard(16))
    given = nothing_given(16)._replace(velocity=random_played(16, 10))
    grown.decode(u, torch.randn(1, 16), given).logit[:, 1].sum().backward()
    snare = grown.decode.out.weight.grad
    assert snare is not None and snare[12:24].any()


def test_a_run_may_start_from_a_smaller_model(tiny_prepared: Path, tmp_path: Path) -> None:
    """With nothing learned, it still plays what the smaller one played."""
    small = train(tiny_prepared, tmp_path / "first", SHORT).eval()
    deeper = replace(SHORT.model, decoder_dilations=(*SHORT.model.decoder_dilations, 4))
    config = replace(
        SHORT, model=deeper, learning_rate=0.0, weight_decay=0.0, start_from=str(tmp_path / "first")
    )
    grown = train(tiny_prepared, tmp_path / "second", config).eval()
    assert alike(played_by(grown), played_by(small))


@pytest.mark.parametrize(
    "other",
    [
        replace(TINY, width=16),
        replace(TINY, pieces=("kick", "snare")),
        replace(TINY, decoder_dilations=(1, 2, 4)),
        replace(TINY, decoder_dilations=(2,)),
        replace(TINY, code_size=8),
    ],
    ids=["wider", "other pieces", "deeper", "dilated otherwise", "smaller codes"],
)
def test_a_foreign_model_is_no_smaller_one(other: ModelConfig) -> None:
    mine = replace(TINY, pieces=("kick", "ride"))
    before = model_of(mine).state_dict()
    model = model_of(mine)
    with pytest.raises(RuntimeError, match="of another model"):
        grow_from(model, model_of(other).state_dict(), other)
    assert all(torch.equal(part, before[name]) for name, part in model.state_dict().items())


def test_weights_that_lack_more_than_blocks_are_foreign() -> None:
    weights = {name: w for name, w in model_of().state_dict().items() if name != "encode.code.bias"}
    with pytest.raises(RuntimeError, match=r"of another model: encode\.code\.bias"):
        grow_from(model_of(), weights, TINY)
    deeper = model_of(replace(TINY, decoder_dilations=(1, 2, 4))).state_dict()
    with pytest.raises(RuntimeError, match=r"of another model: decode\.blocks\.2"):
        grow_from(model_of(), deeper, TINY)


# ------------------------------------------------------------------ the loss


def test_every_weight_learns(tiny_prepared: Path) -> None:
    config = replace(SHORT, batch_songs=4, cross_passage=0.5, no_code=0.0, tapped=0.5)
    store = TickStore.load(tiny_prepared / "songs.npz")
    model = model_of()
    batch = Batches(store, HearingBank({}), config).batch(0)
    losses(model, batch, None, config, torch.Generator().manual_seed(0)).total.backward()
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
        parts = losses(model, batch, None, replace(config, bfloat16=bfloat16), generator)
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
    losses(model, batch, None, config, torch.Generator().manual_seed(0)).total.backward()
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

    def spy(u: torch.Tensor, code: torch.Tensor, given: GivenHits) -> object:
        codes.append(code.detach())
        return decode(u, code, given)

    model.decode.forward = spy  # type: ignore[assignment]
    wiped = batch.velocity.copy()
    wiped[0] = 0.0
    for velocity in (batch.velocity, wiped):
        generator = torch.Generator().manual_seed(0)
        losses(model, batch._replace(velocity=velocity), None, config, generator)
    changed = (codes[0] - codes[1]).abs().amax(dim=1) > 1e-6
    assert changed.tolist() == ([False, True] if crossed else [True, False])
