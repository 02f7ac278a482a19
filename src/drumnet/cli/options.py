"""Options that several commands share, and how their values are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from drumnet.song.roles import DEFAULT_PIECES

Command = TypeVar("Command", bound=Callable[..., Any])


class _NamedPath(click.Path):
    """Not the empty one, which would stand for the folder one is in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the name is empty", param, ctx)
        return super().convert(value, param, ctx)


class _Result(_NamedPath):
    """What a command writes."""


#: A path whose absence is reported in our own words, not as wrong usage; and one that is written.
PATH, RESULT = _NamedPath(path_type=Path), _Result(path_type=Path)


def refuse_results(wanted: Iterable[Path], overwrite: bool) -> None:
    """Say no, before any work, to results that may not be written: `refuse_overwrite` with
    all that the command that is running was given to read.  Songs are left to `keep_stems`,
    which knows what is read of a folder."""
    from drumnet.files import refuse_overwrite

    context = click.get_current_context()
    results = {option.name for option in context.command.params if isinstance(option.type, _Result)}
    values = [value for name, value in context.params.items() if name not in {*results, "paths"}]
    refuse_overwrite(wanted, overwrite, [path for value in values for path in _named_in(value)])


def _named_in(value: Any) -> Iterator[Path]:
    """What may be names of files in the value of an option."""
    if isinstance(value, str | Path):
        yield Path(value)
    elif isinstance(value, tuple):
        for one in value:
            yield from _named_in(one)


def parse_meter(text: str) -> tuple[int, int]:
    """The number of beats in a bar of `6/8`, and the note that a beat is."""
    from drumnet.grid import BEAT_UNITS, MAX_BEATS_PER_BAR

    beats, _, unit = text.partition("/")
    in_range = beats.isdecimal() and 1 <= int(beats) <= MAX_BEATS_PER_BAR
    if not in_range or unit not in map(str, BEAT_UNITS):
        raise click.BadParameter(f"'{text}' is no metre: write it as 4/4, 3/4 or 6/8")
    return int(beats), int(unit)


def parse_tempo_range(text: str) -> tuple[float, float]:
    """The slowest and fastest tempo of `90:140`."""
    slowest, _, fastest = text.partition(":")
    try:
        return float(slowest), float(fastest)
    except ValueError:
        raise click.BadParameter(f"'{text}' is no range of tempo: write it as 90:140") from None


def parse_stem(text: str) -> tuple[str, Path]:
    """Role and path of `ROLE=PATH`."""
    role, equals, path = text.partition("=")
    if not (role and equals and path):
        raise click.BadParameter(f"'{text}' is not ROLE=PATH, as in bass=take3.wav")
    return role.strip(), Path(path)


def song_arguments(command: Command) -> Command:
    """`SONG... --stem ROLE=PATH --skip-bad`, as `paths`, `stems` and `skip_bad`."""
    command = click.option(
        "--skip-bad", is_flag=True, help="Leave out files of SONG that cannot be read, and say so."
    )(command)
    command = click.option(
        "--stem",
        "stems",
        type=parse_stem,
        multiple=True,
        metavar="ROLE=PATH",
        help="Add a stem and say its role (bass, guitar, keys, vocals, other, snare, hat, toms, "
        "cymbals, kick, drums): audio, a .mid, or a .csv/.tsv of onset times. May be repeated.",
    )(command)
    return click.argument("paths", nargs=-1, type=PATH, metavar="SONG...")(command)


def require_song(paths: tuple[Path, ...], stems: tuple[tuple[str, Path], ...]) -> None:
    """Wrong usage where no song is given at all."""
    if not paths and not stems:
        raise click.UsageError("Give a song: a folder of stems, several files, one mix, or --stem.")


def beat_options(command: Command) -> Command:
    """How the beats are found, gathered into the argument `beat_choice`."""

    @wraps(command)
    def gathered(
        *args: Any,
        bpm: float | None,
        beats_file: Path | None,
        meter: tuple[int, int] | None,
        first_downbeat: float | None,
        half_time: bool,
        double_time: bool,
        shift_downbeat: int,
        tempo_range: tuple[float, float] | None,
        constant: bool,
        taps_file: Path | None,
        tracker: str,
        **kwargs: Any,
    ) -> Any:
        not_tracked = bpm is not None or beats_file is not None
        if bpm is not None and beats_file is not None:
            raise click.UsageError("--bpm and --beats exclude each other.")
        if half_time and double_time:
            raise click.UsageError("--half-time and --double-time exclude each other.")
        if not_tracked and (tempo_range is not None or constant or taps_file is not None):
            raise click.UsageError(
                "--tempo-range, --constant and --tap are for beats that are tracked: "
                "leave out --bpm and --beats."
            )
        from drumnet.beats.choice import BeatChoice

        choice = BeatChoice(
            bpm=bpm,
            beats_file=beats_file,
            beats_per_bar=meter and meter[0],
            beat_unit=meter and meter[1],
            first_downbeat_s=first_downbeat,
            half_time=half_time,
            double_time=double_time,
            shift_downbeat=shift_downbeat,
            tempo_range=tempo_range,
            constant=constant,
            taps_file=taps_file,
            tracker=tracker,
        )
        return command(*args, beat_choice=choice, **kwargs)

    options = (
        click.option("--bpm", type=float, metavar="B", help="One tempo for the whole song."),
        click.option(
            "--beats",
            "beats_file",
            type=PATH,
            metavar="FILE",
            help="Beats from a file: beats.tsv, .beats, or a MIDI file's tempo and metre map.",
        ),
        click.option(
            "--meter",
            type=parse_meter,
            metavar="N/D",
            help="The metre, as 4/4; --bpm counts its D-notes. Default: 4/4, or as the file says.",
        ),
        click.option(
            "--first-downbeat",
            type=float,
            metavar="S",
            help="Where the first bar begins, in seconds; of beats that are read or tracked, the "
            "nearest.",
        ),
        click.option("--half-time", is_flag=True, help="Take every second beat as the beat."),
        click.option("--double-time", is_flag=True, help="Count twice as many beats."),
        click.option(
            "--shift-downbeat",
            type=int,
            default=0,
            metavar="N",
            help="Move the bar line by N beats, to later, or to earlier below 0.",
        ),
        click.option(
            "--tempo-range",
            type=parse_tempo_range,
            metavar="A:B",
            help="Track a tempo between A and B bpm, as 90:140.",
        ),
        click.option(
            "--constant", is_flag=True, help="Track one tempo throughout, by least squares."
        ),
        click.option(
            "--tap",
            "taps_file",
            type=PATH,
            metavar="FILE",
            help="Track the beats near taps: a text file with a time in seconds on each line, of "
            "the whole song or a part.",
        ),
        click.option(
            "--tracker",
            type=click.Choice(["embedded", "beat_this"]),
            default="embedded",
            show_default=True,
            help="What tracks the beats; beat_this has to be installed first.",
        ),
    )
    decorated: Any = gathered
    for option in reversed(options):
        decorated = option(decorated)
    return cast(Command, decorated)


seed_option = click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    help="Makes the random choices repeatable; drawn and printed where it is not given.",
)

pieces_option = click.option(
    "--pieces",
    default=DEFAULT_PIECES,
    show_default=True,
    metavar="kit|kick|LIST",
    help="What to play: kit is all that is not given as a stem; kick, or a LIST as "
    "snare,hats,toms, is played whatever is given.",
)
player_option = click.option(
    "--player",
    metavar="NAME",
    help="Who plays, of `drumnet style players`: gives the style, the settings and the kit that "
    "nothing else says.",
)


def workers_options(command: Command) -> Command:
    """Who does the work: `workers` and `cluster`, as `drumnet.workers.workers_of` takes them."""
    command = click.option(
        "--cluster",
        metavar="ADDRESS|FILE",
        help="Work on a Dask cluster: the address of its scheduler, tcp://HOST:PORT, or a YAML "
        "file for dask-jobqueue. Its workers have to see the same files.",
    )(command)
    return click.option(
        "--workers",
        type=click.IntRange(min=1),
        default=_cores,
        show_default="the cores of this machine",
        metavar="N",
        help="So many processes of this machine.",
    )(command)


def _cores() -> int:
    from drumnet.workers import cores

    return cores()


overwrite_option = click.option("--overwrite", is_flag=True, help="Replace files that are there.")

model_option = click.option(
    "--model",
    default="default",
    show_default=True,
    metavar="NAME|PATH",
    help="Weights: default, open, or a folder that `drumnet export` wrote.",
)
