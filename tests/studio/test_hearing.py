"""What was heard of a stem is kept, with when its onsets are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mido
import numpy as np
import pytest

from drumnet.hearing.onset_strength import onset_times
from drumnet.song.roles import Role
from drumnet.studio.hear.analysis import Analysis
from drumnet.studio.schemas.song import StemKind
from drumnet.studio.store.disk import Disk
from drumnet.studio.store.rows import StemRow

ROW = StemRow("a", "p", "bass.mid", Role.BASS, True, ".mid", StemKind.EVENTS, 0, 5.0, None, None)
#: In seconds, none of them on a hundredth.
TIMES_S = [0.503, 1.237, 1.996]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path)
    yield disk
    disk.close()


def write_notes(path: Path) -> None:
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000)])
    waits = np.diff([0, *(round(1000 * at) for at in TIMES_S)]).tolist()
    for wait in waits:
        track.append(mido.Message("note_on", note=40, velocity=90, time=wait))
        track.append(mido.Message("note_off", note=40, time=0))
    path.parent.mkdir(parents=True, exist_ok=True)
    mido.MidiFile(ticks_per_beat=1000, tracks=[track]).save(path)


def test_the_notes_of_a_midi_stem_keep_their_own_times(disk: Disk) -> None:
    write_notes(disk.stem_file(ROW))
    disk.heard_file(ROW).parent.mkdir(parents=True, exist_ok=True)
    analysis = Analysis(disk)
    analysis.hear(ROW, lambda done: None)
    times_s, _ = onset_times(analysis.curve(ROW))
    np.testing.assert_allclose(times_s, TIMES_S, atol=1e-6)


def test_what_was_heard_without_times_is_still_read(disk: Disk) -> None:
    write_notes(disk.stem_file(ROW))
    file = disk.heard_file(ROW)
    file.parent.mkdir(parents=True, exist_ok=True)
    analysis = Analysis(disk)
    analysis.hear(ROW, lambda done: None)
    with np.load(file) as arrays:
        kept = {name: arrays[name] for name in arrays.files if not name.startswith("onset_")}
    np.savez(file, **kept)
    times_s, _ = onset_times(analysis.curve(ROW))
    np.testing.assert_allclose(times_s, TIMES_S, atol=0.012)


def test_how_loud_a_stem_is_is_kept_and_what_was_heard_without_it_is_still_read(
    disk: Disk,
) -> None:
    write_notes(disk.stem_file(ROW))
    file = disk.heard_file(ROW)
    file.parent.mkdir(parents=True, exist_ok=True)
    analysis = Analysis(disk)
    analysis.hear(ROW, lambda done: None)
    loudness = analysis.curve(ROW).loudness
    assert loudness is not None
    sounds = loudness.peaks[np.round(np.array(TIMES_S) * loudness.steps_per_s).astype(int) + 1]
    assert (sounds > 0).all() and loudness.peaks[-1] == 0
    with np.load(file) as arrays:
        kept = {name: arrays[name] for name in arrays.files if not name.startswith("loudness_")}
    np.savez(file, **kept)
    assert analysis.curve(ROW).loudness is None
