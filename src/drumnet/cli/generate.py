"""`drumnet generate`: a song in, its drums out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drumnet.cli.generating import as_asked, generating_options
from drumnet.cli.grouped import GroupedCommand
from drumnet.cli.options import RESULT, overwrite_option, require_song, song_arguments
from drumnet.cli.printing import (
    print_beats,
    print_drums,
    print_first_bar,
    print_line,
    print_sections,
    print_silent,
    print_song,
    print_style,
    print_takes,
    print_written,
)
from drumnet.cli.progress import reading

if TYPE_CHECKING:
    from drumnet.beats.choice import BeatChoice


@click.command(cls=GroupedCommand)
@song_arguments
@click.option(
    "-o", "--output", type=RESULT, required=True, metavar="OUT", help="The folder to write to."
)
@generating_options
@overwrite_option
def generate(
    paths: tuple[Path, ...],
    stems: tuple[tuple[str, Path], ...],
    skip_bad: bool,
    output: Path,
    overwrite: bool,
    **how: Any,
) -> None:
    """Write the drums that fit a song.

    SONG is a folder of stems, several files, or one mix. What a stem plays is
    guessed from its name and printed; --stem says it. Stems of what is played
    are replaced: they are not heard. Stems of other drums are played to.

    OUT gets drums.wav, a .wav for each piece that plays, mix.wav, drums.mid (with
    the song's tempo map), hits.csv, beats.tsv and style.json; with --sections or
    --fills sections also sections.tsv, to be changed and given to --sections;
    with --project also drums.dawproject or drums.rpp. With --takes each take
    has a folder of all this.
    """
    from drumnet.generation import drawn_seed, with_seed
    from drumnet.generation import generate as generate_drums
    from drumnet.song.casting import cast
    from drumnet.song.song import load_song, song_of_rhythm

    asked = as_asked(**how)
    beat_choice: BeatChoice = asked["beats"]
    if asked["rhythm"] is not None and not (paths or stems):
        song = song_of_rhythm(asked["rhythm"])
    else:
        require_song(paths, stems)
        song = load_song(paths, stems, skip_bad)
    casting = cast(song, asked["pieces"])
    print_song(casting.song, replaced="replaced, not heard", given="given, not played again")
    seed = asked.pop("seed")
    asked["settings"] = with_seed(asked["settings"], drawn_seed() if seed is None else seed)
    # To hear it, and to copy the stems.
    passes = 1 + asked["takes"] * bool(asked["projects"])
    with reading(casting.song, passes=passes) as heard:
        made = generate_drums(heard, output, **asked, overwrite=overwrite)
    print_beats(made.beats, beat_choice.of_song(casting.song))
    if made.takes:
        print_takes(made.takes)
        print_first_bar(made.beats)
        print_silent(made.silent)
        print_written(made.files)
        return
    print_style(made.style, made.style_note)
    if made.sections:
        print_sections(made.sections, made.beats)
    print_line("plays", made.style.plays)
    print_line("pieces", ", ".join(piece.value for piece in made.played))
    print_drums(made.track)
    print_first_bar(made.beats)
    print_silent(made.silent)
    print_written(made.files)
