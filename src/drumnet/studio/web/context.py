"""What the routes work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from drumnet.midi.keys import GENERAL_MIDI
from drumnet.studio.web.start_token import new_token

if TYPE_CHECKING:
    from drumnet.drummer import Drummer
    from drumnet.live.ports import Port
    from drumnet.studio.events import Hub
    from drumnet.studio.hear.analysis import Analysis
    from drumnet.studio.hear.intake import Intake
    from drumnet.studio.hear.listening import Listener
    from drumnet.studio.hear.places import Places
    from drumnet.studio.hear.songs import Songs
    from drumnet.studio.hear.transfer import StyleFinder
    from drumnet.studio.play.export import Exporter
    from drumnet.studio.play.live import Live
    from drumnet.studio.play.performance import Performer
    from drumnet.studio.store.kit_samples import Kits
    from drumnet.studio.store.pad import Pad
    from drumnet.studio.store.projects import ProjectStore
    from drumnet.studio.store.stems import StemStore
    from drumnet.studio.store.styles import StyleStore

#: The largest file that is taken.
MAX_UPLOAD_BYTES = 10**9


def _home() -> tuple[Path, ...]:
    try:
        return (Path.home(),)
    except RuntimeError:  # the user has none
        return ()


@dataclass(frozen=True)
class StudioConfig:
    """Args:
    data: the folder of the library.
    model: `default`, `open`, or a folder of exported weights.
    max_upload_bytes: the largest file that is taken.
    settle_s: listening starts when no stem has come for so long.
    open_port: the MIDI port to play live to, opened in another process; None does not.
    midi_map: the keys of the notes there, as `load_midi_map` takes them.
    folders: where songs may be opened by path: these folders and all in them; files too.
    token: that every request has to know.
    """

    data: Path
    model: str | Path = "default"
    max_upload_bytes: int = MAX_UPLOAD_BYTES
    settle_s: float = 0.5
    open_port: Callable[[], Port] | None = None
    midi_map: str | Path = GENERAL_MIDI
    folders: tuple[Path, ...] = field(default_factory=_home)
    token: str = field(default_factory=new_token, repr=False)


@dataclass(frozen=True, eq=False)
class Studio:
    """The parts of the studio."""

    config: StudioConfig
    drummer: Drummer
    hub: Hub
    projects: ProjectStore
    stems: StemStore
    styles: StyleStore
    map: Pad
    kits: Kits
    analysis: Analysis
    listening: Listener
    intake: Intake
    places: Places
    performer: Performer
    exporter: Exporter
    finder: StyleFinder
    songs: Songs
    live: Live | None


def _of_request(request: Request) -> Studio:
    studio: Studio = request.app.state.studio
    return studio


InStudio = Annotated[Studio, Depends(_of_request)]
