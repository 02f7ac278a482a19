#!/usr/bin/env python3
"""Measures what each control does, for docs/controls.md.

The page and its plots in docs/controls/ are written anew; `--check` fails when the page
is of other weights than the package has.

Every setting is played in the same few styles to the built-in song and, with
`--prepared FOLDER` (what `drumnet prepare` wrote), to the middle of valid songs.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from drumnet.corpus.halves import MELODIC_ROLES, halved
from drumnet.corpus.ticksong import SONGS_FILE, TickStore
from drumnet.demo.song import demo_song
from drumnet.drummer import Drummer
from drumnet.evaluation.controls import HATS, Take, measured
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hits import Piece
from drumnet.model.checkpoint import load_checkpoint
from drumnet.playing.listening import Listening
from drumnet.settings import Arrange, Feel, PieceSettings, Settings
from drumnet.song.roles import Role
from drumnet.style.code import StyleCode

REPO = Path(__file__).resolve().parents[1]
PAGE = REPO / "docs" / "controls.md"
PLOTS = REPO / "docs" / "controls"
NUM_STYLES = 4
NUM_SONGS = 8
#: Of a song, its middle.
NUM_BEATS = 96
_STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
_FOLLOW = (0.0, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True)
class Control:
    """Args:
    values: what is set, as it is shown.
    measures: those that it is about, which are drawn.
    in_order: whether one value leads to the next.
    """

    name: str
    option: str
    says: str
    values: Mapping[str, Settings]
    measures: tuple[str, ...]
    in_order: bool = True


def plain(**said: Any) -> Settings:
    """What the setting itself does, whatever happens in the song."""
    return Settings(arrange=Arrange.NONE, **said)


def of_piece(piece: Piece, **fields: float) -> Settings:
    return plain(pieces={piece: PieceSettings(**fields)})


def controls() -> list[Control]:
    def each(name: str, values: Sequence[float]) -> dict[str, Settings]:
        return {f"{value:g}": plain(**{name: value}) for value in values}

    def pieces(piece: Piece, name: str, values: Sequence[float]) -> dict[str, Settings]:
        return {f"{value:g}": of_piece(piece, **{name: value}) for value in values}

    corners = {
        f"{x:g}, {y:g}": plain(complexity=x, intensity=y) for x in (0.0, 1.0) for y in (0.0, 1.0)
    }
    eighths = {f"{x:g}": plain(swing=x, humanize=0.0) for x in _STEPS}
    sixteenths = {
        f"{x:g}": plain(swing=x, swing_division=16, humanize=0.0, complexity=1.0) for x in _STEPS
    }
    hats = {piece: PieceSettings(amount=3.0) for piece in HATS}
    strumming = {f"{x:g}": plain(follow_strumming=x, pieces=hats) for x in _FOLLOW}
    feels = {
        feel.value: plain(feel=feel) for feel in (Feel.HALF_TIME, Feel.NORMAL, Feel.DOUBLE_TIME)
    }
    return [
        Control("Complexity", "--complexity", "0 simple, 1 complex.",
            each("complexity", _STEPS), ("density", "syncopation")),
        Control("Intensity", "--intensity", "0 soft, 1 loud.",
            each("intensity", _STEPS), ("velocity", "loud pieces")),
        Control("The corners of the pad", "--complexity, --intensity", "Both at their ends.",
            corners, ("density", "velocity"), in_order=False),
        Control("Density", "--density", "So many times as many hits.",
            each("density", (0.25, 0.5, 1.0, 1.5, 2.0)), ("density",)),
        Control("Temperature", "--temperature", "How much is dared.",
            each("temperature", (0.0, 0.5, 1.0, 1.5)), ("syncopation", "density")),
        Control("Variation", "--variation", "How much bars differ: 0 only where the song does, "
            "1 as much as it gets: fills, and bars that are busier or plainer.",
            each("variation", _STEPS), ("repetition", "density")),
        Control("Amount of a piece", "--amount kick=X", "Here of the kick.",
            pieces(Piece.KICK, "amount", (0.0, 0.5, 1.0, 2.0)), ("kicks", "density")),
        Control("Complexity of a piece", "--piece-complexity kick=X", "Here of the kick.",
            pieces(Piece.KICK, "complexity", _STEPS), ("kicks", "syncopation")),
        Control("Following the bass", "--follow-bass", "How closely the kick does.",
            each("follow_bass", _FOLLOW), ("kick with bass", "kicks")),
        Control("Following the strumming", "--follow-strumming", "How closely the hats follow "
            "guitar and keys; here with three times as many hats.", strumming,
            ("hats with strumming",)),
        Control("Swing of eighths", "--swing", "1 is in triplets, where the off-beat is at 0.667 "
            "of the beat. Here quantised.", eighths, ("off-beat at",)),
        Control("Swing of sixteenths", "--swing --swing-division 16", "The eighths stay, the "
            "second 16th of each goes from 0.25 of the beat to 0.333. Here quantised, and as "
            "complex as can be, so that there are sixteenths.", sixteenths,
            ("2nd 16th at", "off-beat at")),
        Control("Humanize", "--humanize", "0 on the ticks, 1 as people play.",
            each("humanize", (0.0, 0.5, 1.0, 2.0)), ("timing, ms", "velocity spread")),
        Control("Feel", "--feel", "The pulse that the drums keep to.", feels,
            ("density", "snares")),
    ]  # fmt: skip


def songs(drummer: Drummer, prepared: Path | None) -> Iterator[Listening]:
    """The built-in song, and the middles of valid songs."""
    built_in = demo_song()
    yield drummer.listen(built_in.song, built_in.beats)
    if prepared is None:
        return
    bass = HEARD_ROLES.index(Role.BASS)
    store = TickStore.load(prepared / SONGS_FILE).where(split="valid", heard="events")
    usable = [song for song in store if song.present[bass] and song.num_beats >= NUM_BEATS]
    for index in np.linspace(0, len(usable) - 1, NUM_SONGS).astype(int):
        song = halved(usable[index], MELODIC_ROLES)
        whole = drummer.listen_to(song.conditioning, song.grid, song.duration_s)
        start = (song.conditioning.num_beats - NUM_BEATS) // 2
        yield whole.cut(start, start + NUM_BEATS)


def played(
    drummer: Drummer, heard: Sequence[Listening], styles: Sequence[StyleCode], settings: Settings
) -> list[Take]:
    return [Take(drummer.play(one, style, settings), one) for one in heard for style in styles]


# ------------------------------------------------------------------ the page

#: Of a plot, in pixels.
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 300, 170, 46, 28, 12, 28
_INK, _LINE = "#777", "#2a78d6"


def plot(control: Control, results: Sequence[Mapping[str, float]]) -> str:
    """SVG: beside each other, what the control is about."""
    parts = [
        _chart(name, control, [result[name] for result in results], index * _WIDTH)
        for index, name in enumerate(control.measures)
    ]
    width = _WIDTH * len(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" '
        f'width="{width}" height="{_HEIGHT}" role="img" font-family="sans-serif" font-size="11">\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _chart(name: str, control: Control, values: Sequence[float], left: int) -> str:
    labels = list(control.values)
    finite = [value for value in values if np.isfinite(value)] or [0.0]
    low, high = min(0.0, *finite), max(*finite, 1e-9) * 1.05
    bottom = _HEIGHT - _BOTTOM
    across = np.linspace(left + _LEFT + 10, left + _WIDTH - _RIGHT - 10, len(labels))
    up = [bottom - (value - low) / (high - low) * (bottom - _TOP) for value in values]
    points = [(x, y) for x, y in zip(across, up, strict=True) if np.isfinite(y)]
    ends = (left + _LEFT, left + _WIDTH - _RIGHT)
    marks = [
        f'<text x="{left + _LEFT}" y="16" fill="{_INK}" font-weight="bold">{escape(name)}</text>',
        f'<line x1="{ends[0]}" y1="{bottom}" x2="{ends[1]}" y2="{bottom}" stroke="{_INK}"/>',
        *(
            f'<text x="{ends[0] - 6}" y="{y + 4}" fill="{_INK}" text-anchor="end">{end:.3g}</text>'
            for y, end in ((bottom, low), (_TOP, high))
        ),
        *([_line(points)] if control.in_order else []),
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{_LINE}"/>' for x, y in points),
        *(
            f'<text x="{x:.1f}" y="{bottom + 16}" fill="{_INK}" text-anchor="middle">'
            f"{escape(label)}</text>"
            for x, label in zip(across, labels, strict=True)
        ),
    ]
    return "\n".join(marks)


def _line(points: Sequence[tuple[float, float]]) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline fill="none" stroke="{_LINE}" stroke-width="2" points="{places}"/>'


def section(control: Control, results: Sequence[Mapping[str, float]]) -> str:
    names = [*control.measures, *(name for name in results[0] if name not in control.measures)]
    head = "| | " + " | ".join(names) + " |\n|---|" + "---:|" * len(names) + "\n"
    lines = (
        f"| {value} | " + " | ".join(figure(result[name]) for name in names) + " |\n"
        for value, result in zip(control.values, results, strict=True)
    )
    return (
        f"## {control.name}\n\n`{control.option}`: {control.says}\n\n"
        f"![{control.name}](controls/{slug(control)}.svg)\n\n{head}{''.join(lines)}"
    )


def figure(value: float) -> str:
    if not np.isfinite(value):
        return "-"
    return (
        f"{value:.0f}"
        if abs(value) >= 100
        else f"{value:.1f}"
        if abs(value) >= 10
        else f"{value:.3f}"
    )


def slug(control: Control) -> str:
    return re.sub(r"[^a-z]+", "-", control.name.lower()).strip("-")


def header(weights: str, num_songs: int) -> str:
    return f"""# What the controls do

Written by `scripts/controls_doc.py`; to make it anew, where PREPARED is what `drumnet prepare`
wrote:

    python scripts/controls_doc.py --prepared PREPARED

Every setting is played in {NUM_STYLES} sampled styles, the whole kit, to the built-in song and to
{NUM_BEATS} beats of {num_songs - 1} valid songs, of which the band alone is heard; the figures are
means over these {NUM_STYLES * num_songs} takes, without an arrangement. Everything else stays
as the style says.

- *density*, *kicks*, *snares*, *loud pieces* (crash and open hat): hits per bar
- *syncopation*: share of hits off the beat that no hit on the next beat resolves
- *repetition*: likeness of a bar to the one before: hits that both have, of those that one has
- *velocity*: mean, 1-127; *velocity spread*: standard deviation within a piece
- *kick with bass*, *hats with strumming*: phi coefficient of their onsets given the place in the
  bar; 0 is unrelated
- *off-beat at*, *2nd 16th at*: where in the beat these are played, 0 to 1
- *timing*: mean distance from the ticks

Weights: `{weights}`
"""


def weights_hash(model: str) -> str:
    return file_hash(load_checkpoint(model).folder / MODEL_FILE)


def check() -> None:
    if not PAGE.is_file() or weights_hash("default") not in PAGE.read_text():
        sys.exit(f"docs/controls.md is of other weights: run {Path(__file__).name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only see whether it is stale")
    parser.add_argument("--prepared", type=Path, help="folder that drumnet prepare wrote")
    parser.add_argument("--model", default="default", help="weights")
    args = parser.parse_args()
    if args.check:
        return check()
    drummer = Drummer(args.model)
    heard = list(songs(drummer, args.prepared))
    styles = [drummer.sample_style(seed) for seed in range(NUM_STYLES)]
    PLOTS.mkdir(parents=True, exist_ok=True)
    parts = [header(weights_hash(args.model), len(heard))]
    for control in controls():
        results = [
            measured(played(drummer, heard, styles, settings))
            for settings in control.values.values()
        ]
        (PLOTS / f"{slug(control)}.svg").write_text(plot(control, results))
        parts.append(section(control, results))
        print(control.name, flush=True)
    PAGE.write_text("\n".join(parts))
    return None


if __name__ == "__main__":
    main()
