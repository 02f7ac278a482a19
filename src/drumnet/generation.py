"""The main job in one call: a song in, its drums as files out.

Three steps: all that is asked for is checked, then it is played, then it is written
(`take_files`); a fault leaves nothing behind.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from drumnet.audition import player_style, take_in_words
from drumnet.beats.choice import BeatChoice
from drumnet.drummer import Drummer
from drumnet.errors import SongError
from drumnet.files import atomic_files, refuse_overwrite
from drumnet.grid import BeatGrid
from drumnet.hearing.sections import Section
from drumnet.hits import DrumTrack, Piece
from drumnet.kits.kit import EMBEDDED, Kit
from drumnet.kits.loading import load_kit
from drumnet.midi.keys import GENERAL_MIDI, MidiMap
from drumnet.midi.layout import MidiLayout, Tempo, Tracks
from drumnet.playing.arranging import AskedSections, passages_of
from drumnet.playing.given import EarlierTake, Keep, given_hits
from drumnet.playing.passages import Passage
from drumnet.playing.section_file import SECTIONS_FILE, write_sections
from drumnet.projects.formats import ProjectFormat
from drumnet.projects.session import Mix
from drumnet.rendering.mixdown import measure_mix
from drumnet.settings import FillPlace, Settings
from drumnet.song.onsets import Onsets, read_rhythm
from drumnet.song.song import Cast, Song, cast, load_song, song_of_rhythm
from drumnet.style.code import RANDOM, StyleCode
from drumnet.style.players import Player, player_called
from drumnet.take_files import (
    MIX_FILE,
    Take,
    file_names,
    keep_stems,
    write_drums,
    write_mix,
    write_notes,
    write_projects,
)


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
    style: StyleCode | str | Path | None = None,
    *,
    player: Player | str | None = None,
    settings: Settings | None = None,
    seed: int | None = None,
    pieces: str | Iterable[Piece] = "kick",
    keep: Keep | str | Path | None = None,
    keep_pieces: Iterable[Piece] = (),
    keep_bars: Iterable[int] = (),
    rhythm: Onsets | str | Path | None = None,
    sections: str | Path | Sequence[Section] | None = None,
    beats: BeatChoice | BeatGrid | None = None,
    kit: Kit | str | Path | None = None,
    midi_map: MidiMap | str | Path = GENERAL_MIDI,
    midi_tempo: Tempo | str = Tempo.MAP,
    midi_tracks: Tracks | str = Tracks.ONE,
    mix: bool = True,
    projects: str | Iterable[ProjectFormat | str] = (),
    overwrite: bool = False,
    model: str | Path | Drummer = "default",
) -> Generated:
    """Play drums to a song and write them to the folder `out`.

    Args:
        song: a song, or what `load_song` takes; None for a file of a rhythm alone.
        style: a code, a style.json, the name of a preset, or `random`, which it is unless
            said; a rhythm is played as most would then.
        player: who plays: gives the style, the settings and the kit that are not given.
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
        kit: the sounds, as `load_kit` takes them; the player's, or the embedded ones, if None.
        midi_map: the keys of drums.mid, as `load_midi_map` takes them.
        midi_tempo: its tempo: `map`, `constant` or `none`.
        midi_tracks: `one` track in it, or one for each of the `pieces`.
        mix: also write the song with the drums.
        projects: also write `dawproject` or `rpp`, or both, with the stems of the song.

    Raises:
        DrumnetError: anything that the user can mend; nothing is left in `out`.
    """
    who = player_called(player) if isinstance(player, str) else player
    kit = kit or (who.kit if who else EMBEDDED)
    if settings is None and who is not None:
        settings = replace(who.settings, seed=drawn_seed() if seed is None else seed)
    asked = with_seed(settings, seed)
    read = [style, rhythm, sections, kit, midi_map, model]
    if isinstance(beats, BeatChoice):
        read += [beats.beats_file, beats.taps_file]
    job = _checked(
        song,
        Path(out),
        model,
        asked,
        pieces,
        style,
        rhythm,
        sections,
        mix,
        overwrite,
        [one for one in read if isinstance(one, str | Path)],
        keep=EarlierTake.of(keep, keep_pieces, keep_bars),
        player=None if style is not None else who,
        kit=kit,
        layout=MidiLayout.of(midi_map, midi_tempo, midi_tracks),
        projects=ProjectFormat.parse(projects),
    )
    take = _played(job, beats)
    _written(job, take)
    return Generated(
        job.cast.song,
        take.beats,
        take.style,
        _note(style, job),
        asked.seed,
        take.track,
        tuple(job.out / name for name in job.names),
        job.sounding,
        take.sections if job.in_sections else (),
    )


@dataclass(frozen=True, eq=False)
class _Job:
    """What is asked for, checked: nothing of it is read or written again to be refused.

    Args:
        player: who finds the style in the song; None if it is given.
        names: of the files in `out`.
        parts: sections that are asked for.
    """

    drummer: Drummer
    cast: Cast
    style: StyleCode
    player: Player | None
    settings: Settings
    kept: EarlierTake
    rhythm: Onsets | None
    parts: AskedSections | None
    kit: Kit
    layout: MidiLayout
    projects: tuple[ProjectFormat, ...]
    out: Path
    overwrite: bool
    names: Sequence[str]
    sounding: tuple[Piece, ...]

    @property
    def in_sections(self) -> bool:
        return self.parts is not None or self.settings.fills.place is FillPlace.SECTIONS


def _checked(
    song: Song | str | Path | Sequence[str | Path] | None,
    out: Path,
    model: str | Path | Drummer,
    settings: Settings,
    pieces: str | Iterable[Piece],
    style: StyleCode | str | Path | None,
    rhythm: Onsets | str | Path | None,
    sections: str | Path | Sequence[Section] | None,
    mix: bool,
    overwrite: bool,
    read: Sequence[str | Path],
    *,
    keep: EarlierTake,
    player: Player | None,
    kit: Kit | str | Path,
    layout: MidiLayout,
    projects: tuple[ProjectFormat, ...],
) -> _Job:
    """Raises:
    DrumnetError: anything that can be known before the song is heard.
    """
    drummer = model if isinstance(model, Drummer) else Drummer(model)
    casting = cast(_song(song, rhythm), pieces)
    drummer.require(casting.played)
    sounding = keep.with_kept(casting.played)
    kit = kit if isinstance(kit, Kit) else load_kit(kit, sounding)
    kit.require(sounding)
    parts = None if sections is None else AskedSections.of(sections)
    in_sections = parts is not None or settings.fills.place is FillPlace.SECTIONS
    names = file_names(sounding, mix, in_sections, projects, casting.song)
    files = [out / name for name in names]
    refuse_overwrite(files, overwrite, [*read, *kit.files])
    code = _style(drummer, style, settings.seed, rhythm is not None)
    keep_stems(casting.song, files)
    tapped = rhythm if isinstance(rhythm, Onsets | None) else read_rhythm(Path(rhythm))
    return _Job(
        drummer,
        casting,
        code,
        player,
        settings,
        keep,
        tapped,
        parts,
        kit,
        layout,
        projects,
        out,
        overwrite,
        names,
        sounding,
    )


def _played(job: _Job, beats: BeatChoice | BeatGrid | None) -> Take:
    """Hear the song and play to it."""
    song, drummer = job.cast.song, job.drummer
    grid = beats if isinstance(beats, BeatGrid) else (beats or BeatChoice()).grid(song)
    listening = drummer.listen(song, grid)
    style = job.style
    if job.player is not None:
        style = player_style(drummer, job.player, listening, job.settings.seed)
    found: tuple[Section, ...] = ()
    if job.parts is not None:
        found = job.parts.on(listening.beats, lambda: drummer.sections(listening))
    elif job.in_sections or job.projects:
        found = drummer.sections(listening)
    passages: Sequence[Passage] = ()
    if job.parts is not None:
        passages = passages_of(found, style, job.settings, drummer.find_style)
    given = given_hits(job.cast, listening.beats)
    track = drummer.play(
        listening,
        style,
        job.settings,
        pieces=job.cast.played,
        given=given,
        keep=job.kept.on(listening.beats),
        rhythm=job.rhythm,
        passages=passages,
    )
    beats, kit, pieces = listening.beats, job.kit, job.sounding
    style = replace(style, plays=take_in_words(track, listening, given).text)
    return Take(song, track, beats, style, kit, pieces, song.duration_s, found)


def _written(job: _Job, take: Take) -> None:
    """Write all files, or none."""
    with atomic_files(job.out, job.names, job.overwrite) as folder:
        write_notes(folder, take, job.layout)
        if job.in_sections:
            write_sections(folder / SECTIONS_FILE, take.sections, take.beats)
        levels = measure_mix(take.song, take.track, take.kit, take.duration_s)
        write_drums(folder, take, levels.drums_gain)
        if MIX_FILE in job.names:
            write_mix(folder, take, levels)
        if job.projects:
            mix = Mix.of(take.song, levels.master_gain)
            write_projects(folder, take, job.projects, take.song.title, job.layout, mix)


def _style(
    drummer: Drummer, style: StyleCode | str | Path | None, seed: int, is_tapped: bool
) -> StyleCode:
    if isinstance(style, StyleCode):
        return style
    if style is None and is_tapped:
        return drummer.neutral_style()
    return drummer.find_style(style or RANDOM, seed)


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
        return song if isinstance(song, Song) else load_song(song)
    if not isinstance(rhythm, str | Path):
        raise SongError("nothing to play to: give a song, or a file of a rhythm")
    return song_of_rhythm(rhythm)


def _note(style: StyleCode | str | Path | None, job: _Job) -> str:
    settings = job.settings
    if job.player is not None:
        return f"{job.player.name}, seed {settings.seed}"
    if style == RANDOM or (style is None and job.rhythm is None):
        return f"sampled, seed {settings.seed}"
    named = isinstance(style, str) and job.drummer.checkpoint.preset(style)
    name = str(style) if isinstance(style, str | Path) and not named else job.style.source
    chosen = settings.temperature > 0 or settings.variation > 0
    return f"{name}, seed {settings.seed}" if chosen else name
