"""The picture of a kit shows each hit where, on what, and as loud as it was."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from drumnet.evaluation.report.kit_picture import KitPattern, kit_picture

_SVG = "{http://www.w3.org/2000/svg}"
PATTERN = KitPattern(
    first_bar=5,
    bar_ticks=(48, 48),
    played={"kick": [(0, 1.0), (48, 0.5)], "snare": [(12, 0.9)], "closed_hat": []},
    drummer={"kick": [0, 24]},
)


def strokes(css: str) -> list[dict[str, float]]:
    root = ElementTree.fromstring(kit_picture(PATTERN, "Bars of <rock> & roll"))
    return [
        {key: float(mark.attrib[key]) for key in ("x", "y", "width", "height")}
        for mark in root.iter(f"{_SVG}rect")
        if mark.attrib.get("class") == css
    ]


def test_every_hit_has_a_stroke_and_louder_ones_are_higher() -> None:
    loud, soft, snare = strokes("played")
    assert loud["height"] == pytest.approx(2 * soft["height"])
    assert loud["y"] + loud["height"] == pytest.approx(soft["y"] + soft["height"], abs=0.2)
    assert snare["y"] > loud["y"], "in the row below"


def test_ticks_lie_in_order_at_even_distances() -> None:
    loud, soft, snare = strokes("played")
    quarter = snare["x"] - loud["x"]
    assert soft["x"] - loud["x"] == pytest.approx(4 * quarter, abs=0.3)


def test_the_drummer_plays_below_the_same_row() -> None:
    loud, soft, snare = strokes("played")
    both, alone = strokes("drummer")
    assert both["x"] == loud["x"] and loud["x"] < alone["x"] < soft["x"]
    assert loud["y"] + loud["height"] < both["y"] < snare["y"] + snare["height"]


def test_it_stands_alone_and_names_what_it_shows() -> None:
    text = kit_picture(PATTERN, "Bars of <rock> & roll")
    assert 'xmlns="http://www.w3.org/2000/svg"' in text and "prefers-color-scheme" in text
    root = ElementTree.fromstring(text)
    assert root.attrib["aria-label"] == "Bars of <rock> & roll"
    words = [node.text for node in root.iter(f"{_SVG}text")]
    assert words == ["5", "6", "kick", "snare", "closed hat"]
    assert kit_picture(PATTERN, "x") == kit_picture(PATTERN, "x")
