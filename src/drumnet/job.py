"""What is asked of `generate`, checked before anything is heard or written.

In: songs, styles, kits and files as people name them.  Out: a `Job`, of which nothing is read
or written again to be refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from drumnet.drummer import Drummer
from drumnet.errors import DrumnetError, OutputError, SongError
from drumnet.files import refuse_overwrite
from drumnet.hearing.sections import Section
from drumnet.hits import Piece
from drumnet.kits.kit import Kit
from drumnet.kits.loading import load_kit
from drumnet.midi.layout import MidiLayout
from drumnet.playing.arranging import AskedSections
from drumnet.playing.given import EarlierTake
from drumnet.projects.formats import ProjectFormat
from drumnet.settings import FillPlace, Settings
from drumnet.song.casting import Cast, cast
from drumnet.song.onsets import Onsets, read_rhythm
from drumnet.song.song import Song, load_song, song_of_rhythm
from drumnet.style.code import RANDOM, StyleCode
from drumnet.style.players import Player
from drumnet.take_files import DRUMS_FILE, file_names, keep_stems

#: A folder for each of several takes.
MOST_TAKES = 50


@dataclass(frozen=True)
class AskedTakes:
    """How many takes are wanted: 1 is the one of the style and the seed, more are the best of
    many styles at random.

    Args:
        rest: they may leave bars empty where the band plays.

    Raises:
        DrumnetError: none, or too many.
    """

    number: int = 1
    rest: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.number <= MOST_TAKES:
            raise DrumnetError(f"{self.number} takes make no sense: ask for 1 to {MOST_TAKES}")

    @property
    def folders(self) -> tuple[str, ...]:
        """Where each lies, in the folder of the result."""
        if self.number == 1:
            return ("",)
        return tuple(f"take-{number}" for number in range(1, self.number + 1))

    def in_each(self, names: Sequence[str]) -> list[str]:
        """Files of these names, of all takes."""
        return [f"{folder}/{name}" if folder else name for folder in self.folders for name in names]


@dataclass(frozen=True, eq=False)
class Job:
    """What is asked for, checked: nothing of it is read or written again to be refused.

    Args:
        style: None where one is found for the song.
        player: whose style that is; None draws one.
        names: of the files in the folder of a take; of a piece that plays nothing, only where
            `all_pieces` are wanted.
        parts: sections that are asked for.
    """

    drummer: Drummer
    cast: Cast
    style: StyleCode | None
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
    takes: AskedTakes = field(default_factory=AskedTakes)
    all_pieces: bool = False

    @property
    def has_audio(self) -> bool:
        """Whether the drums are written as sound."""
        return DRUMS_FILE in self.names

    @property
    def files(self) -> list[str]:
        """All that is written, in `out`."""
        return self.takes.in_each(self.names)

    @property
    def in_sections(self) -> bool:
        return self.parts is not None or self.settings.fills.place is FillPlace.SECTIONS


def require_audio(projects: Iterable[ProjectFormat], audio: bool) -> None:
    """Raises:
    OutputError: projects without sound are asked for.
    """
    if not audio and tuple(projects):
        raise OutputError(
            "a project holds the sound of the drums: leave out --no-audio, or --project"
        )


def checked(
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
    takes: AskedTakes,
    audio: bool,
    all_pieces: bool,
) -> Job:
    """Raises:
    DrumnetError: anything that can be known before the song is heard.
    """
    require_audio(projects, audio)
    drummer = model if isinstance(model, Drummer) else Drummer(model)
    casting = cast(_song(song, rhythm), pieces, drummer.checkpoint.pieces)
    drummer.require(casting.played)
    sounding = keep.with_kept(casting.played)
    kit = kit if isinstance(kit, Kit) else load_kit(kit, sounding if audio else ())
    if audio:
        kit.require(sounding)
    parts = None if sections is None else AskedSections.of(sections)
    in_sections = parts is not None or settings.fills.place is FillPlace.SECTIONS
    names = file_names(sounding, mix and audio, in_sections, projects, casting.song, audio)
    files = [out / one for one in takes.in_each(names)]
    refuse_overwrite(files, overwrite, [*read, *kit.files])
    code = _style(drummer, style, settings.seed, rhythm is not None)
    if takes.number > 1 and any(one is not None for one in (code, player, parts)):
        raise DrumnetError(
            "several takes are of styles at random, each for the whole song: leave out the style, "
            "the player, the rhythm and the sections, or the takes"
        )
    keep_stems(casting.song, files)
    tapped = rhythm if isinstance(rhythm, Onsets | None) else read_rhythm(Path(rhythm))
    return Job(
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
        takes,
        all_pieces,
    )


def _style(
    drummer: Drummer, style: StyleCode | str | Path | None, seed: int, is_tapped: bool
) -> StyleCode | None:
    if isinstance(style, StyleCode):
        return style
    if style is None and is_tapped:
        return drummer.neutral_style()
    if style is None or style == RANDOM:
        return None
    return drummer.find_style(style, seed)


def _song(
    song: Song | str | Path | Sequence[str | Path] | None, rhythm: Onsets | str | Path | None
) -> Song:
    if song is not None:
        return song if isinstance(song, Song) else load_song(song)
    if not isinstance(rhythm, str | Path):
        raise SongError("nothing to play to: give a song, or a file of a rhythm")
    return song_of_rhythm(rhythm)
