"""The options that say how a drummer plays, made of the table of settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar, cast

import click
from click.core import ParameterSource

from drumnet.cli.grouped import GroupedOption
from drumnet.errors import DrumnetError
from drumnet.hits import Piece
from drumnet.setting_kinds import Choice, Flag, Number, Setting, Unit
from drumnet.settings import HOW, OF_FILLS, OF_PIECES, TABLE, Settings
from drumnet.song.roles import parse_pieces
from drumnet.style.players import player_called

Command = TypeVar("Command", bound=Callable[..., Any])

_SECTIONS_HELP = (
    "Play each section in its own style and settings: sections that are found, or of a "
    "sections.tsv (bar or m:ss, name, style, settings)."
)


class _OneOf(click.Choice[str]):
    """One of the names of a setting; the others that it reads are taken as well."""

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice.texts)
        self._read = choice.read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self._read(str(value))
        except DrumnetError:
            return self._read(super().convert(value, param, ctx))


def parse_piece_value(text: str) -> tuple[str, float]:
    """Piece and number of `PIECE=X`."""
    piece, _, number = text.partition("=")
    try:
        return piece.strip(), float(number)
    except ValueError:
        raise click.BadParameter(f"'{text}' is not PIECE=X, as in closed_hat=0.5") from None


def _option(setting: Setting) -> Callable[[Command], Command]:
    name, help_ = f"--{setting.name.replace('_', '-')}", setting.help
    how: dict[str, Any] = {"cls": GroupedOption, "heading": setting.heading}
    if setting.heading == OF_PIECES:
        how |= {"multiple": True, "metavar": "PIECE"}
        help_ += " May be repeated."
        if isinstance(setting, Number):
            how |= {"metavar": "PIECE=X", "type": parse_piece_value}
    elif isinstance(setting, Choice):
        default = setting.texts[list(setting.choices).index(setting.default)]
        how |= {"type": _OneOf(setting), "default": default, "show_default": True}
    elif isinstance(setting, Flag):
        if _is_negated(setting):
            name, help_ = f"--no-{setting.name.replace('_', '-')}", f"No {help_.removeprefix('A ')}"
        how |= {"is_flag": True}
    else:
        least, most = setting.limits
        kind = click.FloatRange(least, most)
        how |= {"type": click.IntRange(int(least), int(most)) if setting.is_whole else kind}
        how |= {"default": setting.default, "show_default": True}
        how |= {"metavar": "BEATS" if setting.unit is Unit.BEATS else "X"}
    return click.option(name, help=help_, **how)


def _is_negated(setting: Setting) -> bool:
    """Whether its option turns off what is on unless said."""
    return isinstance(setting, Flag) and setting.default


def settings_options(command: Command) -> Command:
    """How it is played, gathered into the argument `settings` (without a seed): what is said
    by hand, else as the `player` does, if the command has one."""

    @wraps(command)
    def gathered(*args: Any, **kwargs: Any) -> Any:
        context = click.get_current_context()
        said = {}
        for one in TABLE:
            name = f"no_{one.name}" if _is_negated(one) else one.name
            value = kwargs.pop(name)
            if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
                said[one.name] = not value if _is_negated(one) else value
        player = kwargs.get("player")
        base = player_called(player).settings if player else Settings()
        return command(*args, settings=_settings(said, base), **kwargs)

    decorated: Any = gathered
    for one in reversed(TABLE):
        decorated = _option(one)(decorated)
    return cast(Command, decorated)


sections_option = click.option(
    "--sections", cls=GroupedOption, heading=OF_FILLS, metavar="auto|FILE", help=_SECTIONS_HELP
)


def _settings(said: dict[str, Any], base: Settings) -> Settings:
    """Settings with what was said of some of the table."""

    def part(heading: str) -> dict[str, Any]:
        own = [one for one in TABLE if one.heading == heading and one.name in said]
        return {one.field: said[one.name] for one in own}

    settings = replace(base, **part(HOW), fills=replace(base.fills, **part(OF_FILLS)))
    for field, values in part(OF_PIECES).items():
        for piece, value in _of_pieces(values):
            settings = settings.with_piece(piece, **{field: value})
    return settings


def _of_pieces(values: Iterable[tuple[str, float] | str]) -> Iterable[tuple[Piece, float | bool]]:
    """What is said of single pieces; the last word counts."""
    for said in values:
        names, value = (said, True) if isinstance(said, str) else said
        for piece in parse_pieces(names):
            yield piece, value
