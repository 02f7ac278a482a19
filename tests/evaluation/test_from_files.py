"""What a user gets: files through the public functions."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from drumnet.drummer import Drummer
from drumnet.evaluation.experiments.from_files import (
    ALL_PIECES,
    CASES,
    DRUM_MIX,
    FEW_CASES,
    GIVEN,
    HITS,
    KICK,
    KICK_STEM,
    MIDI,
    TRACKED,
    Case,
    case_rows,
    cases_of,
    file_rows,
    label_counts,
    typical_bars,
)
from drumnet.evaluation.half_songs import LABELS, half_songs
from drumnet.evaluation.report import words
from drumnet.evaluation.report.model import Row
from drumnet.evaluation.targets import TARGETS, with_targets
from drumnet.metrics import Counts
from drumnet.model.network import Network
from drumnet.song.roles import KIT


@pytest.fixture
def recording(recordings: Path, tmp_path: Path) -> Path:
    """One whose files may be changed: kick on 1, the and of 2, and 4, of eight bars."""
    return Path(shutil.copytree(recordings / "mdb_tresillo", tmp_path / "mdb_tresillo"))


def scores(network: Network, folders: list[Path], case: Case) -> dict[str, float]:
    """The pooled F1 of each player."""
    (rows,) = file_rows(Drummer(network), folders, (0,), [case], workers=1)
    return {row.player: row.value or 0.0 for row in rows if row.metric == "micro F1"}


@pytest.mark.parametrize(
    ("source", "beats"), [(KICK_STEM, GIVEN), (KICK_STEM, TRACKED), (MIDI, TRACKED), (HITS, GIVEN)]
)
def test_a_drummer_that_repeats_the_first_half_is_perfect_where_the_song_does(
    imitator: Network, recordings: Path, source: str, beats: str
) -> None:
    """Kick on 1 and 3, as it is heard, as MIDI and as hits."""
    found = scores(imitator, [recordings / "mdb_rock"], Case(KICK, source, beats, snare=True))
    assert found["variation 0"] == found["copy-bar"] == 1.0


def test_hits_half_a_beat_elsewhere_score_nothing(imitator: Network, recording: Path) -> None:
    """The second half has its kicks a quarter of a second later than the first."""
    rows = [line.split("\t") for line in (recording / "drums.tsv").read_text().splitlines()]
    moved = [(float(at) + 0.25 * (float(at) > 7.9 and name == "KD"), name) for at, name in rows]
    (recording / "drums.tsv").write_text("".join(f"{at:.3f}\t{name}\n" for at, name in moved))
    # 1, the and of 2, and 4 become the and of 1, 3, and the and of 4: none is where it was.
    found = scores(imitator, [recording], Case(KICK, HITS, GIVEN))
    assert found["variation 0"] == found["copy-bar"] == 0.0


def test_where_no_style_is_heard_nothing_is_played(imitator: Network, recording: Path) -> None:
    about = soundfile.info(recording / "drums.flac")
    soundfile.write(recording / "drums.flac", np.zeros(about.frames), about.samplerate)
    found = scores(imitator, [recording], Case(KICK, DRUM_MIX, GIVEN))
    assert found == {"drumnet": 0.0, "variation 0": 0.0, "copy-bar": 1.0}


def test_copy_bar_repeats_every_piece(recording: Path, tmp_path: Path) -> None:
    first, second = half_songs(recording, tmp_path / "out")
    case = Case(KIT, HITS, GIVEN)
    found = label_counts(second.wanted, [typical_bars(first, second, case)], case.labels)
    # 16 bars of three kicks and of two snares, in either half.
    assert found["KD"] == Counts(12, 12, 12) and found["SD"] == Counts(8, 8, 8)
    assert found[ALL_PIECES] == Counts(20, 20, 20)


def test_what_is_annotated_nowhere_is_counted_among_all_pieces_alone() -> None:
    wanted = {"KD": np.array([1.0, 2.0])}
    takes = [{"KD": np.array([1.0, 2.04]), "HH": np.array([1.5])}, {"KD": np.array([1.0, 2.06])}]
    found = label_counts(wanted, takes, ("KD", "HH"))
    assert found == {ALL_PIECES: Counts(3, 4, 5), "KD": Counts(3, 4, 4), "HH": Counts()}
    assert label_counts(wanted, takes, ("KD",)) == {"KD": Counts(3, 4, 4)}


def test_figures_are_pooled_and_a_mean_over_the_recordings_that_have_the_piece() -> None:
    case = Case(KIT, DRUM_MIX, GIVEN)
    found = [
        {("drumnet", label): Counts(1, 1, 1) for label in case.labels},
        {("drumnet", label): Counts(0, 2, 1) for label in case.labels}
        | {("drumnet", "HH"): Counts()},
    ]
    rows = {(row.metric, row.setting): row for row in case_rows(case, found)}
    kick = rows["micro F1", "beats given, stems, KD"]
    assert kick.value == pytest.approx(2 / 5) and kick.low == 0.0 and kick.high == 1.0
    assert rows["onset F1", "beats given, stems, KD"].value == 0.5
    hats = rows["onset F1", "beats given, stems, HH"]
    assert hats.value == 1.0 and hats.per_song == (1.0, None)


# ------------------------------------------------------------------ what is asked for


def test_weights_of_the_kick_alone_are_asked_for_no_kit() -> None:
    assert cases_of(True) == CASES
    assert {case.pieces for case in cases_of(False)} == {KICK}
    assert set(cases_of(True, few=True)) == set(FEW_CASES) < set(CASES)
    assert {case.pieces for case in FEW_CASES} == {KICK, KIT}, "a quick run has both"


def test_it_is_said_what_every_case_was_given() -> None:
    assert {case.experiment for case in CASES} == set(words.GIVEN["files"])
    assert len({(case.experiment, case.setting) for case in CASES}) == len(CASES)


def test_every_target_is_of_a_case() -> None:
    found = [{("drumnet", label): Counts(1, 1, 1) for label in (ALL_PIECES, *LABELS)}]
    rows: list[Row] = [row for case in CASES for row in case_rows(case, found)]
    wanted = [key for key, _ in TARGETS if key[0] == "files"]
    reached = {row.key[:2] + row.key[3:] for row in with_targets(rows) if row.target is not None}
    assert len(wanted) == 5 and reached == set(wanted)
