"""A guard against listening twice: how much longer a song takes than what cannot be saved.

Both are measured here, by turns, as processor time, so that a slow or busy machine fails nothing.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import benchmark
from drumnet.song.song import load_song
from drumnet.song_pass import hear_song

#: Of the song; and how often each is measured.
_DURATION_S, _ROUNDS = 20.0, 5
#: It takes about as long as the limit; with each stem read and heard by each listener anew, as
#: it once was, four times as long.
_MOST = 2.5


def test_a_song_is_heard_in_little_more_than_one_decoding_and_one_spectrum(tmp_path: Path) -> None:
    benchmark.write_song(tmp_path, _DURATION_S)
    song = load_song(sorted(tmp_path.glob("*.wav")))
    ratios = []
    for _ in range(_ROUNDS):
        limit_s = benchmark.limit(tmp_path).cpu_s
        begun = time.process_time()
        hear_song(song, for_beats=True, for_mix=True)
        ratios.append((time.process_time() - begun) / limit_s)
    assert median(ratios) < _MOST, f"{median(ratios):.1f} times the limit"


def test_help_loads_nothing_that_it_does_not_need() -> None:
    code = (
        "import sys; sys.argv = ['drumnet', '--help']\n"
        "from drumnet.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('loaded', *({'numpy', 'onnxruntime', 'soundfile'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded"
    assert "Commands:" in done.stdout
