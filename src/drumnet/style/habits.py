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
        late_s: behind the beat all along; before it is negative. None: not known.
        variation: by how much bars differ by themselves, from 0 to 1.

    Raises:
        StyleError: a lateness that is no number, or of more than half a second, or a
            variation outside 0-1.
    """

    passages: Passages | None = None
    figure: Figure | None = None
    late_s: float | None = None
    variation: float = USUAL_VARIATION

    def __post_init__(self) -> None:
        if self.late_s is not None and not abs(self.late_s) <= _MOST_LATE_S:
            raise StyleError(f"a style is late by {_MOST_LATE_S:g} s at most, not {self.late_s:g}")
        if not 0 <= self.variation <= 1:
            raise StyleError(f"the variation of a style is 0-1, not {self.variation:g}")
        # As `style.json` keeps them, so that a style that is loaded plays the same.
        late_s = None if self.late_s is None else round(self.late_s, 4)
        object.__setattr__(self, "late_s", late_s)
        object.__setattr__(self, "variation", round(self.variation, 3))

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
        late_ms, variation = written.get("late_ms"), written.get("variation", USUAL_VARIATION)
        if not all(type(number) in (int, float) for number in (late_ms or 0.0, variation)):
            raise StyleError("'late_ms' and 'variation' of habits are numbers")
        try:
            late_s = None if late_ms is None else float(late_ms) / 1000
        except OverflowError as fault:
            raise StyleError("the 'late_ms' of habits is far too large") from fault
        return Habits(
            Passages.read(passages) if passages else None,
            Figure.read(figure) if figure else None,
            late_s,
            variation,
        )

    def written(self) -> dict[str, Any]:
        """As `style.json` keeps them."""
        found: dict[str, Any] = {"variation": self.variation}
        if self.passages:
            found["passages"] = self.passages.written()
        if self.figure:
            found["figure"] = self.figure.written()
        if self.late_s is not None:
            found["late_ms"] = round(1000 * self.late_s, 1)
        return found


def between(one: Habits | None, other: Habits | None, amount: float) -> Habits | None:
    """Those of a style on the way from one to another: the numbers change with it, and what
    belongs to one of them fades until halfway.

    Args:
        amount: 0 is the one, 1 the other.
    """
    both = one or Habits(), other or Habits()
    nearer, left = both[amount > 0.5], abs(1 - 2 * amount)
    lates = [habits.late_s for habits in both]
    late_s = None
    if any(late is not None for late in lates):
        late_s = (1 - amount) * (lates[0] or 0.0) + amount * (lates[1] or 0.0)
    found = Habits(
        nearer.passages.fading(left) if nearer.passages and left else None,
        nearer.figure.fading(left) if nearer.figure and left else None,
        late_s,
        (1 - amount) * both[0].variation + amount * both[1].variation,
    )
    return None if found == Habits() else found
