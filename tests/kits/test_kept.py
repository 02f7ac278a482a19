"""Embedded kits from the user's cache are those that are synthesised."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.hits import Piece
from drumnet.kits import kit as kits
from drumnet.kits.kit import embedded_kit, synthesised_shots
from drumnet.kits.synth import Character

PIECE = Piece.CLOSED_HAT


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache of its own, and no memory of what was played before."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    kits._embedded_sound.cache_clear()
    yield tmp_path / "cache" / "drumnet" / "kits"
    kits._embedded_sound.cache_clear()


def shots(piece: Piece = PIECE) -> list[NDArray[np.float32]]:
    """Of a kit in a new process."""
    kits._embedded_sound.cache_clear()
    return [
        shot for layer in embedded_kit(pieces=[piece]).sounds[piece].layers for shot in layer.shots
    ]


def is_synthesised(found: list[NDArray[np.float32]]) -> bool:
    made = synthesised_shots(Character.ACOUSTIC, PIECE)
    return len(found) == len(made) and all(map(np.array_equal, found, made))


def test_what_is_kept_is_what_is_synthesised(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_synthesised(shots())
    (file,) = cache.iterdir()
    assert file.name.startswith("acoustic_closed_hat-")

    def never(*_: object) -> None:
        raise AssertionError("it is there")

    made = synthesised_shots(Character.ACOUSTIC, PIECE)
    monkeypatch.setattr(kits, "synthesised_shots", never)
    assert all(map(np.array_equal, shots(), made))
    assert not any(shot.flags.writeable for shot in shots())


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "a folder"])
def test_what_is_damaged_is_made_anew(cache: Path, damage: str) -> None:
    shots()
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    if damage == "a folder":
        file.unlink()
        file.mkdir()
    else:
        changed = bytearray(whole)
        changed[len(changed) // 2] ^= 1
        file.write_bytes({"cut": whole[:-100], "changed": bytes(changed), "empty": b""}[damage])
    assert is_synthesised(shots())
    if damage != "a folder":
        assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_all_is_made(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert is_synthesised(shots())
    assert (tmp_path / "file").read_text() == "no folder" and not cache.exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_may_not_be_written_to(cache: Path) -> None:
    cache.parent.parent.mkdir()
    cache.parent.parent.chmod(0o500)
    assert is_synthesised(shots())
    cache.parent.parent.chmod(0o700)


def test_several_that_keep_it_at_once(cache: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: shots(), range(8)))
    assert all(map(is_synthesised, found))
    assert len(list(cache.iterdir())) == 1, "and nothing half-written"


def test_what_an_older_synthesis_made_is_not_played(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shots()
    (old,) = cache.iterdir()
    monkeypatch.setattr("drumnet.kits.kept._source_hash", lambda: "f" * 64)
    assert is_synthesised(shots())
    (new,) = cache.iterdir()
    assert new != old
