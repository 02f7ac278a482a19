"""The options that say what is generated and how, of one song or of many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import click

from drumnet.cli.keeping import keep_options
from drumnet.cli.options import (
    beat_options,
    model_option,
    pieces_option,
    player_option,
    seed_option,
)
from drumnet.cli.steering import sections_option, settings_options

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    pieces_option,
    click.option(
        "--style",
        metavar="random|FILE|NAME",
        help="How to play: a sampled style, a style.json, or a name of `drumnet style list`.  "
        "[default: random; to a tapped rhythm, as most would play it]",
    ),
    player_option,
    seed_option,
    beat_options,
    click.option(
        "--kit",
        metavar="NAME|FOLDER|FILE",
        help="The sounds: acoustic (the embedded one), 808, 909, a folder of one-shots, or an "
        ".sfz, .h2drumkit or .sf2 file.  [default: the player's, or acoustic]",
    ),
    click.option(
        "--midi-map",
        default="general-midi",
        show_default=True,
        metavar="NAME|FILE",
        help="The keys of drums.mid: addictive-drums-2, superior-drummer-3, roland-td, ... or a "
        "CSV file with the columns piece and key.",
    ),
    click.option(
        "--midi-tempo",
        type=click.Choice(["map", "constant", "none"]),
        default="map",
        show_default=True,
        help="The tempo of drums.mid: the song's, with every hit within 1 ms; one throughout; or "
        "none, the hits on the beats of the DAW.",
    ),
    click.option(
        "--midi-tracks",
        type=click.Choice(["one", "pieces"]),
        default="one",
        show_default=True,
        help="One track in drums.mid, or one for each piece.",
    ),
    click.option(
        "--takes",
        type=click.IntRange(1, 50),
        default=1,
        show_default=True,
        metavar="N",
        help="More than one: the best of many styles, unlike each other, in OUT/take-1, "
        "OUT/take-2, ..., the best first.",
    ),
    click.option(
        "--rest",
        is_flag=True,
        help="Of several takes, some may leave bars empty where the band plays.",
    ),
    click.option(
        "--no-audio",
        is_flag=True,
        help="Write MIDI, hits, beats and style alone: no .wav at all, which is quicker.",
    ),
    click.option(
        "--all-pieces",
        is_flag=True,
        help="Write a .wav of silence for each piece that plays nothing, too.",
    ),
    click.option("--no-mix", is_flag=True, help="Do not write mix.wav (the song with the drums)."),
    click.option(
        "--project",
        "projects",
        multiple=True,
        metavar="dawproject|rpp",
        help="Also write a project with song and drums: a DAWproject (Bitwig, Studio One, Cubase), "
        "or one of REAPER, with the stems beside it.  May be repeated.",
    ),
    model_option,
    settings_options,
    sections_option,
    keep_options,
)


def generating_options(command: Command) -> Command:
    """All that `as_asked` reads."""
    decorated: Any = command
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return cast(Command, decorated)


def as_asked(
    *,
    beat_choice: Any,
    no_mix: bool,
    no_audio: bool,
    keep_pieces: str | None,
    keep_bars: tuple[int, ...] | None,
    **how: Any,
) -> dict[str, Any]:
    """The arguments of `drumnet.generation.generate` that the options say."""
    from drumnet.song.roles import parse_pieces

    return {
        **how,
        "beats": beat_choice,
        "mix": not no_mix,
        "audio": not no_audio,
        "keep_pieces": parse_pieces(keep_pieces) if keep_pieces else (),
        "keep_bars": keep_bars or (),
    }
