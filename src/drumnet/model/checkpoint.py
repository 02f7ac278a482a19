"""Weights: a name or a folder in, verified configuration and ONNX files out.

A checkpoint is a folder: `model.json` (configuration, provenance and the
hashes of the other files), `listen.onnx`, `encode.onnx`, `decode.onnx`,
`presets.json`, `map.npz`, `controls.npz`, `fills.npz` and `styles.npz`.  Two come with
the package: `default` and `open`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from drumnet.errors import CheckpointError, StyleError
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hits import Piece
from drumnet.limits import parsed_json
from drumnet.model.fill_bank import FILLS_FILE, FillBank
from drumnet.style.bank import STYLES_FILE, StyleBank
from drumnet.style.code import CODE_SIZE, Preset, StyleCode
from drumnet.style.directions import Controls
from drumnet.style.map import StyleMap

CHECKPOINT_FORMAT = "drumnet-model/1"
PRESETS_FILE = "presets.json"
#: Weights that were exported before they existed lack these files.
MAP_FILE = "map.npz"
CONTROLS_FILE = "controls.npz"
LATER_FILES = (MAP_FILE, CONTROLS_FILE, FILLS_FILE, STYLES_FILE)
GRAPHS = ("listen", "encode", "decode")
EMBEDDED_MODELS = ("default", "open")
_EMBEDDED = Path(__file__).parents[1] / "weights"


@dataclass(frozen=True)
class Checkpoint:
    """Verified weights.

    Args:
        folder: where the files are.
        name: name and hash, as written into styles.
        pieces: what it plays.
        min_probabilities: for each piece, the least probability of a hit that is played.
        provenance: data, command, date, scores: for people.
    """

    folder: Path
    name: str
    pieces: tuple[Piece, ...]
    min_probabilities: tuple[float, ...]
    provenance: Mapping[str, Any]

    def graph(self, name: str) -> Path:
        """The ONNX file of `listen`, `encode` or `decode`."""
        return self.folder / f"{name}.onnx"

    @cached_property
    def presets(self) -> dict[str, Preset]:
        """The named styles, in the order of the file.

        Raises:
            CheckpointError: damaged.
        """
        file = self.folder / PRESETS_FILE
        try:
            entries = parsed_json(file.read_text("utf-8"))
            if not isinstance(entries, list):
                raise ValueError("no list of styles")
            return {entry["name"]: _preset(**entry) for entry in entries}
        except (OSError, ValueError, LookupError, TypeError, StyleError) as fault:
            raise CheckpointError(
                f"'{file}' cannot be read ({fault}): install or export it again"
            ) from fault

    def preset(self, name: str) -> Preset | None:
        """The style of that name, or that had it once."""
        formerly = {old: one for one in self.presets.values() for old in one.formerly}
        return self.presets.get(name, formerly.get(name))

    @cached_property
    def style_map(self) -> StyleMap:
        """The map behind the pad.

        Raises:
            CheckpointError: the weights have none.
        """
        if not (self.folder / MAP_FILE).is_file():
            raise CheckpointError(f"the weights '{self.name}' have no style map: export them again")
        return StyleMap.load(self.folder / MAP_FILE)

    @cached_property
    def controls(self) -> Controls:
        """The directions of the controls; of older weights none, which moves nothing.

        Raises:
            CheckpointError: damaged, or of other pieces.
        """
        if not (self.folder / CONTROLS_FILE).is_file():
            return Controls.none(len(self.pieces))
        found = Controls.load(self.folder / CONTROLS_FILE)
        if len(found.piece_complexity) != len(self.pieces):
            raise CheckpointError(f"the controls of '{self.name}' are of other pieces")
        return found

    @cached_property
    def fills(self) -> FillBank:
        """How drummers fill; of older weights none.

        Raises:
            CheckpointError: damaged.
        """
        return FillBank.load(self.folder / FILLS_FILE)

    @cached_property
    def styles(self) -> StyleBank:
        """What styles at random are like; of older weights nothing is known of it.

        Raises:
            CheckpointError: damaged.
        """
        return StyleBank.load(self.folder / STYLES_FILE)


def load_checkpoint(model: str | Path) -> Checkpoint:
    """The weights of a name or in a folder, each file checked by its hash.

    Raises:
        CheckpointError: unknown, incomplete, damaged, or of another version.
    """
    folder = _EMBEDDED / str(model) if str(model) in EMBEDDED_MODELS else Path(model)
    if not (folder / MODEL_FILE).is_file():
        raise CheckpointError(
            f"there are no weights '{model}': choose {' or '.join(EMBEDDED_MODELS)}, "
            "or a folder made by drumnet export"
        )
    try:
        about = parsed_json((folder / MODEL_FILE).read_text())
        found = _described(folder, about)
        hashes = dict(about["sha256"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise CheckpointError(
            f"'{folder / MODEL_FILE}' cannot be read ({fault}): install or export it again"
        ) from fault
    always = {*(f"{graph}.onnx" for graph in GRAPHS), PRESETS_FILE}
    for name in sorted(always | set(LATER_FILES) & hashes.keys()):
        file = folder / name
        if not file.is_file() or file_hash(file) != hashes.get(name):
            raise CheckpointError(f"'{file}' is missing or damaged: install or export it again")
    return found


def _preset(
    name: str,
    description: str,
    code: Any,
    measures: Any,
    title: str | None = None,
    formerly: Sequence[str] = (),
) -> Preset:
    words = (name, description, title or name, *formerly)
    if not all(isinstance(one, str) for one in words):
        raise ValueError("a style has a name, a title and a description")
    numbers = StyleCode(code, name).code
    said = {key: float(measures[key]) for key in measures}
    return Preset(name, title or name, description, numbers, said, tuple(formerly))


def _described(folder: Path, about: Mapping[str, Any]) -> Checkpoint:
    """What `model.json` says of the weights."""
    if about["format"] != CHECKPOINT_FORMAT:
        raise CheckpointError(
            f"'{folder}' has format {about['format']}, this drumnet reads {CHECKPOINT_FORMAT}: "
            "export it again"
        )
    heard = [role.value for role in HEARD_ROLES]
    if list(about["roles"]) != heard or about["code_size"] != CODE_SIZE:
        raise CheckpointError(f"'{folder}' hears other roles than this drumnet: export it again")
    pieces = tuple(Piece(name) for name in about["pieces"])
    floors = tuple(float(value) for value in about["floors"])
    if len(floors) != len(pieces) or len(set(pieces)) != len(pieces) or not pieces:
        raise ValueError(f"{len(floors)} floors for {len(pieces)} pieces")
    if not all(0 <= floor <= 1 for floor in floors):
        raise ValueError("a floor is a probability, 0-1")
    name = f"{about['name']}@{about['sha256'].get('decode.onnx', '')[:8]}"
    return Checkpoint(folder, name, pieces, floors, dict(about["provenance"]))
