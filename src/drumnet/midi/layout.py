"""How drums are laid out in a MIDI file.

In: names, as they are typed.  Out: a `MidiLayout`, which a writer of MIDI follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TypeVar

from drumnet.errors import MidiError
from drumnet.midi.keys import GENERAL_MIDI, MidiMap, load_midi_map


class Tempo(Enum):
    """The tempo of the file: `map` follows the song's beats, with as few tempos as keep
    every hit within a millisecond; `constant` is one tempo, the hits at their times in the
    song; `none` leaves the tempo to the DAW, the hits on their beats."""

    MAP = "map"
    CONSTANT = "constant"
    NONE = "none"


class Tracks(Enum):
    """One track for the whole kit, or one for each piece."""

    ONE = "one"
    PIECES = "pieces"


@dataclass(frozen=True)
class MidiLayout:
    """Args:
    keys: which key a piece is written with.
    """

    keys: MidiMap = field(default_factory=load_midi_map)
    tempo: Tempo = Tempo.MAP
    tracks: Tracks = Tracks.ONE

    @staticmethod
    def of(
        keys: MidiMap | str | Path = GENERAL_MIDI,
        tempo: Tempo | str = Tempo.MAP,
        tracks: Tracks | str = Tracks.ONE,
    ) -> MidiLayout:
        """A layout of names, as `load_midi_map` and the values of `Tempo` and `Tracks` are.

        Raises:
            MidiError: a name that there is not.
        """
        loaded = load_midi_map(keys if isinstance(keys, Mapping) else str(keys))
        return MidiLayout(loaded, _named(Tempo, tempo), _named(Tracks, tracks))


_Choice = TypeVar("_Choice", bound=Enum)


def _named(kind: type[_Choice], name: _Choice | str) -> _Choice:
    try:
        return kind(name)
    except ValueError:
        known = ", ".join(str(one.value) for one in kind)
        word = kind.__name__.lower()
        raise MidiError(f"'{name}' is no {word} of a MIDI file: choose from {known}") from None
