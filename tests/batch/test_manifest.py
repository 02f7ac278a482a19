"""Lists of songs: what a row says, and one line for what it cannot mean."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from drumnet.batch.manifest import read_songs
from drumnet.cli.main import command_called, main
from drumnet.cli.song_rows import options_of_songs, request_of
from drumnet.errors import DataError, DrumnetError
from drumnet.hits import Piece

#: What all three kinds of list say of two songs.
ROWS = [
    {"name": "one", "song": "../cat/one", "density": 0.5, "bpm": 120, "mute": ["ride", "crash"]},
    {"bass": "two.wav", "name": "b/two", "amount": ["snare=0.5"], "no_audio": True, "seed": 3},
]
CSV = """name,song,bass,density,bpm,mute,amount,No-Audio,seed
one,../cat/one,,0.5,120,ride;crash,,,
b/two,,two.wav,,,,snare=0.5,yes,3
"""


@pytest.fixture(params=["csv", "semicolons", "jsonl", "parquet"])
def listed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The rows as a file of some kind."""
    path = tmp_path / f"list.{request.param}"
    if request.param == "csv":
        path.write_text(CSV)
    elif request.param == "semicolons":  # as a spreadsheet of many countries writes it
        path = tmp_path / "list.csv"
        path.write_text(CSV.replace("ride;crash", '"ride;crash"').replace(",", ";"), "utf-16")
    elif request.param == "jsonl":
        path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    else:
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        columns = {key: [row.get(key) for row in ROWS] for key in {*ROWS[0], *ROWS[1]}}
        parquet.write_table(pyarrow.table(columns), path)
    return path


def test_every_kind_of_list_says_the_same(listed: Path) -> None:
    first, second = [request_of(row, {"density": "2", "midi_map": "roland-td"}) for row in
        read_songs(listed)]  # fmt: skip
    assert first.paths == (listed.parent / "../cat/one",) and not first.stems
    assert second.stems == (("bass", listed.parent / "two.wav"),)
    assert (first.how["settings"].density, second.how["settings"].density) == (0.5, 2.0)
    assert (
        first.how["settings"].of(Piece.CRASH).muted and first.how["settings"].of(Piece.RIDE).muted
    )
    assert second.how["settings"].of(Piece.SNARE).amount == 0.5
    assert first.beats.bpm == 120 and second.beats.is_tracked
    assert (first.how["audio"], second.how["audio"]) == (True, False)
    assert second.how["settings"].seed == 3 and second.name == "b/two"
    assert first.how["midi_map"] == second.how["midi_map"] == "roland-td"


def test_a_row_may_say_whatever_generate_takes() -> None:
    """An option of `generate` that is added to it is a column as well."""
    own = {"output", "overwrite", "stems", "paths", "help"}
    wanted = {one.name for one in command_called("generate").params} - own
    assert wanted <= {one.name for one in options_of_songs().values()}


def test_stems_and_settings_may_be_grouped(tmp_path: Path) -> None:
    row = {"name": "a", "stems": {"bass": "b.wav"}, "settings": {"swing": 0.5}}
    (tmp_path / "list.jsonl").write_text(json.dumps(row))
    (read,) = read_songs(tmp_path / "list.jsonl")
    asked = request_of(read, {})
    assert asked.stems == (("bass", tmp_path / "b.wav"),) and asked.how["settings"].swing == 0.5


def test_files_beside_the_list_are_found(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text("{}")
    (tmp_path / "list.csv").write_text(
        "name,song,style,beats\na,a.wav,own.json,b.tsv\nb,b.wav,rock,\n"
    )
    first, second = [request_of(row, {}) for row in read_songs(tmp_path / "list.csv")]
    assert first.how["style"] == str(tmp_path / "own.json") and second.how["style"] == "rock"
    assert first.beats.beats_file == tmp_path / "b.tsv"


def test_a_folder_has_a_song_in_each_folder_of_sounds(catalogue: Path) -> None:
    empty: list[Path] = []
    found = read_songs(catalogue, pass_over=empty.append)
    assert empty == [catalogue / "artwork"]
    assert [row.name for row in found] == ["album/one", "album/two", "broken", "three"]
    mixes = [row.name for row in read_songs(catalogue, mixes=True)]
    assert "album/one/bass" in mixes and "three/kick" in mixes and len(mixes) == 10
    with pytest.raises(DataError, match=r"holds sounds itself.*--mixes"):
        read_songs(catalogue / "three")
    with pytest.raises(DataError, match="holds no songs"):
        read_songs(catalogue / "artwork")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "song,colour\nthree,red\n",
            "row 1 ('three'): there is no column 'colour'.*--ignore \"colour\"",
        ),
        ("song,pitch,key\nthree,a,b\n", "there is no column 'pitch', 'key'.*\"pitch,key\""),
        ("song,density\nthree,much\n", "row 1 ('three'): .*'much' is not a valid float"),
        ("song,density\nthree,99\n", "row 1 ('three'): .*99.* is not in the range"),
        ("song,bpm,beats\nthree,90,b.tsv\n", "row 1 ('three'): --bpm and --beats exclude"),
        ("song,style\nthree,polka\n", "row 1 ('three'): 'polka' is neither a style file nor"),
        ("song,kit\nthree,tin\n", "row 1 ('three'): there is no kit 'tin'"),
        ("song,jobs\nthree,dance\n", "row 1 ('three'): no job is called 'dance'"),
        ("song,player\nthree,ringo\n", "row 1 ('three'): .*'ringo'"),
        ("song,no_mix\nthree,perhaps\n", "row 1 ('three'): 'no_mix' is 'perhaps': write yes or"),
        ("song\nfour\n", "row 1 ('four'): there is no '.*four'"),
        ("name,bass\nx,gone.wav\n", "row 1 ('x'): there is no '.*gone.wav'"),
        ("name,seed\nx,1\n", "row 1 ('x'): it names no sound"),
        ("song\nartwork\n", "row 1 ('artwork'): the folder '.*artwork' holds no sound files"),
        ("song\nthree\nalbum/../three\n", "row 1 ('three') and row 2 ('three') would both"),
        ("name,song\na,three\nA/b,three\n", "row 2 ('A/b') would be written into the result of"),
        ("song\nthree,1,2\n", "row 1 has more cells than"),
        ("song\n", "holds no rows"),
        ("name,song\nsummary.csv,three\n", "'summary.csv', where the summary belongs"),
    ],
)
def test_what_a_row_cannot_mean_is_one_line(
    text: str, words: str, catalogue: Path, tmp_path: Path
) -> None:
    shutil.copytree(catalogue / "three", tmp_path / "three")
    shutil.copytree(catalogue / "artwork", tmp_path / "artwork")
    (tmp_path / "b.tsv").write_text("0.0\t1\n")
    (tmp_path / "list.csv").write_text(text)
    args = ["batch", str(tmp_path / "list.csv"), "-o", str(tmp_path / "out")]
    found = CliRunner().invoke(main, args)
    assert found.exit_code == 1, found.output
    assert len(found.stderr.splitlines()) == 1
    pattern = words.replace("(", r"\(").replace(")", r"\)")
    assert re.search(pattern, found.stderr), found.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.jsonl", b'{"song": "a"\n'),
        ("list.jsonl", b"[1]\n"),
        ("list.csv", b"\xff\xfe\x00"),
        ("list.parquet", b"PAR1"),
        ("list.xlsx", b"PK"),
    ],
)
def test_a_damaged_list_is_one_line(name: str, content: bytes, tmp_path: Path) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DrumnetError, match=r"list\.\w+' (is no list|cannot be read|holds no)"):
        read_songs(tmp_path / name)
    with pytest.raises(DrumnetError, match=r"there is no '.*gone\.csv'"):
        read_songs(tmp_path / "gone.csv")


def test_all_faults_of_a_list_are_told_before_the_first_song(
    catalogue: Path, tmp_path: Path
) -> None:
    rows = [
        f"song-{n},{catalogue / 'three'},{f'polka-{n}' if n % 2 else 'random'}" for n in range(50)
    ]
    (tmp_path / "list.csv").write_text("\n".join(["name,song,style", *rows]))
    args = ["batch", str(tmp_path / "list.csv"), "-o", str(tmp_path / "out")]
    found = CliRunner().invoke(main, args)
    lines = found.stderr.splitlines()
    assert found.exit_code == 1 and len(lines) == 22
    assert lines[0].startswith("row 2 ('song-1'): 'polka-1'") and lines[20] == "and 5 more"
    assert "25 of 50 songs cannot be used" in lines[21] and "--anyway" in lines[21]


def test_a_fault_of_many_rows_is_told_once(catalogue: Path, tmp_path: Path) -> None:
    one = str(catalogue / "three")
    (tmp_path / "list.csv").write_text(f"name,song,kit\na,{one},tin\nb,{one},\nc,{one},tin\n")
    for songs, words in (
        (tmp_path / "list.csv", "row 1 ('a') and 1 more: there is no kit 'tin'"),
        (catalogue, "all 4 songs: there is no kit 'tin'"),
    ):
        args = ["batch", str(songs), "-o", str(tmp_path / "out"), "--check"]
        found = CliRunner().invoke(main, [*args, *(["--kit", "tin"] if songs == catalogue else [])])
        assert found.exit_code == 1 and len(found.stderr.splitlines()) == 1
        assert words in found.stderr


def test_options_that_all_songs_have_are_checked_as_generate_checks_them(
    catalogue: Path, tmp_path: Path
) -> None:
    for args, code in ((["--density", "99"], 2), (["--polka"], 2), (["--shard", "3/2"], 1)):
        found = CliRunner().invoke(
            main, ["batch", str(catalogue), "-o", str(tmp_path / "out"), *args]
        )
        assert found.exit_code == code and not (tmp_path / "out").exists()


def test_results_do_not_lie_among_songs(catalogue: Path) -> None:
    for out in (catalogue, catalogue / "out", catalogue.parent):
        found = CliRunner().invoke(main, ["batch", str(catalogue), "-o", str(out)])
        assert found.exit_code == 1 and "lie in one another" in found.stderr
