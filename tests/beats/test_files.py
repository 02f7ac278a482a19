"""Beats <-> files: what is written is what is read, and each fault is one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drumnet.beats.files import read_beats, write_beats
from drumnet.errors import BeatError, MidiError
from drumnet.grid import BeatGrid

TIMES = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]


def written(folder: Path, text: str, name: str = "song.beats") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_written_and_read_back_is_the_same_grid(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    numbers = np.array([3, 4, *[1, 2, 3, 4] * 50, *range(1, 8), 1])
    grid = BeatGrid(np.cumsum(rng.uniform(0.3, 0.9, len(numbers))), numbers)
    write_beats(tmp_path / "beats.tsv", grid)
    again = read_beats(tmp_path / "beats.tsv")
    np.testing.assert_allclose(again.beats_s, grid.beats_s, atol=1e-6, rtol=0)
    np.testing.assert_array_equal(again.beat_in_bar, grid.beat_in_bar)


def test_beats_before_the_song_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "beats.tsv"
    write_beats(path, BeatGrid(np.array([-0.5, -1e-12, 0.5, 1.0]), np.array([4, 1, 2, 3])))
    assert path.read_text() == "0.000000\t1\n0.500000\t2\n1.000000\t3\n"
    with pytest.raises(BeatError, match="fewer than two beats lie after 0:00"):
        write_beats(path, BeatGrid(np.array([-2.0, -1.0]), np.array([1, 2])))
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "line",
    [
        "{t}\t{n}",
        "{t} {n}",
        "  {t},{n}  ",
        "{t};{n}",
        "{t}, {n}.0",
        "{t}\t{n}\t7\tverse",
        '{t},"{n}"',
        "{t}\t12.{n}",
        "{t}\t{n}  # a comment",
    ],
)
def test_every_way_of_writing_a_beat_is_read(tmp_path: Path, line: str) -> None:
    numbers = [4, 1, 2, 3, 4, 1]
    lines = [line.format(t=t, n=n) for t, n in zip(TIMES, numbers, strict=True)]
    for head in ("", "# beats\n\n", "\ufeff", "time,beat\n"):
        grid = read_beats(written(tmp_path, head + "\r\n".join(lines) + "\n\n"))
        assert grid.beats_s.tolist() == TIMES
        assert grid.beat_in_bar.tolist() == numbers


def test_times_alone_are_counted_in_bars_of_the_metre(tmp_path: Path) -> None:
    path = written(tmp_path, "\n".join(map(str, TIMES)))
    assert read_beats(path).beat_in_bar.tolist() == [1, 2, 3, 4, 1, 2]
    assert read_beats(path, 3).beat_in_bar.tolist() == [1, 2, 3, 1, 2, 3]


def test_downbeat_flags_are_counted_from_the_downbeats(tmp_path: Path) -> None:
    flags = [0, 1, 0, 0, 1, 0]
    lines = [f"{t}\t{flag}" for t, flag in zip(TIMES, flags, strict=True)]
    assert read_beats(written(tmp_path, "\n".join(lines))).beat_in_bar.tolist() == [
        3,
        1,
        2,
        3,
        1,
        2,
    ]


def test_a_midi_file_gives_its_tempo_and_metre(tmp_path: Path) -> None:
    import mido

    conductor = mido.MidiTrack(
        [
            mido.MetaMessage("time_signature", numerator=3, denominator=4),
            mido.MetaMessage("set_tempo", tempo=500_000),
            mido.MetaMessage("set_tempo", tempo=250_000, time=3 * 480),
            mido.MetaMessage("end_of_track", time=6 * 480),
        ]
    )
    mido.MidiFile(tracks=[conductor], ticks_per_beat=480).save(tmp_path / "song.mid")
    grid = read_beats(tmp_path / "song.mid")
    expected = [0.0, 0.5, 1.0, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75]
    np.testing.assert_allclose(grid.beats_s[:9], expected, atol=1e-6)
    assert grid.beat_in_bar[:9].tolist() == [1, 2, 3] * 3


def test_annotated_beats_of_recordings_are_read(shared_data: Path) -> None:
    for path in sorted((shared_data / "real").glob("mdb_*/beats.tsv")):
        grid = read_beats(path)
        assert 100 < grid.tempo_bpm < 120
        assert (grid.bar_length == 4).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no beats"),
        ("# nothing\n\n", "holds no beats"),
        ("time\tbeat\n", "holds no beats"),
        ("0.5\t1\n", "holds 1 beats: at least two"),
        ("0.5 1\n1.5 2\n1.0 3\n", "line 3: the beat at 1 s does not come after .* 1.5 s: sort"),
        ("0.5 1\n0.5 2\n", "line 2: the beat at 0.5 s"),
        ("0.5 1\nverse 2\n1.0 3\n", "line 2: 'verse 2' does not begin with a time"),
        ("0.5 1\nnan 2\n1.0 3\n", "line 2: 'nan 2' does not begin with a time"),
        ("time beat\nbars too\n0.5 1\n1.0 2\n", "line 2: 'bars too'"),
        ("0.5 1\n1.0 two\n", "line 2: 'two' is not a beat in its bar"),
        ("0.5 1\n1.0 1.25\n", "line 2: '1.25' is not a beat"),
        ("0.5 1\n1.0\n", "line 2: '' is not a beat"),
        ("0.5 1\n1.0 -1\n", "line 2: '-1' is not a beat"),
        ("0.5 0\n1.0 1\n1.5 2\n2.0 3\n", "line 1: beats in a bar are counted from 1"),
        ("500 1\n1000 2\n1500 3\n", "run at 0.12 bpm: the first column must be in seconds"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BeatError, match=message) as fault:
        read_beats(written(tmp_path, text))
    assert "song.beats" in str(fault.value) and "\n" not in str(fault.value)


def test_files_that_are_no_beats_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(BeatError, match=r"no beats file .*none\.tsv.*check the path"):
        read_beats(tmp_path / "none.tsv")
    with pytest.raises(BeatError, match="no beats file"):
        read_beats(tmp_path)
    (tmp_path / "song.tsv").write_bytes(bytes(range(256)) * 10)
    with pytest.raises(BeatError, match="not a text file of beats"):
        read_beats(tmp_path / "song.tsv")
    (tmp_path / "song.mid").write_bytes(b"no midi at all")
    with pytest.raises(MidiError):
        read_beats(tmp_path / "song.mid")
