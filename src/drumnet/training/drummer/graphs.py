"""The graphs of a checkpoint: a trained model in, ONNX that needs no PyTorch out.

The codes of the training songs are whitened here: each graph is wrapped in a
linear map, so that a style code's 16 numbers are independent and standard
Gaussian over the training songs, and 0 is the typical style.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from drumnet import __version__
from drumnet.errors import DataError
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.grid import TICKS_PER_BEAT
from drumnet.model.checkpoint import CHECKPOINT_FORMAT, GRAPHS, LATER_FILES, PRESETS_FILE
from drumnet.training.drummer.config import TrainConfig
from drumnet.training.drummer.model import GatedAutoencoder, GivenHits, Heard, Played
from drumnet.training.drummer.starting import CONFIG_FILE, STATE_FILE
from drumnet.training.saved import saved_state, taken_over

#: Exported and original activations differ by less than this.
_TOLERANCE = 1e-3
_OPSET = 17
#: What `decode` gives, in the order of `OnsetActivations`.
PLAYED = ("probability", "velocity", "offset", "velocity_spread", "offset_spread")
#: Directions of less variance than this share of the largest are not blown up.
_LEAST_VARIANCE = 1e-3


class Whitening(nn.Module):
    """z = mean + spread @ code, and back.

    Args:
        codes: (num_passages, code_size) codes of the training songs.
    """

    def __init__(self, codes: NDArray[np.float64]) -> None:
        super().__init__()
        values, vectors = np.linalg.eigh(np.cov(codes, rowvar=False))
        values = np.maximum(values[::-1], _LEAST_VARIANCE * values[-1])
        vectors = vectors[:, ::-1]
        # The sign of a direction is arbitrary: its largest part is positive.
        vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), range(len(values))])
        spread, gather = vectors * np.sqrt(values), vectors / np.sqrt(values)
        for name, array in (("mean", codes.mean(axis=0)), ("spread", spread), ("gather", gather)):
            self.register_buffer(name, torch.tensor(np.ascontiguousarray(array), dtype=torch.float))
        self.mean: Tensor
        self.spread: Tensor
        self.gather: Tensor

    def whiten(self, z: Tensor) -> Tensor:
        return (z - self.mean) @ self.gather

    def colour(self, code: Tensor) -> Tensor:
        return self.mean + code @ self.spread.T


class _Listen(nn.Module):
    def __init__(self, model: GatedAutoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        strength: Tensor,
        present: Tensor,
        beat_in_bar: Tensor,
        bar_length: Tensor,
        bar: Tensor,
    ) -> Tensor:
        heard: Tensor = self.model.listen(Heard(strength, present, beat_in_bar, bar_length, bar))
        return heard


class _Encode(nn.Module):
    def __init__(self, model: GatedAutoencoder, whitening: Whitening) -> None:
        super().__init__()
        self.model, self.whitening = model, whitening

    def forward(self, heard: Tensor, velocity: Tensor, seen: Tensor) -> Tensor:
        mean, _ = self.model.encode(heard, Played(velocity, seen))
        return self.whitening.whiten(mean)


class _Decode(nn.Module):
    def __init__(self, model: GatedAutoencoder, whitening: Whitening) -> None:
        super().__init__()
        self.model, self.whitening = model, whitening

    def forward(
        self,
        heard: Tensor,
        code: Tensor,
        given_velocity: Tensor,
        given_offset: Tensor,
        known: Tensor,
    ) -> tuple[Tensor, ...]:
        given = GivenHits(given_velocity, given_offset, known)
        played = self.model.decode(heard, self.whitening.colour(code), given)
        spreads = played.log_velocity_spread, played.log_offset_spread
        return (
            torch.sigmoid(played.logit),
            played.velocity,
            played.offset,
            *(torch.exp(spread) for spread in spreads),
        )


def load_run(run: Path) -> tuple[GatedAutoencoder, TrainConfig]:
    """The averaged model of a training run.

    Raises:
        DataError: the folder holds no trained run.
    """
    config = TrainConfig.load(run / CONFIG_FILE)
    model = GatedAutoencoder(config.model)
    state = _state(run)
    with taken_over(run / STATE_FILE):
        model.load_state_dict(state["averaged"])
    return model.eval(), config


def trained_steps(run: Path) -> int:
    """How many steps a run was trained for.

    Raises:
        DataError: the folder holds no trained run.
    """
    return int(_state(run)["step"])


def _state(run: Path) -> dict[str, Any]:
    path = run / STATE_FILE
    if not path.is_file():
        raise DataError(f"'{run}' has no trained state yet: run drumnet train first")
    # A run of a GPU is exported on any machine.
    return saved_state(path, ("averaged", "step"))


class _Graph(NamedTuple):
    """A part of the model as a graph of its own.

    Args:
        inputs: examples, by name.
        outputs: their names.
        time_axes: the axis of each input and output that is time.
    """

    module: nn.Module
    inputs: Mapping[str, Tensor]
    outputs: Sequence[str]
    time_axes: Mapping[str, int]


def write_graphs(model: GatedAutoencoder, whitening: Whitening, folder: Path) -> None:
    """Write the three ONNX graphs and check each against PyTorch.

    Raises:
        DataError: an exported graph gives other numbers than the model.
    """
    for name, graph in _graphs(model, whitening).items():
        path = folder / f"{name}.onnx"
        torch.onnx.export(
            graph.module,
            tuple(graph.inputs.values()),
            str(path),
            input_names=list(graph.inputs),
            output_names=list(graph.outputs),
            dynamic_axes=_dynamic_axes(name, graph.time_axes),
            opset_version=_OPSET,
            dynamo=False,
        )
        _check_graph(path, graph)


def _graphs(model: GatedAutoencoder, whitening: Whitening) -> dict[str, _Graph]:
    config = model.config
    beats, rows, pieces = 32, len(config.roles), len(config.pieces)
    ticks = beats * TICKS_PER_BEAT
    rng = torch.Generator().manual_seed(0)
    count = torch.arange(beats)[None]
    song = {
        "strength": torch.rand(1, rows, ticks, generator=rng),
        "present": torch.ones(1, rows),
        "beat_in_bar": count % 4,
        "bar_length": torch.full((1, beats), 4),
        "bar": count // 4,
    }
    velocity = torch.rand(1, pieces, ticks, generator=rng).round()
    code = torch.randn(3, 1, config.code_size, generator=rng)
    given = {
        "given_velocity": torch.rand(1, pieces + 1, ticks, generator=rng).round(),
        "given_offset": torch.zeros(1, pieces + 1, ticks),
        "known": torch.ones(1, pieces + 1, beats),
    }
    listen = _Listen(model).eval()
    with torch.no_grad():
        heard = listen(*song.values())
    return {
        "listen": _Graph(
            listen,
            song,
            ["heard"],
            {"strength": 2, "beat_in_bar": 1, "bar_length": 1, "bar": 1, "heard": 2},
        ),
        "encode": _Graph(
            _Encode(model, whitening).eval(),
            {"heard": heard, "velocity": velocity, "seen": torch.ones(1, pieces)},
            ["code"],
            {"heard": 2, "velocity": 2},
        ),
        "decode": _Graph(
            _Decode(model, whitening).eval(),
            {"heard": heard, "code": code, **given},
            PLAYED,
            dict.fromkeys(["heard", *given, *PLAYED], 2),
        ),
    }


def _dynamic_axes(graph: str, time_axes: Mapping[str, int]) -> dict[str, dict[int, str]]:
    """Time is free everywhere; of `decode`, also the number of codes."""
    axes = {key: {axis: f"{key}_time"} for key, axis in time_axes.items()}
    if graph == "decode":
        axes["code"] = {1: "code_time"}
        for key in (
            "code",
            "probability",
            "velocity",
            "offset",
            "velocity_spread",
            "offset_spread",
        ):
            axes.setdefault(key, {})[0] = "codes"
    return axes


def _check_graph(path: Path, graph: _Graph) -> None:
    with torch.no_grad():
        wanted = graph.module(*graph.inputs.values())
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(None, {name: value.numpy() for name, value in graph.inputs.items()})
    for ours, theirs in zip(wanted, found, strict=True):
        gap = float(np.abs(ours.numpy() - theirs).max())
        if not gap < _TOLERANCE:
            raise DataError(f"'{path}' differs from the trained model by {gap:.2g}")


def write_checkpoint(
    folder: Path,
    name: str,
    config: TrainConfig,
    floors: Sequence[float],
    presets: Sequence[Mapping[str, Any]],
    provenance: Mapping[str, Any],
) -> None:
    """Write `presets.json` and `model.json` beside the graphs, the style map, the
    controls, the fills and the styles, where these are there."""
    (folder / PRESETS_FILE).write_text(json.dumps(list(presets), indent=1) + "\n")
    files = [*(f"{graph}.onnx" for graph in GRAPHS), PRESETS_FILE]
    files += [name for name in LATER_FILES if (folder / name).exists()]
    about = {
        "format": CHECKPOINT_FORMAT,
        "name": name,
        "roles": list(config.model.roles),
        "pieces": list(config.model.pieces),
        "code_size": config.model.code_size,
        "floors": [round(float(value), 4) for value in floors],
        "provenance": {
            "drumnet": __version__,
            "torch": torch.__version__,
            "exported": datetime.date.today().isoformat(),
            **provenance,
        },
        "sha256": {file: file_hash(folder / file) for file in files},
    }
    (folder / MODEL_FILE).write_text(json.dumps(about, indent=1) + "\n")
