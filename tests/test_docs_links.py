"""Every link of the docs leads somewhere, and no experiment is missing in the index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

REPO = Path(__file__).resolve().parents[1]
DOCS = REPO / "docs"
PAGES = sorted([*REPO.glob("*.md"), *DOCS.rglob("*.md")])

#: `[text](target)`, `[text](<a target>)`, and images, those within links too.
LINK = re.compile(r"\]\(\s*(?:<(?P<spaced>[^>]*)>|(?P<plain>[^\s)]+))")
#: `[name]: target`, and the `src` and `href` of HTML.
REFERENCE = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
HTML = re.compile(r"(?:src|href)=\"([^\"]+)\"")
#: What is shown as it is typed: blocks between fences, and code in a line.
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def links(text: str) -> Iterator[str]:
    """The targets within the checkout."""
    text = CODE.sub("", text)
    found = [one["spaced"] or one["plain"] for one in LINK.finditer(text)]
    found += [*REFERENCE.findall(text), *HTML.findall(text)]
    yield from (one for one in found if not ELSEWHERE.match(one))


def anchors(text: str) -> list[str]:
    """What `#` may lead to, as GitHub names headings: small, without punctuation, with a
    number from the second of a name on."""
    found: list[str] = []
    for heading in HEADING.findall(re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.M)):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        same = sum(re.fullmatch(rf"{re.escape(name)}(-\d+)?", one) is not None for one in found)
        found.append(f"{name}-{same}" if same else name)
    return found


def broken(page: Path) -> Iterator[str]:
    """The links of a page that lead nowhere."""
    for link in links(page.read_text(encoding="utf-8")):
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        found = target.is_relative_to(REPO) and target.exists()
        if not found or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPO)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(broken(page)) == []


def test_a_link_that_leads_nowhere_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.REPO", tmp_path)
    (tmp_path / "there.md").write_text("# A heading: `x`, 10 % of it\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md) ![b](gone.png) [c](there.md#a-heading-x-10--of-it) [d](there.md#other)\n"
        "[e](https://example.org/gone) [f](<gone too.md>) `[g](gone.md)` [h](#here)\n\n# Here\n"
        "[![j](gone.jpg)](there.md)\n"
        '<img src="gone.svg">\n\n[i]: gone-as-well.md\n'
    )
    assert list(broken(page)) == [
        "gone.png",
        "there.md#other",
        "gone too.md",
        "gone.jpg",
        "gone-as-well.md",
        "gone.svg",
    ]


def test_every_experiment_stands_in_the_index() -> None:
    folder = DOCS / "experiments"
    index = set(links((folder / "README.md").read_text(encoding="utf-8")))
    for page in sorted(set(folder.glob("*.md")) - {folder / "README.md"}):
        entries = [one for one in anchors(page.read_text(encoding="utf-8")) if one[:2] == "20"]
        assert entries, page
        assert {f"{page.name}#{entry}" for entry in entries} <= index
