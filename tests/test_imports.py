"""The arrows between the modules go down only, and `import drumnet` is light."""

from __future__ import annotations

import ast
import graphlib
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from fixtures.patience import PATIENCE_S

#: Every room and every module at the root, from the top; what stands in one line knows
#: nothing of each other, and a room knows only of what stands below its line.
FLOORS = (
    "__main__",
    "cli",
    "studio.web",
    "studio.play",
    "studio.hear",
    "studio.store",
    "studio.schemas  studio.errors",
    "training.drummer  training.beats  training.transcription",
    "training.run  training.residual  training.band",
    "training.saved",
    "evaluation",
    "demo.takes",
    "assistant  batch",
    "generation  extraction  live",
    "job",
    "audition",
    "take_files  drummer",
    "playing  projects  notebook",
    "demo.song  metrics  corpus  transcribe  model",
    "song_pass",
    "rendering  hearing  beats",
    "kits  style",
    "song",
    "midi  audio  hits_csv  settings  bar_places  words",
    "grid  hits  graph  arrays  setting_kinds",
    "files  logits  products  svg  number_table  threads  workers",
    "staging  errors  limits",
)
#: What the rooms of the studio share, and the introductions of rooms.
SHARED = ("studio.events", "studio.memory", "studio", "training", "demo")
PLACES = {f"drumnet.{name}": floor for floor, line in enumerate(FLOORS) for name in line.split()}

HEAVY = {
    "av",
    "dask",
    "distributed",
    "fsspec",
    "link",
    "matplotlib",
    "mcp",
    "mido",
    "mir_eval",
    "onnxruntime",
    "pyarrow",
    "rtmidi2",
    "scipy",
    "sklearn",
    "soundfile",
    "threadpoolctl",
    "torch",
}


def package_folder() -> Path:
    spec = find_spec("drumnet")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


def module_name(path: Path) -> str:
    parts = path.relative_to(package_folder().parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(package_folder().rglob("*.py"))}


def imported_by(module: str) -> Iterator[str]:
    """The modules of the package that this one imports, anywhere in its text."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively; absolute imports alone"
            base = node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else base for name in names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "drumnet")


def room(module: str) -> str | None:
    """The room that a module is in, None of what is shared."""
    if module.removeprefix("drumnet.") in SHARED:
        return None
    found = [name for name in PLACES if module == name or module.startswith(name + ".")]
    assert found, f"{module} has no place: give its room one in FLOORS"
    return max(found, key=len)


@pytest.mark.parametrize("module", [name for name in MODULES if name != "drumnet"])
def test_arrows_go_down_only(module: str) -> None:
    own = room(module)
    for imported in imported_by(module):
        other = room(imported) if imported != "drumnet" else None
        if own is not None and other is not None and other != own:
            assert PLACES[other] > PLACES[own], f"{module} must not know {imported}"


def test_every_place_is_taken() -> None:
    taken = {room(name) for name in MODULES if name != "drumnet"}
    assert PLACES.keys() == taken - {None}


def test_every_room_says_what_comes_in_and_out() -> None:
    rooms = [name for name, path in MODULES.items() if path.name == "__init__.py"]
    for name in rooms:
        said = ast.get_docstring(ast.parse(MODULES[name].read_text(encoding="utf-8")))
        assert said and len(said.splitlines()) >= 1, f"{name} does not say what it is"


def test_no_module_needs_itself() -> None:
    # The front door `drumnet` loads its names when asked, so it is left out.
    graph = {
        module: {name for name in imported_by(module) if name not in ("drumnet", module)}
        for module in MODULES
        if module != "drumnet"
    }
    graphlib.TopologicalSorter(graph).prepare()


def test_import_drumnet_is_light() -> None:
    code = "import sys, drumnet; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=PATIENCE_S
    ).stdout.split()
    assert "drumnet" in loaded
    assert not HEAVY & set(loaded)


def test_the_public_names_are_there() -> None:
    import drumnet

    for name in drumnet.__all__:
        assert getattr(drumnet, name) is not None
    assert callable(drumnet.generate)
    with pytest.raises(AttributeError, match="no attribute 'drummer_machine'"):
        _ = drumnet.drummer_machine


@pytest.mark.skipif(
    os.environ.get("DRUMNET_TEST_WHEEL") != "1", reason="only scripts/check installs the wheel"
)
def test_the_installed_wheel_is_what_is_tested(repo: Path) -> None:
    assert "site-packages" in package_folder().parts
    source = repo / "src" / "drumnet"
    shipped = {path.relative_to(package_folder()) for path in package_folder().rglob("*.*")}
    written = {
        path.relative_to(source)
        for path in source.rglob("*.*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert written <= shipped, "the wheel lacks a file of src/drumnet"
