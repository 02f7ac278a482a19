"""`drumnet`: the group of all commands, and the one place where faults become lines.

Exit status: 0 for done, 1 with one line on stderr for what the user can mend,
2 for wrong usage, 130 when interrupted.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from types import FrameType
from typing import IO, Any

import click

from drumnet import __version__
from drumnet.errors import NO_MEMORY, DrumnetError

#: All commands, the main job first, and what the list of them says; each is in a module of its
#: name, which is loaded when it is run.
COMMANDS: Mapping[str, str] = {
    "generate": "Write the drums of a song.",
    "batch": "Do all of it for many songs.",
    "live": "Play the drums in time with a DAW, over MIDI.",
    "style": "Extract, sample, list, show and mix styles.",
    "beats": "Find the beats of a song.",
    "transcribe": "Write down the hits of a drum stem.",
    "demo": "Hear what it does, on a built-in song.",
    "studio": "Hear the drums change while the song plays, in the browser.",
    "prepare": "Make songs ready to train on.",
    "train": "Train a model.",
    "train-beats": "Train the beat tracker.",
    "train-drums": "Train the network that hears drums.",
    "export": "Make weights of a training run.",
    "evaluate": "Measure how good the drums are.",
    "compare": "Say what got better or worse between two reports.",
    "mcp": "Let a language model listen, play and explain (MCP).",
}

_INTERRUPTED = 130
#: What writing to a stdout that takes no more is refused with; a pipe that was closed is no fault.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
#: What the dynamic loader, C++ and ONNX Runtime say of it.
_OF_MEMORY = ("failed to map segment", "cannot allocate memory", "bad_alloc", "allocate memory")


def command_called(name: str) -> click.Command:
    """One of `COMMANDS`."""
    module = name.replace("-", "_")
    found: click.Command = getattr(import_module(f"drumnet.cli.{module}"), module)
    return found


class _UserFault(click.ClickException):
    """A `DrumnetError` on its way to stderr."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"drumnet: error: {self.message}", file=file, err=file is None)


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return command_called(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        try:
            return super().make_context(*args, **kwargs)
        except KeyboardInterrupt:
            sys.exit(_INTERRUPTED)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            os.getcwd()
        except OSError as fault:
            raise _UserFault("the folder that you are in is gone: go to another one") from fault
        try:
            with _Interrupts():
                return super().invoke(ctx)
        except DrumnetError as fault:
            raise _UserFault(str(fault)) from fault
        except MemoryError as fault:
            raise _UserFault(NO_MEMORY) from fault
        except (ImportError, RuntimeError) as fault:  # of a library that is loaded, of ONNX Runtime
            if not _is_of_memory(fault):
                raise
            raise _UserFault(NO_MEMORY) from fault
        except OSError as fault:  # of a name too long, a lost disk, a right that is missing
            if fault.errno == errno.ENOMEM:
                raise _UserFault(NO_MEMORY) from fault
            if fault.filename is None and fault.errno in _FULL:
                _print_no_more()
                raise _UserFault(
                    f"cannot go on ({fault.strerror}): is the disk full, or what is printed to?"
                ) from fault
            if fault.filename is None:
                raise
            raise _UserFault(
                f"cannot use '{fault.filename}' ({fault.strerror}): check the name and its rights"
            ) from fault
        except KeyboardInterrupt:
            ctx.exit(_INTERRUPTED)


class _Interrupts:
    """A Ctrl-C while a command runs is one, whatever a module that was being loaded made of
    it."""

    came = False

    def __enter__(self) -> None:
        self._before = signal.getsignal(signal.SIGINT)
        if self._is_ours:
            signal.signal(signal.SIGINT, self._interrupt)

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        if self._is_ours:
            signal.signal(signal.SIGINT, self._before)
        if self.came and isinstance(fault, Exception):
            raise KeyboardInterrupt from fault

    @property
    def _is_ours(self) -> bool:
        """Not of a command that goes on in the background, nor of one that runs in a thread."""
        main = threading.current_thread() is threading.main_thread()
        return main and self._before is signal.default_int_handler

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        self.came = True
        raise KeyboardInterrupt


def _is_of_memory(fault: BaseException) -> bool:
    chain = [fault, fault.__cause__, fault.__context__]
    return any(words in str(one).lower() for one in chain if one for words in _OF_MEMORY)


def _print_no_more() -> None:
    """What stdout still holds is not tried again at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="drumnet", message="%(prog)s %(version)s")
def main() -> None:
    """Write the drum track that fits the tracks a song already has.

    \b
    drumnet demo                          hear what it does, no song needed
    drumnet generate song/ -o out/        the drums for the stems in song/
    drumnet style list                    the styles that have a name
    drumnet studio song/                  hear it change while the song plays
    drumnet live song/                    play along with a DAW, over MIDI
    """
