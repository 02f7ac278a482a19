"""`drumnet`: the group of all commands, and the one place where faults become lines.

Exit status: 0 for done, 1 with one line on stderr for what the user can mend,
2 for wrong usage, 130 when interrupted.
"""

from __future__ import annotations

from typing import IO, Any

import click

from drumnet import __version__
from drumnet.cli.beats import beats
from drumnet.cli.compare import compare
from drumnet.cli.demo import demo
from drumnet.cli.evaluate import evaluate
from drumnet.cli.export import export
from drumnet.cli.generate import generate
from drumnet.cli.live import live
from drumnet.cli.mcp import mcp
from drumnet.cli.prepare import prepare
from drumnet.cli.studio import studio
from drumnet.cli.style import style
from drumnet.cli.train import train
from drumnet.cli.train_beats import train_beats
from drumnet.cli.train_drums import train_drums
from drumnet.cli.transcribe import transcribe
from drumnet.errors import DrumnetError

_INTERRUPTED = 130


class _UserFault(click.ClickException):
    """A `DrumnetError` on its way to stderr."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"drumnet: error: {self.message}", file=file, err=file is None)


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # the main job first, not by the alphabet

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DrumnetError as fault:
            raise _UserFault(str(fault)) from fault
        except OSError as fault:  # of a name too long, a lost disk, a right that is missing
            if fault.filename is None:
                raise
            raise _UserFault(
                f"cannot use '{fault.filename}' ({fault.strerror}): check the name and its rights"
            ) from fault
        except KeyboardInterrupt:
            ctx.exit(_INTERRUPTED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="drumnet", message="%(prog)s %(version)s")
def main() -> None:
    """Write the drum track that fits the tracks a song already has.

    \b
    drumnet demo                          hear what it does, no song needed
    drumnet generate song/ -o out/        a kick drum for the stems in song/
    drumnet style list                    the styles that have a name
    drumnet studio song/                  hear it change while the song plays
    drumnet live song/                    play along with a DAW, over MIDI
    """


for command in (
    generate, live, style, beats, transcribe, demo, studio, prepare, train, train_beats,
    train_drums, export, evaluate, compare, mcp,
):  # fmt: skip
    main.add_command(command)
