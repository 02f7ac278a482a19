"""What fills are made of, beside those of drummers at the same places.

    python scripts/measure_fills.py PREPARED --model NAME|FOLDER [--songs 12] [--beats 2]

Songs of the valid split, and where their drummers mark a section by a fill and a
crash, as in `measure_sections.py`.  The style of the song's own drums is played to
the band, without fills and with fills at these places.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.reading import PERFORMANCE
from drumnet.corpus.ticksong import SONGS_FILE, TickSong, TickStore
from drumnet.drummer import Drummer
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import Piece
from drumnet.model.fill_bank import FillBank
from drumnet.model.network import GivenHits, Network
from drumnet.playing.composing import Composer
from drumnet.playing.fills import Fill, Filler
from drumnet.playing.listening import Listening
from drumnet.settings import Settings
from drumnet.style.code import CodePath
from drumnet.style.habits import Habits
from measure_sections import marked, songs_of

_KINDS = ("drummers", "played without fills", "fills", "fills, weights without a bank")


def passages(
    network: Network, bank: FillBank, song: TickSong, num_beats: int
) -> dict[str, tuple[NDArray[np.float32], list[Fill]]]:
    """(9, num_ticks) velocities of each kind, and where the fills are."""
    one = marked(song)
    grid = BeatGrid(
        np.arange(one.conditioning.num_beats + 1) * 0.5,
        np.append(one.conditioning.beat_in_bar, 0) + 1,
    )
    fills = [
        Fill(max(0, int(one.starts[bar]) - num_beats), int(one.starts[bar]), True)
        for bar in one.marks
    ]
    context = network.listen(one.conditioning)
    velocity = song.dense_song().velocity
    code = network.encode(context, velocity)
    listening = Listening(float(grid.beats_s[-1]), grid, one.conditioning, context)
    composer = Composer(network, listening, CodePath(code), Habits(), network.checkpoint.pieces)
    given, settings = (
        GivenHits.nothing(len(Piece), one.conditioning.num_beats),
        Settings(variation=0.0),
    )
    plain = composer.compose(settings, given)
    played = [velocity, plain.velocity]
    for used in (bank, FillBank.none()):
        filler = Filler(tuple(fills), grid, used)
        played.append(filler(plain, composer, settings, given).velocity)
    return {kind: (one, fills) for kind, one in zip(_KINDS, played, strict=True)}


def strokes(found: Iterable[tuple[NDArray[np.float32], list[Fill]]]) -> NDArray[np.float64]:
    """(9,) strokes a beat of each piece in fills."""
    total, beats = np.zeros(len(Piece)), 0
    for velocity, fills in found:
        for fill in fills:
            ticks = slice(fill.start_beat * TICKS_PER_BEAT, fill.end_beat * TICKS_PER_BEAT)
            total += (velocity[:, ticks] > 0).sum(axis=1)
            beats += fill.end_beat - fill.start_beat
    return np.asarray(total / max(beats, 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--model", default="default")
    parser.add_argument("--songs", type=int, default=12)
    parser.add_argument("--beats", type=int, default=2)
    given = parser.parse_args()
    network = Network(Drummer(given.model).checkpoint)
    store = TickStore.load(given.prepared / SONGS_FILE).where(split="valid", heard="events")
    usable = [
        song
        for song in store
        if song.about.get("kind") != PERFORMANCE and songs_of(TickStore([song]), "valid")
    ][: given.songs]
    began = time.process_time()
    bank = network.checkpoint.fills
    found = [passages(network, bank, song, given.beats) for song in usable]
    print(f"{len(usable)} songs, {len(bank)} fills in the bank, {given.beats} beats\n")
    print(f"| strokes a beat | {' | '.join(p.value for p in Piece)} | all |")
    print("|---" * (len(Piece) + 2) + "|")
    for kind in _KINDS:
        rate = strokes(one[kind] for one in found)
        cells = " | ".join(f"{value:.2f}" for value in [*rate, rate.sum()])
        print(f"| {kind} | {cells} |")
    print(f"\n{(time.process_time() - began) / max(len(usable), 1):.2f} s a song")


if __name__ == "__main__":
    main()
