"""The built-in song, played: what `drumnet demo` shows and writes.

In: a folder to write to.  Out: the song's stems there, and four takes: three
named styles, and one that was taken from the kick of another built-in song; or one take, of
a player.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from drumnet.demo.song import DemoSong, demo_reference_song, demo_song, write_demo_stems
from drumnet.drummer import Drummer
from drumnet.files import atomic_files, refuse_overwrite
from drumnet.generation import Generated, generate
from drumnet.hearing.conditioning import HEARD_ROLES, conditioning_of
from drumnet.song.roles import Role
from drumnet.style.code import StyleCode
from drumnet.style.players import Player

NUM_STYLES = 3

#: What is drawn below the drums: the backbeat that they play to, and the bass.
_DRAWN = (Role.SNARE, Role.BASS)
#: Onset strength from which a note of them is drawn: 1 is a song's strong
#: onsets, steady notes of one pitch give half of it.
_LEAST_DRAWN = 0.25


@dataclass(frozen=True, eq=False)
class Take:
    """One way to play the song."""

    name: str
    description: str
    made: Generated


def play_showcase(
    out: Path,
    *,
    model: str | Path = "default",
    player: Player | None = None,
    overwrite: bool = False,
) -> Iterator[Take]:
    """Write the stems to `out/song`, and take by take to a folder each; they are there when the
    last one was taken.

    Raises:
        OutputError: a file exists and `overwrite` is false, or cannot be written.
    """
    drummer = Drummer(model)
    styles = [(player.name, player.said, None)] if player else _styles(drummer)
    if not overwrite:
        refuse_overwrite([out / name for name in ("song", *(name for name, _, _ in styles))], False)
    built_in = demo_song()
    with atomic_files(out, overwrite=overwrite) as folder:
        write_demo_stems(folder / "song")
        for name, description, style in styles:
            made = generate(
                built_in.song,
                folder / name,
                style,
                player=player,
                seed=0,
                beats=built_in.beats,
                model=drummer,
            )
            files = tuple(out / file.relative_to(folder) for file in made.files)
            yield Take(name, description, replace(made, files=files))


def heard_onsets_s(built_in: DemoSong) -> dict[str, NDArray[np.float64]]:
    """Where snare and bass are heard to begin a note, in seconds, by name."""
    strength = conditioning_of(built_in.song, built_in.beats).strength
    found = {}
    for role in _DRAWN:
        before, heard, after = sliding_window_view(
            np.pad(strength[HEARD_ROLES.index(role)], 1), 3
        ).T
        # a note between two ticks is heard on both, and drawn on the stronger one
        is_peak = (heard > _LEAST_DRAWN) & (heard > before) & (heard >= after)
        found[role.value] = built_in.beats.ticks_to_seconds(np.flatnonzero(is_peak))
    return found


def _styles(drummer: Drummer) -> list[tuple[str, str, StyleCode | None]]:
    """Three presets, as far from each other as they go, and the transfer."""
    presets = drummer.presets
    chosen = [next(iter(presets))]
    while len(chosen) < min(NUM_STYLES, len(presets)):

        def distance(name: str) -> float:
            code = presets[name].code
            return min(float(np.linalg.norm(code - presets[other].code)) for other in chosen)

        chosen.append(max(presets, key=distance))
    reference = demo_reference_song()
    assert reference.kick is not None
    transferred = drummer.extract_style(
        drummer.listen(reference.song, reference.beats), reference.kick
    )
    named: list[tuple[str, str, StyleCode | None]]
    named = [(name, presets[name].description, drummer.style(name)) for name in chosen]
    return [*named, ("transfer", "taken from the kick of another built-in song", transferred)]
