"""Recordings at another speed or cut stay the same song, annotations and all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from drumnet.beats.files import read_beats
from drumnet.corpus.halves import halved_recording
from drumnet.evaluation.altered import altered_recording
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.song.roles import Role

BASS = HEARD_ROLES.index(Role.BASS)


@pytest.mark.parametrize("speed", [0.8, 1.0, 1.2])
def test_a_recording_at_another_speed_is_the_same_on_ticks(
    recordings: Path, tmp_path: Path, speed: float
) -> None:
    folder = recordings / "mdb_tresillo"
    as_is = halved_recording(folder)
    altered = halved_recording(altered_recording(folder, tmp_path / "out", speed=speed))
    assert altered.grid.tempo_bpm == pytest.approx(120 * speed)
    assert altered.hits.tolist() == as_is.hits.tolist()
    np.testing.assert_allclose(altered.onsets_s, as_is.onsets_s / speed, atol=1e-5)
    assert (altered.conditioning.strength[BASS, 12:384:12] > 0.5).all()


def test_a_recording_cut_at_a_beat_keeps_what_is_played_on_it(
    recordings: Path, tmp_path: Path
) -> None:
    cut = halved_recording(
        altered_recording(recordings / "mdb_rock", tmp_path / "out", first_beat=2)
    )
    # The cut lies a little before the third beat, which is then the first of the grid.
    assert cut.conditioning.beat_in_bar[:4].tolist() == [2, 3, 0, 1]
    assert cut.hits.tolist() == list(range(0, 30 * 12, 24))
    np.testing.assert_allclose(cut.onsets_s, 0.024 + np.arange(15), atol=1e-5)


def test_sound_and_annotations_are_cut_by_the_same(recordings: Path, tmp_path: Path) -> None:
    out = altered_recording(recordings / "mdb_rock", tmp_path / "out", speed=0.8, first_beat=4)
    for stem in ("bass", "other", "drums"):
        found = soundfile.info(out / f"{stem}.flac")
        assert found.duration == pytest.approx((16 - 2 + 0.02) / 0.8, abs=1e-3)
    beats = read_beats(out / "beats.tsv")
    np.testing.assert_allclose(beats.beats_s, (np.arange(29) * 0.5 + 0.02) / 0.8, atol=1e-5)
    assert beats.beat_in_bar[:5].tolist() == [1, 2, 3, 4, 1]
