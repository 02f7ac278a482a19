"""The main job in one call: a song in, its drums as files out.

Written are drums.wav and a .wav for each piece, mix.wav, drums.mid, hits.csv,
beats.tsv, style.json and, where there are sections, sections.tsv; a fault leaves
nothing behind.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from drumnet.beats.choice import BeatChoice
from drumnet.beats.files import write_beats
from drumnet.drummer import Drummer, Listening
from drumnet.errors import OutputError, SongError, StyleError
from drumnet.files import atomic_files, refuse_overwrite
from drumnet.grid import BeatGrid
from drumnet.hearing.sections import Section
from drumnet.hits import DrumTrack, Piece
from drumnet.kits.kit import EMBEDDED, Kit
from drumnet.kits.loading import load_kit
from drumnet.midi.keys import GENERAL_MIDI, MidiMap, load_midi_map
from drumnet.playing.arranging import AskedSections, passages_of
from drumnet.playing.given import EarlierTake, Keep, given_hits
from drumnet.playing.section_file import SECTIONS_FILE, write_sections
from drumnet.settings import FillPlace, Settings
from drumnet.song.onsets import Onsets, read_rhythm
from drumnet.song.song import Song, cast, load_song, song_of_rhythm
from drumnet.style.code import RANDOM, StyleCode

if TYPE_CHECKING:
    from drumnet.rendering.mixdown import MixLevels

_MIDI_FILE, _HITS_FILE, _BEATS_FILE = "drums.mid", "hits.csv", "beats.tsv"
_STYLE_FILE = "style.json"
#: The song with the drums.
MIX_FILE = "mix.wav"


@dataclass(frozen=True, eq=False)
class Generated:
    """What was played and written.

    Args:
        style_note: in a few words where the style comes from, with the seed
            that repeats it.
        seed: of all random choices.
        files: what was written, in `out`.
        played: the pieces that sound.
        sections: of the song, where they were asked for or have fills.
    """

    song: Song
    beats: BeatGrid
    style: StyleCode
    style_note: str
    seed: int
    track: DrumTrack
    files: tuple[Path, ...]
    played: tuple[Piece, ...]
    sections: tuple[Section, ...] = ()


def generate(
    song: Song | str | Path | Sequence[str | Path] | None,
    out: str | Path,
    style: StyleCode | str | Path = RANDOM,
    *,
    settings: Settings | None = None,
    seed: int | None = None,
    pieces: str | Iterable[Piece] = "kick",
    keep: Keep | str | Path | None = None,
    keep_pieces: Iterable[Piece] = (),
    keep_bars: Iterable[int] = (),
    rhythm: Onsets | str | Path | None = None,
    sections: str | Path | Sequence[Section] | None = None,
    beats: BeatChoice | BeatGrid | None = None,
    kit: Kit | str | Path = EMBEDDED,
    midi_map: MidiMap | str | Path = GENERAL_MIDI,
    mix: bool = True,
    overwrite: bool = False,
    model: str | Path | Drummer = "default",
) -> Generated:
    """Play drums to a song and write them to the folder `out`.

    Args:
        song: a song, or what `load_song` takes; None for a file of a rhythm alone.
        style: a code, a style.json, the name of a preset, or `random`.
        settings: how it is played besides.
        seed: in place of that of the settings; where neither is given, one is drawn.
        pieces: what to play: `kick`, `kit` (what is not given as a stem), a
            comma-separated list, or pieces.
        keep: hits that stay while the rest is played again, or a hits.csv of them.
        keep_pieces, keep_bars: which of them, as of `Keep`.
        rhythm: onsets that the drums play, or a file of them.
        sections: parts of the song with styles and settings of their own, a file of
            them, or `auto`, which finds them and varies the style.
        beats: the beats, or what is known of them; None tracks them.
        kit: the sounds, as `load_kit` takes them.
        midi_map: the keys of drums.mid, as `load_midi_map` takes them.
        mix: also write the song with the drums.

    Raises:
        DrumnetError: anything that the user can mend; nothing is left in `out`.
    """
    out = Path(out)
    drummer = model if isinstance(model, Drummer) else Drummer(model)
    casting = cast(_song(song, rhythm), pieces)
    drummer.require(casting.played)
    kept = EarlierTake.of(keep, keep_pieces, keep_bars)
    sounding = kept.with_kept(casting.played)
    kit = kit if isinstance(kit, Kit) else load_kit(kit, sounding)
    kit.require(sounding)
    keys = load_midi_map(midi_map)
    asked = with_seed(settings, seed)
    parts = None if sections is None else AskedSections.of(sections)
    in_sections = parts is not None or asked.fills.place is FillPlace.SECTIONS
    names = file_names(sounding, mix, in_sections)
    refuse_overwrite([out / name for name in names], overwrite)
    code = find_style(drummer, style, asked.seed)
    song = casting.song
    keep_stems(song, [out / name for name in names])
    grid = beats if isinstance(beats, BeatGrid) else (beats or BeatChoice()).grid(song)
    listening = drummer.listen(song, grid)
    found = _sections(drummer, listening, parts) if in_sections else ()
    passages = passages_of(found, code, asked, partial(find_style, drummer)) if parts else ()
    tapped = rhythm if isinstance(rhythm, Onsets | None) else read_rhythm(Path(rhythm))
    track = drummer.play(
        listening,
        code,
        asked,
        pieces=casting.played,
        given=given_hits(casting, listening.beats),
        keep=kept.on(listening.beats),
        rhythm=tapped,
        passages=passages,
    )
    with atomic_files(out, names) as folder:
        write_notes(folder, track, listening.beats, code, keys)
        if in_sections:
            write_sections(folder / SECTIONS_FILE, found, listening.beats)
        write_drums(folder, track, kit, sounding, song.duration_s)
        if mix:
            write_mix(folder, song, track, kit)
    return Generated(
        song,
        listening.beats,
        code,
        _note(style, asked),
        asked.seed,
        track,
        tuple(out / name for name in names),
        sounding,
        found,
    )


def _sections(
    drummer: Drummer, listening: Listening, parts: AskedSections | None
) -> tuple[Section, ...]:
    if parts is None:
        return drummer.sections(listening)
    return parts.on(listening.beats, lambda: drummer.sections(listening))


def with_seed(settings: Settings | None, seed: int | None) -> Settings:
    """The settings with a seed: as given, else their own, else drawn."""
    if seed is None and settings is not None:
        return settings
    return replace(settings or Settings(), seed=drawn_seed() if seed is None else seed)


def drawn_seed() -> int:
    """A seed at random."""
    return secrets.randbelow(2**31)


def _song(
    song: Song | str | Path | Sequence[str | Path] | None, rhythm: Onsets | str | Path | None
) -> Song:
    if song is not None:
        return song if isinstance(song, Song) else load_song(_paths(song))
    if not isinstance(rhythm, str | Path):
        raise SongError("nothing to play to: give a song, or a file of a rhythm")
    return song_of_rhythm(rhythm)


def keep_stems(song: Song, files: Iterable[Path]) -> None:
    """Say no where a stem would be replaced: it is read while its mix is written,
    and the next take would hear the last one."""
    stems = {stem.path.resolve() for stem in song.stems if stem.path is not None}
    for file in files:
        if file.resolve() in stems:
            raise OutputError(f"'{file}' is a stem of the song: choose another place with -o")


def find_style(drummer: Drummer, style: StyleCode | str | Path, seed: int = 0) -> StyleCode:
    """A code: as given, sampled (`random`), of a preset, or of a style.json.

    Raises:
        StyleError: no preset and no file of that name, or no style in the file.
    """
    if isinstance(style, StyleCode):
        return style
    if style == RANDOM:
        return drummer.sample_style(seed)
    if isinstance(style, str) and style in drummer.presets:
        return drummer.style(style)
    if Path(style).is_file() or Path(style).suffix == ".json":
        return StyleCode.load(Path(style))
    raise StyleError(
        f"'{style}' is neither a style file nor one of the named styles: "
        f"choose from {', '.join(drummer.presets)}, or '{RANDOM}'"
    )


def _paths(song: str | Path | Sequence[str | Path]) -> list[str | Path]:
    return [song] if isinstance(song, str | Path) else list(song)


def file_names(pieces: Iterable[Piece], mix: bool = True, sections: bool = False) -> list[str]:
    """What `generate` writes, sounds first."""
    sounds = ["drums.wav", *(f"{piece.value}.wav" for piece in pieces)]
    notes = [_MIDI_FILE, _HITS_FILE, _BEATS_FILE, _STYLE_FILE]
    notes += [SECTIONS_FILE] if sections else []
    return [*sounds, *([MIX_FILE] if mix else []), *notes]


def _note(style: StyleCode | str | Path, settings: Settings) -> str:
    if style == RANDOM:
        return f"sampled, seed {settings.seed}"
    name = style.source if isinstance(style, StyleCode) else str(style)
    chosen = settings.temperature > 0 or settings.variation > 0
    return f"{name}, seed {settings.seed}" if chosen else name


def write_notes(
    folder: Path,
    track: DrumTrack,
    grid: BeatGrid,
    style: StyleCode,
    keys: MidiMap | None = None,
) -> None:
    """Write what is not sound: MIDI, hits, beats and style."""
    from drumnet.hits_csv import write_hits
    from drumnet.midi.write import write_midi

    write_midi(folder / _MIDI_FILE, track, grid, keys)
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
