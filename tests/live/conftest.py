"""A song that drums are played to live."""

from __future__ import annotations

import pytest

from drumnet.demo.song import demo_song
from drumnet.drummer import Drummer
from drumnet.hits import PIECES, DrumTrack
from drumnet.live.plan import Plan
from drumnet.live.recomposing import LiveSong
from drumnet.midi.keys import load_midi_map
from drumnet.settings import Settings


@pytest.fixture(scope="package")
def song(drummer: Drummer) -> LiveSong:
    """The built-in one: 16 bars of 4/4."""
    built_in = demo_song()
    listening = drummer.listen(built_in.song, built_in.beats)
    styles = [drummer.style(name) for name in drummer.presets]
    plan = Plan.of(styles, (), Settings(), drummer.find_style)
    return LiveSong(drummer, listening, PIECES, DrumTrack(), plan, load_midi_map())
