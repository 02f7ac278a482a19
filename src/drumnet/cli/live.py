"""`drumnet live`: the drums of a song in time with a DAW."""

from __future__ import annotations

import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drumnet.cli.extras import require_live
from drumnet.cli.grouped import GroupedCommand
from drumnet.cli.options import (
    beat_options,
    model_option,
    pieces_option,
    player_option,
    require_song,
    seed_option,
    song_arguments,
)
from drumnet.cli.printing import (
    print_beats,
    print_first_bar,
    print_line,
    print_sections,
    print_song,
)
from drumnet.cli.progress import reading
from drumnet.cli.steering import sections_option, settings_options

if TYPE_CHECKING:
    from drumnet.beats.choice import BeatChoice
    from drumnet.live.controls import Wish
    from drumnet.live.session import Session
    from drumnet.settings import Settings

_KEYS = (
    "c C complexity, i I intensity, s S style, f fill, 1-9 mute a piece, q end",
    "space start and stop, < > a bar back and on, ",
)
_LAST_KEYS = ("q", "\x03", "\x04")


@click.command(cls=GroupedCommand)
@song_arguments
@click.option(
    "--clock",
    type=click.Choice(["follow", "lead", "link"]),
    default="follow",
    show_default=True,
    help="follow a DAW's MIDI clock and song position; lead, with the song's tempo; or take part "
    "in an Ableton Link session.",
)
@click.option(
    "--out",
    metavar="NAME",
    help="Play to this MIDI port, or the first one with NAME in it.  "
    "[default: a virtual port, DrumNet]",
)
@click.option(
    "--in",
    "input_",
    metavar="NAME",
    help="Take clock and controllers from this port.  [default: a virtual port, DrumNet]",
)
@click.option(
    "--first-bar",
    type=click.IntRange(min=1),
    metavar="N",
    help="The bar of the DAW on which the song's first whole bar begins.  "
    "[default: as in drums.mid; with Link, 1]",
)
@pieces_option
@click.option(
    "--style",
    metavar="random|FILE|NAME",
    help="How to play at first: a sampled style, a style.json, or a name of `drumnet style list`.  "
    "[default: the player's, or random]",
)
@player_option
@seed_option
@beat_options
@click.option(
    "--midi-map",
    default="general-midi",
    show_default=True,
    metavar="NAME|FILE",
    help="The keys of your instrument, as of `drumnet generate`.",
)
@model_option
@settings_options
@sections_option
def live(
    paths: tuple[Path, ...],
    stems: tuple[tuple[str, Path], ...],
    skip_bad: bool,
    clock: str,
    out: str | None,
    input_: str | None,
    first_bar: int | None,
    pieces: str,
    style: str | None,
    player: str | None,
    seed: int | None,
    beat_choice: BeatChoice,
    midi_map: str,
    model: str,
    settings: Settings,
    sections: str | None,
) -> None:
    """Play the drums of a song while a DAW runs.

    What is played are beats, not seconds: the DAW's tempo moves the drums, its
    loops and jumps are followed. Style, complexity, intensity, mutes and a fill
    are asked for with MIDI controllers or keys (docs/live.md) and heard within
    a beat. Ctrl-C, or q, ends it.
    """
    require_song(paths, stems)
    if clock == "lead" and first_bar is not None:
        raise click.UsageError("--first-bar is for a DAW that leads: leave out --clock lead.")
    require_live(clock == "link")
    from drumnet.audition import words_of
    from drumnet.drummer import Drummer
    from drumnet.generation import drawn_seed, with_seed
    from drumnet.live.controls import Wish
    from drumnet.live.ports import PORT_NAME, SystemPort
    from drumnet.live.session import Clock, Session, live_song
    from drumnet.song.casting import cast
    from drumnet.song.song import load_song

    asked = with_seed(settings, drawn_seed() if seed is None else seed)
    drummer = Drummer(model)
    casting = cast(load_song(paths, stems, skip_bad=skip_bad), pieces, drummer.checkpoint.pieces)
    port = SystemPort(out, input_)
    print_song(casting.song, replaced="replaced, not heard", given="given, not played again")
    with reading(casting.song, passes=1 + beat_choice.is_tracked) as heard:
        song = live_song(
            replace(casting, song=heard),
            drummer,
            settings=asked,
            style=style,
            player=player,
            sections=sections,
            beats=beat_choice,
            midi_map=midi_map,
            first_bar=1 if first_bar is None and clock == "link" else first_bar,
        )
    print_beats(song.listening.beats, beat_choice.of_song(casting.song))
    if first_bar is None and clock != "link":
        print_first_bar(song.listening.beats)
    print_line("style", f"{style or player or 'random'}, seed {asked.seed}")
    print_line("plays", words_of(song.drummer, song.plan.styles[0], song.listening).text)
    if song.plan.sections:
        print_sections(song.plan.sections, song.listening.beats)
    names = [one.source for one in song.plan.styles]

    def say(wish: Wish) -> None:
        _say(wish, names)

    with closing(port), Session(song, Wish(asked), port, Clock(clock), say) as session:
        print_line("live", f"from '{input_ or PORT_NAME}' to '{out or PORT_NAME}', channel 10")
        print_line("keys", ("" if clock == "follow" else _KEYS[1]) + _KEYS[0])
        _read_keys(session)


def _read_keys(session: Session) -> None:
    """Hand keys on until the last one; without a terminal, wait to be interrupted."""
    if not sys.stdin.isatty():
        threading.Event().wait()
    while (key := click.getchar()) not in _LAST_KEYS:
        session.press(key)


def _say(wish: Wish, styles: list[str]) -> None:
    """What is asked for now, in a line."""
    settings = wish.settings
    muted = [piece.value for piece, own in settings.pieces.items() if own.muted]
    said = f"complexity {settings.complexity:.1f}, intensity {settings.intensity:.1f}"
    without = f", without {', '.join(muted)}" if muted else ""
    print_line("now", f"{styles[wish.style]}, {said}{without}")
