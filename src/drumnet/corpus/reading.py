"""Songs of a MIDI corpus on ticks.

In: a folder with `manifest.json` (a list of `file`, `split`, `open`, ...) and
Standard MIDI Files whose tracks are named DRUMS, BASS, GUITAR, KEYS, VOCALS
and BEAT; or the Groove MIDI Dataset (Gillick et al. 2019), drums alone, with
its `info.csv`.  Out: `TickSong`s whose stems are onset pulses.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from drumnet.corpus.ticksong import TickSong, check_about, tick_song
from drumnet.errors import DataError, DrumnetError
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hearing.onset_strength import OnsetCurve, onset_pulses
from drumnet.hits import DrumTrack, Piece
from drumnet.limits import parsed_json
from drumnet.midi.read import MidiSong, read_midi
from drumnet.song.onsets import Onsets, chords
from drumnet.song.roles import PIECES_OF_ROLE, Role

ROLE_OF_TRACK = {
    "BASS": Role.BASS,
    "GUITAR": Role.GUITAR,
    "KEYS": Role.KEYS,
    "VOCALS": Role.VOCALS,
}
#: The pieces that may be given as stems.
HEARD_PIECES = {role: pieces for role, pieces in PIECES_OF_ROLE.items() if role in HEARD_ROLES}
#: The `kind` of a song that is drums alone, played by a person.
PERFORMANCE = "performance"
GROOVE_SPLITS = {"train": "train", "validation": "valid", "test": "test"}


def read_manifest(folder: Path) -> list[Mapping[str, Any]]:
    """The corpus' list of songs.

    Raises:
        DataError: no readable `manifest.json` in the folder.
    """
    try:
        text = (folder / "manifest.json").read_text(encoding="utf-8")
        listed = parsed_json(text)
        if not isinstance(listed, list):
            raise ValueError("no list of songs")
        songs: list[Mapping[str, Any]] = [check_about(song, "file") for song in listed]
        _ = [song["split"] for song in songs]
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as fault:
        raise DataError(f"'{folder}' has no readable manifest.json: {fault}") from fault
    return songs


def corpus_song(folder: Path, entry: Mapping[str, Any]) -> TickSong | None:
    """One song of the corpus; None where it has no drums or no beat."""
    try:
        midi = read_midi(folder / entry["file"])
        grid = midi.beat_grid().covering(midi.duration_s)
    except DrumnetError:
        return None
    drums = midi.drum_track(grid)
    if not drums:
        return None
    curves = _pulses(role_onsets(midi, drums))
    return tick_song(about_entry(entry), curves, drums, grid)


def _pulses(stems: Mapping[Role, Onsets]) -> dict[Role, OnsetCurve]:
    return {role: onset_pulses(onsets) for role, onsets in stems.items()}


def about_entry(entry: Mapping[str, Any], heard: str = "events") -> dict[str, Any]:
    """The `about` of a `TickSong`, from a line of the manifest."""
    kept = ("split", "source", "kind", "genre", "ts", "bpm", "licence")
    about = {key: entry[key] for key in kept if key in entry}
    return {"name": entry["file"], "open": bool(entry.get("open")), "heard": heard, **about}


def role_onsets(midi: MidiSong, drums: DrumTrack) -> dict[Role, Onsets]:
    """The onsets of every role that the song has, drum pieces among them."""
    found: dict[Role, Onsets] = {}
    for name, role in ROLE_OF_TRACK.items():
        tracks = [t for t in midi.tracks if t.name == name and not t.is_drums]
        if tracks:
            times, ends = (
                np.concatenate([midi.seconds(ticks) for ticks in each])
                for each in ([t.ticks for t in tracks], [t.end_ticks for t in tracks])
            )
            found[role] = chords(times, np.ones(len(times)), ends)
    return found | drum_role_onsets(drums)


def drum_role_onsets(drums: DrumTrack) -> dict[Role, Onsets]:
    """The onsets of the drum pieces other than the kick, as stems give them."""
    found = {}
    for role, pieces in HEARD_PIECES.items():
        times = np.array([hit.onset_s for hit in drums.of(pieces)])
        if times.size:
            found[role] = Onsets(times, np.ones(len(times), np.float32))
    return found


def read_info(folder: Path, columns: Sequence[str]) -> list[Mapping[str, str]]:
    """The Groove MIDI Dataset's list of performances.

    Args:
        columns: that it has to have besides `split` and `bpm`.

    Raises:
        DataError: no readable `info.csv` in the folder.
    """
    try:
        with open(folder / "info.csv", newline="", encoding="utf-8") as file:
            rows: list[Mapping[str, str]] = list(csv.DictReader(file))
        for number, row in enumerate(rows, 2):
            if row["split"] not in GROOVE_SPLITS or not all(row[name] for name in columns):
                raise ValueError(f"line {number} lacks something")
            if not 0 < float(row["bpm"]) < math.inf:
                raise ValueError(f"line {number} has a tempo of {row['bpm']:.20} bpm")
    except (OSError, ValueError, TypeError, LookupError, csv.Error) as fault:
        raise DataError(
            f"'{folder}' has no readable info.csv ({fault}): name the folder of the Groove MIDI "
            "Dataset, or download it again"
        ) from fault
    return rows


def groove_songs(folder: Path) -> Iterator[TickSong]:
    """The performances of the Groove MIDI Dataset that have a kick.

    Raises:
        DataError: no readable `info.csv`.
    """
    for row in read_info(folder, ("midi_filename", "style")):
        try:
            midi = read_midi(folder / row["midi_filename"])
            grid = midi.beat_grid().covering(midi.duration_s)
        except DrumnetError:
            continue
        drums = midi.drum_track(grid)
        if not drums.of(Piece.KICK) or grid.num_beats < 8:
            continue
        about = {
            "name": "groove/" + row["midi_filename"],
            "split": GROOVE_SPLITS[row["split"]],
            "open": True,
            "heard": "events",
            "source": "groove",
            "kind": PERFORMANCE,
            "genre": row["style"].split("/")[0],
            "bpm": float(row["bpm"]),
            "licence": "CC-BY-4.0",
        }
        yield tick_song(about, _pulses(drum_role_onsets(drums)), drums, grid)
