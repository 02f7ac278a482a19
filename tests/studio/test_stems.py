"""Stems come in whole or not at all, and sound in the browser as they do here."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.midi.write import write_midi


def wav(samples: Any, rate: int = 44_100, **kwargs: Any) -> bytes:
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, samples, rate, **{"format": "WAV", **kwargs})
    return file.getvalue()


def clicks(times_s: list[float], duration_s: float, rate: int = 44_100) -> Any:
    samples = np.zeros(round(duration_s * rate), dtype=np.float32)
    samples[np.round(np.array(times_s) * rate).astype(int)] = 0.9
    return samples


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_roles_are_guessed_of_all_names_and_may_be_said(page: Any, song_folder: Path) -> None:
    project_id = page.new_project()
    sound = (song_folder / "keys.wav").read_bytes()
    names = ["Kick Me - Bass.wav", "Kick Me - Gtr.wav", "Kick Me - Vox.wav"]
    for name in names:
        project = page.upload(project_id, name, sound)
    assert [stem["role"] for stem in project["stems"]] == ["bass", "guitar", "vocals"]
    stem = project["stems"][1]["id"]
    path = f"/projects/{project_id}/stems/{stem}"
    page.ask("PATCH", path, json={"role": "snare"})
    project = page.upload(project_id, "Kick Me - Keys.wav", sound)
    assert [stem["role"] for stem in project["stems"]] == ["bass", "snare", "vocals", "keys"]


def test_what_is_too_large_is_refused_and_leaves_nothing(open_page: Any, tmp_path: Path) -> None:
    with open_page(tmp_path / "data", max_upload_bytes=2_000_000) as page:
        project_id = page.new_project()
        before = files_in(tmp_path)
        for content in (bytes(2_000_001), (bytes(500_000) for _ in range(5))):
            problem = page.upload(project_id, "long.wav", content, 413)
            assert problem["error"].startswith("'long.wav' is larger than 2 MB")
        assert files_in(tmp_path) == before
        assert page.get(f"/projects/{project_id}")["status"] == "empty"
        quiet = wav(np.zeros(900_000, dtype=np.float32), subtype="PCM_16")
        assert len(quiet) < 2_000_000
        page.upload(project_id, "fits.wav", quiet)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.txt", b"hello", "no sound that can be read"),
        ("bass", b"hello", "no sound that can be read"),
        ("bass.wav", b"hello", "'bass.wav'"),
        ("bass.wav", b"", "'bass.wav' is empty"),
        ("bass.mp3", b"no frames in here", "'bass.mp3'"),
        ("bass.flac", b"fLaC" + bytes(100), "'bass.flac'"),
        ("bass.mid", b"MThd", "'bass.mid'"),
        ("<script>.wav", b"RIFF", "'<script>.wav'"),
    ],
)
def test_what_is_no_sound_is_refused_in_its_own_name(
    page: Any, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    project_id = page.new_project()
    before = files_in(tmp_path)
    problem = page.upload(project_id, name, content, 415)
    assert words in problem["error"]
    assert str(tmp_path) not in problem["error"]
    assert files_in(tmp_path) == before


def test_a_stem_to_no_project_is_not_even_read(page: Any, tmp_path: Path) -> None:
    missing = "00000000-0000-4000-8000-000000000000"
    page.upload(missing, "bass.wav", wav(np.zeros(1000)), 404)
    assert not list((tmp_path / "data" / "tmp").iterdir())


def test_the_waveform_shows_clicks_where_they_are(page: Any) -> None:
    times = [0.5, 1.25, 2.0]
    project_id = page.new_project()
    project = page.upload(project_id, "perc.wav", wav(clicks(times, 3.0, 48_000), 48_000))
    page.wait_until_heard(project_id)
    path = f"/projects/{project_id}/stems/{project['stems'][0]['id']}/peaks"
    for per_second in (100, 20):
        peaks = page.get(f"{path}?per_second={per_second}")
        loud = np.flatnonzero(np.array(peaks["highest"]) > 100)
        np.testing.assert_array_equal(loud, np.floor(np.array(times) * per_second))
        assert len(peaks["lowest"]) == 3 * per_second
    page.get(f"{path}?per_second=0", 422)


def test_a_browser_gets_the_samples_as_they_are(page: Any) -> None:
    import soundfile

    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (9000, 2)).astype(np.float32)
    as_it_is = wav(noise, subtype="PCM_16")
    project_id = page.new_project()
    page.upload(project_id, "bass.wav", as_it_is)
    project = page.upload(project_id, "keys.aiff", wav(noise, format="AIFF", subtype="PCM_24"))
    bass, keys = (
        f"/api/projects/{project_id}/stems/{stem['id']}/audio" for stem in project["stems"]
    )
    assert page.client.get(bass).content == as_it_is
    part = page.client.get(bass, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, as_it_is[100:200])
    flac = page.client.get(keys)
    assert flac.headers["content-type"] == "audio/flac"
    samples, rate = soundfile.read(io.BytesIO(flac.content), dtype="float32")
    assert rate == 44_100
    np.testing.assert_allclose(samples, noise, atol=2**-22)


def test_midi_is_a_stem_for_each_role_and_makes_no_sound(page: Any, tmp_path: Path) -> None:
    hits = [Hit(0.5 * beat, 12 * beat, Piece.SNARE) for beat in range(1, 16, 2)]
    hits += [Hit(0.5 * beat, 12 * beat, Piece.KICK) for beat in range(0, 16, 2)]
    write_midi(tmp_path / "x.mid", DrumTrack(tuple(hits)), BeatGrid.constant(120, 9))
    content = (tmp_path / "x.mid").read_bytes()
    project_id = page.new_project()
    project = page.upload(project_id, "take 3.mid", content)
    assert {stem["role"] for stem in project["stems"]} == {"snare", "kick"}
    project = page.wait_until_heard(project_id)
    assert project["status"] == "ready", project["error"]
    snare = next(stem for stem in project["stems"] if stem["role"] == "snare")
    path = f"/projects/{project_id}/stems/{snare['id']}"
    assert "notes, not sound" in page.get(f"{path}/audio", 404)["error"]
    pulses = np.flatnonzero(page.get(f"{path}/peaks?per_second=2")["highest"])
    np.testing.assert_array_equal(pulses, range(1, 16, 2))


def test_a_path_on_this_machine_is_copied_in(page: Any, song_folder: Path, tmp_path: Path) -> None:
    project_id = page.new_project()
    path = f"/projects/{project_id}/open"
    project = page.post(path, {"path": str(song_folder)})
    roles = {stem["name"]: stem["role"] for stem in project["stems"]}
    assert roles == {
        "Bass DI.wav": "bass", "keys.wav": "keys", "kick in.wav": "kick", "snare top.wav": "snare"
    }  # fmt: skip
    assert next(s for s in project["stems"] if s["role"] == "kick")["replaced"]
    page.wait_until_heard(project_id)
    for wrong, status in (
        (str(tmp_path / "nowhere"), 404),
        ("relative/song", 400),
        ("\0", 400),
        ("/dev/null", 404),
        ("~nobody-of-this-name/song", 404),
        ("/" + "x" * 3000, 404),
        (str(tmp_path), 422),
    ):
        problem = page.post(path, {"path": wrong}, status)
        assert len(problem["error"].splitlines()) == 1
    assert len(page.get(f"/projects/{project_id}")["stems"]) == 4


def test_a_fault_of_our_own_leaves_no_project_listening(
    page: Any, song_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("drumnet.studio.hear.analysis.Analysis.hear", broken)
    project_id = page.new_project()
    page.upload(project_id, "keys.wav", (song_folder / "keys.wav").read_bytes())
    project = page.wait_until_heard(project_id)
    assert project["status"] == "failed"
    assert project["error"].startswith("listening failed for a fault of the studio's own")


def test_a_stem_that_is_damaged_later_is_named_in_the_projects_error(
    page: Any, song_folder: Path, tmp_path: Path
) -> None:
    sound = (song_folder / "keys.wav").read_bytes()
    project_id = page.new_project()
    flat = wav(np.full(44_100, np.nan, dtype=np.float32), subtype="FLOAT")
    refused = page.upload(project_id, "broken keys.wav", flat, 415)
    assert refused["error"].startswith("'broken keys.wav' holds samples that are not finite")
    page.upload(project_id, "broken keys.wav", sound)
    page.wait_until_heard(project_id)
    (stored,) = (tmp_path / "data").glob("projects/*/stems/*.wav")
    stored.write_bytes(flat)
    page.post(f"/projects/{project_id}/listen")
    project = page.wait_until_heard(project_id)
    assert project["status"] == "failed"
    assert project["error"].startswith("'broken keys.wav' holds samples that are not finite")
    page.ask("DELETE", f"/projects/{project_id}/stems/{project['stems'][0]['id']}")
    page.upload(project_id, "keys.wav", sound)
    assert page.wait_until_heard(project_id)["status"] == "ready"


def test_stems_that_come_one_by_one_end_in_one_ready_song(page: Any, song_folder: Path) -> None:
    project_id = page.new_project()
    for name in ("Bass DI.wav", "keys.wav", "snare top.wav"):
        page.upload(project_id, name, (song_folder / name).read_bytes())
    project = page.wait_until_heard(project_id)
    assert (project["status"], len(project["stems"])) == ("ready", 3)
    assert project["beats"]["tempo_bpm"] == pytest.approx(120, abs=0.5)
    assert project["duration_s"] == pytest.approx(16, abs=0.01)


def test_the_last_stem_leaves_an_empty_song(song: Any) -> None:
    page, project_id = song
    for stem in page.get(f"/projects/{project_id}")["stems"]:
        project = page.ask("DELETE", f"/projects/{project_id}/stems/{stem['id']}")
    assert (project["status"], project["beats"], project["stems"]) == ("empty", None, [])
    page.post(f"/projects/{project_id}/hits", {}, 409)
    assert "no stems yet" in page.post(f"/projects/{project_id}/listen", None, 409)["error"]


def test_another_role_is_heard_at_once(song: Any) -> None:
    page, project_id = song
    before = page.hits(project_id)
    stems = page.get(f"/projects/{project_id}")["stems"]
    bass = next(stem for stem in stems if stem["role"] == "bass")
    path = f"/projects/{project_id}/stems/{bass['id']}"
    assert page.ask("PATCH", path, json={"role": "drums"})["status"] == "ready"
    assert page.hits(project_id) != before  # it is replaced now, not heard
    page.ask("PATCH", path, json={"role": "bass"})
    assert page.hits(project_id) == before


ODD = {
    "one sample": lambda: wav(np.zeros(1, dtype=np.float32)),
    "silence": lambda: wav(np.zeros(44_100, dtype=np.float32)),
    "drums alone": lambda: wav(clicks([0.5, 1.0, 1.5], 2.0)),
    "8 kHz": lambda: wav(clicks([0.5, 1.0, 1.5], 2.0, 8_000), 8_000),
    "5.1": lambda: wav(np.tile(clicks([0.1, 0.6], 1.0)[:, None], 6)),
    "beyond full scale": lambda: wav(5 * clicks([0.1, 0.6], 1.0), subtype="FLOAT"),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_songs_are_played_and_exported_like_any_other(page: Any, kind: str) -> None:
    project_id = page.new_project(kind)
    page.upload(project_id, f"{kind}.wav", ODD[kind]())
    project = page.wait_until_heard(project_id)
    assert project["status"] == "ready", project["error"]
    page.hits(project_id, settings={"density": 4, "temperature": 1})
    stem = f"/projects/{project_id}/stems/{project['stems'][0]['id']}"
    assert page.get(f"{stem}/peaks")["highest"]
    for path in (f"{stem}/audio", f"/projects/{project_id}/export.zip"):
        assert page.client.get(f"/api{path}").status_code == 200
    for action in ("half", "double", "reset"):
        revision = page.get(f"/projects/{project_id}")["revision"]
        body = {"revision": revision, "edit": {"action": action}}
        answer = page.client.post(f"/api/projects/{project_id}/beats", json=body)
        assert answer.status_code in (200, 400, 422)
        page.hits(project_id)
