"""A run to the weights that the package ships.

In: a run's folder.  Out: a folder with `beats.onnx` and `model.json`: the
configuration, where the weights come from, and the hash.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import drumnet
from drumnet.beats.evidence import FRAME_RATE_HZ, NUM_CHANNELS
from drumnet.beats.network import BEAT_FORMAT, GRAPH_FILE, load_beat_network
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.training.beats.model import STRIDE, BeatModelConfig, BeatNetwork
from drumnet.training.run import read_run

_OPSET = 17
#: How far the exported graph may be from PyTorch's.
_TOLERANCE = 1e-4


class _Probabilities(nn.Module):
    def __init__(self, network: BeatNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, evidence: Tensor) -> Tensor:
        return torch.sigmoid(self.network(evidence))


def export_beats(run: Path, out: Path, provenance: Mapping[str, Any]) -> None:
    """Write the weights of a run.

    Args:
        provenance: what is known besides the configuration: data, scores.

    Raises:
        DataError: no checkpoint in the run's folder.
    """
    network, state = read_run(
        run, lambda model: BeatNetwork(BeatModelConfig(**model)), "train-beats"
    )
    out.mkdir(parents=True, exist_ok=True)
    graph = _Probabilities(network).eval()
    generator = torch.Generator().manual_seed(0)
    example = torch.rand((1, 50 * STRIDE, NUM_CHANNELS), generator=generator)
    torch.onnx.export(
        graph,
        (example,),
        str(out / GRAPH_FILE),
        input_names=["evidence"],
        output_names=["probability"],
        dynamic_axes={"evidence": {1: "frames"}, "probability": {1: "frames"}},
        opset_version=_OPSET,
        dynamo=False,
    )
    about = {
        "format": BEAT_FORMAT,
        "name": "beats",
        "frame_rate_hz": FRAME_RATE_HZ,
        "num_channels": NUM_CHANNELS,
        "parameters": sum(p.numel() for p in network.parameters()),
        "provenance": {
            "drumnet": drumnet.__version__,
            "torch": torch.__version__,
            "exported": datetime.date.today().isoformat(),
            "steps": state["step"],
            "training": json.loads(state["config"]),
            **provenance,
        },
        "sha256": {GRAPH_FILE: file_hash(out / GRAPH_FILE)},
    }
    (out / MODEL_FILE).write_text(json.dumps(about, indent=1) + "\n")
    load_beat_network.cache_clear()
    longer = torch.rand((1, 77 * STRIDE, NUM_CHANNELS), generator=generator)
    odds = load_beat_network(out).logits(longer[0].numpy())
    with torch.no_grad():
        wanted = graph(longer)[0].numpy()
    off = float(np.abs(1.0 / (1.0 + np.exp(-odds)) - wanted).max())
    assert off < _TOLERANCE, f"the exported graph differs by {off}"
