"""The kinds of settings: a number, one of several, or so or not.

In: what a command line, a page, a file or a script says.  Out: the value, checked, or one
line on what was wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from drumnet.errors import DrumnetError


class Unit(Enum):
    """How a number is shown: a share of 1, a factor, as it is, or beats."""

    SHARE = "share"
    TIMES = "times"
    PLAIN = "plain"
    BEATS = "beats"


@dataclass(frozen=True)
class Number:
    """A setting that is a number.

    Args:
        name: of its option, without dashes; in a file of sections too, but for what belongs to
            a piece, which is `snare.` and the field there.
        field: of `Settings`, or of the part that the heading names.
        limits: the least and the most that is taken.
        slider: from where to where a slider goes, which may be less.
        help: what it does, in a line.
    """

    name: str
    label: str
    heading: str
    field: str
    default: float
    limits: tuple[float, float]
    slider: tuple[float, float]
    unit: Unit
    help: str

    @property
    def is_whole(self) -> bool:
        return isinstance(self.default, int)

    def checked(self, value: Any) -> float:
        """The number, as it is.

        Raises:
            DrumnetError: no number, outside of the limits, or in parts where whole ones count.
        """
        (least, most), named = self.limits, self.name.replace("_", " ")
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            raise DrumnetError(f"{named} {value!r} makes no sense: give a number")
        is_inside = bool(np.isfinite(value)) and least <= value <= most
        if not is_inside or (self.is_whole and float(value) % 1 != 0):
            whole = " in whole numbers" if self.is_whole else ""
            raise DrumnetError(
                f"{'an' if named[0] in 'aeiou' else 'a'} {named} of {value:g} makes no sense: "
                f"give {least:g} to {most:g}{whole}"
            )
        return int(value) if self.is_whole else value  # type: ignore[return-value]

    def read(self, text: str) -> float:
        """The number that a text says.

        Raises:
            DrumnetError: no number, or as of `checked`.
        """
        try:
            value = float(text)
        except ValueError:
            raise DrumnetError(f"{self.name}={text} makes no sense: give a number") from None
        return self.checked(value)


@dataclass(frozen=True)
class Choice:
    """A setting that is one of several, by the names of which it is said and shown."""

    name: str
    label: str
    heading: str
    field: str
    default: Any
    choices: Mapping[Any, str]
    help: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The names of the values, in order."""
        return tuple(_text(value) for value in self.choices)

    def checked(self, value: object) -> Any:
        """The value, also of its name.

        Raises:
            DrumnetError: none of those there are.
        """
        return self.read(_text(value))

    def read(self, text: str) -> Any:
        """The value of a name.

        Raises:
            DrumnetError: no such name.
        """
        kind = type(self.default)
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value not in self.choices:
            raise DrumnetError(
                f"{self.name}={text} makes no sense: choose from {', '.join(self.texts)}"
            )
        return value


@dataclass(frozen=True)
class Flag:
    """A setting that is so or not."""

    name: str
    label: str
    heading: str
    field: str
    default: bool
    help: str

    def checked(self, value: object) -> bool:
        """Anything is true or false."""
        return bool(value)

    def read(self, text: str) -> bool:
        """Raises:
        DrumnetError: neither yes nor no.
        """
        if text not in ("yes", "no"):
            raise DrumnetError(f"{self.name}={text} makes no sense: choose from yes, no")
        return text == "yes"


Setting = Number | Choice | Flag


def _text(value: object) -> str:
    return str(value.value if isinstance(value, Enum) else value)
