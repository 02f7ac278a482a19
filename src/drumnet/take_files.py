"""The files of a take.

In: what was played, with its beats, style, kit and song.  Out: drums.wav and a .wav for each
piece, mix.wav, drums.mid, hits.csv, beats.tsv, style.json and, where they are asked for,
sections.tsv and projects of DAWs with the song's stems, in a folder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import drumnet
from drumnet.beats.files import write_beats
from drumnet.errors import DrumnetError, OutputError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.sections import Section
from drumnet.hits import DrumTrack, Piece
from drumnet.kits.kit import Kit
from drumnet.midi.layout import MidiLayout
from drumnet.midi.markers import named
from drumnet.playing.section_file import SECTIONS_FILE
from drumnet.song.song import Song
from drumnet.style.code import StyleCode
from drumnet.threads import side_by_side

if TYPE_CHECKING:
    from drumnet.projects.formats import ProjectFormat
    from drumnet.projects.session import Mix
    from drumnet.rendering.band import Band
    from drumnet.rendering.drum_bus import DrumBus
    from drumnet.rendering.mixdown import MixLevels

MIDI_FILE, _HITS_FILE, _BEATS_FILE = "drums.mid", "hits.csv", "beats.tsv"
_STYLE_FILE = "style.json"
#: All drums together, and the song with them.
DRUMS_FILE, MIX_FILE = "drums.wav", "mix.wav"


class NotesPart(NamedTuple):
    """The notes of a part of a song, its beats from 0:00 on, and the first beat and the name of
    each section that begins in it."""

    track: DrumTrack
    beats: BeatGrid
    places: list[tuple[int, str]]


@dataclass(frozen=True, eq=False)
class Take:
    """What was played, and what it sounds with.

    Args:
        pieces: that have a file of their own.
        sections: of the song, where they are known.
    """

    song: Song
    track: DrumTrack
    beats: BeatGrid
    style: StyleCode
    kit: Kit
    pieces: tuple[Piece, ...]
    duration_s: float
    sections: tuple[Section, ...] = ()

    @property
    def places(self) -> list[tuple[int, str]]:
        """First beat and name of each section, as markers are made of."""
        return named((one.start_beat, one.name) for one in self.sections)

    def part(self, first_beat: int, end_beat: int | None = None) -> NotesPart:
        """The notes of a part, which begins at 0:00.

        Args:
            end_beat: the beat of the grid that follows it; its last one if None.

        Raises:
            DrumnetError: no such part.
        """
        last = self.beats.num_beats - 1
        end = last if end_beat is None else end_beat
        if not 0 <= first_beat < end <= last:
            raise DrumnetError(
                f"beats {first_beat} to {end} are no part of a song of {last} beats: "
                "begin before the end"
            )
        part = self.beats.part(first_beat, end)
        start_s = float(part.beats_s[0])
        inside = range(first_beat * TICKS_PER_BEAT, end * TICKS_PER_BEAT)
        moved = [
            replace(
                hit,
                # What is early on the first beat is on it.
                onset_s=max(hit.onset_s - start_s, 0.0),
                tick=hit.tick - inside.start,
            )
            for hit in self.track
            if hit.tick in inside
        ]
        inside_beats = range(first_beat, end)
        places = [(at - first_beat, name) for at, name in self.places if at in inside_beats]
        return NotesPart(DrumTrack(tuple(moved)), part.later(-start_s), places)


def file_names(
    pieces: Iterable[Piece],
    mix: bool = True,
    sections: bool = False,
    projects: Collection[ProjectFormat] = (),
    song: Song | None = None,
    audio: bool = True,
) -> list[str]:
    """What `generate` writes, sounds first.

    Args:
        song: whose stems lie beside projects that do not hold them.
        audio: without it, notes alone.
    """
    sounds = [*_drum_files(pieces), *([MIX_FILE] if mix else [])] if audio else []
    notes = [MIDI_FILE, _HITS_FILE, _BEATS_FILE, _STYLE_FILE]
    notes += [SECTIONS_FILE] if sections else []
    names = [*sounds, *notes]
    if song is not None and any(not one.holds_sounds for one in projects):
        from drumnet.projects.stems import stem_files

        names += [name for name in stem_files(song) if name is not None]
    return [*names, *(one.file_name for one in projects)]


def keep_stems(song: Song, files: Sequence[Path]) -> None:
    """Say no where a stem would be replaced, or get a project's beside it: it is read while
    its mix is written, and the next take would hear the last one.

    Args:
        files: of a folder, and of folders in it.
    """
    stems = [path for stem in song.stems for path in stem.paths if path.exists()]
    folders = {stem.resolve().parent for stem in stems}
    top = min((file.parent for file in files), key=lambda folder: len(folder.parts), default=None)
    for file in files:
        if file.exists() and any(file.samefile(stem) for stem in stems):
            raise OutputError(f"'{file}' is a stem of the song: choose another place with -o")
        if file.parent != top and file.parent.resolve() in folders:
            raise OutputError(
                f"'{file.parent}' has stems of the song, and the project's would lie among them: "
                "choose another place with -o"
            )


def write_notes(folder: Path, take: Take, layout: MidiLayout | None = None) -> None:
    """Write what is not sound: MIDI, hits, beats and style."""
    from drumnet.hits_csv import write_hits
    from drumnet.midi.write import write_midi

    write_midi(folder / MIDI_FILE, take.track, take.beats, layout, take.places)
    write_hits(folder / _HITS_FILE, take.track, take.beats)
    write_beats(folder / _BEATS_FILE, take.beats)
    take.style.save(folder / _STYLE_FILE)


def drum_writers(
    folder: Path, take: Take, bus: DrumBus, only: Collection[str] | None = None
) -> list[Callable[[], None]]:
    """What writes drums.wav and a .wav for each piece, which may be done side by side; the
    pieces add up to the drums.

    Args:
        bus: from `drum_bus`.
        only: the names of those that are wanted, all if None.
    """
    from drumnet.audio.source import write_wav
    from drumnet.rendering.mixdown import MIX_RATE_HZ

    channels = take.kit.num_channels
    return [
        partial(write_wav, folder / name, bus.blocks(heard), MIX_RATE_HZ, channels)
        for name, heard in _drum_files(take.pieces).items()
        if only is None or name in only
    ]


def drum_bus(take: Take, gain: float) -> DrumBus:
    """The drums of a take at the level that they have in the mix, ready to be written from
    several threads."""
    from drumnet.rendering.drum_bus import DrumBus

    bus = DrumBus(take.track.of(take.pieces), take.kit, take.duration_s, gain)
    assert bus.factors is not None  # made once, before anyone asks at the same time
    return bus


def write_drums(folder: Path, take: Take, gain: float, only: Collection[str] | None = None) -> None:
    """Write drums.wav and a .wav for each piece, as of `drum_writers`.

    Args:
        gain: of the drums in the mix.
    """
    with side_by_side() as do_all:
        do_all(drum_writers(folder, take, drum_bus(take, gain), only))


def write_mix(
    folder: Path,
    take: Take,
    levels: MixLevels | None = None,
    band: Band | None = None,
    bus: DrumBus | None = None,
) -> None:
    """Write mix.wav, the song with the drums; the levels are measured if None.

    Args:
        band: the song, where it was read before.
        bus: the drums, where they are made already.
    """
    from drumnet.audio.source import write_wav
    from drumnet.rendering.mixdown import MIX_RATE_HZ, mix_blocks

    own = bus if bus is not None and bus.track == take.track else None
    blocks = mix_blocks(take.song, take.track, take.kit, levels=levels, band=band, bus=own)
    write_wav(folder / MIX_FILE, blocks, MIX_RATE_HZ, 2)


def write_projects(
    folder: Path,
    take: Take,
    formats: Iterable[ProjectFormat],
    title: str,
    layout: MidiLayout,
    mix: Mix,
) -> None:
    """Write projects, and the song's stems; `write_drums` was there before.

    Args:
        mix: the faders, of the drums as they are in their files.
    """
    from drumnet.projects.session import Sound, session_of
    from drumnet.projects.stems import write_stems
    from drumnet.rendering.mixdown import MIX_RATE_HZ

    drums = {}
    for piece in take.pieces:
        name, channels = sound_file(piece), take.kit.num_channels
        drums[piece] = Sound(folder / name, name, channels, MIX_RATE_HZ, take.duration_s)
    session = session_of(
        title,
        _about(take.style),
        write_stems(folder, take.song),
        drums,
        take.track,
        take.beats,
        take.places,
        layout,
        mix,
    )
    for one in formats:
        one.write(folder, session)


def _drum_files(pieces: Iterable[Piece]) -> dict[str, tuple[Piece, ...]]:
    """The pieces that are heard in each file."""
    each = tuple(pieces)
    return {DRUMS_FILE: each, **{sound_file(piece): (piece,) for piece in each}}


def sound_file(piece: Piece) -> str:
    """The name of the .wav of a piece."""
    return f"{piece.value}.wav"


def _about(style: StyleCode) -> str:
    """What made the drums, for people, with all that plays them again but habits."""
    code = " ".join(f"{number:.6g}" for number in style.code.tolist())
    return (
        f"Drums by DrumNet {drumnet.__version__}\n"
        f"style: {style.source or 'unnamed'}\nweights: {style.model}\ncode: {code}"
    )
