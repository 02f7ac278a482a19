"""What a style does beyond its 16 numbers.

Its drummer plays a chorus otherwise than a verse (`passages`), plays some strokes again and
again (`figure`), and may lie behind the beat or before it.  Styles that were taken from a
song, or are like one's, have habits; they stand in `style.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from drumnet.errors import StyleError
from drumnet.style.figure import Figure
from drumnet.style.passages import Passages

#: Who is later than that plays on another beat.
_MOST_LATE_S = 0.5
#: Of styles whose drummers are not known: their bars repeat as people's do
#: (docs/experiments/styles.md, 2026-11-30).
USUAL_VARIATION = 0.65


@dataclass(frozen=True)
class Habits:
    """What a style's drummer does besides.

    Args:
        passages: how the code departs along a song.
        figure: what is played again and again.
        late_s: behind the beat all along; before it is negative.
        variation: by how much bars differ by themselves, from 0 to 1.

    Raises:
        StyleError: a lateness that is no number, or of more than half a second, or a
            variation outside 0-1.
    """

    passages: Passages | None = None
    figure: Figure | None = None
    late_s: float = 0.0
    variation: float = USUAL_VARIATION

    def __post_init__(self) -> None:
        if not abs(self.late_s) <= _MOST_LATE_S:
            raise StyleError(f"a style is late by {_MOST_LATE_S:g} s at most, not {self.late_s:g}")
        if not 0 <= self.variation <= 1:
            raise StyleError(f"the variation of a style is 0-1, not {self.variation:g}")

    @staticmethod
    def read(written: Any) -> Habits:
        """What `written` gave; of older files the passages alone.

        Raises:
            StyleError: anything else.
        """
        if isinstance(written, list):
            return Habits(Passages.read(written))
        if not isinstance(written, dict):
            raise StyleError("habits are 'passages', a 'figure', 'late_ms' and 'variation'")
        passages, figure = written.get("passages"), written.get("figure")
        numbers = written.get("late_ms", 0.0), written.get("variation", USUAL_VARIATION)
        if not all(type(number) in (int, float) for number in numbers):
            raise StyleError("'late_ms' and 'variation' of habits are numbers")
        return Habits(
            Passages.read(passages) if passages else None,
            Figure.read(figure) if figure else None,
            numbers[0] / 1000,
            numbers[1],
        )

    def written(self) -> dict[str, Any]:
        """As `style.json` keeps them."""
        found: dict[str, Any] = {"variation": round(self.variation, 3)}
        if self.passages:
            found["passages"] = self.passages.written()
        if self.figure:
            found["figure"] = self.figure.written()
        if self.late_s:
            found["late_ms"] = round(1000 * self.late_s, 1)
        return found

    def fading(self, amount: float) -> Habits:
        """That much of them."""
        return Habits(
            self.passages.fading(amount) if self.passages else None,
            self.figure.fading(amount) if self.figure else None,
            self.late_s * amount,
            USUAL_VARIATION + amount * (self.variation - USUAL_VARIATION),
        )
