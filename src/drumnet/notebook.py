"""A drum track in other programs, and in a notebook.

In: a `DrumTrack`.  Out: a `mido.MidiFile`, sound, or HTML with a picture of the pattern and a
player.  These are the methods of `DrumTrack`, which is below all that they need.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from drumnet import svg
from drumnet.audio.source import Audio
from drumnet.errors import DrumnetError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import DrumTrack, Hit
from drumnet.kits.kit import EMBEDDED, Kit
from drumnet.midi.layout import MidiLayout

if TYPE_CHECKING:
    import mido

#: The tempo of MIDI that says none: hits are written at their times.
_STANDARD_BPM = 120.0
#: The longest sound, and sample rates from and up to.
_MOST_S, _RATES_HZ = 12 * 3600.0, (8_000, 192_001)
#: What rings after the last hit.
_TAIL_S = 2.0
#: Of the player: enough to hear what it is, in some 100 kB.
_PLAYED_S, _PLAYER_HZ = 30.0, 22_050
#: Of the picture: beats in a line and in all, pixels of a tick and of a row.
_LINE_BEATS, _MOST_BEATS = 16, 64
_TICK, _ROW, _NAMES, _GAP = 3.5, 14.0, 80.0, 12.0
_ACCENT, _GHOST = 112, 64
_STYLE = """<style>
.drumnet text { font: 11px sans-serif; fill: currentColor; }
.drumnet-beat { stroke: currentColor; opacity: 0.15; }
.drumnet-hit { fill: #ff5c1a; opacity: 0.8; }
.drumnet-accent { fill: #ff5c1a; }
.drumnet-ghost { fill: #ff5c1a; opacity: 0.4; }
</style>"""


def track_midi(
    track: DrumTrack,
    beats: BeatGrid | None = None,
    layout: MidiLayout | None = None,
    sections: Iterable[tuple[int, str]] = (),
) -> mido.MidiFile:
    """As drums.mid is written; without beats, at 120 bpm with every hit at its time."""
    from drumnet.midi.write import midi_file

    if beats is None:
        beats = BeatGrid.constant(_STANDARD_BPM, _length_s(track))
    return midi_file(track, beats, layout, sections)


def track_audio(
    track: DrumTrack,
    kit: Kit | str | Path = EMBEDDED,
    duration_s: float | None = None,
    sample_rate: int | None = None,
) -> Audio:
    """The track played by a kit, no sample beyond -1 dBFS.

    Raises:
        DrumnetError: a length or a sample rate that is none, or a track without hits.
        KitError: no such kit, or one that lacks a piece of the track.
    """
    from drumnet.kits.loading import load_kit
    from drumnet.rendering.render import render, safe_gain

    length_s = _length_s(track) if duration_s is None else duration_s
    if type(length_s) not in (int, float) or not 0 < length_s <= _MOST_S:
        raise DrumnetError(f"{length_s} s is no length: give seconds, up to {_MOST_S:g}")
    if sample_rate is not None and sample_rate not in range(*_RATES_HZ):
        raise DrumnetError(f"{sample_rate} Hz is no sample rate: give one from 8000 to 192000")
    if not len(track):
        raise DrumnetError("a track without hits has no sound")
    loaded = kit if isinstance(kit, Kit) else load_kit(kit, track.pieces)
    gain = safe_gain(track, loaded, length_s)
    return render(track, loaded, length_s, sample_rate or loaded.sample_rate, gain=gain)


def track_html(track: DrumTrack) -> str:
    """What a notebook shows: how many hits, the first bars, and a player of the first half
    minute."""
    count = "1 hit" if len(track) == 1 else f"{len(track)} hits"
    pieces = ", ".join(f"{piece.value} {len(track.of(piece))}" for piece in track.pieces)
    if not len(track):
        return f"<div class='drumnet'>{count}</div>"
    return (
        f"<div class='drumnet'>{_STYLE}{count}: {pieces}<br>{_picture(track)}{_player(track)}</div>"
    )


def _length_s(track: DrumTrack) -> float:
    return max((hit.onset_s for hit in track), default=0.0) + _TAIL_S


def _picture(track: DrumTrack) -> str:
    first = track.hits[0].tick // TICKS_PER_BEAT
    last = max(hit.tick for hit in track) // TICKS_PER_BEAT
    num_beats = min(last - first + 1, _MOST_BEATS)
    num_lines = -(-num_beats // _LINE_BEATS)
    line_height = _ROW * len(track.pieces) + _GAP
    marks: list[str] = []
    for number in range(num_lines):
        start = first + number * _LINE_BEATS
        beats = min(_LINE_BEATS, num_beats - number * _LINE_BEATS)
        marks += _line(track, start, beats, number * line_height)
    width = _NAMES + min(num_beats, _LINE_BEATS) * TICKS_PER_BEAT * _TICK + 1
    return svg.svg(width, num_lines * line_height, f"{num_beats} beats of drums", marks)


def _line(track: DrumTrack, start: int, num_beats: int, top: float) -> Iterator[str]:
    """Some beats: a row for each piece, a line at each beat."""
    bottom = top + _ROW * len(track.pieces)
    for beat in range(num_beats + 1):
        x = _NAMES + beat * TICKS_PER_BEAT * _TICK
        yield svg.line(x, top, x, bottom, "drumnet-beat")
    for row, piece in enumerate(track.pieces):
        y = top + row * _ROW
        yield svg.text(0, y + _ROW - 3, piece.value.replace("_", " "))
        for hit in track.of(piece):
            tick = hit.tick - start * TICKS_PER_BEAT
            if 0 <= tick < num_beats * TICKS_PER_BEAT:
                x, title = _NAMES + tick * _TICK, f"{hit.onset_s:.3f} s, velocity {hit.velocity}"
                yield svg.rect(x, y + 1, 2 * _TICK, _ROW - 3, _css(hit), title)


def _css(hit: Hit) -> str:
    if hit.velocity >= _ACCENT:
        return "drumnet-accent"
    return "drumnet-ghost" if hit.velocity < _GHOST else "drumnet-hit"


def _player(track: DrumTrack) -> str:
    """The first half minute as MP3, where libsndfile writes that."""
    import soundfile

    if "MP3" not in soundfile.available_formats():
        return ""
    length_s = min(_length_s(track), _PLAYED_S)
    sound = track_audio(track, duration_s=length_s, sample_rate=_PLAYER_HZ)
    file = io.BytesIO()
    mono = sound.samples.mean(axis=0)
    soundfile.write(file, mono, _PLAYER_HZ, format="MP3")
    data = base64.b64encode(file.getvalue()).decode("ascii")
    return f'<audio controls src="data:audio/mpeg;base64,{data}"></audio>'
