"""What stands in a project, whatever the DAW.

In: a song and its drums.  Out: a `Session`: the song's stems as audio, the drums as audio and
as notes, piece by piece, on the timeline of the song, with its sections as markers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Piece
from drumnet.midi.keys import MidiMap
from drumnet.midi.layout import MidiLayout, Tempo
from drumnet.midi.markers import Marker, markers_of, printable
from drumnet.midi.notes import Note, notes_of
from drumnet.midi.timeline import Timeline
from drumnet.song.song import Song

#: The top of the faders of most DAWs: +6 dB.
MOST_GAIN = 2.0
#: As waveforms and hits are drawn in the studio: `--wave` and `--accent` of its style sheet.
SONG_COLOUR, DRUMS_COLOUR = "#7f93a5", "#ff5c1a"


@dataclass(frozen=True)
class Fader:
    """A level, as a factor."""

    gain: float = 1.0
    mute: bool = False
    solo: bool = False

    def times(self, factor: float) -> Fader:
        """The same, louder or softer."""
        return replace(self, gain=self.gain * factor)


@dataclass(frozen=True)
class Sound:
    """A sound file of the project.

    Args:
        path: where it is now.
        name: what the project calls it, with `/` between folders.
    """

    path: Path
    name: str
    num_channels: int
    sample_rate: int
    duration_s: float


@dataclass(frozen=True)
class AudioTrack:
    """A sound from 0:00 on."""

    name: str
    sound: Sound
    fader: Fader
    colour: str


@dataclass(frozen=True)
class NoteTrack:
    """Drums as notes; a DAW has no instrument for them yet, so they are silent."""

    name: str
    notes: tuple[Note, ...]
    colour: str = DRUMS_COLOUR


@dataclass(frozen=True)
class Group:
    """Tracks under one fader."""

    name: str
    tracks: tuple[AudioTrack | NoteTrack, ...]
    fader: Fader
    colour: str = DRUMS_COLOUR


@dataclass(frozen=True, eq=False)
class Session:
    """Args:
    about: what made the drums, style and all; lines of text.
    keys: what the notes are written with.
    master: the factor on everything.
    """

    title: str
    about: str
    timeline: Timeline
    keys: MidiMap
    markers: tuple[Marker, ...]
    tracks: tuple[AudioTrack | Group, ...]
    master: float

    @property
    def end(self) -> float:
        """Where the last track ends, in quarter notes."""
        ends_s = [track.sound.duration_s for track in self.audio_tracks()]
        sounds: list[float] = self.timeline.tempo.quarters(ends_s).tolist()
        return max([self.timeline.end, *sounds])

    def audio_tracks(self) -> Iterable[AudioTrack]:
        """All of them, those of groups too."""
        for track in self.tracks:
            inner = track.tracks if isinstance(track, Group) else (track,)
            yield from (one for one in inner if isinstance(one, AudioTrack))


@dataclass(frozen=True)
class Mix:
    """The faders.

    Args:
        stems: one for each stem of the song.
        pieces: what is not named stands at 1.
        drums: of all pieces together.
    """

    stems: Sequence[Fader]
    pieces: Mapping[Piece, Fader] = field(default_factory=dict)
    drums: Fader = Fader()
    master: float = 1.0

    @staticmethod
    def of(song: Song, master: float) -> Mix:
        """As mix.wav sounds: stems at their own levels, those that were replaced mute; the
        drums have theirs in their files."""
        return Mix([Fader(mute=stem in song.replaced) for stem in song.stems], master=master)

    def within_reach(self) -> Mix:
        """The same balance, no fader beyond its top: what is too much of the pieces is had by
        that of the drums, and what is too much of the tracks by that of everything."""
        over = max([1.0, *(fader.gain / MOST_GAIN for fader in self.pieces.values())])
        pieces = {piece: fader.times(1 / over) for piece, fader in self.pieces.items()}
        tops = (*self.stems, drums := self.drums.times(over))
        over = max([1.0, *(fader.gain / MOST_GAIN for fader in tops)])
        stems = [fader.times(1 / over) for fader in self.stems]
        return Mix(stems, pieces, drums.times(1 / over), self.master * over)


def session_of(
    title: str,
    about: str,
    stems: Sequence[tuple[str, Sound | None]],
    drums: Mapping[Piece, Sound],
    track: DrumTrack,
    grid: BeatGrid,
    sections: Iterable[tuple[int, str]],
    layout: MidiLayout,
    mix: Mix,
) -> Session:
    """A take as a session.

    Args:
        stems: name and sound of each; those that are no sound are left out.
        drums: the sound of each piece.
        sections: first beat and name of each.
        layout: its keys and its tempo, which is a map where it says none.
    """
    mix = mix.within_reach()
    tempo = Tempo.MAP if layout.tempo is Tempo.NONE else layout.tempo
    timeline = Timeline.of(grid, tempo)
    notes = tuple(notes_of(track, timeline))
    song = [
        AudioTrack(printable(name) or "drums", sound, fader, SONG_COLOUR)
        for (name, sound), fader in zip(stems, mix.stems, strict=True)
        if sound is not None
    ]
    sounds = [
        AudioTrack(_spoken(piece), sound, mix.pieces.get(piece, Fader()), DRUMS_COLOUR)
        for piece, sound in drums.items()
    ]
    played = [
        NoteTrack(f"{_spoken(piece)} notes", tuple(n for n in notes if n.hit.piece is piece))
        for piece in track.pieces
    ]
    return Session(
        printable(title) or "drums",
        "\n".join(map(printable, about.splitlines())),
        timeline,
        layout.keys,
        markers_of(sections, grid, timeline),
        (
            *song,
            Group("drums", tuple(sounds), mix.drums),
            Group("drum notes", (NoteTrack("kit notes", notes), *played), Fader()),
        ),
        mix.master,
    )


def _spoken(piece: Piece) -> str:
    return piece.value.replace("_", " ")
