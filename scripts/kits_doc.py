#!/usr/bin/env python3
"""Measure and draw the embedded kits: the table in docs/kits.md, docs/kits/kits.png.

scripts/kits_doc.py            write both (needs matplotlib, of the train extra)
scripts/kits_doc.py --table    print the table alone
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.hits import Piece
from drumnet.kits.kit import KIT_RATE_HZ, embedded_kit
from drumnet.kits.synth import Character

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE, PICTURE = DOCS / "kits.md", DOCS / "kits" / "kits.png"

_BEGIN, _END = "<!-- table: scripts/kits_doc.py -->", "<!-- end of the table -->"
_LEVEL_S, _ENVELOPE_S = 0.050, 0.010
_FALLEN = 10 ** (-40 / 20)
_SPECTRUM = 1 << 17


def running_level(shot: NDArray[np.float64], window_s: float) -> NDArray[np.float64]:
    """The RMS of every stretch of `window_s`."""
    width = round(window_s * KIT_RATE_HZ)
    energy = np.cumsum(np.pad(shot**2, (width, width)))
    return np.sqrt(np.maximum(energy[width:] - energy[:-width], 0) / width)


def decay_s(shot: NDArray[np.float64]) -> float:
    """How long after its loudest 10 ms a stroke stays above -40 dB of them."""
    level = running_level(shot, _ENVELOPE_S)
    last = np.flatnonzero(level > level.max() * _FALLEN)[-1]
    return float(last - level.argmax()) / KIT_RATE_HZ


def middle_hz(shot: NDArray[np.float64]) -> float:
    """The frequency with half of the power below it."""
    power = np.cumsum(np.abs(np.fft.rfft(shot, _SPECTRUM)) ** 2)
    return float(np.searchsorted(power, power[-1] / 2)) * KIT_RATE_HZ / _SPECTRUM


def table() -> str:
    """Markdown: each piece of each kit at velocity 127."""
    lines = [
        "| piece | " + " | ".join(f"{c.value}: level, decay, middle" for c in Character) + " |",
        "|---|" + "---|" * len(Character),
    ]
    kits = [embedded_kit(character) for character in Character]
    for piece in Piece:
        cells = [piece.value.replace("_", " ")]
        for kit in kits:
            shot = kit.sounds[piece].layers[-1].shots[0][0].astype(np.float64)
            level_db = 20 * np.log10(running_level(shot, _LEVEL_S).max())
            middle = f"{float(f'{middle_hz(shot):.2g}'):,.0f} Hz"
            cells.append(f"{level_db:.0f} dB, {decay_s(shot):.2f} s, {middle}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def draw() -> None:
    """One spectrogram a piece and character, on axes of octaves and seconds."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        len(Character), len(Piece), figsize=(12, 4.6), sharey=True, layout="constrained"
    )
    for row, character in zip(axes, Character, strict=True):
        kit = embedded_kit(character)
        for axis, piece in zip(row, Piece, strict=True):
            shot = kit.sounds[piece].layers[-1].shots[0][0]
            axis.specgram(
                shot, NFFT=1024, Fs=KIT_RATE_HZ, noverlap=896, pad_to=4096, vmin=-140, vmax=-45
            )
            axis.set_yscale("symlog", linthresh=100, linscale=0.5)
            axis.set_ylim(20, KIT_RATE_HZ / 2)
            axis.set_yticks([50, 200, 1000, 5000], ["50 Hz", "200 Hz", "1 kHz", "5 kHz"])
            axis.tick_params(labelsize=7)
            axis.set_title(f"{character.value} {piece.value.replace('_', ' ')}", fontsize=8)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURE, dpi=72)


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    between = re.compile(f"{re.escape(_BEGIN)}.*{re.escape(_END)}", re.DOTALL)
    made = between.sub(f"{_BEGIN}\n{table()}\n{_END}", page)
    if sys.argv[1:] == ["--check"]:
        if made != page:
            sys.exit(f"{PAGE} is out of date: run scripts/kits_doc.py")
        return
    PAGE.write_text(made, encoding="utf-8")
    draw()


if __name__ == "__main__":
    main()
