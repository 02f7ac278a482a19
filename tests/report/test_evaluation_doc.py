"""docs/evaluation.md says what the reports say, and stale text is noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from drumnet.evaluation.report.model import Report
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.model.checkpoint import EMBEDDED_MODELS, load_checkpoint

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
    with pytest.raises(SystemExit, match=r"evaluation\.md is stale"):
        script.update(models, checkout, check=True)
    script.update(models, checkout, check=False)
    script.update(models, checkout, check=True)
    readme = (checkout / "README.md").read_text()
    assert readme.startswith("# Ours\n\n<!-- results -->\n") and readme.endswith("\n\nafter\n")
    assert "old" not in readme and "| corpus, transfer | " in readme
    assert (checkout / "MODEL_CARD.md").read_text() == "# No block\n"


@pytest.mark.parametrize("name", ["docs/evaluation.md", "README.md"])
def test_stale_text_is_noticed(
    script: ModuleType, models: dict[str, Report], checkout: Path, name: str
) -> None:
    script.update(models, checkout, check=False)
    path = checkout / name
    path.write_text(path.read_text().replace("0.", "0.1", 1))
    with pytest.raises(SystemExit, match=f"{path.name} is stale"):
        script.update(models, checkout, check=True)


def test_a_new_report_makes_the_text_stale(
    script: ModuleType, models: dict[str, Report], checkout: Path
) -> None:
    script.update(models, checkout, check=False)
    changed = replace(models["open"], made={**models["open"].made, "date": "2027-01-01"})
    with pytest.raises(SystemExit, match="is stale"):
        script.update({**models, "open": changed}, checkout, check=True)


def test_every_figure_of_both_models_is_in_the_page(
    script: ModuleType, models: dict[str, Report]
) -> None:
    page = script.page(models)
    for report in models.values():
        for row in report.rows:
            (found,) = [
                line
                for line in page[page.index(f"## {script.words.SECTION_TITLES[row.section]}") :]
                .split("\n## ")[0]
                .split(f"**{row.metric}**")[1]
                .split("\n**")[0]
                .splitlines()
                if line.startswith(f"| {script.line_name(row)} |")
            ]
            assert f" {script.words.score(row.value)} " in found


def test_tables_have_as_many_cells_in_every_line(
    script: ModuleType, models: dict[str, Report]
) -> None:
    uneven = replace(models["open"], rows=models["open"].rows[::2])
    for block in script.page({**models, "open": uneven}).split("\n\n"):
        cells = [line.count(" |") for line in block.splitlines() if line.startswith("| ")]
        assert len(set(cells)) <= 1


def test_a_name_cannot_break_a_table(script: ModuleType) -> None:
    assert script.in_cell("a | b\n<script>") == "a \\| b &lt;script>"


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
