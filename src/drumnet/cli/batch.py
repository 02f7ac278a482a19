"""`drumnet batch`: many songs, each with its results, and a summary of all."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from drumnet.cli.generating import generating_options
from drumnet.cli.grouped import GroupedCommand
from drumnet.cli.options import PATH, workers_options
from drumnet.cli.printing import clock, on_one_line, print_line
from drumnet.cli.song_rows import JOBS, SKIP_BAD, options_of_songs, request_of
from drumnet.errors import DataError, DrumnetError, OutputError

if TYPE_CHECKING:
    from drumnet.batch.manifest import Row
    from drumnet.batch.request import SongRequest
    from drumnet.batch.run import Outcome, Shard
    from drumnet.batch.song import Line

#: As of `drumnet.batch.song`, which is not loaded for `--help`.
DONE, KEPT, FAULT = "done", "kept", "fault"
#: The run went on to its end, and some songs have faults.
SOME_FAULTS = 3
_HEADING = "Every song, unless its row says otherwise"
_SAID = "drumnet.batch.said"
#: Faults of a list that are shown.
_MOST_SHOWN = 20
_ANYWAY = "--anyway does the other songs"
#: Between two lines on how far it is, where nobody looks on.
_EVERY_S = 60.0
_OFTEN_S = 0.2


class _ManySongs(GroupedCommand):
    """Keeps the options as they were typed: each row reads them again, with its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        typed, _, _ = self.make_parser(ctx).parse_args(list(args))
        own = {one.name for one in options_of_songs().values()}
        ctx.meta[_SAID] = {
            name: value
            for name, value in typed.items()
            if name in own and (isinstance(value, str | bool) or value)
        }
        return super().parse_args(ctx, args)


@click.command(cls=_ManySongs)
@click.argument("songs", type=PATH, metavar="SONGS")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="OUT",
    help="The folder to write to, or a URL that fsspec knows: s3://, gs://, sftp://, ...",
)
@click.option(
    "--jobs",
    default="generate",
    show_default=True,
    metavar="LIST",
    help="What to do, with commas between: generate, beats (beats.tsv), style (the style of the "
    "song's own drums, own-style.json), transcribe (their hits, own-hits.csv and own-drums.mid).",
)
@click.option("--mixes", is_flag=True, help="Each sound file in the folder SONGS is a song.")
@click.option(
    "--skip-bad",
    is_flag=True,
    help="Leave out stems that cannot be read, and say so in the summary.",
)
@click.option(
    "--anyway", is_flag=True, help="Do the other songs where rows of the list cannot be used."
)
@click.option("--check", is_flag=True, help="Check the list, and end.")
@click.option(
    "--ignore",
    default="",
    metavar="COLUMNS",
    help="Columns of the list that say nothing to drumnet, as artist,isrc.",
)
@click.option(
    "--shard",
    metavar="K/N",
    default="1/1",
    help="Do the K-th of every N songs, as 2/8; the summary is then summary-2-of-8. Once all "
    "shards are done, the same command without --shard makes the summary of all.",
)
@workers_options
@click.option(
    "--overwrite",
    is_flag=True,
    help="Make songs again whose results were made of other files, settings or weights.",
)
@generating_options
def batch(
    songs: Path,
    output: str,
    mixes: bool,
    anyway: bool,
    check: bool,
    ignore: str,
    shard: str,
    workers: int,
    cluster: str | None,
    overwrite: bool,
    **_of_songs: Any,
) -> None:
    """Write the drums of many songs, or what is heard in them.

    SONGS is a folder that holds a folder of stems for each song, however deep,
    or a list: .csv, .jsonl or .parquet, with a row for each song. Columns:
    name (of its folder in OUT), song (a folder or files, with ; between), a
    column for each stem by its role (bass, guitar, keys, vocals, other, snare,
    hat, toms, cymbals, kick, drums), jobs, and any option of songs below,
    without its dashes. Paths start at the list. The whole list is checked
    before the first song.

    OUT gets a folder for each song, with song.json beside its results, and
    summary.csv, summary.html and, with pyarrow, summary.parquet. A song whose
    file is damaged is a line with its fault there, and the others go on. Run
    again after a stop, it goes on: what was made of the same files, settings
    and weights is kept. A song's seed is made of --seed, 0 unless said, and
    its name.

    \b
    Exit status: 0 all songs are done, 3 some have faults, 1 nothing was done,
    2 wrong usage, 130 interrupted.

    \b
    drumnet batch catalogue/ -o drums/ --no-mix
    drumnet batch list.csv -o drums/ --jobs beats,transcribe
    drumnet batch list.parquet -o s3://bucket/drums --cluster tcp://10.0.0.1:8786
    """
    from drumnet.batch.manifest import read_songs
    from drumnet.batch.run import Shard, run
    from drumnet.workers import workers_of

    part = Shard.parse(shard)
    empty: list[Path] = []
    rows = read_songs(songs, mixes, ignore.split(","), empty.append)
    said = click.get_current_context().meta[_SAID]
    requests = _checked(rows, said, anyway)
    print_line("checked", _counted(len(rows), "song"))
    if empty:
        more = f" and {len(empty) - 1:,} more" if len(empty) > 1 else ""
        print_line("hint", f"no sounds in '{empty[0]}'{more}: passed over")
    if check:
        return
    _refuse(songs, output, part, rows)
    mine = part.part(requests)
    with _Progress(len(mine)) as progress, workers_of(workers, cluster) as processes:
        try:
            outcome = run(mine, output, processes, overwrite=overwrite, shard=part, tell=progress)
        except KeyboardInterrupt:
            progress.say("stopping: the songs in hand are finished, all others are left")
            raise
    _print_outcome(outcome, output)
    if any(line.fault for line in outcome.lines):
        click.get_current_context().exit(SOME_FAULTS)


def _under_heading(name: str | None) -> bool:
    own = {option.name for option in options_of_songs().values()}
    return name in own and name not in (JOBS, SKIP_BAD)


for _one in batch.params:
    if _under_heading(_one.name) and not hasattr(_one, "heading"):
        vars(_one)["heading"] = _HEADING


def _checked(
    rows: Sequence[Row], for_all: Mapping[str, Any], anyway: bool
) -> list[SongRequest | Line]:
    """What each row asks for; of those that cannot be used the fault, if that is wanted.

    Raises:
        DataError: some cannot be used; each is told on stderr.
    """
    from drumnet.batch.song import Line

    found: list[SongRequest | Line] = []
    faults: dict[str, list[str]] = {}  # what is wrong: where
    for row in rows:
        try:
            request = request_of(row, for_all)
            request.check()
            found.append(request)
        except DrumnetError as wrong:
            found.append(Line(row.name, FAULT, str(wrong)))
            what = str(wrong).removeprefix(f"{row.where}: ")
            faults.setdefault(what, []).append(row.where)
    if faults and not anyway:
        _tell_faults(faults, len(rows))
    return found


def _tell_faults(faults: Mapping[str, Sequence[str]], num_rows: int) -> None:
    """Each once, however many rows have it.

    Raises:
        DataError: always.
    """
    told = [on_one_line(f"{_some(where, num_rows)}: {what}") for what, where in faults.items()]
    number = sum(len(where) for where in faults.values())
    if len(told) == 1:
        raise DataError(told[0] if number == num_rows else f"{told[0]}; {_ANYWAY}")
    for fault in told[:_MOST_SHOWN]:
        click.echo(fault, err=True)
    if len(told) > _MOST_SHOWN:
        click.echo(f"and {len(told) - _MOST_SHOWN:,} more", err=True)
    raise DataError(
        f"{number:,} of {_counted(num_rows, 'song')} cannot be used: mend them; {_ANYWAY}"
    )


def _some(where: Sequence[str], num_rows: int) -> str:
    if len(where) == 1:
        return where[0]
    if len(where) == num_rows:
        return f"all {num_rows:,} songs"
    return f"{where[0]} and {len(where) - 1:,} more"


def _refuse(songs: Path, output: str, shard: Shard, rows: Sequence[Row]) -> None:
    """Say no, before any work, to a place that is also where the songs are.

    Raises:
        OutputError: it is.
    """
    from drumnet.batch.places import FolderPlace, place_of
    from drumnet.batch.run import summary_names

    names = summary_names(shard)
    for row in rows:
        if row.name.casefold() in names:
            raise OutputError(
                f"{row.where} would be written to '{row.name}', where the summary belongs: give "
                "it another name, in the column 'name'"
            )
    place = place_of(output)
    if not isinstance(place, FolderPlace):
        return
    out, read = Path(output).resolve(), songs.resolve()
    if songs.is_dir() and (out == read or read in out.parents or out in read.parents):
        raise OutputError(
            f"'{output}' and '{songs}' lie in one another, and results would be taken for songs: "
            "choose another place with -o"
        )
    *tables, ours = names
    place.refuse(tables, ours, [songs])


class _Progress:
    """How far it is, how fast, and how long yet: on a terminal a line that changes, else a line
    a minute; and each fault at once."""

    def __init__(self, number: int) -> None:
        self._number, self._counts = number, Counter[str]()
        self._begun = self._told = time.monotonic()
        self._is_watched = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._clear()

    def __call__(self, line: Line) -> None:
        """A song is done."""
        self._counts[line.status] += 1
        if line.fault:
            self.say(f"{line.name}: {line.fault}", "fault")
        now = time.monotonic()
        if now - self._told >= (_OFTEN_S if self._is_watched else _EVERY_S):
            self._told = now
            self._clear()
            click.echo(self._far(now), err=True, nl=not self._is_watched)

    def say(self, text: str, label: str = "") -> None:
        """A line that stays."""
        self._clear()
        click.echo(f"{label:<9} {on_one_line(text)}".strip(), err=True)

    def _clear(self) -> None:
        if self._is_watched:
            click.echo("\r\x1b[K", err=True, nl=False)

    def _far(self, now: float) -> str:
        done, known = self._counts.total(), self._counts[KEPT]
        said = f"{done:,} of {_counted(self._number, 'song')}"
        if done > known:  # what is kept takes no time, and says nothing of how long the rest does
            an_hour = 3600 * (done - known) / (now - self._begun)
            left_s = (self._number - done) / an_hour * 3600
            said += f", {an_hour:,.0f} an hour, {clock(left_s)} left"
        faults = self._counts[FAULT]
        return f"{said}, {_counted(faults, 'fault')}" if faults else said


def _print_outcome(outcome: Outcome, output: str) -> None:
    counts = [f"{outcome.count(DONE):,} made", f"{outcome.count(KEPT):,} kept"]
    if faults := outcome.count(FAULT):
        counts.append(_counted(faults, "fault"))
    print_line("songs", ", ".join(counts))
    made_s = sum(outcome.processor_s.values())
    if outcome.count(DONE):
        rate = 3600 * outcome.count(DONE) / outcome.wall_s
        print_line("rate", f"{rate:,.0f} songs an hour, in {clock(outcome.wall_s)}")
        shares = sorted(outcome.processor_s.items(), key=lambda one: -one[1])
        said = ", ".join(f"{stage} {100 * spent / made_s:.0f} %" for stage, spent in shares)
        print_line("time", said)
    to_check = sum(bool(line.check) for line in outcome.lines)
    if to_check:
        print_line("hint", f"{_counted(to_check, 'song')} to check by ear: see summary.html")
    print_line("written", f"{output.rstrip('/')}/  {' '.join(outcome.written)}")


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
