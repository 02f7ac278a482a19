"""MIDI ports: virtual ones of our own, or those of other programs.

In: messages, and the names of ports.  Out: messages, with the times at which they came.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from drumnet.errors import MidiError
from drumnet.live.priority import go_first

if TYPE_CHECKING:
    import mido

#: What a DAW shows of us.
PORT_NAME = "DrumNet"


class Port(Protocol):
    """Where notes go to, and clock and controllers come from."""

    def send(self, message: mido.Message) -> None:
        """At once."""

    def received(self) -> Iterator[tuple[float, mido.Message]]:
        """What has come since, each with its time in seconds of `time.perf_counter`."""


class SystemPort:
    """The MIDI of this system, with the library rtmidi2.

    Args:
        output, input_: names, or parts of names, of ports of other programs; virtual ports
            are made where None.

    Raises:
        MidiError: no MIDI on this machine, no port of that name, or no virtual ports.
    """

    def __init__(self, output: str | None = None, input_: str | None = None) -> None:
        self._came: deque[tuple[float, mido.Message]] = deque()
        self._goes_first = False
        self._out, self._in = _made("MidiOut"), _made("MidiIn")
        self._in.ignore_types(True, False, True)  # clock is heard
        self._in.callback = self._receive
        _open(self._out, output)
        _open(self._in, input_)

    def _receive(self, data: Sequence[int], _since_s: float) -> None:
        from mido import Message

        now_s = time.perf_counter()
        if not self._goes_first:  # the library's own thread
            self._goes_first = True
            go_first()
        try:
            self._came.append((now_s, Message.from_bytes(data)))
        except (ValueError, IndexError):
            return  # half a message, or one that MIDI does not define

    def send(self, message: mido.Message) -> None:
        """At once."""
        self._out.send_raw(*message.bytes())

    def received(self) -> Iterator[tuple[float, mido.Message]]:
        """What has come since."""
        while self._came:
            yield self._came.popleft()

    def close(self) -> None:
        """Let the ports go."""
        self._in.callback = None
        self._in.close_port()
        self._out.close_port()


def _made(kind: str) -> Any:
    import rtmidi2

    try:
        return getattr(rtmidi2, kind)(PORT_NAME)
    except RuntimeError as error:
        said = str(error).rstrip(".")
        raise MidiError(
            f"this machine has no MIDI that can be used ({said}): on Linux, load the module "
            "snd-seq, or start JACK"
        ) from error


def _open(midi: Any, name: str | None) -> None:
    if name is None:
        try:
            midi.open_virtual_port(PORT_NAME)
        except (RuntimeError, OSError) as error:
            raise MidiError(
                f"this system makes no virtual MIDI ports ({error}): make one with another "
                f"program and name it with --out and --in; there are {_said(midi.ports)}"
            ) from error
        return
    found = [index for index, one in enumerate(midi.ports) if name.lower() in one.lower()]
    if not found:
        raise MidiError(f"no MIDI port is called '{name}': there are {_said(midi.ports)}")
    midi.open_port(found[0])


def _said(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "none"
