"""What a project holds, as it travels: styles, sections, edits, faders, beats.

Its settings are in `setting_schemas`.

Ticks count from the first beat of the project's beats, 12 to a beat.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from drumnet.grid import MAX_BEATS_PER_BAR
from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.song.roles import Role
from drumnet.style.code import CODE_SIZE

#: More than any song has: an hour at 400 bpm.
MAX_BEATS = 24_000
MAX_TICKS = 12 * MAX_BEATS
SLOWEST_BPM, FASTEST_BPM = 20, 400
MAX_EDITS = 50_000
MAX_LOCKS = 1_000
MAX_SECTIONS = 200
MAX_NAME = 200
#: Numbers of a code farther out than this say nothing.
MAX_NUMBER = 12.0

Name = Annotated[str, Field(max_length=MAX_NAME)]
Title = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=r"\S")]
Tick = Annotated[int, Field(ge=0, lt=MAX_TICKS)]
BeatIndex = Annotated[int, Field(ge=0, lt=MAX_BEATS)]
Velocity = Annotated[int, Field(ge=1, le=MAX_VELOCITY)]
#: Swing and a loose drummer are farther from the tick than half the way to the next.
Shift = Annotated[FiniteFloat, Field(ge=-12, le=12, description="from the tick, in ticks")]
CodeNumber = Annotated[FiniteFloat, Field(ge=-MAX_NUMBER, le=MAX_NUMBER)]
Code = Annotated[list[CodeNumber], Field(min_length=CODE_SIZE, max_length=CODE_SIZE)]
Unit = Annotated[FiniteFloat, Field(ge=0, le=1)]
Gain = Annotated[FiniteFloat, Field(ge=0, le=4, description="a factor, 1 leaves it as it is")]
Revision = Annotated[int, Field(ge=0, lt=2**53, description="of the project that was changed")]


class Model(BaseModel):
    """Unknown fields are faults: they are typing errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(Model):
    """A place on the style map; y grows upwards."""

    x: Unit
    y: Unit


class Style(Model):
    """A style code, and where it is on the map."""

    code: Code
    at: Point
    name: Name = ""


class StyleChoice(Model):
    """A style as it is asked for: a code, a place on the map, or both."""

    code: Code | None = None
    at: Point | None = None
    name: Name = ""

    @model_validator(mode="after")
    def _says_something(self) -> StyleChoice:
        if self.code is None and self.at is None:
            raise ValueError("give a code, or a place on the map")
        return self


class Blend(Enum):
    """What a section does with its style: `morph` moves, bar by bar, to that of the next."""

    HOLD = "hold"
    MORPH = "morph"


class Subdivision(Enum):
    """The grid on which a section's pattern is drawn."""

    SIXTEENTHS = "16ths"
    TRIPLETS = "triplets"


class _Span(Model):
    name: Name = ""
    start_beat: BeatIndex
    blend: Blend = Blend.HOLD
    subdivision: Subdivision = Subdivision.SIXTEENTHS


class Section(_Span):
    """From a beat on, up to the next section; without a style it has the project's."""

    style: Style | None = None


class SectionChoice(_Span):
    """A section as it is asked for."""

    style: StyleChoice | None = None


Sections = Annotated[list[SectionChoice], Field(max_length=MAX_SECTIONS)]


class Channel(Model):
    """A fader."""

    gain: Gain = 1.0
    mute: bool = False
    solo: bool = False


class Mixer(Model):
    """The faders; what is not named stands at 1.

    Args:
        stems: by the stem's id.
        pieces: by the drum piece.
    """

    stems: Annotated[dict[str, Channel], Field(max_length=1000)] = {}
    pieces: dict[Piece, Channel] = {}
    drums: Channel = Channel()
    master: Gain = 1.0


class Change(Model):
    """A hit set by hand: added, changed or, at velocity 0, removed."""

    tick: Tick
    piece: Piece
    velocity: Annotated[int, Field(ge=0, le=MAX_VELOCITY)]
    shift_ticks: Shift = 0.0


class LockedHit(Model):
    """A hit that stays."""

    tick: Tick
    piece: Piece
    velocity: Velocity
    shift_ticks: Shift = 0.0


class Lock(Model):
    """Ticks, of one piece or of all, that keep these hits whatever is played."""

    start_tick: Tick
    end_tick: Annotated[int, Field(gt=0, le=MAX_TICKS, description="the first tick behind it")]
    piece: Piece | None = None
    hits: Annotated[list[LockedHit], Field(max_length=MAX_EDITS)]

    @model_validator(mode="after")
    def _has_length(self) -> Lock:
        if self.end_tick <= self.start_tick:
            raise ValueError("a lock ends behind its start")
        return self


class Edits(Model):
    """What was done by hand: locks hold hits, then changes are made."""

    locks: Annotated[list[Lock], Field(max_length=MAX_LOCKS)] = []
    changes: Annotated[list[Change], Field(max_length=MAX_EDITS)] = []


class Beats(Model):
    """The beat grid, from before 0:00 to beyond the song's end.

    Args:
        beat_in_bar: the beat's number in its bar, 1 = downbeat.
        origin: where they come from: "tracked", "by hand".
        doubt: what was heard so unclearly that it is to be checked: the beat, or which of them
            begins a bar; None if neither was.
    """

    times_s: list[float]
    beat_in_bar: list[int]
    tempo_bpm: float
    origin: str
    doubt: Literal["beat", "bar"] | None = None


class StemKind(Enum):
    """Whether a stem can be heard, or is a list of events."""

    SOUND = "sound"
    EVENTS = "events"


class Stem(Model):
    """One track of the song.

    Args:
        replaced: it is not listened to: a kick or drum stem, which stands for what is written
            anew, or one that is left out.
        left_out: why it is no stem beside the others; empty if it is one.
    """

    id: str
    name: str
    role: Role
    replaced: bool
    left_out: str
    kind: StemKind
    duration_s: float
    sample_rate: int | None
    num_channels: int | None
    size_bytes: int


class SimpleBeatEdit(Model):
    """Half or double time, or back to what was tracked."""

    action: Literal["half", "double", "reset"]


class ShiftBeats(Model):
    """Move the downbeats by so many beats; by half a beat the beats move, too, and what lies on
    them goes with them."""

    action: Literal["shift"]
    beats: Annotated[float, Field(ge=-MAX_BEATS_PER_BAR, le=MAX_BEATS_PER_BAR, multiple_of=0.5)]


class NudgeBeats(Model):
    """Move all beats in time."""

    action: Literal["nudge"]
    seconds: Annotated[FiniteFloat, Field(ge=-2, le=2)]


class SetTempo(Model):
    """One tempo for the whole song, from a downbeat on (that of now if None)."""

    action: Literal["tempo"]
    bpm: Annotated[FiniteFloat, Field(ge=SLOWEST_BPM, le=FASTEST_BPM)]
    first_downbeat_s: Annotated[FiniteFloat, Field(ge=0, le=36_000)] | None = None


class SetMeter(Model):
    """So many beats in a bar."""

    action: Literal["meter"]
    beats_per_bar: Annotated[int, Field(ge=1, le=MAX_BEATS_PER_BAR)]


class TapTempo(Model):
    """Beats tapped while the song played, in seconds of the song."""

    action: Literal["tap"]
    times_s: Annotated[
        list[Annotated[FiniteFloat, Field(ge=0, le=36_000)]], Field(min_length=4, max_length=5_000)
    ]


class SetBeats(Model):
    """Beats that the song had before, as they were: an undo."""

    action: Literal["set"]
    times_s: Annotated[list[FiniteFloat], Field(min_length=2, max_length=MAX_BEATS)]
    beat_in_bar: Annotated[list[int], Field(min_length=2, max_length=MAX_BEATS)]


BeatEdit = Annotated[
    SimpleBeatEdit | ShiftBeats | NudgeBeats | SetTempo | SetMeter | TapTempo | SetBeats,
    Field(discriminator="action"),
]
