"""`drumnet prepare`: training data -> songs on ticks."""

from __future__ import annotations

from pathlib import Path

import click

from drumnet.cli.options import PATH, RESULT, overwrite_option, refuse_results, workers_options
from drumnet.cli.printing import print_line, print_written
from drumnet.cli.progress import stages


@click.command()
@click.argument("data", nargs=-1, required=True, type=PATH, metavar="DATA...")
@click.option(
    "-o", "--output", type=RESULT, required=True, metavar="PREPARED", help="The folder to write to."
)
@click.option(
    "--render",
    type=click.IntRange(min=0),
    default=240,
    show_default=True,
    metavar="N",
    help="Render N songs of a MIDI corpus to sound (needs FluidSynth) and learn from them "
    "what onsets heard in audio look like.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, metavar="N")
@workers_options
@overwrite_option
def prepare(
    data: tuple[Path, ...],
    output: Path,
    render: int,
    seed: int,
    workers: int,
    cluster: str | None,
    overwrite: bool,
) -> None:
    """Read songs and write what training needs of them.

    DATA is a MIDI corpus (a folder with manifest.json), the Groove MIDI Dataset
    (a folder with info.csv), or a folder that has a folder of stems for each
    song, with a kick among them. Several may be given.
    """
    from drumnet.corpus.ticksong import SONGS_FILE
    from drumnet.training.drummer.prepare import HEARINGS_FILE, OPEN_HEARINGS_FILE
    from drumnet.training.drummer.prepare import prepare as prepare_songs

    written = [output / name for name in (SONGS_FILE, HEARINGS_FILE, OPEN_HEARINGS_FILE)]
    refuse_results(written, overwrite)
    with stages() as progress:
        songs = prepare_songs(
            data,
            output,
            render=render,
            seed=seed,
            workers=workers,
            cluster=cluster,
            progress=progress,
        )
    print_line("prepared", f"{len(songs)} songs")
    print_written(written)
