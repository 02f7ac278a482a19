"""`drumnet beats`: the beat grid alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from drumnet.cli.options import (
    RESULT,
    beat_options,
    overwrite_option,
    refuse_results,
    require_song,
    song_arguments,
)
from drumnet.cli.printing import print_beats, print_heard, print_song, print_written
from drumnet.cli.progress import reading

if TYPE_CHECKING:
    from drumnet.beats.choice import BeatChoice


@click.command()
@song_arguments
@click.option("-o", "--output", type=RESULT, metavar="FILE", help="Write the beats there.")
@click.option(
    "--click",
    "click_file",
    type=RESULT,
    metavar="FILE",
    help="Write a WAV of the song with a click on each beat, higher on downbeats.",
)
@click.option(
    "--picture",
    "picture_file",
    type=RESULT,
    metavar="FILE",
    help="Draw what was heard, the beats and the tempo, as an SVG.",
)
@beat_options
@overwrite_option
def beats(
    paths: tuple[Path, ...],
    stems: tuple[tuple[str, Path], ...],
    skip_bad: bool,
    output: Path | None,
    click_file: Path | None,
    picture_file: Path | None,
    beat_choice: BeatChoice,
    overwrite: bool,
) -> None:
    """Find the beats and bars of a song: tempo, metre, first downbeat.

    The file that -o writes has a beat a line, `time in s<TAB>beat in bar`; edit
    it where the beats are wrong and give it to `drumnet generate --beats`.
    Where it is not sure of them, it says so, and which option would help.
    """
    require_song(paths, stems)
    from drumnet.beats.click import write_click
    from drumnet.beats.files import write_beats
    from drumnet.beats.picture import write_picture
    from drumnet.song.song import load_song
    from drumnet.take_files import keep_stems

    wanted = [path for path in (output, click_file, picture_file) if path is not None]
    refuse_results(wanted, overwrite)
    song = load_song(paths, stems, skip_bad)
    keep_stems(song, wanted)
    print_song(song)
    with reading(song, passes=1 + (click_file is not None)) as read:
        grid, heard = beat_choice.listen(read)
        if click_file is not None:
            write_click(click_file, read, grid)
    print_beats(grid, beat_choice.of_song(song))
    if heard is not None:
        print_heard(heard)
    if output is not None:
        write_beats(output, grid)
    if picture_file is not None:
        write_picture(picture_file, grid, song.duration_s, heard)
    if wanted:
        print_written(wanted)
