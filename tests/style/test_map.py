"""The map behind the pad: from a place to a code and back, and what its axes mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drumnet.demo.song import demo_song
from drumnet.drummer import Drummer
from drumnet.errors import CheckpointError, StyleError
from drumnet.hits import Piece
from drumnet.metrics.patterns import measure_pattern
from drumnet.model.checkpoint import MAP_FILE, load_checkpoint
from drumnet.style.code import StyleCode
from drumnet.style.map import MapAxis, StyleMap

AXIS = MapAxis("habit", "little", "much")


@pytest.fixture(scope="module", params=["default", "open"])
def drummer_and_map(request: pytest.FixtureRequest) -> tuple[Drummer, StyleMap]:
    drummer = Drummer(request.param)
    return drummer, drummer.checkpoint.style_map


def tilted() -> StyleMap:
    """Number 0 of the code is x, number 1 is y, number 2 is x * y."""
    along = np.linspace(0, 1, 5, dtype=np.float32)
    x, y = np.meshgrid(along, along)
    lattice = np.zeros((5, 5, 16), dtype=np.float32)
    lattice[..., 0], lattice[..., 1], lattice[..., 2] = x, y, x * y
    slopes = np.eye(2, 16, dtype=np.float32)
    return StyleMap(AXIS, AXIS, lattice, x * y, slopes, np.zeros(2, np.float32))


@pytest.mark.parametrize("place", [(0, 0), (1, 1), (0.3, 0.8), (0.99, 0.01), (0.5, 1)])
def test_between_the_points_of_the_lattice_codes_are_interpolated(
    place: tuple[float, float],
) -> None:
    code = tilted().code_at(*place)
    assert code[:3].tolist() == pytest.approx([*place, place[0] * place[1]], abs=1e-6)
    assert tilted().place_of(code) == pytest.approx(place, abs=1e-6)


def test_codes_outside_lie_on_the_border_and_places_outside_are_refused() -> None:
    far = np.zeros(16, dtype=np.float32)
    far[:2] = (9, -9)
    assert tilted().place_of(far) == (1, 0)
    with pytest.raises(StyleError, match="not on the map"):
        tilted().code_at(1.2, 0)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    tilted().save(tmp_path / MAP_FILE)
    read = StyleMap.load(tmp_path / MAP_FILE)
    assert (read.x, read.y) == (AXIS, AXIS)
    np.testing.assert_array_equal(read.lattice, tilted().lattice)
    (tmp_path / MAP_FILE).write_bytes(b"no map")
    with pytest.raises(CheckpointError, match="cannot be read as a style map"):
        StyleMap.load(tmp_path / MAP_FILE)


def test_the_way_there_and_back_ends_where_it_began(
    drummer_and_map: tuple[Drummer, StyleMap],
) -> None:
    _, style_map = drummer_and_map
    for x, y in np.random.default_rng(0).uniform(0, 1, (50, 2)):
        assert style_map.place_of(style_map.code_at(x, y)) == pytest.approx((x, y), abs=1e-4)


def test_named_styles_play_alike_at_their_places(
    drummer_and_map: tuple[Drummer, StyleMap],
) -> None:
    drummer, style_map = drummer_and_map
    gaps, lengths = [], []
    for preset in drummer.presets.values():
        there = style_map.code_at(*style_map.place_of(preset.code))
        gaps.append(np.linalg.norm(there - preset.code))
        lengths.append(np.linalg.norm(preset.code))
    assert np.median(gaps) < 0.75 * np.median(lengths)


def test_up_is_denser_and_right_is_more_syncopated(
    drummer_and_map: tuple[Drummer, StyleMap],
) -> None:
    drummer, style_map = drummer_and_map
    built_in = demo_song()
    listening = drummer.listen(built_in.song, built_in.beats)
    steps = np.linspace(0.05, 0.95, 7)

    def measured(x: float, y: float) -> tuple[float, float]:
        style = StyleCode(style_map.code_at(x, y), drummer.checkpoint.name)
        kick = drummer.play(listening, style, pieces=[Piece.KICK])
        ticks = np.array([hit.tick for hit in kick])
        pattern = measure_pattern(ticks, listening.conditioning)
        return pattern.syncopation, pattern.density

    rows = np.array([[measured(x, y) for x in steps] for y in steps])
    syncopation, density = rows[..., 0].mean(axis=0), rows[..., 1].mean(axis=1)
    assert _rank_correlation(density) > 0.95 and density[-1] > 1.5 * density[0]
    assert _rank_correlation(syncopation) > 0.9 and syncopation[-1] > syncopation[0] + 0.2


def _rank_correlation(values: np.ndarray) -> float:
    """Spearman's, of values to a hundredth, below which nothing is heard; equals share
    their rank."""
    heard = np.round(values, 2)[:, None]
    ranks = (heard > heard.T).sum(axis=1) + 0.5 * (heard == heard.T).sum(axis=1)
    return float(np.corrcoef(ranks, np.arange(len(values)))[0, 1])


def test_a_damaged_map_and_weights_without_one_say_so(tmp_path: Path) -> None:
    import json
    import shutil

    folder = tmp_path / "weights"
    shutil.copytree(load_checkpoint("open").folder, folder)
    (folder / MAP_FILE).write_bytes(b"other")
    with pytest.raises(CheckpointError, match=r"map\.npz' is missing or damaged"):
        load_checkpoint(folder)
    (folder / MAP_FILE).unlink()
    about = json.loads((folder / "model.json").read_text())
    del about["sha256"][MAP_FILE]
    (folder / "model.json").write_text(json.dumps(about))
    with pytest.raises(CheckpointError, match="no style map: export them again"):
        _ = load_checkpoint(folder).style_map
