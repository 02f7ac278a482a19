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

#: From the top; a module may import from lower layers only.  What is named
#: nowhere belongs to the lowest layer, the core beneath the drummer.
LAYERS = (
    ("drumnet.__main__",),
    ("drumnet.cli", "drumnet.studio"),
    ("drumnet.training",),
    ("drumnet.evaluation",),
    ("drumnet.corpus",),
    ("drumnet.demo.takes",),
    ("drumnet.extraction", "drumnet.generation"),
    ("drumnet.drummer",),
)

HEAVY = {
    "av",
    "matplotlib",
    "mido",
    "mir_eval",
    "onnxruntime",
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


def layer(module: str) -> int:
    for number, prefixes in enumerate(LAYERS):
        if any(module == prefix or module.startswith(prefix + ".") for prefix in prefixes):
            return number
    return len(LAYERS)


@pytest.mark.parametrize("module", [name for name in MODULES if name != "drumnet"])
def test_arrows_go_down_only(module: str) -> None:
    for imported in imported_by(module):
        assert layer(imported) >= layer(module), f"{module} must not know {imported}"


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
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
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
