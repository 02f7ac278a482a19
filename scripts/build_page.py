"""Makes the studio's page when DrumNet is installed from its source: a build hook of Hatchling.

In: `web/`, and Node with npm.  Out: `src/drumnet/studio/static`, which goes into the wheel.  A page
that is there and no older than its source is taken as it is, so that no Node is needed.  Without
Node, or where npm fails, all but the page is installed; `drumnet studio` then says what is missing.

Source: Hatchling, custom build hooks.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NO_NODE = "the studio's page is not built: it needs Node 20 or newer, with npm"
_FAILED = "the studio's page is not built: '{}' failed in web/"
_INSTALL = ("ci", "--no-audit", "--no-fund", "--loglevel=error")
_BUILD = ("run", "--silent", "build")


class PageHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before the files of a wheel are gathered."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        problem = make_page(Path(self.root))
        if problem is not None:
            self.app.display_warning(problem)


def make_page(root: Path) -> str | None:
    """Make the page of a checkout, where it has to be.

    Returns:
        what kept it from being made, for people; None if it is there.
    """
    web, page = root / "web", root / "src" / "drumnet" / "studio" / "static" / "index.html"
    if not (web / "package.json").is_file() or _is_fresh(page, web):
        return None
    npm = shutil.which("npm")
    if npm is None:
        return _NO_NODE
    has_packages = _is_newer(web / "node_modules" / ".package-lock.json", web / "package-lock.json")
    for command in (_BUILD,) if has_packages else (_INSTALL, _BUILD):
        try:
            subprocess.run([npm, *command], cwd=web, check=True)
        except (OSError, subprocess.CalledProcessError):
            return _FAILED.format(" ".join(("npm", *command)))
    return None


def _is_fresh(page: Path, web: Path) -> bool:
    sources = [web / "index.html", web / "package-lock.json"]
    sources += [path for name in ("src", "public") for path in (web / name).rglob("*")]
    return all(_is_newer(page, path) for path in sources if path.is_file())


def _is_newer(made: Path, source: Path) -> bool:
    return made.is_file() and made.stat().st_mtime >= source.stat().st_mtime
