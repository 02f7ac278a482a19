"""ONNX graphs, ready to run; and those that stand alone in a folder of weights.

A network of one graph is a folder with `model.json` (its format, what its user
has to know, provenance, hash) and the graph.  The drummer has three graphs and
more besides, see `checkpoint`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import CheckpointError
from drumnet.limits import parsed_json

if TYPE_CHECKING:
    import onnxruntime

#: What is known of the graphs of a folder.
MODEL_FILE = "model.json"
#: Of ONNX Runtime's log; and so many letters of what it says.
_FATAL, _MOST_WORDS = 4, 120
#: What it raises besides its own faults, of inputs that a graph does not have.
_FAULTS = (ValueError, RuntimeError, TypeError, OSError, MemoryError)

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
    session: Session


class Session:
    """A graph on one thread, so that any number of cores gives the same bytes.

    Raises:
        CheckpointError: the file holds no graph that can be run.
    """

    def __init__(self, file: Path) -> None:
        import onnxruntime

        self._file = file
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = _FATAL  # what is wrong is told in our words
        with self._told():
            self._session = onnxruntime.InferenceSession(
                str(file), options, providers=["CPUExecutionProvider"]
            )

    def axes_of(self, name: str) -> int:
        """How many axes an input has.

        Raises:
            CheckpointError: there is no such input.
        """
        for one in self._session.get_inputs():
            if one.name == name:
                return len(one.shape)
        raise self._damaged(f"it has no input '{name}'")

    def run(
        self,
        outputs: Sequence[str] | None,
        inputs: Mapping[str, NDArray[Any]],
        shape: Sequence[int | None],
        options: onnxruntime.RunOptions | None = None,
    ) -> list[NDArray[np.float32]]:
        """What the graph makes of the inputs.

        Args:
            outputs: names, or all of them.
            shape: of every output; None where any length will do.

        Raises:
            CheckpointError: it is not made for these inputs, or gives something else.
        """
        with self._told():
            found = self._session.run(outputs, dict(inputs), options)
        for array in found:
            if not isinstance(array, np.ndarray) or array.ndim != len(shape):
                raise self._damaged("its results are no arrays that are known")
            if any(want not in (None, is_) for want, is_ in zip(shape, array.shape, strict=True)):
                raise self._damaged(f"it gives {array.shape} in place of {tuple(shape)}")
            if array.dtype.kind not in "biuf" or not np.isfinite(array).all():
                raise self._damaged("it gives what are no numbers")
        return [np.asarray(array, dtype=np.float32) for array in found]

    @contextmanager
    def _told(self) -> Iterator[None]:
        from onnxruntime.capi import onnxruntime_pybind11_state as native

        kinds = (one for one in vars(native).values() if isinstance(one, type))
        faults: tuple[type[Exception], ...] = tuple(o for o in kinds if issubclass(o, Exception))
        try:
            yield
        except faults + _FAULTS as fault:
            raise self._damaged(" ".join(str(fault).split())[:_MOST_WORDS]) from fault

    def _damaged(self, why: str) -> CheckpointError:
        return CheckpointError(
            f"'{self._file}' is no network that this drumnet runs ({why}): export it again"
        )


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
    return Graph(f"{file.stem}@{wanted[:8]}", facts, provenance, Session(file))


def file_hash(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
