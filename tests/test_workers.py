"""Work that is shared among processes is done once for each item, on this machine and on Dask."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from fixtures.work import deadly, faulty, late

from drumnet.errors import DataError
from drumnet.workers import DaskWorkers, LocalWorkers, Lost, Workers, in_order


@pytest.fixture(params=["local", "dask"])
def workers(request: pytest.FixtureRequest) -> Iterator[Workers]:
    """Two of them, of either kind."""
    if request.param == "local":
        with LocalWorkers(2) as made:
            yield made
        return
    with DaskWorkers(request.getfixturevalue("dask_cluster")) as made:
        yield made


def test_results_come_in_the_order_of_the_items(workers: Workers) -> None:
    assert list(in_order(workers, late, range(20))) == [n * n for n in range(20)]
    assert list(in_order(workers, late, range(20), at_a_time=3)) == [n * n for n in range(20)]
    assert list(in_order(workers, late, [])) == []


def test_each_item_has_its_result_in_any_order(workers: Workers) -> None:
    found = list(workers.each(late, range(9)))
    assert sorted(found) == [(n, n * n) for n in range(9)]


def test_what_the_work_raises_is_raised(workers: Workers) -> None:
    with pytest.raises(DataError, match="the third is bad"):
        list(in_order(workers, faulty, range(6)))
    assert list(in_order(workers, faulty, [1, 2])) == [1, 2]


def test_an_item_that_ends_its_process_costs_itself_alone(tmp_path: Path) -> None:
    with LocalWorkers(2) as workers:
        found = dict(workers.each(partial(deadly, tmp_path), range(6)))
        assert found == {0: 0, 1: 1, 2: Lost(), 3: 3, 4: 4, 5: 5}
        with pytest.raises(DataError, match=r"item 3 of 6.*ended"):
            list(in_order(workers, partial(deadly, tmp_path), range(6)))


#: Starts a worker that says who it is, and waits.
ORPHANED = """
import sys, time
from functools import partial
from drumnet.workers import LocalWorkers
sys.path.insert(0, sys.argv[1])
import orphan
if __name__ == "__main__":
    with LocalWorkers(1) as workers:
        list(workers.each(orphan.wait, [sys.argv[1]]))
"""
WAITING = """
import os, time
from pathlib import Path
def wait(folder):
    (Path(folder) / "pid.part").write_text(str(os.getpid()))
    os.replace(Path(folder) / "pid.part", Path(folder) / "pid")
    time.sleep(60)
"""


def _until(is_so: object, limit_s: float = 30.0) -> None:
    begun = time.monotonic()
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() - begun < limit_s
        time.sleep(0.01)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.skipif(sys.platform == "win32", reason="processes are asked after as Unix does")
def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    (tmp_path / "orphan.py").write_text(WAITING)
    (tmp_path / "parent.py").write_text(ORPHANED)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py"), str(tmp_path)], env=environment
    )
    _until((tmp_path / "pid").exists)
    worker = int((tmp_path / "pid").read_text())
    assert _is_alive(worker)
    parent.kill()
    parent.wait()
    _until(lambda: not _is_alive(worker))


def test_a_cluster_that_is_none_is_one_line(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    pytest.importorskip("dask_jobqueue")
    file = tmp_path / "queue.yaml"
    for text in ("", "slurm: 3", "abacus: {jobs: 2}", "slurm: {jobs: 0}", "{", "slurm: {}"):
        file.write_text(text)
        with pytest.raises(DataError, match=r"queue.yaml' (says no cluster|asks for)"):
            DaskWorkers(str(file))
    with pytest.raises(DataError, match=r"nowhere.yaml' says no cluster"):
        DaskWorkers(str(tmp_path / "nowhere.yaml"))
