"""What a language model may ask for, and what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from drumnet.assistant import Assistant
from drumnet.drummer import Drummer
from drumnet.errors import DrumnetError
from drumnet.hits_csv import read_hits
from drumnet.projects.formats import ProjectFormat


@pytest.fixture
def assistant(tmp_path: Path, song_folder: Path, drummer: Drummer) -> Assistant:
    (tmp_path / "takes").mkdir()
    return Assistant([tmp_path / "takes", song_folder], drummer)


def test_a_take_is_heard_played_varied_explained_and_taken_away(
    assistant: Assistant, song_folder: Path, tmp_path: Path
) -> None:
    song = str(song_folder)
    heard = assistant.listen(song)
    assert heard["tempo_bpm"] == pytest.approx(120, abs=1)
    assert heard["stems"]["Bass DI"] == "bass" and heard["sections"][0][1] >= 0
    made = assistant.generate(song, "one", settings={"complexity": "0.8"}, pieces="kick,hats")
    assert made["hits"].keys() <= {"kick", "closed_hat", "open_hat"} and sum(made["hits"].values())
    assistant.vary(song, "one", "two", seed=9, keep_pieces="kick")
    takes = tmp_path / "takes"
    kicks = [
        [row for row in read_hits(takes / take / "hits.csv") if row.piece.value == "kick"]
        for take in ("one", "two")
    ]
    assert kicks[0] == kicks[1] != []
    said = assistant.explain("one")["pieces"]["kick"]
    assert said["strokes"] == len(kicks[0])
    assert all(1 <= step <= 16 for step in said["most_on"])
    assistant.export(song, "one", "three")
    same = [read_hits(takes / take / "hits.csv") for take in ("one", "three")]
    assert same[0] == same[1]
    assert (takes / "three" / ProjectFormat.DAWPROJECT.file_name).is_file()


@pytest.mark.parametrize("path", ["..", "/etc", "../other/x", "one/../../x"])
def test_nothing_outside_of_the_folders_is_read_or_written(
    assistant: Assistant, song_folder: Path, tmp_path: Path, path: str
) -> None:
    for call in (
        lambda: assistant.listen(path),
        lambda: assistant.explain(path),
        lambda: assistant.generate(str(song_folder), path),
        lambda: assistant.generate(path, "out"),
        lambda: assistant.generate(str(song_folder), "out", style=f"{path}/style.json"),
        lambda: assistant.export(str(song_folder), path, "out"),
    ):
        with pytest.raises(DrumnetError, match="outside of what was allowed"):
            call()
    assert [one.name for one in tmp_path.iterdir()] == ["takes"]
    assert not list((tmp_path / "takes").iterdir())


def test_a_link_does_not_lead_outside(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "takes" / "way-out").symlink_to(tmp_path)
    with pytest.raises(DrumnetError, match="outside of what was allowed"):
        assistant.explain("way-out")


def test_a_folder_that_is_not_there_cannot_be_allowed(drummer: Drummer, tmp_path: Path) -> None:
    with pytest.raises(DrumnetError, match="is no folder"):
        Assistant([tmp_path / "nowhere"], drummer)
