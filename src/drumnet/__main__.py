"""The `drumnet` command, and `python -m drumnet`: what has to be right before anything runs.

A Ctrl-C while modules are loaded ends at once: nothing is written by then, and what is half
loaded would tell of it in its own words.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from drumnet.errors import NO_MEMORY

_INTERRUPTED = 130
#: With less, libraries that are not ours crash where they should say so.
_LEAST_BYTES = 400_000_000
_STDERR = 2


def run() -> None:
    """Run the command that was typed."""
    _with_streams()
    if _least_allowed() < _LEAST_BYTES:
        sys.exit(f"drumnet: error: {NO_MEMORY}")
    quick = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if quick:
        signal.signal(signal.SIGINT, _leave)
    try:
        from drumnet.cli.main import main
    except MemoryError:
        sys.exit(f"drumnet: error: {NO_MEMORY}")
    if quick:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    main()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    os._exit(_INTERRUPTED)


def _least_allowed() -> float:
    """The memory that this process may have, in bytes, where the system limits it."""
    try:
        import resource
    except ImportError:  # Windows
        return float("inf")
    allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
    return float("inf") if allowed == resource.RLIM_INFINITY else float(allowed)


def _with_streams() -> None:
    """Where stdout or stderr is closed, what is printed goes nowhere, and no file that is
    opened gets its number."""
    if sys.stdout is not None and sys.stderr is not None:
        return
    while (nowhere := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        pass
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(nowhere, "w", encoding="utf-8", closefd=False))  # noqa: SIM115 (to the end)


if __name__ == "__main__":
    run()
