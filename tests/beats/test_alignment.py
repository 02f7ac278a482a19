"""Where beats lie in time, and what is heard alone: clicks with a known answer."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.beats.alignment import lateness, placed
from drumnet.beats.confidence import Confidence
from drumnet.beats.evidence import FRAME_RATE_HZ, NUM_BANDS, StemEvidence, hear_stem, joined
from drumnet.beats.network import bass_alone

RATE = 16_000
DURATION_S = 20.0
BEATS_S = 0.4 + 0.5 * np.arange(39)


def clicks(times_s: NDArray[np.float64], hz: float) -> StemEvidence:
    """Tones with a sharp attack, as they are heard."""
    sound = np.zeros(round(DURATION_S * RATE), np.float32)
    t = np.arange(RATE // 10) / RATE
    tone = (0.5 * np.sin(2 * np.pi * hz * t) * np.exp(-t / 0.03)).astype(np.float32)
    for at in np.round(times_s * RATE).astype(int):
        part = sound[at : at + len(tone)]
        part += tone[: len(part)]
    return hear_stem(Audio(sound[None], RATE))


def evidence(
    bass: StemEvidence | None, drums: StemEvidence | None, rest: StemEvidence | None
) -> NDArray[np.float32]:
    groups = [[stem] if stem is not None else [] for stem in (bass, drums, rest)]
    return joined(groups, round(DURATION_S * FRAME_RATE_HZ)).astype(np.float32)


@pytest.mark.parametrize("off_s", [-0.04, -0.015, 0.0, 0.03])
def test_beats_are_moved_onto_what_sounds_at_them(off_s: float) -> None:
    heard = evidence(None, None, clicks(BEATS_S, 400.0))
    found_s = placed((BEATS_S + off_s) * FRAME_RATE_HZ, heard) / FRAME_RATE_HZ
    np.testing.assert_allclose(found_s, BEATS_S, atol=0.01)


def test_drums_keep_the_time_where_a_bass_runs_ahead() -> None:
    heard = evidence(clicks(BEATS_S - 0.04, 80.0), clicks(BEATS_S, 1_000.0), None)
    found_s = placed((BEATS_S - 0.03) * FRAME_RATE_HZ, heard) / FRAME_RATE_HZ
    np.testing.assert_allclose(found_s, BEATS_S, atol=0.01)


def test_beats_keep_their_distances_when_they_are_moved() -> None:
    heard = evidence(None, None, clicks(BEATS_S, 400.0))
    frames = (BEATS_S - 0.02) * FRAME_RATE_HZ
    np.testing.assert_allclose(np.diff(placed(frames, heard)), np.diff(frames), atol=1e-9)


def test_a_few_sounds_do_not_move_the_beats() -> None:
    heard = evidence(None, None, clicks(BEATS_S[:5] + 0.04, 400.0))
    frames = BEATS_S * FRAME_RATE_HZ
    np.testing.assert_array_equal(placed(frames, heard), frames)


def test_onsets_between_beats_belong_to_none() -> None:
    curve = np.zeros(1_000)
    curve[10::25] = 1.0
    assert lateness(np.arange(22.5, 990, 25.0), curve) is None
    assert lateness(np.arange(8.0, 990, 25.0), curve) == pytest.approx(2.0)


def test_the_low_notes_of_a_mix_pass_for_its_bass() -> None:
    mix = evidence(None, None, clicks(BEATS_S, 90.0))
    alone = bass_alone(mix)
    assert alone is not None
    np.testing.assert_array_equal(alone[0, -3:], [1.0, 0.0, 0.0])
    np.testing.assert_array_equal(alone[:, :2], mix[:, 10:12])
    assert alone[:, 3:NUM_BANDS].max() == 0.0 and alone[:, 10:20].max() == 0.0


def test_a_bass_beside_others_is_heard_alone_and_by_itself_once() -> None:
    bass, rest = clicks(BEATS_S, 80.0), clicks(BEATS_S + 0.25, 900.0)
    alone = bass_alone(evidence(bass, None, rest))
    assert alone is not None
    np.testing.assert_allclose(alone, evidence(bass, None, None))
    assert bass_alone(evidence(bass, None, None)) is None
    assert bass_alone(evidence(None, rest, None)) is None


def test_bars_are_no_surer_than_the_beats_that_they_number() -> None:
    assert Confidence(0.9, 4.0).bars_word == "high"
    assert Confidence(0.3, 4.0).bars_word == "fair"
    assert Confidence(0.1, 4.0).bars_word == "low"
    assert Confidence(0.9, 0.1).bars_word == "low"
