"""What an evaluation found: `Report`. `report.file` reads and writes it.

Every value is checked once, at construction, and kept as it is written, so that
what is read back is equal: NaN and infinity become None, numbers keep
`fields.DECIMALS` places, lists become tuples. What does not fit is a ValueError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drumnet.evaluation.report import fields as values

FORMAT = "drumnet-report/1"

SECTIONS = (
    "files", "corpus", "invariance", "drift", "autonomous", "adherence", "kit", "segments",
    "groove", "recordings", "variety",
)  # fmt: skip
MODEL_PLAYER = "drumnet"
REAL_PLAYER = "real"

HIGHER, LOWER, NEITHER = "higher", "lower", ""

_MADE = ("date", "drumnet", "python", "packages", "machine", "seed", "quick", "seconds")
_MODEL = ("name", "sha256", "floors")
_DATA = ("name", "sha256", "split", "num_songs", "recordings")


@dataclass(frozen=True)
class SongFacts:
    """What is known of one song; None where it is not known.

    Args:
        name: the one it has in its data set; unique there.
        genre, artist, title: as its source has them.
        kind: where it comes from, e.g. "chart", "gm", "recording".
        bpm: its tempo in beats per minute.
        metre: "4/4"; of most of its bars.
        num_beats: its length.
        density: real hits a bar.
        year: of the recording.
        off_sixteenths: share of the real hits that lie on no 16th.
    """

    name: str
    genre: str | None = None
    kind: str | None = None
    bpm: float | None = None
    metre: str | None = None
    num_beats: int | None = None
    density: float | None = None
    artist: str | None = None
    title: str | None = None
    year: int | None = None
    off_sixteenths: float | None = None

    def __post_init__(self) -> None:
        _keep(self, name=values.text(self.name, "name"))
        for name in ("genre", "kind", "metre", "artist", "title"):
            _keep(self, **{name: values.text_or_none(getattr(self, name), name)})
        for name in ("bpm", "density", "off_sixteenths"):
            _keep(self, **{name: values.number(getattr(self, name), name)})
        for name in ("num_beats", "year"):
            _keep(self, **{name: values.count_or_none(getattr(self, name), name)})


@dataclass(frozen=True)
class Row:
    """One figure.

    Args:
        section: one of `SECTIONS`.
        experiment: e.g. "transfer", "reconstruction", "tempo", "shift", "sampled".
        player: "drumnet" (the model), or the baseline's name.
        metric: e.g. "tick F1", "top-1", "overlapped area".
        setting: "" or what was set, e.g. "80 %", "density".
        value: the mean over songs, or the figure itself.
        low, high: its 95 % interval, None where there is none.
        pooled: the figure of all songs taken as one, None where there is none.
        per_song: one value for each of the section's songs, None entries where
            a song has none; or None.
        better: which way is better, "higher", "lower", or "" for neither.
        target: what is wanted: at least (at most, where lower is better) this.
    """

    section: str
    experiment: str
    player: str
    metric: str
    setting: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    pooled: float | None = None
    per_song: Sequence[float | None] | None = None
    better: str = NEITHER
    target: float | None = None

    def __post_init__(self) -> None:
        _keep(self, section=values.choice(self.section, "section", SECTIONS))
        for name in ("experiment", "player", "metric", "setting"):
            _keep(self, **{name: values.text(getattr(self, name), name)})
        for name in ("value", "low", "high", "pooled", "target"):
            _keep(self, **{name: values.number(getattr(self, name), name)})
        if self.per_song is not None:
            _keep(self, per_song=values.numbers(self.per_song, "per_song"))
        _keep(self, better=values.choice(self.better, "better", (HIGHER, LOWER, NEITHER)))
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has both a low and a high end")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"the interval {self.low} to {self.high} is upside down")
        if self.target is not None and self.better == NEITHER:
            raise ValueError("a target needs a better: 'higher' or 'lower'")

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What tells it from the other rows: section, experiment, player,
        metric, setting."""
        return self.section, self.experiment, self.player, self.metric, self.setting

    @property
    def reached(self) -> bool | None:
        """Whether the value reaches the target; None where there is none.

        >>> Row("corpus", "transfer", "drumnet", "tick F1", value=0.8, better="higher",
        ...     target=0.8).reached
        True
        """
        if self.target is None:
            return None
        if self.value is None:
            return False
        return self.value >= self.target if self.better == HIGHER else self.value <= self.target


@dataclass(frozen=True)
class Codes:
    """The style codes of the songs' first halves.

    Args:
        xy: one point for each song of the section "corpus" (None where it has
            no code): the first two principal components of all codes.
        distance: figures on the distances between codes, by name.
    """

    xy: Sequence[Sequence[float] | None]
    distance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        points: list[tuple[float | None, ...] | None] = []
        for point in self.xy:
            found = None if point is None else values.numbers(point, "codes.xy")
            if found is not None and len(found) != 2:
                raise ValueError(f"a point of codes.xy has {len(found)} numbers, not 2")
            points.append(None if found is None or None in found else found)
        _keep(self, xy=tuple(points), distance=values.facts(self.distance, "codes.distance", ()))


@dataclass(frozen=True)
class Pattern:
    """Some bars of one song. Ticks count from the first one shown.

    Args:
        song: its index in the songs of `section`.
        f1: what transfer scores on it.
        first_bar: number of the first bar shown, from 0 at the song's begin.
        bar_ticks: the length of each bar, in ticks.
        real: ticks of the hits that the song has.
        generated: ticks of the hits that the model plays.
        bass, snare: ticks of their onsets; empty where there is none.
        section: whose songs `song` counts.
    """

    song: int
    f1: float | None
    first_bar: int
    bar_ticks: Sequence[int]
    real: Sequence[int]
    generated: Sequence[int]
    bass: Sequence[int] = ()
    snare: Sequence[int] = ()
    section: str = "corpus"

    def __post_init__(self) -> None:
        _keep(self, section=values.choice(self.section, "section", SECTIONS))
        _keep(self, song=values.count(self.song, "song"), f1=values.number(self.f1, "f1"))
        _keep(self, first_bar=values.count(self.first_bar, "first_bar"))
        for name in ("bar_ticks", "real", "generated", "bass", "snare"):
            _keep(self, **{name: values.counts(getattr(self, name), name)})
        for name in ("real", "generated", "bass", "snare"):
            if any(tick >= self.num_ticks for tick in getattr(self, name)):
                raise ValueError(f"{name} has ticks beyond the {self.num_ticks} of the bars shown")

    @property
    def num_ticks(self) -> int:
        return sum(self.bar_ticks)


@dataclass(frozen=True)
class Report:
    """All that one evaluation found.

    Args:
        made: date, drumnet, python, packages, machine, seed, quick, seconds.
        model: name, sha256, floors, and what else its provenance says.
        data: name, sha256, split, num_songs, recordings.
        songs: for a section, the songs that its rows' `per_song` align with.
        rows: the figures, in the order in which they are shown.
        codes: the map of the songs' codes, or None.
        patterns: songs to look at bar by bar: the best and the worst.

    Raises:
        ValueError: a field is missing or malformed, two rows have one key, or
            `per_song`, `codes` or `patterns` do not fit the songs.
    """

    made: Mapping[str, Any]
    model: Mapping[str, Any]
    data: Mapping[str, Any]
    songs: Mapping[str, Sequence[SongFacts]]
    rows: Sequence[Row]
    codes: Codes | None = None
    patterns: Sequence[Pattern] = ()
    format: str = FORMAT

    def __post_init__(self) -> None:
        if self.format != FORMAT:
            raise ValueError(f"the format is {self.format!r}, not {FORMAT!r}")
        _keep(self, made=values.facts(self.made, "made", _MADE))
        _keep(self, model=values.facts(self.model, "model", _MODEL))
        _keep(self, data=values.facts(self.data, "data", _DATA))
        _keep(self, songs={name: tuple(songs) for name, songs in self.songs.items()})
        _keep(self, rows=tuple(self.rows), patterns=tuple(self.patterns))
        self._check_songs()
        self._check_rows()

    def _check_songs(self) -> None:
        for section, songs in self.songs.items():
            values.choice(section, "a section of songs", SECTIONS)
            names = [song.name for song in songs]
            if len(set(names)) != len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise ValueError(f"songs of {section}: {twice!r:.60} is there twice")
        num_codes = 0 if self.codes is None else len(self.codes.xy)
        if self.codes is not None and num_codes != len(self.songs_of("corpus")):
            raise ValueError(
                f"codes: {num_codes} points for {len(self.songs_of('corpus'))} corpus songs"
            )
        for pattern in self.patterns:
            if pattern.song >= len(self.songs_of(pattern.section)):
                raise ValueError(f"patterns: {pattern.section} has no song {pattern.song}")

    def _check_rows(self) -> None:
        seen = set()
        for row in self.rows:
            name = " / ".join(filter(None, row.key))
            if row.key in seen:
                raise ValueError(f"the row {name} is there twice")
            seen.add(row.key)
            num_songs = len(self.songs_of(row.section))
            if row.per_song is not None and len(row.per_song) != num_songs:
                raise ValueError(
                    f"the row {name} has {len(row.per_song)} values for {num_songs} songs"
                )

    def songs_of(self, section: str) -> Sequence[SongFacts]:
        """The songs of a section, none where it has none."""
        return self.songs.get(section, ())

    def rows_of(self, section: str, experiment: str | None = None) -> tuple[Row, ...]:
        """The rows of a section, or of one experiment of it."""
        return tuple(
            row
            for row in self.rows
            if row.section == section and experiment in (None, row.experiment)
        )

    def find(
        self, section: str, experiment: str, player: str, metric: str, setting: str = ""
    ) -> Row | None:
        """The row of that key, None where there is none."""
        key = (section, experiment, player, metric, setting)
        return next((row for row in self.rows if row.key == key), None)


def _keep(checked: object, **found: object) -> None:
    """Set fields of a frozen dataclass, at its construction."""
    for name, value in found.items():
        object.__setattr__(checked, name, value)


def sections_of(report: Report) -> list[str]:
    """The sections that have rows, in the order of `SECTIONS`."""
    return [section for section in SECTIONS if report.rows_of(section)]
