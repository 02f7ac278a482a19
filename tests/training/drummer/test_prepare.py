"""Songs of every kind are prepared with their beats, their kick and their band."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from drumnet.beats.files import write_beats
from drumnet.corpus.reading import corpus_song
from drumnet.corpus.ticksong import TickSong, TickStore
from drumnet.errors import DataError
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hits import PIECES, Piece
from drumnet.metrics import tick_counts
from drumnet.midi.read import read_midi
from drumnet.song.roles import Role
from drumnet.training.band.fluidsynth import general_midi_soundfonts
from drumnet.training.drummer.multitrack import multitrack_folders, multitrack_song
from drumnet.training.drummer.prepare import prepare
from drumnet.training.drummer.rendered import RenderConfig, rendered_song
from drumnet.training.drummer.simulate import HearingBank

RATE = 22_050
BASS, KEYS = HEARD_ROLES.index(Role.BASS), HEARD_ROLES.index(Role.KEYS)
KICK = PIECES.index(Piece.KICK)


def ticks_of(song: TickSong, row: int, least: float = 0.5) -> list[int]:
    return np.flatnonzero(song.dense_song().strength[row] >= least).tolist()


def kick_ticks(song: TickSong) -> list[int]:
    return np.flatnonzero(song.dense_song().velocity[KICK]).tolist()


# ------------------------------------------------------------------ recordings


def struck(
    times_s: NDArray[np.float64], pitch_hz: float, fall_hz: float = 0.0
) -> NDArray[np.float32]:
    """16 s of decaying tones, whose pitch may fall as a kick's does."""
    out = np.zeros(16 * RATE)
    t = np.arange(round(0.25 * RATE)) / RATE
    phase = 2 * np.pi * (pitch_hz * t + fall_hz * 0.02 * (1 - np.exp(-t / 0.02)))
    tone = 0.6 * np.sin(phase) * np.exp(-t / 0.08)
    for at in np.round(times_s * RATE).astype(int):
        part = out[at : at + len(tone)]
        part += tone[: len(part)]
    return out.astype(np.float32)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two songs at 100 bpm, begun 0.3 s late: kicks on 1, the and of 2, and 3."""
    root = tmp_path_factory.mktemp("recordings")
    grid = BeatGrid(0.3 + np.arange(26) * 0.6, np.arange(26) % 4 + 1)
    bars = np.arange(0, 24 * 12, 48)[:, None]
    kicks = grid.ticks_to_seconds((bars + np.array([0, 18, 24])).reshape(-1))
    stems = {
        "kick": struck(kicks, 50, 110),
        "bass": struck(grid.ticks_to_seconds(np.arange(0, 288, 12)), 82),
        "keys": struck(grid.ticks_to_seconds(np.arange(6, 288, 24)), 440),
    }
    for split, name in (("train", "Song A"), ("test", "Song B")):
        (root / split / name).mkdir(parents=True)
        for stem, samples in stems.items():
            soundfile.write(root / split / name / f"{stem}.wav", samples, RATE)
        write_beats(root / split / name / "beats.tsv", grid)
    b = root / "test" / "Song B"
    (b / "kick.wav").unlink()
    (b / "kick.csv").write_text("time_s\n" + "\n".join(f"{at:.4f}" for at in kicks) + "\n")
    return root


@pytest.mark.parametrize("name", ["train/Song A", "test/Song B"])
def test_a_recording_has_its_kick_whether_it_is_sound_or_a_table(
    recordings: Path, name: str
) -> None:
    song = multitrack_song(recordings / name)
    assert song is not None
    first = int(np.argmax(song.beat_in_bar == 0))
    wanted = [48 * bar + tick + 12 * first for bar in range(6) for tick in (0, 18, 24)]
    assert kick_ticks(song) == wanted
    assert song.about["split"] == name.split("/")[0]
    assert [role for role, on in zip(HEARD_ROLES, song.present, strict=True) if on] == [
        Role.BASS,
        Role.KEYS,
    ], "the kick is not heard"
    keys = np.arange(6, 288, 24) + 12 * first
    assert tick_counts(keys, ticks_of(song, KEYS, 0.7)).recall == 1.0


def test_without_beats_they_are_tracked(recordings: Path, tmp_path: Path) -> None:
    folder = tmp_path / "Song A"
    shutil.copytree(recordings / "train" / "Song A", folder)
    (folder / "beats.tsv").unlink()
    song = multitrack_song(folder)
    assert song is not None
    phases = np.bincount(np.array(kick_ticks(song)) % 12, minlength=12)
    assert phases[[11, 0, 1]].sum() >= 11, "two of three kicks lie on a beat"


def test_a_folder_without_a_kick_or_without_a_band_is_left_out(
    recordings: Path, tmp_path: Path
) -> None:
    source = recordings / "train" / "Song A"
    for name, kept in (("no kick", ("bass.wav", "beats.tsv")), ("alone", ("kick.wav",)), ("", ())):
        folder = tmp_path / (name or "empty")
        folder.mkdir()
        for file in kept:
            shutil.copy(source / file, folder / file)
        assert multitrack_song(folder) is None


def test_songs_outside_the_splits_are_put_in_one_by_their_name(
    recordings: Path, tmp_path: Path
) -> None:
    """By the name alone, so that another copy never leaks from test to train."""
    for copy in ("one", "two"):
        shutil.copytree(recordings / "train" / "Song A", tmp_path / copy / "Song A")
    songs = [multitrack_song(tmp_path / copy / "Song A") for copy in ("one", "two")]
    assert songs[0] is not None and songs[1] is not None
    assert songs[0].about["split"] == songs[1].about["split"]


def test_a_folder_of_no_songs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no folder of songs"):
        multitrack_folders(tmp_path / "none")
    with pytest.raises(DataError, match="has no folder for each song"):
        multitrack_folders(tmp_path)
    (tmp_path / "notes").mkdir()
    with pytest.raises(DataError, match="holds no song with a kick drum"):
        prepare([tmp_path], tmp_path / "out", render=0, workers=1)


# ------------------------------------------------------------------ drumnet prepare


def test_every_kind_of_source_is_prepared(
    recordings: Path, tiny_corpus: Path, tiny_prepared: Path, tmp_path: Path
) -> None:
    seen: list[tuple[str, int, int]] = []
    prepare(
        [tiny_corpus, recordings],
        tmp_path,
        render=0,
        workers=1,
        progress=lambda stage, done, of: seen.append((stage, done, of)),
    )
    store = TickStore.load(tmp_path / "songs.npz")
    assert [song.about["heard"] for song in store] == ["events"] * 11 + ["recorded"] * 2
    assert seen[-1] == (f"reading {recordings.name}", 2, 2) and seen[10][1:] == (11, 11)
    corpus = TickStore.load(tiny_prepared / "songs.npz")
    for one, two in zip(corpus, store, strict=False):
        assert one.about == two.about
        np.testing.assert_array_equal(one.tick, two.tick)
    assert [song.about["name"] for song in store.where(split="test")] == ["copy6.mid", "Song B"]


# ------------------------------------------------------------------ rendering


@pytest.fixture(scope="module")
def soundfonts() -> list[Path]:
    """The smallest soundfont of this machine."""
    try:
        return sorted(general_midi_soundfonts(), key=lambda file: file.stat().st_size)[:1]
    except DataError as fault:
        pytest.skip(str(fault))


def test_a_rendered_song_is_heard_where_it_was_played(
    tiny_corpus: Path, soundfonts: list[Path]
) -> None:
    """From MIDI to sound and back to ticks: a bass on every beat is heard there."""
    song = read_midi(tiny_corpus / "copy0.mid")
    config = RenderConfig(excerpt_s=16.0, timing_s=0.0, velocity=0.0)
    found = rendered_song(song, {"name": "copy0"}, soundfonts, np.random.default_rng(0), config)
    assert found is not None
    heard, hearings = found
    assert heard.about["heard"] == "rendered"
    events = corpus_song(tiny_corpus, {"file": "copy0.mid"})
    assert events is not None
    # Which beats the excerpt has is told by its kicks, which copy the bass.
    wanted = kick_ticks(heard)
    assert tick_counts(wanted, ticks_of(heard, BASS, 0.3)).recall > 0.9
    strength = heard.dense_song().strength[BASS]
    quiet = np.setdiff1d(np.arange(len(strength)), np.array(wanted)[:, None] + [-1, 0, 1])
    assert strength[wanted].mean() > 3 * strength[quiet].mean()
    assert Role.BASS in hearings
    on_onset, _, elsewhere = hearings[Role.BASS].quantiles
    assert np.median(on_onset) > 0.5 > 0.2 > np.median(elsewhere)


def test_the_same_seed_renders_the_same(tiny_corpus: Path, soundfonts: list[Path]) -> None:
    song = read_midi(tiny_corpus / "four0.mid")
    config = RenderConfig(excerpt_s=12.0)

    def ticks(seed: int) -> bytes:
        rng = np.random.default_rng(seed)
        found = rendered_song(song, {"name": "four0"}, soundfonts, rng, config)
        assert found is not None
        return found[0].tick.tobytes() + found[0].value.tobytes()

    assert ticks(1) == ticks(1) != ticks(2)


def test_a_song_of_a_few_beats_is_not_rendered(tiny_corpus: Path) -> None:
    song = read_midi(tiny_corpus / "four0.mid")
    config = RenderConfig(excerpt_s=2.0)
    rng = np.random.default_rng(0)
    assert rendered_song(song, {"name": "four0"}, [Path("none.sf2")], rng, config) is None


def test_prepare_renders_songs_outside_the_test_split(
    tiny_corpus: Path, soundfonts: list[Path], tmp_path: Path
) -> None:
    """Two of the corpus, with the hearings of their stems."""
    prepare([tiny_corpus], tmp_path, render=2, workers=1)
    rendered = TickStore.load(tmp_path / "songs.npz").where(heard="rendered")
    assert 1 <= len(rendered) <= 2
    assert all(song.about["split"] != "test" for song in rendered)
    assert len(HearingBank.load(tmp_path / "hearings.npz")) >= 1


def test_without_fluidsynth_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DataError, match="apt-get install fluidsynth"):
        general_midi_soundfonts()
