"""ONNX graphs, ready to run; and those that stand alone in a folder of weights.

A network of one graph is a folder with `model.json` (its format, what its user
has to know, provenance, hash) and the graph.  The drummer has three graphs and
more besides, see `checkpoint`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from drumnet.errors import CheckpointError
from drumnet.limits import parsed_json

if TYPE_CHECKING:
    import onnxruntime

#: What is known of the graphs of a folder.
MODEL_FILE = "model.json"

Facts = TypeVar("Facts")


class Graph(NamedTuple, Generic[Facts]):
    """A verified graph.

    Args:
        name: of the file, and the beginning of its hash.
        facts: what was read of `model.json` besides.
        provenance: data, command, date, scores: for people.
    """

    name: str
    facts: Facts
    provenance: Mapping[str, Any]
    session: onnxruntime.InferenceSession


def open_session(file: Path) -> onnxruntime.InferenceSession:
    """A graph on one thread, so that any number of cores gives the same bytes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def load_graph(
    folder: Path,
    file_name: str,
    made_for: str,
    read: Callable[[Mapping[str, Any]], Facts | None],
) -> Graph[Facts]:
    """The graph of a folder, checked by its hash.

    Args:
        made_for: the format that `model.json` has to name.
        read: what is wanted of `model.json` besides; None of a network with other
            inputs or outputs than this version's.

    Raises:
        CheckpointError: missing, damaged, or of another version.
    """
    try:
        about = parsed_json((folder / MODEL_FILE).read_text())
        wanted, made = about["sha256"][file_name], about["format"]
        facts, provenance = read(about), dict(about["provenance"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise CheckpointError(
            f"'{folder / MODEL_FILE}' cannot be read ({fault}): install drumnet again"
        ) from fault
    if made != made_for or facts is None:
        raise CheckpointError(
            f"'{folder}' has format {made}, this drumnet reads {made_for}: export it again"
        )
    file = folder / file_name
    if not file.is_file() or file_hash(file) != wanted:
        raise CheckpointError(f"'{file}' is missing or damaged: install drumnet again")
    return Graph(f"{file.stem}@{wanted[:8]}", facts, provenance, open_session(file))


def file_hash(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
