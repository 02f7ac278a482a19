"""Threads that have to be in time go before others, as far as the system lets them.

The means are those of Linux: realtime priority (POSIX SCHED_RR), which users of audio have as a
rule; else short slices, which anyone may ask for, so that a thread that wakes up need not wait
for another's slice to end (sched_setattr(2): `sched_runtime` of SCHED_OTHER, from Linux 6.12 on).
And what computes much stands apart, as the cores are shared out among sessions first (sched(7),
the autogroup feature): what one of its processes takes, the others of a session lack.  Elsewhere
nothing changes.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from contextlib import suppress

#: Of the realtime priorities from 1 on, a low one: after the sound of a DAW.
_PRIORITY = 5
#: The shortest slice that there is.
_SLICE_NS = 100_000
#: `struct sched_attr` in its first version: size, policy, flags, nice, priority, runtime, deadline,
#: period; and the number of the system call, which is not in the C library of most.
_SCHED_ATTR = "<IIQiIQQQ"
_SET_ATTR = {"x86_64": 314, "aarch64": 274}


def go_first() -> None:
    """Put this thread before others."""
    if not realtime():
        short_slices()


def realtime() -> bool:
    """Give this thread realtime priority; whether it was to be had."""
    if not hasattr(os, "sched_setscheduler"):
        return False
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_PRIORITY))
    except OSError:
        return False
    return True


def short_slices() -> bool:
    """Give this thread short slices of ordinary priority; whether they were to be had."""
    number = _SET_ATTR.get(platform.machine())
    if sys.platform != "linux" or number is None:
        return False
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    size = struct.calcsize(_SCHED_ATTR)
    asked = struct.pack(_SCHED_ATTR, size, os.SCHED_OTHER, 0, nice, 0, _SLICE_NS, 0, 0)
    return bool(ctypes.CDLL(None).syscall(number, 0, asked, 0) == 0)


def stand_apart() -> None:
    """Put this process into a session of its own; Ctrl-C of the terminal does not reach it."""
    if hasattr(os, "setsid"):
        with suppress(OSError):  # it has one
            os.setsid()
