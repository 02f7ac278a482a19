#!/usr/bin/env python3
"""Name the named styles of exported weights anew, by what they play now.

scripts/name_presets.py WEIGHTS... --data PREPARED

Writes presets.json and its hash in model.json; names that styles had still find them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from drumnet.corpus.ticksong import SONGS_FILE, TickStore
from drumnet.drummer import Drummer
from drumnet.files import atomic_path
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.model.checkpoint import PRESETS_FILE
from drumnet.training.drummer.export import band_to_tune_on, preset_songs
from drumnet.training.drummer.preset_names import name_presets


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("weights", type=Path, nargs="+", help="folders made by drumnet export")
    parser.add_argument("--data", type=Path, required=True, help="made by drumnet prepare")
    asked = parser.parse_args()
    songs = preset_songs(band_to_tune_on(TickStore.load(asked.data / SONGS_FILE)))
    for folder in asked.weights:
        presets = json.loads((folder / PRESETS_FILE).read_text())
        named = name_presets(presets, Drummer(folder), songs)
        with atomic_path(folder / PRESETS_FILE) as part:
            part.write_text(json.dumps(named, indent=1) + "\n")
        about = json.loads((folder / MODEL_FILE).read_text())
        about["sha256"][PRESETS_FILE] = file_hash(folder / PRESETS_FILE)
        with atomic_path(folder / MODEL_FILE) as part:
            part.write_text(json.dumps(about, indent=1) + "\n")
        for one in named:
            print(f"{one['name']}: {one['description']}")


if __name__ == "__main__":
    main()
