"""What travels between the page and the server, beyond a project's own parts."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from pydantic import Field

from drumnet.hits import Piece
from drumnet.roles import Role
from drumnet.studio.song_schemas import (
    BeatEdit,
    Beats,
    Code,
    Edits,
    Mixer,
    Model,
    Name,
    Point,
    Revision,
    Section,
    Sections,
    Settings,
    Stem,
    Style,
    StyleChoice,
    Tick,
    Title,
    Velocity,
)

MAX_TAGS = 20
MAX_PATH = 4_096

Tag = Annotated[str, Field(min_length=1, max_length=60, pattern=r"\S")]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS)]


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


class About(Model):
    """The server, its weights, and its limits.

    Args:
        pieces: what the weights play.
        roles: what a stem can be.
    """

    version: str
    model: str
    pieces: list[Piece]
    roles: list[Role]
    presets: list[Preset]
    code_size: int
    ticks_per_beat: int
    max_upload_bytes: int


class Status(Enum):
    """What can be done with a project: `empty` wants stems, `ready` plays."""

    EMPTY = "empty"
    LISTENING = "listening"
    READY = "ready"
    FAILED = "failed"


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
        sample: of `/api/kit`: the one-shot that sounds; None if the kit lacks the piece.
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
    """

    serial: int
    revision: int
    hits: list[Hit]
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


class Axis(Model):
    """What a side of the map means."""

    name: str
    low: str
    high: str


class Island(Model):
    """A named place on the map."""

    name: str
    description: str
    at: Point
    code: list[float]


class StyleMap(Model):
    """The map behind the pad.

    Args:
        size: of the lattice, points a side.
        density: (size rows from y = 0 up, size columns) of the training songs'
            codes, the highest 1.
    """

    size: int
    density: list[list[float]]
    x: Axis
    y: Axis
    islands: list[Island]


class AtPoint(Model):
    """A place whose code is asked for."""

    at: Point


class OfCode(Model):
    """A code whose place is asked for."""

    code: Code


class SavedStyle(Model):
    """A style of the library.

    Args:
        builtin: a named style of the weights; it cannot be changed.
        usable: it belongs to the weights that play now.
        distance: from the style that was asked for, if one was.
    """

    id: str
    name: str
    tags: list[str]
    code: list[float]
    at: Point
    source: str
    created: str | None
    builtin: bool
    usable: bool
    distance: float | None = None


class NewStyle(Model):
    """A style to be kept."""

    name: Title
    tags: Tags = Field(default_factory=list)
    code: Code
    source: Name = ""


class StyleChange(Model):
    """Another name or other tags."""

    name: Title | None = None
    tags: Tags | None = None


class FoundStyle(Model):
    """A style that was taken from a song.

    Args:
        heard_in: the stem in which the drums were heard.
    """

    style: Style
    num_hits: int
    tempo_bpm: float
    heard_in: str


class KitLayer(Model):
    """Samples of one hardness, taken in turn."""

    top_velocity: int
    samples: list[str]


class KitPiece(Model):
    """A piece's samples, softest layer first, and the pieces that its hits cut off."""

    piece: Piece
    chokes: list[Piece]
    layers: list[KitLayer]


class Kit(Model):
    """The one-shots: `/api/kit/{sample}.wav`.

    Args:
        choke_fade_s: how long a hit that is cut off fades.
    """

    name: str
    sample_rate: int
    choke_fade_s: float
    pieces: list[KitPiece]
