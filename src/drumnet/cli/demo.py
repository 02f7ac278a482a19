"""`drumnet demo`: the main job on a built-in song, without arguments."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import click

from drumnet.cli.options import RESULT, model_option, overwrite_option, player_option
from drumnet.cli.printing import print_line

#: Bars that are shown of each style: the last two of the verse, the first two
#: of the chorus.
_FIRST_BAR, _NUM_BARS = 6, 4


@click.command()
@click.option(
    "-o",
    "--output",
    type=RESULT,
    metavar="OUT",
    help="The folder to write to. Default: drumnet-demo here, with a number where that exists.",
)
@player_option
@overwrite_option
@model_option
def demo(output: Path | None, player: str | None, overwrite: bool, model: str) -> None:
    """Play a built-in song in three styles, and in one taken from another song; or,
    with --player, as the player does.

    The song has a snare, so the rest of the kit is played to it. Prints the
    patterns and writes the audio, MIDI and style of each, and the stems of the
    song, to try `drumnet generate` on.
    """
    from drumnet.cli.pattern_picture import pattern_picture
    from drumnet.demo.song import demo_song
    from drumnet.demo.takes import heard_onsets_s, play_showcase
    from drumnet.style.players import player_called

    who = player_called(player) if player else None
    out = output or _free_folder()
    built_in = demo_song()
    print_line("song", f"16 bars at {built_in.beats.tempo_bpm:.0f} bpm: bass, keys and a snare")
    heard = heard_onsets_s(built_in)
    for take in play_showcase(out, model=model, player=who, overwrite=overwrite):
        click.echo()
        print_line(take.name, take.description)
        print_line("plays", take.made.style.plays)
        click.echo(
            pattern_picture(
                take.made.track,
                built_in.beats,
                heard,
                first_bar=_FIRST_BAR,
                num_bars=_NUM_BARS,
                bars_per_line=_NUM_BARS // 2,
            )
        )
    click.echo()
    print_line("written", f"{out}: listen to mix.wav in each folder")


def _free_folder() -> Path:
    names = (Path("drumnet-demo" if n == 1 else f"drumnet-demo-{n}") for n in count(1))
    return next(name for name in names if not name.exists())
