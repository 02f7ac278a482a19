"""The stages of an evaluation that need weights which play the whole kit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from drumnet.corpus.grooves import Window, groove_entries, groove_windows
from drumnet.corpus.halves import MELODIC_ROLES, HalvedSong, halved
from drumnet.corpus.ticksong import TickSong
from drumnet.drummer import Drummer
from drumnet.evaluation.baselines import KIT_COPY_BAR, KIT_OWN_BAR
from drumnet.evaluation.experiments import nearness
from drumnet.evaluation.experiments.groove import SECTION as GROOVE
from drumnet.evaluation.experiments.groove import groove_rows, performances
from drumnet.evaluation.experiments.kit import ALL_PIECES, kit_likeness_rows, kit_rows
from drumnet.evaluation.experiments.kit import SECTION as KIT
from drumnet.evaluation.grooves import DrummerTaps, NearestTap, RockBeat, TapPlayer
from drumnet.evaluation.part import Part
from drumnet.evaluation.players import (
    NoCode,
    OneCode,
    Player,
    Sampled,
    Transfer,
    WrongCode,
    kit_drummer,
    play_all,
)
from drumnet.evaluation.report.model import MODEL_PLAYER, Row, SongFacts
from drumnet.evaluation.request import Request
from drumnet.evaluation.takes import Takes
from drumnet.settings import Settings
from drumnet.workers import LocalWorkers, in_order

#: A stage and how many steps it has, to what is called after each.
Told = Callable[[str, int], Callable[[], None]]
Facts = Callable[[Iterable[HalvedSong]], list[SongFacts]]
#: A stage of whole kits to songs of a corpus.
KitPart = Callable[[Request, Drummer, Sequence[TickSong], Facts, Told], Part]
_FILES_AT_A_TIME = 4


def kit_part(
    request: Request, drummer: Drummer, songs: Sequence[TickSong], facts: Facts, told: Told
) -> Part:
    """Whole kits to the band alone; nothing of fewer than two songs.

    What takes a song's style over plays what is likeliest, what is sampled as
    `drumnet generate` does.
    """
    cut = [song for song in (halved(song, MELODIC_ROLES) for song in songs) if song.has_both_halves]
    if len(cut) < 2:
        return Part()
    likeliest, free = kit_drummer(drummer), kit_drummer(drummer, Settings(seed=request.seed))
    players: dict[str, tuple[Player, ...]] = {
        "transfer": (
            Transfer(likeliest),
            OneCode(likeliest),
            NoCode(likeliest),
            WrongCode(likeliest, cut),
            KIT_COPY_BAR,
            KIT_OWN_BAR,
        ),
        "sampled": (Sampled(free, request.seed),),
    }
    tell = told("whole kit", sum(map(len, players.values())) + 3)
    takes = {}
    for experiment, ones in players.items():
        played = {}
        for player in ones:
            played[player.name] = play_all(player, cut, request.workers)
            tell()
        takes[experiment] = Takes(cut, played)
    transfer = takes["transfer"]
    rows = kit_rows(transfer)
    rows += nearness.nearness_rows(KIT, transfer, nearness.KIT, ALL_PIECES)
    rivals = {"copy-bar": transfer.played["copy-bar"]}
    sampled = Takes(cut, {**takes["sampled"].played, **rivals})
    own = Takes(cut, {MODEL_PLAYER: transfer.played[MODEL_PLAYER]})
    for one, experiment in ((sampled, "sampled"), (own, "transfer")):
        rows += kit_likeness_rows(one, experiment, request.seed)
        tell()
    return Part(rows, {KIT: facts(cut)})


def groove_part(request: Request, drummer: Drummer, told: Told) -> Part:
    """Kits to tapped rhythms: the nearest neighbour is of the split `train`, what is
    measured of the split that is asked for."""
    assert request.groove is not None
    size = request.size
    measured, known = (
        _evenly(groove_entries(request.groove, split), most)
        for split, most in ((request.split, size.groove_songs), ("train", size.groove_train))
    )
    tell = told("reading grooves", len(measured) + len(known))
    read = partial(_read, request.groove, workers=request.workers, tell=tell)
    windows, remembered = read(measured), read(known)
    players: tuple[TapPlayer, ...] = (
        DrummerTaps(drummer, MODEL_PLAYER, request.workers),
        NearestTap(remembered),
        RockBeat(),
    )
    tell, rows = told("tapped grooves", len(players)), list[Row]()
    for player in players:
        rows += groove_rows(windows, player)
        tell()
    return Part(rows, {GROOVE: _performance_facts(measured, windows)})


def _evenly(entries: Sequence[Mapping[str, str]], most: int | None) -> list[Mapping[str, str]]:
    if most is None or len(entries) <= most:
        return list(entries)
    return [entries[i] for i in np.linspace(0, len(entries) - 1, most).astype(int)]


def _read(
    folder: Path, entries: Sequence[Mapping[str, str]], workers: int, tell: Callable[[], None]
) -> list[Window]:
    found: list[Window] = []
    with LocalWorkers(workers) as pool:
        for some in in_order(pool, partial(groove_windows, folder), entries, _FILES_AT_A_TIME):
            found += some
            tell()
    return found


def _performance_facts(
    entries: Sequence[Mapping[str, str]], windows: Sequence[Window]
) -> list[SongFacts]:
    about = {entry["midi_filename"]: entry for entry in entries}
    return [
        SongFacts(
            name,
            genre=about[name]["style"].split("/")[0],
            kind="performance",
            bpm=float(about[name]["bpm"]),
            metre="4/4",
        )
        for name in performances(windows)
    ]
