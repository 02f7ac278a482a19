"""Trackers: a song to its beat grid.

In: a `Song`.  Out: a `BeatGrid` that covers it.  Three ways: a tempo that is
known, a file of beats, and, where nothing is given, `NetworkTracker`, which hears
them: evidence of the stems (`evidence`), a small network (`network`), and the
likeliest beats (`decoding`) and bars (`bars`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from drumnet.audio.spectrum import Frames
from drumnet.beats.alignment import placed
from drumnet.beats.confidence import Confidence, confidence_of
from drumnet.beats.decoding import (
    FASTEST_BPM,
    SLOWEST_BPM,
    Activations,
    Curve,
    decode_beats,
    downbeats_at,
    log_odds,
    of_one_tempo,
)
from drumnet.beats.downbeats import number_beats
from drumnet.beats.evidence import FRAME_RATE_HZ, StemEvidence, song_evidence
from drumnet.beats.files import read_beats
from drumnet.beats.phase import on_the_beat
from drumnet.beats.steady_tempo import (
    even_beats,
    meant_tempo,
    num_onsets,
    onset_curve,
    steady_pulse,
)
from drumnet.beats.taps import check_taps, tempo_of_taps, with_taps
from drumnet.beats.tempo_warp import sway_of
from drumnet.errors import BeatError
from drumnet.grid import DEFAULT_BEATS_PER_BAR, BeatGrid, check_metre
from drumnet.song.song import Song, Stem

#: What an empty or shapeless song is given: the tempo of a blank DAW project.
_FALLBACK_BPM = 120.0
_WIDEST_BPM = (SLOWEST_BPM, FASTEST_BPM)
_LEAST_BEATS = 4
_END_SLACK_S = 0.1
_NEAR_TEMPO = 1.06
#: Limits of a tempo range, and of its width.
_RANGE_BPM, _NARROWEST = (30.0, 300.0), 1.03


@dataclass(frozen=True, eq=False)
class Tracked:
    """Beats that were heard.

    Args:
        activations: what the network made of the song.
        is_constant: the beats are exactly even.
    """

    grid: BeatGrid
    activations: Activations
    confidence: Confidence
    is_constant: bool


class BeatTracker(Protocol):
    """Anything that says where the beats of a song are."""

    def track(self, song: Song) -> BeatGrid:
        """A grid that covers the song from 0:00 to its end."""
        ...


@dataclass(frozen=True)
class FixedTempo:
    """One tempo and one metre for the whole song, checked when tracked.

    Args:
        bpm: beats a minute, 20-400.
        beats_per_bar: beats in a bar, 1-32.
        first_downbeat_s: where a bar begins, in seconds.
    """

    bpm: float
    beats_per_bar: int = DEFAULT_BEATS_PER_BAR
    first_downbeat_s: float = 0.0

    def track(self, song: Song) -> BeatGrid:
        return BeatGrid.constant(
            self.bpm,
            song.duration_s,
            beats_per_bar=self.beats_per_bar,
            first_downbeat_s=self.first_downbeat_s,
        )


@dataclass(frozen=True)
class BeatFile:
    """The beats that a file holds, extended to the ends of the song.

    Args:
        path: a text file of beats or a MIDI file, see `read_beats`.
        beats_per_bar: the metre, where the file gives times alone (default 4).
    """

    path: Path
    beats_per_bar: int | None = None

    def track(self, song: Song) -> BeatGrid:
        return read_beats(self.path, self.beats_per_bar).covering(song.duration_s)


@dataclass(frozen=True)
class NetworkTracker:
    """Hears the beats: evidence of all stems, the network, the likeliest beats.

    All stems are listened to, those that will be replaced included.  A song
    in which no pulse can be heard is given 120 bpm, 4/4 from 0:00.

    Args:
        beats_per_bar: the metre, where it is known.
        tempo_range: the slowest and fastest tempo in bpm.
        constant: one tempo throughout (True), or decided by what is heard.
        taps_s: times in seconds that a listener tapped, at beats.

    Raises:
        BeatError: no such metre, or no such tempo.
    """

    beats_per_bar: int | None = None
    tempo_range: tuple[float, float] | None = None
    constant: bool = False
    taps_s: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.beats_per_bar is not None:
            check_metre(self.beats_per_bar)
        if self.tempo_range is not None:
            check_tempo_range(*self.tempo_range)
        check_taps(self.taps_s)

    def track(self, song: Song) -> BeatGrid:
        return self.hear(song).grid

    def hear(self, song: Song, heard: Mapping[Stem, StemEvidence] | None = None) -> Tracked:
        """The grid, and how sure of it one may be.

        Args:
            heard: evidence of each stem, where they were listened to before.
        """
        from drumnet.beats.network import load_beat_network

        evidence, network = song_evidence(song, heard), load_beat_network()
        return self.decide(
            network.activations(evidence), evidence, song.duration_s, network.activations
        )

    def decide(
        self,
        activations: Activations,
        evidence: Frames,
        duration_s: float,
        hear_again: Callable[[Frames], Activations] | None = None,
    ) -> Tracked:
        """The grid that activations and evidence show.

        Args:
            hear_again: gives the activations of other evidence; with it, a song whose
                tempo sways is made even and heard again.
        """
        frames, is_constant = self._beats(activations, evidence)
        sway = None if is_constant or self.taps_s else sway_of(frames, len(evidence))
        if sway is not None and hear_again is not None:
            evened = sway.evened(evidence)
            heard = hear_again(evened)
            even, is_even = self._beats(heard, evened)
            if is_even:
                frames = sway.back(even)
                activations = Activations(
                    sway.curve_back(heard.beat), sway.curve_back(heard.downbeat)
                )
        frames = frames[frames / FRAME_RATE_HZ < duration_s + _END_SLACK_S]
        if len(frames) < _LEAST_BEATS or num_onsets(onset_curve(evidence)) < _LEAST_BEATS:
            bpm = float(np.clip(_FALLBACK_BPM, *self._tempi))
            metre = self.beats_per_bar or DEFAULT_BEATS_PER_BAR
            grid = BeatGrid.constant(bpm, duration_s, beats_per_bar=metre)
            return Tracked(grid, activations, Confidence.none(), is_constant=True)
        numbering = number_beats(downbeats_at(activations, frames), self.beats_per_bar)
        at_onsets = frames if self.taps_s else placed(frames, evidence)
        grid = BeatGrid(at_onsets / FRAME_RATE_HZ, numbering.numbers).covering(duration_s)
        confidence = confidence_of(activations, frames, numbering.lead)
        return Tracked(grid, activations, confidence, is_constant)

    @property
    def _tempi(self) -> tuple[float, float]:
        """The slowest and the fastest tempo in bpm."""
        return self.tempo_range or tempo_of_taps(self.taps_s) or _WIDEST_BPM

    def _beats(self, activations: Activations, evidence: Frames) -> tuple[Curve, bool]:
        """The likeliest beats (fractional frames), and whether they are exactly even."""
        tapped = with_taps(activations.beat, self.taps_s)
        slowest, fastest = self._tempi
        onsets = onset_curve(evidence)
        frames = decode_beats(tapped, slowest, fastest)
        meant = meant_tempo(onsets, frames)
        if meant is not None and slowest <= meant <= fastest:
            frames = decode_beats(tapped, meant / _NEAR_TEMPO, meant * _NEAR_TEMPO)
        even = of_one_tempo(tapped, frames, force=self.constant)
        pulse = steady_pulse(onsets, frames)
        if pulse and (even is None or (pulse.is_sure and pulse.is_missed_by(even))):
            even = even_beats(log_odds(tapped), pulse, frames)
        if even is None:
            return frames, False
        return even if self.taps_s else on_the_beat(even, log_odds(tapped), evidence), True


def check_tempo_range(slowest_bpm: float, fastest_bpm: float) -> None:
    """Raises:
    BeatError: limits the wrong way round, outside 30-300 bpm, or too narrow.
    """
    if not _RANGE_BPM[0] <= slowest_bpm < fastest_bpm <= _RANGE_BPM[1]:
        raise BeatError(
            f"a tempo range of {slowest_bpm:g}:{fastest_bpm:g} is none: "
            f"give the slowest and the fastest tempo, {_RANGE_BPM[0]:g}-{_RANGE_BPM[1]:g} bpm"
        )
    if fastest_bpm / slowest_bpm < _NARROWEST:
        raise BeatError(
            f"a tempo range of {slowest_bpm:g}:{fastest_bpm:g} is too narrow: give --bpm instead"
        )
