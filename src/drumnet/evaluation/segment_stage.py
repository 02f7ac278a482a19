"""The stage of an evaluation that asks for four bars at a time."""

from __future__ import annotations

from collections.abc import Sequence

from drumnet.corpus.halves import MELODIC_ROLES, HalvedSong, halved
from drumnet.corpus.ticksong import TickSong
from drumnet.drummer import Drummer
from drumnet.evaluation.experiments.segments import (
    ALL_HEARD,
    FOUR_HEARD,
    NOTHING_HEARD,
    SECTION,
    SegmentedSong,
    play_segments,
    segment_rows,
)
from drumnet.evaluation.kit_stages import Facts, Told
from drumnet.evaluation.part import Part
from drumnet.evaluation.players import kit_drummer
from drumnet.evaluation.report.model import MODEL_PLAYER, Row
from drumnet.evaluation.request import Request
from drumnet.evaluation.segments import (
    SEGMENT_BARS,
    Continued,
    Repeated,
    SegmentPlayer,
    TypicalBarBefore,
    Unheard,
    segments_of,
)
from drumnet.settings import Settings
from drumnet.style.code import StyleCode

#: Of each song, evenly chosen.
SEGMENTS_A_SONG = 3
#: A setting: with the variation that `drumnet generate` has. Else none is left to chance.
AT_DEFAULTS = "at the defaults"


def segment_part(
    request: Request, drummer: Drummer, songs: Sequence[TickSong], facts: Facts, told: Told
) -> Part:
    """Four bars to the band, its drums before them heard or not; nothing where no song has
    eight bars of 4/4 with drums."""
    cut = [halved(song, MELODIC_ROLES) for song in songs]
    asked = [SegmentedSong(song, segments_of(song, SEGMENTS_A_SONG)) for song in cut]
    asked = [one for one in asked if one.segments]
    if not asked:
        return Part()
    players = _players(drummer, request.seed)
    tell = told("four bars at a time", len(players))
    rows: list[Row] = []
    for experiment, player, setting in players:
        played = play_segments(player, asked, request.workers)
        rows += segment_rows(experiment, player.name, asked, played, setting)
        tell()
    return Part(rows, {SECTION: facts(one.song for one in asked)})


def _players(drummer: Drummer, seed: int) -> list[tuple[str, SegmentPlayer, str]]:
    """Experiments, who plays in them, and settings.

    Where nothing is heard, the model plays what `drumnet generate` plays to a song without
    a word about its style, but that a neutral style is set in place of a sampled one:
    sampled ones are right for a song by chance alone.
    """
    kit, free = kit_drummer(drummer), Settings(seed=seed)

    def neutral(_: HalvedSong) -> StyleCode:
        return drummer.neutral_style()

    def sampled(song: HalvedSong) -> StyleCode:
        return kit.sampled(song, seed)

    return [
        (ALL_HEARD, Continued(kit, MODEL_PLAYER), ""),
        (ALL_HEARD, Continued(kit, MODEL_PLAYER, settings=free), AT_DEFAULTS),
        (ALL_HEARD, Continued(kit, "style alone", keeps=False), ""),
        (ALL_HEARD, TypicalBarBefore(), ""),
        (FOUR_HEARD, Continued(kit, MODEL_PLAYER, SEGMENT_BARS), ""),
        (FOUR_HEARD, Repeated(), ""),
        (NOTHING_HEARD, Unheard(kit, MODEL_PLAYER, neutral), ""),
        (NOTHING_HEARD, Unheard(kit, MODEL_PLAYER, neutral, free), AT_DEFAULTS),
        (NOTHING_HEARD, Unheard(kit, "sampled style", sampled, free), AT_DEFAULTS),
    ]
