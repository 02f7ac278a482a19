"""What is played in sections, from Python and from the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from drumnet.cli.main import main
from drumnet.errors import DrumnetError, SectionError
from drumnet.hearing.sections import Section
from drumnet.hits import Piece
from drumnet.playing.arranging import AskedSections, passages_of, with_variation
from drumnet.settings import Feel, FillPlace, Settings
from drumnet.style.code import CODE_SIZE, RANDOM, StyleCode

ABAC = (Section(0, "A"), Section(16, "B"), Section(32, "A"), Section(48, "C"))


def style(value: float) -> StyleCode:
    return StyleCode(np.full(CODE_SIZE, value, dtype=np.float32), "m")


def find(name: str, seed: int) -> StyleCode:
    """A random style has its seed in every number, a named one its length."""
    return style(seed if name == RANDOM else len(name))


def levels(sections: tuple[Section, ...], seed: int = 10) -> list[float]:
    played = passages_of(sections, style(0), Settings(seed=seed), find)
    return [round(float(one.style.code[0]), 4) for one in played]


def test_sections_that_say_nothing_have_the_song_s_style() -> None:
    assert levels(ABAC) == [0, 0, 0, 0]


def test_found_sections_of_one_name_vary_alike() -> None:
    first, second, third, fourth = levels(with_variation(ABAC))
    assert first == third == 0
    assert len({first, second, fourth}) == 3
    assert abs(second) < 11 and abs(fourth) < 12  # on the way to another style, not there


def test_a_section_plays_as_the_first_of_its_name_that_says_how() -> None:
    sections = (
        Section(0, "A"),
        Section(16, "B", "rock", {"complexity": "1"}),
        Section(32, "B"),
        Section(48, "B", RANDOM),
    )
    assert levels(sections) == [0, 4, 4, 11]
    played = passages_of(sections, style(0), Settings(), find)
    assert [one.settings.complexity for one in played] == [0.5, 1, 1, 1]


def test_a_section_whose_style_there_is_not_is_named() -> None:
    def nothing(name: str, seed: int) -> StyleCode:
        raise DrumnetError(f"no style '{name}'")

    with pytest.raises(SectionError, match="the section 'B': no style 'rokc'"):
        passages_of((Section(0, "A"), Section(16, "B", "rokc")), style(0), Settings(), nothing)


def test_what_is_asked_for_is_given_found_or_read(tmp_path: Path) -> None:
    from drumnet.grid import BeatGrid

    grid = BeatGrid.constant(120, 64.0)
    assert AskedSections.of(ABAC).on(grid, lambda: ()) == ABAC
    assert AskedSections.of("auto").on(grid, lambda: ABAC[:1]) == ABAC[:1]
    (tmp_path / "s.tsv").write_text("5\tA\n")
    assert AskedSections.of(tmp_path / "s.tsv").on(grid, lambda: ()) == (Section(16, "A"),)


def test_settings_as_text() -> None:
    text = {
        "complexity": "0.8",
        "feel": "half",
        "fills": "8",
        "fill_length": "4",
        "fill_crash": "no",
        "mute": "ride+open_hat",
        "variation": "0.25",
        "snare.amount": "2",
    }
    settings = Settings(density=2).changed(text)
    assert (settings.complexity, settings.density, settings.feel) == (0.8, 2, Feel.HALF_TIME)
    assert settings.fills.place is FillPlace.EVERY_8
    assert (settings.fills.length_beats, settings.fills.crash) == (4, False)
    assert settings.of(Piece.RIDE).muted and settings.of(Piece.OPEN_HAT).muted
    assert settings.of(Piece.SNARE).amount == 2
    assert settings.variation == 0.25


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("loudness", "1", "no setting is called 'loudness': choose from complexity"),
        ("swing", "much", "swing=much makes no sense: give a number"),
        ("swing", "3", "a swing of 3 makes no sense: give 0 to 1"),
        (
            "fills",
            "often",
            "fills=often makes no sense: choose from arranged, none, sections, 4, 8",
        ),
        ("gong.amount", "1", "no drum piece is called 'gong'"),
    ],
)
def test_a_setting_that_makes_no_sense(key: str, value: str, fault: str) -> None:
    with pytest.raises(DrumnetError, match=fault):
        Settings().changed({key: value})


def generate(song: Path, out: Path, *options: object) -> Result:
    asked = ["generate", song, "-o", out, "--bpm", 120, "--seed", 1, "--no-mix", *options]
    return CliRunner().invoke(main, [str(one) for one in asked], prog_name="drumnet")


def bars_of(out: Path) -> dict[str, set[int]]:
    with open(out / "hits.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        piece: {int(row["bar"]) for row in rows if row["piece"] == piece}
        for piece in {row["piece"] for row in rows}
    }


def test_a_typed_file_of_sections_is_played(
    drummer: object, song_folder: Path, tmp_path: Path
) -> None:
    typed = tmp_path / "mine.tsv"
    typed.write_text("1\tquiet\t\tmute=kick\n5\tloud\trandom\tfills=sections\n")
    out = tmp_path / "out"
    result = generate(song_folder, out, "--pieces", "kick,snare", "--sections", typed)
    assert result.exit_code == 0, result.output
    assert "sections  quiet (bar 1), loud (bar 5)" in result.stdout
    assert min(bars_of(out)["kick"]) >= 5
    written = (out / "sections.tsv").read_text().splitlines()
    assert written[1:] == ["1\tquiet\t-\tmute=kick", "5\tloud\trandom\tfills=sections"]


def test_what_was_written_plays_the_same_again(
    drummer: object, song_folder: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    assert generate(song_folder, first, "--sections", "auto").exit_code == 0
    assert generate(song_folder, second, "--sections", first / "sections.tsv").exit_code == 0
    for name in ("hits.csv", "sections.tsv"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_a_wrong_line_is_told_before_anything_is_heard(
    drummer: object, song_folder: Path, tmp_path: Path
) -> None:
    typed = tmp_path / "mine.tsv"
    typed.write_text("1\tverse\nnext\tchorus\n")
    result = generate(song_folder, tmp_path / "out", "--sections", typed)
    assert result.exit_code == 1
    assert "line 2: 'next' is neither the number of a bar nor a time as 1:04" in result.output
    assert not (tmp_path / "out").exists()
    with pytest.raises(SectionError, match="no sections file"):
        AskedSections.of(tmp_path / "none.tsv")
