"""A run to the weights that the package ships.

In: a run's folder and the rendered validation clips.  Out: a folder with
`drums.onnx` and `model.json`: the configuration, the thresholds (tuned on the
validation clips, and raised), where the weights come from, and the hash.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

import drumnet
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.hits import Piece
from drumnet.metrics.hits import Counts
from drumnet.metrics.onsets import onset_counts
from drumnet.training.run import read_run
from drumnet.training.transcription.loop import COMMAND
from drumnet.training.transcription.model import DrumModelConfig, DrumNetwork
from drumnet.training.transcription.prepare import load_clips
from drumnet.transcribe.network import (
    DRUMS_FORMAT,
    GRAPH_FILE,
    StrokeActivations,
    load_drum_network,
)
from drumnet.transcribe.spectrum import FRAME_RATE_HZ, NUM_BANDS
from drumnet.transcribe.strokes import pick_strokes

#: Rendered drums are softer and more of a mess than recorded ones: thresholds that are best
#: there are so many times as high for recordings (chosen on annotated ones).
RAISED = 1.15
_OPSET = 17
#: How far the exported graph may be from PyTorch's.
_TOLERANCE = 1e-3
_THRESHOLDS = tuple(np.round(np.arange(0.10, 0.75, 0.05), 2).tolist())


class _Activations(nn.Module):
    """Of the pieces alone: the other kinds are for training."""

    def __init__(self, network: DrumNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, heard: Tensor) -> Tensor:
        logits, level, offset = self.network(heard)[..., : len(Piece)].unbind(2)
        return torch.stack([torch.sigmoid(logits), level, offset], dim=2)


def export_drums(run: Path, work: Path, out: Path, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Write the weights of a run; what `model.json` says of them.

    Args:
        work: the folder with the rendered clips.
        provenance: what is known besides the configuration.

    Raises:
        DataError: no checkpoint in the run's folder, or no validation clips.
    """
    network, state = read_run(run, lambda model: DrumNetwork(DrumModelConfig(**model)), COMMAND)
    heard, strokes = load_clips(work, "valid")
    out.mkdir(parents=True, exist_ok=True)
    graph = _Activations(network).eval()
    _write_graph(graph, out / GRAPH_FILE)
    about: dict[str, Any] = {
        "format": DRUMS_FORMAT,
        "name": "drums",
        "frame_rate_hz": FRAME_RATE_HZ,
        "num_bands": NUM_BANDS,
        "parameters": sum(p.numel() for p in network.parameters()),
        "thresholds": {piece.value: 0.5 for piece in Piece},
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
    _write(out, about)
    shipped = load_drum_network(out)
    _check(graph, shipped.activations)
    found = [shipped.activations(clip.astype(np.float32)) for clip in heard]
    scores = tuned(found, strokes)
    about["thresholds"] = {
        piece.value: round(RAISED * threshold, 3) for piece, (threshold, _) in scores.items()
    }
    about["provenance"]["valid_f"] = {p.value: round(f, 3) for p, (_, f) in scores.items()}
    _write(out, about)
    return about


def _write(out: Path, about: Mapping[str, Any]) -> None:
    (out / MODEL_FILE).write_text(json.dumps(about, indent=1) + "\n")
    load_drum_network.cache_clear()


def _write_graph(graph: nn.Module, file: Path) -> None:
    torch.onnx.export(
        graph,
        (torch.rand((1, 120, NUM_BANDS), generator=torch.Generator().manual_seed(0)),),
        str(file),
        input_names=["heard"],
        output_names=["activations"],
        dynamic_axes={"heard": {1: "frames"}, "activations": {1: "frames"}},
        opset_version=_OPSET,
        dynamo=False,
    )


def _check(graph: nn.Module, shipped: Any) -> None:
    longer = 4 * torch.rand((1, 333, NUM_BANDS), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        wanted = graph(longer)[0, :, 0].numpy()
    off = float(np.abs(shipped(longer[0].numpy()).onset - wanted).max())
    assert off < _TOLERANCE, f"the exported graph differs by {off}"


def tuned(
    found: Sequence[StrokeActivations], strokes: Sequence[NDArray[np.float32]]
) -> dict[Piece, tuple[float, float]]:
    """For each piece the threshold at which the pooled F of the clips is highest, and that F."""
    best: dict[Piece, tuple[float, float]] = {piece: (0.5, 0.0) for piece in Piece}
    for threshold in _THRESHOLDS:
        total = {piece: Counts(0, 0, 0) for piece in Piece}
        for activations, wanted in zip(found, strokes, strict=True):
            picked = pick_strokes(activations, dict.fromkeys(Piece, threshold))
            for index, piece in enumerate(Piece):
                own = wanted[wanted[:, 1] == index, 0]
                counts = onset_counts(own, picked.times_of(piece))
                total[piece] = total[piece] + counts
        for piece, counts in total.items():
            if counts.f_measure > best[piece][1]:
                best[piece] = (threshold, counts.f_measure)
    return best
