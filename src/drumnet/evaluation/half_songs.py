"""Recordings cut at their middle bar line into two songs, each a folder of files.

In: a recording in the layout of MDB (stems as FLAC, `beats.tsv`, `drums.tsv`).  Out: two
`HalfSong`s, each with its own 0:00 and with every file that a user might hand over: stems
or one mix, the drums as sound, MIDI and hits, the beats.

What a recording lacks of `kick.flac`, `snare.flac` and `drums.flac` is its annotated hits,
played by the embedded kit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import mono_blocks, open_audio, read_audio, write_wav
from drumnet.beats.files import read_beats, write_beats
from drumnet.corpus.halves import BEATS_FILE, DRUMS_FILE, band_files
from drumnet.errors import DataError
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.kits.kit import embedded_kit
from drumnet.midi.write import write_midi
from drumnet.rendering.mixdown import MIX_RATE_HZ
from drumnet.rendering.render import render_blocks, safe_gain
from drumnet.song.onsets import read_drum_onsets
from drumnet.song.roles import PIECES_OF_ROLE, Role

#: What MDB annotates, as it spells it.
LABELS: Mapping[str, Role] = {
    "KD": Role.KICK,
    "SD": Role.SNARE,
    "HH": Role.HAT,
    "TT": Role.TOMS,
    "CY": Role.CYMBALS,
}
#: Cut so long before a bar line that what is played early stays with its bar.
LEAD_S = 0.05
#: Onsets in seconds, by label.
LabelTimes = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class HalfSong:
    """One half, its times counted from its own 0:00.

    Args:
        folder: that its files are in: `drums.mid`, `kick.mid`, `drums.tsv`, `kick.tsv`,
            `beats.tsv` and those named here.
        duration_s: of its sound.
        grid: the annotated beats.
        wanted: the annotated drums; of what is annotated nowhere, nothing.
        band: the stems without drums.
        kick, drums: as sound; snare: likewise, None where none is annotated.
    """

    folder: Path
    duration_s: float
    grid: BeatGrid
    wanted: LabelTimes
    band: tuple[Path, ...]
    kick: Path
    drums: Path
    snare: Path | None

    def heard(self, *, one_mix: bool, snare: bool) -> list[Path]:
        """The files of the song that is played to: the band, and its snare if that is given."""
        if one_mix:
            return [self.folder / ("with snare" if snare else "without snare") / "mix.wav"]
        return [*self.band, *([self.snare] if snare and self.snare else [])]


def half_songs(folder: Path, out: Path) -> tuple[HalfSong, HalfSong]:
    """Cut a recording into two new folders in `out`.

    Raises:
        DataError: fewer than two bars in either half, or no annotated kick in one of them.
        DrumnetError: files that cannot be read.
    """
    grid = read_beats(folder / BEATS_FILE)
    bars = np.flatnonzero(grid.is_downbeat)
    if len(bars) < 4:
        raise DataError(
            f"'{folder}' has {len(bars)} bar lines in {BEATS_FILE}: to be cut in two it needs four"
        )
    middle = float(grid.beats_s[bars[len(bars) // 2]])
    edges = (0.0, middle - LEAD_S, float(grid.beats_s[-1]) - LEAD_S)
    first, second = (
        _half(folder, out / name, grid, start_s, end_s)
        for name, start_s, end_s in (("first", *edges[:2]), ("second", *edges[1:]))
    )
    return first, second


def _half(folder: Path, out: Path, grid: BeatGrid, start_s: float, end_s: float) -> HalfSong:
    """Everything from `start_s` up to `end_s`."""
    out.mkdir(parents=True)
    duration_s = end_s - start_s
    inside = (grid.beats_s >= start_s) & (grid.beats_s < end_s)
    write_beats(
        out / BEATS_FILE, BeatGrid(grid.beats_s[inside] - start_s, grid.beat_in_bar[inside])
    )
    own = read_beats(out / BEATS_FILE)
    wanted = _annotated(folder / DRUMS_FILE, start_s, end_s)
    if not len(wanted.get("KD", ())):
        raise DataError(f"'{folder}' has no KD in one half of its {DRUMS_FILE}: leave it out")
    track = annotated_track(wanted, own)
    for name, labels in (("drums", list(wanted)), ("kick", ["KD"])):
        own_pieces = {piece for label in labels for piece in PIECES_OF_ROLE[LABELS[label]]}
        write_midi(out / f"{name}.mid", track.of(own_pieces), own)
        _write_table(out / f"{name}.tsv", {label: wanted[label] for label in labels})
    band = tuple(_cut(path, out / "band", start_s, end_s) for path in band_files(folder))
    own_sound = {
        name: _cut(path, out, start_s, end_s)
        for name in ("kick", "snare", "drums")
        if (path := folder / f"{name}.flac").is_file()
    }
    pieces = tuple(piece for piece in (Piece.KICK, Piece.SNARE) if piece in track.pieces)
    _write_drums(out, track, pieces, duration_s)
    drums = {name: out / f"{name}.wav" for name in ("drums", *(piece.value for piece in pieces))}
    drums |= own_sound
    snare = drums.get("snare")
    _write_mix(out / "without snare" / "mix.wav", band)
    _write_mix(out / "with snare" / "mix.wav", [*band, *([snare] if snare else [])])
    return HalfSong(out, duration_s, own, wanted, band, drums["kick"], drums["drums"], snare)


def _annotated(path: Path, start_s: float, end_s: float) -> dict[str, NDArray[np.float64]]:
    """By label, of those that the whole recording has."""
    found = {}
    for piece, onsets in read_drum_onsets(path).items():
        label = next(name for name, role in LABELS.items() if piece in PIECES_OF_ROLE[role])
        times = onsets.times_s
        found[label] = times[(times >= start_s) & (times < end_s)] - start_s
    return found


def annotated_track(wanted: LabelTimes, grid: BeatGrid) -> DrumTrack:
    """The annotated drums as hits, at one velocity: of a label that stands for several
    pieces, the first of them."""
    return DrumTrack(
        tuple(
            Hit(float(time_s), int(tick), PIECES_OF_ROLE[LABELS[label]][0])
            for label, times_s in wanted.items()
            for time_s, tick in zip(times_s, grid.nearest_ticks(times_s), strict=True)
        )
    )


def label_times(track: DrumTrack) -> dict[str, NDArray[np.float64]]:
    """What a track plays of each label, the nine pieces folded onto the five; two pieces of a
    label on one tick are one stroke, as they are annotated."""
    found = {}
    for label, role in LABELS.items():
        by_tick: dict[int, float] = {}
        for hit in track.of(PIECES_OF_ROLE[role]):
            by_tick.setdefault(hit.tick, hit.onset_s)
        found[label] = np.array(list(by_tick.values()), dtype=np.float64)
    return found


def _write_table(path: Path, wanted: LabelTimes) -> None:
    rows = sorted((float(at), label) for label, times in wanted.items() for at in times)
    path.write_text("".join(f"{at:.6f}\t{label}\n" for at, label in rows), encoding="utf-8")


def _cut(path: Path, out: Path, start_s: float, end_s: float) -> Path:
    """The part of a sound file, as a file of the same name in `out`, whose 24 bits lose
    nothing of 16 or 24."""
    import soundfile

    whole = read_audio(path)
    first, last = (round(edge_s * whole.sample_rate) for edge_s in (start_s, end_s))
    out.mkdir(exist_ok=True)
    part = whole.samples[:, first:last].T
    soundfile.write(out / path.name, part, whole.sample_rate, subtype="PCM_24")
    return out / path.name


def _write_drums(out: Path, track: DrumTrack, pieces: tuple[Piece, ...], duration_s: float) -> None:
    """drums.wav and a .wav for each piece, played by the embedded kit."""
    kit = embedded_kit()
    gain = safe_gain(track.of(pieces), kit, duration_s)
    for name, heard in {"drums": pieces, **{piece.value: (piece,) for piece in pieces}}.items():
        blocks = render_blocks(track, kit, duration_s, MIX_RATE_HZ, heard, gain=gain)
        write_wav(out / f"{name}.wav", blocks, MIX_RATE_HZ, kit.num_channels)


def _write_mix(path: Path, files: Sequence[Path]) -> None:
    """All files in one, as loud as their mean."""
    sounds = [np.concatenate(list(mono_blocks(open_audio(file), MIX_RATE_HZ))) for file in files]
    total = np.zeros(max(map(len, sounds)), dtype=np.float32)
    for sound in sounds:
        total[: len(sound)] += sound / len(sounds)
    path.parent.mkdir(exist_ok=True)
    write_wav(path, [total[None]], MIX_RATE_HZ, 1)
