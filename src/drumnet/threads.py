"""Work side by side, on the cores that there are.

Decoding, resampling, spectra and writing release Python's lock, so that threads are enough.
What they make does not depend on how many of them there are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Made = TypeVar("Made")


def num_cores() -> int:
    """Those that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not of every system
        return os.cpu_count() or 1


@contextmanager
def side_by_side() -> Iterator[Callable[[Sequence[Callable[[], Made]]], list[Made]]]:
    """A function that does several things at once, as often as it is called.

    It gives what they give, in their order; with the first fault those that have not begun are
    left.

    >>> with side_by_side() as do_all:
    ...     do_all([lambda: 1, lambda: 2])
    [1, 2]
    """
    if num_cores() == 1:
        yield lambda calls: [call() for call in calls]
        return
    with ThreadPoolExecutor(num_cores()) as pool:

        def do_all(calls: Sequence[Callable[[], Made]]) -> list[Made]:
            begun = [pool.submit(call) for call in calls]
            try:
                return [one.result() for one in begun]
            except BaseException:
                for one in begun:
                    one.cancel()
                raise

        yield do_all
