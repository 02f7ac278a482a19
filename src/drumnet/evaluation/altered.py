"""Recordings played faster or slower, or begun later: still the same song.

In: a recording in the layout of MDB (stems as FLAC, `beats.tsv`, `drums.tsv`).
Out: the same folder altered, annotations and all.  Its pitch moves with its
speed, as a tape's does.
"""

from __future__ import annotations

from pathlib import Path

from drumnet.beats.files import read_beats

_BEATS, _DRUMS = "beats.tsv", "drums.tsv"
#: Cut this long before a beat, so that what is played on it stays.
_EARLY_S = 0.02


def altered_recording(folder: Path, out: Path, *, speed: float = 1.0, first_beat: int = 0) -> Path:
    """Write the new folder `out`, and return it.

    Args:
        speed: 1.2 plays it 20 % faster.
        first_beat: the beats before this one are cut off.
    """
    import soundfile

    beat_s = float(read_beats(folder / _BEATS).beats_s[first_beat])
    start_s = max(beat_s - _EARLY_S, 0.0) if first_beat else 0.0
    out.mkdir(parents=True)
    for path in sorted(folder.glob("*.flac")):
        samples, rate = soundfile.read(path, dtype="int32")
        soundfile.write(out / path.name, samples[round(start_s * rate) :], round(rate * speed))
    for name in (_BEATS, _DRUMS):
        rows = [line.split("\t", 1) for line in (folder / name).read_text().splitlines()]
        moved = [((float(time) - start_s) / speed, rest) for time, rest in rows]
        lines = [f"{time:.6f}\t{rest}\n" for time, rest in moved if time >= 0]
        (out / name).write_text("".join(lines))
    return out
