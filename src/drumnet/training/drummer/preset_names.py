"""What the named styles are called: what they play, in words.

In: entries of `presets.json` without names, the drummer that plays them, and songs.  Out: the
entries, each with a `name` to be typed, a `title` to be shown, and a description.  Each style
plays the whole kit to every song; it is called what it is called in most of them, and as
short as no two are called the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from drumnet.corpus.halves import HalvedSong
from drumnet.drummer import Drummer
from drumnet.grid import BeatGrid
from drumnet.playing.listening import Listening
from drumnet.style.code import StyleCode
from drumnet.training.drummer.presets import kick_description
from drumnet.words import Words, handle, in_words

_MEDIUM_BPM = 110
#: Of the kick, by its strokes a bar up to there, where all other words are the same.
_KICKS = ((2.5, "sparse kick"), (4.5, "steady kick"), (float("inf"), "busy kick"))


def name_presets(
    presets: Sequence[Mapping[str, Any]], drummer: Drummer, songs: Sequence[HalvedSong]
) -> list[dict[str, Any]]:
    """The entries with names, and with those they had as `formerly`.

    Args:
        songs: that all of them play to, at one tempo, as words tell fast from slow.
    """
    heard = [_at_medium_tempo(drummer, song) for song in songs]
    said = []
    for preset in presets:
        style = StyleCode(np.array(preset["code"]), drummer.checkpoint.name)
        tracks = [drummer.play(one, style) for one in heard]
        said.append(
            _usual([in_words(track, one.beats) for track, one in zip(tracks, heard, strict=True)])
        )
    titles = _unique(said, [preset["measures"]["density"] for preset in presets])
    entries = []
    for preset, words, title in zip(presets, said, titles, strict=True):
        name = handle(title)
        old = [*preset.get("formerly", ()), *filter(None, [preset.get("name")])]
        formerly = [one for one in old if one != name]
        entries.append(
            {"name": name, "title": title}
            | ({"formerly": formerly} if formerly else {})
            | {"description": f"{words.text}; {kick_description(preset['measures'])}"}
            | {key: preset[key] for key in ("measures", "code")}
        )
    return entries


def _at_medium_tempo(drummer: Drummer, song: HalvedSong) -> Listening:
    beats_s = 60 / _MEDIUM_BPM * np.arange(song.grid.num_beats, dtype=np.float64)
    grid = BeatGrid(beats_s, song.grid.beat_in_bar)
    return drummer.listen_to(song.conditioning, grid, float(beats_s[-1]))


def _usual(said: Sequence[Words]) -> Words:
    """What is said most: of the beat, then of what keeps time in it, then of the rest."""
    name, _ = Counter(words.name for words in said).most_common(1)[0]
    said = [words for words in said if words.name == name]
    time, _ = Counter(words.time for words in said).most_common(1)[0]
    said = [words for words in said if words.time == time]
    besides, _ = Counter(words.besides for words in said).most_common(1)[0]
    return next(words for words in said if words.besides == besides)


def _unique(said: Sequence[Words], kicks: Sequence[float]) -> list[str]:
    """The shortest titles that no other may have as well, with the kick where all else is
    the same, and at last with a number."""
    every = []
    for words, density in zip(said, kicks, strict=True):
        kick = next(word for most, word in _KICKS if density <= most)
        last = words.titles[-1]
        more = () if words.besides.endswith("kick") else (f"{last}, {kick}",)
        every.append((*words.titles, *more))
    found: list[str] = []
    for index, titles in enumerate(every):
        others = {title for other, own in enumerate(every) if other != index for title in own}
        title = next((title for title in titles if title not in others), titles[-1])
        number = sum(one == title or one.startswith(f"{title} (") for one in found)
        found.append(f"{title} ({number + 1})" if number else title)
    return found
