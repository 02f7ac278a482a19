"""How many kicks stay where they are when a song is turned down.

    python scripts/measure_levels.py RECORDINGS

Of each folder of stems with beats.tsv, the kick of the first named style, seed 1, is played at
the stems' own level and at others; a line for each level, for docs/reliability.md.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from drumnet.audio.metered import scaled_source
from drumnet.beats.files import read_beats
from drumnet.drummer import Drummer
from drumnet.evaluation.half_songs import band_files
from drumnet.hits import Piece
from drumnet.song.onsets import Onsets
from drumnet.song.song import Song, load_song

LEVELS_DB = (-6, -12, -18, -24, -36, -50)


def turned(song: Song, level_db: float) -> Song:
    """The song at another level."""
    stems = []
    for stem in song.stems:
        assert not isinstance(stem.source, Onsets)
        stems.append(replace(stem, source=scaled_source(stem.source, 10 ** (level_db / 20))))
    return Song(tuple(stems))


def main(recordings: Path) -> None:
    drummer = Drummer()
    style = drummer.style(next(iter(drummer.presets)))
    kept, there = dict.fromkeys(LEVELS_DB, 0), 0
    for folder in sorted(recordings.iterdir()):
        if not (folder / "beats.tsv").is_file() or not band_files(folder):
            continue
        song, grid = load_song(band_files(folder)), read_beats(folder / "beats.tsv")

        def kicks(level_db: float, song: Song = song, grid=grid) -> set[int]:  # type: ignore[no-untyped-def]
            listening = drummer.listen(turned(song, level_db), grid)
            return {hit.tick for hit in drummer.play(listening, style, seed=1, pieces=[Piece.KICK])}

        own = kicks(0.0)
        there += len(own)
        for level_db in LEVELS_DB:
            kept[level_db] += len(own & kicks(level_db))
    for level_db in LEVELS_DB:
        print(f"{level_db} dB: {kept[level_db]} of {there}, {100 * kept[level_db] / there:.0f} %")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
