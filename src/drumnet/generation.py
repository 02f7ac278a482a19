"""The main job in one call: a song in, its drums as files out.

Three steps: all that is asked for is checked, then it is played, then it is written
(`take_files`); a fault leaves nothing behind.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from drumnet.audition import player_style, take_in_words
from drumnet.beats.choice import BeatChoice
from drumnet.drummer import Drummer
from drumnet.files import atomic_files
from drumnet.grid import BeatGrid
from drumnet.hearing.sections import Section
from drumnet.hits import DrumTrack, Piece
from drumnet.job import AskedTakes, Job, checked
from drumnet.kits.kit import EMBEDDED, Kit
from drumnet.midi.keys import GENERAL_MIDI, MidiMap
from drumnet.midi.layout import MidiLayout, Tempo, Tracks
from drumnet.playing.arranging import passages_of
from drumnet.playing.choosing import differences
from drumnet.playing.given import EarlierTake, Keep, given_hits
from drumnet.playing.listening import Listening
from drumnet.playing.passages import Passage
from drumnet.playing.section_file import SECTIONS_FILE, write_sections
from drumnet.projects.formats import ProjectFormat
from drumnet.projects.session import Mix
from drumnet.rendering.mixdown import measure_mix
from drumnet.settings import Settings
from drumnet.song.onsets import Onsets
from drumnet.song.roles import DEFAULT_PIECES
from drumnet.song.song import Song
from drumnet.style.code import StyleCode
from drumnet.style.players import Player, player_called
from drumnet.take_files import (
    MIX_FILE,
    Take,
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
        takes: where several were asked for, the folder of each and what it does, the best
            first; style and track are those of the first.
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
    takes: tuple[tuple[Path, str], ...] = ()


def generate(
    song: Song | str | Path | Sequence[str | Path] | None,
    out: str | Path,
    style: StyleCode | str | Path | None = None,
    *,
    player: Player | str | None = None,
    settings: Settings | None = None,
    seed: int | None = None,
    pieces: str | Iterable[Piece] = DEFAULT_PIECES,
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
    sound: bool = True,
    projects: str | Iterable[ProjectFormat | str] = (),
    takes: int = 1,
    rest: bool = False,
    overwrite: bool = False,
    model: str | Path | Drummer = "default",
) -> Generated:
    """Play drums to a song and write them to the folder `out`.

    Args:
        song: a song, or what `load_song` takes; None for a file of a rhythm alone.
        style: a code, a style.json, the name of a preset, or `random`, which it is unless
            said: one that people play to songs that sound like this one; a rhythm is played
            as most would then.
        player: who plays: gives the style, the settings and the kit that are not given.
        settings: how it is played besides.
        seed: in place of that of the settings; where neither is given, one is drawn.
        pieces: what to play: `kit` (all that the weights play and no stem gives), `kick`, a
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
        sound: without it, notes alone are written.
        projects: also write `dawproject` or `rpp`, or both, with the stems of the song.
        takes: more than one are the best of many styles at random, the best first, each in a
            folder `take-1`, `take-2`, ... of its own.
        rest: of several takes, some may leave bars empty where the band plays.

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
    job = checked(
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
        takes=AskedTakes(takes, rest),
        sound=sound,
    )
    played = _played(job, beats)
    _written(job, played)
    take = played[0]
    several = job.takes.number > 1
    return Generated(
        job.cast.song,
        take.beats,
        take.style,
        take.style.source if several else _note(style, take.style, job),
        asked.seed,
        take.track,
        tuple(job.out / name for name in job.files),
        job.sounding,
        take.sections if job.in_sections else (),
        _described(job, played) if several else (),
    )


def _played(job: Job, beats: BeatChoice | BeatGrid | None) -> list[Take]:
    """Hear the song and play to it."""
    song, drummer = job.cast.song, job.drummer
    grid = beats if isinstance(beats, BeatGrid) else (beats or BeatChoice()).grid(song)
    listening = drummer.listen(song, grid)
    if job.parts is not None:
        found = job.parts.on(listening.beats, lambda: drummer.sections(listening))
    else:
        found = drummer.sections(listening)
    given, keep = given_hits(job.cast, listening.beats), job.kept.on(listening.beats)
    if job.takes.number > 1:
        tracks = [
            (one.style, one.track)
            for one in drummer.takes(
                listening,
                job.takes.number,
                job.settings,
                pieces=job.cast.played,
                given=given,
                keep=keep,
                rest=job.takes.rest,
            )
        ]
    else:
        style = _style(job, listening)
        passages: Sequence[Passage] = ()
        if job.parts is not None:
            find = partial(drummer.find_style, song=listening)
            passages = passages_of(found, style, job.settings, find)
        track = drummer.play(
            listening,
            style,
            job.settings,
            pieces=job.cast.played,
            given=given,
            keep=keep,
            rhythm=job.rhythm,
            passages=passages,
        )
        tracks = [(style, track)]
    beats, kit, pieces = listening.beats, job.kit, job.sounding
    takes = []
    for style, track in tracks:
        said = replace(style, plays=take_in_words(track, listening, given).text)
        takes.append(Take(song, track, beats, said, kit, pieces, song.duration_s, found))
    return takes


def _style(job: Job, listening: Listening) -> StyleCode:
    """The style that is given, the player's, or one at random, for the song."""
    seed = job.settings.seed
    if job.player is not None:
        return player_style(job.drummer, job.player, listening, seed)
    return job.style or job.drummer.sample_style(seed, listening)


def _written(job: Job, takes: Sequence[Take]) -> None:
    """Write all files, or none."""
    with atomic_files(job.out, job.files, job.overwrite) as place:
        folders = [place / name for name in job.takes.folders]
        if len(takes) == 1:
            _write_take(job, folders[0], takes[0])
            return
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            written = [
                pool.submit(_write_take, job, *one) for one in zip(folders, takes, strict=True)
            ]
            try:
                for one in written:
                    one.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise


def _write_take(job: Job, folder: Path, take: Take) -> None:
    folder.mkdir(exist_ok=True)
    write_notes(folder, take, job.layout)
    if job.in_sections:
        write_sections(folder / SECTIONS_FILE, take.sections, take.beats)
    if not job.sound:
        return
    levels = measure_mix(take.song, take.track, take.kit, take.duration_s)
    write_drums(folder, take, levels.drums_gain)
    if MIX_FILE in job.names:
        write_mix(folder, take, levels)
    if job.projects:
        mix = Mix.of(take.song, levels.master_gain)
        write_projects(folder, take, job.projects, take.song.title, job.layout, mix)


def _described(job: Job, takes: Sequence[Take]) -> tuple[tuple[Path, str], ...]:
    """The folder of each of several takes, and how it differs from the others."""
    num_bars = int(takes[0].beats.is_downbeat.sum())
    lines = differences([take.track for take in takes], num_bars)
    return tuple(
        (job.out / folder, f"{take.style.plays}: {line}")
        for folder, take, line in zip(job.takes.folders, takes, lines, strict=True)
    )


def with_seed(settings: Settings | None, seed: int | None) -> Settings:
    """The settings with a seed: as given, else their own, else drawn."""
    if seed is None and settings is not None:
        return settings
    return replace(settings or Settings(), seed=drawn_seed() if seed is None else seed)


def drawn_seed() -> int:
    """A seed at random."""
    return secrets.randbelow(2**31)


def _note(asked: StyleCode | str | Path | None, style: StyleCode, job: Job) -> str:
    settings = job.settings
    if job.player is not None:
        return f"{job.player.name}, seed {settings.seed}"
    if job.style is None:
        return f"sampled for this song, seed {settings.seed}"
    named = isinstance(asked, str) and job.drummer.checkpoint.preset(asked)
    name = str(asked) if isinstance(asked, str | Path) and not named else style.source
    chosen = settings.temperature > 0 or settings.variation > 0
    return f"{name}, seed {settings.seed}" if chosen else name
