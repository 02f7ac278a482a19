"""The role of a stem, guessed from the name that a producer gave it.

In: a file or track name (`05_Gtr L`, `LeadVox`, `sn top`).  Out: a `Role`, or
None where the name says nothing.  The table of words is read from top to bottom;
the first line that matches wins, so an instrument comes before what it shares
a word with (`bass drum` before `drum` before `bass`), and words that only say
how a thing was recorded (`room`, `mix`) come last.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum

from drumnet.hits import Piece


class Role(Enum):
    """What a stem is in the song; `value` is the name on the command line."""

    BASS = "bass"
    GUITAR = "guitar"
    KEYS = "keys"
    VOCALS = "vocals"
    #: Anything else that sounds, a whole mix included.
    OTHER = "other"
    SNARE = "snare"
    HAT = "hat"
    TOMS = "toms"
    CYMBALS = "cymbals"
    KICK = "kick"
    #: The whole kit, its overheads or rooms: it holds the kick as well.
    DRUMS = "drums"


#: What of the kit a stem holds: open and closed hat share a microphone.
PIECES_OF_ROLE = {
    Role.KICK: (Piece.KICK,),
    Role.SNARE: (Piece.SNARE,),
    Role.HAT: (Piece.CLOSED_HAT, Piece.OPEN_HAT),
    Role.TOMS: (Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM),
    Role.CYMBALS: (Piece.CRASH, Piece.RIDE),
}
ROLE_OF_PIECE = {piece: role for role, pieces in PIECES_OF_ROLE.items() for piece in pieces}

_PART = "(drum|kick|snare|hat|bass|vox|vocal|gtr|guitar|key|piano|synth|other|perc)"

#: (role, words).  In a word `_` is a space or nothing, `*` any letters, `&`
#: anything between two words; the rest is a regular expression.  A plural s
#: may follow every word.
_TABLE: tuple[tuple[Role, str], ...] = (
    # A mix that lacks something is a mix, whatever it lacks.
    (Role.OTHER, f"(no|minus|without|w_o|ohne|sans)_{_PART} {_PART}_less backing_track"),
    (Role.OTHER, "(steel|hand|frame|talking|tongue)_(drum|pan)"),
    # What holds a kick and more is the kit.
    (Role.DRUMS, "(kick|bd)&(snare|sn|sd|hat|hh|tom)s?& (snare|sn|sd|hat|hh|tom)s?&(kick|bd)s?&"),
    (Role.KICK, "(sub)?kick* kik kck bd kd k_(in|out) bass_drum grosse_(trommel|caisse) bombo"),
    (Role.SNARE, "snare* snr* sn sn(top|bot|btm)* sd rim rim_shot side_stick clap snap"),
    (Role.SNARE, "caisse_claire"),
    (Role.HAT, "hat hi_hat* high_hat* (open|closed)_hat* hh hht ohh chh h_hat charley"),
    (Role.DRUMS, "e?drum* dr drm schlagzeug batteri[ae] bateria break_beat amen"),
    (Role.DRUMS, "drum_machine tr_[5-9]0[5-9] [79]0[79]"),
    (Role.TOMS, "(floor|rack|hi|high|mid|low|lo)_tom*"),
    (Role.CYMBALS, "cymbal cym cy crash* ride china splash becken"),
    (Role.VOCALS, "*vox* *vocal* voc vocoder *voice* vx (bg|b|l|ld|lead)_v sing(er|ing)?"),
    (Role.VOCALS, "harm(on(y|ie))? chant voce ad_lib [ao]oh aah"),
    (Role.VOCALS, "*choir* chor coro *gesang* stimmen? voix voz rap rapper"),
    (Role.OTHER, "*clarinet trombone sax* flute flote bassoon oboe"),
    (Role.KEYS, "*piano* pno klavier"),
    (Role.BASS, "bass* (sub|synth|e|contra|kontra|double)bass* bs 808 sub reese upright"),
    (Role.BASS, "bajo baixo"),
    (Role.GUITAR, "*guitar* [ea]?c?gtr* guit [ea]?git git+arren? guitare gt eg ag [ea]gt"),
    (Role.GUITAR, "chitarra violao"),
    (Role.GUITAR, "banjo mandolin* ukulele uke dobro (lap|pedal)_steel strat tele* les_paul"),
    (Role.TOMS, "tom floor tt ft rt"),
    (Role.KEYS, "synth* *synth syn key keyboard keyb kbd rhodes wurl* ep organ org orgel hammond"),
    (Role.KEYS, "b_3 clav* mellotron pad arp arpeggio pluck stab chord moog juno prophet"),
    (Role.KEYS, "teclado tastiera"),
    (Role.KEYS, "dx_7 harpsichord cembalo celesta accordion akkordeon marimba vibraphone glock*"),
    (Role.OTHER, "string violin viola cello streicher brass horn trumpet blaser orch*"),
    (Role.OTHER, "perc* shaker tamb* conga bongo cowbell djembe cajon tabla s?fx riser sweep"),
    (Role.GUITAR, "acoustic* acou ac"),
    # Words that only say how something was recorded, or how much of it.
    (Role.DRUMS, "oh oh[lr] over_head* room* kit"),
    (Role.OTHER, "mix* *mix master* instrumental other rest lead melod* band playback backing"),
)


def _compiled(words: str) -> re.Pattern[str]:
    alternatives = "|".join(words.split())
    pattern = alternatives.replace("_", " ?").replace("*", r"\w*").replace("&", ".*")
    return re.compile(rf"\b(?:{pattern})s?\b")


_ROLES = tuple((role, _compiled(words)) for role, words in _TABLE)


def guess_role(name: str) -> Role | None:
    """The role that a stem's name says, None where it says none.

    Args:
        name: a file name without its suffix, or a track name.

    >>> guess_role("05_BASS DI"), guess_role("sn top"), guess_role("take 3")
    (<Role.BASS: 'bass'>, <Role.SNARE: 'snare'>, None)
    """
    spelt = spelt_out(name)
    return next((role for role, pattern in _ROLES if pattern.search(spelt)), None)


def spelt_out(name: str) -> str:
    """Lower case words and numbers with one space between, accents dropped.

    >>> spelt_out("05_LeadVox-Große2")
    '05 lead vox grosse 2'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})", " ", plain)
    apart = re.sub(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])", " ", apart)
    return " ".join(re.sub(r"[\W_]+", " ", apart.casefold()).split())


#: All pieces that no stem gives.
KIT = "kit"
#: What is played where nobody says what.
DEFAULT_PIECES = KIT

#: Names of several pieces, in a list of pieces.
_SEVERAL = {"hats": Role.HAT, "toms": Role.TOMS, "cymbals": Role.CYMBALS}


def parse_pieces(pieces: str | Iterable[Piece]) -> tuple[Piece, ...]:
    """`kit`, or names with commas between, as pieces in the order of `Piece`; `hats`,
    `toms` and `cymbals` are several.

    >>> [piece.value for piece in parse_pieces("snare, kick")]
    ['kick', 'snare']
    >>> [piece.value for piece in parse_pieces("hats")]
    ['closed_hat', 'open_hat']
    """
    if not isinstance(pieces, str):
        wanted = set(pieces)
    elif pieces == KIT:
        wanted = set(Piece)
    else:
        wanted = {piece for name in pieces.split(",") for piece in _named(name)}
    return tuple(piece for piece in Piece if piece in wanted)


def _named(name: str) -> tuple[Piece, ...]:
    role = _SEVERAL.get(name.strip().lower())
    return (Piece.from_name(name),) if role is None else PIECES_OF_ROLE[role]
