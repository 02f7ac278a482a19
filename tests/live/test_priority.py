"""Threads that go before others."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import subprocess
import sys
import threading

import pytest

from drumnet.live import priority

GET_ATTR = {"x86_64": 315, "aarch64": 275}
LAYOUT = "<IIQiIQQQ"


def slice_ns() -> int:
    """Of this thread, as the system says (sched_getattr(2))."""
    said = ctypes.create_string_buffer(struct.calcsize(LAYOUT))
    ctypes.CDLL(None).syscall(GET_ATTR[platform.machine()], 0, said, len(said), 0)
    return int(struct.unpack(LAYOUT, said.raw)[5])


@pytest.mark.skipif(platform.machine() not in GET_ATTR, reason="not Linux on these machines")
@pytest.mark.skipif(sys.platform != "linux", reason="not Linux")
def test_short_slices_are_those_of_the_thread_alone() -> None:
    found: list[int] = []

    def hurry() -> None:
        before = slice_ns()
        if priority.short_slices() and before:  # 0 where Linux is older, and tells of none
            found.extend([before, slice_ns()])

    thread = threading.Thread(target=hurry)
    thread.start()
    thread.join()
    if not found:
        pytest.skip("this Linux gives no slices")
    before, after = found
    assert after < before == slice_ns()


@pytest.mark.skipif(not hasattr(os, "setsid"), reason="no sessions")
def test_what_stands_apart_has_a_session_of_its_own() -> None:
    code = (
        "import os; from drumnet.live.priority import stand_apart; before = os.getsid(0); "
        "stand_apart(); assert os.getsid(0) == os.getpid() != before; stand_apart()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
