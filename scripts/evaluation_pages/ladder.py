"""From what a user gets to what is measured with the truth handed over, a step at a time.

In: `Report`s by the name of their weights.  Out: a table whose every line is given one thing
more than the line above it: what each ear, and the variation, cost.
"""

from __future__ import annotations

from dataclasses import dataclass

from drumnet.evaluation.report import words
from drumnet.evaluation.report.model import MODEL_PLAYER
from evaluation_pages.figures import ALL_PIECES, NoFigureError, SectionFigures
from evaluation_pages.markdown import Reports, table

_KICK, _KIT = "kick in the style of", "kit in the style of"
_PLAIN = "variation 0"


@dataclass(frozen=True)
class Step:
    """A figure of a report, and what it was given more than the one before."""

    text: str
    experiment: str
    setting: str
    player: str = MODEL_PLAYER
    section: str = "files"
    metric: str = "micro F1"
    pooled: bool = False


_SNARE = "stems, snare given"
_ALL = f"stems, {ALL_PIECES}"
#: By what is played.
LADDERS = {
    "Kick": (
        Step("the kick heard, beats tracked", f"{_KICK} the kick stem", f"beats tracked, {_SNARE}"),
        Step("beats given", f"{_KICK} the kick stem", f"beats given, {_SNARE}"),
        Step("its hits given", f"{_KICK} hits", f"beats given, {_SNARE}"),
        Step("no variation", f"{_KICK} hits", f"beats given, {_SNARE}", _PLAIN),
        Step("the whole song heard, uncut, its snare's times given", "transfer",
             "beats given, snare given", MODEL_PLAYER, "recordings", "onset F1", pooled=True),
    ),
    "Whole kit": (
        Step("the drums heard, beats tracked", f"{_KIT} the drum mix", f"beats tracked, {_ALL}"),
        Step("beats given", f"{_KIT} the drum mix", f"beats given, {_ALL}"),
        Step("their hits given", f"{_KIT} hits", f"beats given, {_ALL}"),
        Step("no variation", f"{_KIT} hits", f"beats given, {_ALL}", _PLAIN),
    ),
}  # fmt: skip


def ladder_tables(models: Reports) -> str:
    """A table for each ladder; a line that no report has is left out."""
    parts = []
    for name, steps in LADDERS.items():
        lines = [found for step in steps if (found := _line(models, step))]
        if lines:
            parts.append(table([name, *models], lines))
    return "\n".join(parts)


def _line(models: Reports, step: Step) -> list[str] | None:
    of = SectionFigures(models, step.section)
    try:
        found = of.find(
            step.experiment, step.metric, step.setting, player=step.player, pooled=step.pooled
        )
    except NoFigureError:
        return None
    return [step.text, *(words.score(found.values.get(name)) for name in models)]
