"""The text of an SFZ instrument: headers and opcodes, put together into regions.

In: an .sfz file.  Out: for each <region> its opcodes, with those that it takes
over from <global>, <master> and <group>, and where in the text it stands; and
the opcodes of <control>.

Source: the SFZ format, https://sfzformat.com (headers, #define, #include).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from drumnet.errors import KitError
from drumnet.limits import (
    MAX_SFZ_DEFINES,
    MAX_SFZ_FILES,
    MAX_SFZ_LINE,
    MAX_SFZ_LINES,
    MAX_SFZ_REGIONS,
)
from drumnet.number_table import decoded

_MAX_INCLUDES = 32
_MAX_BYTES = 16_000_000

_TOKEN = re.compile(r"<(?P<header>\w+)>|(?<![^\s>])(?P<opcode>[\w$]+)=")
_DIRECTIVE = re.compile(r'#(?:define\s+(\$\w+)\s+(\S+)|include\s+"([^"]*)")')
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)

#: What a header takes over from, the outermost first.
_LEVELS = ("global", "master", "group", "region")


@dataclass(frozen=True)
class SfzRegion:
    """A region's opcodes, its own and those taken over, and where it stands.

    Args:
        source: `kit.sfz:12`.
        control: the opcodes of <control> as they were there.
    """

    opcodes: Mapping[str, str]
    control: Mapping[str, str]
    source: str


@dataclass
class _State:
    """What holds at a place of the text."""

    levels: dict[str, dict[str, str]] = field(default_factory=dict)
    control: dict[str, str] = field(default_factory=dict)
    header: str = ""
    source: str = ""

    def open(self, header: str, source: str) -> None:
        self.header, self.source = header, source
        if header in _LEVELS:
            for level in _LEVELS[_LEVELS.index(header) :]:
                self.levels[level] = {}

    def put(self, opcode: str, value: str) -> None:
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        if self.header == "control":
            self.control[opcode] = value
        elif self.header in _LEVELS:
            self.levels[self.header][opcode] = value

    def region(self) -> SfzRegion:
        merged: dict[str, str] = {}
        for level in _LEVELS:
            merged |= self.levels.get(level, {})
        return SfzRegion(merged, dict(self.control), self.source)


def read_regions(path: Path) -> list[SfzRegion]:
    """The regions of an .sfz file, in order.

    Raises:
        KitError: the file, or one that it includes, cannot be read.
    """
    state = _State()
    regions: list[SfzRegion] = []
    for number, (source, line) in enumerate(_lines(path, {}, [], count(1))):
        if number > MAX_SFZ_LINES or len(regions) > MAX_SFZ_REGIONS:
            raise KitError(f"'{path.name}' with all that it includes is too large to be a kit")
        tokens = list(_TOKEN.finditer(line))
        ends = [token.start() for token in tokens[1:]] + [len(line)]
        for token, end in zip(tokens, ends, strict=False):
            if token["header"]:
                if state.header == "region":
                    regions.append(state.region())
                state.open(token["header"].lower(), source)
                continue
            state.put(token["opcode"].lower(), line[token.end() : end].strip())
    if state.header == "region":
        regions.append(state.region())
    return regions


def _lines(
    path: Path, defined: dict[str, str], inside: list[Path], files: Iterator[int]
) -> Iterator[tuple[str, str]]:
    """Where each line stands, and the line, with includes and definitions done; `files` counts
    what is read."""
    if len(inside) >= _MAX_INCLUDES or path in inside or next(files) > MAX_SFZ_FILES:
        raise KitError(f"'{path.name}' includes itself, or too many files: mend its #include lines")
    for number, raw in enumerate(_text(path).split("\n"), 1):
        source, line = f"{path.name}:{number}", raw
        for directive in _DIRECTIVE.finditer(raw):
            line = line.replace(directive[0], "")
            if directive[1]:
                defined[directive[1]] = directive[2]
                if len(defined) > MAX_SFZ_DEFINES:
                    raise KitError(f"{source} is one #define too many: {MAX_SFZ_DEFINES} may be")
                continue
            included = (inside[0] if inside else path).parent / directive[3].replace("\\", "/")
            if not included.is_file():
                raise KitError(f"{source} includes '{directive[3]}', which is not there")
            yield from _lines(included, defined, [*inside, path], files)
        # The longest name first: $KEY1 is not $KEY followed by 1.
        for name in sorted(defined, key=len, reverse=True):
            line = line.replace(name, defined[name])
            if len(line) > MAX_SFZ_LINE:
                raise KitError(f"{source} is too long once its definitions are put in: mend them")
        yield source, line


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise KitError(f"'{path}' is too large to be the text of an SFZ instrument")
        data = path.read_bytes()
    except OSError as error:
        raise KitError(f"cannot read '{path}' ({error.strerror}): check its rights") from error
    try:
        text = decoded(data)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise KitError(f"'{path}' is no SFZ instrument: it is not text")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
