"""The stages of an evaluation: weights and songs in, parts of a report out."""

from __future__ import annotations

import datetime
import hashlib
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from drumnet import __version__
from drumnet.beats.tracker import NetworkTracker
from drumnet.corpus.grooves import groove_entries, grooves_sha256
from drumnet.corpus.halves import HalvedSong, all_halved, halved
from drumnet.corpus.ticksong import TickSong
from drumnet.drummer import Drummer
from drumnet.errors import DataError
from drumnet.evaluation.baselines import BASELINES
from drumnet.evaluation.data import EvaluationData, Progress
from drumnet.evaluation.experiments import (
    adherence,
    drift,
    invariance,
    likeness,
    nearness,
    variety,
)
from drumnet.evaluation.experiments import recordings as recorded
from drumnet.evaluation.experiments.from_files import cases_of, file_rows
from drumnet.evaluation.experiments.scores import f1_rows
from drumnet.evaluation.facts import best_and_worst, code_map, song_facts
from drumnet.evaluation.kit_stages import KitPart, groove_part, kit_part
from drumnet.evaluation.nearest import NearestNeighbour
from drumnet.evaluation.part import Part
from drumnet.evaluation.players import (
    HalfDrummer,
    NoCode,
    OneCode,
    Player,
    Reconstruction,
    Sampled,
    Transfer,
    WrongCode,
    plays_kits,
)
from drumnet.evaluation.report.model import MODEL_PLAYER, Report, Row, SongFacts
from drumnet.evaluation.request import Request
from drumnet.evaluation.segment_stage import segment_part
from drumnet.evaluation.takes import Takes, on_ticks, take_all
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.model.checkpoint import Checkpoint
from drumnet.model.network import Network

_PACKAGES = ("numpy", "onnxruntime", "mir_eval", "scikit-learn", "soundfile", "soxr")


@dataclass(frozen=True, eq=False)
class Stages:
    """The experiments on one set of weights, and what they share.

    Args:
        folders: recordings; none if there are none.
    """

    request: Request
    checkpoint: Checkpoint
    data: EvaluationData | None
    folders: Sequence[Path]
    progress: Progress

    def frame(self) -> Report:
        """The report without its figures."""
        request, data = self.request, self.data
        made = {
            "date": datetime.date.today().isoformat(),
            "drumnet": __version__,
            "python": platform.python_version(),
            "packages": {name: version(name) for name in _PACKAGES},
            "machine": f"{os.cpu_count()} CPUs, {platform.system()} {platform.machine()}",
            "seed": request.seed,
            "quick": request.quick,
            "seconds": 0,
            "skipped": self.skipped,
        }
        model = {
            **self.checkpoint.provenance,
            "name": self.checkpoint.name,
            "sha256": file_hash(self.checkpoint.folder / MODEL_FILE),
            "floors": list(self.checkpoint.min_probabilities),
            "pieces": [piece.value for piece in self.checkpoint.pieces],
        }
        digest = hashlib.sha256((data.sha256 if data else "").encode())
        for folder in self.folders:
            for path in sorted(path for path in folder.iterdir() if path.is_file()):
                digest.update(path.name.encode() + path.read_bytes())
        grooves = groove_entries(request.groove, request.split) if request.groove else []
        about = {
            "name": data.name if data else "recordings" if self.folders else "grooves",
            "sha256": digest.hexdigest(),
            "split": request.split if data or grooves else "",
            "num_songs": len(data.songs) if data else len(self.folders) or len(grooves),
            "recordings": [folder.name for folder in self.folders],
            "grooves_sha256": grooves_sha256(request.groove) if request.groove else "",
        }
        return Report(made, model, about, {}, ())

    def by_name(self) -> dict[str, Callable[[], Part]]:
        """What there is to do, in the order of the report."""
        found: dict[str, Callable[[], Part]] = {}
        if self.folders:
            found["files"] = self._files
        if self.data is not None:
            found |= {"corpus": self._corpus, "invariance": self._invariance, "drift": self._drift}
        if self.folders:
            found["recordings"] = self._recordings
        if self._has_kit and self.data is not None:
            size = self.request.size
            found["kit"] = partial(self._kits, kit_part, size.kit_songs)
            found["segments"] = partial(self._kits, segment_part, size.segment_songs)
        if self._has_kit and self.request.groove is not None:
            found["groove"] = self._groove
        if self.data is not None or self.folders:
            found["variety"] = self._variety
        return found

    @property
    def _has_kit(self) -> bool:
        return plays_kits(self.checkpoint.pieces)

    @property
    def skipped(self) -> list[str]:
        """What is not measured, and why."""
        if self._has_kit or (self.data is None and self.request.groove is None):
            return []
        played = ", ".join(piece.value for piece in self.checkpoint.pieces)
        return [f"the whole kit: the weights play {played} alone"]

    def _drummer(self) -> HalfDrummer:
        return HalfDrummer(Drummer(Network(self.checkpoint)))

    def _neighbour(self) -> list[Player]:
        """The nearest neighbour, where there are songs to remember; it remembers
        none of those that are measured."""
        if self.data is None:
            return []
        measured = {song.about["name"] for song in self.data.songs}
        known = [song for song in self.data.train if song.about["name"] not in measured]
        return [NearestNeighbour(known)] if known else []

    def _corpus(self) -> Part:
        assert self.data is not None
        drummer, seed = self._drummer(), self.request.seed
        songs = all_halved(self.data.songs)
        if len(songs) < 2:
            raise DataError(f"'{self.request.data}' has too few songs with a kick in both halves")
        others: tuple[Player, ...] = (
            OneCode(drummer),
            NoCode(drummer),
            WrongCode(drummer, songs),
            *self._neighbour(),
            *BASELINES,
        )
        players: dict[str, tuple[Player, ...]] = {
            "transfer": (Transfer(drummer), *others),
            "reconstruction": (Reconstruction(drummer),),
            "sampled": (Sampled(drummer, seed),),
        }
        takes = self._played(songs, players)
        transfer, sampled = takes["transfer"], takes["sampled"]
        rows = f1_rows("corpus", "transfer", transfer)
        rows += f1_rows("corpus", "reconstruction", takes["reconstruction"])
        rows += nearness.nearness_rows("corpus", transfer, nearness.KICK)
        baselines = {name: made for name, made in transfer.played.items() if name != MODEL_PLAYER}
        with_baselines = Takes(songs, {**sampled.played, **baselines})
        own = Takes(songs, {MODEL_PLAYER: transfer.played[MODEL_PLAYER]})
        told = self._told("judging", 4)
        for section, one, experiment in (
            ("autonomous", with_baselines, "sampled"),
            ("autonomous", own, "transfer"),
        ):
            rows += likeness.likeness_rows(section, one, experiment, seed)
            told()
        for one, experiment in ((transfer, "transfer"), (sampled, "sampled")):
            rows += adherence.adherence_rows("adherence", one, experiment)
            told()
        f1 = [one.f_measure for one in transfer.counts(MODEL_PLAYER, on_ticks)]
        return Part(
            rows,
            {"corpus": self._facts(songs)},
            code_map(np.array([drummer.style(song).code for song in songs])),
            best_and_worst(songs, transfer.ticks(MODEL_PLAYER), f1),
        )

    def _facts(self, songs: Iterable[HalvedSong]) -> list[SongFacts]:
        details = self.data.details if self.data else {}
        return [song_facts(song, details.get(song.name)) for song in songs]

    def _played(
        self, songs: Sequence[HalvedSong], players: dict[str, tuple[Player, ...]]
    ) -> dict[str, Takes]:
        told = self._told("playing", sum(map(len, players.values())))
        found = {}
        for experiment, ones in players.items():
            takes = []
            for player in ones:
                takes.append(take_all(songs, (player,), self.request.workers))
                told()
            found[experiment] = Takes(songs, {k: v for t in takes for k, v in t.played.items()})
        return found

    def _invariance(self) -> Part:
        assert self.data is not None
        size = self.request.size
        songs = _some(invariance.fit_for_retrieval(self.data.songs), size.retrieval_songs)
        if len(songs) < 2:
            return Part()
        steps = invariance.invariance_rows("invariance", self._drummer(), songs, size.played_songs)
        rows = self._gathered("tempo and shift", steps, 1 + len(invariance.VARIATIONS))
        return Part(rows, {"invariance": self._facts(map(halved, songs))})

    def _drift(self) -> Part:
        assert self.data is not None
        drummer, tracker = self._drummer(), NetworkTracker()
        fit = [song for song in self.data.songs if drift.given_pair(song).steady.has_both_halves]
        songs = _some(fit, self.request.size.drift_songs)
        told = self._told("drift", 2 * len(songs))
        kinds = (
            (drift.GIVEN, drift.given_pair),
            (drift.TRACKED, lambda song: drift.tracked_pair(song, tracker)),
        )
        rows: list[Row] = []
        facts: list[SongFacts] = []
        for beats, pair in kinds:
            pairs = []
            for song in songs:
                pairs.append(pair(song))
                told()
            rows += drift.drift_rows("drift", beats, drummer, pairs)
            facts = facts or self._facts(one.steady for one in pairs)
        return Part(rows, {"drift": facts})

    def _recordings(self) -> Part:
        drummer, folders = self._drummer(), self.folders
        facts = self._facts(recorded.recordings(folders))

        def steps() -> Iterator[list[Row]]:
            yield from recorded.score_rows(drummer, folders, self._neighbour())
            if len(folders) > 1:
                yield from recorded.invariance_rows(drummer, folders)
            yield from recorded.drifting_rows(drummer, folders)
            if len(folders) > 1:
                yield recorded.likeness_and_adherence_rows(drummer, folders, self.request.seed)

        return Part(self._gathered("recordings", steps(), 14), {"recordings": facts})

    def _files(self) -> Part:
        size, seed = self.request.size, self.request.seed
        cases = cases_of(self._has_kit, few=size.few_file_cases)
        seeds = range(seed, seed + size.file_seeds)
        drummer = Drummer(Network(self.checkpoint))
        steps = file_rows(drummer, self.folders, seeds, cases, self.request.workers)
        rows = self._gathered("files", steps, len(cases))
        return Part(rows, {"files": self._facts(recorded.recordings(self.folders))})

    def _variety(self) -> Part:
        samples = self.request.size.samples
        steps = variety.variety_rows(self.request.model, self.folders, samples)
        return Part(self._gathered("variety", steps, 1 + len(self.folders)))

    def _kits(self, part: KitPart, most_songs: int | None) -> Part:
        assert self.data is not None
        songs = _some(self.data.songs, most_songs)
        return part(self.request, Drummer(Network(self.checkpoint)), songs, self._facts, self._told)

    def _groove(self) -> Part:
        return groove_part(self.request, Drummer(Network(self.checkpoint)), self._told)

    def _gathered(self, stage: str, steps: Iterable[list[Row]], count: int) -> list[Row]:
        told, rows = self._told(stage, count), []
        for found in steps:
            rows += found
            told()
        return rows

    def _told(self, stage: str, count: int) -> Callable[[], None]:
        """A function to call whenever a step of the stage is done."""
        done = 0

        def tell() -> None:
            nonlocal done
            done += 1
            self.progress(stage, min(done, count), count)

        return tell


def _some(songs: Sequence[TickSong], most: int | None) -> list[TickSong]:
    """So many of the songs, evenly chosen; None is all."""
    if most is None or len(songs) <= most:
        return list(songs)
    return [songs[i] for i in np.linspace(0, len(songs) - 1, most).astype(int)]
