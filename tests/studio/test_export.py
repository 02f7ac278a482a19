"""What is taken away is what was shown and heard."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest

from drumnet.beats.files import read_beats
from drumnet.hits import Piece
from drumnet.midi.keys import load_midi_map
from drumnet.midi.read import read_midi
from drumnet.style.code import StyleCode
from project_readers import read_project

#: The song has a snare of its own.
PLAYED = tuple(piece.value for piece in Piece if piece is not Piece.SNARE)
NAMES = [
    "drums.wav",
    *(f"{piece}.wav" for piece in PLAYED),
    "mix.wav",
    "drums.mid",
    "hits.csv",
    "beats.tsv",
    "style.json",
]


def with_edits(page: Any, project_id: str) -> Any:
    """The project with a style, a lock, hits by hand and a soloed fader."""
    path = f"/projects/{project_id}"
    first = page.hits(project_id)
    changes = [
        {"tick": first[0]["tick"], "piece": first[0]["piece"], "velocity": 0},
        {"tick": 100, "piece": "kick", "velocity": 33, "shift_ticks": 0.4},
        {"tick": 60, "piece": "snare", "velocity": 80},
    ]
    revision = page.get(path)["revision"]
    style = {"at": {"x": 0.8, "y": 0.7}, "name": "far out"}
    revision = page.put(f"{path}/style", {"revision": revision, "style": style})["revision"]
    return page.put(f"{path}/edits", {"revision": revision, "edits": {"changes": changes}})


def taken(page: Any, project_id: str, folder: Path) -> Path:
    answer = page.client.get(f"/api/projects/{project_id}/export.zip")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def level(file: Path) -> float:
    import soundfile

    samples, _ = soundfile.read(file)
    return float(np.sqrt(np.mean(samples**2)))


def test_the_zips_midi_has_exactly_the_hits(song: Any, tmp_path: Path) -> None:
    page, project_id = song
    project = with_edits(page, project_id)
    hits = page.hits(project_id)
    out = taken(page, project_id, tmp_path / "out")
    by_hand = "snare.wav"
    assert sorted(path.name for path in out.iterdir()) == sorted([*NAMES, by_hand])
    drums = [track for track in read_midi(out / "drums.mid").tracks if track.is_drums]
    midi = read_midi(out / "drums.mid")
    found = sorted(
        (Piece.from_midi_key(int(key)).value, float(time_s), int(velocity))
        for track in drums
        for time_s, key, velocity in zip(
            midi.seconds(track.ticks), track.keys, track.velocities, strict=True
        )
    )
    shown = sorted((hit["piece"], hit["time_s"], hit["velocity"]) for hit in hits)
    assert [(row[0], row[2]) for row in found] == [(row[0], row[2]) for row in shown]
    times = [[row[1] for row in rows] for rows in (found, shown)]
    np.testing.assert_allclose(*times, atol=0.002)
    assert ("snare", 80) in [(row[0], row[2]) for row in found]
    with (out / "hits.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["time_s"]) for row in rows] == [hit["time_s"] for hit in hits]
    assert StyleCode.load(out / "style.json").code.tolist() == pytest.approx(
        project["style"]["code"], abs=1e-4
    )
    beats = read_beats(out / "beats.tsv")
    shown_beats = [time_s for time_s in project["beats"]["times_s"] if time_s >= -1e-6]
    np.testing.assert_allclose(beats.beats_s, shown_beats, atol=1e-5)


def test_every_file_can_be_taken_alone(song: Any, tmp_path: Path) -> None:
    page, project_id = song
    out = taken(page, project_id, tmp_path / "out")
    for name in NAMES:
        answer = page.client.get(f"/api/projects/{project_id}/export/{name}")
        assert answer.status_code == 200
        assert name in answer.headers["content-disposition"]
        assert answer.content == (out / name).read_bytes()
    for wrong in ("other.txt", "..%2Flibrary.sqlite", "%2e%2e", "snare.wav"):
        page.get(f"/projects/{project_id}/export/{wrong}", 404)


def test_nothing_is_left_on_the_disk(song: Any, tmp_path: Path) -> None:
    page, project_id = song
    taken(page, project_id, tmp_path / "out")
    page.get(f"/projects/{project_id}/export/wrong.wav", 404)
    assert not list((tmp_path / "data" / "tmp").iterdir())


def test_the_mix_follows_the_faders(song: Any, tmp_path: Path) -> None:
    page, project_id = song
    path = f"/projects/{project_id}"
    project = page.get(path)
    ids = {stem["role"]: stem["id"] for stem in project["stems"]}
    revision = project["revision"]

    def mixed(name: str, **mixer: Any) -> float:
        nonlocal revision
        revision = page.put(f"{path}/mixer", {"revision": revision, "mixer": mixer})["revision"]
        return level(taken(page, project_id, tmp_path / name) / "mix.wav")

    full = mixed("full")
    mute = {"mute": True}
    silent = mixed("silent", stems={each: mute for each in ids.values()}, drums=mute)
    assert silent == 0.0
    drums = mixed("drums", drums={"solo": True})
    alone = mixed("alone", stems={each: mute for each in ids.values()})
    assert 0 < drums == pytest.approx(alone, rel=1e-4)
    bass = mixed("bass", stems={ids["bass"]: {"solo": True}})
    halved = mixed("halved", stems={ids["bass"]: {"solo": True, "gain": 0.5}})
    assert halved == pytest.approx(bass / 2, rel=1e-3)
    assert 0 < bass < full
    # So soft that no peak has to be kept below full scale, for which all would be lowered.
    soft = {"solo": True, "gain": 0.2}
    drums = mixed("soft", drums=soft)
    kick = mixed("kick", drums={"gain": 0.2}, pieces={"kick": {"solo": True}})
    others = mixed("others", drums=soft, pieces={"kick": {"mute": True}})
    assert 0 < kick < drums and 0 < others < drums


def test_the_kit_and_the_keys_are_those_that_were_chosen(song: Any, tmp_path: Path) -> None:
    page, project_id = song
    path = f"/projects/{project_id}"
    acoustic = taken(page, project_id, tmp_path / "acoustic")
    project = page.get(path)
    settings = {**project["settings"], "kit": "808"}
    page.put(f"{path}/settings", {"revision": project["revision"], "settings": settings})
    machine = taken(page, project_id, tmp_path / "808")
    for name in ("drums.wav", "kick.wav", "mix.wav"):
        assert (acoustic / name).read_bytes() != (machine / name).read_bytes()
    for name in ("drums.mid", "hits.csv"):
        assert (acoustic / name).read_bytes() == (machine / name).read_bytes()

    def keys(midi_map: str) -> set[int]:
        answer = page.client.get(f"/api{path}/export/drums.mid", params={"midi_map": midi_map})
        (tmp_path / "drums.mid").write_bytes(answer.content)
        tracks = read_midi(tmp_path / "drums.mid").tracks
        return {int(key) for track in tracks if track.is_drums for key in track.keys}

    played = {Piece(hit["piece"]) for hit in page.hits(project_id)}
    for name in ("general-midi", "roland-td", "superior-drummer-3"):
        assert name in page.get("/about")["midi_maps"]
        assert keys(name) == {load_midi_map(name)[piece] for piece in played}
    page.get(f"{path}/export.zip?midi_map=/etc/passwd", 404)


def test_a_song_that_is_not_ready_gives_nothing(page: Any) -> None:
    project_id = page.new_project()
    assert "not listened to yet" in page.get(f"/projects/{project_id}/export.zip", 409)["error"]


@pytest.mark.parametrize(
    "name", ["../../x", 'a"b/c\\d', "\u202e…", "....", "x" * 200, "ü.zip", "🥁" * 200]
)
def test_a_zip_is_called_by_a_name_that_every_system_takes(song: Any, name: str) -> None:
    page, project_id = song
    page.ask("PATCH", f"/projects/{project_id}", json={"name": name})
    answer = page.client.get(f"/api/projects/{project_id}/export.zip")
    given = answer.headers["content-disposition"]
    assert answer.status_code == 200 and given.rstrip('"').endswith(".zip")
    assert not set("/\\:") & set(given)


def with_projects(page: Any, project_id: str, folder: Path, *names: str) -> Path:
    asked = {"project": list(names)}
    answer = page.client.get(f"/api/projects/{project_id}/export.zip", params=asked)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(folder)
    return folder


def markers(path: Path) -> list[str]:
    """The names of those of a MIDI file."""
    return [one.text for one in mido.MidiFile(path).tracks[0] if one.type == "marker"]


def test_a_project_has_what_is_shown_and_heard(song: Any, tmp_path: Path) -> None:
    """Hits, faders, sections and the song's name."""
    pytest.importorskip("rpp", reason="rpp, of the extra [dev], is not installed")
    page, project_id = song
    path = f"/projects/{project_id}"
    project = with_edits(page, project_id)
    ids = {stem["role"]: stem["id"] for stem in project["stems"]}
    mixer = {
        "stems": {ids["bass"]: {"gain": 0.5, "solo": True}},
        "pieces": {"kick": {"gain": 0.25}, "ride": {"mute": True}},
        "drums": {"gain": 0.5},
        "master": 0.5,
    }
    project = page.put(f"{path}/mixer", {"revision": project["revision"], "mixer": mixer})
    sections = [{"name": "verse", "start_beat": 4}, {"name": "", "start_beat": 12}]
    asked = {"revision": project["revision"], "sections": sections}
    project = page.put(f"{path}/sections", asked)
    hits, grid = page.hits(project_id), project["beats"]["times_s"]
    out = with_projects(page, project_id, tmp_path / "out", "dawproject", "rpp")
    for name in ("drums.dawproject", "drums.rpp"):
        found = read_project(out / name)
        notes = sorted(hit.time_s for hit in found.tracks["kit notes"].hits)
        np.testing.assert_allclose(notes, sorted(hit["time_s"] for hit in hits), atol=1e-3)
        assert [title for _, title in found.markers] == ["verse", "section 2"]
        starts = [at for at, _ in found.markers]
        np.testing.assert_allclose(starts, [grid[4], grid[12]], atol=1e-3)
        stems = [one for one in found.tracks.values() if one.sound and not one.under]
        assert len(stems) == len(project["stems"])
        (soloed,) = (one for one in stems if one.solo)
        (others,) = {one.gain for one in stems if not one.solo}
        assert soloed.gain == pytest.approx(0.5 * others)
        assert found.tracks["kick"].gain == 0.25 and found.tracks["ride"].mute
        assert found.tracks["drums"].gain <= 2
        assert "far out" in found.about
        assert found.master <= 1
    assert markers(out / "drums.mid") == ["verse", "section 2"]
    part = page.client.get(f"/api{path}/export/drums.mid", params={"first_beat": 12})
    (tmp_path / "part.mid").write_bytes(part.content)
    assert markers(tmp_path / "part.mid") == ["section 2"]
    alone = page.client.get(f"/api{path}/export/drums.dawproject")
    assert alone.content == (out / "drums.dawproject").read_bytes()


def test_a_project_alone_holds_its_sounds(song: Any, tmp_path: Path) -> None:
    """One of REAPER needs files beside it, and is in the zip alone."""
    page, project_id = song
    page.get(f"/projects/{project_id}/export/drums.rpp", 404)
    page.get(f"/projects/{project_id}/export.zip?project=als", 422)
    page.get(f"/projects/{project_id}/export.zip?midi_tempo=fast", 422)
    out = with_projects(page, project_id, tmp_path / "out", "rpp")
    assert (out / "drums.rpp").is_file() and any((out / "stems").iterdir())
    assert not (out / "drums.dawproject").exists()
    assert not list((tmp_path / "data" / "tmp").iterdir())


def test_the_midi_is_laid_out_as_it_is_asked_for(song: Any, tmp_path: Path) -> None:
    page, project_id = song

    def midi(**asked: str) -> Any:
        url = f"/api/projects/{project_id}/export/drums.mid"
        (tmp_path / "drums.mid").write_bytes(page.client.get(url, params=asked).content)
        return read_midi(tmp_path / "drums.mid")

    played = {Piece(hit["piece"]) for hit in page.hits(project_id)}
    assert len(midi().tracks) == 1
    assert len(midi(midi_tracks="pieces").tracks) == len(played)
    assert len(midi(midi_tempo="constant").tempo) <= 2


def test_the_midi_of_a_part_has_its_hits_from_its_first_beat_on(song: Any, tmp_path: Path) -> None:
    page, project_id = song
    whole, files = page.hits(project_id), f"/api/projects/{project_id}/export"
    beats = page.get(f"/projects/{project_id}")["beats"]["times_s"]
    path = f"{files}/drums.mid"
    answer = page.client.get(path, params={"first_beat": 4, "end_beat": 12})
    assert answer.status_code == 200
    (tmp_path / "part.mid").write_bytes(answer.content)
    midi = read_midi(tmp_path / "part.mid")
    (drums,) = [track for track in midi.tracks if track.is_drums]
    found = sorted(zip(midi.seconds(drums.ticks).tolist(), drums.keys.tolist(), strict=True))
    due = sorted(
        (max(hit["time_s"] - beats[4], 0.0), Piece(hit["piece"]).midi_key)
        for hit in whole
        if 48 <= hit["tick"] < 144
    )
    assert len(found) == len(due) > 0
    assert np.subtract([at for at, _ in found], [at for at, _ in due]) == pytest.approx(0, abs=2e-3)
    assert sorted(key for _, key in found) == sorted(key for _, key in due)


@pytest.mark.parametrize(
    ("file", "asked", "said"),
    [
        ("drums.mid", {"first_beat": 9, "end_beat": 9}, "no part of a song"),
        ("drums.mid", {"first_beat": 0, "end_beat": 99_999}, "no part of a song"),
        ("drums.wav", {"first_beat": 0}, "drums.mid alone"),
    ],
)
def test_a_part_that_there_is_not_is_refused(
    song: Any, file: str, asked: dict[str, int], said: str
) -> None:
    page, project_id = song
    answer = page.client.get(f"/api/projects/{project_id}/export/{file}", params=asked)
    assert answer.status_code in (404, 422) and said in answer.text
