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


def require_studio() -> None:
    """Raises:
    DrumnetError: the extra `[studio]` is not installed.
    """
    if find_spec("fastapi") is None or find_spec("uvicorn") is None:
        raise DrumnetError(
            "the studio needs a web server: install it with pip install 'drumnet[studio]'"
        )
