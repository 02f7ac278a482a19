"""Ports of the system, with a library in software: what is sent, what comes, what is said."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner
from mido import Message

from drumnet.cli.main import main
from drumnet.errors import MidiError
from drumnet.live.ports import SystemPort


class FakeMidi:
    """A `MidiIn` or `MidiOut` of rtmidi2."""

    ports = ("IAC Bus 1", "TR-8S 20:0")
    has_virtual = True

    def __init__(self, _name: str) -> None:
        self.opened: Any = None
        self.sent: list[tuple[int, ...]] = []
        self.ignored: tuple[bool, ...] = ()
        self.callback: Any = None

    def ignore_types(self, *ignored: bool) -> None:
        self.ignored = ignored

    def open_virtual_port(self, name: str) -> None:
        if not self.has_virtual:
            raise RuntimeError("not supported")
        self.opened = name

    def open_port(self, index: int) -> None:
        self.opened = index

    def send_raw(self, *data: int) -> None:
        self.sent.append(data)

    def close_port(self) -> None:
        self.opened = None


@pytest.fixture
def midi(monkeypatch: pytest.MonkeyPatch) -> type[FakeMidi]:
    class Own(FakeMidi):
        pass

    library = ModuleType("rtmidi2")
    library.MidiIn = library.MidiOut = Own  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rtmidi2", library)
    return Own


def test_notes_go_out_and_clock_comes_in(
    midi: type[FakeMidi], monkeypatch: pytest.MonkeyPatch
) -> None:
    hurries: list[bool] = []  # not this thread, which is that of all tests
    monkeypatch.setattr("drumnet.live.ports.go_first", lambda: hurries.append(True))
    port = SystemPort()
    assert port._out.opened == port._in.opened == "DrumNet"
    assert port._in.ignored[1] is False  # clock is heard
    port.send(Message("note_on", channel=9, note=36, velocity=100))
    assert port._out.sent == [(0x99, 36, 100)]
    port._in.callback([0xF8], 0.0)
    port._in.callback([0xF2, 0x10, 0x01], 0.0)
    port._in.callback([0xF2], 0.0)  # half of one
    assert hurries == [True]
    (first_s, clock), (second_s, position) = port.received()
    assert (clock.type, position.pos) == ("clock", 144)
    assert first_s <= second_s
    assert not list(port.received())


def test_ports_of_others_are_found_by_a_part_of_their_name(midi: type[FakeMidi]) -> None:
    port = SystemPort("iac", "tr-8")
    assert (port._out.opened, port._in.opened) == (0, 1)
    port.close()
    assert port._out.opened is None
    with pytest.raises(MidiError, match="no MIDI port is called 'Cubase': there are 'IAC Bus 1'"):
        SystemPort("Cubase")


def test_where_there_are_no_virtual_ports_one_is_told_what_to_do(midi: type[FakeMidi]) -> None:
    midi.has_virtual = False
    with pytest.raises(MidiError, match="name it with --out and --in; there are 'IAC Bus 1'"):
        SystemPort()


def test_a_machine_without_midi_is_one_line(
    midi: type[FakeMidi], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_self: FakeMidi, _name: str) -> None:
        raise RuntimeError("no ALSA sequencer")

    monkeypatch.setattr(midi, "__init__", fails)
    with pytest.raises(MidiError, match="this machine has no MIDI that can be used"):
        SystemPort()


def live(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["live", *words], prog_name="drumnet")
    return done.exit_code, done.output


def test_wrong_usage_is_said_before_anything_is_read(song_folder: Any) -> None:
    assert live()[0] == 2
    code, said = live(str(song_folder), "--clock", "lead", "--first-bar", "3")
    assert code == 2 and "--first-bar is for a DAW that leads" in said


def test_sections_that_are_not_there_are_said_before_the_song_is_heard(
    midi: type[FakeMidi], monkeypatch: pytest.MonkeyPatch, song_folder: Any
) -> None:
    monkeypatch.setattr("drumnet.cli.extras.find_spec", lambda _name: object())
    code, said = live(str(song_folder), "--sections", "no-such.tsv")
    assert code == 1 and "no sections file 'no-such.tsv'" in said and "beats" not in said


def test_ports_of_the_studio_are_for_live_alone() -> None:
    for option in ("--out", "--in", "--midi-map"):
        done = CliRunner().invoke(main, ["studio", option, "x"], prog_name="drumnet")
        assert done.exit_code == 2 and "are for --live" in done.output


@pytest.mark.parametrize(("clock", "extra"), [("follow", "live"), ("link", "link")])
def test_an_extra_that_is_missing_is_named(
    song_folder: Any, monkeypatch: pytest.MonkeyPatch, clock: str, extra: str
) -> None:
    import drumnet.cli.extras

    missing = {"live": "rtmidi2", "link": "link"}[extra]
    monkeypatch.setattr(
        drumnet.cli.extras, "find_spec", lambda name: None if name == missing else object()
    )
    code, said = live(str(song_folder), "--clock", clock)
    assert code == 1 and f"pip install 'drumnet[{extra}]'" in said
