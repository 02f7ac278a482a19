"""Commands that need more than the core say so in one line."""

from __future__ import annotations

from importlib.util import find_spec

from drumnet.errors import DrumnetError


def require_torch() -> None:
    """Raises:
    DrumnetError: the extra `[train]` is not installed.
    """
    if find_spec("torch") is None:
        raise DrumnetError("this needs PyTorch: install it with pip install 'drumnet[train]'")
