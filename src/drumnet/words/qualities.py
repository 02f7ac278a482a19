"""What is said behind the name of a beat: what keeps time, and what else stands out."""

from __future__ import annotations

from dataclasses import dataclass

from drumnet.words.played_bars import PLACES
from drumnet.words.typical_bar import TypicalBar, mean_share

#: Fewer strokes a bar keep no time.
_LEAST_TIME = 1.8
#: A hat that is open in a larger share of its strokes is open; in a smaller one, tight.
_OPEN, _TIGHT = 0.5, 0.1
#: Shares of places that are played, and that are left out.
_PLAYED, _LEFT_OUT = 0.55, 0.35
#: Fewer strokes of the toms a bar are but fills.
_LEAST_TOMS = 3

_TOMS = "the toms"
#: What else stands out: what is said, of which number, from where on; the first counts.
_ELSE = (
    ("double bass", "kicks_a_second", 5.0),
    ("rolling hats", "rolls", 1.0),
    ("ghost notes", "ghosts", 1.5),
    ("swung", "is_swung", 1),
    ("busy kick", "kicks", 7.0),
)


@dataclass(frozen=True)
class Timekeeping:
    """What keeps time.

    Args:
        text: as it follows the name of a beat: `with eighths on a tight hat`.
        short: in a word or two: `tight hat`.
    """

    text: str = ""
    short: str = ""


#: Nothing does.
NO_TIME = Timekeeping()


def keeps_time(bar: TypicalBar, name: str, says_time: bool) -> Timekeeping:
    """What the cymbals do.

    Args:
        name: of the beat.
        says_time: the name tells how often they are struck.
    """
    where = _where(bar)
    if not where:
        is_kit = _strokes(bar, "snare") + _strokes(bar, "tom") >= 1
        without = is_kit and _strokes(bar, "cymbal") < _LEAST_TIME
        return Timekeeping("without cymbals", "no cymbals") if without else NO_TIME
    short = where.split(" ", 1)[-1] if where.startswith(("a ", "the ")) else where
    if where == _TOMS:
        return NO_TIME if "tom" in name else Timekeeping(f"on {where}", short)
    how = _how_often(bar)
    if how == "off-beats" and _is_disco(bar):
        return Timekeeping("with disco hats on the off-beat", "disco hats")
    if not how or (says_time and how != "off-beats"):
        return Timekeeping(f"on {where}", short)
    return Timekeeping(f"with {how} on {where}", short)


def stands_out(bar: TypicalBar, name: str, time: str) -> str:
    """What else is to be said of it, but what is said by the name; may be nothing.

    Args:
        time: what keeps time, in short.
    """
    for said, number, least in _ELSE:
        if getattr(bar, number) >= least and not _is_said(said, name, time):
            return said
    return ""


def _is_said(said: str, name: str, time: str) -> bool:
    """Whether the name says it already, or it is of hats that do not keep time."""
    what = said.split()[-1]
    named = what in name or (what == "kick" and "bass" in name)
    return named or (what == "hats" and "hat" not in time)


def _where(bar: TypicalBar) -> str:
    """What keeps time, nothing if hardly anything does."""
    toms = _strokes(bar, "tom")
    strokes = {
        "hat": _strokes(bar, "hat"),
        "the ride": _strokes(bar, "ride"),
        "the crash": _strokes(bar, "crash"),
        _TOMS: toms if toms >= _LEAST_TOMS else 0.0,
    }
    busiest = max(strokes, key=strokes.__getitem__)
    if strokes[busiest] < _LEAST_TIME:
        return ""
    return _hat(bar) if busiest == "hat" else busiest


def _strokes(bar: TypicalBar, row: str) -> float:
    """A bar, on average."""
    return float(bar.shares[row].sum())


def _hat(bar: TypicalBar) -> str:
    share = _strokes(bar, "open_hat") / _strokes(bar, "hat")
    return "open hats" if share >= _OPEN else "a tight hat" if share <= _TIGHT else "the hats"


def _is_disco(bar: TypicalBar) -> bool:
    return bool(bar.shares["open_hat"][2::PLACES].mean() >= 0.4)


def _how_often(bar: TypicalBar) -> str:
    """What is struck of the beat."""
    time = bar.shares["time"]
    on, second, half, last = (mean_share(time[place::PLACES]) for place in range(PLACES))
    if half >= _PLAYED:
        return _with_eighths(bar, on, second, last)
    if half >= _LEFT_OUT:
        return ""
    one, other = (mean_share(time[beat * PLACES :: 2 * PLACES]) for beat in (0, 1))
    if one >= _PLAYED and other < _LEFT_OUT and bar.beats % 2 == 0:
        return "half notes"
    return "quarters" if on >= _PLAYED else ""


def _with_eighths(bar: TypicalBar, on: float, second: float, last: float) -> str:
    """What is struck of a beat whose second eighth is.

    Args:
        on, second, last: shares of the other places.
    """
    if bar.is_shuffled:
        return "triplets" if second >= _PLAYED else "swung eighths" if on >= _PLAYED else ""
    if min(on, second, last) >= _LEFT_OUT and (second + last) / 2 >= _PLAYED:
        return "sixteenths"
    return "eighths" if on >= _PLAYED else "off-beats" if on < _LEFT_OUT else ""
