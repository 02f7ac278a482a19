"""Sections of songs whose parts are known, and their file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drumnet.errors import SectionError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.bar_patterns import bar_patterns, bar_starts
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning, on_grid
from drumnet.hearing.sections import Section, _letter, find_sections
from drumnet.playing.section_file import placed, read_sections, write_sections
from drumnet.song.roles import Role

#: What a verse and a chorus play, in ticks of a bar of four beats.
VERSE = {Role.BASS: (0, 24), Role.GUITAR: (0, 12, 24, 36)}
CHORUS = {Role.BASS: range(0, 48, 6), Role.GUITAR: (0, 18, 30), Role.VOCALS: (0, 9, 12, 21, 36)}
BRIDGE = {Role.KEYS: (6, 42), Role.BASS: (0,)}
REST: dict[Role, tuple[int, ...]] = {}


def song(*parts: tuple[dict, int], metre: int = 4, pickup: int = 0) -> Conditioning:
    """Parts of so many bars each, after a pickup of so many beats."""
    num_beats = pickup + metre * sum(bars for _, bars in parts)
    numbers = (np.arange(num_beats + 1) - pickup) % metre + 1
    grid = BeatGrid(np.arange(num_beats + 1) * 0.5, numbers)
    strength = np.zeros((len(HEARD_ROLES), grid.num_ticks), dtype=np.float32)
    beat = pickup
    for part, bars in parts:
        for _ in range(bars):
            for role, ticks in part.items():
                inside = [tick for tick in ticks if tick < metre * TICKS_PER_BEAT]
                at = beat * TICKS_PER_BEAT + np.array(inside)
                strength[HEARD_ROLES.index(role), at] = 1
            beat += metre
    return on_grid(strength, strength.any(axis=1), grid)


def found(heard: Conditioning) -> list[tuple[int, str]]:
    return [(section.start_beat, section.name) for section in find_sections(heard)]


def test_a_song_is_cut_where_another_part_begins() -> None:
    heard = song((VERSE, 8), (CHORUS, 8), (VERSE, 8), (BRIDGE, 4), (CHORUS, 8))
    assert found(heard) == [(0, "A"), (32, "B"), (64, "A"), (96, "C"), (112, "B")]


def test_parts_of_odd_lengths_are_found_no_less() -> None:
    assert found(song((VERSE, 7), (CHORUS, 9), (VERSE, 6))) == [(0, "A"), (28, "B"), (64, "A")]


def test_a_pickup_belongs_to_the_first_section() -> None:
    assert found(song((VERSE, 8), (CHORUS, 8), pickup=3)) == [(3, "A"), (35, "B")]


def test_waltzes_have_sections_too() -> None:
    assert found(song((VERSE, 8), (CHORUS, 8), metre=3)) == [(0, "A"), (24, "B")]


def test_a_rest_is_a_part() -> None:
    assert found(song((REST, 8), (VERSE, 8), (CHORUS, 8))) == [(0, "A"), (32, "B"), (64, "C")]


def test_where_nothing_changes_there_is_one_section() -> None:
    assert found(song((VERSE, 32))) == [(0, "A")]
    assert found(song((REST, 4))) == [(0, "A")]
    assert found(song((VERSE, 1))) == [(0, "A")]


def test_sections_do_not_depend_on_how_loud_the_stems_are() -> None:
    heard = song((VERSE, 8), (CHORUS, 8), (VERSE, 8))
    softer = Conditioning(
        0.5 * heard.strength, heard.present, heard.beat_in_bar, heard.bar_length, heard.bar
    )
    assert found(softer) == found(heard)


def test_what_is_too_weak_for_an_onset_does_not_count() -> None:
    """Noise between the onsets, of another kind in each bar."""
    heard = song((VERSE, 8), (CHORUS, 8), (VERSE, 8))
    noise = np.random.default_rng(0).uniform(0, 0.09, heard.strength.shape)
    strength = np.where(heard.strength > 0, heard.strength, noise).astype(np.float32)
    noisy = Conditioning(strength, heard.present, heard.beat_in_bar, heard.bar_length, heard.bar)
    starts = bar_starts(heard)
    np.testing.assert_array_equal(bar_patterns(noisy, starts), bar_patterns(heard, starts))
    assert found(noisy) == found(heard)


def test_a_likely_crash_marks_a_section_where_the_stems_leave_it_open() -> None:
    heard = song((VERSE, 32))
    crash = np.full(heard.num_ticks, 0.01, dtype=np.float32)
    crash[16 * 4 * TICKS_PER_BEAT] = 0.9
    starts = [section.start_beat for section in find_sections(heard, crash)]
    assert starts == [0, 64]


def test_no_section_is_shorter_than_four_bars_but_for_the_last() -> None:
    """However often the music changes."""
    rng = np.random.default_rng(0)
    parts = [VERSE, CHORUS, BRIDGE]
    for _ in range(20):
        heard = song(*[(parts[rng.integers(3)], int(rng.integers(1, 4))) for _ in range(24)])
        starts = [section.start_beat for section in find_sections(heard)]
        assert (np.diff(starts) >= 16).all()


def test_the_same_music_has_the_same_name_however_roughly_it_is_played() -> None:
    """A quarter of the onsets are missed, a tenth are added, and the strengths are anything."""
    for seed in range(5):
        rng = np.random.default_rng(seed)
        heard = song((VERSE, 8), (CHORUS, 8), (VERSE, 8), (CHORUS, 8), (BRIDGE, 8), (CHORUS, 8))
        strength = heard.strength * (rng.random(heard.strength.shape) > 0.25)
        strength *= rng.uniform(0.4, 1.0, strength.shape)
        added = rng.random(strength.shape) < 0.1 * (heard.strength > 0).mean()
        strength[heard.present] = np.maximum(strength, 0.4 * added)[heard.present]
        rough = replace(heard, strength=strength.astype(np.float32))
        assert found(rough) == [(0, "A"), (32, "B"), (64, "A"), (96, "B"), (128, "C"), (160, "B")]


def test_sections_beyond_z_have_names_of_their_own() -> None:
    names = [_letter(number) for number in range(60)]
    assert names[:2] == ["A", "B"] and names[25:28] == ["Z", "A2", "B2"] and names[52] == "A3"
    assert len(set(names)) == 60


GRID = BeatGrid.constant(120, 64.0)  # bars of 2 s, numbered 1 to 32


def read(tmp_path: Path, text: str, grid: BeatGrid = GRID) -> tuple[Section, ...]:
    path = tmp_path / "sections.tsv"
    path.write_text(text)
    return placed(read_sections(path), grid)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    sections = (
        Section(0, "verse"),
        Section(32, "chorus", "random", {"complexity": "0.8", "fills": "8"}),
        Section(64, "the end", "my style.json"),
    )
    write_sections(tmp_path / "sections.tsv", sections, GRID)
    assert placed(read_sections(tmp_path / "sections.tsv"), GRID) == sections


def test_a_file_may_be_typed_by_hand(tmp_path: Path) -> None:
    text = "# my song\n\n1 verse\n9 chorus random complexity=0.8, fills=8\n0:32.2\n"
    assert read(tmp_path, text) == (
        Section(0, "verse"),
        Section(32, "chorus", "random", {"complexity": "0.8", "fills": "8"}),
        Section(64, "part 3"),
    )


def test_a_time_goes_to_the_nearest_bar_line(tmp_path: Path) -> None:
    assert [s.start_beat for s in read(tmp_path, "0:00\n0:14.9\n0:19.2\n")] == [0, 28, 40]


def test_a_pickup_is_bar_0(tmp_path: Path) -> None:
    grid = BeatGrid.constant(120, 30.0, first_downbeat_s=1.0)
    assert [s.start_beat for s in read(tmp_path, "0\tcount-in\n1\tverse\n", grid)] == [0, 2]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1\tverse\nchorus\n", "line 2: 'chorus' is neither the number of a bar nor a time"),
        ("1\tverse\n99\tchorus\n", "line 2: the song has no bar 99: its bars are 1 to 32"),
        ("1\n\n5:00\n", "line 3: the song ends before 5:00"),
        ("9\tverse\n5\tchorus\n", "line 2: the section at 5 does not begin after"),
        ("1\tverse\t\tloud\n", "line 1: 'loud' is no setting: write it as complexity=0.8"),
        ("1\tverse\t\tvolume=11\n", "line 1: no setting is called 'volume': choose from comp"),
        ("1\tverse\t\tcomplexity=2\n", "line 1: a complexity of 2 makes no sense: give 0 to 1"),
        ("1\ta\tb\tc=1\td\n", "line 1: 5 cells, but a section has 4 at most"),
        ("# nothing\n", "holds no sections"),
    ],
)
def test_a_line_that_makes_no_sense_is_named(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(SectionError, match=fault):
        read(tmp_path, text)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(SectionError, match="no sections file"):
        read_sections(tmp_path / "none.tsv")
    (tmp_path / "sections.tsv").write_bytes(b"\xff\xfe\x00\x9f")
    with pytest.raises(SectionError, match="not a text file"):
        read_sections(tmp_path / "sections.tsv")
