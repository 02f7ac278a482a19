"""A running studio, and a real Chromium that looks at it.

Skipped where Playwright, a Chromium (`DRUMNET_CHROMIUM` names one) or the built
page is missing.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from fixtures.patience import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

    NewPage = Callable[[BrowserContext], AbstractContextManager[Page]]

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: A headless container has no sandbox of its own and little shared memory.
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-dev-shm-usage")
LAPTOP: ViewportSize = {"width": 1280, "height": 720}

#: `wait_for_function` is of no use: the page's own security policy forbids it.
_WAIT = """
async () => {
  const until = performance.now() + %d;
  while (!(%s)) {
    if (performance.now() > until) return false;
    await new Promise((done) => setTimeout(done, 10));
  }
  return true;
}
"""

_DROP = """
async ({files, target}) => {
  const transfer = new DataTransfer();
  for (const {name, base64} of files) {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  const element = document.querySelector(target);
  for (const kind of ["dragover", "drop"]) {
    const options = {dataTransfer: transfer, bubbles: true, cancelable: true};
    element.dispatchEvent(new DragEvent(kind, options));
  }
}
"""
_HITS = """
drumnetStudio.session.hits.map(({tick, time_s, piece, velocity, origin}) =>
  ({tick, time_s, piece, velocity, origin}))
"""


@dataclass(frozen=True)
class PageHit:
    """A hit as the page holds it."""

    tick: int
    time_s: float
    piece: str
    velocity: int
    origin: str


class StudioPage:
    """What the tests do on the page, and how they wait for it: never by sleeping."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def drop(self, files: Iterable[Path], target: str = "body") -> None:
        """Drop files onto an element, as from a file manager."""
        sent = [
            {"name": file.name, "base64": base64.b64encode(file.read_bytes()).decode()}
            for file in files
        ]
        self.page.evaluate(_DROP, {"files": sent, "target": target})

    def wait_for(self, condition: str) -> None:
        """Until a JavaScript expression is true."""
        assert self.page.evaluate(_WAIT % (1000 * PATIENCE_S, condition)), f"never: {condition}"

    def change(self, act: Callable[[], object]) -> None:
        """Do something, and wait for the hits that it brings and for their being kept."""
        self.page.evaluate("globalThis.hitsBefore = drumnetStudio.session.hits")
        act()
        self.wait_for("drumnetStudio.session.hits !== globalThis.hitsBefore")
        self.wait_until_kept()

    def wait_until_playable(self) -> None:
        """The song was listened to, its stems are decoded, its hits are there."""
        self.wait_for("globalThis.drumnetStudio?.session?.player.canPlay")
        self.wait_for("drumnetStudio.session.hits.length > 0")

    def wait_until_kept(self) -> None:
        """The server has all that is shown."""
        self.page.evaluate("drumnetStudio.session.settle()")
        self.wait_for("drumnetStudio.session.isSaved")

    @property
    def hits(self) -> list[PageHit]:
        return [PageHit(**hit) for hit in self.page.evaluate(_HITS)]

    @property
    def scheduled(self) -> list[dict[str, Any]]:
        """What has been put on the audio clock, oldest first."""
        found: list[dict[str, Any]] = self.page.evaluate("drumnetStudio.session.player.log")
        return found

    @property
    def song_s(self) -> float:
        """Where the playhead is."""
        return float(self.page.evaluate("drumnetStudio.session.player.songS"))

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int) -> None:
        """With the mouse held down, from one point of the window to another."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=steps)
        self.page.mouse.up()

    def point_in(self, selector: str, x: float, y: float) -> tuple[float, float]:
        """A point of the window: a part of an element's width and height, from its top left."""
        box = self.page.locator(selector).first.bounding_box()
        assert box is not None, f"{selector} is not shown"
        return box["x"] + x * box["width"], box["y"] + y * box["height"]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium."""
    named = os.environ.get("DRUMNET_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        pytest.skip("there is no Chromium; DRUMNET_CHROMIUM names one")
    return found


# Of this package, not of the session: Playwright's event loop runs in the main thread
# for as long as the browser does, and other tests need none there.
@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_OPTIONS))
        yield browser
        browser.close()


def looked_with(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(**options)
    context.set_default_timeout(1000 * PATIENCE_S)
    yield context
    context.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of the test's own: nothing was looked at with it."""
    yield from looked_with(browser, viewport=LAPTOP, color_scheme="dark")


@pytest.fixture(scope="package")
def used_browser(browser: Browser) -> Iterator[BrowserContext]:
    """One that has the page's scripts and the kit's sounds, as that of most users has."""
    yield from looked_with(browser, viewport=LAPTOP, color_scheme="dark")


@pytest.fixture(scope="package")
def used_phone(browser: Browser) -> Iterator[BrowserContext]:
    """The same, under a finger."""
    yield from looked_with(browser, has_touch=True, is_mobile=True)


@pytest.fixture(scope="session")
def new_page(studio_url: str) -> NewPage:
    """`with new_page(context) as page`: it finds nothing that pages before it have kept."""
    forgotten = {
        "origin": "{0.scheme}://{0.netloc}".format(urlsplit(studio_url)),
        "storageTypes": "local_storage,indexeddb",
    }

    @contextmanager
    def opened(context: BrowserContext) -> Iterator[Page]:
        page = context.new_page()
        context.new_cdp_session(page).send("Storage.clearDataForOrigin", forgotten)
        try:
            yield page
        finally:
            for one in context.pages:
                one.close()

    return opened


@pytest.fixture
def blank(used_browser: BrowserContext, new_page: NewPage) -> Iterator[Page]:
    """A page before it goes anywhere; a script error in it fails the test."""
    faults: list[str] = []
    with new_page(used_browser) as page:
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        yield page
    assert faults == []


@pytest.fixture
def page(blank: Page, studio_url: str) -> Page:
    """The studio's first page."""
    blank.goto(studio_url)
    return blank


@pytest.fixture
def studio(page: Page) -> StudioPage:
    return StudioPage(page)


@pytest.fixture(scope="session")
def studio_page() -> type[StudioPage]:
    """For tests that open pages of their own."""
    return StudioPage


@dataclass
class Server:
    """`drumnet studio` as a process of its own, which can be killed and started again."""

    data: Path
    url: str = ""
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """At the address that it had before, if any."""
        port = urlsplit(self.url).port or 0
        command = [sys.executable, "-m", "drumnet", "studio", "--port", str(port)]
        command += ["--data", str(self.data)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "http://" in line, f"the studio said: {line!r}"
        self.url = next(word for word in line.split() if word.startswith("http://"))

    def stop(self, kill: bool = False) -> None:
        if self.process is not None:
            (self.process.kill if kill else self.process.terminate)()
            self.process.communicate()
            self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own."""
    yield from _served(tmp_path / "studio")


@pytest.fixture(scope="session")
def studio_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of `drumnet studio` with an empty library."""
    for server in _served(tmp_path_factory.mktemp("studio")):
        yield server.url


def _served(data: Path) -> Iterator[Server]:
    app = pytest.importorskip("drumnet.studio.web.app")
    if not app.has_page():
        pytest.skip("the page is not built: npm ci && npm run build in web/")
    server = Server(data)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="package")
def song_address(
    used_browser: BrowserContext, studio_url: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """First address of the built-in song in the studio, listened to; its downbeats are mended."""
    from drumnet.demo.song import write_demo_stems

    files = write_demo_stems(tmp_path_factory.mktemp("demo"))
    page = used_browser.new_page()
    page.goto(studio_url)
    studio = StudioPage(page)
    studio.wait_for("document.querySelector('.home')")
    studio.drop([file for file in files if file.suffix == ".wav"])
    studio.wait_until_playable()
    name = page.get_by_label("Name of the song")
    name.fill("Night bus")
    name.press("Enter")
    studio.wait_for("drumnetStudio.session.project.name === 'Night bus'")
    page.get_by_title("Tempo and beats").click()
    for _ in range(3):
        if page.evaluate("drumnetStudio.session.grid.bars[0].number") == 1:
            break
        before = page.evaluate("drumnetStudio.session.project.revision")
        page.get_by_role("button", name="a beat later").click()
        studio.wait_for(f"drumnetStudio.session.project.revision > {before}")
    place = urlsplit(page.url).fragment
    page.close()
    return f"{studio_url}#{place}"


@pytest.fixture
def song(blank: Page, song_address: str) -> Iterator[StudioPage]:
    """The page with the built-in song on it; what a test makes of it, the next finds put back."""
    blank.goto(song_address)
    studio = StudioPage(blank)
    studio.wait_until_playable()
    before = blank.evaluate("drumnetStudio.session.doc")
    yield studio
    if blank.evaluate("Boolean(globalThis.drumnetStudio?.session)"):
        blank.evaluate("(doc) => drumnetStudio.session.change(doc, 'test')", before)
        studio.wait_until_kept()


@pytest.fixture(scope="session")
def axe_source(repo: Path) -> str:
    """The accessibility checker axe-core, as a script."""
    path = repo / "web" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip("axe-core is not there: npm ci in web/")
    return path.read_text(encoding="utf-8")
