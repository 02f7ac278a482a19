"""The files of a take.

In: a drum track, its beats, style, kit and song.  Out: drums.wav and a .wav for each piece,
mix.wav, drums.mid, hits.csv, beats.tsv, style.json and, where there are sections,
sections.tsv, in a folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from drumnet.beats.files import write_beats
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Piece
from drumnet.kits.kit import Kit
from drumnet.midi.layout import MidiLayout
from drumnet.playing.section_file import SECTIONS_FILE
from drumnet.song.song import Song
from drumnet.style.code import StyleCode

if TYPE_CHECKING:
    from drumnet.rendering.mixdown import MixLevels

_MIDI_FILE, _HITS_FILE, _BEATS_FILE = "drums.mid", "hits.csv", "beats.tsv"
_STYLE_FILE = "style.json"
#: The song with the drums.
MIX_FILE = "mix.wav"


def file_names(pieces: Iterable[Piece], mix: bool = True, sections: bool = False) -> list[str]:
    """What `generate` writes, sounds first."""
    sounds = ["drums.wav", *(f"{piece.value}.wav" for piece in pieces)]
    notes = [_MIDI_FILE, _HITS_FILE, _BEATS_FILE, _STYLE_FILE]
    notes += [SECTIONS_FILE] if sections else []
    return [*sounds, *([MIX_FILE] if mix else []), *notes]


def write_notes(
    folder: Path,
    track: DrumTrack,
    grid: BeatGrid,
    style: StyleCode,
    layout: MidiLayout | None = None,
) -> None:
    """Write what is not sound: MIDI, hits, beats and style."""
    from drumnet.hits_csv import write_hits
    from drumnet.midi.write import write_midi

    write_midi(folder / _MIDI_FILE, track, grid, layout)
    write_hits(folder / _HITS_FILE, track, grid)
    write_beats(folder / _BEATS_FILE, grid)
    style.save(folder / _STYLE_FILE)


def write_drums(
    folder: Path, track: DrumTrack, kit: Kit, pieces: Sequence[Piece], duration_s: float
) -> None:
    """Write drums.wav and a .wav for each piece."""
    from drumnet.audio.source import write_wav
    from drumnet.rendering.mixdown import MIX_RATE_HZ
    from drumnet.rendering.render import render_blocks, safe_gain

    gain = safe_gain(track, kit, duration_s)
    stems = {"drums": tuple(pieces), **{piece.value: (piece,) for piece in pieces}}
    for name, heard in stems.items():
        blocks = render_blocks(track, kit, duration_s, MIX_RATE_HZ, heard, gain=gain)
        write_wav(folder / f"{name}.wav", blocks, MIX_RATE_HZ, kit.num_channels)


def write_mix(
    folder: Path, song: Song, track: DrumTrack, kit: Kit, levels: MixLevels | None = None
) -> None:
    """Write mix.wav, the song with the drums; the levels are measured if None."""
    from drumnet.audio.source import write_wav
    from drumnet.rendering.mixdown import MIX_RATE_HZ, mix_blocks

    blocks = mix_blocks(song, track, kit, levels=levels)
    write_wav(folder / MIX_FILE, blocks, MIX_RATE_HZ, 2)
