"""Damage the inputs of the readers, and say what is not told in one line.

    python scripts/mutated_inputs.py [NUMBER] [SEED]

Small valid files of each kind are made, mutated (bytes changed, cut off, doubled, numbers made
huge), and read in a process of their own with limits of time and memory.  A fault is a traceback,
a reading longer than 5 s, or one that takes more than 500 MB.  docs/reliability.md has the counts.
"""

from __future__ import annotations

import json
import multiprocessing as mp
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import mido
import numpy as np
import soundfile

from drumnet.arrays import read_arrays
from drumnet.audio.source import read_audio
from drumnet.beats.files import read_beats
from drumnet.errors import DrumnetError
from drumnet.hits_csv import read_hits
from drumnet.kits.loading import load_kit
from drumnet.midi.keys import load_midi_map
from drumnet.midi.read import read_drum_track, read_midi
from drumnet.playing.section_file import read_sections
from drumnet.song.onsets import read_midi_parts, read_rhythm
from drumnet.style.code import StyleCode

MAX_S, MAX_MB = 5.0, 500
NUMBERS = (b"1e308", b"-1", b"nan", b"9" * 40, b"0", b"1e-300")


def _midi(path: Path) -> None:
    track = mido.MidiTrack([mido.MetaMessage("track_name", name="Drums")])
    track += [mido.MetaMessage("set_tempo", tempo=500_000), mido.MetaMessage("time_signature")]
    for key in (36, 42, 38, 42) * 4:
        track += [mido.Message("note_on", channel=9, note=key), mido.Message("note_off", time=480)]
    mido.MidiFile(tracks=[track]).save(path)


def _sound(path: Path) -> None:
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (4_000, 2))
    soundfile.write(path, samples, 22_050)


def _text(text: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(text) and None  # type: ignore[func-returns-value]


def _style(path: Path) -> None:
    StyleCode(np.linspace(-1, 1, 16).astype(np.float32), "default", "seed").save(path)


def _sfz(path: Path) -> None:
    _sound(path.with_name("kick.wav"))
    path.write_text("#define $K 36\n<group> volume=-3\n<region> key=$K sample=kick.wav tune=10\n")


def _midi_all(path: Path) -> None:
    read_midi(path).beat_grid().covering(60.0)
    read_midi_parts(path)
    read_drum_track(path)


#: By suffix: what makes a valid file, and what reads it.
KINDS: Mapping[str, tuple[Callable[[Path], None], Callable[[Path], Any]]] = {
    "a.wav": (_sound, read_audio),
    "a.flac": (_sound, read_audio),
    "a.aiff": (_sound, read_audio),
    "a.ogg": (_sound, read_audio),
    "a.mp3": (_sound, read_audio),
    "a.mid": (_midi, _midi_all),
    "beats.tsv": (
        _text("".join(f"{b * 0.5:.6f}\t{b % 4 + 1}\n" for b in range(16))),
        lambda path: read_beats(path).covering(60.0),
    ),
    "taps.csv": (_text("time_s,velocity\n0.5,90\n1.0,64\n"), read_rhythm),
    "hits.csv": (_text("time_s,piece,velocity\n0.5,kick,90\n1.0,snare,64\n"), read_hits),
    "sections.tsv": (_text("1\tverse\n5\tchorus\n"), read_sections),
    "map.csv": (_text("piece,key\nkick,36\nsnare,38\n"), load_midi_map),
    "style.json": (_style, StyleCode.load),
    "kit.sfz": (_sfz, load_kit),
    "a.npz": (
        lambda path: np.savez(path, a=np.arange(100), b=np.ones((4, 4))),
        lambda path: read_arrays(path, "arrays"),
    ),
}


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """Another file, near to this one."""
    out = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(0, len(out) + 1))
        kind = int(rng.integers(0, 6))
        if kind == 0 and out:
            out[at % len(out)] = int(rng.integers(0, 256))
        elif kind == 1:
            del out[at:]
        elif kind == 2:
            out[at:at] = out[: int(rng.integers(0, 64))]
        elif kind == 3:
            out[at : at + 4] = rng.bytes(4)
        elif kind == 4:
            out[at:at] = NUMBERS[int(rng.integers(0, len(NUMBERS)))]
        else:
            out[at : at + int(rng.integers(1, 16))] = b""
    return bytes(out)


def _work(jobs: Any, answers: Any) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (3_600, 3_600))
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    while (job := jobs.get()) is not None:
        name, path = job
        begun, fault, is_told = time.monotonic(), "", False
        signal.setitimer(signal.ITIMER_REAL, MAX_S)
        try:
            KINDS[name][1](Path(path))
        except DrumnetError as told:
            fault, is_told = "" if "\n" not in str(told) else "more than a line", True
        except KeyboardInterrupt:
            fault = "hang"
        except BaseException:
            fault = traceback.format_exc(limit=-2)
        signal.setitimer(signal.ITIMER_REAL, 0)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        answers.put((fault, is_told, time.monotonic() - begun, peak_mb))


def main(number: int = 3_000, seed: int = 0) -> int:
    rng = np.random.default_rng(seed)
    faults: Counter[str] = Counter()
    slowest_s, most_mb, refused = 0.0, 0, 0
    jobs, answers = mp.Queue(), mp.Queue()  # type: ignore[var-annotated]
    worker = mp.Process(target=_work, args=(jobs, answers))
    worker.start()
    with tempfile.TemporaryDirectory() as folder:
        valid = {}
        for name, (make, read) in KINDS.items():
            make(Path(folder) / name)
            read(Path(folder) / name)  # as it is it can be read
            valid[name] = (Path(folder) / name).read_bytes()
        before = {path.name for path in Path(folder).iterdir()}
        for index in range(number):
            name = list(KINDS)[index % len(KINDS)]
            (Path(folder) / name).write_bytes(mutated(valid[name], rng))
            jobs.put((name, str(Path(folder) / name)))
            fault, is_told, took_s, peak_mb = answers.get(timeout=10 * MAX_S)
            refused += is_told
            slowest_s, most_mb = max(slowest_s, took_s), max(most_mb, peak_mb)
            if fault or took_s > MAX_S or peak_mb > MAX_MB:
                faults[f"{name}: {fault or 'too much'}"] += 1
        left = len({path.name for path in Path(folder).iterdir()} - before)
    jobs.put(None)
    worker.join()
    for fault, count in faults.most_common():
        print(count, fault)
    found = {
        "inputs": number, "readers": len(KINDS), "seed": seed, "refused": refused,
        "faults": sum(faults.values()), "files_left": left,
        "slowest_s": round(slowest_s, 2), "most_mb": most_mb,
    }  # fmt: skip
    print(json.dumps(found))
    return int(bool(faults) or left > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
