"""The user's say on the beats, and a song, in; the beat grid out.

Tempo, file or tracker first, then half or double time, then metre and first
downbeat, which number the beats anew whatever they came from, then the bar line
moved by beats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from drumnet.beats.beat_this import BeatThisTracker
from drumnet.beats.by_hand import shifted
from drumnet.beats.evidence import StemEvidence
from drumnet.beats.taps import read_taps
from drumnet.beats.tracker import BeatFile, FixedTempo, NetworkTracker, Tracked, check_tempo_range
from drumnet.errors import BeatError
from drumnet.grid import DEFAULT_BEATS_PER_BAR, BeatGrid
from drumnet.midi.read import MIDI_SUFFIXES, read_midi
from drumnet.song.song import Song, Stem

EMBEDDED_TRACKER = "embedded"
TRACKERS = (EMBEDDED_TRACKER, "beat_this")


@dataclass(frozen=True)
class BeatChoice:
    """What is said about the beats; with nothing said they are tracked.

    Args:
        bpm: one tempo for the whole song.
        beats_file: a file of beats, or a MIDI file; not together with `bpm`.
        beats_per_bar: the metre (default: as the file or the tracker says, else 4).
        beat_unit: the note that a beat is, 8 of 6/8 (default: as a MIDI file says, else 4).
        first_downbeat_s: where the first bar begins, in seconds.
        half_time, double_time: every second beat, or twice as many.
        shift_downbeat: the bar line this many beats later, or earlier below 0.
        tempo_range: slowest and fastest tempo in bpm that is tracked.
        constant: one tempo throughout, fitted to what is heard.
        tracker: what tracks them: `embedded`, or `beat_this`, where that is installed.
        taps_file: times that a listener tapped; the beats are tracked near them.

    Raises:
        BeatError: two of them contradict each other.
    """

    bpm: float | None = None
    beats_file: Path | None = None
    beats_per_bar: int | None = None
    beat_unit: int | None = None
    first_downbeat_s: float | None = None
    half_time: bool = False
    double_time: bool = False
    shift_downbeat: int = 0
    tempo_range: tuple[float, float] | None = None
    constant: bool = False
    taps_file: Path | None = None
    tracker: str = EMBEDDED_TRACKER

    def __post_init__(self) -> None:
        if self.bpm is not None and self.beats_file is not None:
            raise BeatError("a tempo and a file of beats exclude each other: give one of them")
        if self.half_time and self.double_time:
            raise BeatError("half time and double time exclude each other: give one of them")
        if self.first_downbeat_s is not None and not np.isfinite(self.first_downbeat_s):
            raise BeatError("the first downbeat must be a finite number of seconds")
        if self.tempo_range is not None:
            check_tempo_range(*self.tempo_range)
        for_tracking = self._limits_tracking
        if self.tracker not in TRACKERS:
            raise BeatError(f"no tracker is called '{self.tracker}': {' or '.join(TRACKERS)}")
        if for_tracking and self.tracker != EMBEDDED_TRACKER:
            raise BeatError(
                "a tempo range, a constant tempo and taps are for the embedded tracker: "
                f"leave them out, or {self.tracker}"
            )
        if for_tracking and not self.is_tracked:
            raise BeatError(
                "a tempo range, a constant tempo and taps are for beats that are tracked: "
                "leave them out, or the tempo or file of beats"
            )

    @property
    def _limits_tracking(self) -> bool:
        return self.constant or self.tempo_range is not None or self.taps_file is not None

    @property
    def is_tracked(self) -> bool:
        """Whether the beats have to be heard."""
        return self.bpm is None and self.beats_file is None

    @property
    def origin(self) -> str:
        """In a word or two where the beats come from."""
        if self.bpm is not None:
            return "given"
        return "tracked" if self.beats_file is None else f"from {self.beats_file.name}"

    def of_song(self, song: Song) -> BeatChoice:
        """What is said of the beats of a song: where nothing is, and it is MIDI alone, its own
        tempo and metre are taken."""
        is_open = self.is_tracked and not self._limits_tracking
        files = {stem.path for stem in song.stems}
        path = next(iter(files))
        if not is_open or len(files) != 1 or path is None:
            return self
        if path.suffix.lower() not in MIDI_SUFFIXES or not read_midi(path).has_tempo:
            return self
        return replace(self, beats_file=path)

    def listens_to(self, song: Song) -> bool:
        """Whether the beats of the song are heard in evidence of its stems."""
        said = self.of_song(song)
        return said.is_tracked and said.tracker == EMBEDDED_TRACKER

    def grid(self, song: Song, heard: Mapping[Stem, StemEvidence] | None = None) -> BeatGrid:
        """The beats of the song, from 0:00 to its end.

        Args:
            heard: evidence of each stem, where they were listened to before.

        Raises:
            BeatError: beats that cannot be read or tracked, or a first downbeat
                outside the song.
        """
        return self.listen(song, heard)[0]

    def listen(
        self, song: Song, evidence: Mapping[Stem, StemEvidence] | None = None
    ) -> tuple[BeatGrid, Tracked | None]:
        """The beats as `grid` gives them, and what was heard, if they were tracked."""
        said = self.of_song(song)
        if said is not self:
            return said.listen(song, evidence)
        heard = None
        if self.bpm is not None:
            metre = self.beats_per_bar or DEFAULT_BEATS_PER_BAR
            grid = FixedTempo(self.bpm, metre, self.first_downbeat_s or 0.0).track(song)
        elif self.beats_file is not None:
            grid = BeatFile(self.beats_file, self.beats_per_bar).track(song)
        elif self.tracker != EMBEDDED_TRACKER:
            grid = BeatThisTracker(self.beats_per_bar).track(song)
        else:
            heard = self._tracker().hear(song, evidence)
            grid = heard.grid
        if self.half_time:
            grid = grid.half_time()
        if self.double_time:
            grid = grid.double_time()
        numbered = self._numbered(grid.covering(song.duration_s), song.duration_s)
        if self.beat_unit is not None:
            numbered = replace(numbered, unit=np.array(self.beat_unit))
        return shifted(numbered, self.shift_downbeat), heard

    def _tracker(self) -> NetworkTracker:
        taps = read_taps(self.taps_file) if self.taps_file is not None else ()
        return NetworkTracker(self.beats_per_bar, self.tempo_range, self.constant, taps)

    def _numbered(self, grid: BeatGrid, duration_s: float) -> BeatGrid:
        if self.beats_per_bar is None and self.first_downbeat_s is None:
            return grid
        if self.first_downbeat_s is None:
            first = int(np.argmax(grid.is_downbeat))
        elif 0.0 <= self.first_downbeat_s <= duration_s:
            first = int(np.argmin(np.abs(grid.beats_s - self.first_downbeat_s)))
        else:
            raise BeatError(
                f"a first downbeat at {self.first_downbeat_s:g} s is outside the song, "
                f"which lasts {duration_s:.1f} s"
            )
        length = self.beats_per_bar or int(np.median(grid.bar_length))
        numbers = (np.arange(grid.num_beats) - first) % length + 1
        return replace(grid, beat_in_bar=numbers)
