"""The summary as a page: what went wrong first, every name as it is, nothing from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from drumnet.batch.page import page
from drumnet.batch.song import DONE, FAULT, Line

LINES = [
    Line("a/good song", DONE, tempo_bpm=120.0, beats_sure="high", bars_sure="fair"),
    Line("<script>alert(1)</script>", DONE, check="the beat is a guess"),
    Line("bad & worse", FAULT, 'no "sound" <there>'),
]


class _Text(HTMLParser):
    """What is read, and the tags."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.words, self.tags = list[str](), list[str]()
        self.links = list[str | None]()
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_faults_come_first_and_names_stand_as_they_are() -> None:
    found = _Text(page(LINES, {"made by": "drumnet"}))
    text = " ".join(found.words)
    assert text.index("Faults") < text.index("To check by ear") < text.index("Songs")
    for words in ('no "sound" <there>', "bad & worse", "<script>alert(1)</script>", "120.0"):
        assert words in text
    assert "2 songs" in text and "1 of them to check by ear" in text and "1 with faults" in text


def test_the_page_needs_nothing_from_elsewhere() -> None:
    found = _Text(page(LINES, {}))
    assert not {"script", "img", "link", "iframe"} & set(found.tags)
    assert set(found.links) == {"a/good%20song/", "%3Cscript%3Ealert%281%29%3C/script%3E/"}
    assert not re.search(rb"https?://|url\(", page(LINES, {}))


def test_a_run_without_faults_says_so() -> None:
    text = " ".join(_Text(page(LINES[:1], {})).words)
    assert "No faults." in text and "Faults" not in text and "To check" not in text
