"""drums.mid is written with the keys of the instrument that is to play it."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest

from drumnet.errors import DrumnetError, MidiError
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.midi.keys import load_midi_map, map_names
from drumnet.midi.layout import MidiLayout
from drumnet.midi.read import read_drum_track
from drumnet.midi.write import write_midi


def grid() -> BeatGrid:
    return BeatGrid(np.arange(9) * 0.5, np.arange(9) % 4 + 1)


def one_of_each() -> DrumTrack:
    return DrumTrack(tuple(Hit(0.25 * i, 6 * i, piece, 90 + i) for i, piece in enumerate(Piece)))


def written_keys(path: Path) -> list[int]:
    notes = [m for track in mido.MidiFile(path).tracks for m in track if m.type == "note_on"]
    return [note.note for note in notes]


@pytest.mark.parametrize("name", map_names())
def test_a_map_has_a_key_for_each_piece(name: str, tmp_path: Path) -> None:
    keys = load_midi_map(name)
    assert set(keys) == set(Piece)
    assert len(set(keys.values())) == len(Piece), "no two pieces on one key"
    write_midi(tmp_path / "drums.mid", one_of_each(), grid(), MidiLayout(keys))
    assert written_keys(tmp_path / "drums.mid") == [keys[piece] for piece in Piece]


def test_general_midi_is_what_is_written_and_read() -> None:
    assert load_midi_map() == {piece: piece.midi_key for piece in Piece}
    assert load_midi_map("general-midi") == load_midi_map()


@pytest.mark.parametrize("name", ["general-midi", "roland-td", "alesis-nitro"])
def test_maps_within_general_midi_are_read_back(name: str, tmp_path: Path) -> None:
    path = tmp_path / "drums.mid"
    write_midi(path, one_of_each(), grid(), MidiLayout.of(name))
    again = read_drum_track(path)
    assert [(hit.piece, hit.velocity) for hit in again] == [
        (hit.piece, hit.velocity) for hit in one_of_each()
    ]


def test_every_row_names_its_source() -> None:
    from importlib.resources import files

    text = files("drumnet.midi").joinpath("maps.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines() if not line.startswith("#")]
    assert rows[0] == ["map", "piece", "key", "articulation", "source"]
    assert all(len(row) >= 5 and all(cell.strip() for cell in row) for row in rows)


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("\ufeff# mine\nkey,piece,remark\n24,kick,low\n 26 , Closed-Hat ,\n\n")
    keys = load_midi_map(str(path))
    assert keys[Piece.KICK] == 24 and keys[Piece.CLOSED_HAT] == 26
    assert keys[Piece.SNARE] == 38, "what is not named stays General MIDI"
    assert load_midi_map({Piece.RIDE: 60})[Piece.RIDE] == 60


def test_tables_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(MidiError, match="there is no MIDI map 'ezdrummer': choose from general"):
        load_midi_map("ezdrummer")
    path = tmp_path / "mine.csv"
    for text, match in (
        ("", "names no piece"),
        ("kick,36\n", "its first line has to be piece,key"),
        ("piece,key\nkick,high\n", r"mine\.csv:2 gives the key 'high'"),
        ("piece,key\nkick,128\n", "a number from 0 to 127 is expected"),
        ("piece,key\nkick\n", r"mine\.csv:2 gives the key ''"),
    ):
        path.write_text(text)
        with pytest.raises(MidiError, match=match):
            load_midi_map(path)
    path.write_text("piece,key\ncowbell,56\n")
    with pytest.raises(DrumnetError, match="no drum piece is called 'cowbell'"):
        load_midi_map(path)
