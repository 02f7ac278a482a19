"""The form of a song: what happens in it once, beyond what its ticks tell.

In: what is heard, and its sections.  Out: where parts begin, which are the same music, how
much of the band plays, where it stops, strikes together and ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.bar_patterns import bar_starts
from drumnet.hearing.conditioning import Conditioning
from drumnet.hearing.sections import Section
from drumnet.hearing.together import band_energy, band_stops, band_strikes, last_stroke

PHRASE_BARS = 8


@dataclass(frozen=True, eq=False)
class SongForm:
    """Of a song, on its beats and ticks.

    Args:
        part: (num_beats,) the number of the music that is played, sections alike have the same.
        since: (num_beats,) beats since its section began.
        phrases: (num_beats,) where phrases of eight bars begin, counted from the section.
        energy: (num_beats,) how much of the band plays: 1 is usual, 0 nothing.
        stops: (num_ticks,) where the whole band is silent.
        strikes: (num_ticks,) where it strikes together.
        ends: (num_ticks,) where it has ended together.
    """

    part: NDArray[np.int64]
    since: NDArray[np.int64]
    phrases: NDArray[np.bool_]
    energy: NDArray[np.float64]
    stops: NDArray[np.bool_]
    strikes: NDArray[np.bool_]
    ends: NDArray[np.bool_]

    @property
    def starts(self) -> NDArray[np.int64]:
        """The beats on which sections begin."""
        return np.flatnonzero(self.since == 0)

    @property
    def last_tick(self) -> int | None:
        """The tick on which the band ends together."""
        after = np.flatnonzero(self.ends)
        return int(after[0]) - 1 if len(after) and after[0] else None

    def cut_at(self, starts: Sequence[int]) -> SongForm:
        """The same, in which sections begin on these beats as well, and nothing behind one of
        them is the music of what lies before it."""
        index, since = _numbered(np.array(starts), len(self.part))
        since = np.where(since < 0, self.since, np.minimum(self.since, since))
        part = self.part + index * (int(self.part.max(initial=0)) + 1)
        return replace(self, part=part, since=since, phrases=self.phrases | (since == 0))

    def cut(self, start: int, stop: int) -> SongForm:
        """The beats from `start` up to `stop`."""
        beats, ticks = slice(start, stop), slice(start * TICKS_PER_BEAT, stop * TICKS_PER_BEAT)
        return replace(
            self,
            part=self.part[beats],
            since=self.since[beats],
            phrases=self.phrases[beats],
            energy=self.energy[beats],
            stops=self.stops[ticks],
            strikes=self.strikes[ticks],
            ends=self.ends[ticks],
        )

    def on(self, grid: BeatGrid, pulse: BeatGrid, heard: Conditioning) -> SongForm:
        """The same on the beats of another pulse.

        Args:
            heard: on the beats of the pulse.
        """
        ticks = pulse.seconds_to_ticks(grid.beats_s[self.starts])
        beats = np.maximum(np.floor(ticks / TICKS_PER_BEAT + 1e-6).astype(int), 0)
        first = np.unique(beats, return_index=True)[1]
        return song_form(
            heard,
            [Section(int(beats[index]), str(self.part[self.starts[index]])) for index in first],
        )


def song_form(heard: Conditioning, sections: Sequence[Section]) -> SongForm:
    """Args:
    sections: of the song, by their first beats; what lies before the first belongs to it.
    """
    beats = np.arange(heard.num_beats)
    index, since = _numbered(
        np.array([section.start_beat for section in sections]), heard.num_beats
    )
    names = list(dict.fromkeys(section.name for section in sections))
    part = np.array([names.index(section.name) for section in sections])
    bars, last = bar_starts(heard), last_stroke(heard)
    bars_in = heard.bar - heard.bar[np.maximum(beats - since, 0)]
    ends = np.arange(heard.num_ticks) > (heard.num_ticks if last is None else last)
    return SongForm(
        part[index],
        since,
        (heard.beat_in_bar == 0) & (bars_in % PHRASE_BARS == 0),
        band_energy(heard)[np.maximum(np.searchsorted(bars, beats, side="right") - 1, 0)],
        band_stops(heard),
        band_strikes(heard),
        ends,
    )


def _numbered(
    starts: NDArray[np.int64], num_beats: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(num_beats,) the section of each beat, and the beats since it began; before the first,
    fewer than none."""
    beats = np.arange(num_beats)
    index = np.maximum(np.searchsorted(starts, beats, side="right") - 1, 0)
    return index, beats - starts[index]
