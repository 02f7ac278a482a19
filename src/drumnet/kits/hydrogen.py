"""A Hydrogen drum kit as a kit.

In: an .h2drumkit (a tar archive, packed or not, or a ZIP) or its unpacked folder, with
the layers straight in an <instrument> as Hydrogen wrote them up to 0.9.6, or in
its <instrumentComponent>s as it does since.  Out: a `Kit`.

An instrument plays the piece that its name says (`Snare 2`); where names say
nothing, and the kit's MIDI keys agree with its names elsewhere, its key does.
Of several for one piece a plain stroke is taken before a rim shot or a bell, then
the one on the piece's General MIDI key, then the first.

Source: the drumkit.xml of Hydrogen (http://hydrogen-music.org), data/xsd/drumkit.xsd.
"""

from __future__ import annotations

import lzma
import math
import re
import tarfile
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from drumnet.errors import KitError
from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.kits.kit import Kit, PieceSound, default_chokes, levelled
from drumnet.kits.one_shots import piece_of_name
from drumnet.kits.regions import Region, keys_of, layers_by_piece

DRUMKIT_FILE = "drumkit.xml"

_MAX_UNPACKED_BYTES = 2 * 1024**3
_MAX_FILES = 20_000
_MAX_XML_BYTES = 16_000_000
_MAX_NUMBER = 1e12
#: Behind it older Hydrogens left junk of a longer file that was there before.
_END = b"</drumkit_info>"
#: What damaged archives are told by.
_ARCHIVE_FAULTS = (
    tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError, OSError, ValueError,
    NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip

#: Words for strokes that are not the plain one of their piece.
_SPECIAL = re.compile(r"bell|cup|pedal|roll|rim|flam|china|splash|semi|half|brush", re.IGNORECASE)


@dataclass(frozen=True)
class _Instrument:
    """An <instrument>: which key it is on (-1 is none), and its samples."""

    name: str
    key: int
    mute_group: int
    regions: tuple[Region, ...]

    @property
    def piece(self) -> Piece | None:
        """The piece that its name says."""
        return piece_of_name(self.name)


def load_hydrogen(path: Path) -> Kit:
    """The kit in an .h2drumkit archive.

    Raises:
        KitError: no archive, one that holds no drum kit, or one that is not safe to unpack.
        AudioError: a sample that cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="drumnet-kit-") as folder:
        _unpack(path, Path(folder))
        found = sorted(Path(folder).rglob(DRUMKIT_FILE))
        if not found:
            raise KitError(f"'{path}' holds no {DRUMKIT_FILE}: it is no Hydrogen drum kit")
        return load_hydrogen_folder(found[0].parent)


def load_hydrogen_folder(folder: Path) -> Kit:
    """The kit of a folder that holds a drumkit.xml.

    Raises:
        KitError: drumkit.xml or a sample cannot be used, or no instrument is a piece of the kit.
        AudioError: a sample that cannot be read.
    """
    root = _parsed(folder / DRUMKIT_FILE)
    instruments = [
        _instrument(element, folder)
        for element in _children(_child(root, "instrumentList"), "instrument")
    ]
    chosen = _pieces([instrument for instrument in instruments if instrument.regions])
    layers = layers_by_piece({piece: instrument.regions for piece, instrument in chosen.items()})
    if not any(layers.values()):
        raise KitError(
            f"the Hydrogen kit in '{folder.name}' has no instrument that is named after a "
            "piece (Kick, Snare, Closed HH, ...)"
        )
    sounds = {
        piece: PieceSound(layers[piece], _chokes(piece, chosen))
        for piece in chosen
        if layers[piece]
    }
    files = tuple(region.sample for one in chosen.values() for region in one.regions)
    return Kit(_text(root, "name") or folder.name, levelled(sounds), files=files)


def _pieces(instruments: Sequence[_Instrument]) -> dict[Piece, _Instrument]:
    """The instrument that plays each piece, in the order of `Piece`."""
    named = [i for i in instruments if i.piece is not None]
    agree = sum(Piece.from_midi_key(i.key) is i.piece for i in named)
    by_key = instruments if 2 * agree >= len(named) else []
    chosen = {}
    for piece in Piece:
        ranked = [i for i in named if i.piece is piece]
        ranked.sort(key=lambda i: (bool(_SPECIAL.search(i.name)), i.key != piece.midi_key))
        unnamed = [i for i in by_key if i.piece is None]
        for key in keys_of(piece):
            ranked += [i for i in unnamed if i.key == key]
        if ranked:
            chosen[piece] = ranked[0]
    return chosen


def _chokes(piece: Piece, chosen: Mapping[Piece, _Instrument]) -> frozenset[Piece]:
    """A mute group lets one of its instruments sound at a time; pieces in none
    cut off what they do on any kit."""
    group = chosen[piece].mute_group
    if group < 0:
        return frozenset(
            other
            for other in default_chokes(piece)
            if other not in chosen or chosen[other].mute_group < 0
        )
    return frozenset(other for other in chosen if chosen[other].mute_group == group)


def _instrument(element: ElementTree.Element, folder: Path) -> _Instrument:
    name = _text(element, "name")
    source = f"{folder.name}/{DRUMKIT_FILE}, instrument '{name}',"
    gain = _number(element, "volume", 1.0) * _number(element, "gain", 1.0)
    regions: list[Region] = []
    # Hydrogen 0.9.0 and before: one sample, without layers.
    if _text(element, "filename"):
        regions.append(Region(folder / _text(element, "filename"), source, gain=gain))
    regions += _layers(_children(element, "layer"), folder, source, gain)
    for part in _children(element, "instrumentComponent"):
        level = gain * _number(part, "gain", 1.0)
        regions += _layers(_children(part, "layer"), folder, source, level)
    regions = [region for region in regions if region.gain > 0]
    key, group = _number(element, "midiOutNote", -1), _number(element, "muteGroup", -1)
    return _Instrument(name, int(key), int(group), tuple(regions))


def _layers(
    elements: Iterable[ElementTree.Element], folder: Path, source: str, gain: float
) -> list[Region]:
    """The regions of one component: layers of the same range take turns."""
    ranges: dict[tuple[float, float], list[ElementTree.Element]] = {}
    for element in elements:
        if _text(element, "filename"):
            velocities = (_number(element, "max", 1.0), _number(element, "min", 0.0))
            ranges.setdefault(velocities, []).append(element)
    regions, low = [], 0
    for (top, _), alike in sorted(ranges.items(), key=lambda item: item[0]):
        high = max(low, min(MAX_VELOCITY, round(top * MAX_VELOCITY)))
        regions += [
            Region(
                folder / _text(element, "filename"),
                source,
                low,
                high,
                gain=gain * _number(element, "gain", 1.0),
                turn=turn,
                num_turns=len(alike),
                semitones=_number(element, "pitch", 0.0),
            )
            for turn, element in enumerate(alike)
        ]
        low = high + 1
    return regions


class _Member(NamedTuple):
    """A file in an archive; `read` opens it, None of a folder, a link or a device."""

    name: str
    size: int
    read: Callable[[], IO[bytes] | None] | None


def _members(path: Path) -> Iterator[_Member]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                opened = None if info.is_dir() else partial(archive.open, info)
                yield _Member(info.filename.replace("\\", "/"), info.file_size, opened)
        return
    with tarfile.open(path, "r:*") as tar:
        for member in tar:
            extracted = partial(tar.extractfile, member) if member.isfile() else None
            yield _Member(member.name, member.size, extracted)


def _unpack(path: Path, folder: Path) -> None:
    """Unpacks the plain files of an archive, none of them outside `folder`."""
    num_bytes = num_files = 0
    try:
        for member in _members(path):
            name = PurePosixPath(member.name)
            if name.is_absolute() or ".." in name.parts:
                raise KitError(f"'{path}' is not safe to unpack: it would write to '{member.name}'")
            num_bytes, num_files = num_bytes + member.size, num_files + 1
            if num_bytes > _MAX_UNPACKED_BYTES or num_files > _MAX_FILES:
                raise KitError(f"'{path}' is too large for a drum kit (over 2 GiB unpacked)")
            source = member.read() if member.read else None
            if source is not None:
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with source, target.open("wb") as file:
                    while block := source.read(1 << 20):
                        file.write(block)
    except _ARCHIVE_FAULTS as error:
        raise KitError(
            f"'{path}' is no Hydrogen drum kit that can be unpacked ({error}): download it again"
        ) from error


def _parsed(path: Path) -> ElementTree.Element:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KitError(f"cannot read '{path}' ({error.strerror}): check its rights") from error
    # Entities could make a small file endless, and Hydrogen writes none.
    if len(data) > _MAX_XML_BYTES or b"<!DOCTYPE" in data:
        raise KitError(f"'{path}' is no drumkit.xml as Hydrogen writes it")
    end = data.find(_END)
    try:
        root = ElementTree.fromstring(data if end < 0 else data[: end + len(_END)])
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise KitError(f"'{path}' is damaged ({error}): export the kit again") from error
    for element in root.iter():  # without the namespace, which only newer ones have
        element.tag = element.tag.rpartition("}")[2]
    return root


def _child(element: ElementTree.Element, tag: str) -> ElementTree.Element:
    found = element.find(tag)
    return found if found is not None else ElementTree.Element(tag)


def _children(element: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    return element.findall(tag)


def _text(element: ElementTree.Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()


def _number(element: ElementTree.Element, tag: str, default: float) -> float:
    text = _text(element, tag)
    try:
        value = float(text) if text else default
    except ValueError:
        value = math.nan
    if not abs(value) < _MAX_NUMBER:
        raise KitError(f"{DRUMKIT_FILE} has <{tag}>{text}</{tag}>: a number is expected")
    return value
