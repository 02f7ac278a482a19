"""Songs on ticks: events lie where they were played, and are kept as they are."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest

from drumnet.corpus.reading import corpus_song, groove_songs, read_manifest
from drumnet.corpus.ticksong import TickSong, TickStore, tick_song
from drumnet.errors import DataError
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hearing.onset_strength import OnsetCurve, onset_pulses
from drumnet.hits import PIECES, DrumTrack, Hit, Piece
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role

BASS, SNARE = HEARD_ROLES.index(Role.BASS), HEARD_ROLES.index(Role.SNARE)
KICK = PIECES.index(Piece.KICK)


def pulses(grid: BeatGrid, strengths: dict[int, float]) -> OnsetCurve:
    times = grid.ticks_to_seconds(list(strengths))
    return onset_pulses(Onsets(times, np.array(list(strengths.values()), np.float32)))


def song_of(name: str = "song", num_bars: int = 4, **about: object) -> TickSong:
    """Bass on ticks 0, 18 and 90; kicks on 0 (soft), 18 (late) and 95 (early)."""
    grid = BeatGrid.constant(120, num_bars * 2.0)
    at = grid.ticks_to_seconds(np.array([0, 18.3, 94.75]))
    hits = [Hit(float(t), 0, Piece.KICK, v) for t, v in zip(at, (40, 100, 127), strict=True)]
    hits.append(Hit(0.5, 12, Piece.CRASH, 70))
    curves = {Role.BASS: pulses(grid, {0: 1.0, 18: 0.5, 90: 0.25})}
    return tick_song({"name": name, **about}, curves, DrumTrack(tuple(hits)), grid)


# ------------------------------------------------------------------ events


def test_events_lie_at_their_ticks_with_velocity_and_offset() -> None:
    dense = song_of().dense_song()
    bass = dense.strength[BASS]
    assert np.flatnonzero(bass).tolist() == [0, 18, 90]
    assert bass[[0, 18, 90]] == pytest.approx([1.0, 0.5, 0.25], abs=1 / 255)
    kick = dense.velocity[KICK]
    assert np.flatnonzero(kick).tolist() == [0, 18, 95]
    assert kick[[0, 18, 95]] * 127 == pytest.approx([40, 100, 127], abs=1e-4)
    assert dense.offset[KICK, [0, 18, 95]] == pytest.approx([0.0, 0.3, -0.25], abs=1 / 254)
    assert np.flatnonzero(dense.velocity[PIECES.index(Piece.CRASH)]).tolist() == [12]
    assert dense.strength.any(axis=1).sum() == 1 and dense.velocity.any(axis=1).sum() == 2


@pytest.mark.parametrize(("first", "length"), [(0, 4), (1, 1), (7, 3), (14, 8), (40, 2)])
def test_a_passage_is_a_part_of_the_song_and_silent_beyond_it(first: int, length: int) -> None:
    song = song_of()
    whole, part = song.dense_song(), song.dense(first, length)
    for name in ("strength", "velocity", "offset"):
        expected = np.pad(getattr(whole, name), ((0, 0), (0, 1000)))
        found = getattr(part, name)
        np.testing.assert_array_equal(found, expected[:, first * 12 : (first + length) * 12])


def test_the_role_that_plays_is_present_even_if_it_is_silent() -> None:
    grid = BeatGrid.constant(120, 8.0)
    curves = {Role.SNARE: OnsetCurve(np.zeros(100, np.float32))}
    song = tick_song({"name": "a"}, curves, None, grid)
    assert np.flatnonzero(song.present).tolist() == [SNARE]
    assert not song.dense_song().strength.any()


def test_of_two_strokes_in_one_tick_the_louder_is_kept() -> None:
    grid = BeatGrid.constant(120, 8.0)
    hits = (Hit(1.0, 24, Piece.KICK, 50), Hit(1.01, 24, Piece.KICK, 90))
    dense = tick_song({"name": "a"}, {}, DrumTrack(hits), grid).dense_song()
    assert np.flatnonzero(dense.velocity[KICK]).tolist() == [24]
    assert dense.velocity[KICK, 24] * 127 == pytest.approx(90)


def test_strokes_outside_the_beats_are_dropped() -> None:
    grid = BeatGrid(np.arange(1, 10) * 0.5, np.arange(9) % 4 + 1)
    hits = tuple(Hit(at, 0, Piece.KICK, 90) for at in (0.1, 0.5, 4.4, 4.9))
    dense = tick_song({"name": "a"}, {}, DrumTrack(hits), grid).dense_song()
    assert np.flatnonzero(dense.velocity[KICK]).tolist() == [0, 94]


# ------------------------------------------------------------------ the store


def test_a_store_that_is_saved_and_loaded_has_the_same_songs(tmp_path: Path) -> None:
    songs = [song_of("one", 4, split="train"), song_of("two", 7, split="test", open=True)]
    songs.append(tick_song({"name": "empty"}, {}, None, BeatGrid.constant(60, 5.0)))
    TickStore(songs).save(tmp_path / "songs.npz")
    loaded = TickStore.load(tmp_path / "songs.npz")
    assert [song.about for song in loaded] == [song.about for song in songs]
    for found, song in zip(loaded, songs, strict=True):
        for field in ("present", "beat_in_bar", "bar_length", "bar", "row", "tick", "value"):
            np.testing.assert_array_equal(getattr(found, field), getattr(song, field))
        np.testing.assert_array_equal(found.dense_song().offset, song.dense_song().offset)


def test_an_empty_store_is_a_store(tmp_path: Path) -> None:
    TickStore([]).save(tmp_path / "songs.npz")
    assert len(TickStore.load(tmp_path / "songs.npz")) == 0


def test_songs_are_chosen_by_what_is_known_of_them() -> None:
    store = TickStore(
        [song_of("a", split="train", open=True), song_of("b", split="train", open=False)]
    )
    assert [song.about["name"] for song in store.where(split="train")] == ["a", "b"]
    assert [song.about["name"] for song in store.where(split="train", open=True)] == ["a"]
    assert len(store.where(split="test")) == 0


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.npz' holds no prepared songs.*drumnet prepare"):
        TickStore.load(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("these are no songs")
    with pytest.raises(DataError, match="holds no prepared songs"):
        TickStore.load(tmp_path / "text.npz")
    np.savez(tmp_path / "other.npz", weights=np.ones(3))
    with pytest.raises(DataError, match="holds no prepared songs"):
        TickStore.load(tmp_path / "other.npz")
    TickStore([song_of()]).save(tmp_path / "cut.npz")
    (tmp_path / "cut.npz").write_bytes((tmp_path / "cut.npz").read_bytes()[:-200])
    with pytest.raises(DataError, match="holds no prepared songs"):
        TickStore.load(tmp_path / "cut.npz")


# ------------------------------------------------------------------ the corpus


def test_a_corpus_song_has_its_notes_on_their_ticks(tiny_corpus: Path) -> None:
    """The waltz: its snare on beat 2, its kick where its bass plays."""
    (entry,) = [e for e in read_manifest(tiny_corpus) if e["split"] == "test"]
    song = corpus_song(tiny_corpus, entry)
    assert song is not None
    assert song.about["name"] == "copy6.mid" and song.about["open"] is True
    assert song.num_beats == 72 and set(song.bar_length.tolist()) == {3}
    dense = song.dense_song()
    np.testing.assert_array_equal(dense.strength[BASS] > 0, dense.velocity[KICK] > 0)
    assert np.flatnonzero(dense.strength[SNARE]).tolist() == list(range(12, 72 * 12, 36))
    bars = dense.velocity[KICK].reshape(24, 36)
    assert (bars == bars[0]).all() and bars.any()
    assert {role for role, on in zip(HEARD_ROLES, song.present, strict=True) if on} == {
        Role.BASS,
        Role.KEYS,
        Role.SNARE,
    }


def test_a_song_that_cannot_be_used_is_left_out(tiny_corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.mid").write_text("no MIDI")
    assert corpus_song(tmp_path, {"file": "bad.mid"}) is None
    assert corpus_song(tmp_path, {"file": "none.mid"}) is None
    tune = mido.MidiFile(tiny_corpus / "copy0.mid")
    del tune.tracks[3:]
    tune.save(tmp_path / "tune.mid")
    assert corpus_song(tmp_path, {"file": "tune.mid"}) is None, "it has no drums"


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no readable manifest\.json"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text("[")
    with pytest.raises(DataError, match=r"no readable manifest\.json"):
        read_manifest(tmp_path)
    with pytest.raises(DataError, match=r"no readable info\.csv"):
        list(groove_songs(tmp_path))


def test_groove_performances_keep_their_split_and_every_piece(
    tiny_corpus: Path, tmp_path: Path
) -> None:
    drums = mido.MidiFile(tiny_corpus / "four0.mid")
    del drums.tracks[1:3]
    drums.save(tmp_path / "a.mid")
    (tmp_path / "info.csv").write_text(
        "split,style,bpm,midi_filename\nvalidation,funk/groove1,98,a.mid\ntest,rock,98,none.mid\n"
    )
    (song,) = groove_songs(tmp_path)
    about = {key: song.about[key] for key in ("name", "split", "genre", "open")}
    assert about == {"name": "groove/a.mid", "split": "valid", "genre": "funk", "open": True}
    dense = song.dense_song()
    assert np.flatnonzero(dense.velocity[KICK]).tolist() == list(range(0, 96 * 12, 12))
    assert np.flatnonzero(dense.strength[SNARE]).tolist() == list(range(12, 96 * 12, 24))


def test_the_manifest_of_the_shared_corpus_can_be_read(shared_data: Path, tmp_path: Path) -> None:
    """Every entry names a file, a split and whether it is open."""
    import tarfile

    with tarfile.open(shared_data / "corpus-v1.tar.xz") as archive:
        for member in archive:
            if Path(member.name).name == "manifest.json":
                content = archive.extractfile(member)
                assert content is not None
                (tmp_path / "manifest.json").write_bytes(content.read())
                break
    songs = read_manifest(tmp_path)
    assert len({song["file"] for song in songs}) == len(songs) > 1000
    assert {song["split"] for song in songs} == {"train", "valid", "test"}
    assert sum(bool(song["open"]) for song in songs) > 100


def test_a_passage_is_what_it_was_in_the_song() -> None:
    song = song_of()
    part = song.cut(3, 4)
    whole, cut = song.dense(3, 4), part.dense_song()
    np.testing.assert_array_equal(cut.strength, whole.strength)
    np.testing.assert_array_equal(cut.velocity, whole.velocity)
    np.testing.assert_array_equal(part.bar, song.bar[3:7])
    assert song.cut(song.num_beats - 2, 10).num_beats == 2
