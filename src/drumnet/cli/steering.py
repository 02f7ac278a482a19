"""The options that say how a drummer plays, gathered into `Settings`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from drumnet.cli.grouped import GroupedOption

if TYPE_CHECKING:
    from drumnet.hits import Piece
    from drumnet.settings import PieceSettings

Command = TypeVar("Command", bound=Callable[..., Any])

_HOW, _PIECES, _FILLS = "How it is played", "Single pieces", "Fills and sections"
_HALF = click.FloatRange(0.0, 1.0)
_FEELS = {"normal": "NORMAL", "half": "HALF_TIME", "double": "DOUBLE_TIME"}


def parse_piece_value(text: str) -> tuple[str, float]:
    """Piece and number of `PIECE=X`."""
    piece, _, number = text.partition("=")
    try:
        return piece.strip(), float(number)
    except ValueError:
        raise click.BadParameter(f"'{text}' is not PIECE=X, as in closed_hat=0.5") from None


def _option(heading: str, *names: str, **kwargs: Any) -> Callable[[Command], Command]:
    shown = "default" in kwargs and not kwargs.get("multiple")
    return click.option(*names, cls=GroupedOption, heading=heading, show_default=shown, **kwargs)


_OPTIONS = (
    _option(_HOW, "--complexity", type=_HALF, default=0.5, metavar="X",
        help="0 simple, 1 complex, 0.5 as the style says."),
    _option(_HOW, "--intensity", type=_HALF, default=0.5, metavar="X",
        help="0 soft, 1 loud, 0.5 as the style says."),
    _option(_HOW, "--density", type=click.FloatRange(min=0.0), default=1.0, metavar="D",
        help="D times as many hits: 0.5 is half of them, 2 twice."),
    _option(_HOW, "--temperature", type=click.FloatRange(min=0.0), default=0.0, metavar="T",
        help="0 plays what is most likely; higher (0.5, 1, ...) dares more."),
    _option(_HOW, "--variation", type=_HALF, default=0.5, metavar="X",
        help="How much bars differ, small fills included: 0 only where the song does, "
        "1 as much as it gets."),
    _option(_HOW, "--follow-bass", type=click.FloatRange(0.0, 4.0), default=1.0, metavar="X",
        help="How closely the kick follows the bass: 0 not at all, 1 as learned, up to 4."),
    _option(_HOW, "--follow-strumming", type=click.FloatRange(0.0, 4.0), default=1.0, metavar="X",
        help="How closely the hats follow guitar and keys, likewise."),
    _option(_HOW, "--swing", type=_HALF, default=0.0, metavar="X",
        help="How late what is off the beat is played: 0 as the style says, 1 in triplets."),
    _option(_HOW, "--swing-division", type=click.Choice(["8", "16"]), default="8",
        help="Swing the eighths or the sixteenths."),
    _option(_HOW, "--humanize", type=click.FloatRange(0.0, 2.0), default=1.0, metavar="X",
        help="0 plays on the grid, 1 as people do, 2 twice as loosely."),
    _option(_HOW, "--feel", type=click.Choice(list(_FEELS)), default="normal",
        help="The pulse that the drums keep to: the song's, half or twice of it."),
    _option(_PIECES, "--amount", type=parse_piece_value, multiple=True, metavar="PIECE=X",
        help="X times as many hits of a piece. May be repeated, as all of these."),
    _option(_PIECES, "--piece-complexity", type=parse_piece_value, multiple=True,
        metavar="PIECE=X", help="A piece's own complexity: 0 plain, 1 busy, 0.5 as the rest."),
    _option(_PIECES, "--mute", multiple=True, metavar="PIECE",
        help="Leave a piece out; the others are played as in a kit without it."),
    _option(_FILLS, "--fills", type=click.Choice(["none", "4", "8", "sections"]), default="none",
        help="Where fills are played: every 4 or 8 bars, or at the ends of sections."),
    _option(_FILLS, "--fill-amount", type=_HALF, default=1.0, metavar="X",
        help="The share of these places that get one."),
    _option(_FILLS, "--fill-length", type=click.IntRange(1, 16), default=2, metavar="BEATS",
        help="How long a fill is."),
    _option(_FILLS, "--no-fill-crash", is_flag=True, help="No crash after a fill."),
    _option(_FILLS, "--sections", metavar="auto|FILE",
        help="Play each section in its own style and settings: sections that are found, or of a "
        "sections.tsv (bar or m:ss, name, style, settings)."),
)  # fmt: skip


def settings_options(command: Command) -> Command:
    """How it is played, gathered into the argument `settings` (without a seed)."""

    @wraps(command)
    def gathered(
        *args: Any,
        amount: tuple[tuple[str, float], ...],
        piece_complexity: tuple[tuple[str, float], ...],
        mute: tuple[str, ...],
        fills: str,
        fill_amount: float,
        fill_length: int,
        no_fill_crash: bool,
        swing_division: str,
        feel: str,
        complexity: float,
        intensity: float,
        density: float,
        temperature: float,
        variation: float,
        follow_bass: float,
        follow_strumming: float,
        swing: float,
        humanize: float,
        **kwargs: Any,
    ) -> Any:
        from drumnet.settings import Feel, FillPlace, Fills, Settings

        settings = Settings(
            complexity=complexity,
            intensity=intensity,
            pieces=_of_pieces(amount, piece_complexity, mute),
            follow_bass=follow_bass,
            follow_strumming=follow_strumming,
            fills=Fills(fill_amount, fill_length, FillPlace(fills), not no_fill_crash),
            swing=swing,
            swing_division=int(swing_division),
            humanize=humanize,
            feel=Feel[_FEELS[feel]],
            temperature=temperature,
            variation=variation,
            density=density,
        )
        return command(*args, settings=settings, **kwargs)

    decorated: Any = gathered
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return cast(Command, decorated)


def _of_pieces(
    amounts: tuple[tuple[str, float], ...],
    complexities: tuple[tuple[str, float], ...],
    muted: tuple[str, ...],
) -> dict[Piece, PieceSettings]:
    """What is said of single pieces; the last word counts."""
    from drumnet.settings import PieceSettings
    from drumnet.song.roles import parse_pieces

    said: dict[Piece, dict[str, Any]] = {}
    for key, values in (
        ("amount", amounts),
        ("complexity", complexities),
        ("muted", tuple((name, True) for name in muted)),
    ):
        for names, value in values:
            for piece in parse_pieces(names):
                said.setdefault(piece, {})[key] = value
    return {piece: PieceSettings(**fields) for piece, fields in said.items()}
