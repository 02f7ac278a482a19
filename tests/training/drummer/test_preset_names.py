"""Named styles are called what they play, and no two of them the same."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from fixtures.patterns import drums

from drumnet.corpus.halves import HalvedSong
from drumnet.drummer import Drummer
from drumnet.hearing.conditioning import HEARD_ROLES, on_grid
from drumnet.hits import DrumTrack
from drumnet.playing.listening import Listening
from drumnet.style.code import StyleCode
from drumnet.training.drummer.preset_names import name_presets

BACKBEAT, EIGHTHS = ".... x...", "x.x."
#: What is played by the first number of the code.
PLAYED: dict[int, dict[str, Any]] = {
    0: {"kick": "x...", "snare": BACKBEAT, "closed_hat": EIGHTHS},
    1: {"kick": "x... .... x.x. ....", "snare": BACKBEAT, "closed_hat": EIGHTHS},
    2: {"kick": "x... .... x.x. ....", "snare": BACKBEAT, "ride": EIGHTHS},
}


class Pianola:
    """Plays one pattern for each code, at the tempo of its song."""

    checkpoint = SimpleNamespace(name="pianola@0")

    def listen_to(self, conditioning: Any, beats: Any, duration_s: float) -> Listening:
        return Listening(duration_s, beats, conditioning, np.zeros((1, 1), np.float32))

    def play(self, song: Listening, style: StyleCode) -> DrumTrack:
        return drums(bpm=song.beats.tempo_bpm, times=8, **PLAYED[int(style.code[0])])[0]


def songs(bpm: float = 180) -> list[HalvedSong]:
    _, grid = drums(bpm=bpm, kick="x...", times=32)
    silent = np.zeros((len(HEARD_ROLES), grid.num_ticks), np.float32)
    heard = on_grid(silent, np.zeros(len(HEARD_ROLES), bool), grid)
    return [HalvedSong("song", heard, silent, grid, np.zeros(0))]


def preset(number: int, density: float, **more: Any) -> dict[str, Any]:
    measures = {"density": density, "on_beat": 1.0, "with_bass": 0.5, "syncopation": 0.0}
    return {"measures": measures, "code": [float(number)] + [0.0] * 15, **more}


def named(*presets: dict[str, Any]) -> list[dict[str, Any]]:
    return name_presets(presets, cast(Drummer, Pianola()), songs())


def test_a_name_is_as_short_as_no_other_has_it() -> None:
    found = named(preset(0, 4.0), preset(1, 3.0), preset(2, 3.0))
    assert [one["name"] for one in found] == [
        "four-on-the-floor",
        "eighth-note-rock-tight-hat",
        "eighth-note-rock-ride",
    ]
    assert found[1]["title"] == "eighth-note rock, tight hat"
    assert found[1]["description"].startswith("eighth-note rock on a tight hat; 3.0 kicks a bar")


def test_what_is_called_the_same_is_told_apart_by_its_kick() -> None:
    found = named(preset(1, 1.5), preset(1, 3.0), preset(1, 6.0))
    assert [one["title"].split(", ")[-1] for one in found] == [
        "sparse kick",
        "steady kick",
        "busy kick",
    ]


def test_no_two_have_one_name_whatever_they_play() -> None:
    found = named(*(preset(1, 3.0) for _ in range(4)))
    assert len({one["name"] for one in found}) == 4


def test_names_that_were_there_are_kept() -> None:
    found = named(preset(0, 4.0, name="steady-straight"))
    assert found[0]["formerly"] == ["steady-straight"]
    again = named(*found)
    assert again == found, "naming again changes nothing"


def test_a_style_is_not_named_after_the_tempo_of_a_song() -> None:
    assert named(preset(1, 3.0))[0]["name"] == "eighth-note-rock", "not driving eighths"
