#!/usr/bin/env python3
"""Writes the tables of docs/results.md, README.md and MODEL_CARD.md from
docs/results/*.json, which scripts/measure.py wrote; `--check` fails when one of
them is stale, or when the figures belong to other weights than the package has.

In README.md and MODEL_CARD.md what stands between `<!-- results -->` and
`<!-- /results -->` is replaced; a file without these lines is left alone.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from drumnet.checkpoint import EMBEDDED_MODELS, MODEL_FILE, file_hash, load_checkpoint
from drumnet.errors import CheckpointError

REPO = Path(__file__).resolve().parents[1]
FIGURES = REPO / "docs" / "results"
PAGE = REPO / "docs" / "results.md"
WITH_BLOCK = (REPO / "README.md", REPO / "MODEL_CARD.md")
BLOCK = re.compile(r"(<!-- results -->\n).*?(<!-- /results -->)", re.DOTALL)

Results = Mapping[str, Any]

HEADER = """# What was measured

Written by `scripts/results_doc.py` from `docs/results/*.json`. To make it anew
(CORPUS, GROOVE: see MODEL_CARD.md; REAL: the recordings `mdb_*`):

    pip install '.[train,evaluation]'
    drumnet prepare CORPUS GROOVE -o PREPARED
    python scripts/measure.py --prepared PREPARED --real REAL --model default \\
        -o docs/results/default.json
    python scripts/measure.py --prepared PREPARED --real REAL --model open \\
        -o docs/results/open.json
    python scripts/results_doc.py

Kick alone. *Reconstruction*: the code of the second half plays the second half.
*Transfer*: the code of the first half plays the second half. *No code*: the code
is 0, the middle of the training songs' codes. *Wrong code*: that of another song.
*Copy-bar*: the positions of the bar that more than 45 % of the first half's bars
hit. One floor for all songs, tuned on the valid split; no song here was trained on.
"""


def corpus_mean(name: str) -> Callable[[Results], float]:
    return lambda results: float(results["corpus"]["scores"][name]["mean"])


def recorded(name: str, beats: str = "given", snare: str = "given") -> Callable[[Results], float]:
    """Pooled over the recordings."""

    def found(results: Results) -> float:
        for setting in results["recordings"]:
            if (setting["beats"], setting["snare"]) == (beats, snare):
                return float(setting["scores"][name]["pooled"])
        raise KeyError(f"no recordings with beats {beats}, snare {snare}")

    return found


def least_retrieval(place: str, kind: str) -> Callable[[Results], float]:
    return lambda results: min(
        float(one["top_1"]) for one in results["retrieval"]["found"][place] if one["kind"] == kind
    )


def least_variety(field: str) -> Callable[[Results], float]:
    return lambda results: min(float(one[field]) for one in results["variety"])


#: What is wanted, at least how much, and where it stands in the figures.
TARGETS: tuple[tuple[str, float, Callable[[Results], float]], ...] = (
    ("corpus, transfer, mean F1", 0.78, corpus_mean("transfer")),
    ("corpus, reconstruction, mean F1", 0.83, corpus_mean("reconstruction")),
    ("recordings, transfer, pooled F1", 0.945, recorded("transfer")),
    ("recordings, no code, pooled F1", 0.66, recorded("no code")),
    ("corpus, own song found at 80-120 % tempo", 0.99, least_retrieval("corpus", "tempo")),
    ("corpus, own song found when shifted", 0.95, least_retrieval("corpus", "shift")),
    (
        "bar patterns that dominate 50 samples, least of all songs",
        25,
        least_variety("num_patterns"),
    ),
    ("densest over sparsest sample, least of all songs", 3, least_variety("density_factor")),
    ("same seed, same bytes (1 = always)", 1, least_variety("same_bytes")),
)
SUMMARY: tuple[tuple[str, Callable[[Results], float]], ...] = (
    ("corpus, reconstruction", corpus_mean("reconstruction")),
    ("corpus, **transfer**", corpus_mean("transfer")),
    ("corpus, no code", corpus_mean("no code")),
    ("corpus, wrong code", corpus_mean("wrong code")),
    ("corpus, copy-bar", corpus_mean("copy-bar")),
    ("recordings, **transfer**", recorded("transfer")),
    ("recordings, transfer, no snare given", recorded("transfer", snare="none")),
    ("recordings, transfer, beats tracked", recorded("transfer", beats="tracked")),
    ("recordings, no code", recorded("no code")),
    ("recordings, copy-bar", recorded("copy-bar")),
)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def number(value: float) -> str:
    return f"{value:g}" if float(value).is_integer() and value > 1 else f"{value:.3f}"


def targets(models: Mapping[str, Results]) -> str:
    def cell(results: Results, least: float, found: Callable[[Results], float]) -> str:
        value = found(results)
        return f"{number(value)}{'' if value >= least else ' (missed)'}"

    return table(
        ["", "wanted", *models],
        (
            [name, f"{least:g}", *(cell(results, least, found) for results in models.values())]
            for name, least, found in TARGETS
        ),
    )


def corpus(models: Mapping[str, Results]) -> str:
    first = next(iter(models.values()))["corpus"]
    head = ["", *(f"{name}: {column}" for name in models for column in ("mean", "95 %", "pooled"))]

    def scores(name: str) -> Iterator[str]:
        for one in (results["corpus"]["scores"][name] for results in models.values()):
            low, high = one["ci95"]
            yield from (f"{one['mean']:.3f}", f"{low:.3f}-{high:.3f}", f"{one['pooled']:.3f}")

    def above(name: str) -> Iterator[str]:
        for one in (results["corpus"]["transfer_above"][name] for results in models.values()):
            low, high = one["ci95"]
            yield f"{one['mean']:+.3f} ({low:+.3f} to {high:+.3f})"

    return (
        table(head, ([name, *scores(name)] for name in first["scores"]))
        + "\nTransfer above the others, song by song (mean, 95 %):\n\n"
        + table(["", *models], ([name, *above(name)] for name in first["transfer_above"]))
    )


def recordings(models: Mapping[str, Results]) -> str:
    parts = []
    for name, results in models.items():
        for setting in results["recordings"]:
            parts.append(f"`{name}`, beats {setting['beats']}, snare {setting['snare']}:\n")
            songs = [song.removeprefix("mdb_") for song in setting["songs"]]
            rows = {
                player: (one["pooled"], one["mean"], *one["per_song"])
                for player, one in setting["scores"].items()
            }
            shown = ([player, *(f"{f1:.3f}" for f1 in row)] for player, row in rows.items())
            parts.append(table(["", "pooled", "mean", *songs], shown))
    return "\n".join(parts)


def retrieval(models: Mapping[str, Results], place: str) -> str:
    found = [results["retrieval"]["found"][place] for results in models.values()]
    return table(
        ["", *(f"{name}: {column}" for name in models for column in ("found", "distance"))],
        (
            [
                f"{ones[0]['kind']}: {ones[0]['name']}",
                *(f"{one[column]:.3f}" for one in ones for column in ("top_1", "distance")),
            ]
            for ones in zip(*found, strict=True)
        ),
    )


def variety(models: Mapping[str, Results]) -> str:
    def cells(one: Mapping[str, Any]) -> Iterator[str]:
        yield str(one["num_patterns"])
        yield f"{one['least_density']:.2f}-{one['most_density']:.2f}"
        yield f"{one['tenth_density']:.2f}-{one['ninetieth_density']:.2f}"
        yield from (str(one["num_silent"]), str(one["num_mostly_silent"]))
        yield "yes" if one["same_bytes"] else "NO"

    return table(
        ["", "patterns", "hits a bar", "10-90 %", "silent", "mostly silent", "same bytes"],
        (
            [f"`{name}`, {one['song']}", *cells(one)]
            for name, results in models.items()
            for one in results["variety"]
        ),
    )


def made(models: Mapping[str, Results]) -> str:
    lines = []
    for name, results in models.items():
        for title in ("weights", "made"):
            facts = ", ".join(f"{key} {value}" for key, value in results[title].items())
            lines.append(f"- `{name}`, {title}: {facts}\n")
    return "".join(lines)


def page(models: Mapping[str, Results]) -> str:
    first = next(iter(models.values()))
    found = first["retrieval"]["found"]
    some = found["corpus, extracted"][0]["num_songs"]
    compared = found["corpus"][0]["num_songs"]
    return "\n".join(
        [
            HEADER,
            "## Wanted and measured\n",
            targets(models),
            f"## Corpus: {first['corpus']['songs']} songs of the test split\n",
            "F1 on the exact tick; bass, guitar, keys, voice and snare given as events. "
            "Mean over\nsongs with its 95 % interval (bootstrap over songs), and pooled.\n",
            corpus(models),
            "## Recordings\n",
            "Onset F1 within 50 ms (mir_eval). `bass` and `other` are heard from the audio; "
            "the\nsnare, where given, is a stem of its annotated times. Tracked beats: the "
            "embedded\n`OnsetTracker`.\n",
            recordings(models),
            f"## The same code at another tempo, or shifted: {compared} songs\n",
            "*Found*: the varied song's code is nearest to its own among those of all songs. "
            "*Distance*:\nhow far it has moved, over the mean distance between two songs. Songs "
            "of 16 bars and more.\nThe last row is no invariance that is wanted: the same music "
            "whose bars are misread.\n",
            retrieval(models, "corpus"),
            f"The same with the refined code that `style extract` gives ({some} songs, found "
            "among all):\n",
            retrieval(models, "corpus, extracted"),
            "The recordings, heard from audio, refined codes, found among themselves and the "
            "corpus\nsongs; their pitch moves with the tempo:\n",
            retrieval(models, "recordings, extracted"),
            "## Fifty sampled codes on one song\n",
            "*Patterns*: distinct bars among each sample's most frequent one, the empty bar not "
            "counted.\nDensities are of the samples that play; *mostly silent*: the most "
            "frequent bar is empty.\n",
            variety(models),
            "## Provenance\n",
            made(models),
        ]
    )


def block(models: Mapping[str, Results]) -> str:
    rows = ([name, *(f"{found(r):.3f}" for r in models.values())] for name, found in SUMMARY)
    songs = next(iter(models.values()))["corpus"]["songs"]
    return (
        f"Kick F1, songs unseen in training. Corpus: {songs} songs, exact tick, mean over "
        "songs.\nRecordings: five songs, within 50 ms, pooled. All of it: "
        "[docs/results.md](docs/results.md).\n\n" + table(["", *models], rows)
    )


def wanted_files(models: Mapping[str, Results]) -> dict[Path, str]:
    """Every file that shows results, as it should read."""
    files = {PAGE: page(models)}
    inner = block(models)
    for path in WITH_BLOCK:
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            files[path] = BLOCK.sub(lambda found: f"{found[1]}\n{inner}\n{found[2]}", text)
    return files


def check_weights(models: Mapping[str, Results]) -> None:
    """The figures are of the weights that the package has."""
    for name in EMBEDDED_MODELS:
        try:
            folder = load_checkpoint(name).folder
        except CheckpointError:
            continue  # not trained yet: nothing to be measured
        if name not in models:
            raise SystemExit(f"docs/results/{name}.json is missing: run scripts/measure.py")
        if models[name]["weights"]["model_json_sha256"] != file_hash(folder / MODEL_FILE):
            raise SystemExit(
                f"docs/results/{name}.json is of other weights: run scripts/measure.py"
            )


def main() -> None:
    if sys.argv[1:] not in ([], ["--check"]):
        raise SystemExit("usage: results_doc.py [--check]")
    found = {path.stem: json.loads(path.read_text()) for path in sorted(FIGURES.glob("*.json"))}
    check_weights(found)
    if not found:
        if PAGE.is_file():
            raise SystemExit("docs/results.md has no figures: run scripts/measure.py")
        return
    for path, text in wanted_files(found).items():
        if sys.argv[1:] == ["--check"]:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                raise SystemExit(f"{path.name} is stale: run scripts/results_doc.py")
        else:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
