"""Projects of LMMS: notes sound when the file says, and drums are those that are named."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.errors import DataError
from drumnet.training.band.lmms import excerpts as excerpts_module
from drumnet.training.band.lmms.drums import key_of_track, may_be_drums
from drumnet.training.band.lmms.excerpts import (
    BAND,
    DRUMS,
    UNNAMED,
    UNTIMED,
    assembled,
    fate_of,
    lmms_excerpts,
    make_excerpts,
    one_a_stroke,
)
from drumnet.training.band.lmms.project import (
    Project,
    ProjectTrack,
    find_projects,
    read_project,
    write_part,
)
from drumnet.training.band.lmms.rendering import RATE_HZ, rendered, timing_of
from render_lmms import licence_of

Wave = NDArray[np.float32]

#: A bar of 4/4 has 192 ticks, so at 120 bpm 48 ticks are half a second.
SONG = """<?xml version="1.0"?><!DOCTYPE lmms-project>
<lmms-project type="song"><head bpm="120" timesig_numerator="4" timesig_denominator="4"/><song>
<trackcontainer type="song">
 <track type="1" muted="0" name="Beat"><bbtrack><trackcontainer>
  <track type="0" muted="0" name="boom">
   <instrumenttrack basenote="57"><instrument name="audiofileprocessor">
    <audiofileprocessor src="drums/kick01.ogg" reversed="{reversed}"/></instrument>
    <arpeggiator arp-enabled="{arpeggio}"/></instrumenttrack>
   <pattern type="0" pos="0" len="192" muted="0">
    <note pos="0" len="-192" key="57" vol="100"/><note pos="96" len="-192" key="57" vol="50"/>
   </pattern>
   <pattern type="0" pos="192" len="384" muted="0">
    <note pos="240" len="-192" key="60" vol="100"/>
   </pattern>
  </track></trackcontainer></bbtrack>
  <bbtco pos="0" len="384" muted="0"/><bbtco pos="768" len="96" muted="0"/>
  <bbtco pos="960" len="192" muted="1"/></track>
 <track type="0" muted="1" name="silent"><instrumenttrack/></track>
 <track type="0" muted="0" name="Lead"><instrumenttrack basenote="57"/>
  <pattern type="1" pos="192" len="192" muted="0">
   <note pos="48" len="24" key="69" vol="100"/><note pos="200" len="24" key="69" vol="100"/>
  </pattern></track>
 <track type="1" muted="0" name="Fill"><bbtrack/><bbtco pos="384" len="384" muted="0"/></track>
 <track type="5" muted="0" name="Automation"/>
</trackcontainer></song></lmms-project>
"""


def written(folder: Path, text: str, name: str = "song.mmp") -> Path:
    path = folder / name
    data = text.encode()
    path.write_bytes(
        len(data).to_bytes(4, "big") + zlib.compress(data) if name.endswith("z") else data
    )
    return path


def song(folder: Path, reversed: int = 0, arpeggio: int = 0) -> Project:
    return read_project(written(folder, SONG.format(reversed=reversed, arpeggio=arpeggio)))


def track(
    sample: str, name: str = "x", notes: Sequence[tuple[float, float, float]] = ()
) -> ProjectTrack:
    return ProjectTrack(
        name, 0, False, sample, True, np.array(notes, dtype=np.float64).reshape(-1, 3)
    )


def hits(
    times_s: list[float], late_s: float = 0.0, length_s: float = 4.0, gain: float = 1.0
) -> Wave:
    """Decaying noise at each time."""
    out = np.zeros(round(length_s * RATE_HZ), dtype=np.float32)
    hit = np.random.default_rng(0).normal(0, 0.3, 4_410) * np.exp(-np.arange(4_410) / 900)
    for at in times_s:
        start = round((at + late_s) * RATE_HZ)
        out[start : start + len(hit)] += (gain * hit[: len(out) - start]).astype(np.float32)
    return out


def test_notes_sound_when_the_file_says(tmp_path: Path) -> None:
    lead, boom = (found for found in song(tmp_path).tracks if not found.is_muted)
    # 48 ticks into the second bar; what lies after the end of its pattern is not played.
    assert lead.notes[:, :2].tolist() == [[2.5, 12.0]]
    # Two bars of the first beat, a quarter of it cut short, and two bars of the second.
    assert boom.notes[:, 0].tolist() == [0.0, 1.0, 2.0, 3.0, 6.5, 8.0]
    assert boom.notes[:, 1].tolist() == [0.0, 0.0, 0.0, 0.0, 3.0, 0.0]
    assert boom.notes[:2, 2].tolist() == [1.0, 0.5]


def test_a_part_of_a_project_has_the_tracks_that_are_asked_for(tmp_path: Path) -> None:
    project = song(tmp_path)
    assert [(found.name, found.is_muted) for found in project.tracks] == [
        ("silent", True),
        ("Lead", False),
        ("boom", False),
    ]
    write_part(project.path, [2], tmp_path / "boom.mmp")
    part = read_project(tmp_path / "boom.mmp")
    assert [found.name for found in part.tracks] == ["boom"]
    assert np.array_equal(part.tracks[0].notes, project.tracks[2].notes)


def test_a_packed_project_is_the_same(tmp_path: Path) -> None:
    text = SONG.format(reversed=0, arpeggio=0)
    packed = read_project(written(tmp_path, text, "packed.mmpz"))
    for one, other in zip(packed.tracks, song(tmp_path).tracks, strict=True):
        assert np.array_equal(one.notes, other.notes)
    assert [path.name for path in find_projects(tmp_path)] == ["packed.mmpz", "song.mmp"]


def test_half_the_tempo_is_twice_as_late(tmp_path: Path) -> None:
    text = SONG.format(reversed=0, arpeggio=0)
    slow = read_project(written(tmp_path, text.replace('bpm="120"', 'bpm="60"'), "slow.mmp"))
    for one, other in zip(slow.tracks, song(tmp_path).tracks, strict=True):
        assert np.allclose(one.notes[:, 0], 2 * other.notes[:, 0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no XML", "syntax error"),
        ("<lmms-project/>", "holds no song"),
        (
            '<lmms-project><head bpm="99" timesig_numerator="1e999"/><song/></lmms-project>',
            "infinity",
        ),
        ('<lmms-project><head bpm="0"/><song/></lmms-project>', "tempo is '0'"),
        (
            '<lmms-project><head><bpm id="7" value="99"/></head><song/>'
            '<object id="7"/></lmms-project>',
            "tempo changes",
        ),
    ],
)
def test_what_is_no_project_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_project(written(tmp_path, text))


def test_a_block_without_an_end_is_said(tmp_path: Path) -> None:
    text = SONG.format(reversed=0, arpeggio=0).replace('len="96" muted', 'len="999999999" muted')
    with pytest.raises(DataError, match="longer than any song"):
        read_project(written(tmp_path, text))


def test_a_damaged_package_is_said(tmp_path: Path) -> None:
    path = tmp_path / "song.mmpz"
    path.write_bytes(b"\0\0\0\1 this is not packed")
    with pytest.raises(DataError, match=r"song\.mmpz' is no project of LMMS"):
        read_project(path)
    with pytest.raises(DataError, match="no project of LMMS"):
        read_project(tmp_path / "missing.mmp")


def test_drums_are_those_that_are_named_and_struck(tmp_path: Path) -> None:
    boom = song(tmp_path).tracks[-1]
    assert key_of_track(boom) == 36  # by its sample, whatever its author calls it
    assert key_of_track(song(tmp_path, reversed=1).tracks[-1]) is None
    assert key_of_track(song(tmp_path, arpeggio=1).tracks[-1]) is None
    assert key_of_track(track("drumsynth/misc_hats/sleepy_1.ds")) == 42  # by its folder
    assert key_of_track(track("drums/sidestick01.ogg")) == 37
    assert key_of_track(track("", "build snare main")) == 38
    assert key_of_track(track("drums/snare03.ogg", notes=[(0.0, -24.0, 1.0)])) is None
    assert key_of_track(track("basses/bass_hard01.ogg")) is None
    assert may_be_drums(track("beats/house_loop01.ogg"))
    assert not may_be_drums(track("drumsynth/instrument/E_Piano.ds"))
    assert not may_be_drums(track(""))


@pytest.mark.parametrize("late_s", [0.0, 0.004, 0.018])
def test_how_late_a_sample_begins_is_measured(late_s: float) -> None:
    times = np.array([0.2, 0.7, 1.2, 1.7, 2.2])
    timing = timing_of(hits(times.tolist(), late_s), times)
    assert timing.looked_at == 5
    assert timing.lateness_s == pytest.approx(late_s, abs=0.0015)
    assert timing.spread_s < 0.001
    assert timing.holds()


def test_an_echo_is_no_note_and_a_drum_that_comes_and_goes_is_not_timed() -> None:
    times = np.array([0.2, 1.2, 2.2])
    echoed = hits([0.2, 0.45, 1.2, 1.45, 2.2, 2.45])
    assert timing_of(echoed, times).echoes == 1.0
    assert not timing_of(echoed, times).holds()
    loose = hits([0.21, 1.2, 2.24])
    assert not timing_of(loose, times).holds()
    assert not timing_of(np.zeros(RATE_HZ, dtype=np.float32), times).holds()


def test_drums_are_what_is_named_and_timed(tmp_path: Path) -> None:
    notes = [(0.5, 0.0, 1.0), (1.0, 0.0, 0.25)]
    once = np.array([(0.5, 0.0, 1.0)])
    tracks = (
        track("drums/kick01.ogg", notes=notes),
        ProjectTrack("lead", 1, False, "", True, once),
        ProjectTrack("loop", 2, False, "beats/loop.ogg", True, once),
        ProjectTrack("late", 3, False, "drums/snare01.ogg", True, once),
    )
    waves = {0: hits([0.5], 0.004) + hits([1.0], 0.004, gain=0.25), 3: hits([0.65])}
    fates = [fate_of(found, key_of_track(found), waves.get(found.number)) for found in tracks]
    assert [fate.fate for fate in fates] == [DRUMS, BAND, UNNAMED, UNTIMED]
    made = assembled("it", fates, waves, hits([0.3]))
    assert np.array_equal(made.drums, waves[0])
    assert np.array_equal(made.others, hits([0.3]))
    assert made.strokes[:, 0] == pytest.approx([0.504, 1.004], abs=0.0015)
    assert made.strokes[:, 1].tolist() == [36, 36]
    assert made.strokes[:, 2].tolist() == [100, 50]  # a quarter as loud: half the velocity
    assert made.levels[1] / made.levels[0] == pytest.approx(0.25, rel=0.01)


def test_layers_of_a_drum_are_one_stroke() -> None:
    rows = [(1.0, 36, 80, 0.3), (1.004, 36, 100, 0.4), (1.01, 38, 90, 0.2), (1.05, 36, 70, 0.1)]
    assert one_a_stroke(np.array(rows)) == pytest.approx(
        np.array([(1.0, 36, 100, 0.5), (1.01, 38, 90, 0.2), (1.05, 36, 70, 0.1)])
    )


def test_excerpts_are_what_was_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, work = tmp_path / "projects", tmp_path / "work"
    root.mkdir()
    written(root, SONG.format(reversed=0, arpeggio=0))
    boom, lead = hits([0, 1, 2, 3, 6.5, 8], length_s=10.0), hits([2.5], length_s=10.0)

    def as_told(
        project: Project, drums: list[int], band: list[int], stems: Path
    ) -> tuple[dict[int, Wave], Wave]:
        assert (drums, band) == ([2], [1])
        return {2: boom}, lead

    monkeypatch.setattr(excerpts_module, "rendered", as_told)
    made: list[tuple[str, int, int]] = []
    make_excerpts(root, work, lambda *step: made.append(step))
    assert made == [("projects", 1, 1)]
    first, second = lmms_excerpts(work, length_s=5.0)
    assert first.project == second.project == "song"
    assert first.strokes[:, 0] == pytest.approx([0, 1, 2, 3], abs=0.001)
    assert second.strokes[:, 0] == pytest.approx([1.5, 3], abs=0.001)
    assert np.abs(np.concatenate([first.drums, second.drums]) - boom).max() < 1e-3
    assert np.abs(first.others - lead[: 5 * RATE_HZ]).max() < 1e-3
    assert first.duration_s == 5.0
    table = (work / "songs" / "song.tsv").read_text().splitlines()
    assert table[0] == "# song 120 bpm"
    assert table[-1].split("\t")[:3] == ["drums", "36", "6"]


def test_a_folder_without_projects_or_excerpts_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no project of LMMS"):
        make_excerpts(tmp_path, tmp_path, lambda *_: None)
    with pytest.raises(DataError, match="holds no rendered projects"):
        lmms_excerpts(tmp_path)


def test_what_lmms_has_not_rendered_is_said(tmp_path: Path) -> None:
    (tmp_path / "stems" / "drums").mkdir(parents=True)
    with pytest.raises(DataError, match="it is rendered again"):
        rendered(song(tmp_path), [2], [], tmp_path / "stems")


@pytest.mark.skipif(shutil.which("lmms") is None, reason="LMMS is not installed")
def test_lmms_plays_what_is_read(tmp_path: Path) -> None:
    project = song(tmp_path)
    waves, band = rendered(project, [2], [1], tmp_path / "stems")
    assert band.shape == waves[2].shape
    timing = timing_of(waves[2], project.tracks[2].notes[:, 0])
    assert timing.holds()
    assert timing.looked_at >= 5
    again, _ = rendered(project, [2], [1], tmp_path / "stems")
    assert np.array_equal(waves[2], again[2])


def test_the_licence_is_that_of_the_last_paragraph_that_fits(tmp_path: Path) -> None:
    told = tmp_path / "copyright"
    told.write_text(
        "Format: https://example.org\n\nFiles: *\nCopyright:\n 2004 A\nLicense: GPL-2+\n\n"
        "Files: data/projects/demos/Waltz-*\n data/projects/shorties/Jig*\nCopyright:\n B\n"
        "License: BSD-2-clause\n\nLicense: BSD-2-clause\n Permission is granted\n"
    )
    found = {
        name: licence_of(tmp_path / name, tmp_path, told)
        for name in ("demos/Waltz-1.mmpz", "shorties/Jig.mmp", "demos/Reel.mmp")
    }
    assert list(found.values()) == ["BSD-2-clause", "BSD-2-clause", "GPL-2+"]
