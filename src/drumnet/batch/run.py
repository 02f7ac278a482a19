"""Many songs on any number of workers.

In: requests, a place for the results, and workers.  Out: a line for each song, and the summary.
What is at its place already, made of the same, is kept: a run that was stopped goes on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import drumnet
from drumnet.batch.page import page
from drumnet.batch.places import Place, place_of
from drumnet.batch.request import SongRequest
from drumnet.batch.song import DONE, FAULT, KEPT, Line, work_on
from drumnet.batch.summary import csv_table, has_parquet, parquet_table
from drumnet.errors import DataError
from drumnet.workers import Lost, Workers

BATCH_FORMAT = "drumnet-batch/1"
#: Called with a song's line when it is known.
Tell = Callable[[Line], None]


@dataclass(frozen=True)
class Shard:
    """A part of the songs: the `number`-th of each `of`, counted from 1."""

    number: int = 1
    of: int = 1

    @staticmethod
    def parse(text: str) -> Shard:
        """Of `2/8`.

        >>> Shard.parse("2/8")
        Shard(number=2, of=8)

        Raises:
            DataError: no part of anything.
        """
        number, _, of = text.partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise DataError(f"'{text}' is no shard: write the second of eight as 2/8")
        return Shard(int(number), int(of))

    def part(self, items: Sequence[Any]) -> Sequence[Any]:
        """Those of its part: all shards together have each once."""
        return items[self.number - 1 :: self.of]

    @property
    def ending(self) -> str:
        """Of the names of its summaries."""
        return "" if self.of == 1 else f"-{self.number}-of-{self.of}"


@dataclass(frozen=True)
class Outcome:
    """What became of the songs.

    Args:
        lines: in the order of the list.
        wall_s: how long it took; processor_s: of all workers, by stage.
        written: the names of the summaries.
    """

    lines: tuple[Line, ...]
    wall_s: float
    processor_s: Mapping[str, float]
    written: tuple[str, ...]

    def count(self, status: str) -> int:
        """How many songs have it."""
        return sum(line.status == status for line in self.lines)


def summary_names(shard: Shard) -> tuple[str, ...]:
    """The files that belong to all songs; the last one says that they are ours."""
    kinds = ("csv", "parquet", "html") if has_parquet() else ("csv", "html")
    return (*(f"summary{shard.ending}.{kind}" for kind in kinds), f"batch{shard.ending}.json")


def run(
    requests: Sequence[SongRequest | Line],
    out: str,
    workers: Workers,
    *,
    overwrite: bool = False,
    shard: Shard = Shard(),
    tell: Tell = lambda line: None,
) -> Outcome:
    """Make what is asked for all songs, and write the summary.

    Args:
        requests: songs; of those that cannot be asked for, their line.
        out: a folder or a URL.
        overwrite: whether what was made of something else is made again.
        shard: whose songs these are, which names the summary.

    Raises:
        OutputError: nothing can be written there.
    """
    begun = time.perf_counter()
    out = out if "://" in out else str(Path(out).absolute())  # workers may be elsewhere
    place = place_of(out)
    *tables, ours = summary_names(shard)
    place.write(ours, _json({"format": BATCH_FORMAT, "drumnet": drumnet.__version__}))
    lines: list[Line | None] = [one if isinstance(one, Line) else None for one in requests]
    for line in filter(None, lines):
        tell(line)
    asked = [index for index, line in enumerate(lines) if line is None]
    songs = [one for one in requests if not isinstance(one, Line)]
    seconds: dict[str, float] = {}
    for index, made in workers.each(partial(work_on, out, overwrite), songs):
        if isinstance(made, Lost):
            line = Line(songs[index].name, FAULT, made.why)
        else:
            line = made.line
            for stage, spent_s in made.seconds.items():
                seconds[stage] = seconds.get(stage, 0.0) + spent_s
        lines[asked[index]] = line
        tell(line)
    known = tuple(line for line in lines if line is not None)
    outcome = Outcome(known, time.perf_counter() - begun, seconds, (*tables, ours))
    _write_summary(place, outcome)
    return outcome


def _write_summary(place: Place, outcome: Outcome) -> None:
    counts = {status: outcome.count(status) for status in (DONE, KEPT, FAULT)}
    an_hour = 3600 * counts[DONE] / outcome.wall_s
    said = {
        "format": BATCH_FORMAT,
        "drumnet": drumnet.__version__,
        "songs": counts,
        "wall_seconds": round(outcome.wall_s, 2),
        "processor_seconds": {
            stage: round(spent_s, 2) for stage, spent_s in outcome.processor_s.items()
        },
        "songs_an_hour": round(an_hour, 1),
    }
    total_s = sum(outcome.processor_s.values())
    shares = ", ".join(
        f"{stage} {100 * spent_s / total_s:.0f} %"
        for stage, spent_s in sorted(outcome.processor_s.items(), key=lambda one: -one[1])
        if total_s and spent_s >= 0.005 * total_s
    )
    weights = sorted({line.weights for line in outcome.lines if line.weights})
    about = {
        "made by": f"drumnet {drumnet.__version__}",
        "weights": ", ".join(weights) or "none",
        "this run": f"songs: {counts[DONE]:,} made, {counts[KEPT]:,} kept, "
        f"{counts[FAULT]:,} with a fault; {outcome.wall_s / 60:,.1f} minutes, {an_hour:,.0f} songs "
        "an hour",
        "time spent": shares or "none",
    }
    for name in outcome.written:
        kind = name.rpartition(".")[2]
        if kind == "csv":
            place.write(name, csv_table(outcome.lines))
        elif kind == "parquet":
            place.write(name, parquet_table(outcome.lines))
        elif kind == "html":
            place.write(name, page(outcome.lines, about))
        else:
            place.write(name, _json(said))


def _json(said: Mapping[str, Any]) -> bytes:
    return (json.dumps(said, indent=1) + "\n").encode()
