"""`drumnet generate`: a song in, its drums out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from drumnet.cli.options import (
    PATH,
    beat_options,
    model_option,
    overwrite_option,
    require_song,
    song_arguments,
)
from drumnet.cli.printing import (
    print_beats,
    print_drums,
    print_song,
    print_style,
    print_written,
)
from drumnet.cli.progress import reading

if TYPE_CHECKING:
    from drumnet.beats.choice import BeatChoice


@click.command(short_help="Write the drums of a song.")
@song_arguments
@click.option(
    "-o", "--output", type=PATH, required=True, metavar="OUT", help="The folder to write to."
)
@click.option(
    "--pieces",
    default="kick",
    show_default=True,
    metavar="kick|kit|LIST",
    help="What to play; LIST is comma-separated.",
)
@click.option(
    "--style",
    default="random",
    show_default=True,
    metavar="random|FILE|NAME",
    help="How to play: a sampled style, a style.json, or a name of `drumnet style list`.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    help="Makes the random choices repeatable; drawn and printed where it is not given.",
)
@click.option(
    "--temperature",
    type=click.FloatRange(min=0.0),
    default=0.0,
    show_default=True,
    metavar="T",
    help="0 plays what is most likely; higher (0.5, 1, ...) dares more.",
)
@beat_options
@click.option(
    "--kit",
    default="embedded",
    show_default=True,
    metavar="NAME|FOLDER|FILE",
    help="The sounds: acoustic (the embedded one), 808, 909, a folder of one-shots, or an "
    ".sfz, .h2drumkit or .sf2 file.",
)
@click.option(
    "--midi-map",
    default="general-midi",
    show_default=True,
    metavar="NAME|FILE",
    help="The keys of drums.mid: addictive-drums-2, superior-drummer-3, roland-td, ... or a CSV "
    "file with the columns piece and key.",
)
@click.option(
    "--density",
    type=click.FloatRange(min=0.0),
    default=1.0,
    show_default=True,
    metavar="D",
    help="D times as many hits: 0.5 is half of them, 2 twice.",
)
@click.option("--no-mix", is_flag=True, help="Do not write mix.wav (the song with the drums).")
@overwrite_option
@model_option
def generate(
    paths: tuple[Path, ...],
    stems: tuple[tuple[str, Path], ...],
    output: Path,
    pieces: str,
    style: str,
    seed: int | None,
    temperature: float,
    beat_choice: BeatChoice,
    kit: str,
    midi_map: str,
    density: float,
    no_mix: bool,
    overwrite: bool,
    model: str,
) -> None:
    """Write the drums that fit a song.

    SONG is a folder of stems, several files, or one mix. What a stem plays is
    guessed from its name and printed; --stem says it. Kick and drum stems are
    what is replaced: they are not heard.

    OUT gets drums.wav, a .wav for each piece, mix.wav, drums.mid (with the
    song's tempo map), hits.csv, beats.tsv and style.json.
    """
    require_song(paths, stems)
    from drumnet.generation import generate as generate_drums
    from drumnet.song import load_song

    song = load_song(paths, stems)
    print_song(song, replaced="replaced, not heard")
    # To hear the onsets, to find the beats, and to measure and make the mix.
    passes = 1 + 2 * beat_choice.is_tracked + 2 * (not no_mix)
    with reading(song, passes=passes) as heard:
        made = generate_drums(
            heard,
            output,
            style,
            seed=seed,
            temperature=temperature,
            density=density,
            pieces=pieces,
            beats=beat_choice,
            kit=kit,
            midi_map=midi_map,
            mix=not no_mix,
            overwrite=overwrite,
            model=model,
        )
    print_beats(made.beats, beat_choice.origin)
    print_style(made.style, made.style_note)
    print_drums(made.track)
    print_written(made.files)
