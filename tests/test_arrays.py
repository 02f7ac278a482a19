"""Arrays that were written are read back the same, by many threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from drumnet.arrays import load_npz


def test_many_threads_read_what_was_written(tmp_path: Path) -> None:
    written = {f"part {n}": np.arange(n, dtype=np.float32) for n in range(20)}
    path = tmp_path / "arrays.npz"
    np.savez(path, **written)
    with ThreadPoolExecutor(max_workers=8) as pool:
        for found in pool.map(load_npz, [path] * 64):
            assert found.keys() == written.keys()
            assert all(np.array_equal(found[name], written[name]) for name in written)
