"""How the beat network is taught: what is simulated, the targets, and that it learns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drumnet.audio.source import Audio
from drumnet.beats.evidence import FRAME_RATE_HZ, NUM_CHANNELS, StemEvidence, hear_stem
from drumnet.training.beats.render import Clip
from drumnet.training.beats.simulate import PatchBank, struck
from drumnet.training.beats.songs import (
    BASS,
    DRUMS,
    PARTS,
    BeatSong,
    bent,
    felt_beats,
    load_songs,
    save_songs,
)

torch = pytest.importorskip("torch")

from drumnet.training.beats.batches import BatchConfig, ExampleSource, targets  # noqa: E402
from drumnet.training.beats.export import export_beats  # noqa: E402
from drumnet.training.beats.loop import BeatTrainingConfig, beat_run, learn  # noqa: E402
from drumnet.training.beats.model import BeatModelConfig  # noqa: E402

RATE = 16_000
SMALL = BeatModelConfig(first_width=8, width=16, dilations=(1, 2, 4), dropout=0.0)


def pulse_song(bpm: float = 120.0, num_beats: int = 64) -> BeatSong:
    """A bass on the downbeats, a kick on each beat, in four."""
    beats_s = 0.1 + np.arange(num_beats) * 60 / bpm
    bass = [[at, at + 0.4, BASS, 40.0, 100.0] for at in beats_s[::4]]
    kick = [[at, at + 0.1, DRUMS, 36.0, 100.0] for at in beats_s]
    notes = np.array(sorted(bass + kick), dtype=np.float32)
    return BeatSong(
        "pulse.mid", "train", "test", "gm", notes, beats_s, np.arange(num_beats) % 4 + 1
    )


def plucked(times_s: np.ndarray, duration_s: float) -> StemEvidence:
    sound = np.zeros(round(duration_s * RATE), np.float32)
    tone = np.sin(2 * np.pi * 110 * np.arange(RATE // 5) / RATE) * np.exp(
        -np.arange(RATE // 5) / 800
    )
    for at in np.round(times_s * RATE).astype(int):
        part = sound[at : at + len(tone)]
        part += 0.5 * tone[: len(part)].astype(np.float32)
    return hear_stem(Audio(sound[None], RATE))


def clip_of(song: BeatSong, duration_s: float = 20.0) -> Clip:
    inside = song.notes[:, 0] < duration_s
    notes = song.notes[inside]
    heard = {
        PARTS[part]: plucked(notes[notes[:, 2] == part, 0], duration_s) for part in (BASS, DRUMS)
    }
    beats = song.beats_s < duration_s
    return Clip(
        song.name,
        "train",
        "test",
        "none",
        heard,
        notes,
        song.beats_s[beats],
        song.beat_in_bar[beats],
    )


# ------------------------------------------------------------------ songs


def test_eighths_of_a_six_eight_are_felt_in_two() -> None:
    beats_s = np.arange(48) * 0.2  # 300 a minute
    felt = felt_beats(beats_s, np.arange(48) % 6 + 1)
    assert felt is not None
    np.testing.assert_allclose(np.diff(felt[0]), 0.6)
    np.testing.assert_array_equal(felt[1][:4], [1, 2, 1, 2])


def test_a_bent_song_keeps_its_beats_under_its_notes() -> None:
    song = pulse_song()
    swung = bent(song, 0.1, 30.0)
    kicks = swung.notes[swung.notes[:, 2] == DRUMS, 0]
    np.testing.assert_allclose(kicks, swung.beats_s, atol=1e-4)
    steps = np.diff(swung.beats_s)
    assert steps.min() == pytest.approx(0.5 / 1.1, rel=0.01)
    assert steps.max() == pytest.approx(0.5 / 0.9, rel=0.01)


def test_songs_come_back_as_they_were_written(tmp_path: Path) -> None:
    songs = [pulse_song(), replace(pulse_song(90.0, 32), name="other.mid")]
    save_songs(songs, tmp_path / "songs.npz")
    back = load_songs(tmp_path / "songs.npz")
    assert [song.name for song in back] == ["pulse.mid", "other.mid"]
    np.testing.assert_array_equal(back[1].notes, songs[1].notes)
    np.testing.assert_array_equal(back[1].beats_s, songs[1].beats_s)


# ------------------------------------------------------------------ what is simulated


def test_drums_struck_together_are_one_onset() -> None:
    notes = np.array([[1.0, 1.1, DRUMS, 36, 90], [1.002, 1.1, DRUMS, 38, 90]], np.float32)
    times_s, kinds = struck(notes, DRUMS)
    assert len(times_s) == 1 and kinds.tolist() == [3]


def test_simulated_parts_are_strong_where_notes_begin_and_nowhere_else() -> None:
    song = pulse_song()
    bank = PatchBank([clip_of(song)])
    kicks = song.notes[song.notes[:, 2] == DRUMS]
    heard = bank.play(kicks, DRUMS, 1_000, np.random.default_rng(0))
    total = heard.flux.sum(axis=1)
    at = np.round(kicks[kicks[:, 0] < 19, 0] * FRAME_RATE_HZ).astype(int)
    on = np.array([total[frame - 2 : frame + 3].max() for frame in at])
    apart = np.ones(len(total), bool)
    apart[(at[:, None] + np.arange(-4, 7)).clip(0, len(total) - 1)] = False
    assert np.median(on) > 5 * np.quantile(total[apart], 0.9)


def test_targets_lie_on_the_beats() -> None:
    target, known = targets(np.array([1.0, 1.5, 2.0]), np.array([1, 2, 3]), 200)
    assert np.flatnonzero(target[:, 0] == 1).tolist() == [50, 75, 100]
    assert np.flatnonzero(target[:, 1] == 1).tolist() == [50]
    assert known[60] == 1 and known[10] == 0 and known[150] == 0


def test_examples_follow_the_seed() -> None:
    song = pulse_song()
    source = ExampleSource(
        [clip_of(song)], [song], PatchBank([clip_of(song)]), BatchConfig(clip_s=16.0)
    )
    first, second = (source.example(np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.evidence, second.evidence)
    assert first.evidence.shape == (800, NUM_CHANNELS) and np.isfinite(first.evidence).all()
    assert first.targets[:, 0].sum() > 10


# ------------------------------------------------------------------ that it learns


def test_a_run_learns_resumes_and_is_exported(tmp_path: Path) -> None:
    song = pulse_song()
    clip = clip_of(song)
    batch = BatchConfig(clip_s=16.0, batch=4, fresh=2, kept=8, sway=0.0, tempo=1.05)
    config = BeatTrainingConfig(
        steps=200, learning_rate=5e-3, warm_up=1, average=0.8, batch=batch, model=SMALL
    )
    training = beat_run(tmp_path / "run", config)
    source = ExampleSource([clip], [song], PatchBank([clip]), batch)
    first = next(source.batches(np.random.default_rng(0)))
    losses = [learn(training, first) for _ in range(40)]
    assert losses[-1] < 0.85 * losses[0]
    training.save()
    assert beat_run(tmp_path / "run", config).step == 40
    # Compares the graph with PyTorch's own answer.
    export_beats(tmp_path / "run", tmp_path / "weights", {"corpus": "a test"})
    assert (tmp_path / "weights" / "beats.onnx").is_file()
