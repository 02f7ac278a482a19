"""`drumnet style`: extract, sample, list, show and mix style codes, and list players."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drumnet.cli.options import (
    PATH,
    RESULT,
    beat_options,
    model_option,
    overwrite_option,
    refuse_results,
    require_song,
    song_arguments,
)
from drumnet.cli.printing import (
    counted,
    print_beats,
    print_line,
    print_song,
    print_style,
    print_written,
)
from drumnet.cli.progress import reading

if TYPE_CHECKING:
    from drumnet.beats.choice import BeatChoice
    from drumnet.drummer import Drummer
    from drumnet.style.code import StyleCode

_output_option = click.option(
    "-o", "--output", type=RESULT, metavar="FILE", help="Write the code there (style.json)."
)


@click.group()
def style() -> None:
    """Work with styles: how the drums relate to the song, in 16 numbers."""


def _finish(code: StyleCode, note: str, output: Path | None, plays: str) -> None:
    print_style(code, note)
    print_line("plays", plays)
    if output is not None:
        code.save(output)
        print_written([output])


def _refuse(output: Path | None, overwrite: bool) -> None:
    refuse_results([output] if output else [], overwrite)


@style.command(short_help="Take the style of a song that has drums.")
@song_arguments
@click.option("--kick", type=PATH, metavar="FILE", help="Its kick: audio, a .mid or hits as .csv.")
@click.option("--drums", type=PATH, metavar="FILE", help="Its whole drums: audio, or a .mid.")
@click.option(
    "--hits",
    type=PATH,
    metavar="FILE",
    help="Its hits: a hits.csv, or times with the names of pieces (KD, SD, ...), or of kicks.",
)
@_output_option
@beat_options
@overwrite_option
@model_option
def extract(
    paths: tuple[Path, ...],
    stems: tuple[tuple[str, Path], ...],
    skip_bad: bool,
    kick: Path | None,
    drums: Path | None,
    hits: Path | None,
    output: Path | None,
    beat_choice: BeatChoice,
    overwrite: bool,
    model: str,
) -> None:
    """Take the style of a song that has drums, to play it on another one.

    The drums are given by one of --kick, --drums and --hits; without them, a
    kick or drum stem of SONG is taken.
    """
    require_song(paths, stems)
    if sum(given is not None for given in (kick, drums, hits)) > 1:
        raise click.UsageError("Give one of --kick, --drums and --hits.")
    from drumnet.extraction import extract_style
    from drumnet.song.song import load_song
    from drumnet.take_files import keep_stems
    from drumnet.words import in_words

    _refuse(output, overwrite)
    song = load_song(paths, stems, skip_bad)
    keep_stems(song, [output] if output else [])
    print_song(song)
    with reading(song, passes=1 + 2 * beat_choice.is_tracked) as heard:
        extracted = extract_style(
            heard, kick=kick, drums=drums, hits=hits, beats=beat_choice, model=model
        )
    print_beats(extracted.beats, beat_choice.of_song(song))
    pieces = [piece.value for piece in extracted.drums.pieces]
    heard_hits = counted(len(extracted.drums), pieces[0] if len(pieces) == 1 else "hit")
    among = f" ({', '.join(pieces)})" if len(pieces) > 1 else ""
    print_line("drums", f"{heard_hits}{among} in {extracted.drums_name}")
    plays = in_words(extracted.drums, extracted.beats).text
    _finish(replace(extracted.style, plays=plays), "extracted", output, plays)


@style.command(short_help="Sample a style.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="The same N, the same style.")
@_output_option
@overwrite_option
@model_option
def sample(seed: int | None, output: Path | None, overwrite: bool, model: str) -> None:
    """Sample a style from the statistics of the training songs."""
    from drumnet.drummer import Drummer
    from drumnet.generation import drawn_seed

    _refuse(output, overwrite)
    seed = drawn_seed() if seed is None else seed
    drummer = Drummer(model)
    code = drummer.sample_style(seed)
    _finish(code, f"sampled, seed {seed}", output, _plays(drummer, code))


def _plays(drummer: Drummer, code: StyleCode) -> str:
    """What a style plays to a song that is always the same."""
    from drumnet.audition import words_of

    return f"{words_of(drummer, code).text} (to the built-in song)"


@style.command(name="list", short_help="List the styles that have a name.")
@model_option
def list_styles(model: str) -> None:
    """List the styles that have a name, with what they measurably do."""
    from drumnet.drummer import Drummer

    presets = Drummer(model).presets
    width = max(map(len, presets), default=0)
    for name, preset in presets.items():
        click.echo(f"{name:<{width}}  {preset.description}")


@style.command(short_help="Show a style's numbers, and what a named one does.")
@click.argument("which", metavar="FILE|NAME")
@model_option
def show(which: str, model: str) -> None:
    """Show a style: its 16 numbers, where it comes from, and what it measurably
    does if it is one of `drumnet style list`."""
    from drumnet.drummer import Drummer

    drummer = Drummer(model)
    code = drummer.find_style(which)
    preset = drummer.checkpoint.preset(which)
    print_style(code, code.source if preset else f"{which}, {code.source}")
    print_line("plays", preset.description if preset else code.plays or _plays(drummer, code))
    print_line("weights", code.model)


@style.command(name="players", short_help="List the players.")
def list_players() -> None:
    """List the players: what they play, how, and on which kit."""
    from drumnet.style.players import PLAYERS

    width = max(map(len, PLAYERS))
    for name, player in PLAYERS.items():
        click.echo(f"{name:<{width}}  {player.said}")


@style.command(short_help="Mix two styles.")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option(
    "--amount",
    type=click.FloatRange(0.0, 1.0),
    default=0.5,
    show_default=True,
    metavar="X",
    help="0 is A, 1 is B.",
)
@_output_option
@overwrite_option
@model_option
def mix(
    first: str, second: str, amount: float, output: Path | None, overwrite: bool, model: str
) -> None:
    """Mix two styles, each a style.json or a name of `drumnet style list`."""
    from drumnet.drummer import Drummer

    _refuse(output, overwrite)
    drummer = Drummer(model)
    mixed = drummer.find_style(first).interpolate(drummer.find_style(second), amount)
    note = f"{first} and {second}, {amount:g} of the way"
    _finish(mixed, note, output, _plays(drummer, mixed))
