"""A recording is cut at its middle bar line into two songs of files."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from drumnet.beats.files import read_beats
from drumnet.errors import AudioError, DataError
from drumnet.evaluation.half_songs import LABELS, LEAD_S, half_songs, label_times
from drumnet.hits import PIECES, DrumTrack, Hit, Piece
from drumnet.metrics import onset_counts
from drumnet.midi.read import read_midi
from drumnet.song.onsets import read_drum_onsets
from drumnet.song.roles import Role
from drumnet.song.song import load_song
from drumnet.transcribe import drum_track


@pytest.fixture
def recording(recordings: Path, tmp_path: Path) -> Path:
    """One whose files may be changed: kick on 1, the and of 2, and 4, of eight bars."""
    return Path(shutil.copytree(recordings / "mdb_tresillo", tmp_path / "mdb_tresillo"))


def test_both_begin_at_their_own_start_and_the_second_with_a_bar(
    recording: Path, tmp_path: Path
) -> None:
    """Eight bars of two seconds: the middle bar line is at 8 s."""
    first, second = half_songs(recording, tmp_path / "out")
    assert first.grid.beats_s[0] == 0.0 and first.grid.beat_in_bar[0] == 1
    assert second.grid.beats_s[0] == pytest.approx(LEAD_S) and second.grid.beat_in_bar[0] == 1
    assert first.grid.num_beats == second.grid.num_beats == 16
    assert first.duration_s == pytest.approx(8.0 - LEAD_S)
    assert second.duration_s == pytest.approx(8.0)
    for half in (first, second):
        written = read_beats(half.folder / "beats.tsv")
        np.testing.assert_allclose(written.beats_s, half.grid.beats_s, atol=1e-6)
        for path in (*half.band, half.kick, half.drums):
            assert soundfile.info(path).duration == pytest.approx(half.duration_s, abs=1e-4)


def test_nothing_is_lost_and_nothing_is_in_both(recording: Path, tmp_path: Path) -> None:
    first, second = half_songs(recording, tmp_path / "out")
    start_s = 8.0 - LEAD_S
    for piece, onsets in read_drum_onsets(recording / "drums.tsv").items():
        label = {Piece.KICK: "KD", Piece.SNARE: "SD"}[piece]
        again = np.concatenate([first.wanted[label], second.wanted[label] + start_s])
        np.testing.assert_allclose(again, onsets.times_s)
    whole, rate = soundfile.read(recording / "bass.flac")
    parts = [soundfile.read(half.folder / "band" / "bass.flac")[0] for half in (first, second)]
    cut = round(start_s * rate)
    np.testing.assert_array_equal(parts[0], whole[:cut])
    np.testing.assert_array_equal(parts[1], whole[cut : cut + len(parts[1])])


def test_the_drums_are_the_same_as_sound_as_midi_and_as_hits(
    recording: Path, tmp_path: Path
) -> None:
    _, second = half_songs(recording, tmp_path / "out")
    grid = second.grid
    midi = read_midi(second.folder / "drums.mid").drum_track(grid)
    kick = load_song([], [("kick", second.kick)]).stems[0]
    heard = drum_track(kick, grid)
    table = read_drum_onsets(second.folder / "drums.tsv")
    for label, piece in (("KD", Piece.KICK), ("SD", Piece.SNARE)):
        np.testing.assert_allclose(table[piece].times_s, second.wanted[label], atol=1e-6)
        np.testing.assert_allclose(label_times(midi)[label], second.wanted[label], atol=2e-3)
    assert onset_counts(second.wanted["KD"], label_times(heard)["KD"], 0.02).f_measure == 1.0
    assert set(read_drum_onsets(second.folder / "kick.tsv")) == {Piece.KICK}
    assert read_midi(second.folder / "kick.mid").drum_track(grid).pieces == (Piece.KICK,)


def test_a_song_is_stems_or_one_mix_with_its_snare_or_without(
    recording: Path, tmp_path: Path
) -> None:
    _, second = half_songs(recording, tmp_path / "out")
    stems = load_song(second.heard(one_mix=False, snare=True))
    assert set(stems.roles) == {Role.BASS, Role.OTHER, Role.SNARE}
    assert set(load_song(second.heard(one_mix=False, snare=False)).roles) == {Role.BASS, Role.OTHER}
    for snare in (True, False):
        (stem,) = load_song(second.heard(one_mix=True, snare=snare)).stems
        assert stem.role is Role.OTHER
    with_snare, without = (
        soundfile.read(second.heard(one_mix=True, snare=snare)[0])[0] for snare in (True, False)
    )
    at = round(float(second.wanted["SD"][0]) * 44_100)
    assert not np.allclose(with_snare[at : at + 2000] * 3, without[at : at + 2000] * 2, atol=0.02)


def test_sound_of_its_own_is_taken_and_not_taken_for_the_band(
    recording: Path, tmp_path: Path
) -> None:
    rng, rate = np.random.default_rng(1), 22_050
    own = rng.normal(0, 0.1, (16 * rate, 2))
    soundfile.write(recording / "kick.flac", own, rate, subtype="PCM_24")
    _, second = half_songs(recording, tmp_path / "out")
    assert second.kick == second.folder / "kick.flac"
    cut = round((8.0 - LEAD_S) * rate)
    np.testing.assert_allclose(
        soundfile.read(second.kick)[0][:500], own[cut : cut + 500], atol=1e-6
    )
    assert [path.stem for path in second.band] == ["bass", "other"]


def test_recordings_that_cannot_be_cut_are_refused(recording: Path, tmp_path: Path) -> None:
    (recording / "kick.flac").write_text("no sound")
    with pytest.raises(AudioError, match=r"kick\.flac"):
        half_songs(recording, tmp_path / "no sound")
    (recording / "kick.flac").unlink()
    rows = (recording / "drums.tsv").read_text().splitlines(keepends=True)
    early = [row for row in rows if float(row.split("\t")[0]) < 7.0 or "KD" not in row]
    (recording / "drums.tsv").write_text("".join(early))
    with pytest.raises(DataError, match=r"mdb_tresillo' has no KD in one half of its drums\.tsv"):
        half_songs(recording, tmp_path / "out")
    beats = (recording / "beats.tsv").read_text().splitlines(keepends=True)
    (recording / "beats.tsv").write_text("".join(beats[:12]))
    with pytest.raises(DataError, match=r"has 3 bar lines in beats\.tsv: .* it needs four"):
        half_songs(recording, tmp_path / "again")


# ------------------------------------------------------------------ labels


def test_every_piece_has_the_label_that_it_is_annotated_as() -> None:
    hits = tuple(Hit(float(i), 24 * i, piece) for i, piece in enumerate(PIECES))
    found = label_times(DrumTrack(hits))
    times = {label: found[label].tolist() for label in LABELS}
    assert times == {"KD": [0], "SD": [1], "HH": [2, 3], "TT": [4, 5, 6], "CY": [7, 8]}


def test_two_pieces_of_a_label_on_one_tick_are_one_stroke() -> None:
    both = (Hit(1.0, 24, Piece.CRASH), Hit(1.002, 24, Piece.RIDE), Hit(2.0, 48, Piece.RIDE))
    assert label_times(DrumTrack(both))["CY"].tolist() == [1.0, 2.0]
