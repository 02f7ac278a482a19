"""DrumNet: the tracks of a song in, the drum track that fits them out.

    >>> import drumnet
    >>> drumnet.__all__
    ['Drummer', 'Settings', 'StyleCode', '__version__', 'generate', 'load_song']

The names are loaded when they are first used, so that `import drumnet` stays
light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drumnet.drummer import Drummer
    from drumnet.generation import generate
    from drumnet.settings import Settings
    from drumnet.song.song import load_song
    from drumnet.style.code import StyleCode

__version__ = "0.1.0"

__all__ = ["Drummer", "Settings", "StyleCode", "__version__", "generate", "load_song"]

_HOME = {
    "Drummer": "drumnet.drummer",
    "Settings": "drumnet.settings",
    "StyleCode": "drumnet.style.code",
    "generate": "drumnet.generation",
    "load_song": "drumnet.song.song",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'drumnet' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
