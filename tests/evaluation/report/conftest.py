"""A report as an evaluation makes it, of songs that are drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.evaluation.experiments.from_files import CASES, case_rows
from drumnet.evaluation.report.model import Codes, Pattern, Report, Row, SongFacts
from drumnet.evaluation.report.patterns import best_and_worst
from drumnet.evaluation.targets import with_targets
from drumnet.metrics import Counts

NUM_SONGS = 40
NUM_RECORDINGS = 5
GENRES = (None, None, None, "Rock", "rock", "Classic Rock", "Metal", "Punk", "Pop-Rock", "Jazz")
PLAYERS = {
    "no code": 0.12,
    "wrong code": 0.24,
    "copy-bar": 0.17,
    "bass copy": 0.2,
    "four on the floor": 0.32,
    "1-nearest neighbour": 0.15,
}
CHANGES = (
    ("tempo", ("80 %", "90 %", "110 %", "120 %")),
    ("shift", ("1 beat", "2 beats", "1 bar", "0.1 s", "a third of a tick")),
    ("wrong grid", ("downbeats a beat late",)),
)
FEATURES = ("density", "syncopation", "repetition", "position histogram")

Scores = NDArray[np.float64]


@pytest.fixture(scope="session")
def make_report() -> Callable[..., Report]:
    """`make_report(seed=0, num_songs=40)`: the same arguments, the same report."""
    return _report


@pytest.fixture(scope="session")
def report() -> Report:
    return _report()


@pytest.fixture(scope="session")
def shifted() -> Callable[..., Report]:
    """`shifted(report, by, player)`: each score of the player moved by a number,
    or by one for each song."""
    return _shifted


def _shifted(report: Report, by: float | Sequence[float], player: str = "drumnet") -> Report:
    rows = []
    for row in report.rows:
        if row.player == player and row.per_song is not None and row.section == "corpus":
            scores = np.array(row.per_song, dtype=float) + by
            row = replace(row, per_song=scores, value=scores.mean(), low=None, high=None)
        rows.append(row)
    return replace(report, rows=rows)


def _report(seed: int = 0, num_songs: int = NUM_SONGS) -> Report:
    rng = np.random.default_rng(seed)
    songs = [_song(rng, i) for i in range(num_songs)]
    heard = [
        SongFacts(f"mdb_{name}", genre=name, kind="recording", bpm=100 + 7 * i, metre="4/4")
        for i, name in enumerate(("80srock", "beatles", "country1", "grunge", "reggae"))
    ]
    transfer = np.clip(
        0.86 - 0.012 * np.array([s.density for s in songs]) + rng.normal(0, 0.11, num_songs),
        0.05,
        1,
    )
    rows = [
        *_corpus(rng, transfer),
        *_changed(rng, num_songs),
        *_drift(rng, transfer),
        *_autonomous(rng),
        *_recordings(rng),
        *_files(),
        Row(
            "adherence",
            "transfer",
            "drumnet",
            "adherence",
            "",
            0.83,
            0.74,
            0.91,
            better="higher",
            target=0.8,
        ),
        Row("adherence", "transfer", "real", "phi", "", 0.31, 0.27, 0.35, better="higher"),
        Row("adherence", "transfer", "drumnet", "phi", "", 0.26, 0.22, 0.31, better="higher"),
        *(
            Row(
                "variety",
                "sampled",
                "drumnet",
                "patterns",
                song.name,
                20 + i,
                better="higher",
                target=25,
            )
            for i, song in enumerate(heard)
        ),
    ]
    best, worst = best_and_worst(transfer.tolist(), min(10, num_songs // 2))
    return Report(
        made={
            "date": "2026-11-23",
            "drumnet": "0.1.0",
            "python": "3.11.7",
            "packages": {"numpy": "2.4.6", "mir_eval": "0.8.2"},
            "machine": "2 CPUs, Linux x86_64",
            "seed": seed,
            "quick": False,
            "seconds": 640,
        },
        model={
            "name": "default@f3073f9b",
            "sha256": "e9b652fd" * 8,
            "floors": [0.14],
            "steps": 5000,
            "training": {"seed": 1, "learning_rate": 1e-3},
        },
        data={
            "name": "corpus-v1",
            "sha256": "ab12" * 16,
            "split": "test",
            "num_songs": num_songs,
            "recordings": True,
        },
        songs={"files": heard, "corpus": songs, "drift": songs, "recordings": heard},
        rows=rows,
        codes=Codes(rng.normal(size=(num_songs, 2)) * (1.6, 0.9), {"mean": 5.1}),
        patterns=[_pattern(rng, i, float(transfer[i])) for i in [*best, *worst]],
    )


def _song(rng: np.random.Generator, i: int) -> SongFacts:
    genre = GENRES[int(rng.integers(len(GENRES)))]
    known = i % 3 > 0
    return SongFacts(
        f"rb/song{i:03}.mid",
        genre,
        "rb" if known else "gm",
        float(rng.integers(65, 190)),
        "4/4" if rng.random() < 0.85 else "3/4",
        int(rng.integers(120, 700)),
        float(rng.gamma(4, 1.1)) + 0.5,
        f"Band {i % 7}" if known else None,
        f"A song called {i}" if known else None,
        1970 + i if known else None,
    )


def _scored(
    key: tuple[str, ...],
    scores: Scores,
    *,
    better: str = "higher",
    target: float | None = None,
    pooled: bool = False,
) -> Row:
    spread = 1.96 * float(np.std(scores)) / np.sqrt(len(scores))
    middle = float(np.mean(scores))
    section, experiment, player, metric, setting = key
    return Row(
        section,
        experiment,
        player,
        metric,
        setting,
        middle,
        middle - spread,
        middle + spread,
        middle - 0.015 if pooled else None,
        scores,
        better,
        target,
    )


def _corpus(rng: np.random.Generator, transfer: Scores) -> list[Row]:
    def clipped(by: float) -> Scores:
        return np.clip(transfer - by + rng.normal(0, 0.1, len(transfer)), 0, 1)

    rows = []
    for metric, more in (("tick F1", 0.0), ("onset F1", 0.006)):
        target = 0.8 if metric == "tick F1" else None
        own = np.clip(transfer + more, 0, 1)
        again = np.clip(own + np.abs(rng.normal(0, 0.05, len(own))), 0, 1)
        rows.append(
            _scored(("corpus", "reconstruction", "drumnet", metric, ""), again, pooled=True)
        )
        rows.append(
            _scored(("corpus", "transfer", "drumnet", metric, ""), own, target=target, pooled=True)
        )
        rows += [
            _scored(("corpus", "transfer", name, metric, ""), clipped(by), pooled=True)
            for name, by in PLAYERS.items()
        ]
    return rows


def _changed(rng: np.random.Generator, num_songs: int) -> list[Row]:
    """Without values per song, as only some of the songs are played to."""
    rows = [*_played_again(rng, num_songs, "as it is", "")]
    for experiment, settings in CHANGES:
        far = 0.9 if experiment == "wrong grid" else 0.02
        for setting in settings:
            for player, more in (("drumnet", 0.0), ("bar histogram", 0.05)):
                found = (rng.random(num_songs) < 1.0 - far - more).mean()
                moved = np.abs(rng.normal(far + more, far / 3, num_songs)).mean()
                key = ("invariance", experiment, player)
                goal = 0.95 if experiment != "wrong grid" and player == "drumnet" else None
                rows.append(Row(*key, "top-1", setting, found, better="higher", target=goal))
                rows.append(Row(*key, "code distance", setting, moved, better="lower"))
            rows += _played_again(rng, num_songs, experiment, setting)
    return rows


def _played_again(
    rng: np.random.Generator, num_songs: int, experiment: str, setting: str
) -> list[Row]:
    middle = 0.5 if experiment == "wrong grid" else 0.77
    return [
        replace(
            _scored(
                ("invariance", experiment, player, "tick F1", setting),
                np.clip(rng.normal(middle - less, 0.1, num_songs), 0, 1),
            ),
            per_song=None,
        )
        for player, less in (("drumnet", 0.0), ("copy-bar", 0.15))
    ]


def _drift(rng: np.random.Generator, transfer: Scores) -> list[Row]:
    rows = []
    for how, metric, loss in (("given", "tick F1", 0.0005), ("tracked", "onset F1", 0.08)):
        key = ("drift", f"drift, beats {how}", "drumnet")
        lost = rng.normal(loss, 0.02, len(transfer))
        rows.append(_scored((*key, metric, "steady"), transfer))
        rows.append(_scored((*key, metric, "drifting"), transfer - lost))
        rows.append(
            Row(
                *key,
                "F1 lost",
                "",
                lost.mean(),
                loss - 0.01,
                loss + 0.01,
                better="lower",
                target=0.03 if how == "given" else None,
            )
        )
    return rows


def _autonomous(rng: np.random.Generator) -> list[Row]:
    rows = []
    for player, worth in (("drumnet", 0.88), ("no code", 0.7), ("copy-bar", 0.8)):
        key = ("autonomous", "sampled", player)
        goal = player == "drumnet"
        for feature in FEATURES:
            area = float(np.clip(rng.normal(worth, 0.05), 0, 1))
            rows.append(
                Row(
                    *key,
                    "overlapped area",
                    feature,
                    area,
                    better="higher",
                    target=0.85 if goal else None,
                )
            )
            rows.append(Row(*key, "KL", feature, (1 - area) / 2, better="lower"))
        rows.append(Row(*key, "AUC", "", 1.5 - worth, better="lower", target=0.7 if goal else None))
    return rows


def _files() -> list[Row]:
    """All cases, of counts that differ from player to player and from song to song."""
    rows = []
    for case in CASES:
        labels = case.labels if case.pieces == "kick" else ("all pieces", *case.labels)
        found = [
            {
                (player, label): Counts(10 + 2 * place + song, 30 + place, 25)
                for player in ("drumnet", "variation 0", "copy-bar")
                for place, label in enumerate(labels)
            }
            for song in range(NUM_RECORDINGS)
        ]
        rows += case_rows(case, found)
    return with_targets(rows)


def _recordings(rng: np.random.Generator) -> list[Row]:
    return [
        _scored(
            ("recordings", "transfer", player, "onset F1", setting),
            np.clip(rng.normal(mean, 0.08, NUM_RECORDINGS), 0, 1),
            pooled=True,
        )
        for setting in ("beats given, snare given", "beats tracked, no snare")
        for player, mean in (("drumnet", 0.92), ("copy-bar", 0.93), ("no code", 0.66))
    ]


def _pattern(rng: np.random.Generator, song: int, f1: float) -> Pattern:
    beats = 3 if song % 9 == 0 else 4
    ticks = np.arange(0, 16 * beats * 12, 3)
    place = (ticks // 3) % (beats * 4)
    chance = np.where(place == 0, 0.97, np.where(place % 4 == 0, 0.4, 0.12))
    real = ticks[rng.random(len(ticks)) < chance]
    kept = real[rng.random(len(real)) < f1]
    more = ticks[rng.random(len(ticks)) < (1 - f1) * 0.15]
    bass = ticks[rng.random(len(ticks)) < np.where(place % 2 == 0, 0.6, 0.1)]
    snare = ticks[(place % 8 == 4) & (rng.random(len(ticks)) < 0.97)]
    return Pattern(song, f1, 60, [beats * 12] * 16, real, np.union1d(kept, more), bass, snare)
