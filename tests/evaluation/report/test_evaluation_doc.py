"""docs/evaluation says what the reports say, and stale text is noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from drumnet.evaluation.report import words
from drumnet.evaluation.report.model import SECTIONS, Report, sections_of
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.model.checkpoint import EMBEDDED_MODELS, load_checkpoint
from evaluation_pages.conclusions import SENTENCES, conclusions
from evaluation_pages.headlines import HEADLINES
from evaluation_pages.markdown import in_cell, line_name

README = "# Ours\n\n<!-- results -->\nold\n<!-- /results -->\n\nafter\n"


@pytest.fixture(scope="session")
def script(repo: Path) -> ModuleType:
    spec = spec_from_file_location("evaluation_doc", repo / "scripts" / "evaluation_doc.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def models(report: Report, make_report: Callable[..., Report]) -> dict[str, Report]:
    return {"default": report, "open": make_report(seed=1)}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(README)
    (tmp_path / "MODEL_CARD.md").write_text("# No block\n")
    return tmp_path


def test_what_is_written_is_not_stale(
    script: ModuleType, models: dict[str, Report], checkout: Path
) -> None:
    with pytest.raises(SystemExit, match=r"docs/evaluation/README\.md is stale"):
        script.update(models, checkout, check=True)
    script.update(models, checkout, check=False)
    script.update(models, checkout, check=True)
    readme = (checkout / "README.md").read_text()
    assert readme.startswith("# Ours\n\n<!-- results -->\n") and readme.endswith("\n\nafter\n")
    assert "old" not in readme and "| corpus, transfer | " in readme
    assert (checkout / "MODEL_CARD.md").read_text() == "# No block\n"


@pytest.mark.parametrize(
    "name", ["docs/evaluation/README.md", "docs/evaluation/drift.md", "README.md"]
)
def test_stale_text_is_noticed(
    script: ModuleType, models: dict[str, Report], checkout: Path, name: str
) -> None:
    script.update(models, checkout, check=False)
    path = checkout / name
    path.write_text(path.read_text().replace("0.", "0.1", 1))
    with pytest.raises(SystemExit, match=f"^{name} is stale"):
        script.update(models, checkout, check=True)


@pytest.mark.parametrize("check", [False, True])
def test_a_page_too_many_is_refused(
    script: ModuleType, models: dict[str, Report], checkout: Path, check: bool
) -> None:
    script.update(models, checkout, check=False)
    (checkout / "docs" / "evaluation" / "gone.md").write_text("# Gone\n")
    with pytest.raises(SystemExit, match=r"docs/evaluation/gone\.md is of no section"):
        script.update(models, checkout, check=check)


def test_a_new_report_makes_the_text_stale(
    script: ModuleType, models: dict[str, Report], checkout: Path
) -> None:
    script.update(models, checkout, check=False)
    changed = replace(models["open"], made={**models["open"].made, "date": "2027-01-01"})
    with pytest.raises(SystemExit, match="is stale"):
        script.update({**models, "open": changed}, checkout, check=True)


def test_every_figure_of_both_models_is_in_its_page(
    script: ModuleType, models: dict[str, Report]
) -> None:
    pages = script.pages(models)
    assert list(pages) == ["README.md", *(f"{name}.md" for name in sections_of(models["default"]))]
    for report in models.values():
        for row in report.rows:
            (found,) = [
                line
                for line in pages[f"{row.section}.md"]
                .split(f"**{row.metric}**")[1]
                .split("\n**")[0]
                .splitlines()
                if line.startswith(f"| {line_name(row)} |")
            ]
            assert f" {words.score(row.value)} " in found


def test_tables_have_as_many_cells_in_every_line(
    script: ModuleType, models: dict[str, Report]
) -> None:
    uneven = replace(models["open"], rows=models["open"].rows[::2])
    for page in script.pages({**models, "open": uneven}).values():
        for block in page.split("\n\n"):
            cells = [line.count(" |") for line in block.splitlines() if line.startswith("| ")]
            assert len(set(cells)) <= 1


def test_a_name_cannot_break_a_table() -> None:
    assert in_cell("a | b\n<script>") == "a \\| b &lt;script>"


def test_a_section_opens_with_what_its_figures_come_to(
    script: ModuleType, models: dict[str, Report]
) -> None:
    own = models["default"].find("corpus", "transfer", "drumnet", "tick F1")
    other = models["open"].find("corpus", "transfer", "drumnet", "tick F1")
    assert own is not None and other is not None
    said = script.pages(models)["corpus.md"].split("\n\n")[1]
    assert f"scores {words.score(own.value)} (`open` {words.score(other.value)});" in said


def test_a_conclusion_follows_its_figures(models: dict[str, Report]) -> None:
    """The best simple drummer is named, whoever it is."""
    report = models["default"]

    def with_bass_copy(value: float) -> dict[str, Report]:
        rows = [
            replace(row, value=value, low=None, high=None) if row.player == "bass copy" else row
            for row in report.rows
        ]
        return {"default": replace(report, rows=rows)}

    assert "; bass copy, the best of the simple drummers, scores 0.990." in " ".join(
        conclusions(with_bass_copy(0.99), "corpus")
    )
    assert "bass copy" not in " ".join(conclusions(with_bass_copy(0.01), "corpus"))


def test_a_sentence_without_its_figures_is_left_out(models: dict[str, Report]) -> None:
    report = models["default"]
    without = [row for row in report.rows if row.player != "wrong code"]
    said = conclusions({"default": replace(report, rows=without)}, "corpus")
    assert len(said) == len(conclusions(models, "corpus")) - 1
    assert not any("another song" in sentence for sentence in said)


def test_every_section_has_conclusions_and_headlines_are_of_sections() -> None:
    assert tuple(SENTENCES) == SECTIONS
    assert {one.section for one in HEADLINES} <= set(SECTIONS)


def test_the_reports_of_the_package_have_every_figure_that_is_concluded_from(
    script: ModuleType,
) -> None:
    """None of the sentences, and none of the headlines, is left out of the docs."""
    models = script.read_reports()
    for section in SECTIONS:
        assert len(conclusions(models, section)) == len(SENTENCES[section])
    assert all(one.cells(models) for one in HEADLINES)


def test_reports_of_other_weights_are_refused(
    script: ModuleType, models: dict[str, Report]
) -> None:
    with pytest.raises(SystemExit, match=r"default\.json is of other weights"):
        script.check_weights(models)
    with pytest.raises(SystemExit, match=r"default\.json is missing"):
        script.check_weights({})
    own = {
        name: replace(
            models[name],
            model={
                **models[name].model,
                "sha256": file_hash(load_checkpoint(name).folder / MODEL_FILE),
            },
        )
        for name in EMBEDDED_MODELS
    }
    script.check_weights(own)
    quick = replace(own["open"], made={**own["open"].made, "quick": True})
    with pytest.raises(SystemExit, match=r"open\.json is of a quick run"):
        script.check_weights({**own, "open": quick})
