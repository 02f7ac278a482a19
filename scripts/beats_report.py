"""The scores of `measure_beats.py` as docs/beats.md.

In: by folder of songs, a row a song and tracker.  Out: lines of Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from drumnet.beats.network import load_beat_network

Row = dict[str, Any]
#: Which stems each tracker is given, as files or mixed.
INPUTS = {
    "bass + other": ("bass", "other"),
    "mix without drums": ("bass", "other"),
    "with drums": ("bass", "other", "drums"),
    "mix with drums": ("bass", "other", "drums"),
}


def report(results: dict[str, list[Row]]) -> Iterator[str]:
    network = load_beat_network()
    yield "# Beats and downbeats, measured"
    yield ""
    yield "Written by `scripts/measure_beats.py`; do not edit. F-measure of mir_eval, 70 ms,"
    yield f"mean over songs; weights `{network.name}`. `mix` is one file, the others are stems."
    yield "Seconds are processor time, of drumnet alone."
    yield ""
    yield "`real` are recordings. The others are excerpts of the test split, chosen for no"
    yield "setting: `fresh` in a soundfont that was not trained on, `fresh_bent` the same, the"
    yield "tempo swinging by 10 % in 30 s; `other_sources` of the two sources of the corpus that"
    yield "were not trained on, in a soundfont that was:"
    yield ""
    yield "    R='scripts/measure_beats.py render CORPUS'"
    yield "    $R TimGM6mb.sf2 -o fresh --count 40 --seed 1"
    yield "    $R TimGM6mb.sf2 -o fresh_bent --count 40 --seed 1 --bent"
    yield "    $R FluidR3_GM.sf2 -o other_sources --count 40 --seed 1 \\"
    yield "        --source tegridy --source mma"
    yield "    scripts/measure_beats.py cost --json rows.json"
    yield "    scripts/measure_beats.py score real fresh fresh_bent other_sources \\"
    yield "        --json rows.json -o docs/beats.md --other madmom=VENV/bin/python \\"
    yield "        --other librosa=VENV/bin/python"
    if "cost" in results:
        yield ""
        yield from costs(results["cost"])
    for name, rows in results.items():
        if name == "cost":
            continue
        yield ""
        yield f"## {name}"
        yield ""
        yield from table(rows)
        yield ""
        yield from words(rows)
        if f"{name}_bent" in results:
            yield ""
            yield from drift(rows, results[f"{name}_bent"])


def costs(rows: list[Row]) -> Iterator[str]:
    """Time and memory by length of the song."""
    yield "| bass + other, stereo, 44.1 kHz | processor time | peak memory |"
    yield "|---|---|---|"
    for row in rows:
        yield f"| {row['minutes']:g} min | {row['seconds']:.1f} s | {row['peak_mb']:.0f} MB |"


def drift(straight: list[Row], bent: list[Row]) -> Iterator[str]:
    """What bending costs: the mean over the songs that are in both."""
    yield "| drumnet, the same songs | songs | straight | bent |"
    yield "|---|---|---|---|"
    for given in INPUTS:
        pairs = [
            {
                r["song"][3:]: (r["beat"], r["downbeat"])
                for r in rows
                if (r["tracker"], r["given"]) == ("drumnet", given)
            }
            for rows in (straight, bent)
        ]
        both = sorted(set(pairs[0]) & set(pairs[1]))
        if both:
            means = [np.mean([found[song] for song in both], axis=0) for found in pairs]
            cells = " | ".join(f"{beat:.3f} / {downbeat:.3f}" for beat, downbeat in means)
            yield f"| {given} | {len(both)} | {cells} |"


def table(rows: list[Row]) -> Iterator[str]:
    yield "| tracker | given | songs | beat F | downbeat F | s a song |"
    yield "|---|---|---|---|---|---|"
    for tracker in dict.fromkeys(row["tracker"] for row in rows):
        for given in INPUTS:
            own = [r for r in rows if (r["tracker"], r["given"]) == (tracker, given)]
            if own:
                means = [np.mean([r[key] for r in own]) for key in ("beat", "downbeat", "seconds")]
                seconds = f"{means[2]:.2f}" if tracker == "drumnet" else "-"
                yield (
                    f"| {tracker} | {given} | {len(own)} | {means[0]:.3f} | {means[1]:.3f} "
                    f"| {seconds} |"
                )


def words(rows: list[Row]) -> Iterator[str]:
    """How often each word of confidence holds."""
    yield "| what it says | songs | right (F > 0.8) |"
    yield "|---|---|---|"
    for what, key in (("beats", "beat"), ("bars", "downbeat")):
        for word in ("high", "fair", "low"):
            own = [r[key] for r in rows if r.get(f"{what}_word") == word]
            if own:
                right = np.mean(np.array(own) > 0.8)
                yield f"| {what} {word} | {len(own)} | {100 * right:.0f} % |"
