#!/usr/bin/env python3
"""From the pad to the scheduled sound, measured in a browser: prints JSON.

A 3-minute song of four stems plays in the studio, in a real Chromium; the dot is
moved 100 times with the mouse. For each move, in milliseconds from the pointer
event's own time stamp:

    scheduled   until all that is due of the new hits has been put on the audio
                clock (`start` was called), the old ones behind the next tick
                having been taken back
    counts      until the tick from which on the new hits are played

Needs the `[studio]` and `[dev]` extras, a Chromium (`--chromium` names one), and
the built page.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmark import DURATION_S, write_song

if TYPE_CHECKING:
    from playwright.sync_api import Page

NUM_MOVES = 100
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-dev-shm-usage")
PATIENCE_MS = 300_000

_WAIT = """
async () => {
  const until = performance.now() + %d;
  while (!(%s)) {
    if (performance.now() > until) throw new Error("the studio takes too long");
    await new Promise((done) => setTimeout(done, 5));
  }
}
"""
_LISTEN = """
() => {
  const field = document.querySelector(".pad-field");
  let place = "";
  const note = ({clientX, clientY, timeStamp}) => {
    if (place === `${clientX} ${clientY}`) return;
    place = `${clientX} ${clientY}`;
    globalThis.padMovedMs = timeStamp;
  };
  for (const kind of ["pointerrawupdate", "pointermove"]) {
    field.addEventListener(kind, note, {capture: true});
  }
}
"""
_READY = "globalThis.drumnetStudio?.session?.player.canPlay && drumnetStudio.session.hits.length"


def wait_for(page: Page, condition: str) -> None:
    """Until a JavaScript expression is true; the page's security policy forbids
    Playwright's own `wait_for_function`."""
    page.evaluate(_WAIT % (PATIENCE_MS, condition))


def measure(page: Page) -> list[dict[str, float]]:
    """Play, and move the dot; one row for each move."""
    wait_for(page, _READY)
    page.get_by_role("button", name="Play", exact=True).click()
    wait_for(page, "drumnetStudio.session.player.log.length > 0")
    box = page.locator(".pad-field").bounding_box()
    assert box is not None
    rng = np.random.default_rng(0)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    wait_for(page, "drumnetStudio.session.player.swaps.length > 0")
    page.evaluate(_LISTEN)
    rows = []
    for x, y in rng.uniform(0.02, 0.98, (NUM_MOVES, 2)):
        serial = page.evaluate("drumnetStudio.session.player.swaps.at(-1).serial")
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        wait_for(page, f"drumnetStudio.session.player.swaps.at(-1).serial > {serial}")
        moved_ms = page.evaluate("globalThis.padMovedMs")
        swap: dict[str, Any] = page.evaluate("drumnetStudio.session.player.swaps.at(-1)")
        ahead_ms = 1000 * (swap["from_s"] - swap["clock_s"])
        scheduled = swap["at_ms"] - moved_ms
        rows.append({"scheduled": scheduled, "counts": scheduled + max(0.0, ahead_ms)})
    page.mouse.up()
    assert page.evaluate("drumnetStudio.session.player.isPlaying"), "the song has ended"
    return rows


def summary(values: NDArray[np.float64]) -> dict[str, float]:
    median, p95 = np.percentile(values, [50, 95])
    return {name: round(float(value), 1) for name, value in
            (("median_ms", median), ("p95_ms", p95), ("max_ms", values.max()))}  # fmt: skip


def in_browser(address: str, chromium: str) -> list[dict[str, float]]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_OPTIONS))
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(address)
        rows = measure(page)
        browser.close()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        song = Path(temporary) / "song"
        song.mkdir()
        write_song(song)
        (song / "beats.tsv").unlink()
        command = [sys.executable, "-m", "drumnet", "studio", str(song), "--port", "0"]
        command += ["--data", str(Path(temporary) / "data")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = next((word for word in line.split() if word.startswith("http://")), None)
            if address is None:
                raise SystemExit(f"the studio did not start: {line}")
            try:
                rows = in_browser(address, args.chromium)
            finally:
                process.terminate()
    figures = {key: summary(np.array([row[key] for row in rows])) for key in rows[0]}
    about = {"moves": len(rows), "song_s": DURATION_S, "cpus": os.cpu_count()}
    print(json.dumps({**about, **figures}, indent=1))


if __name__ == "__main__":
    main()
