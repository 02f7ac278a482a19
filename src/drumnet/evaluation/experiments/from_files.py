"""What a user gets: files in, drums out, through the public functions at the defaults.

In: annotated recordings, each cut into two songs of files (`half_songs`).  Out: rows of the
section "files". The style is taken from the first song by `extract_style` and played to the
second by `generate`; beside it the same with `--variation 0`, and copy-bar, which knows the
annotation.  All that a drummer may be handed instead of files is measured in `recordings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.choice import BeatChoice
from drumnet.drummer import Drummer
from drumnet.errors import StyleError
from drumnet.evaluation.baselines import TYPICAL, bar_shares
from drumnet.evaluation.experiments.scores import MICRO_F1, ONSET_F1, f1_row, micro_row
from drumnet.evaluation.half_songs import LABELS, HalfSong, LabelTimes, half_songs, label_times
from drumnet.evaluation.report.model import MODEL_PLAYER, Row
from drumnet.extraction import extract_style
from drumnet.generation import generate
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import DrumTrack
from drumnet.metrics import Counts, onset_counts
from drumnet.settings import Settings
from drumnet.song.roles import KIT
from drumnet.song.song import load_song
from drumnet.style.code import StyleCode

SECTION = "files"
KICK = "kick"
KICK_STEM, DRUM_MIX, MIDI, HITS = "the kick stem", "the drum mix", "MIDI", "hits"
GIVEN, TRACKED = "beats given", "beats tracked"
ALL_PIECES, COPY_BAR, PLAIN_PLAYER = "all pieces", "copy-bar", "variation 0"
#: Who plays by the model, and how it is asked.
ASKED: Mapping[str, Settings] = {MODEL_PLAYER: Settings(), PLAIN_PLAYER: Settings(variation=0.0)}


@dataclass(frozen=True)
class Case:
    """What is asked for, and what is handed over.

    Args:
        pieces: `KICK` or `KIT`.
        source: of the style; MIDI and hits hold no more than what is played.
        beats: `GIVEN` or `TRACKED`, in either song alone.
        one_mix: the song is one file, and not stems.
        snare: is in the song; the kit is played to the band alone.
    """

    pieces: str
    source: str
    beats: str
    one_mix: bool = False
    snare: bool = False

    @property
    def experiment(self) -> str:
        return f"{self.pieces} in the style of {self.source}"

    @property
    def setting(self) -> str:
        parts = [self.beats, "one mix" if self.one_mix else "stems"]
        if self.pieces == KICK:
            parts.append("snare given" if self.snare else "no snare")
        return ", ".join(parts)

    @property
    def labels(self) -> tuple[str, ...]:
        """What is played, as it is annotated."""
        return ("KD",) if self.pieces == KICK else tuple(LABELS)


def _cases() -> Iterator[Case]:
    for beats in (GIVEN, TRACKED):
        yield Case(KICK, KICK_STEM, beats, snare=True)
        yield Case(KICK, KICK_STEM, beats)
        yield Case(KICK, KICK_STEM, beats, one_mix=True, snare=True)
    for source, beats in product((DRUM_MIX, MIDI, HITS), (GIVEN, TRACKED)):
        yield Case(KICK, source, beats, snare=True)
    for beats in (GIVEN, TRACKED):
        yield Case(KIT, DRUM_MIX, beats)
        yield Case(KIT, DRUM_MIX, beats, one_mix=True)
    for source, beats in product((MIDI, HITS), (GIVEN, TRACKED)):
        yield Case(KIT, source, beats)


CASES = tuple(_cases())
#: What `--quick` measures.
FEW_CASES = (
    *(Case(KICK, KICK_STEM, beats, snare=True) for beats in (GIVEN, TRACKED)),
    *(Case(KIT, DRUM_MIX, beats) for beats in (GIVEN, TRACKED)),
)


def cases_of(has_kit: bool, *, few: bool = False) -> tuple[Case, ...]:
    """The cases of weights that play the whole kit, or the kick alone."""
    cases = FEW_CASES if few else CASES
    return tuple(case for case in cases if has_kit or case.pieces == KICK)


#: Counts by player and label.
_Found = Mapping[tuple[str, str], Counts]


def file_rows(
    drummer: Drummer,
    folders: Sequence[Path],
    seeds: Sequence[int],
    cases: Sequence[Case] = CASES,
    workers: int = 2,
) -> Iterator[list[Row]]:
    """The rows of each case, over all recordings; the takes of all seeds count together."""
    with TemporaryDirectory(prefix="drumnet-") as work:
        pairs = [half_songs(folder, Path(work) / folder.name) for folder in folders]
        with ThreadPoolExecutor(max_workers=workers) as pool:
            for case in cases:
                found = pool.map(lambda pair, one=case: _found(drummer, pair, one, seeds), pairs)
                yield case_rows(case, list(found))


def case_rows(case: Case, found: Sequence[_Found]) -> list[Row]:
    """Of what was found in each recording: pooled over all hits, and the mean over recordings.
    A label is of those recordings that have it somewhere; all pieces are of all."""
    rows = []
    for player, label in found[0]:
        counts = [one[player, label] for one in found]
        setting = case.setting if case.pieces == KICK else f"{case.setting}, {label}"
        if any(one.wanted + one.played for one in counts):
            key = (SECTION, case.experiment, player)
            rows.append(micro_row(*key, MICRO_F1, counts, setting))
            rows.append(f1_row(*key, ONSET_F1, counts, setting, silent=None))
    return rows


def _found(
    drummer: Drummer, pair: tuple[HalfSong, HalfSong], case: Case, seeds: Sequence[int]
) -> _Found:
    first, second = pair
    style = taken_style(drummer, first, case)

    def take(settings: Settings) -> LabelTimes:
        return label_times(played_track(drummer, second, case, style, settings))

    played = {
        player: [take(replace(settings, seed=seed)) for seed in seeds]
        for player, settings in ASKED.items()
    }
    played[COPY_BAR] = [typical_bars(first, second, case)]
    return {
        (player, label): counts
        for player, takes in played.items()
        for label, counts in label_counts(second.wanted, takes, case.labels).items()
    }


def taken_style(drummer: Drummer, half: HalfSong, case: Case) -> StyleCode | None:
    """The style, None where nothing is heard that it could be of: a user gets no drums then."""
    shown: Mapping[str, Mapping[str, Path]] = {
        KICK_STEM: {"kick": half.kick},
        DRUM_MIX: {"drums": half.drums},
        MIDI: {"kick" if case.pieces == KICK else "drums": _of_case(half, case, "mid")},
        HITS: {"hits": _of_case(half, case, "tsv")},
    }
    song = load_song(half.heard(one_mix=case.one_mix, snare=case.snare))
    beats = half.grid if case.beats == GIVEN else None
    given = shown[case.source]
    try:
        return extract_style(
            song,
            kick=given.get("kick"),
            drums=given.get("drums"),
            hits=given.get("hits"),
            beats=beats,
            model=drummer,
        ).style
    except StyleError:
        return None


def _of_case(half: HalfSong, case: Case, suffix: str) -> Path:
    return half.folder / f"{'kick' if case.pieces == KICK else 'drums'}.{suffix}"


def played_track(
    drummer: Drummer, half: HalfSong, case: Case, style: StyleCode | None, settings: Settings
) -> DrumTrack:
    """What is written to a folder, which is removed again; without a style, nothing."""
    if style is None:
        return DrumTrack()
    with TemporaryDirectory(dir=half.folder) as out:
        made = generate(
            load_song(half.heard(one_mix=case.one_mix, snare=case.snare)),
            Path(out) / "take",
            style,
            settings=settings,
            pieces=case.pieces,
            beats=half.grid if case.beats == GIVEN else None,
            mix=False,
            model=drummer,
        )
    return made.track


def label_counts(
    wanted: LabelTimes, takes: Sequence[LabelTimes], labels: Sequence[str]
) -> dict[str, Counts]:
    """Onsets within 50 ms, all takes together; of several labels their sum as well.

    Args:
        wanted: what is annotated; a label that it lacks is counted in the sum alone.
        takes: what was played, likewise by label.
    """
    found = {
        label: sum(
            (onset_counts(wanted.get(label, ()), one.get(label, ())) for one in takes), Counts()
        )
        for label in labels
    }
    own = {label: one if label in wanted else Counts() for label, one in found.items()}
    return own if len(own) == 1 else {ALL_PIECES: sum(found.values(), Counts()), **own}


def typical_bars(first: HalfSong, second: HalfSong, case: Case) -> LabelTimes:
    """What copy-bar plays: the first song's typical bar by its annotation, all along the second."""
    learned, known = _position(first, case)
    to_play, grid = _position(second, case)
    size = int(max(learned.max(), to_play.max())) + 1
    found = {}
    for label in case.labels:
        ticks = known.nearest_ticks(first.wanted.get(label, ()))
        hit = np.zeros(len(learned), dtype=bool)
        hit[ticks[(ticks >= 0) & (ticks < len(hit))]] = True
        struck = (bar_shares(learned, hit, size) > TYPICAL)[to_play]
        times_s = grid.ticks_to_seconds(np.flatnonzero(struck))
        found[label] = times_s[(times_s >= 0) & (times_s < second.duration_s)]
    return found


def _position(half: HalfSong, case: Case) -> tuple[NDArray[np.int64], BeatGrid]:
    """(num_ticks,) each tick's place in its bar, and the beats that it is of."""
    grid = half.grid
    if case.beats == TRACKED:
        grid = _tracked(half, case.one_mix, case.snare)
    grid = grid.covering(half.duration_s)
    ticks = (grid.beat_in_bar[:-1, None] - 1) * TICKS_PER_BEAT + np.arange(TICKS_PER_BEAT)
    return np.asarray(ticks.reshape(-1)), grid


@lru_cache(maxsize=256)
def _tracked(half: HalfSong, one_mix: bool, snare: bool) -> BeatGrid:
    """The beats that `extract_style` and `generate` find as well."""
    return BeatChoice().grid(load_song(half.heard(one_mix=one_mix, snare=snare)))
