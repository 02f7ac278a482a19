"""An SFZ instrument as a kit.

In: an .sfz file whose keys are those of General MIDI drums.  Out: a `Kit`.

Kept is what drum kits use: which key, velocity, turn and chance a region is
for, its sample, the part of it, its level and its pitch, and which group cuts
off which.  Regions for a moved controller, a keyswitch, or a release do not
sound here.  Filters, envelopes and panning are not kept.

Source: the SFZ format, https://sfzformat.com.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from drumnet.errors import KitError
from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.kits.kit import Kit, PieceSound, default_chokes, levelled
from drumnet.kits.regions import Region, keys_of, layers_by_piece
from drumnet.kits.sfz_text import SfzRegion, read_regions

_NOTE = re.compile(r"([a-g])([#b]?)(-?\d+)", re.IGNORECASE)
#: Signs that are typed in two ways.
_SIGNS = str.maketrans("♯♭", "#b")
_SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
#: The key that a sample is taken to be of where nothing is said.
_DEFAULT_CENTRE = 60
_AMPLITUDE_BY_CC = re.compile(r"amplitude_(?:on)?cc(\d+)")
#: Of the format (seq_length), and what no kit needs to pass.
_MAX_TURNS, _MAX_VOLUME_DB, _MAX_NUMBER = 100, 144.0, 1e12
_VOLUMES = ("volume", "group_volume", "master_volume", "global_volume")


def load_sfz(path: Path) -> Kit:
    """The kit of an SFZ instrument.

    Raises:
        KitError: the text or a sample cannot be used, or no key of a drum has a region.
        AudioError: a sample that cannot be read.
    """
    found = [region for region in map(_Opcodes, read_regions(path)) if region.is_on]
    chosen: dict[Piece, list[_Opcodes]] = {}
    keys: dict[Piece, int] = {}
    for piece in Piece:
        for key in keys_of(piece):
            regions = [region for region in found if key in region.keys]
            if any(region.sounds for region in regions):
                chosen[piece], keys[piece] = regions, key
                break
    sounding = {
        piece: [r.region(keys[piece], path.parent) for r in regions if r.sounds]
        for piece, regions in chosen.items()
    }
    layers = layers_by_piece(sounding)
    if not any(layers.values()):
        raise KitError(
            f"'{path.name}' has no region on a General MIDI drum key (35 to 59): "
            "give an SFZ drum kit that is laid out as General MIDI"
        )
    chokes = _chokes(chosen)
    sounds = {piece: PieceSound(layers[piece], chokes[piece]) for piece in chosen if layers[piece]}
    files = tuple(region.sample for regions in sounding.values() for region in regions)
    return Kit(path.stem, levelled(sounds), files=files)


def _chokes(chosen: Mapping[Piece, Iterable[_Opcodes]]) -> dict[Piece, frozenset[Piece]]:
    """What each piece cuts off: as the groups say (those of silent regions too,
    which are there for nothing else), and as on any kit where nothing is said."""
    groups = {piece: {r["group"] for r in regions} - {""} for piece, regions in chosen.items()}
    ended_by = {piece: {r["off_by"] for r in regions} - {""} for piece, regions in chosen.items()}
    told = {piece for piece, ends in ended_by.items() if ends}
    chokes = {}
    for piece in chosen:
        said = {other for other in told if ended_by[other] & groups[piece]}
        chokes[piece] = frozenset(said | (default_chokes(piece) - told))
    return chokes


class _Opcodes:
    """A region's opcodes, read as what they mean."""

    def __init__(self, region: SfzRegion) -> None:
        self._region = region

    def __getitem__(self, opcode: str) -> str:
        return self._region.opcodes.get(opcode, "")

    def number(self, opcode: str, default: float) -> float:
        text = self[opcode].split()
        if not text:
            return default
        try:
            value = float(text[0])
        except ValueError:
            value = math.nan
        if not abs(value) < _MAX_NUMBER:
            raise KitError(f"{self._region.source} has {opcode}={text[0]}: a number is expected")
        return value

    def key(self, opcode: str, default: int) -> int:
        """A key, given by its number or its name (c4 is 60)."""
        name = _NOTE.fullmatch(self[opcode].strip().translate(_SIGNS))
        if not name:
            return int(self.number(opcode, default))
        raised = {"#": 1, "b": -1, "": 0}[name[2].lower()]
        return 12 * (int(name[3]) + 1) + _SEMITONES[name[1].lower()] + raised

    @cached_property
    def keys(self) -> range:
        only = self.key("key", -1)
        shift = self._control("note_offset") + 12 * self._control("octave_offset")
        low = self.key("lokey", only if only >= 0 else 0) + shift
        return range(low, self.key("hikey", only if only >= 0 else MAX_VELOCITY) + shift + 1)

    @cached_property
    def sounds(self) -> bool:
        """Whether there is something to be heard."""
        names_file = bool(self["sample"]) and not self["sample"].startswith("*")
        return names_file and self.number("end", 0) >= 0 and self.gain > 0

    @property
    def is_on(self) -> bool:
        """Whether a plain hit starts it: not a release, not of a keyswitch that
        is off, not of a controller that would have to be moved."""
        if self["trigger"] not in ("", "attack", "first"):
            return False
        if self["sw_last"] and self.key("sw_last", -1) != self.key("sw_default", -1):
            return False
        for opcode in self._region.opcodes:
            if opcode.startswith(("locc", "hicc")) and opcode[4:].isdigit():
                place = self._control(f"set_cc{opcode[4:]}")
                edge = self.number(opcode, 0)
                if place < edge if opcode.startswith("lo") else place > edge:
                    return False
        return True

    def _control(self, opcode: str) -> int:
        text = self._region.control.get(opcode, "").split()
        if not text:
            return 0
        try:
            return int(float(text[0]))
        except (ValueError, OverflowError):
            raise KitError(f"<control> has {opcode}={text[0]}: a number is expected") from None

    @cached_property
    def gain(self) -> float:
        """Its level, with the controllers where the kit sets them."""
        gain_db = sum(self.number(opcode, 0) for opcode in _VOLUMES)
        gain = 10 ** (min(gain_db, _MAX_VOLUME_DB) / 20) * self.number("amplitude", 100) / 100
        for opcode in self._region.opcodes:
            controller = _AMPLITUDE_BY_CC.fullmatch(opcode)
            if controller:
                place = self._control(f"set_cc{controller[1]}") / MAX_VELOCITY
                gain *= place * self.number(opcode, 100) / 100
        return gain

    def region(self, key: int, folder: Path) -> Region:
        """What it is for `key`."""
        only = self.key("key", _DEFAULT_CENTRE)
        centre = self.key("pitch_keycenter", only)
        semitones = (key - centre) * self.number("pitch_keytrack", 100) / 100
        semitones += self.number("transpose", 0)
        semitones += (self.number("tune", 0) + self.number("pitch", 0)) / 100
        num_turns = min(max(1, int(self.number("seq_length", 1))), _MAX_TURNS)
        last = int(self.number("end", 0))
        return Region(
            self._sample(folder),
            self._region.source,
            low_velocity=int(self.number("lovel", 0)),
            high_velocity=int(self.number("hivel", MAX_VELOCITY)),
            gain=self.gain,
            turn=(int(self.number("seq_position", 1)) - 1) % num_turns,
            num_turns=num_turns,
            chance=(self.number("lorand", 0), self.number("hirand", 1)),
            semitones=semitones,
            start=max(0, int(self.number("offset", 0))),
            stop=last + 1 if last else None,
        )

    def _sample(self, folder: Path) -> Path:
        name = self._region.control.get("default_path", "") + self["sample"]
        # A path from the root of a disk that is not this one's begins at the kit.
        named = name.replace("\\", "/")
        path = folder / named
        try:
            if path.is_file():
                return path
            return _as_spelt(folder / named.lstrip("/"))
        except (OSError, ValueError) as error:
            raise KitError(
                f"{self._region.source} names a sample as no disk can ('{name[:40]}...')"
            ) from error


def _as_spelt(path: Path) -> Path:
    """A file whose name differs in case, as kits made on Windows name them, or in how its
    letters and signs are encoded."""
    place = Path(path.anchor)
    for part in path.parts[len(place.parts) :]:
        exact = place / part
        if not exact.exists() and place.is_dir():
            wanted = _plain(part)
            exact = next((one for one in place.iterdir() if _plain(one.name) == wanted), exact)
        place = exact
    return place


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).translate(_SIGNS).casefold()
