"""What a beat is called, and what it has to do to be called so: the table.

A family says where each piece is struck, in a typical bar, place by place: `x` in most bars,
`.` seldom, `~` not in most, `?` as it likes; what is shorter than a bar is repeated.  A beat
has four places, its sixteenths (in a shuffle `x?x?` is on the swung eighths).  And it says
how much is played, by the numbers of `TypicalBar`.  The first that fits is the name: what is
most particular stands first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from drumnet.words.typical_bar import MOST, TypicalBar, mean_share

#: Each place of an `x` is struck in that share of bars at least, and all of them in `MOST`.
_EACH = 0.4
#: What is struck in a larger share of bars is not seldom.
_SELDOM = 0.2


@dataclass(frozen=True)
class Family:
    """A kind of beat.

    Args:
        name: as a musician says it.
        means: what that is, in a few words.
        plays: where rows of `TypicalBar.shares` are struck.
        least, most: of numbers of `TypicalBar`.
        beats: in a bar; any number if empty.
        shuffled: whether its eighths have to be those of triplets; None: either.
        says_time: the name tells what the cymbals play.
    """

    name: str
    means: str
    plays: Mapping[str, str] = field(default_factory=dict)
    least: Mapping[str, float] = field(default_factory=dict)
    most: Mapping[str, float] = field(default_factory=dict)
    beats: tuple[int, ...] = (4,)
    shuffled: bool | None = None
    says_time: bool = False

    def fits(self, bar: TypicalBar) -> bool:
        """Whether this is what is played."""
        if self.beats and bar.beats not in self.beats:
            return False
        if self.shuffled not in (None, bar.is_shuffled):
            return False
        if any(getattr(bar, name) < number for name, number in self.least.items()):
            return False
        if any(getattr(bar, name) > number for name, number in self.most.items()):
            return False
        return all(_fits(bar, row, pattern) for row, pattern in self.plays.items())


def _fits(bar: TypicalBar, row: str, pattern: str) -> bool:
    shares = bar.shares[row]
    marks = pattern.replace(" ", "")
    wanted = np.array(list(marks * (len(shares) // len(marks))))
    struck, seldom, loose = (shares[wanted == mark] for mark in "x.~")
    return bool(
        (not struck.size or (mean_share(struck) >= MOST and np.nanmin(struck) >= _EACH))
        and (not seldom.size or mean_share(seldom) <= _SELDOM)
        and (not loose.size or loose.mean() <= MOST)
    )


_BACKBEAT = "???? x???"
_ON_THREE = "~??? .??? x??? .???"
_ON_THREE_ALONE = ".??? .??? x??? .???"
_ON_ONE_OF_THREE = "x??? .??? .???"
_DOUBLE_BASS = {"kicks": 7, "kicks_on_16ths": 3, "kicks_a_second": 3.9}
_EIGHTHS, _SIXTEENTHS, _QUARTERS = "x?x?", "xxxx", "x?.?"

#: Kinds of beats that are told apart by where kick and snare are, and the families of each.
KINDS: Mapping[str, tuple[Family, ...]] = {
    "blast": (
        Family("blast beat", "kick and snare as fast as they go, together or in turn",
            {"strokes": _EIGHTHS}, least={"kicks_a_second": 4.6, "snares_a_second": 4.6},
            shuffled=False),
        Family("blast beat", "the same, on a grid of half the tempo",
            {"strokes": "?x?x"}, least={"kicks_a_second": 4.6, "snares_a_second": 4.6},
            shuffled=False),
    ),
    "D-beat": (
        Family("D-beat", "the kick on 1, after 2 and after 3, fast",
            {"kick": "x... ..x. ..x. ....", "snare": _BACKBEAT}, least={"bpm": 164}),
        Family("D-beat", "the same, on a grid of half the tempo",
            {"kick": "x..x .x..", "snare": "..x."}, least={"bpm": 82}),
    ),
    "train": (
        Family("train beat", "the snare in sixteenths, accents and all, over a plain kick",
            {"strokes": _SIXTEENTHS}, least={"kicks": 1}, most={"kicks": 6, "hats": 8}),
        Family("train beat", "the same, on a grid of twice the tempo",
            {"strokes": _EIGHTHS}, least={"kicks": 1, "bpm": 150}, most={"kicks": 6, "hats": 8}),
    ),
    "snare on every beat": (
        Family("motown", "the snare on every beat, the kick between",
            {"strokes": "x???", "snare": _BACKBEAT, "cymbal": "x???", "kick": "???? ~???"},
            most={"snares_between": 2, "kicks": 5, "bpm": 165}),
        Family("snare on all four", "the snare on every beat",
            {"snare": "x???"}, most={"snares_between": 2}),
    ),
    "dembow": (
        Family("dembow", "the snare on three-three-two, as in reggaeton",
            {"kick": "x???????", "snare": "...x..x."}),
    ),
    "reggae": (
        Family("reggae one drop", "kick and snare together on 3, and nothing on 1",
            {"kick": _ON_THREE_ALONE, "snare": _ON_THREE_ALONE}),
        Family("reggae one drop", "the same, on a grid of twice the tempo",
            {"kick": ".??? x???", "snare": ".??? x???"}),
        Family("steppers", "the kick on every beat, the snare on 3",
            {"kick": "x???", "snare": _ON_THREE}, most={"kicks_between": 2}),
    ),
    "latin": (
        Family("bossa nova", "the kick on 1 and 3 and before each, the snare around it",
            {"kick": "x... ..x.", "snare": "???? ~???"}, least={"snares_between": 0.7}),
        Family("samba", "the kick on the beat and just before it, the snare around it",
            {"kick": "x..x", "snare": "???? ~???"}, least={"snares_between": 0.7}),
    ),
    "half-time": (
        Family("half-time shuffle", "swung, with the snare on 3",
            {"snare": _ON_THREE}, shuffled=True),
        Family("trap", "the snare on 3, and hats that roll",
            {"snare": _ON_THREE}, least={"hats": 6, "rolls": 0.7}),
        Family("half-time double bass", "the kick runs, the snare on 3",
            {"snare": _ON_THREE}, least=_DOUBLE_BASS),
        Family("half-time funk", "the snare on 3, the kick on sixteenths",
            {"snare": _ON_THREE}, least={"kicks_on_16ths": 1.2}, most={"kicks": 7}),
        Family("half-time rock", "the snare on 3",
            {"snare": _ON_THREE}),
    ),
    "swing": (
        Family("jazz swing", "the ride in quarters, with a skip before 1 and 3; no backbeat",
            {"cymbal": "x?.. x?x.", "snare": "~??? ~???"}, shuffled=True, says_time=True),
        Family("twelve-eight", "triplets on the cymbals, and a backbeat",
            {"time": "xxx?", "snare": _BACKBEAT}, shuffled=True, says_time=True),
        Family("shuffle", "a backbeat, with the eighths swung",
            {"snare": _BACKBEAT}, shuffled=True, says_time=True),
    ),
    "double-time": (
        Family("double-time punk", "the snare between the beats, fast",
            {"kick": "x???", "snare": ".?x?"}, least={"bpm": 90}),
        Family("double-time", "the snare between the beats",
            {"snare": ".?x?"}),
    ),
    "toms": (
        Family("tom groove", "the toms keep time",
            least={"toms": 4}, most={"hats": 3, "ride": 3, "crash": 3}),
    ),
    "four on the floor": (
        Family("four on the floor", "the kick on every beat",
            {"kick": "x???"}, most={"kicks_between": 1.6}),
    ),
    "linear": (
        Family("linear funk", "one piece at a time",
            least={"hits": 8, "kicks": 1.5, "snares": 1, "hats": 2}, most={"together": 0.12}),
    ),
    "backbeat": (
        Family("double-bass metal", "the kick runs, mostly in sixteenths, under a backbeat",
            {"snare": _BACKBEAT}, least=_DOUBLE_BASS),
        Family("surf beat", "the snare doubled after 2",
            {"snare": ".... x.x. ..?. x.??"}, most={"kicks_between": 1}),
        Family("breakbeat", "more snares off the beat, and a kick that moves with them",
            {"snare": "???? x??? ???? ????"}, least={"snares_between": 1, "kicks_between": 1.2}),
        Family("sixteenth funk", "the kick on sixteenths, the cymbals as well",
            {"snare": _BACKBEAT, "time": _SIXTEENTHS}, least={"kicks_on_16ths": 0.8},
            most={"kicks": 7}, says_time=True),
        Family("funk", "a kick on sixteenths",
            {"snare": _BACKBEAT}, least={"kicks_on_16ths": 1.5}, most={"kicks": 7}),
        Family("funk", "ghost notes",
            {"snare": _BACKBEAT}, least={"ghosts": 2, "kicks_between": 1}),
        Family("ballad", "slow, over a sparse kick",
            {"snare": _BACKBEAT}, most={"bpm": 82, "kicks": 3.6}),
        Family("driving eighths", "eighths on the cymbals, fast",
            {"snare": _BACKBEAT, "time": _EIGHTHS}, least={"bpm": 128}, says_time=True),
        Family("sixteenth-note rock", "under sixteenths",
            {"snare": _BACKBEAT, "time": _SIXTEENTHS}, says_time=True),
        Family("eighth-note rock", "under eighths",
            {"snare": _BACKBEAT, "time": _EIGHTHS}, says_time=True),
        Family("quarter-note rock", "under quarters",
            {"snare": _BACKBEAT, "time": _QUARTERS}, says_time=True),
        Family("plain backbeat", "the snare on 2 and 4",
            {"snare": _BACKBEAT}),
    ),
    "driving kick": (
        Family("driving kick", "the kick in eighths, and no backbeat",
            {"kick": "x?x?"}),
    ),
    "march": (
        Family("march", "the snare rolls on, with hardly a cymbal",
            {"strokes": "x?x?"}, most={"hats": 2, "ride": 2, "crash": 1}),
    ),
    "three": (
        Family("waltz", "the kick on 1, the snare on 2 and 3",
            {"kick": _ON_ONE_OF_THREE, "snare": "???? x??? x???"}, beats=(3,)),
        Family("waltz", "the kick on 1, the hands on 2 and 3",
            {"kick": _ON_ONE_OF_THREE, "hands": ".??? x??? x???"}, beats=(3,)),
        Family("rock in three", "a backbeat in bars of three",
            least={"backbeats": 1}, beats=(3,)),
        Family("waltz", "the kick on 1 alone, and no backbeat",
            {"kick": _ON_ONE_OF_THREE}, beats=(3,)),
    ),
    "six-eight": (
        Family("six-eight", "six in a bar, the snare on 4",
            {"snare": ".??? .??? .??? x??? .??? .???"}, beats=(6,), says_time=True),
    ),
    "odd": (
        Family("backbeat in {beats}", "the snare off the first beat, in bars of five, seven, ...",
            least={"backbeats": 1}, beats=(5, 6, 7, 9, 10, 11, 12)),
    ),
}  # fmt: skip

#: What is said of the rest; the last always fits.
DESCRIPTIONS = (
    Family("cymbals alone", "neither kick nor snare",
        most={"kicks": 0.3, "snares": 0.3, "toms": 0.5}, beats=()),
    Family("kick and toms", "hardly a snare or a cymbal",
        least={"toms": 1}, most={"snares": 0.3, "hats": 1, "ride": 1, "crash": 1}, beats=()),
    Family("kick on 1 and 3", "hardly a snare",
        {"kick": "x??? .??? x??? .???"}, most={"snares": 0.3, "kicks_between": 0.7}),
    Family("syncopated kick", "hardly a snare",
        least={"kicks_between": 1.5}, most={"snares": 0.3}, beats=()),
    Family("sparse kick", "hardly a snare", most={"snares": 0.3}, beats=()),
    Family("snare without a kick", "", most={"kicks": 0.3}, beats=()),
    Family("a few strokes", "four a bar or fewer", most={"hits": 4}, beats=()),
    Family("loose backbeat", "the snare on 2 or 4 alone", least={"backbeats": 1}),
    Family("broken beat", "kick and snare off the beat, no backbeat",
        least={"kicks_between": 1, "snares_between": 0.7}, beats=()),
    Family("free beat", "no backbeat", beats=()),
)  # fmt: skip


def kind_and_family(bar: TypicalBar) -> tuple[str, Family]:
    """The first that fits; a description is of no kind."""
    for kind, families in KINDS.items():
        for family in families:
            if family.fits(bar):
                return kind, family
    return "", next(one for one in DESCRIPTIONS if one.fits(bar))
