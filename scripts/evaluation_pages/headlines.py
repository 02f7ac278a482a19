"""The figures that a reader should know.

In: `Report`s by the name of their weights.  Out: a line for each, with what simple
drummers score beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from drumnet.evaluation.report import words
from drumnet.evaluation.report.goals import goals
from drumnet.evaluation.report.model import Report
from evaluation_pages.figures import ALL_PIECES, NoFigureError, SectionFigures
from evaluation_pages.markdown import Reports

_GIVEN, _TRACKED = "beats given, snare given", "beats tracked, snare given"


@dataclass(frozen=True)
class Headline:
    """A figure that a reader should know; where `setting` is None, the worst of all.

    Args:
        text: what it is of.
        rivals: players whose figure stands beside it.
    """

    section: str
    text: str
    experiment: str
    metric: str
    setting: str | None = ""
    rivals: tuple[str, ...] = ()
    pooled: bool = False

    def cells(self, models: Reports) -> list[str] | None:
        """The figure of each model, and what stands beside it; None where no report
        has it."""
        of, key = SectionFigures(models, self.section), (self.experiment, self.metric, self.setting)
        try:
            own = of.find(*key, pooled=self.pooled)
        except NoFigureError:
            return None
        beside = []
        for player in self.rivals:
            try:
                beside.append(f"{player} {of.find(*key, player=player, pooled=self.pooled)}")
            except NoFigureError:
                continue
        return [*(words.score(own.values.get(name)) for name in models), ", ".join(beside)]


#: In the order of the path: the kick, recordings, the kit, what is sampled.
HEADLINES = (
    Headline("corpus", "the kick of a half not heard, tick F1", "transfer", "tick F1",
             rivals=("copy-bar", "no code")),
    Headline("recordings", "the same from recordings, onset F1", "transfer", "onset F1", _GIVEN,
             ("copy-bar",), pooled=True),
    Headline("recordings", "and with tracked beats", "transfer", "onset F1", _TRACKED,
             ("copy-bar",), pooled=True),
    Headline("kit", "all nine pieces, micro F1", "transfer", "micro F1", ALL_PIECES,
             ("copy-bar", "own bar")),
    Headline("kit", "its snare", "transfer", "micro F1", "snare", ("copy-bar", "own bar")),
    Headline("segments", "the next four bars after those heard, note F1", "all bars heard",
             "note F1", rivals=("style alone", "typical bar")),
    Headline("groove", "a kit to a tap, micro F1", "tap to kit", "micro F1", ALL_PIECES,
             ("1-nearest neighbour", "fixed rock beat")),
    Headline("kit", "sampled kits told from people's, AUC (0.5: not at all)", "sampled", "AUC",
             rivals=("copy-bar",)),
    Headline("adherence", "the bass followed, times as much as drummers do", "transfer",
             "adherence", rivals=("copy-bar", "bass copy")),
    Headline("drift", "F1 lost where the tempo drifts, beats tracked", "drift, beats tracked",
             "F1 lost", rivals=("copy-bar",)),
    Headline("variety", "different patterns among 50 styles, least", "sampled",
             "dominating patterns", None),
)  # fmt: skip


def targets_reached(name: str, report: Report) -> str:
    """How many of the targets are reached: "`default` reaches 13 of 21"."""
    found = goals(report.rows)
    return f"`{name}` reaches {sum(goal.reached for goal in found)} of {len(found)}"
