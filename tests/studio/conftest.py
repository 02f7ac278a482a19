"""Tests of the studio are skipped without its extra."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the extra [studio] is not installed")
