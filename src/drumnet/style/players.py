"""Players: drummers of a kind, by name.

A player is what it likes to play, by the words of it, how it plays that, and the kit that it
sits at.  Which style of the weights that is, is found by hearing (`audition`): no player
holds a code, so that any weights have all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from drumnet.errors import DrumnetError
from drumnet.settings import Settings


@dataclass(frozen=True)
class Player:
    """A drummer of a kind.

    Args:
        name: as it is typed.
        plays: the names of beats that it likes (`drumnet.words.families`).
        on: what it likes to keep time on, in short (`Words.time.short`); anything if empty.
        kit: as `load_kit` takes it.
        how: the settings, as they are typed in a file of sections.
    """

    name: str
    plays: tuple[str, ...]
    on: tuple[str, ...]
    kit: str
    how: tuple[tuple[str, str], ...]

    @property
    def settings(self) -> Settings:
        """How it plays."""
        return Settings().changed(dict(self.how))

    @property
    def said(self) -> str:
        """All of it, in a line."""
        on = f", on {' or '.join(self.on)}" if self.on else ""
        how = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in self.how)
        return f"{', '.join(self.plays)}{on}; {how}; kit {self.kit}"


def _player(name: str, plays: tuple[str, ...], on: tuple[str, ...], kit: str, **how: str) -> Player:
    return Player(name, plays, on, kit, tuple(how.items()))


_ROCK = ("eighth-note rock", "driving eighths")
_HATS = ("tight hat", "hats")

PLAYERS = {
    player.name: player
    for player in (
        _player("rocker", (*_ROCK, "quarter-note rock"), ("open hats", "crash", "ride"),
            "acoustic", complexity="0.5", intensity="0.75"),
        _player("session-player", (*_ROCK, "sixteenth-note rock", "ballad"), _HATS,
            "acoustic", complexity="0.35", intensity="0.45", variation="0.4"),
        _player("punk", ("driving eighths", "double-time punk", "D-beat", "quarter-note rock"), (),
            "acoustic", complexity="0.4", intensity="0.9", humanize="1.2"),
        _player("metalhead", ("double-bass metal", "blast beat", "half-time double bass"), (),
            "acoustic", complexity="0.7", intensity="0.9", humanize="0.7"),
        _player("funk-player", ("sixteenth funk", "funk", "breakbeat", "linear funk"), (),
            "acoustic", complexity="0.6", intensity="0.45", swing="0.15", swing_division="16"),
        _player("club-machine", ("four on the floor",), ("disco hats", *_HATS, "open hats"),
            "909", complexity="0.4", variation="0.2", humanize="0.1"),
        _player("beatmaker", ("breakbeat", "trap", "half-time funk", "half-time rock"), (),
            "808", complexity="0.45", humanize="0.3", swing="0.25", swing_division="16"),
        _player("shuffler", ("shuffle", "half-time shuffle", "twelve-eight", "jazz swing"), (),
            "acoustic", complexity="0.45", intensity="0.4", swing="0.8"),
    )
}  # fmt: skip


def player_called(name: str) -> Player:
    """The player of a name.

    Raises:
        DrumnetError: there is none.
    """
    if name not in PLAYERS:
        raise DrumnetError(f"no player is called '{name}': choose from {', '.join(PLAYERS)}")
    return PLAYERS[name]
