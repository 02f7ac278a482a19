"""A take sounds as it was written, and its strokes are where they sound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch")

from fixtures.strokes import PLAIN, bass, inventory, score  # noqa: E402

from drumnet.training.band.config import RenderConfig  # noqa: E402
from drumnet.training.band.desk import amplified, ducked, lossy, rattled, rms, treated  # noqa: E402
from drumnet.training.band.instruments import Part  # noqa: E402
from drumnet.training.band.playing import played_drums, played_part  # noqa: E402
from drumnet.training.band.rendering import rendered_take  # noqa: E402
from drumnet.training.band.scores import Score, load_scores, read_scores, save_scores  # noqa: E402
from drumnet.training.band.strokes import OTHER_KEYS, RATE_HZ  # noqa: E402


def rise(sound: NDArray[np.float32], at_s: float) -> float:
    """How much louder 10 ms from a time on are than the 10 ms before."""
    at, width = round(at_s * RATE_HZ), RATE_HZ // 100
    before, after = sound[max(0, at - width) : at], sound[at : at + width]
    return rms(after) / max(rms(before), 1e-6)


def test_strokes_are_where_they_sound() -> None:
    take = rendered_take(score(), (), inventory(), np.random.default_rng(4), PLAIN)
    assert take.drums.shape == (round(2.5 * RATE_HZ),)
    assert len(take.strokes) >= 8
    kicks = take.strokes[take.strokes[:, 1] == 36, 0]
    assert np.median([rise(take.drums, float(at)) for at in kicks]) > 2


def test_a_harder_stroke_is_louder() -> None:
    take = rendered_take(score(), (), inventory(), np.random.default_rng(4), PLAIN)
    kicks = take.strokes[:, 1] == 36
    hard = take.strokes[:, 2] > 100
    assert take.levels[kicks & hard].min() > take.levels[kicks & ~hard].max()


def test_a_take_is_the_same_under_the_same_seed() -> None:
    config = RenderConfig(length_s=1.0)
    one, two, other = (
        rendered_take(score(), (), inventory(), np.random.default_rng(seed), config)
        for seed in (5, 5, 6)
    )
    assert np.array_equal(one.drums, two.drums) and np.array_equal(one.strokes, two.strokes)
    assert not np.array_equal(one.drums, other.drums)


def test_a_drifting_tempo_moves_drums_and_band_together() -> None:
    """Every bass note is written on a kick: so they are played, wherever the tempo takes them."""
    config = replace(PLAIN, drifting=1.0, drift=0.3, length_s=6.0)
    apart, steps = [], []
    for seed in range(6):
        take = rendered_take(score(), (), inventory(), np.random.default_rng(seed), config)
        kicks = np.sort(take.strokes[take.strokes[:, 1] == 36, 0])
        steps.append(np.ptp(np.diff(kicks)) if len(kicks) > 2 else 0.0)
        if take.band is not None and len(kicks) > 2:
            apart.append(np.median([rise(take.band, float(at)) for at in kicks[1:-1]]))
    assert max(steps) > 0.02 and np.median(apart) > 2


def test_a_note_that_is_bent_ends_on_its_pitch() -> None:
    note = bass().note(45, 0.5, bend=-3.0)
    early, late = (
        np.abs(np.fft.rfft(part, RATE_HZ))[:400].argmax()
        for part in (note[: RATE_HZ // 20], note[RATE_HZ // 5 : RATE_HZ // 2])
    )
    assert early < late == pytest.approx(110, abs=3)


def test_the_band_plays_beside_the_drums_and_where_there_are_none() -> None:
    rng = np.random.default_rng(2)
    take = rendered_take(score(), (), inventory(), rng, PLAIN, with_drums=False)
    assert not len(take.strokes) and not take.drums.any()
    assert take.band is not None and rms(take.band) == pytest.approx(1.0, rel=0.01)
    alone = rendered_take(score(), (), inventory(), rng, PLAIN, with_band=False)
    assert alone.band is None
    drums_only = Score("drums", score().strokes, True)
    borrowed = rendered_take(drums_only, [score()], inventory(), rng, PLAIN)
    assert borrowed.band is not None and borrowed.band.any()


def test_a_chart_is_played_by_somebody_and_a_performance_as_it_is() -> None:
    performed, chart = score(), Score("chart", score().strokes, False)
    rng = np.random.default_rng(0)
    kept = [played_drums(performed, 0.0, 1.0, 8.0, rng) for _ in range(40)]
    own = performed.strokes[performed.strokes[:, 0] < 7.98]
    assert sum(np.array_equal(notes, own) for notes in kept) > 10  # the others on other drums
    played = [played_drums(chart, 0.0, 1.0, 8.0, rng) for _ in range(40)]
    assert all(len(np.unique(notes[:, 2])) > 4 for notes in played)
    assert any((notes[:, 2] < 50).any() for notes in played)  # ghost notes
    assert any(np.isin(notes[:, 1], OTHER_KEYS).any() for notes in played)  # a tambourine


def test_a_charts_guitar_plays_chords_and_a_bass_does_not() -> None:
    notes = np.array([[0.5, 0.7, 40.0, 100.0], [1.0, 1.2, 45.0, 100.0]])
    rng = np.random.default_rng(1)
    sizes = {len(played_part(notes, Part.GUITAR, False, rng)) for _ in range(30)}
    assert {2, 4, 6} <= sizes
    assert {len(played_part(notes, Part.BASS, False, rng)) for _ in range(9)} == {2}
    assert len(played_part(notes, Part.GUITAR, True, rng)) == 2


def test_amplifier_and_lossy_format_move_nothing() -> None:
    sound = np.zeros(RATE_HZ, dtype=np.float32)
    sound[20_000:] = np.sin(2 * np.pi * 220 * np.arange(RATE_HZ - 20_000) / RATE_HZ)
    for seed in range(6):
        for part in Part:
            louder = amplified(sound, part, np.random.default_rng(seed))
            assert rms(louder) == pytest.approx(1.0, rel=0.01)
            assert rise(louder, 20_000 / RATE_HZ) > 5
    left = lossy(sound, np.random.default_rng(0))
    assert len(left) == len(sound) and rise(left, 20_000 / RATE_HZ) > 5


def test_the_kick_pushes_the_band_down() -> None:
    band = np.ones(RATE_HZ, dtype=np.float32)
    out = ducked(band, np.array([0.5]), np.random.default_rng(0))
    at = round(0.5 * RATE_HZ)
    assert out[at - 1] == 1.0 and out[at] < 0.75 and out[-1] > 0.9


def test_a_treated_stroke_begins_where_it_did() -> None:
    wave = inventory().kits[0].strokes[38][0]
    for seed in range(8):
        made = treated(wave, np.random.default_rng(seed), reverb=1.0)
        assert rms(made[:2_205]) == pytest.approx(rms(wave[:2_205]), rel=0.01)


def test_wires_that_buzz_are_bright_and_move_nothing() -> None:
    wave = inventory().kits[0].strokes[36][0]
    made = [rattled(wave, np.random.default_rng(seed)) for seed in range(8)]
    assert any(not np.array_equal(wave, one) for one in made)
    for one in made:
        added = one - wave
        if added.any():
            spectrum = np.abs(np.fft.rfft(added)) ** 2
            hz = np.fft.rfftfreq(len(added), 1 / RATE_HZ)
            assert spectrum[hz > 1_000].sum() > 0.8 * spectrum.sum()
            assert np.flatnonzero(added)[0] < RATE_HZ // 1_000


def test_scores_have_the_band_and_come_back(tiny_corpus, tmp_path) -> None:
    (tmp_path / "info.csv").write_text("split,midi_filename\n")
    scores = read_scores(tmp_path, tiny_corpus, "valid", 9, 0)
    assert {found.name for found in scores} == {"copy5", "four3"}
    four = next(found for found in scores if found.name == "four3")
    kicks = four.strokes[four.strokes[:, 1] == 36, 0]
    np.testing.assert_allclose(np.diff(kicks), np.diff(kicks)[0], rtol=1e-6)
    assert not four.is_performed and len(four.parts[Part.BASS])
    save_scores(scores, tmp_path / "scores.npz")
    again = load_scores(tmp_path / "scores.npz")
    load_scores.cache_clear()
    for one, two in zip(scores, again, strict=True):
        assert one.name == two.name and set(one.parts) == set(two.parts)
        np.testing.assert_allclose(one.strokes, two.strokes, rtol=1e-6)
