"""The whole evaluation: weights and data in, a `Report` out.

It is done in stages, each of which is a report of its own; a stage that is
finished is kept in a hidden folder, so that an evaluation that was stopped
goes on where it was.  Same weights, same data, same seed: the same figures.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from drumnet.corpus.halves import recording_folders
from drumnet.errors import DataError
from drumnet.evaluation.data import EvaluationData, Progress, load_data
from drumnet.evaluation.part import Part
from drumnet.evaluation.report.file import read_report, write_report
from drumnet.evaluation.report.model import Report
from drumnet.evaluation.request import Request
from drumnet.evaluation.stages import Stages
from drumnet.evaluation.targets import with_targets
from drumnet.model.checkpoint import load_checkpoint

#: Hidden, so that it is no folder of the user's.
PARTS_FOLDER = ".drumnet-parts"


def evaluate(request: Request, out: Path, progress: Progress) -> Report:
    """Run every stage, or take it from `out`/.drumnet-parts where it was finished.

    Raises:
        DataError: nothing to measure on, or no part of a name that is asked for.
        CheckpointError: weights that are missing or damaged.
    """
    if request.data is None and request.audio is None and request.groove is None:
        raise DataError("there is nothing to measure on: give --data, --audio or --groove")
    begun = time.perf_counter()
    checkpoint = load_checkpoint(request.model)
    folders = recording_folders(request.audio)[: request.size.folders] if request.audio else []
    data = _load(request, progress) if request.data else None
    read_s = time.perf_counter() - begun
    stages = Stages(request, checkpoint, data, folders, progress)
    frame = stages.frame()
    kept = out / PARTS_FOLDER
    asked = _asked(stages, request.only)
    parts = [_kept(kept, name, stage, frame) for name, stage in asked.items()]
    seconds = read_s + sum(part.made["seconds"] for part in parts)
    return replace(
        frame,
        made={**frame.made, "seconds": round(seconds)},
        songs={section: songs for part in parts for section, songs in part.songs.items()},
        rows=with_targets(row for part in parts for row in part.rows),
        codes=next((part.codes for part in parts if part.codes), None),
        patterns=[pattern for part in parts for pattern in part.patterns],
    )


def _asked(stages: Stages, only: Sequence[str]) -> dict[str, Callable[[], Part]]:
    """The parts that are to be measured."""
    found = stages.by_name()
    for name in only:
        if name not in found:
            raise DataError(f"there is no part '{name}' to measure: choose {', '.join(found)}")
    return {name: stage for name, stage in found.items() if not only or name in only}


def forget_parts(out: Path) -> None:
    """Remove what is kept to go on from."""
    shutil.rmtree(out / PARTS_FOLDER, ignore_errors=True)


def _load(request: Request, progress: Progress) -> EvaluationData:
    assert request.data is not None
    size = request.size
    return load_data(
        request.data,
        request.split,
        most_songs=size.songs,
        most_train=size.train_songs,
        workers=request.workers,
        progress=progress,
    )


def _kept(folder: Path, name: str, stage: Callable[[], Part], frame: Report) -> Report:
    """The report of one stage, from the folder or made now."""
    print_of = repr((frame.model["sha256"], frame.data, {**frame.made, "date": ""}))
    path = folder / f"{name}-{hashlib.sha256(print_of.encode()).hexdigest()[:12]}.json"
    with suppress(DataError):  # damaged, or of another version: it is measured again
        if path.is_file():
            return read_report(path)
    begun = time.perf_counter()
    found = stage()
    part = replace(
        frame,
        made={**frame.made, "seconds": round(time.perf_counter() - begun, 1)},
        rows=found.rows,
        songs=found.songs,
        codes=found.codes,
        patterns=found.patterns,
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_report(path, part)
    return part
