"""The style code: what the player does with a song, in 16 numbers.

A code is set by hand, drawn at random (`style_bank`) or extracted from a song with drums;
of the last two it has habits as well. It travels as `style.json`.  The codes of the
training songs are whitened: each number has a mean of 0 and a variance of 1.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import StyleError
from drumnet.files import atomic_path
from drumnet.limits import parsed_json
from drumnet.style.habits import Habits, between

#: Numbers in a code.  Frozen: the weights and every saved style have 16.
CODE_SIZE = 16
STYLE_FORMAT = "drumnet-style/1"
#: The name of a style that is sampled.
RANDOM = "random"


@dataclass(frozen=True, eq=False)
class CodePath:
    """A code along a song: what it is, and how it departs from that, beat by beat.

    Args:
        code: (16,).
        departures: (num_beats, 16); None where it departs nowhere.
    """

    code: NDArray[np.float32]
    departures: NDArray[np.float32] | None = None

    @property
    def by_beat(self) -> NDArray[np.float32]:
        """(num_beats, 16), or (16,) where it departs nowhere, as `Network.decode` takes it."""
        return self.code if self.departures is None else self.code + self.departures

    def from_code(self, code: NDArray[np.float32]) -> CodePath:
        """The same departures, from another code."""
        return replace(self, code=code)

    def cut(self, start: int, stop: int) -> CodePath:
        """The beats from `start` up to `stop`."""
        if self.departures is None:
            return self
        return replace(self, departures=self.departures[start:stop])


@dataclass(frozen=True, eq=False)
class StyleCode:
    """A style.

    Args:
        code: (16,) finite numbers; typical ones are between -3 and 3.
        model: the weights that it belongs to, as name and hash.
        source: where it comes from, for people.
        habits: what its drummer does besides, if it was taken from a song or is like one's.
        plays: what it played when it was written, in words, for people.

    Raises:
        StyleError: not 16 finite numbers, or habits that depart by fewer or more.
    """

    code: NDArray[np.float32]
    model: str
    source: str = ""
    habits: Habits | None = None
    plays: str = ""

    def __post_init__(self) -> None:
        try:
            with np.errstate(over="ignore"):  # what is too large is not finite
                code = np.array(self.code, dtype=np.float32)
        except (TypeError, ValueError) as fault:
            raise StyleError(f"a style code is {CODE_SIZE} numbers: {fault}") from fault
        if code.shape != (CODE_SIZE,):
            raise StyleError(f"a style code is {CODE_SIZE} numbers, got {code.size}")
        if not np.isfinite(code).all():
            raise StyleError("a style code must be finite numbers")
        passages = self.habits.passages if self.habits else None
        if passages and passages.departures.shape[1] != CODE_SIZE:
            raise StyleError(f"the habits of a style depart by {CODE_SIZE} numbers")
        code.setflags(write=False)
        object.__setattr__(self, "code", code)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StyleCode) and (
            (self.model, self.source, self.habits) == (other.model, other.source, other.habits)
            and np.array_equal(self.code, other.code)
        )

    def __hash__(self) -> int:
        return hash((self.code + np.float32(0)).tobytes())  # -0 equals 0

    def nudged(self, index: int, delta: float) -> StyleCode:
        """The same style, habits and all, with one number moved.

        Raises:
            StyleError: no number of that index.
        """
        if not 0 <= index < CODE_SIZE:
            raise StyleError(f"a style code has numbers 0 to {CODE_SIZE - 1}, not {index}")
        code = self.code.copy()
        code[index] += delta
        return replace(
            self, code=code, source=f"{self.source}, number {index} {delta:+g}", plays=""
        )

    def interpolate(self, other: StyleCode, amount: float) -> StyleCode:
        """The style on the way to another: 0 is this one, 1 the other; its habits go with it
        (`between`).

        Raises:
            StyleError: the two belong to different weights.
        """
        if other.model != self.model:
            raise StyleError(
                f"styles of different weights cannot be mixed ({self.model} and {other.model}): "
                "extract both with the same --model"
            )
        code = (1 - amount) * self.code + amount * other.code
        habits = between(self.habits, other.habits, amount)
        source = f"{1 - amount:g} {self.source} + {amount:g} {other.source}"
        return StyleCode(code, self.model, source, habits)

    def along(self, context: NDArray[np.float32], bar: NDArray[np.int64]) -> CodePath:
        """The code along a song.

        Args:
            context: (width, num_beats) from `Network.listen`.
            bar: (num_beats,) the bar of each beat.

        Raises:
            StyleError: habits of other weights.
        """
        passages = self.habits.passages if self.habits else None
        return CodePath(self.code, passages.along(context, bar) if passages else None)

    def save(self, path: str | Path) -> None:
        """Write `style.json`."""
        content: dict[str, Any] = {
            "format": STYLE_FORMAT,
            "model": self.model,
            "code": [float(value) for value in self.code],
            "source": self.source,
        }
        if self.plays:
            content["plays"] = self.plays
        if self.habits:
            content["habits"] = self.habits.written()
        with atomic_path(path) as part:
            lines = (f' "{key}": {json.dumps(value)}' for key, value in content.items())
            part.write_text("{\n" + ",\n".join(lines) + "\n}\n")

    @staticmethod
    def load(path: str | Path) -> StyleCode:
        """Read `style.json`.

        Raises:
            StyleError: the file is missing or holds no style.
        """
        try:
            content = parsed_json(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as fault:
            raise StyleError(f"'{path}' cannot be read as a style: {fault}") from fault
        if not isinstance(content, dict) or content.get("format") != STYLE_FORMAT:
            raise StyleError(f"'{path}' is no style file: its format should be {STYLE_FORMAT}")
        code: Any = content.get("code")
        if not _are_numbers(code):
            raise StyleError(f"'{path}' is no style: its code should be {CODE_SIZE} numbers")
        try:
            habits = Habits.read(content["habits"]) if content.get("habits") else None
            told = (str(content.get(key, "")) for key in ("model", "source", "plays"))
            model, source, plays = told
            return StyleCode(code, model, source, habits, plays)
        except StyleError as fault:
            raise StyleError(f"'{path}' is no style: {fault}") from fault


def _are_numbers(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) in (int, float) for value in values)


@dataclass(frozen=True, eq=False)
class Preset:
    """A named style of the weights, described by what it measurably does.

    Args:
        name: as it is typed: `eighth-note-rock-tight-hat`.
        title: as it is shown: `eighth-note rock, tight hat`.
        code: (16,).
        measures: `density` (hits per bar), `on_beat` (share of hits on a
            beat), `with_bass` (share of hits at a bass onset), `syncopation`
            (share of hits off the beat that no hit on the next beat resolves).
        formerly: names that it had, by which it is still found.
    """

    name: str
    title: str
    description: str
    code: NDArray[np.float32]
    measures: dict[str, float]
    formerly: tuple[str, ...] = ()
