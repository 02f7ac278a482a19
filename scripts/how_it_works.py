#!/usr/bin/env python3
"""Plays the built-in song, and writes the picture and the numbers of docs/how-it-works.md.

The picture is one bar of it, from the sound of the bass to that of the drums; the numbers
are the shapes of what goes in and out of each step. `--check` fails when the numbers are
stale; the picture may differ between machines in its last digits, and is not compared.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.evidence import song_evidence
from drumnet.demo.song import write_demo_stems
from drumnet.drummer import Drummer
from drumnet.generation import Generated, generate
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hearing.onset_strength import onset_strength
from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.model.network import GivenHits, Network, OnsetActivations
from drumnet.playing.listening import Listening
from drumnet.song.song import Song, load_song

REPO = Path(__file__).resolve().parents[1]
PAGE = REPO / "docs" / "how-it-works.md"
PICTURE = REPO / "docs" / "how-it-works.svg"
BLOCK = re.compile(r"(<!-- numbers -->\n).*?(<!-- /numbers -->)", re.DOTALL)
SCRIPT = "scripts/how_it_works.py"

SEED = 5
#: The bar that is shown, from 1: the first of the chorus.
BAR = 9

_LEFT, _WIDTH, _RIGHT = 128, 600, 12
_GREY, _BLUE, _ORANGE = "#777", "#2a78d6", "#d9822b"
_HIGH, _ROW, _GAP = 44, 14, 26
_TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Played:
    """The song on its way: what each step gave."""

    song: Song
    listening: Listening
    likely: OnsetActivations
    made: Generated
    drums: Song
    pieces: tuple[Piece, ...]

    @property
    def ticks(self) -> slice:
        """Those of the bar that is shown."""
        first = int(np.flatnonzero(self.listening.conditioning.bar == BAR - 1)[0]) * TICKS_PER_BEAT
        return slice(first, first + 4 * TICKS_PER_BEAT)

    def x(self, time_s: float) -> float:
        """Where a time is in the picture."""
        first_s, last_s = self.listening.beats.ticks_to_seconds(
            np.array([self.ticks.start, self.ticks.stop])
        )
        return float(_LEFT + _WIDTH * (time_s - first_s) / (last_s - first_s))


def play(folder: Path) -> Played:
    """The built-in song, which has a snare: the other eight pieces, in a style at random."""
    song = load_song([path for path in write_demo_stems(folder / "song") if path.suffix == ".wav"])
    drummer = Drummer()
    listening = drummer.listen(song)
    made = generate(
        song, folder / "out", seed=SEED, pieces="kit", beats=listening.beats, model=drummer
    )
    likely = Network(drummer.checkpoint).decode(listening.context, made.style.code)
    drums = load_song([folder / "out" / "drums.wav"])
    return Played(song, listening, likely, made, drums, tuple(drummer.checkpoint.pieces))


def wave(song: Song, played: Played, top: float) -> Iterator[str]:
    """The peaks of the first stem."""
    source = song.stems[0].source
    samples = np.concatenate([block[0] for block in source.blocks()])
    first, last = played.listening.beats.ticks_to_seconds(
        np.array([played.ticks.start, played.ticks.stop])
    )
    edges = np.linspace(first, last, _WIDTH // 2 + 1) * source.sample_rate
    peaks = [np.abs(samples[int(a) : int(b)]).max(initial=0) for a, b in pairwise(edges)]
    middle, scale = top + _HIGH / 2, _HIGH / 2 / max(1e-9, *peaks)
    path = "".join(
        f"M{_LEFT + 2 * i} {middle - peak * scale:.1f}v{2 * peak * scale:.1f}"
        for i, peak in enumerate(peaks)
    )
    yield f'<path d="{path}" stroke="{_BLUE}" stroke-width="1.4" fill="none"/>'


def bars(values: NDArray[np.float32], top: float) -> Iterator[str]:
    """A bar for each tick, as high as its value from 0 to 1."""
    step = _WIDTH / len(values)
    for tick, value in enumerate(values):
        if value > 0.02:
            high = (_ROW - 2) * float(value)
            yield (
                f'<rect x="{_LEFT + tick * step - 3:.1f}" y="{top + _ROW - high:.1f}" width="6" '
                f'height="{high:.1f}" fill="{_BLUE}"/>'
            )


def shades(values: NDArray[np.float32], top: float) -> Iterator[str]:
    """A square for each tick, the darker the likelier."""
    step = _WIDTH / len(values)
    for tick, value in enumerate(values):
        if value > 0.02:
            yield (
                f'<rect x="{_LEFT + tick * step - 5:.1f}" y="{top + 2}" width="10" '
                f'height="{_ROW - 4}" fill="{_BLUE}" opacity="{min(1.0, float(value)):.2f}"/>'
            )


def dots(played: Played, piece: Piece, top: float) -> Iterator[str]:
    """A dot for each hit where it is in time, the larger the louder."""
    for hit in played.made.track.of([piece]):
        if played.ticks.start <= hit.tick < played.ticks.stop:
            radius = 2 + 4 * hit.velocity / MAX_VELOCITY
            yield (
                f'<circle cx="{played.x(hit.onset_s):.1f}" cy="{top + _ROW / 2}" r="{radius:.1f}" '
                f'fill="{_ORANGE}"/>'
            )


#: A row of the picture: its name, its height, and what is drawn below a given top.
Draw = tuple[str, int, Callable[[float], Iterable[str]]]


def steps(played: Played) -> dict[str, list[Draw]]:
    """The rows of each step, by its title."""
    heard, ticks = played.listening.conditioning, played.ticks
    likely = played.likely.probability[:, ticks]
    rows = [
        (piece, piece.value.replace("_", " "), row)
        for row, piece in enumerate(played.pieces)
        if piece in played.made.played
    ]
    return {
        "1. the sound of the bass, and the beats found in it all": [
            ("", _HIGH, partial(wave, played.song, played))
        ],
        "2. how strongly something begins, on each tick": [
            (HEARD_ROLES[row].value, _ROW, partial(bars, heard.strength[row, ticks]))
            for row in np.flatnonzero(heard.present)
        ],
        "3. how likely the network finds each piece, in this style": [
            (name, _ROW, partial(shades, likely[row])) for _, name, row in rows
        ],
        "4. what is played: when, and how loud": [
            (name, _ROW, partial(dots, played, piece)) for piece, name, _ in rows
        ],
        "5. the sound of the drums": [("", _HIGH, partial(wave, played.drums, played))],
    }


def picture(played: Played) -> str:
    """SVG: one bar on its way."""
    parts, top = [], 18.0
    for title, rows in steps(played).items():
        parts.append(f'<text x="8" y="{top}" fill="{_GREY}" font-weight="bold">{title}</text>')
        top += 8
        for name, high, draw in rows:
            parts.append(
                f'<text x="{_LEFT - 14}" y="{top + 11}" fill="{_GREY}" text-anchor="end">'
                f"{name}</text>"
            )
            parts.extend(draw(top))
            top += high
        top += _GAP
    bottom = top - _GAP
    width, height = _LEFT + _WIDTH + _RIGHT, int(bottom + 22)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" font-family="sans-serif" font-size="11">\n'
        "<title>One bar of the built-in song, from the bass to the drums</title>\n"
        + "\n".join([*beat_lines(played, 26, bottom), *parts])
        + "\n</svg>\n"
    )


def beat_lines(played: Played, top: float, bottom: float) -> Iterator[str]:
    """The beats of the bar, numbered from 1 below it."""
    first = played.ticks.start // TICKS_PER_BEAT
    for number, time_s in enumerate(played.listening.beats.beats_s[first : first + 5]):
        x = played.x(float(time_s))
        yield f'<path d="M{x:.1f} {top}V{bottom}" stroke="{_GREY}" stroke-opacity="0.4"/>'
        yield (
            f'<text x="{x:.1f}" y="{bottom + 14}" fill="{_GREY}" text-anchor="middle">'
            f"{number % 4 + 1}</text>"
        )


def shape(array: NDArray[np.generic]) -> str:
    return f" {_TIMES} ".join(f"{size:,}" for size in array.shape)


def numbers(played: Played) -> str:
    """A table: what goes into each step and what comes out."""
    song, listening, made = played.song, played.listening, played.made
    source = song.stems[0].source
    heard = listening.conditioning
    num_rows = len(played.likely.probability) + 1
    known = GivenHits.nothing(num_rows - 1, heard.num_beats)
    curve = onset_strength(source)
    beat_s = float(np.median(np.diff(listening.beats.beats_s)))
    tick_ms = 1000 * beat_s / TICKS_PER_BEAT
    habits = made.style.habits and made.style.habits.passages
    sound = f"{source.num_samples:,} samples at {source.sample_rate:,} Hz"
    on_ticks = f"{shape(played.likely.probability)} (pieces {_TIMES} ticks)"
    steps: Iterable[tuple[str, str, str, str]] = (
        ("read", "`song/`, `audio/`", f"{len(song.stems)} WAV files",
         f"{len(song.stems)} stems of {song.duration_s:.1f} s: {sound}"),
        ("beats", "`beats/`",
         f"{shape(song_evidence(song))} of evidence (frames, 50 a second {_TIMES} channels)",
         f"{heard.num_beats} beats, {60 / beat_s:.1f} a minute, each with "
         f"its time in s and its number in the bar; {TICKS_PER_BEAT} ticks of {tick_ms:.0f} ms in "
         "each"),
        ("hearing", "`hearing/`", f"of each stem {shape(curve.strength)} onset strengths, "
         f"{curve.frame_rate_hz:.0f} a second",
         f"{shape(heard.strength)} (roles {_TIMES} ticks), from 0 to 1"),
        ("style", "`style/`", "a seed, a name, or a song with drums",
         f"{shape(made.style.code)} numbers"
         + (f", and {len(habits.departures)} passages of habits" if habits else "")),
        ("model", "`model/`", f"{shape(heard.strength)} of hearing, the style, "
         f"{shape(known.velocity)} of drums that are known",
         f"{shape(listening.context)} (channels {_TIMES} beats) once a song; then {on_ticks} of "
         "probability, of velocity and of offset"),
        ("playing", "`playing/`", f"{on_ticks}, settings, a seed",
         f"hits of {len(made.played)} pieces: time in s, tick, piece, velocity from 1 to 127"),
        ("rendering", "`kits/`, `rendering/`", "hits, a kit of one-shots",
         f"`drums.wav`, {len(made.played)} pieces, `mix.wav`: {sound}, 24 bits"),
        ("files", "`midi/`, `take_files.py`", "hits, beats, style",
         f"{len(made.files)} files: {sum(path.suffix == '.wav' for path in made.files)} WAV, "
         "`drums.mid`, `hits.csv`, `beats.tsv`, `style.json`"),
    )  # fmt: skip
    head = ("step", "room", "in", "out")
    lines = [head, ["---"] * len(head), *steps]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def main() -> None:
    if sys.argv[1:] not in ([], ["--check"]):
        raise SystemExit("usage: how_it_works.py [--check]")
    with TemporaryDirectory() as folder:
        played = play(Path(folder))
        text = PAGE.read_text(encoding="utf-8")
        table = numbers(played)
        wanted = BLOCK.sub(lambda found: f"{found[1]}\n{table}\n{found[2]}", text)
        if sys.argv[1:]:
            if wanted != text:
                raise SystemExit(f"{PAGE.relative_to(REPO)} is stale: run {SCRIPT}")
            return
        PICTURE.write_text(picture(played), encoding="utf-8")
    PAGE.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main()
