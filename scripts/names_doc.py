#!/usr/bin/env python3
"""Write the tables of docs/names.md: beats, named and sampled styles, players, and figures.

scripts/names_doc.py                    write what needs no songs
scripts/names_doc.py --data PREPARED    write the figures as well, on songs of its test split
scripts/names_doc.py --check            fail where the tables of beats or players are stale
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from drumnet.audition import SUITS, built_in, middle_of, player_style, suits
from drumnet.cli.pattern_picture import pattern_picture
from drumnet.corpus.halves import MELODIC_ROLES, halved
from drumnet.corpus.ticksong import SONGS_FILE, TickStore
from drumnet.drummer import Drummer
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack
from drumnet.playing.listening import Listening
from drumnet.style.code import StyleCode
from drumnet.style.players import PLAYERS
from drumnet.words import Words, in_words
from drumnet.words.families import KINDS, Family
from page_tables import put_table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "names.md"
SHOWN_STYLES, MEASURED_STYLES, PLAYER_SONGS, PLAYER_DRAWS = 24, 200, 8, 8
#: Of the built-in song, the bars that are shown, and of a song those that count.
_SHOWN_BAR, _SHOWN_BARS, _SONG_BARS = 4, 2, 32


def families() -> list[str]:
    """The table of beats."""
    lines = ["| kind | name | what it is | what it has to do |", "|---|---|---|---|"]
    for kind, own in KINDS.items():
        for one in own:
            name = one.name.format(beats="five, seven, ...")
            lines.append(f"| {kind} | {name} | {one.means} | {_rule(one)} |")
    return lines


def _rule(family: Family) -> str:
    rules = [f"{row} `{pattern}`" for row, pattern in family.plays.items()]
    rules += [f"{_number(name)} ≥ {least:g}" for name, least in family.least.items()]
    rules += [f"{_number(name)} ≤ {most:g}" for name, most in family.most.items()]
    if family.beats != (4,):
        rules.append(f"{' or '.join(map(str, family.beats))} beats in a bar")
    if family.shuffled is not None:
        rules.append("shuffled" if family.shuffled else "not shuffled")
    return ", ".join(rules)


def _number(name: str) -> str:
    return name.replace("_", " ")


def players() -> list[str]:
    lines = ["| player | plays | on | how | kit |", "|---|---|---|---|---|"]
    for one in PLAYERS.values():
        how = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in one.how)
        on = " or ".join(one.on) or "anything"
        lines.append(f"| `{one.name}` | {', '.join(one.plays)} | {on} | {how} | {one.kit} |")
    return lines


def presets(models: Sequence[str]) -> list[str]:
    """The named styles of the weights, with what each plays."""
    lines = []
    for model in models:
        drummer = Drummer(model)
        lines += ["", f"### {model}", ""]
        for preset in drummer.presets.values():
            said = f"**{preset.title}** (`{preset.name}`; before: {', '.join(preset.formerly)})"
            lines += _shown(drummer, drummer.style(preset.name), f"{said}: {preset.description}")
    return lines


def sampled(drummer: Drummer) -> list[str]:
    lines = []
    for seed in range(SHOWN_STYLES):
        style = drummer.sample_style(seed)
        song = built_in(drummer)
        said = in_words(drummer.play(song, style), song.beats).text
        lines += _shown(drummer, style, f"Seed {seed}: **{said}**")
    return lines


def _shown(drummer: Drummer, style: StyleCode, said: str) -> list[str]:
    song = built_in(drummer)
    track = drummer.play(song, style)
    end = (_SHOWN_BAR + _SHOWN_BARS) * 4 * 12
    shown = DrumTrack(tuple(hit for hit in track if _SHOWN_BAR * 48 <= hit.tick < end))
    picture = pattern_picture(shown, song.beats, first_bar=_SHOWN_BAR, num_bars=_SHOWN_BARS)
    return [said, "", *(f"    {line}" for line in picture.splitlines()), ""]


def figures(drummer: Drummer, songs: Sequence[Listening]) -> list[str]:
    """How many styles are named, and how often two takes of one are called the same."""
    columns = [[built_in(drummer)] * MEASURED_STYLES, songs]
    lines = ["| of 200 styles | built-in song | songs of the corpus |", "|---|---|---|"]
    found = [[_two_takes(drummer, seed, song) for seed, song in enumerate(own)] for own in columns]
    rows: dict[str, Callable[[Words, Words], bool]] = {
        "named": lambda one, other: one.is_family,
        "two takes have one name": lambda one, other: one.name == other.name,
        "and all other words": lambda one, other: one == other,
    }
    for said, holds in rows.items():
        counts = (f"{sum(holds(*pair) for pair in pairs)} of {len(pairs)}" for pairs in found)
        lines.append(f"| {said} | {' | '.join(counts)} |")
    names = (len({one.name for one, _ in pairs}) for pairs in found)
    lines.append(f"| names that differ | {' | '.join(map(str, names))} |")
    return lines


def _two_takes(drummer: Drummer, seed: int, song: Listening) -> tuple[Words, Words]:
    style = drummer.sample_style(seed)
    one, other = (
        in_words(drummer.play(song, style, seed=take), song.beats) for take in (seed, seed + 1)
    )
    return one, other


def suiting(drummer: Drummer, songs: Sequence[Listening]) -> list[str]:
    lines = ["| player | styles that suit | takes that suit |", "|---|---|---|"]
    middles = [middle_of(song) for song in songs]
    for player in PLAYERS.values():
        draws = [
            suits(drummer, drummer.sample_style([0, number]), player, song) >= SUITS
            for song in middles
            for number in range(PLAYER_DRAWS)
        ]
        styles = [player_style(drummer, player, song) for song in songs]
        takes = [
            suits(drummer, style, player, song) >= SUITS
            for style, song in zip(styles, middles, strict=True)
        ]
        lines.append(f"| `{player.name}` | {np.mean(draws):.0%} | {sum(takes)} of {len(takes)} |")
    return lines


def corpus_songs(drummer: Drummer, prepared: Path) -> list[Listening]:
    """The middles of songs of the test split, of which no drums are heard."""
    store = TickStore.load(prepared / SONGS_FILE).where(split="test", heard="events")
    songs = []
    for song in store:
        one = halved(song, MELODIC_ROLES)
        if one.conditioning.present.any() and one.has_both_halves:
            grid: BeatGrid = one.grid
            whole = drummer.listen_to(one.conditioning, grid, float(grid.beats_s[-1]))
            songs.append(middle_of(whole, _SONG_BARS))
        if len(songs) == MEASURED_STYLES:
            break
    return songs


def _put(name: str, lines: Iterable[str]) -> None:
    put_table(PAGE, f"<!-- {name}: scripts/names_doc.py -->", f"<!-- end of {name} -->", lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, metavar="PREPARED", help="made by drumnet prepare")
    parser.add_argument("--check", action="store_true", help="write nothing")
    asked = parser.parse_args()
    told = {"families": families(), "players": players()}
    if asked.check:
        text = PAGE.read_text(encoding="utf-8")
        stale = [name for name, lines in told.items() if "\n".join(lines) not in text]
        if stale:
            sys.exit(f"{PAGE}: {', '.join(stale)} are out of date: run scripts/names_doc.py")
        return
    for name, lines in told.items():
        _put(name, lines)
    drummer = Drummer()
    _put("presets", presets(("default", "open")))
    _put("sampled", sampled(drummer))
    if asked.data:
        songs = corpus_songs(drummer, asked.data)
        _put("figures", figures(drummer, songs))
        _put("suiting", suiting(drummer, songs[:PLAYER_SONGS]))


if __name__ == "__main__":
    main()
