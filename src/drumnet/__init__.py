"""DrumNet: the tracks of a song in, the drum track that fits them out.

    >>> import drumnet
    >>> drumnet.__all__
    ['Drummer', 'Settings', 'StyleCode', '__version__', 'generate', 'load_song']

The names are loaded when they are first used, so that `import drumnet` stays
light.  Besides, there are here the types that a `DrumTrack` takes and gives.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` alone takes longer to load than all of this
if TYPE_CHECKING:
    from typing import Any

    from drumnet.audio.source import Audio as Audio
    from drumnet.drummer import Drummer
    from drumnet.generation import generate
    from drumnet.grid import BeatGrid as BeatGrid
    from drumnet.kits.kit import Kit as Kit
    from drumnet.midi.layout import MidiLayout as MidiLayout
    from drumnet.notebook import track_audio as track_audio
    from drumnet.notebook import track_html as track_html
    from drumnet.notebook import track_midi as track_midi
    from drumnet.settings import Settings
    from drumnet.song.song import load_song
    from drumnet.style.code import StyleCode

__version__ = "0.1.0"

__all__ = ["Drummer", "Settings", "StyleCode", "__version__", "generate", "load_song"]

_HOME = {
    "Audio": "drumnet.audio.source",
    "BeatGrid": "drumnet.grid",
    "Drummer": "drumnet.drummer",
    "Settings": "drumnet.settings",
    "StyleCode": "drumnet.style.code",
    "Kit": "drumnet.kits.kit",
    "MidiLayout": "drumnet.midi.layout",
    "generate": "drumnet.generation",
    "load_song": "drumnet.song.song",
    "track_audio": "drumnet.notebook",
    "track_html": "drumnet.notebook",
    "track_midi": "drumnet.notebook",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'drumnet' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
