#!/usr/bin/env python3
"""Takes of the built-in song in thirty settings, as hashes of their hits.csv and drums.mid.

    golden_takes.py FILE            writes the hashes
    golden_takes.py FILE --check    plays again and says which takes have changed

For changes of the code that must not be heard: write before the change, check after it.
The bytes are those of one machine; another processor may round the network otherwise.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from drumnet.cli.main import main

WRITTEN = ("hits.csv", "drums.mid")
SONG = ("{demo}/song", "--bpm", "100")
KIT = ("--pieces", "kit", "--seed", "3")
GIVEN = (*SONG, "--seed", "4", "--stem")
KEPT = ("--keep", "{demo}/kept/hits.csv")

#: What is asked of `drumnet generate`; `{demo}` is what `drumnet demo` wrote, with files
#: besides (`_prepared`).
TAKES: Mapping[str, tuple[str, ...]] = {
    "kick": (*SONG, "--pieces", "kick", "--seed", "1"),
    "kick, no variation": (*SONG, "--pieces", "kick", "--seed", "1", "--variation", "0"),
    "kick, tracked": ("{demo}/song", "--pieces", "kick", "--seed", "2"),
    "kit": (*SONG, *KIT),
    "kit, tracked": ("{demo}/song", *KIT),
    "kit, no variation": (*SONG, *KIT, "--variation", "0"),
    "kit, named style": (*SONG, *KIT, "--style", "{preset}"),
    "kit, extracted style": (*SONG, *KIT, "--style", "{demo}/transfer/style.json"),
    "kit, habits": (*SONG, *KIT, "--style", "{demo}/kept/style.json"),
    "kit, other weights": (*SONG, *KIT, "--model", "open"),
    "simple": (*SONG, *KIT, "--complexity", "0.1"),
    "complex and loud": (*SONG, *KIT, "--complexity", "0.9", "--intensity", "0.8"),
    "dense": (*SONG, *KIT, "--density", "1.6"),
    "sparse": (*SONG, *KIT, "--density", "0.5", "--variation", "0"),
    "daring": (*SONG, *KIT, "--temperature", "0.8"),
    "varied": (*SONG, *KIT, "--variation", "1"),
    "follows the bass": (*SONG, *KIT, "--follow-bass", "2.5"),
    "follows no strumming": (*SONG, *KIT, "--follow-strumming", "0"),
    "swing": (*SONG, *KIT, "--swing", "0.7"),
    "swung sixteenths": (*SONG, *KIT, "--swing", "0.5", "--swing-division", "16"),
    "machine": (*SONG, *KIT, "--humanize", "0"),
    "loose": (*SONG, *KIT, "--humanize", "1.7"),
    "half time": (*SONG, *KIT, "--feel", "half"),
    "double time": (*SONG, *KIT, "--feel", "double", "--style", "{demo}/kept/style.json"),
    "pieces": (
        *SONG, *KIT, "--amount", "crash=0.3", "--piece-complexity", "kick=0.8", "--mute", "ride",
    ),
    "fills every 4": (*SONG, *KIT, "--fills", "4", "--fill-length", "3"),
    "fills at sections": (*SONG, *KIT, "--fills", "sections", "--no-fill-crash"),
    "sections": (*SONG, *KIT, "--sections", "auto", "--fills", "8"),
    "sections of a file": (*SONG, *KIT, "--sections", "{demo}/sections.tsv", "--fills", "sections"),
    "kept bars": (*SONG, "--pieces", "kit", "--seed", "9", *KEPT, "--keep-bars", "3-5"),
    "kept pieces": (
        *SONG, "--pieces", "kit", "--seed", "9", *KEPT, "--keep-pieces", "snare", "--fills", "4",
    ),
    "to a kick": (*GIVEN, "kick={demo}/kept/kick.wav", "--pieces", "snare,hats"),
    "to a snare": (*GIVEN, "snare={demo}/snare.csv", "--pieces", "kick,hats"),
    "tempo map": ("{demo}/song", "--beats", "{demo}/bent.tsv", *KIT, "--fills", "4"),
    "rhythm": ("--rhythm", "{demo}/taps.csv", "--bpm", "100", *KIT),
    "rhythm to a song": (*SONG, "--rhythm", "{demo}/taps.csv", *KIT),
}  # fmt: skip


def run(*arguments: str) -> None:
    """A command of `drumnet`, without what it prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        fault = main(list(arguments), standalone_mode=False)
    if fault:
        raise SystemExit(said.getvalue())


def prepared(demo: Path) -> str:
    """Write what the takes need; the name of a preset."""
    from drumnet.drummer import Drummer

    run("demo", "-o", str(demo))
    song = [part.format(demo=demo) for part in SONG]
    run("generate", *song, "-o", str(demo / "kept"), *KIT, "--seed", "7")
    (demo / "sections.tsv").write_text(
        "1\tverse\n5\tchorus\trandom\tcomplexity=0.8 swing=0.3\n9\tverse\n13\tend\tvary\n"
    )
    with open(demo / "kept" / "hits.csv", newline="") as file:
        hits = list(csv.DictReader(file))
    times = [float(hit["time_s"]) for hit in hits]
    (demo / "snare.csv").write_text("".join(f"{0.6 + 1.2 * bar:.3f}\n" for bar in range(30)))
    (demo / "taps.csv").write_text("".join(f"{time}\n" for time in times[:120]))
    bent, time_s = [], 0.0
    for beat in range(64):
        bent.append(f"{time_s:.4f}\t{beat % 4 + 1}\n")
        time_s += 0.6 * (1 + 0.1 * (beat % 16 - 8) / 8)
    (demo / "bent.tsv").write_text("".join(bent))
    return next(iter(Drummer().presets))


def hashes() -> dict[str, dict[str, str]]:
    """Of each take, of each file the first half of its SHA-256."""
    found = {}
    with tempfile.TemporaryDirectory() as work:
        demo = Path(work) / "demo"
        preset = prepared(demo)
        for number, (name, asked) in enumerate(TAKES.items()):
            out = Path(work) / str(number)
            told = [part.format(demo=demo, preset=preset) for part in asked]
            run("generate", *told, "-o", str(out), "--no-mix")
            digests = (hashlib.sha256((out / file).read_bytes()).hexdigest() for file in WRITTEN)
            found[name] = dict(zip(WRITTEN, (digest[:32] for digest in digests), strict=True))
    return found


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--check"]):
        raise SystemExit(__doc__)
    path = Path(sys.argv[1])
    if len(sys.argv) == 2:
        path.write_text(json.dumps(hashes(), indent=1) + "\n")
    else:
        known, played = json.loads(path.read_text()), hashes()
        changed = [name for name, one in played.items() if known.get(name) != one]
        print(f"{len(played) - len(changed)} of {len(played)} takes are the same")
        if changed:
            raise SystemExit(f"changed: {', '.join(changed)}")
