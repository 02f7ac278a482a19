"""What the figures of a section come to, in two or three sentences.

In: `Report`s by the name of their weights.  Out: sentences that are true whatever
the figures are.  A sentence one of whose figures no report has is left out.
"""

from __future__ import annotations

from collections.abc import Callable

from drumnet.evaluation.report import words
from drumnet.evaluation.report.model import REAL_PLAYER
from evaluation_pages.figures import (
    ALL_PIECES,
    NoFigureError,
    SectionFigures,
    setting_name,
    value_of,
)
from evaluation_pages.markdown import Reports

#: Drummers that repeat or copy, without the network.
SIMPLE_PLAYERS = ("copy-bar", "bass copy", "four on the floor", "1-nearest neighbour")
_GIVEN, _TRACKED = "beats given, snare given", "beats tracked, snare given"
_OF_KICK, _OF_DRUMS = "kick in the style of the kick stem", "kit in the style of the drum mix"


def _files_kick(of: SectionFigures) -> str:
    given = (_OF_KICK, "micro F1", "beats given, stems, snare given")
    tracked = (_OF_KICK, "micro F1", "beats tracked, stems, snare given")
    return (
        f"A kick in the style of another half's kick, heard in its sound, scores "
        f"{of.find(*given)} with the beats given and {of.find(*tracked)} with tracked beats; "
        f"copy-bar, which knows the annotation, scores {of.find(*given, player='copy-bar')} and "
        f"{of.find(*tracked, player='copy-bar')}."
    )


def _files_kit(of: SectionFigures) -> str:
    found = {
        label: of.find(_OF_DRUMS, "micro F1", f"beats given, stems, {label}")
        for label in ("KD", "SD", "HH", ALL_PIECES)
    }
    return (
        f"A kit in the style of a drum mix scores {found['KD']} for its kick, {found['SD']} for "
        f"its snare, {found['HH']} for its hats, and {found[ALL_PIECES]} for all pieces."
    )


def _files_variation(of: SectionFigures) -> str:
    key = (_OF_KICK, "micro F1", "beats given, stems, snare given")
    plain = of.find(*key, player="variation 0")
    return f"Without variation the kick scores {plain}."


def _few_songs(of: SectionFigures) -> str:
    nums = {len(report.songs_of(of.name)) for report in of.models.values()}
    return f"The songs are {max(nums)}: look at the intervals before a difference is believed."


def _corpus_transfer(of: SectionFigures) -> str:
    rivals = {}
    for player in SIMPLE_PLAYERS:
        try:
            rivals[player] = of.find("transfer", "tick F1", player=player)
        except NoFigureError:
            continue
    if not rivals:
        raise NoFigureError
    best = max(rivals, key=lambda player: rivals[player].value)
    return (
        f"The kick of a half that its style was not read from scores "
        f"{of.find('transfer', 'tick F1')}; {best}, the best of the simple drummers, scores "
        f"{rivals[best]}."
    )


def _corpus_code(of: SectionFigures) -> str:
    own = of.find("transfer", "tick F1")
    without = of.find("transfer", "tick F1", player="no code")
    return (
        f"The style is worth {words.score(own.value - without.value)} of it: with no code the "
        f"model scores {without}, with the code of another song "
        f"{of.find('transfer', 'tick F1', player='wrong code')}."
    )


def _nearer(of: SectionFigures, setting: str) -> str:
    return (
        f"Counted in edits, it is nearer to what was played than copy-bar in "
        f"{of.find('transfer', 'nearer than copy-bar', setting)} of the songs, and as near in "
        f"{of.find('transfer', 'as near as copy-bar', setting)}."
    )


def _corpus_nearer(of: SectionFigures) -> str:
    return _nearer(of, "")


def _corpus_reconstruction(of: SectionFigures) -> str:
    return (
        f"Where it plays what its style was read from, it scores "
        f"{of.find('reconstruction', 'tick F1')}."
    )


def _invariance_code(of: SectionFigures) -> str:
    tempo, shift = of.find("tempo", "top-1", None), of.find("shift", "top-1", None)
    return (
        f"At other tempi at least {tempo} of the songs are nearer to their own code than to any "
        f"other song's; cut elsewhere, at least {shift}."
    )


def _invariance_f1(of: SectionFigures) -> str:
    own = of.find("as it is", "tick F1").value
    changed = [row for name in ("tempo", "shift") for row in of.settings(name, "tick F1")]
    most = max(abs(value_of(row) - own) for row in changed)
    return f"F1, {words.score(own)} as it is, moves by {words.score(most)} at most."


def _invariance_grid(of: SectionFigures) -> str:
    return (
        f"With downbeats a beat late a song is another to it: "
        f"{of.find('wrong grid', 'top-1', None)} find their own code."
    )


def _drift_lost(of: SectionFigures) -> str:
    given = of.find("drift, beats given", "F1 lost")
    tracked = of.find("drift, beats tracked", "F1 lost")
    return (
        f"Where the beats are given along the bent time, {given} of F1 is lost; where they are "
        f"tracked, {tracked}."
    )


def _drift_left(of: SectionFigures) -> str:
    key = ("drift, beats tracked", "onset F1", "drifting")
    rival = of.find(*key, player="copy-bar")
    return f"What is left then is {of.find(*key)}; of copy-bar {rival}."


def _autonomous_auc(of: SectionFigures) -> str:
    return (
        f"A classifier tells kicks in sampled styles from people's with an AUC of "
        f"{of.find('sampled', 'AUC')}, where 0.5 is not at all and copy-bar's are told with "
        f"{of.find('sampled', 'AUC', player='copy-bar')}."
    )


def _least_alike(of: SectionFigures) -> str:
    _, least = of.extremes("sampled", "overlapped area")
    return (
        f"As distributions they are least like people's in {setting_name(least)}, where they share "
        f"{of.find('sampled', 'overlapped area', least.setting)} of the area."
    )


def _adherence_share(of: SectionFigures) -> str:
    return (
        f"Beyond what the place in the bar explains, the kick follows the bass "
        f"{of.find('transfer', 'adherence')} times as much as drummers do; in sampled styles, "
        f"{of.find('sampled', 'adherence')} times."
    )


def _adherence_phi(of: SectionFigures) -> str:
    real = of.find("transfer", "phi", player=REAL_PLAYER)
    return f"Phi is {of.find('transfer', 'phi')}, that of the songs' own drummers {real}."


def _kit_all(of: SectionFigures) -> str:
    key = ("transfer", "micro F1", ALL_PIECES)
    return (
        f"All nine pieces together score {of.find(*key)}; copy-bar scores "
        f"{of.find(*key, player='copy-bar')}, and the typical bar of the very half that is played "
        f"{of.find(*key, player='own bar')}."
    )


def _best_and_worst_piece(of: SectionFigures, experiment: str) -> str:
    best, worst = of.extremes(experiment, "micro F1")
    return (
        f"Of the pieces the {setting_name(best)} comes out best, with "
        f"{of.find(experiment, 'micro F1', best.setting)}, the {setting_name(worst)} worst, with "
        f"{of.find(experiment, 'micro F1', worst.setting)}."
    )


def _kit_pieces(of: SectionFigures) -> str:
    return _best_and_worst_piece(of, "transfer")


def _kit_auc(of: SectionFigures) -> str:
    return (
        f"Sampled kits are told from people's with an AUC of {of.find('sampled', 'AUC')}, those in "
        f"the style of the first half with {of.find('transfer', 'AUC')}."
    )


def _kit_nearer(of: SectionFigures) -> str:
    return _nearer(of, ALL_PIECES)


def _segments_heard(of: SectionFigures) -> str:
    key = ("all bars heard", "note F1")
    return (
        f"Having heard all bars before, it plays the next four with a note F1 of {of.find(*key)}, "
        f"and of {of.find('all bars heard', 'note F1 within a 16th')} where a hit may be a 16th "
        f"off; repeating the four bars before scores "
        f"{of.find('four bars heard', 'note F1', player='four bars repeated')}."
    )


def _segments_parts(of: SectionFigures) -> str:
    return (
        f"With four bars heard it scores {of.find('four bars heard', 'note F1')}, with none "
        f"{of.find('nothing heard', 'note F1')}."
    )


def _groove_all(of: SectionFigures) -> str:
    key = ("tap to kit", "micro F1", ALL_PIECES)
    return (
        f"The kit that a tap is turned into scores {of.find(*key)}; the nearest neighbour's "
        f"{of.find(*key, player='1-nearest neighbour')}, a fixed rock beat "
        f"{of.find(*key, player='fixed rock beat')}."
    )


def _groove_pieces(of: SectionFigures) -> str:
    return _best_and_worst_piece(of, "tap to kit")


def _groove_feel(of: SectionFigures) -> str:
    return (
        f"Hits are {of.find('tap to kit', 'velocity error')} off in loudness, which goes from 0 to "
        f"1, and {of.find('tap to kit', 'timing error, ms')} ms in time."
    )


def _recordings_given(of: SectionFigures) -> str:
    key = ("transfer", "onset F1", _GIVEN)
    return (
        f"With the beats given and the snare heard, the kick scores {of.find(*key, pooled=True)}, "
        f"all songs pooled; copy-bar scores {of.find(*key, player='copy-bar', pooled=True)}."
    )


def _recordings_tracked(of: SectionFigures) -> str:
    key = ("transfer", "onset F1", _TRACKED)
    return (
        f"With tracked beats it scores {of.find(*key, pooled=True)}, copy-bar "
        f"{of.find(*key, player='copy-bar', pooled=True)}."
    )


def _variety_patterns(of: SectionFigures) -> str:
    patterns = of.find("sampled", "dominating patterns", None)
    ratio = of.find("sampled", "densest over sparsest", None)
    return (
        f"On every song at least {patterns} different patterns dominate, and the densest style "
        f"plays at least {ratio} times as many hits as the sparsest."
    )


def _variety_bytes(of: SectionFigures) -> str:
    same = of.settings("sampled", "same seed, same bytes")
    num_same = sum(row.value == 1 for row in same)
    return f"The same seed gave the same bytes on {num_same} of {len(same)} songs."


#: Of each section, the most important first.
SENTENCES: dict[str, tuple[Callable[[SectionFigures], str], ...]] = {
    "files": (_files_kick, _files_kit, _files_variation, _few_songs),
    "corpus": (_corpus_transfer, _corpus_code, _corpus_reconstruction, _corpus_nearer),
    "invariance": (_invariance_code, _invariance_f1, _invariance_grid),
    "drift": (_drift_lost, _drift_left),
    "autonomous": (_autonomous_auc, _least_alike),
    "adherence": (_adherence_share, _adherence_phi),
    "kit": (_kit_all, _kit_pieces, _kit_auc, _kit_nearer),
    "segments": (_segments_heard, _segments_parts),
    "groove": (_groove_all, _groove_pieces, _groove_feel),
    "recordings": (_recordings_given, _recordings_tracked, _few_songs),
    "variety": (_variety_patterns, _variety_bytes),
}


def conclusions(models: Reports, section: str) -> list[str]:
    """What a section's figures come to, the most important first; the figures of the
    first report, those of the others in brackets."""
    of, said = SectionFigures(models, section), []
    for sentence in SENTENCES[section]:
        try:
            said.append(sentence(of))
        except NoFigureError:
            continue
    return said
