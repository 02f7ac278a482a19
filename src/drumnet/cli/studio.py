"""`drumnet studio`: the web studio on this machine."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from drumnet.cli.extras import require_live, require_studio
from drumnet.cli.options import PATH, model_option
from drumnet.midi.keys import GENERAL_MIDI
from drumnet.studio import DEFAULT_PORT


@click.command()
@click.argument("song", type=PATH, required=False, metavar="[SONG]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    metavar="N",
    help="Where the page is; 0 takes any port that is free.",
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.option(
    "--data",
    type=PATH,
    metavar="DIR",
    help="The folder of the library. Default: the user's data folder of this system.",
)
@click.option(
    "--live",
    is_flag=True,
    help="Play what the page plays to a MIDI port, too, in time with a DAW's clock.",
)
@click.option(
    "--out", metavar="NAME", help="With --live: the port to play to, as of `drumnet live`."
)
@click.option(
    "--in",
    "input_",
    metavar="NAME",
    help="With --live: the port that clock comes from, as of `drumnet live`.",
)
@click.option(
    "--midi-map",
    default=GENERAL_MIDI,
    show_default=True,
    metavar="NAME|FILE",
    help="With --live: the keys of your instrument, as of `drumnet generate`.",
)
@click.option(
    "--songs",
    "folders",
    type=PATH,
    multiple=True,
    metavar="DIR",
    help="A folder that the page may open songs from by their path, besides SONG and your home "
    "folder. May be repeated.",
)
@click.option(
    "--restore",
    is_flag=True,
    help="Go back to the newest copy of the library, if it is damaged. What is there now is kept.",
)
@model_option
def studio(
    song: Path | None,
    port: int,
    open_page: bool,
    data: Path | None,
    live: bool,
    out: str | None,
    input_: str | None,
    midi_map: str,
    folders: tuple[Path, ...],
    restore: bool,
    model: str,
) -> None:
    """Open the studio: a web page on this machine, for this machine alone.

    SONG, a folder of stems or one file, is copied into the library and opened.
    Nothing is fetched from elsewhere. The address has a word in it that is another
    at every start: who does not know it is not answered. Ctrl-C ends it; everything
    is kept.
    """
    require_studio()
    if live:
        require_live(with_link=False)
    elif out is not None or input_ is not None or midi_map != GENERAL_MIDI:
        raise click.UsageError("--out, --in and --midi-map are for --live.")
    from drumnet.errors import DrumnetError
    from drumnet.live.ports import PORT_NAME, SystemPort
    from drumnet.studio.store.backups import restore as restore_library
    from drumnet.studio.store.disk import Disk, default_data_folder
    from drumnet.studio.web.app import NO_PAGE, has_page
    from drumnet.studio.web.context import StudioConfig
    from drumnet.studio.web.opening import opening_file
    from drumnet.studio.web.server import run_studio

    if not has_page():
        raise DrumnetError(NO_PAGE)

    def started(address: str) -> None:
        if live:
            click.echo(f"it plays live, from '{input_ or PORT_NAME}' to '{out or PORT_NAME}'")
        click.echo(f"the studio is open at {address} (Ctrl-C ends it)")
        if open_page:
            click.launch(opening_file(config.data, address).as_uri())

    config = StudioConfig(
        data or default_data_folder(),
        model,
        open_port=partial(SystemPort, out, input_) if live else None,
        midi_map=midi_map,
    )
    if restore:
        with closing(Disk(config.data)) as disk:
            copy, aside = restore_library(disk)
        click.echo(f"the library is that of '{copy.name}' again; what was there is in '{aside}'")
    config = replace(config, folders=(*config.folders, *folders))
    run_studio(config, port, song, started)
