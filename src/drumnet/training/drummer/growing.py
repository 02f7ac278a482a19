"""What a model takes over from a smaller one: weights in, a model that plays the same.

After Chen et al., "Net2Net: Accelerating Learning via Knowledge Transfer", ICLR
2016.
"""

from __future__ import annotations

import torch
from torch import Tensor

from drumnet.grid import TICKS_PER_BEAT
from drumnet.training.drummer.config import ModelConfig
from drumnet.training.drummer.model import GatedAutoencoder

#: What adds its output to what there is: zero, it adds nothing.
_ADDS = (".mix.", "encode.seen.", "decode.given.", "decode.known.")
#: Weights with an axis made of kinds x pieces x ticks: which axis, how many ticks,
#: and whether a tap comes after the pieces.
_BY_PIECE = {
    "encode.played.weight": (1, TICKS_PER_BEAT, False),
    "encode.seen.weight": (1, 1, False),
    "decode.given.weight": (1, TICKS_PER_BEAT, True),
    "decode.known.weight": (1, 1, True),
    "decode.out.weight": (0, TICKS_PER_BEAT, False),
    "decode.out.bias": (0, TICKS_PER_BEAT, False),
}
#: What the models that played a kick alone did not have.
_LATER = ("encode.seen.", "decode.given.", "decode.known.", "decode.tap.")


def grow_from(model: GatedAutoencoder, weights: dict[str, Tensor], smaller: ModelConfig) -> None:
    """Take over the weights of a model with the same or fewer blocks and pieces;
    what that lacks adds nothing at first.

    Args:
        smaller: the config of that model.

    Raises:
        RuntimeError: they are of a model that is no smaller version of this one.
    """
    if not model.config.grows_from(smaller):
        raise RuntimeError(f"of another model: {smaller}")
    own = dict(model.named_parameters())
    missing = {name for name in own if not name.startswith(_LATER) and ".blocks." not in name}
    strange = sorted((missing - set(weights)) | (set(weights) - set(own)))
    if strange:
        raise RuntimeError(f"of another model: {strange[0]}")
    with torch.no_grad():
        for name, parameter in own.items():
            old = weights.get(name)
            if old is None:
                if any(part in name for part in _ADDS):
                    parameter.zero_()
            elif name in _BY_PIECE:
                _place_pieces(name, parameter, old, smaller.pieces, model.config.pieces)
            else:
                parameter.copy_(old)


def _place_pieces(
    name: str, parameter: Tensor, old: Tensor, before: tuple[str, ...], pieces: tuple[str, ...]
) -> None:
    """Copy what belongs to the pieces that there were before."""
    axis, ticks, tapped = _BY_PIECE[name]
    rows = [pieces.index(piece) for piece in before] + [len(pieces)] * tapped
    new, kept = parameter.movedim(axis, 0), old.movedim(axis, 0)
    new = new.view(-1, len(pieces) + tapped, ticks, *new.shape[1:])
    kept = kept.reshape(-1, len(rows), ticks, *kept.shape[1:])
    if parameter.dim() > 1:  # not of the bias, which says how rare hits are
        new.zero_()
    new[: len(kept), rows] = kept
