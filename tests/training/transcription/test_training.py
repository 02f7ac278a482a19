"""What the drum network is trained on is what was played, and what it learns is shipped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from fixtures.strokes import PLAIN as PLAIN_TAKE  # noqa: E402
from fixtures.strokes import burst, inventory, kit, score  # noqa: E402

from drumnet.arrays import write_arrays  # noqa: E402
from drumnet.audio.source import Audio  # noqa: E402
from drumnet.errors import CheckpointError, DataError  # noqa: E402
from drumnet.hits import Piece  # noqa: E402
from drumnet.training.band.lmms import LmmsExcerpt  # noqa: E402
from drumnet.training.band.scores import read_scores  # noqa: E402
from drumnet.training.band.strokes import RATE_HZ  # noqa: E402
from drumnet.training.transcription.export import export_drums, tuned  # noqa: E402
from drumnet.training.transcription.loop import DrumTrainingConfig, frame_targets, train_drums  # noqa: E402
from drumnet.training.transcription.model import DrumModelConfig  # noqa: E402
from drumnet.training.transcription.prepare import CLIPS_FOLDER, load_clips  # noqa: E402
from drumnet.training.transcription.render import (  # noqa: E402
    PIECES,
    ClipConfig,
    project_clip,
    rendered_clip,
)
from drumnet.transcribe.network import StrokeActivations, load_drum_network  # noqa: E402
from drumnet.transcribe.spectrum import NUM_BANDS, log_mel, loudest, mel_magnitude  # noqa: E402
from drumnet.transcribe.strokes import hear_strokes, stroke_velocities  # noqa: E402

#: A clip as it is played, with nothing done to it but what the desk does.
PLAIN = ClipConfig(leak=0.0, mix=0.0, no_drums=0.0, noise=0.0, lossy=0.0, take=PLAIN_TAKE)


def test_a_clip_holds_the_strokes_of_its_score() -> None:
    clip = rendered_clip(score(), (), inventory(), np.random.default_rng(5), PLAIN)
    assert clip.heard.shape == (201, NUM_BANDS)
    times, pieces = clip.strokes[:, 0], clip.strokes[:, 1].astype(int)
    written = {PIECES.index(p) for p in (Piece.KICK, Piece.SNARE, Piece.CLOSED_HAT)}
    assert len(written & set(pieces)) >= 2  # one of them may be played on another drum
    # What is heard rises where strokes are: more within 20 ms than elsewhere.
    rise = np.maximum(np.diff(clip.heard.astype(np.float32), axis=0), 0).mean(axis=1)
    frames = np.arange(1, 201) / 100
    near = (np.abs(frames[:, None] - times[None]) <= 0.025).any(axis=1)
    assert rise[near].mean() > 4 * rise[~near].mean()


def test_a_clip_of_a_project_holds_its_strokes() -> None:
    drums = np.zeros(6 * RATE_HZ, dtype=np.float32)
    strokes = [(0.5 * i, 36.0, 100.0) for i in range(12)]
    for at, _, _ in strokes:
        wave = kit().strokes[36][0]
        drums[round(at * RATE_HZ) :][: len(wave)] += 0.1 * wave[: len(drums) - round(at * RATE_HZ)]
    others = np.zeros_like(drums)
    excerpt = LmmsExcerpt("toy", drums, others, np.array(strokes), np.full(12, 0.1))
    clip = project_clip([excerpt], np.random.default_rng(0), PLAIN)
    assert clip.heard.shape == (201, NUM_BANDS) and len(clip.strokes) in (4, 5)
    assert set(clip.strokes[:, 1]) == {PIECES.index(Piece.KICK)}
    np.testing.assert_allclose(np.diff(clip.strokes[:, 0]), 0.5, atol=1e-3)


def test_a_clip_is_the_same_under_the_same_seed() -> None:
    one, two, other = (
        rendered_clip(score(), (), inventory(), np.random.default_rng(seed), ClipConfig())
        for seed in (5, 5, 6)
    )
    assert np.array_equal(one.heard, two.heard) and np.array_equal(one.strokes, two.strokes)
    assert not np.array_equal(one.heard, other.heard)


def test_targets_point_to_the_stroke() -> None:
    strokes = np.array([[0.503, 2.0, -40.0]], dtype=np.float32)
    onset, level_db, offset, known = frame_targets(strokes, 100)
    assert onset[49:52, 2].tolist() == [0.5, 1.0, 0.5] and onset.sum() == 2.0
    np.testing.assert_allclose((np.arange(49, 52) + offset[49:52, 2]) / 100, 0.503, atol=1e-4)
    assert level_db[50, 2] == -40.0
    assert known.sum() == 3.0


def test_thresholds_are_where_the_score_is_best() -> None:
    onset = np.zeros((100, len(Piece)), dtype=np.float32)
    onset[[20, 50, 80], 0] = 0.45
    onset[[10, 35, 65], 0] = 0.25  # wrong ones
    zeros = np.zeros_like(onset)
    strokes = np.array([[0.2, 0, -40], [0.5, 0, -40], [0.8, 0, -40]], dtype=np.float32)
    threshold, score = tuned([StrokeActivations(onset, zeros, zeros)], [strokes])[Piece.KICK]
    assert score == 1.0 and 0.25 < threshold < 0.45


def toy_clips(work: Path, split: str, count: int) -> None:
    rng = np.random.default_rng([7, count])
    config = replace(PLAIN, take=replace(PLAIN_TAKE, level_db=1.0, tuning_semitones=0.3))
    clips = [rendered_clip(score(), (), inventory(), rng, config) for _ in range(count)]
    owners = np.repeat(np.arange(count), [len(clip.strokes) for clip in clips])
    (work / CLIPS_FOLDER).mkdir(parents=True, exist_ok=True)
    write_arrays(
        work / CLIPS_FOLDER / f"{split}_0000.npz",
        {
            "heard": np.stack([clip.heard for clip in clips]),
            "strokes": np.concatenate([clip.strokes for clip in clips]),
            "clip": owners,
        },
    )


def test_a_small_network_learns_a_kit_and_is_shipped(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    toy_clips(tmp_path, "train", 32)
    toy_clips(tmp_path, "valid", 4)
    config = DrumTrainingConfig(
        steps=200,
        batch=6,
        excerpt_frames=100,
        learning_rate=8e-3,
        warm_up=10,
        average=0.9,
        model=DrumModelConfig((4, 6, 8), 24, (1, 2), 0.0),
    )
    losses: list[float] = []
    train_drums(tmp_path, tmp_path / "run", config, lambda _, found: losses.append(found))
    assert losses[-1] < 0.5 * losses[0]
    again: list[float] = []
    second = replace(config, steps=20, learning_rate=1e-4)
    train_drums(
        tmp_path, tmp_path / "second", second, lambda _, found: again.append(found),
        start_from=tmp_path / "run",
    )  # fmt: skip
    assert again[0] < 0.6 * losses[0]  # it begins with what the first had learned
    about = export_drums(tmp_path / "run", tmp_path, tmp_path / "weights", {"data": "toy"})
    for piece in (Piece.KICK, Piece.SNARE, Piece.CLOSED_HAT):
        assert about["provenance"]["valid_f"][piece.value] >= 0.8
    network = load_drum_network(tmp_path / "weights")
    toy = kit().strokes[36][0]
    sound = np.zeros(2 * RATE_HZ, dtype=np.float32)
    for start, gain in ((0.5, 0.05), (1.25, 0.02)):
        sound[round(start * RATE_HZ) :][: len(toy)] += np.float32(gain) * toy
    strokes = hear_strokes(Audio(sound[None], RATE_HZ), network)
    kicks = strokes.pieces == 0
    np.testing.assert_allclose(strokes.times_s[kicks], [0.5, 1.25], atol=0.010)
    loud, soft = stroke_velocities(strokes)[kicks]
    assert loud > soft
    (tmp_path / "weights" / "drums.onnx").write_bytes(b"other")
    load_drum_network.cache_clear()
    with pytest.raises(CheckpointError, match="missing or damaged"):
        load_drum_network(tmp_path / "weights")
    load_drum_network.cache_clear()


def test_the_network_hears_the_same_at_any_level() -> None:
    sound = np.tile(np.pad(burst(200, 0), (4_000, 9_000)), 4)
    heard = []
    for gain in (1.0, 0.01):
        magnitude = mel_magnitude(Audio(gain * sound[None], RATE_HZ))
        heard.append(log_mel(magnitude, loudest(magnitude)))
    np.testing.assert_allclose(heard[0], heard[1], atol=1e-3)


def test_missing_data_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no rendered train clips"):
        load_clips(tmp_path, "train")
    with pytest.raises(DataError, match=r"no readable info\.csv"):
        read_scores(tmp_path, tmp_path, "train", 1, 0)
