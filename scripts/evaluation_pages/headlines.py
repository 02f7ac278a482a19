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
_OF_KICK, _OF_DRUMS = "kick in the style of the kick stem", "kit in the style of the drum mix"
_BESIDE = ("variation 0", "copy-bar")


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


#: What a user gets; then, with more handed over, the kick, the kit, what is sampled.
HEADLINES = (
    Headline("files", "from files: the kick in the style of a kick's sound", _OF_KICK, "micro F1",
             "beats given, stems, snare given", _BESIDE),
    Headline("files", "and with tracked beats", _OF_KICK, "micro F1",
             "beats tracked, stems, snare given", _BESIDE),
    *(
        Headline("files", f"from files: {name} of a kit in the style of a drum mix", _OF_DRUMS,
                 "micro F1", f"beats given, stems, {label}", _BESIDE)
        for name, label in (("the kick", "KD"), ("the snare", "SD"), ("the hats", "HH"))
    ),
    Headline("corpus", "the kick of a half not heard, tick F1", "transfer", "tick F1",
             rivals=("copy-bar", "no code")),
    Headline("recordings", "of a recording, its hits handed over, onset F1", "transfer",
             "onset F1", _GIVEN, ("copy-bar",), pooled=True),
    Headline("recordings", "and with tracked beats, hits handed over", "transfer", "onset F1",
             _TRACKED, ("copy-bar",), pooled=True),
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
