"""What one stage of an evaluation found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from drumnet.evaluation.report.model import Codes, Pattern, Row, SongFacts


@dataclass
class Part:
    """Parts of a `Report`."""

    rows: list[Row] = field(default_factory=list)
    songs: dict[str, Sequence[SongFacts]] = field(default_factory=dict)
    codes: Codes | None = None
    patterns: list[Pattern] = field(default_factory=list)
