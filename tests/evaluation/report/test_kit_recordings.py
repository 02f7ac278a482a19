"""What docs/patterns.md tells of kits is what was played."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.demo.song import demo_song
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece

#: 120 bpm: kick on 1 and 3, snare on 2 and 4, a hat on every beat, every second one
#: open, in twelve bars.
GRID = BeatGrid(0.5 * np.arange(49.0), np.arange(49) % 4 + 1)
BEATS_S = 0.5 * np.arange(48)


@pytest.fixture(scope="module")
def script(repo: Path) -> Iterator[ModuleType]:
    spec = spec_from_file_location("kit_recordings", repo / "scripts" / "kit_recordings.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:  # a dataclass looks for its module
        patch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        yield module


def track() -> DrumTrack:
    backbeat = (Piece.KICK, Piece.SNARE)
    hats = (Piece.CLOSED_HAT, Piece.OPEN_HAT)
    return DrumTrack(
        tuple(
            Hit(float(at), 12 * beat, pieces[beat % 2], 127)
            for beat, at in enumerate(BEATS_S)
            for pieces in (backbeat, hats)
        )
    )


def recording(script: ModuleType, **drums: NDArray[np.float64]) -> Any:
    listening = SimpleNamespace(beats=GRID)
    return script.Recording("a song", demo_song().song, listening, drums)


def test_hits_a_bar_are_counted_for_each_piece(script: ModuleType) -> None:
    found = script.density(track(), recording(script).listening)
    assert found["kick"] == pytest.approx(2.0, rel=0.1), "the grid has a last, empty bar"
    assert found["kick"] == found["snare"] == found["open_hat"]
    assert found["ride"] == 0.0


def test_f_is_of_the_pieces_that_the_annotation_means(script: ModuleType) -> None:
    """Hats of either kind are hats; a snare that is 40 ms late is still there."""
    song = recording(script, KD=BEATS_S[::2], SD=BEATS_S[1::2] + 0.04, HH=BEATS_S)
    assert script.agreement(track(), song) == {"KD": 1.0, "SD": 1.0, "HH": 1.0}
    song = recording(script, KD=BEATS_S, SD=BEATS_S[1::2] + 0.06)
    assert script.agreement(track(), song) == {"KD": pytest.approx(2 / 3), "SD": 0.0}


def test_the_annotated_drums_are_those_whose_style_is_taken(script: ModuleType) -> None:
    found = script.annotated_track(recording(script, KD=BEATS_S[::2], HH=BEATS_S))
    assert found.pieces == (Piece.KICK, Piece.CLOSED_HAT)
    assert [hit.tick for hit in found.of(Piece.KICK)] == list(range(0, 576, 24))


def test_the_picture_is_of_whole_bars_from_the_middle(script: ModuleType) -> None:
    found = script.pattern(track(), recording(script, KD=BEATS_S[::4]))
    assert (found.first_bar, list(found.bar_ticks)) == (3, [48] * 8)
    assert found.played["kick"] == [(24 * i, 1.0) for i in range(16)]
    assert found.drummer == {"kick": list(range(0, 384, 48))}


def test_twice_the_hits_are_three_decibels_more(script: ModuleType) -> None:
    """Of one level of peaks: it is the drums' peaks that a mix keeps."""
    half = DrumTrack(tuple(hit for hit in track() if hit.tick % 24 == 0))
    both = recording(script).song
    assert 1.0 < script.level_db(track(), both) - script.level_db(half, both) < 5.0
