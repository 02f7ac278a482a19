#!/usr/bin/env python3
"""The studio under load: prints what 32 clients and a large upload do to it.

    one client    hits of a 3-minute song of 4 stems, one request after the other
    32 clients    each asks for hits of other styles, with sections and edits, while
                  a 500 MB sound is uploaded and listened to, tabs look on, zips are
                  exported, and malformed and foreign requests come in between
    afterwards    answers of 500 and above, jobs that never ended, and the server's
                  memory before and after

The exit status is 1 where an answer was 500 or above, or a job is stuck.  Runs a
studio of its own on a new folder; needs the extra [studio].
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import random
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from benchmark import write_song
from drumnet.studio.memory import IDLE_S
from drumnet.studio.web.context import StudioConfig
from drumnet.studio.web.server import run_studio
from drumnet.studio.web.start_token import cookie_name

SECONDS_A_REQUEST_MAY_TAKE = 300
NASTY = (b"{", b"null", b'{"name": 5}', b'{"revision": 1e999}', b"\xff", b'{"serial": -1}')


def serve(data: Path, tell: Connection) -> None:
    """A studio in a process of its own."""
    run_studio(StudioConfig(data, folders=(data.parent,)), 0, None, tell.send)


class Studio:
    """What the clients know of it."""

    def __init__(self, address: str, pid: int) -> None:
        self.port, self.pid = urlsplit(address).port or 0, pid
        token = dict(parse_qsl(urlsplit(address).query))["token"]
        self.cookie = f"{cookie_name(self.port)}={token}"
        self.statuses: Counter[int] = Counter()
        self._lock = threading.Lock()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        """The status and the content of an answer."""
        raw = isinstance(body, bytes) or hasattr(body, "__next__")
        content = body if raw or body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=SECONDS_A_REQUEST_MAY_TAKE
        )
        try:
            sent = {"content-type": "application/json", "cookie": self.cookie, **headers}
            connection.request(method, f"/api{path}", content, sent)
            answer = connection.getresponse()
            return self._counted(answer.status), answer.read()
        finally:
            connection.close()

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """The content of an answer that has to be good."""
        status, content = self.ask(method, path, body)
        assert status < 300, (method, path, status, content[:300])
        return json.loads(content) if content else None

    def upload(self, project_id: str, name: str, chunks: Iterator[bytes], size: int) -> int:
        """Send a body of `size` bytes."""
        path = f"/projects/{project_id}/stems?name={name}"
        return self.ask("POST", path, chunks, **{"content-length": str(size)})[0]

    def wait_until_heard(self, project_id: str) -> str:
        """The status in which listening ended."""
        while True:
            status: str = self.json("GET", f"/projects/{project_id}")["status"]
            if status != "listening":
                return status
            time.sleep(0.2)

    def memory_mb(self) -> float:
        """The server's resident memory, when it has had nothing to do for a while."""
        time.sleep(IDLE_S + 2)
        shown = subprocess.run(["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True)
        return int(shown.stdout) / 1024

    def _counted(self, status: int) -> int:
        with self._lock:
            self.statuses[status] += 1
        return status


def wav_chunks(num_bytes: int) -> Iterator[bytes]:
    """A stereo WAV of 16-bit noise, as long as it takes."""
    import io

    import soundfile

    head = io.BytesIO()
    soundfile.write(head, np.zeros((1, 2)), 44_100, format="WAV", subtype="PCM_16")
    header = bytearray(head.getvalue()[:44])
    header[4:8] = (num_bytes - 8).to_bytes(4, "little")
    header[40:44] = (num_bytes - 44).to_bytes(4, "little")
    yield bytes(header)
    noise = np.random.default_rng(0).integers(-8000, 8000, 1 << 19, dtype=np.int16).tobytes()
    left = num_bytes - 44
    while left:
        yield noise[:left]
        left -= len(noise[:left])


def request(rng: random.Random, serial: int) -> dict[str, Any]:
    """One of many styles, sometimes with sections that morph, and edits."""
    body: dict[str, Any] = {
        "serial": serial,
        "style": {"at": {"x": rng.random(), "y": rng.random()}},
    }
    if rng.random() < 0.3:
        to = {"at": {"x": rng.random(), "y": rng.random()}}
        body["sections"] = [
            {"start_beat": 32, "blend": "morph", "style": to},
            {"start_beat": 160, "style": {"at": {"x": 0.5, "y": 0.5}}},
        ]
    if rng.random() < 0.3:
        ticks = rng.sample(range(3000), 200)
        body["edits"] = {"changes": [{"tick": t, "piece": "kick", "velocity": 90} for t in ticks]}
    return body


def client(studio: Studio, project_id: str, seed: int, count: int, times_s: list[float]) -> None:
    rng = random.Random(seed)
    for serial in range(count):
        began = time.perf_counter()
        status, content = studio.ask("POST", f"/projects/{project_id}/hits", request(rng, serial))
        times_s.append(time.perf_counter() - began)
        assert status == 200 and json.loads(content)["serial"] == serial
        if rng.random() < 0.2:
            studio.ask("POST", f"/projects/{project_id}/hits", rng.choice(NASTY))
            studio.ask("GET", "/projects", origin="http://evil.example")
            studio.ask("GET", "/projects", host="evil.example")
    if seed % 8 == 0:
        assert studio.ask("GET", f"/projects/{project_id}/export.zip")[0] == 200


def all_at_once(
    studio: Studio, project_id: str, clients: int, count: int, size: int
) -> list[float]:
    """Everything together; how long each request for hits took."""
    times_s: list[float] = []
    large = studio.json("POST", "/projects", {"name": "large"})["id"]
    upload = (large, "large.wav", wav_chunks(size), size)
    threads = [threading.Thread(target=studio.upload, args=upload)]
    threads += [
        threading.Thread(target=client, args=(studio, project_id, seed, count, times_s))
        for seed in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"  the upload of {size / 1e6:.0f} MB: {studio.wait_until_heard(large)}")
    studio.json("DELETE", f"/projects/{large}")
    return times_s


def in_ms(times_s: list[float]) -> str:
    values = np.array(times_s) * 1000
    p50, p95 = np.percentile(values, (50, 95))
    return f"median {p50:.1f} ms, p95 {p95:.1f} ms, of {len(values)}"


def measure(studio: Studio, song: Path, options: argparse.Namespace) -> bool:
    """Prints everything; whether all is well."""
    project_id = studio.json("POST", "/projects", {"name": "three minutes"})["id"]
    studio.json("POST", f"/projects/{project_id}/open", {"path": str(song)})
    began = time.perf_counter()
    status = studio.wait_until_heard(project_id)
    print(f"listening to 3 minutes of 4 stems: {status} in {time.perf_counter() - began:.1f} s")
    alone: list[float] = []
    for serial in range(100):
        body = {"serial": serial, "style": {"at": {"x": serial / 100, "y": 0.5}}}
        began = time.perf_counter()
        studio.json("POST", f"/projects/{project_id}/hits", body)
        alone.append(time.perf_counter() - began)
    print(f"one client: {in_ms(alone)} requests for hits, connection and all")
    memory = [studio.memory_mb()]
    for number in range(options.rounds):
        print(f"round {number + 1}: {options.clients} clients at once")
        together = all_at_once(
            studio, project_id, options.clients, options.requests, options.megabytes * 1_000_000
        )
        print(f"  {in_ms(together)} requests for hits")
        memory.append(studio.memory_mb())
    stuck = [p for p in studio.json("GET", "/projects") if p["status"] == "listening"]
    faults = sum(count for code, count in studio.statuses.items() if code >= 500)
    print("answers:", ", ".join(f"{n} of {code}" for code, n in sorted(studio.statuses.items())))
    print(f"500 and above: {faults}; stuck jobs: {len(stuck)}")
    print("memory:", " -> ".join(f"{mb:.0f} MB" for mb in memory))
    return not faults and not stuck


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--requests", type=int, default=20, help="of each client")
    parser.add_argument("--megabytes", type=int, default=500, help="of the upload")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "song"
        song.mkdir()
        write_song(song)
        hear, tell = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.Process(target=serve, args=(Path(folder) / "data", tell))
        process.start()
        try:
            assert process.pid is not None
            is_well = measure(Studio(hear.recv(), process.pid), song, options)
        finally:
            process.terminate()
            process.join()
    raise SystemExit(not is_well)


if __name__ == "__main__":
    main()
