"""What travels between the page and the server: projects, their changes, and hits.

The parts of a project are in `song_schemas` and `setting_schemas`, styles, map and kit in
`style_schemas`.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from pydantic import Field

from drumnet.hits import Piece
from drumnet.kits.synth import Character
from drumnet.song.roles import Role
from drumnet.studio.schemas.settings import Settings
from drumnet.studio.schemas.song import (
    BeatEdit,
    Beats,
    Edits,
    Mixer,
    Model,
    Point,
    Revision,
    Section,
    Sections,
    Stem,
    Style,
    StyleChoice,
    Tick,
    Title,
    Velocity,
)

MAX_PATH = 4_096


class Problem(Model):
    """What was wrong and what to do, in one line."""

    error: str


class Preset(Model):
    """A named style of the weights, with what it measurably does."""

    name: str
    description: str
    measures: dict[str, float]
    code: list[float]
    at: Point


class PlayerCard(Model):
    """A player, by name.

    Args:
        plays: what it likes to play and how, in a line.
    """

    name: str
    plays: str


class About(Model):
    """The server, its weights, and its limits.

    Args:
        pieces: what the weights play.
        roles: what a stem can be.
        kits: the sounds that there are.
        midi_maps: the key of each piece that MIDI can be written with, by the names of the maps,
            General MIDI first.
        plays_live: what the page plays goes to a DAW as well, and a fill may be asked for.
        folders: where songs may be opened from by their path.
    """

    version: str
    model: str
    pieces: list[Piece]
    roles: list[Role]
    kits: list[Character]
    midi_maps: dict[str, dict[Piece, int]]
    presets: list[Preset]
    players: list[PlayerCard]
    code_size: int
    ticks_per_beat: int
    max_upload_bytes: int
    plays_live: bool
    folders: list[str]


class Status(Enum):
    """What can be done with a project: `empty` wants stems, `ready` plays, `damaged` can only
    be deleted."""

    EMPTY = "empty"
    LISTENING = "listening"
    READY = "ready"
    FAILED = "failed"
    DAMAGED = "damaged"


class ProjectCard(Model):
    """A project in the list of all; times are ISO 8601 in UTC."""

    id: str
    name: str
    status: Status
    duration_s: float | None
    num_stems: int
    created: str
    modified: str


class Project(Model):
    """All of a project.

    Args:
        revision: grows with every change; a change names the one it was made on.
        error: why it failed, in one line.
        duration_s: None until it is ready.
        drums_gain: the factor on the drums that sets them beside the stems.
        beats: None until it is ready.
    """

    id: str
    name: str
    created: str
    modified: str
    revision: int
    status: Status
    error: str | None
    duration_s: float | None
    drums_gain: float
    stems: list[Stem]
    beats: Beats | None
    style: Style
    sections: list[Section]
    settings: Settings
    mixer: Mixer
    edits: Edits


class Opened(Project):
    """A project into which files of this machine were copied.

    Args:
        problems: of the files that could not be read and are left out, a line each.
    """

    problems: list[str]


class NewProject(Model):
    """A project to be made."""

    name: Title


class Renamed(Model):
    """A new name."""

    name: Title


class OpenPath(Model):
    """A folder of stems, or a sound file, on the machine that the studio runs on."""

    path: Annotated[str, Field(min_length=1, max_length=MAX_PATH)]


class StemChange(Model):
    """Another role or name of a stem."""

    role: Role | None = None
    name: Title | None = None


class StyleUpdate(Model):
    """The project's style."""

    revision: Revision
    style: StyleChoice


class SectionsUpdate(Model):
    """All sections."""

    revision: Revision
    sections: Sections


class SettingsUpdate(Model):
    """The settings."""

    revision: Revision
    settings: Settings


class MixerUpdate(Model):
    """All faders."""

    revision: Revision
    mixer: Mixer


class EditsUpdate(Model):
    """All edits."""

    revision: Revision
    edits: Edits


class BeatsUpdate(Model):
    """A change of the beats; sections and edits keep their places in time."""

    revision: Revision
    edit: BeatEdit


class HitsRequest(Model):
    """What to play; what is not given is taken from the project.

    Args:
        serial: comes back with the answer, so that late ones can be told.
    """

    serial: Annotated[int, Field(ge=0, lt=2**53)] = 0
    style: StyleChoice | None = None
    sections: Sections | None = None
    settings: Settings | None = None
    edits: Edits | None = None


class Origin(Enum):
    """Who says that a hit is played."""

    MODEL = "model"
    LOCKED = "locked"
    HAND = "hand"


class Hit(Model):
    """A hit of the performance.

    Args:
        shift_ticks: how far from its tick it sounds.
        sample: of `/api/kits/{kit}`: the one-shot that sounds; None if the kit lacks the piece.
        gain: of its velocity, a factor on the sample.
    """

    time_s: float
    tick: Tick
    shift_ticks: float
    piece: Piece
    velocity: Velocity
    origin: Origin
    sample: str | None
    gain: float


class Performance(Model):
    """What is played, and the styles as they were understood.

    Args:
        revision: of the project that it was played from.
        pieces: that are played, or were added by hand: each has a file of its own in
            the export.
    """

    serial: int
    revision: int
    hits: list[Hit]
    pieces: list[Piece]
    style: Style
    sections: list[Section]


class EventKind(Enum):
    """What a server-sent event tells."""

    PROGRESS = "progress"
    READY = "ready"
    FAILED = "failed"
    CHANGED = "changed"
    DELETED = "deleted"


class Event(Model):
    """The data of a server-sent event, whose name is `kind`.

    Args:
        fraction: of the listening that is done, 0 to 1.
        stage: what is being done, in a word or two.
    """

    kind: EventKind
    revision: int
    fraction: float | None = None
    stage: str | None = None
    error: str | None = None


class Peaks(Model):
    """The waveform: lowest and highest sample of each stretch, of 127."""

    per_second: int
    lowest: list[int]
    highest: list[int]
