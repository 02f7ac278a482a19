"""How well a style at random fits a song, drawn for it or for none.

    python scripts/measure_prior.py PREPARED [--split test] [--songs 100] [--draws 8]

Songs of the corpus, whose bands are heard without drums.  The real drums' log-likelihood per
tick, over all pieces by the chain rule, under styles that are drawn; and how often the song's
own code lies nearer to a style that was drawn for it than to one that was drawn for none.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import MELODIC_ROLES, halved
from drumnet.corpus.ticksong import SONGS_FILE, TickStore
from drumnet.drummer import Drummer
from drumnet.evaluation.statistics import bounds, resampled_sums
from drumnet.hits import PIECES
from drumnet.model.network import PIECE_GROUPS, GivenHits, Network
from drumnet.playing.listening import Listening
from drumnet.style.code import StyleCode
from measure_arrangement import songs_of

#: Of each song, from its middle.
_BEATS = 128
_LEAST = 1e-4


def log_likelihood(
    network: Network, listening: Listening, style: StyleCode, velocity: NDArray[np.float32]
) -> float:
    """Per tick, of (num_pieces, num_ticks) drums."""
    pieces = network.checkpoint.pieces
    code = style.along(listening.context, listening.conditioning.bar).by_beat
    known = GivenHits.nothing(len(pieces), listening.num_beats)
    total = 0.0
    for group in PIECE_GROUPS:
        rows = [pieces.index(piece) for piece in group if piece in pieces]
        if not rows:
            continue
        found = network.decode(listening.context, code, known).probability[rows]
        likely = np.clip(found, _LEAST, 1 - _LEAST).astype(np.float64)
        struck = velocity[rows] > 0
        total += float(np.where(struck, np.log(likely), np.log1p(-likely)).sum())
        known.velocity[rows], known.known[rows] = velocity[rows], True
    return total / velocity.shape[1]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--split", default="test")
    parser.add_argument("--songs", type=int, default=100)
    parser.add_argument("--draws", type=int, default=8)
    given = parser.parse_args(arguments)
    drummer = Drummer()
    network, bank = drummer.network, drummer.checkpoint.styles
    order = [PIECES.index(piece) for piece in network.checkpoint.pieces]
    store = TickStore.load(given.prepared / SONGS_FILE)
    table, nearer, density = [], [], []
    for song in songs_of(store, given.split, given.songs):
        part = song.cut(max(0, song.num_beats // 2 - _BEATS // 2), _BEATS)
        half = halved(part, MELODIC_ROLES)
        velocity = half.velocity[order]
        if not velocity.any():
            continue
        listening = drummer.listen_to(half.conditioning, half.grid, half.duration_s)
        every = np.ones(len(order), dtype=bool)
        code = network.encode(listening.context, velocity, every)
        own = StyleCode(code, drummer.checkpoint.name)
        features = drummer.features(listening)
        density.append([bank.log_density(code, kind) for kind in (None, features)])
        row = [log_likelihood(network, listening, own, velocity)]
        gaps = []
        for song_of in (None, listening):
            styles = [drummer.sample_style([7, seed], song_of) for seed in range(given.draws)]
            found = [log_likelihood(network, listening, one, velocity) for one in styles]
            row.append(float(np.mean(found)))
            gaps.append(np.array([np.linalg.norm(one.code - code) for one in styles]))
        nearer.append(float((gaps[1][:, None] < gaps[0][None]).mean()))
        table.append((*row, 1.0))
    sums = resampled_sums(table)
    means = np.sum(table, axis=0) / len(table)
    share = (sums[:, 2] - sums[:, 1]) / (sums[:, 0] - sums[:, 1])
    low, high = bounds(share)
    print(f"{len(table)} songs of the {given.split} split, {given.draws} draws each\n")
    print("| styles | log-likelihood of the real drums, nats a tick |\n|---|---|")
    for name, value in zip(
        ("the song's own code", "for no song", "for the song"), means, strict=False
    ):
        print(f"| {name} | {value:.4f} |")
    gained = (means[2] - means[1]) / (means[0] - means[1])
    print(f"\nof what the own code gives: {gained:.3f} ({low:.3f} to {high:.3f})")
    print(f"own code nearer to a style for the song: {np.mean(nearer):.3f}")
    print("log density of the own code, for no song and for the song:", end=" ")
    print(*(f"{value:.2f}" for value in np.mean(density, axis=0)))


if __name__ == "__main__":
    main()
