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


def require_evaluation() -> None:
    """Raises:
    DrumnetError: the extra `[evaluation]` is not installed.
    """
    if any(find_spec(name) is None for name in ("mir_eval", "sklearn")):
        raise DrumnetError(
            "this needs mir_eval and scikit-learn: install them with "
            "pip install 'drumnet[evaluation]'"
        )


def require_studio() -> None:
    """Raises:
    DrumnetError: the extra `[studio]` is not installed.
    """
    if find_spec("fastapi") is None or find_spec("uvicorn") is None:
        raise DrumnetError(
            "the studio needs a web server: install it with pip install 'drumnet[studio]'"
        )


def require_mcp() -> None:
    """Raises:
    DrumnetError: the extra `[mcp]` is not installed.
    """
    if find_spec("mcp") is None:
        raise DrumnetError("this needs the package mcp: install it with pip install 'drumnet[mcp]'")


def require_live(with_link: bool) -> None:
    """Raises:
    DrumnetError: the extra `[live]`, or `[link]`, is not installed.
    """
    if find_spec("rtmidi2") is None:
        raise DrumnetError("this needs MIDI ports: install them with pip install 'drumnet[live]'")
    if with_link and find_spec("link") is None:
        raise DrumnetError(
            "Ableton Link is not installed: install it with pip install 'drumnet[link]'"
        )
