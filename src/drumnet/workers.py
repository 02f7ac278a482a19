"""Work that is shared among processes: those of this machine, or those of a Dask cluster.

In: a function that a module holds, and what it is to be done for.  Out: its results.  Two ways,
one interface: `LocalWorkers` needs nothing but Python, `DaskWorkers` needs `dask` and
`distributed`.  The same function and the same items give the same results in both, whatever the
number of workers.

>>> with LocalWorkers(2) as workers:                              # doctest: +SKIP
...     lengths = list(in_order(workers, len, ["kick", "hat"]))
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

from drumnet.errors import DataError

Item = TypeVar("Item")
Result = TypeVar("Result")

#: For each worker so many pieces of work are handed out, so that none waits for the next.
_AHEAD = 2
#: The exit status of what Ctrl-C has ended.
_INTERRUPTED = 130
#: A cluster is waited for so long, and one that starts its workers as jobs.
_PATIENCE_S, _QUEUE_PATIENCE_S = 30.0, 3600.0
#: Classes of dask-jobqueue by the names that its users know.
_QUEUES = {
    "slurm": "SLURMCluster",
    "pbs": "PBSCluster",
    "sge": "SGECluster",
    "lsf": "LSFCluster",
    "oar": "OARCluster",
    "htcondor": "HTCondorCluster",
    "local": "local.LocalCluster",
}


@dataclass(frozen=True)
class Lost:
    """In place of a result: the process ended before it had one."""

    why: str = "the process that did it ended: it was killed, or there was not enough memory"


class Workers(Protocol):
    """Processes that work until the block ends."""

    def each(
        self, work: Callable[[Item], Result], items: Sequence[Item], at_a_time: int = 1
    ) -> Iterator[tuple[int, Result | Lost]]:
        """The index of each item and what was made of it, as it is done, in any order.

        What `work` raises is raised here; what ends its process is `Lost`, and the others go
        on.

        Args:
            work: a function of a module, with or without arguments (`functools.partial`).
            at_a_time: items that a process takes at once, where each is quickly done.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *fault: object) -> None: ...


def in_order(
    workers: Workers, work: Callable[[Item], Result], items: Sequence[Item], at_a_time: int = 1
) -> Iterator[Result]:
    """What was made of each item, in their order.

    Raises:
        DataError: a process ended before it had made something of an item.
    """
    early: dict[int, Result] = {}
    wanted = 0
    for index, result in workers.each(work, items, at_a_time):
        if isinstance(result, Lost):
            raise DataError(f"item {index + 1} of {len(items)}: {result.why}")
        early[index] = result
        while wanted in early:
            yield early.pop(wanted)
            wanted += 1


def workers_of(number: int, cluster: str | None = None) -> Workers:
    """Processes of this machine, or of a cluster where one is named, as `DaskWorkers` takes it."""
    return LocalWorkers(number) if cluster is None else DaskWorkers(cluster)


def cores() -> int:
    """Of this machine, or as many of them as this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


class LocalWorkers:
    """Processes of this machine.

    They end with the process that started them, however that ends, and leave Ctrl-C to it.

    Args:
        number: how many.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        """What is in hand is done, what is not begun is left."""
        if self._pool is not None:
            try:
                self._pool.shutdown(cancel_futures=True)
            except KeyboardInterrupt:  # once more: nothing is waited for, and the workers end too
                os._exit(_INTERRUPTED)
            self._pool = None

    def each(
        self, work: Callable[[Item], Result], items: Sequence[Item], at_a_time: int = 1
    ) -> Iterator[tuple[int, Result | Lost]]:
        waiting = iter(_ranges(len(items), at_a_time))
        done_by: dict[Future[list[Result]], range] = {}
        try:
            while True:
                while len(done_by) < _AHEAD * self._number and (some := next(waiting, None)):
                    self._pool = self._pool or _pool(self._number)
                    taken = [items[index] for index in some]
                    with suppress(BrokenProcessPool):
                        done_by[self._pool.submit(_some, work, taken)] = some
                        continue
                    self._pool = None
                    yield from self._one_by_one(work, items, [some])
                if not done_by:
                    return
                finished, _ = wait(done_by, return_when=FIRST_COMPLETED)
                suspects = []
                for future in finished:
                    some = done_by.pop(future)
                    if isinstance(future.exception(), BrokenProcessPool):
                        suspects.append(some)
                    else:
                        yield from zip(some, future.result(), strict=True)
                if suspects:
                    # All that was in hand failed with it; whose fault it was is not known.
                    suspects += done_by.values()
                    done_by.clear()
                    self._pool = None
                    yield from self._one_by_one(work, items, suspects)
        finally:
            for future in done_by:
                future.cancel()

    def _one_by_one(
        self, work: Callable[[Item], Result], items: Sequence[Item], suspects: Sequence[range]
    ) -> Iterator[tuple[int, Result | Lost]]:
        """Each in a process that nothing else is lost with."""
        pool = _pool(1)
        try:
            for index in (index for some in suspects for index in some):
                try:
                    yield index, pool.submit(work, items[index]).result()
                except BrokenProcessPool:
                    pool.shutdown()
                    pool = _pool(1)
                    yield index, Lost()
        finally:
            pool.shutdown(cancel_futures=True)


class DaskWorkers:
    """The workers of a Dask cluster, on which the same DrumNet is installed and the same files
    are seen.

    Args:
        cluster: the address of a scheduler, `tcp://host:8786`; or a YAML file whose one key is a
            kind of queue (slurm, pbs, sge, lsf, oar, htcondor) that holds what dask-jobqueue's
            class of it takes, and `jobs`, the number of jobs.

    Raises:
        DataError: Dask is not installed, the file cannot be read, the scheduler cannot be
            reached, or its workers have another DrumNet or none.
    """

    def __init__(self, cluster: str) -> None:
        try:
            import distributed
        except ImportError as fault:
            raise DataError(
                "a cluster needs dask and distributed: install them with "
                "pip install 'drumnet[cluster]'"
            ) from fault
        # Its own words on connections that end are not for people who wait for songs.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self._cluster: Any = None
        patience_s, address = _PATIENCE_S, cluster
        if "://" not in cluster:
            self._cluster, patience_s = _queue_of(Path(cluster)), _QUEUE_PATIENCE_S
            address = self._cluster.scheduler_address
        try:
            self._client = distributed.Client(address, timeout=_PATIENCE_S, set_as_default=False)
        except (OSError, ValueError) as fault:
            self._close()
            raise DataError(
                f"no Dask scheduler answers at '{address}': start it with `dask scheduler`, and "
                "name the address that it prints"
            ) from fault
        try:
            self._check(cluster, patience_s)
        except BaseException:
            self.__exit__()
            raise

    def _check(self, cluster: str, patience_s: float) -> None:
        import drumnet

        try:
            self._client.wait_for_workers(1, timeout=patience_s)
        except TimeoutError as fault:
            raise DataError(
                f"the cluster '{cluster}' has no worker: start some with `dask worker ADDRESS`"
            ) from fault
        try:
            versions = set(self._client.run(_version).values())
        except ImportError as fault:
            raise DataError(
                f"the workers of '{cluster}' have no drumnet: install it there as well"
            ) from fault
        if versions != {drumnet.__version__}:
            raise DataError(
                f"the workers of '{cluster}' have drumnet {', '.join(sorted(versions))}, this is "
                f"{drumnet.__version__}: install the same"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._client.close()
        self._close()

    def _close(self) -> None:
        if self._cluster is not None:
            self._cluster.close()

    def each(
        self, work: Callable[[Item], Result], items: Sequence[Item], at_a_time: int = 1
    ) -> Iterator[tuple[int, Result | Lost]]:
        from distributed import KilledWorker, as_completed

        waiting = iter(_ranges(len(items), at_a_time))
        done_by: dict[Any, range] = {}

        completed = as_completed(loop=self._client.loop)

        def hand_out(some: range) -> None:
            taken = [items[index] for index in some]
            # Not pure: two items that are alike are still two pieces of work.
            future = self._client.submit(_some, work, taken, pure=False)
            done_by[future.key] = some
            completed.add(future)

        def hand_out_enough() -> None:
            """As many as there are workers now: of a queue, more come while it runs."""
            wanted = _AHEAD * max(1, sum(self._client.nthreads().values()))
            while len(done_by) < wanted and (some := next(waiting, None)):
                hand_out(some)

        try:
            hand_out_enough()
            for future in completed:
                some = done_by.pop(future.key)
                if future.status in ("cancelled", "lost"):
                    raise DataError(
                        "the Dask cluster has ended: start it, and the same command again"
                    )
                fault = future.exception()
                if isinstance(fault, KilledWorker) and len(some) == 1:
                    yield some[0], Lost()
                elif isinstance(fault, KilledWorker):
                    for index in some:
                        hand_out(range(index, index + 1))
                else:
                    yield from zip(some, future.result(), strict=True)
                future.release()
                hand_out_enough()
        finally:
            self._client.cancel(list(completed.futures))


def _queue_of(path: Path) -> Any:
    """A cluster whose workers are jobs of a queue.

    Raises:
        DataError: the file is none, or dask-jobqueue is not there.
    """
    try:
        import dask_jobqueue.local
        import yaml
    except ImportError as fault:
        raise DataError(
            "a cluster of jobs needs dask-jobqueue: install it with pip install 'drumnet[cluster]'"
        ) from fault
    kinds = ", ".join(kind for kind in _QUEUES if kind != "local")
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        ((kind, how),) = said.items()
        options = dict(how)
        jobs = int(options.pop("jobs"))
    except (OSError, ValueError, TypeError, LookupError, AttributeError, yaml.YAMLError) as fault:
        raise DataError(
            f"'{path}' says no cluster: give tcp://HOST:PORT of a scheduler, or a YAML file with "
            f"one of {kinds}, and under it jobs, cores, memory, ..."
        ) from fault
    if kind not in _QUEUES or jobs < 1:
        raise DataError(f"'{path}' asks for {jobs} jobs of '{kind}': choose from {kinds}")
    module, _, name = f"dask_jobqueue.{_QUEUES[kind]}".rpartition(".")
    made = dask_jobqueue.local if module.endswith("local") else dask_jobqueue
    try:
        cluster = getattr(made, name)(**options)
    except (TypeError, ValueError) as fault:
        raise DataError(f"'{path}' says no cluster of kind {kind}: {fault}") from fault
    cluster.scale(jobs=jobs)
    return cluster


def _pool(number: int) -> ProcessPoolExecutor:
    # A process that has threads (those of numpy, say) cannot be forked safely.
    return ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """In a process of a pool, before anything is done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed says nothing: its process is watched."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _some(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [work(item) for item in items]


def _ranges(number: int, at_a_time: int) -> Iterator[range]:
    starts = range(0, number, at_a_time)
    return (range(start, min(start + at_a_time, number)) for start in starts)


def _version() -> str:
    import drumnet

    return drumnet.__version__
