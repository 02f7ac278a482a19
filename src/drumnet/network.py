"""The trained network: conditioning and code in, onset activations out.

Three ONNX graphs: `listen` (what is heard of the song, computed once),
`encode` (the code of what is played to it) and `decode` (what a code plays).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from drumnet.checkpoint import Checkpoint
from drumnet.features import Conditioning


@dataclass(frozen=True, eq=False)
class OnsetActivations:
    """What the network would play, (num_pieces, num_ticks) float32 each.

    Args:
        probability: of a hit.
        velocity: 0-1, if there is one.
        offset: in ticks from the tick, -0.5 to 0.5.
    """

    probability: NDArray[np.float32]
    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]


class Network:
    """The sessions of one checkpoint."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint

    @cached_property
    def _listen(self) -> onnxruntime.InferenceSession:
        return _session(self.checkpoint, "listen")

    @cached_property
    def _encode(self) -> onnxruntime.InferenceSession:
        return _session(self.checkpoint, "encode")

    @cached_property
    def _decode(self) -> onnxruntime.InferenceSession:
        return _session(self.checkpoint, "decode")

    def listen(self, heard: Conditioning) -> NDArray[np.float32]:
        """(width, num_beats): what is heard, as `encode` and `decode` take it."""
        inputs = {
            "strength": heard.strength[None],
            "present": heard.present[None].astype(np.float32),
            "beat_in_bar": heard.beat_in_bar[None],
            "bar_length": heard.bar_length[None],
            "bar": heard.bar[None],
        }
        return np.asarray(self._listen.run(None, inputs, _sparing())[0][0], dtype=np.float32)

    def encode(
        self, listened: NDArray[np.float32], velocity: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """(16,) the code of a passage.

        Args:
            listened: (width, num_beats) from `listen`.
            velocity: (num_pieces, num_ticks) 0-1, 0 where nothing is hit.
        """
        inputs = {"heard": listened[None], "velocity": velocity[None]}
        return np.asarray(self._encode.run(None, inputs, _sparing())[0][0], dtype=np.float32)

    def decode(self, listened: NDArray[np.float32], code: NDArray[np.float32]) -> OnsetActivations:
        """What the code plays to what is heard."""
        inputs = {"heard": listened[None], "code": code[None].astype(np.float32)}
        found = self._decode.run(None, inputs, _sparing())
        return OnsetActivations(*(array[0] for array in found))

    def probabilities(
        self, listened: NDArray[np.float32], codes: NDArray[np.floating[Any]]
    ) -> NDArray[np.float32]:
        """(num_codes, num_pieces, num_ticks) probabilities of a hit under each
        of (num_codes, 16) codes."""
        inputs = {"heard": listened[None], "code": codes.astype(np.float32)}
        return np.asarray(
            self._decode.run(["probability"], inputs, _sparing())[0], dtype=np.float32
        )


def _sparing() -> onnxruntime.RunOptions:
    """A run that gives its memory back: a long song's would be kept for ever."""
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def _session(checkpoint: Checkpoint, graph: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # same bytes on any number of cores
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(checkpoint.graph(graph)), options, providers=["CPUExecutionProvider"]
    )
