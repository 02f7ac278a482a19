#!/usr/bin/env python3
"""How far from the truth the onsets of stems are heard: writes docs/onset-times.md.

Every sound of the world of `onset_world.py` is played in a stem, and what the package
hears in it is compared with when it was played: kick stems by `kick_onsets`, the pieces of a
drum mix by `hear_strokes`, pitched stems by `onset_times`.  A note is found where an onset is
heard within 50 ms of it.

    scripts/measure_onset_times.py [SOUNDFONT...] -o docs/onset-times.md
    scripts/measure_onset_times.py [SOUNDFONT...] --check

The page is of Debian's timgm6mb-soundfont, fluid-soundfont-gm, fluidr3mono-gm-soundfont,
musescore-general-soundfont-small and opl3-soundfont, in this order.  With no soundfonts,
those of this machine are measured; `--check` measures anew, some minutes
a soundfont, and fails where the page says another thing.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drumnet.errors import DrumnetError
from drumnet.hearing.onset_strength import onset_strength, onset_times
from drumnet.hits import Piece
from drumnet.kits.synth import Character
from drumnet.training.band.fluidsynth import general_midi_soundfonts
from drumnet.transcribe import hear_strokes, kick_onsets
from onset_world import (
    PROGRAMS,
    SUNG,
    Scene,
    Times,
    drum_kits,
    drum_programs,
    drum_scene,
    kick_scene,
    melody_scene,
    note,
    our_notes,
    pitched_notes,
    sung_notes,
    synthesised_kicks,
)

PAGE = Path(__file__).resolve().parents[1] / "docs" / "onset-times.md"
#: An onset farther from a note is not that note's.
NEAR_S = 0.05
#: What is wanted of each sound: the middle error, and that of 95 in 100.
MIDDLE_MS, MOST_MS = 3.0, 8.0
#: Of fewer found notes, no quantiles are judged.
ENOUGH = 6
#: So many of the worst sounds of a kind are listed.
WORST = 8

CLASSES: Sequence[frozenset[Piece]] = (
    frozenset({Piece.KICK}),
    frozenset({Piece.SNARE}),
    frozenset({Piece.CLOSED_HAT, Piece.OPEN_HAT}),
    frozenset({Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM}),
    frozenset({Piece.CRASH, Piece.RIDE}),
)
#: A stroke is beside another piece's if it is so near; the two are written together.
BESIDE_S = 0.03
ALONE, BESIDE = "alone in a drum mix", "beside another piece"
KICK_STEM, KICK_MIX = "kick, its own stem", "kick, in a drum mix"


@dataclass(frozen=True, eq=False)
class Errors:
    """How late each found note of a scene is heard.

    Args:
        kind: what is heard.
        name: what sounds.
        late_ms: (num_found,).
        num_notes: that are played.
        num_extra: onsets that are no note's.
    """

    kind: str
    name: str
    late_ms: Times
    num_notes: int
    num_extra: int = 0

    @property
    def middle_ms(self) -> float:
        return float(np.median(self.late_ms)) if len(self.late_ms) else 0.0

    @property
    def most_ms(self) -> float:
        return float(np.quantile(np.abs(self.late_ms), 0.95)) if len(self.late_ms) else 0.0

    @property
    def is_enough(self) -> bool:
        return len(self.late_ms) >= ENOUGH

    @property
    def is_in_time(self) -> bool:
        return abs(self.middle_ms) <= MIDDLE_MS and self.most_ms <= MOST_MS


def errors(kind: str, name: str, played_s: Times, heard_s: Times) -> Errors:
    """What is heard against what is played."""
    if not len(heard_s):
        return Errors(kind, name, np.zeros(0), len(played_s))
    apart = heard_s[None] - played_s[:, None]
    late = apart[np.arange(len(played_s)), np.abs(apart).argmin(axis=1)]
    extra = np.abs(apart).min(axis=0) > NEAR_S
    found = late[np.abs(late) <= NEAR_S]
    return Errors(kind, name, 1000 * found, len(played_s), int(extra.sum()))


def kick_errors(scene: Scene, *, isolated: bool) -> Errors:
    """Of a stem of the kick alone, or of a drum mix."""
    if isolated:
        kind, heard = KICK_STEM, kick_onsets(scene.sound, isolated=True).times_s
    else:
        kind, heard = KICK_MIX, hear_strokes(scene.sound).times_of(Piece.KICK)
    return errors(kind, scene.name, scene.onsets_s[Piece.KICK.value], heard)


def stroke_errors(scene: Scene) -> Iterator[Errors]:
    """Of each piece but the kick, of strokes alone and of those beside other pieces'; what is
    heard as another piece of its class is found, too."""
    strokes = hear_strokes(scene.sound)
    for piece in Piece:
        if piece is Piece.KICK or piece.value not in scene.onsets_s:
            continue
        own = next(each for each in CLASSES if piece in each)
        heard = np.concatenate([strokes.times_of(other) for other in own])
        played = scene.onsets_s[piece.value]
        others = (times for name, times in scene.onsets_s.items() if name != piece.value)
        struck = np.concatenate([np.zeros(0), *others])
        apart = np.abs(struck[None] - played[:, None]).min(axis=1, initial=np.inf)
        for where, chosen in ((ALONE, apart > BESIDE_S), (BESIDE, apart <= BESIDE_S)):
            if chosen.any():
                kind = f"{piece.value.replace('_', ' ')}, {where}"
                yield errors(kind, scene.name, played[chosen], heard)


def pitched_errors(scene: Scene) -> Errors:
    ((role, played_s),) = scene.onsets_s.items()
    heard, _ = onset_times(onset_strength(scene.sound))
    kind = role if scene.is_sharp else f"{role}, swelling"
    return errors(kind, scene.name, played_s, heard)


def measured(soundfonts: Sequence[Path]) -> Iterator[Errors]:
    """The errors of every sound of the world."""
    for name, kit in drum_kits(soundfonts):
        mix = drum_scene(name, kit)
        if Piece.KICK in kit:
            yield kick_errors(kick_scene(name, kit[Piece.KICK]), isolated=True)
            yield kick_errors(mix, isolated=False)
        yield from stroke_errors(mix)
    others = [our_notes(character) for character in Character]
    for number, (name, wave) in enumerate(synthesised_kicks().items()):
        kick = [note(wave)]
        yield kick_errors(kick_scene(name, kick), isolated=True)
        kit = {**others[number % len(others)], Piece.KICK: kick}
        yield kick_errors(drum_scene(name, kit), isolated=False)
    for role, (programs, _) in PROGRAMS.items():
        for soundfont in soundfonts:
            for program in programs:
                notes = pitched_notes(soundfont, program, role)
                name = f"{soundfont.stem}, program {program + 1}"
                if notes:
                    yield pitched_errors(melody_scene(name, role, notes))
    for name, consonant in SUNG.items():
        yield pitched_errors(melody_scene(name, "voice", sung_notes(consonant)))


def page(results: Iterable[Errors], soundfonts: Sequence[Path]) -> str:
    """docs/onset-times.md."""
    found: dict[str, list[Errors]] = defaultdict(list)
    for each in results:
        found[each.kind].append(each)
    by_kind = {kind: found[kind] for kind in sorted(found, key=_place)}
    fonts = ", ".join(f"`{path.stem}`" for path in soundfonts)
    return "\n".join([*_head(fonts), *_table(by_kind), "", *_worst(by_kind)]) + "\n"


def _place(kind: str) -> tuple[int, str]:
    """Kicks, pieces, instruments; sharp ones first."""
    starts = ["kick", *(piece.value.replace("_", " ") for piece in Piece), *PROGRAMS]
    return next(i for i, start in enumerate(starts) if kind.startswith(start)), kind


def _head(fonts: str) -> Iterator[str]:
    yield f"""# When onsets are heard

Written by `scripts/measure_onset_times.py`; do not edit. How many milliseconds late (or, with
a minus, early) the package hears what a stem plays. The stems are made of sounds whose onsets
are known: our kits, the drum kits and instruments of the soundfonts {fonts}
(Debian packages; played by FluidSynth), kicks whose pitch falls, made for the purpose (it
begins at 60 to 400 Hz and falls in 5 to 50 ms, with and without click and sub, attacks of 0.5
to 3 ms), and a voice made for the purpose, with and without a consonant. The drum network was
trained on kits of soundfonts other than `TimGM6mb`.

A note **begins** where its sound, alone, first reaches a tenth of the level that it has in its
first 100 ms. It is **swelling** where it takes more than 10 ms from there to half of that level
(pads, choirs, church organs, some overdriven guitars): what its onset is, is then a matter of
definition, so those are told apart. In a drum mix each stroke lies up to 12 ms off the grid by
chance, so that strokes that are written together sound one after the other, as people play.
What is struck so beside another piece, within {1000 * BESIDE_S:.0f} ms, is told apart: a hat under
a louder snare is often heard with the snare, and a kick under a tom with the tom.

"Found" is within 50 ms, a tom for a tom, a hat for a hat, a cymbal for a cymbal. "Late" is the
median, "95 %" the error that 95 in 100 do not exceed. "In time" is the share of sounds (kits,
instruments, made kicks) of which at least {ENOUGH} notes are found, with a median within
{MIDDLE_MS:.0f} ms and 95 % within {MOST_MS:.0f} ms. "Besides" are onsets that are no note's.
How well pieces are told apart is in [transcription.md](transcription.md).
"""


def _table(by_kind: Mapping[str, Sequence[Errors]]) -> Iterator[str]:
    yield "| | sounds | notes | found | besides | late, ms | 95 %, ms | in time |"
    yield "|---|---|---|---|---|---|---|---|"
    for kind, all_of_it in by_kind.items():
        late = np.concatenate([each.late_ms for each in all_of_it])
        pooled = Errors(kind, "", late, sum(each.num_notes for each in all_of_it))
        judged = [each for each in all_of_it if each.is_enough]
        extra = sum(each.num_extra for each in all_of_it)
        in_time = sum(each.is_in_time for each in judged)
        besides = "" if kind.endswith((ALONE, BESIDE)) else extra
        yield (
            f"| {kind} | {len(all_of_it)} | {pooled.num_notes} "
            f"| {100 * len(late) / pooled.num_notes:.0f} % | {besides} | {pooled.middle_ms:.1f} "
            f"| {pooled.most_ms:.1f} | {in_time} of {len(judged)} |"
        )


def _worst(by_kind: Mapping[str, Sequence[Errors]]) -> Iterator[str]:
    yield "## The worst"
    yield ""
    yield f"Of each kind, at most {WORST} of the sounds that are not in time."
    yield ""
    yield "| | | notes | found | late, ms | 95 %, ms |"
    yield "|---|---|---|---|---|---|"
    for kind, all_of_it in by_kind.items():
        out = [each for each in all_of_it if each.is_enough and not each.is_in_time]
        for each in sorted(out, key=lambda each: -each.most_ms)[:WORST]:
            yield (
                f"| {kind} | {each.name} | {each.num_notes} | {len(each.late_ms)} "
                f"| {each.middle_ms:.1f} | {each.most_ms:.1f} |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("soundfonts", nargs="*", type=Path, metavar="SOUNDFONT")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("-o", "--output", type=Path)
    where.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.output is not None and not arguments.output.resolve().parent.is_dir():
        parser.error(f"no folder for '{arguments.output}': make it first")
    try:
        soundfonts = arguments.soundfonts or general_midi_soundfonts()
        for soundfont in soundfonts:
            drum_programs(soundfont)  # what is no soundfont is said before all is measured
        made = page(measured(soundfonts), soundfonts)
    except DrumnetError as fault:
        sys.exit(str(fault))
    if arguments.check:
        if made != PAGE.read_text(encoding="utf-8"):
            sys.exit(f"{PAGE} is out of date: run scripts/measure_onset_times.py")
        return
    arguments.output.write_text(made, encoding="utf-8")
    print(made)


if __name__ == "__main__":
    main()
