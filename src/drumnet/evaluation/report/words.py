"""What a section, a player and a metric are, in a sentence each.

The page and docs/evaluation say the same, from here. A name that is not
here is shown without a sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from drumnet.evaluation.report.model import Row, SongFacts

SECTION_TITLES = {
    "files": "From files, as a user gets it",
    "corpus": "Songs it has not seen",
    "invariance": "The same song, faster, slower and shifted",
    "drift": "When the tempo drifts",
    "autonomous": "When it plays by itself",
    "adherence": "Does it follow the band?",
    "kit": "The whole kit",
    "segments": "The next four bars",
    "groove": "A kit to a tapped rhythm",
    "recordings": "From recordings, with the truth handed over",
    "variety": "Fifty sampled styles on one song",
}

SECTION_WORDS = {
    "files": "Every recording is cut at its middle bar line into two songs, each a folder of files "
    "with its own 0:00. The style is taken from the first by `drumnet style extract` and played to "
    "the second by `drumnet generate` at the defaults (the kick alone: `--pieces kick`); the takes "
    "of all seeds count together. F1 is within 50 ms of what is annotated in the second half: the "
    "kick (KD), the snare (SD), the hats (HH), the toms (TT), the cymbals (CY). A label is counted "
    "in the recordings that have it, all pieces in all of them. A recording without a kick, a "
    "snare or drums of its own as sound gets its annotated hits, played by the embedded kit. Where "
    "no style is heard, nothing is played.",
    "corpus": "The style code is read from one part of a song, and the kick is played to the "
    "other tracks of that song. Transfer reads the code from the first half and plays the "
    "second: a song's style has to carry over to bars that the code has not seen. Every "
    "baseline plays the same second halves.",
    "invariance": "A style is what stays when a song is played at another tempo or cut at another "
    "place. The code of the changed song is compared with its own code and with those of all "
    "other songs. F1 is that of transfer on the changed songs, 60 of them at most.",
    "drift": "The tempo is bent by a slow sine of 10 % either way over 30 s. Where beats are "
    "given along the bent time nothing may be lost; where they are tracked, the loss is the "
    "tracker's.",
    "autonomous": "Styles are drawn for the song by its band alone, and arranged, as `drumnet "
    "generate` does (of `open`, at random). What the model plays is set beside what drummers "
    "played, bar by bar and as distributions. Baselines that have heard the first half of the "
    "song, and transfer, know more than a sampled style does.",
    "adherence": "A drummer follows the band beyond what the place in the bar explains. This "
    "measures how much of that link between kick and bass the model keeps.",
    "kit": "All nine pieces of the second half of a song, played to its band without any of its "
    "drums, with the style code of all pieces of the first half. The corpus is charts and "
    "sequences: their cymbals are partly guessed, so the hats are counted as one too. Sampled "
    "styles are set beside what drummers played, by measures of the whole kit in each bar; they "
    "are arranged, with far fewer crashes and fills than charts have (docs/arrangement.md).",
    "segments": "Four bars of 4/4 at a time, all nine pieces, to the band: what comes next, where "
    "the true drums of all bars before are heard (their style is taken, and they are kept), of the "
    "four bars before alone, or of none. Three segments of each song, from the second on. It is "
    "the drum arrangement of Ou et al. (NeurIPS 2025, arXiv 2408.15176), who report 0.793 with "
    "four bars heard, and 0.203 for Composer's Assistant 2, on songs of Slakh, which are of the "
    "collection that their model was pre-trained on. These are other songs, none of them trained "
    "on, most of them charts; what repeating the four bars before scores says how much they "
    "repeat. Ours hears the band of the whole song, and has nine pieces in place of MIDI keys.",
    "groove": "The task of the Groove MIDI Dataset: two bars of a drummer in 4/4, one window every "
    "bar, are tapped with one finger, as loud and as late as the loudest piece of each 16th; "
    "nine pieces are to be told. That silence is right in 0.87 of all cells is why F1 is "
    "counted. The weights of GrooveTransformer (Haki et al. 2022), measured elsewhere, reach "
    "0.62, a velocity error of 0.17 and 13.7 ms. Our thresholds are of the split valid.",
    "recordings": "The band is heard from sound, and beats are given or tracked; all else is "
    'handed over as truth, and nothing varies. Beside the section "files" it shows what each ear '
    "costs.",
    "variety": "Do sampled styles give different kicks, and the same seed the same bytes?",
}

PLAYER_WORDS = {
    "drumnet": "the model",
    "one code": "the model with the code of the first half, the same all along the second: what "
    "16 numbers alone carry over, without the habits that `drumnet style extract` tells as well",
    "variation 0": "the model with `--variation 0`: every bar as the style has it",
    "no code": "the model with the code 0, the middle of all codes: what the band alone tells it",
    "wrong code": "the model with the code of another song",
    "copy-bar": "repeats the positions of the bar that more than 45 % of the first half's bars hit",
    "own bar": "repeats those that more than 45 % of the second half's own bars hit: no "
    "drummer, but what repeating one bar can reach",
    "bass copy": "plays where the bass plays",
    "four on the floor": "plays every beat",
    "1-nearest neighbour": "plays, bar by bar, what the training song that is most alike plays; to "
    "a tap, the kit of the training window with the most similar tap",
    "style alone": "the model with the style of the bars heard, which are not kept",
    "four bars repeated": "repeats the four bars before",
    "typical bar": "repeats the positions that more than 45 % of all bars before hit",
    "sampled style": "the model with a style at random",
    "fixed rock beat": "kick on 1 and 3, snare on 2 and 4, closed hat on eighths, as loud and as "
    "late as the tap",
    "real": "what the song's own drummer played",
    "another song's drums": "the drums of another song, laid on this one",
    "bar histogram": "how often each place in the bar is hit, taken for a code",
}

METRIC_WORDS = {
    "tick F1": "harmonic mean of precision and recall of hits on exactly the same tick, a "
    "twelfth of a beat. 1 is every hit and no other; mean over songs, pooled counts all hits "
    "of all songs together.",
    "micro F1": "F1 of all hits of all songs together, with its interval over songs.",
    "micro F1 above copy-bar": "of pieces that have more than 1 % of the hits; 0 is no better than "
    "copying the typical bar of the first half.",
    "16th F1": "harmonic mean of precision and recall of hits on exactly the same 16th, mean over "
    "performances.",
    "note F1": "harmonic mean of precision and recall of hits on the same 16th, each rounded to "
    "the nearest; mean over songs, pooled counts all hits together.",
    "note F1 within a 16th": "the same where a hit may lie a 16th off, each matched to one other.",
    "edits a bar": "the least number of pulses (16ths) to be put in, left out or replaced that "
    "makes the real bar of the one played, all pieces together; how unlike people find two "
    "rhythms goes with it at r = 0.87 (Post & Toussaint 2011).",
    "nearer than copy-bar": "share of songs whose second half is fewer edits away from the real "
    "one than copy-bar's; where both are as near, it is not nearer.",
    "as near as copy-bar": "share of songs in which both are as many edits away.",
    "share of hits": "of all hits in these second halves, those of the piece.",
    "velocity error": "mean absolute difference, velocities from 0 to 1, of the hits that people "
    "played.",
    "timing error, ms": "mean absolute difference of the offsets from the 16th, of the hits that "
    "people played.",
    "onset F1": "harmonic mean of precision and recall of hits within 50 ms, each matched to one "
    "other (mir_eval); mean over songs, pooled counts all hits of all songs together.",
    "precision": "share of the hits played that the song has.",
    "recall": "share of the song's hits that are played.",
    "top-1": "share of the changed songs whose code is nearer to their own than to that of any "
    "other song. An interval without width is no certainty: where all of n songs are found, up "
    "to 3 in n may yet be missed (rule of three, 95 %).",
    "code distance": "how far the code has moved, over the mean distance between two songs. 0 is "
    "not at all, 1 is as far as another song.",
    "overlapped area": "area that two densities share: of the distances between generated and "
    "real songs, and of those among real songs (Yang & Lerch 2020). 1 is the same spread.",
    "KL": "Kullback-Leibler divergence of the same two densities. 0 is the same spread.",
    "AUC": "how well a gradient-boosted classifier tells generated bars from real ones, songs "
    "kept apart. 0.5 is not at all, 1 is always; below 0.5 songs play what real ones among the "
    "others do, as with the codes of others.",
    "adherence": "the phi coefficient of what is played, as a share of the real drummer's, both "
    "above that of mismatched songs. 0 is chance, 1 is as real; above 1 the bass is followed more "
    "than drummers do.",
    "F1 lost": "F1 where the tempo is steady, less F1 where it drifts.",
    "dominating patterns": "different bars among each sample's most frequent one.",
    "densest over sparsest": "hits a bar of the densest sample, over those of the sparsest.",
    "phi": "correlation of kick and bass onsets given the position in the bar.",
}


class Given(NamedTuple):
    """What a row was given: whose drums the style is of, which beats, what is heard besides."""

    style: str
    beats: str
    heard: str


_BEATS_OF_HALVES = "annotated, or tracked in either half alone"
_STEMS = "the second half's stems"
_WITH_SNARE = f"{_STEMS}, its snare as sound"
_BEATS_OF_ALL = "annotated, or tracked in the whole song"
_WHOLE_SONG = "the whole song's stems at once; its snare as annotated times, or none"
#: By section and experiment, of those that differ in it.
GIVEN: Mapping[str, Mapping[str, Given]] = {
    "files": {
        "kick in the style of the kick stem": Given(
            "the first half's kick, as sound",
            _BEATS_OF_HALVES,
            f"{_STEMS}, or one mix of them; its snare as sound, or none",
        ),
        "kick in the style of the drum mix": Given(
            "the first half's drums, as sound", _BEATS_OF_HALVES, _WITH_SNARE
        ),
        "kick in the style of MIDI": Given(
            "the first half's annotated kick, as MIDI", _BEATS_OF_HALVES, _WITH_SNARE
        ),
        "kick in the style of hits": Given(
            "the first half's annotated kick, as a table", _BEATS_OF_HALVES, _WITH_SNARE
        ),
        "kit in the style of the drum mix": Given(
            "the first half's drums, as sound", _BEATS_OF_HALVES, f"{_STEMS}, or one mix of them"
        ),
        "kit in the style of MIDI": Given(
            "the first half's annotated drums, as MIDI", _BEATS_OF_HALVES, _STEMS
        ),
        "kit in the style of hits": Given(
            "the first half's annotated drums, as a table", _BEATS_OF_HALVES, _STEMS
        ),
    },
    "recordings": {
        "reconstruction": Given("the second half's annotated kick", _BEATS_OF_ALL, _WHOLE_SONG),
        "transfer": Given("the first half's annotated kick", _BEATS_OF_ALL, _WHOLE_SONG),
    },
}
GIVEN_HEAD = ("", "the style is of", "beats", "heard besides")


def given_lines(section: str, experiments: Collection[str]) -> list[tuple[str, ...]]:
    """What these experiments were given, a line each, under `GIVEN_HEAD`."""
    found = GIVEN.get(section, {})
    return [(name, *given) for name, given in found.items() if name in experiments]


def experiment_title(experiment: str) -> str:
    return experiment[:1].upper() + experiment[1:]


def row_name(row: Row) -> str:
    """A row in words, its section apart: `transfer, tick F1 (80 %)`."""
    name = f"{row.experiment}, {row.metric}"
    return f"{name} ({row.setting})" if row.setting else name


def song_label(song: SongFacts) -> str:
    """`Artist: Title`, or the song's name in the data."""
    if song.title:
        return f"{song.artist}: {song.title}" if song.artist else song.title
    return song.name


def score(value: float | None) -> str:
    """Three places; counts as they are; an en dash where there is none."""
    if value is None:
        return "\N{EN DASH}"
    if abs(value) >= 10 or (abs(value) > 1 and value.is_integer()):
        return f"{value:.1f}".removesuffix(".0").replace("-", "\N{MINUS SIGN}")
    return f"{_rounded(value):.3f}".replace("-", "\N{MINUS SIGN}")


def difference(value: float) -> str:
    return f"{_rounded(value):+.3f}".replace("-", "\N{MINUS SIGN}")


def _rounded(value: float) -> float:
    return round(value, 3) + 0.0  # no -0


def interval(low: float | None, high: float | None) -> str:
    """`0.758 to 0.793`; empty where there is none."""
    return "" if low is None or high is None else f"{score(low)} to {score(high)}"


def target(row: Row) -> str:
    """What is wanted of a row: `≥ 0.80`; empty where nothing is."""
    if row.target is None:
        return ""
    sign = "\N{GREATER-THAN OR EQUAL TO}" if row.better == "higher" else "\N{LESS-THAN OR EQUAL TO}"
    return f"{sign} {row.target:g}"
