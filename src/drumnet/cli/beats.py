"""`drumnet beats`: the beat grid alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from drumnet.cli.options import (
    PATH,
    beat_options,
    overwrite_option,
    require_song,
    song_arguments,
)
from drumnet.cli.printing import print_beats, print_song, print_written
from drumnet.cli.progress import reading

if TYPE_CHECKING:
    from drumnet.beats.choice import BeatChoice


@click.command(short_help="Find the beats of a song.")
@song_arguments
@click.option("-o", "--output", type=PATH, metavar="FILE", help="Write the beats there.")
@beat_options
@overwrite_option
def beats(
    paths: tuple[Path, ...],
    stems: tuple[tuple[str, Path], ...],
    output: Path | None,
    beat_choice: BeatChoice,
    overwrite: bool,
) -> None:
    """Find the beats and bars of a song: tempo, metre, first downbeat.

    The file that -o writes has a beat a line, `time in s<TAB>beat in bar`; edit
    it where the beats are wrong and give it to `drumnet generate --beats`.
    """
    require_song(paths, stems)
    from drumnet.beats.files import write_beats
    from drumnet.files import refuse_overwrite
    from drumnet.song import load_song

    if output is not None:
        refuse_overwrite([output], overwrite)
    song = load_song(paths, stems)
    print_song(song)
    with reading(song, passes=2) as heard:
        grid = beat_choice.grid(heard)
    print_beats(grid, beat_choice.origin)
    if output is not None:
        write_beats(output, grid)
        print_written([output])
