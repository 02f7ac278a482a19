"""The rows of a list of songs, read as the options of `generate`.

In: a row, and the options that were given for all songs, as they were typed.  Out: a
`SongRequest`.  A column has the name of an option, or of a role.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drumnet.batch.manifest import SONG, Row, several
from drumnet.cli.generating import as_asked, generating_options
from drumnet.cli.options import PATH
from drumnet.errors import DataError, DrumnetError
from drumnet.song.roles import Role

if TYPE_CHECKING:
    from drumnet.batch.request import SongRequest

JOBS, SKIP_BAD = "jobs", "skip_bad"
#: Columns that name files of the song.
_SOUNDS = (SONG, *(role.value for role in Role))
_YES, _NO = ("yes", "true", "1", "x"), ("no", "false", "0")


@click.command(add_help_option=False)
@generating_options
@click.option("--jobs", default="generate")
@click.option("--skip-bad", is_flag=True)
def _row(jobs: str, skip_bad: bool, **how: Any) -> dict[str, Any]:
    """What a row asks for."""
    return {JOBS: jobs, SKIP_BAD: skip_bad, **as_asked(**how)}


@cache
def options_of_songs() -> Mapping[str, click.Option]:
    """Each option of a song, by the name of its column."""
    found = {}
    for one in _row.params:
        if isinstance(one, click.Option):
            for name in one.opts:
                found[name.lstrip("-").replace("-", "_")] = one
    return found


def request_of(row: Row, for_all: Mapping[str, Any]) -> SongRequest:
    """What a row asks for.

    Args:
        for_all: values of options by parameter, as they were typed.

    Raises:
        DataError: a column or a value that makes no sense, and where.
    """
    from drumnet.batch.request import Job, SongRequest
    from drumnet.generation import with_seed

    try:
        said = dict(_said(row))
        asked = _parsed({**_from_here(for_all), **said})
        jobs = Job.parse(asked.pop(JOBS))
    except click.UsageError as fault:
        raise DataError(f"{row.where}: {fault.format_message()}") from fault
    except (DrumnetError, ValueError) as fault:
        raise DataError(f"{row.where}: {fault}") from fault
    seed, base = asked.pop("seed"), for_all.get("seed") or 0
    seed = seed if "seed" in said else seed_of(int(base), row.name)
    asked["settings"] = with_seed(asked["settings"], seed)
    return SongRequest(
        row.name,
        row.where,
        tuple(row.folder / path for path in row.said.get(SONG, ())),
        tuple((role, row.folder / path) for role, path in _stems(row)),
        asked.pop(SKIP_BAD),
        jobs,
        asked,
    )


def seed_of(base: int, name: str) -> int:
    """The seed of a song, for ever the same: other songs, other choices."""
    return int.from_bytes(hashlib.sha256(f"{base} {name}".encode()).digest()[:4]) >> 1


def _stems(row: Row) -> Iterator[tuple[str, str]]:
    for role in Role:
        for path in several(row.said.get(role.value, [])):
            yield role.value, path


def _said(row: Row) -> Iterator[tuple[str, Any]]:
    """Parameter and value of each column that is an option."""
    options = options_of_songs()
    said = {key: value for key, value in row.said.items() if key not in _SOUNDS}
    unknown = [column for column in said if column not in options]
    if unknown:
        names = ", ".join(f"'{column}'" for column in unknown)
        raise DataError(
            f"there is no column {names}: see `drumnet batch --help` for those there are, or say "
            f'--ignore "{",".join(unknown)}"'
        )
    for column, value in said.items():
        option = options[column]
        assert option.name is not None
        if option.is_flag:
            yield option.name, _flag(column, value)
        elif option.multiple:
            yield option.name, several(value)
        else:
            yield option.name, _located(option, _text(value), row.folder)


def _from_here(for_all: Mapping[str, Any]) -> dict[str, Any]:
    """Files that are named on the command line, found from wherever songs are played."""
    here, options = Path.cwd(), {one.name: one for one in options_of_songs().values()}
    return {
        name: _located(options[name], value, here) if isinstance(value, str) else value
        for name, value in for_all.items()
    }


def _text(value: Any) -> str:
    """A number as it is typed: tables hold 120 as 120.0."""
    if isinstance(value, list):
        return ",".join(_text(one) for one in value)
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)


def _located(option: click.Option, text: str, folder: Path) -> str:
    """A file beside the list is found from wherever the command is run."""
    from drumnet.batch.request import NAME_OR_FILE

    beside = folder / text
    is_file = option.type is PATH or (option.name in NAME_OR_FILE and beside.exists())
    return str(beside) if is_file else text


def _flag(column: str, value: Any) -> bool:
    said = str(value).lower()
    if said not in (*_YES, *_NO):
        raise DataError(f"'{column}' is {value!r}: write yes or no")
    return said in _YES


def _parsed(values: Mapping[str, Any]) -> dict[str, Any]:
    with _row.make_context("song", [], default_map=dict(values)) as context:
        found: dict[str, Any] = _row.invoke(context)
    return found
