"""What a run starts from: another run, or exported weights, in; parameters by name out.

Exported graphs keep the model's parameters under their names beside the whitening of
the codes, so that training can go on from weights of which nothing else was kept.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from drumnet.errors import CheckpointError, DataError
from drumnet.graph import MODEL_FILE
from drumnet.model.checkpoint import EMBEDDED_MODELS, GRAPHS, load_checkpoint
from drumnet.training.drummer.config import ModelConfig, TrainConfig
from drumnet.training.saved import saved_state

CONFIG_FILE = "config.json"
STATE_FILE = "state.pt"

#: What the names of parameters begin with in exported graphs.
_IN_GRAPH = "model."
#: A linear map may be such a node, which holds the transpose without its name.
_LINEAR = "/MatMul"


def starting_weights(source: str) -> tuple[dict[str, Tensor], ModelConfig]:
    """Averaged weights and model of a run, or of weights by name or folder.

    Raises:
        DataError: neither is there, or a run that is damaged.
        CheckpointError: weights that are damaged or of another version.
    """
    run = Path(source)
    if (run / STATE_FILE).is_file():
        state = saved_state(run / STATE_FILE, ("averaged",))
        return state["averaged"], TrainConfig.load(run / CONFIG_FILE).model
    if source not in EMBEDDED_MODELS and not (run / MODEL_FILE).is_file():
        raise DataError(
            f"there is no '{run / STATE_FILE}' to start from: name a trained run, "
            f"exported weights, or {' or '.join(EMBEDDED_MODELS)}"
        )
    return exported_weights(source)


def exported_weights(source: str | Path) -> tuple[dict[str, Tensor], ModelConfig]:
    """Those of a checkpoint, read from its graphs.

    Raises:
        CheckpointError: no such weights, damaged, or of another version.
        DataError: graphs that are not made by this drumnet's export.
    """
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import numpy_helper

    checkpoint = load_checkpoint(source)
    weights: dict[str, Tensor] = {}
    for graph in GRAPHS:
        try:
            loaded = onnx.load(str(checkpoint.graph(graph))).graph
        except (DecodeError, ValueError, OSError) as fault:
            raise CheckpointError(f"'{checkpoint.graph(graph)}' is no graph: export it") from fault
        arrays = {array.name: numpy_helper.to_array(array) for array in loaded.initializer}
        for name, value in arrays.items():
            if name.startswith(_IN_GRAPH):
                weights[name.removeprefix(_IN_GRAPH)] = _tensor(value)
        for node in loaded.node:
            # "/decode/gate/MatMul"; that of the whitening lies in no module.
            module = node.name.removesuffix(_LINEAR).strip("/").replace("/", ".")
            if node.name.endswith(_LINEAR) and module and node.input[1] in arrays:
                weights[f"{module}.weight"] = _tensor(arrays[node.input[1]].T)
    training = checkpoint.provenance.get("training", {})
    if not weights or not isinstance(training, dict) or not isinstance(training.get("model"), dict):
        raise DataError(f"'{source}' does not say what it was trained as: start from its run")
    return weights, ModelConfig.from_dict(training["model"])


def _tensor(value: np.ndarray) -> Tensor:
    return torch.from_numpy(np.array(value, order="C"))
