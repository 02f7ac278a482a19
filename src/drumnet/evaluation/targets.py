"""What is wanted: the targets that the project has set itself.

They stand here alone; a target is never moved to meet it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from drumnet.evaluation.report.model import MODEL_PLAYER, Row

_OF_KICK, _OF_DRUMS = "kick in the style of the kick stem", "kit in the style of the drum mix"
#: Of the model: section, experiment, metric, setting to the figure. None stands
#: for any.
TARGETS: tuple[tuple[tuple[str, str, str, str | None], float], ...] = (
    (("files", _OF_KICK, "micro F1", "beats given, stems, snare given"), 0.92),
    (("files", _OF_KICK, "micro F1", "beats tracked, stems, snare given"), 0.89),
    (("files", _OF_DRUMS, "micro F1", "beats given, stems, KD"), 0.92),
    (("files", _OF_DRUMS, "micro F1", "beats given, stems, SD"), 0.65),
    (("files", _OF_DRUMS, "micro F1", "beats given, stems, HH"), 0.78),
    (("corpus", "transfer", "tick F1", ""), 0.80),
    (("corpus", "transfer", "nearer than copy-bar", ""), 0.90),
    (("corpus", "reconstruction", "tick F1", ""), 0.83),
    (("invariance", "tempo", "top-1", None), 0.99),
    (("invariance", "shift", "top-1", None), 0.95),
    (("drift", "drift, beats given", "F1 lost", ""), 0.03),
    (("autonomous", "sampled", "AUC", ""), 0.70),
    (("autonomous", "sampled", "overlapped area", "density"), 0.85),
    (("autonomous", "sampled", "overlapped area", "syncopation"), 0.85),
    (("autonomous", "sampled", "overlapped area", "repetition"), 0.85),
    (("adherence", "transfer", "adherence", ""), 0.80),
    (("adherence", "sampled", "adherence", ""), 0.80),
    (("kit", "transfer", "micro F1", "all pieces"), 0.70),
    (("kit", "transfer", "micro F1", "snare"), 0.85),
    (("kit", "transfer", "micro F1", "hats, closed or open"), 0.70),
    (("kit", "transfer", "micro F1 above copy-bar", None), 0.0),
    (("kit", "transfer", "nearer than copy-bar", "all pieces"), 0.90),
    (("kit", "sampled", "AUC", ""), 0.75),
    (("kit", "sampled", "overlapped area", None), 0.85),
    (("segments", "all bars heard", "note F1", ""), 0.80),
    (("segments", "all bars heard", "note F1 within a 16th", ""), 0.80),
    (("groove", "tap to kit", "micro F1", "all pieces"), 0.70),
    (("groove", "tap to kit", "velocity error", ""), 0.10),
    (("groove", "tap to kit", "timing error, ms", ""), 9.0),
    (("recordings", "transfer", "onset F1, pooled", "beats given, snare given"), 0.945),
    (("variety", "sampled", "dominating patterns", None), 25),
    (("variety", "sampled", "densest over sparsest", None), 3),
    (("variety", "sampled", "same seed, same bytes", None), 1),
)

POOLED = ", pooled"


def with_targets(rows: Iterable[Row]) -> list[Row]:
    """The rows, those of the model with what is wanted of them; where that is
    wanted of the pooled figure, it has a row of its own."""
    found: list[Row] = []
    for row in rows:
        if row.metric.endswith(POOLED):
            continue
        found.append(replace(row, target=_target(row)))
        pooled = replace(
            row, metric=row.metric + POOLED, value=row.pooled, low=None, high=None,
            pooled=None, per_song=None,
        )  # fmt: skip
        wanted = _target(pooled)
        if wanted is not None:
            found.append(replace(pooled, target=wanted))
    return found


def _target(row: Row) -> float | None:
    if row.player != MODEL_PLAYER:
        return None
    for (section, experiment, metric, setting), wanted in TARGETS:
        alike = (row.section, row.experiment, row.metric) == (section, experiment, metric)
        if alike and setting in (None, row.setting):
            return wanted
    return None
