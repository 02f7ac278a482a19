#!/usr/bin/env python3
"""Kits for recordings, looked at: writes docs/patterns.md and docs/patterns/*.svg.

For every folder of stems in RECORDINGS a kit is played to the stems without the
drums, on annotated beats where there are any, else on beats that are tracked:
with a sampled style, and, where the drums are annotated, as is likeliest in the style of their
kick, snare and hat. Told are hits a bar of each piece, how many of the annotated
hits are played (F within 50 ms), and how loud the drums are beside the band.

    scripts/kit_recordings.py RECORDINGS [--model default] [--seed 1] [--docs docs]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet import Drummer, load_song
from drumnet.beats.files import read_beats
from drumnet.corpus.halves import BEATS_FILE, DRUMS_FILE
from drumnet.errors import SongError
from drumnet.evaluation.report.kit_picture import KitPattern, kit_picture
from drumnet.evaluation.report.words import score
from drumnet.files import atomic_path
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import MAX_VELOCITY, DrumTrack, Hit, Piece
from drumnet.kits.kit import embedded_kit
from drumnet.metrics.onsets import f_measure
from drumnet.playing.listening import Listening
from drumnet.rendering.mixdown import MIX_RATE_HZ, MixLevels, measure_mix, mix_blocks
from drumnet.rendering.render import render
from drumnet.song.onsets import read_onset_table
from drumnet.song.roles import Role
from drumnet.song.song import Song
from drumnet.words import in_words

BARS_SHOWN = 8
#: What MDB annotates clearly, and the pieces that are taken for it.
ANNOTATED: dict[str, tuple[Role, tuple[Piece, ...]]] = {
    "KD": (Role.KICK, (Piece.KICK,)),
    "SD": (Role.SNARE, (Piece.SNARE,)),
    "HH": (Role.HAT, (Piece.CLOSED_HAT, Piece.OPEN_HAT)),
}
_SOUNDS = (".flac", ".wav", ".mp3", ".ogg")
#: Of the annotation, which tells no velocities.
_VELOCITY = 100

HEAD = """# Kits for recordings

Written by `scripts/kit_recordings.py`. To make it anew (REAL: a folder of recordings, each a
folder of stems, in the layout of MDB):

    python scripts/kit_recordings.py REAL --model {model} --seed {seed}

Every kit is played to the stems without their drums. To hear one:

    drumnet generate REAL/mdb_beatles/bass.flac REAL/mdb_beatles/other.flac \\
        --beats REAL/mdb_beatles/beats.tsv --seed {seed} -o beatles/

In the pictures a row is a piece and a higher stroke a louder hit (blue); below it, in orange,
what the recording's drummer plays, where it is annotated. F is that of the annotated hits within
50 ms, of all hits of the song; a style that was sampled is one that people play to songs that sound
like this one, arranged to its form ([arrangement.md](arrangement.md)); it does not know how this
drummer plays, so its F tells how far the two happen to agree. *Its own style* is the code of the
recording's kick, snare and hat, played without variation, and gets the rest of the kit from the
band. The level is that of the drums beside the band, both over the whole song, as they are mixed.

Weights: `{name}`.
"""


@dataclass(frozen=True, eq=False)
class Recording:
    """Args:
    drums: annotated hits in seconds, by label of `ANNOTATED`; empty without.
    """

    name: str
    song: Song
    listening: Listening
    drums: Mapping[str, NDArray[np.float64]]


def recordings(root: Path, drummer: Drummer) -> Iterator[Recording]:
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        stems = [p for p in sorted(folder.iterdir()) if p.suffix in _SOUNDS and p.stem != "drums"]
        if not stems:
            continue
        beats = read_beats(folder / BEATS_FILE) if (folder / BEATS_FILE).is_file() else None
        song = load_song(stems)
        listening = drummer.listen(song, beats)
        drums = {}
        for label, (role, _) in ANNOTATED.items():
            try:
                drums[label] = read_onset_table(folder / DRUMS_FILE, role).times_s
            except SongError:
                continue  # no annotation, or none of this piece
        yield Recording(folder.name, song, listening, drums)


def annotated_track(recording: Recording) -> DrumTrack:
    """The annotated kick, snare and hat."""
    hits = []
    for label, times_s in recording.drums.items():
        piece = ANNOTATED[label][1][0]
        ticks = np.round(recording.listening.beats.seconds_to_ticks(times_s)).astype(int)
        hits += [
            Hit(float(at), int(tick), piece, _VELOCITY)
            for at, tick in zip(times_s, ticks, strict=True)
            if tick >= 0
        ]
    return DrumTrack(tuple(hits))


def tracks(recording: Recording, drummer: Drummer, seed: int) -> dict[str, DrumTrack]:
    """The kits, by what their style is."""
    listening = recording.listening
    found = {"sampled style": drummer.play(listening, seed=seed)}
    if recording.drums:
        style = drummer.extract_style(listening, annotated_track(recording))
        found["its own style"] = drummer.play(listening, style, seed=seed, variation=0)
    return found


def density(track: DrumTrack, listening: Listening) -> dict[str, float]:
    """Hits a bar of each piece."""
    bars = listening.beats.bar_of_beat
    num_bars = max(1, len(np.unique(bars)))
    return {piece.value: len(track.of(piece)) / num_bars for piece in Piece}


def agreement(track: DrumTrack, recording: Recording) -> dict[str, float]:
    """F of each label within 50 ms."""
    return {
        label: f_measure(times_s, [hit.onset_s for hit in track.of(ANNOTATED[label][1])])
        for label, times_s in recording.drums.items()
    }


def level_db(track: DrumTrack, song: Song) -> float:
    """The drums' level beside the band's, in dB, as a mix has them."""
    duration_s, kit = song.duration_s, embedded_kit()
    levels = measure_mix(song, track, kit, duration_s)
    drums = render(track, kit, duration_s, MIX_RATE_HZ).samples * levels.drums_gain
    as_it_is = MixLevels(1.0, 1.0)
    band = mix_blocks(song, DrumTrack(), kit, duration_s, as_it_is)
    power = np.mean([float((block**2).mean()) for block in band])
    return float(10 * np.log10((drums**2).mean() / power))


def pattern(track: DrumTrack, recording: Recording) -> KitPattern:
    """Whole bars from the middle of the song."""
    grid = recording.listening.beats
    starts = np.flatnonzero(grid.is_downbeat) * TICKS_PER_BEAT
    first = max(0, (len(starts) - 1 - BARS_SHOWN) // 2)
    edges = starts[first : first + BARS_SHOWN + 1]
    low, high = int(edges[0]), int(edges[-1])
    played = {
        piece.value: [
            (hit.tick - low, hit.velocity / MAX_VELOCITY)
            for hit in track.of(piece)
            if low <= hit.tick < high
        ]
        for piece in Piece
    }
    drummer = {}
    for label, times_s in recording.drums.items():
        ticks = np.round(grid.seconds_to_ticks(times_s)).astype(int)
        inside = ticks[(ticks >= low) & (ticks < high)] - low
        drummer[ANNOTATED[label][1][0].value] = inside.tolist()
    number = int(grid.bar_number[low // TICKS_PER_BEAT])
    return KitPattern(number, np.diff(edges).tolist(), played, drummer)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def section(
    recording: Recording, kits: Mapping[str, DrumTrack], pictures: Mapping[str, str]
) -> str:
    beats = recording.listening.beats
    parts = [f"## {recording.name}\n\n{beats.tempo_bpm:.1f} bpm.\n"]
    pieces = [piece.value for piece in Piece]
    rows, close = [], []
    for kind, track in kits.items():
        bar = density(track, recording.listening)
        level = level_db(track, recording.song)
        rows.append([kind, *(f"{bar[piece]:.1f}" for piece in pieces), f"{level:+.1f}"])
        found = agreement(track, recording)
        close.append([kind, *(score(found.get(label)) for label in ANNOTATED)])
    head = ["hits a bar", *(piece.replace("_", " ") for piece in pieces), "level, dB"]
    parts.append(table(head, rows))
    if recording.drums:
        parts.append(table(["F within 50 ms", *ANNOTATED], close))
    parts += [
        f"{kind[0].upper()}{kind[1:]}, {in_words(kits[kind], beats).text}:\n\n![]({file})\n"
        for kind, file in pictures.items()
    ]
    return "\n".join(parts)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--model", default="default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--docs", type=Path, default=Path(__file__).resolve().parents[1] / "docs")
    args = parser.parse_args()
    drummer = Drummer(args.model)
    drummer.require(Piece)
    facts = {"model": args.model, "seed": args.seed, "name": drummer.checkpoint.name}
    parts = [HEAD.format(**facts)]
    for recording in recordings(args.recordings, drummer):
        kits, pictures = tracks(recording, drummer, args.seed), {}
        for kind, track in kits.items():
            file = f"patterns/{recording.name}-{kind.replace(' ', '-')}.svg"
            label = f"{recording.name}, {kind}: the bars in the middle of the song"
            write(args.docs / file, kit_picture(pattern(track, recording), label))
            pictures[kind] = file
        parts.append(section(recording, kits, pictures))
        print(parts[-1])
    write(args.docs / "patterns.md", "\n".join(parts))


if __name__ == "__main__":
    main()
