#!/usr/bin/env python3
"""Tunes the thresholds of tapped rhythms (`drumnet.playing.tapping.TapConfig`) on the
validation split of the Groove MIDI Dataset, and prints them with the F1 of all hits.

    tune_taps.py GROOVE [--model default]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from drumnet.corpus.grooves import groove_entries, groove_windows
from drumnet.hits import PIECES
from drumnet.model.checkpoint import load_checkpoint
from drumnet.model.network import Network
from drumnet.playing.tapping import DEFAULT_TAPPING
from drumnet.training.drummer.taps import best_thresholds, f_measure, heard_strokes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groove", type=Path)
    parser.add_argument("--model", default="default")
    asked = parser.parse_args()
    windows = [
        window
        for entry in groove_entries(asked.groove, "valid")
        for window in groove_windows(asked.groove, entry)
    ]
    strokes = heard_strokes(Network(load_checkpoint(asked.model)), windows)
    now = np.array([DEFAULT_TAPPING.threshold(piece) for piece in PIECES])
    best = best_thresholds(strokes)
    print(f"{len(windows)} windows, micro F1 {f_measure(strokes, best):.4f}")
    print(f"with those of TapConfig {f_measure(strokes, now):.4f}")
    for piece, value in zip(PIECES, best, strict=True):
        print(f"{piece.value:12} {value:.2f}")


if __name__ == "__main__":
    main()
