"""Projects of DAWs read as a DAW reads them, by nothing that has written them.

In: a `.dawproject` or an `.rpp`.  Out: what a user of the DAW would see and hear.  `.rpp` is read
by the package `rpp`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import soundfile
from numpy.typing import ArrayLike, NDArray

Clock = Callable[[ArrayLike], NDArray[np.float64]]


@dataclass(frozen=True)
class ReadHit:
    time_s: float
    key: int
    velocity: int


@dataclass(frozen=True)
class ReadSound:
    num_channels: int
    sample_rate: int
    num_samples: int


@dataclass(frozen=True)
class ReadTrack:
    """Args:
    under: the group that it is in, empty where it is in none.
    """

    name: str
    under: str
    colour: str
    gain: float
    mute: bool
    solo: bool
    hits: tuple[ReadHit, ...] = ()
    sound: ReadSound | None = None


@dataclass(frozen=True)
class ReadProject:
    """Args:
    tempos: (quarter note, bpm) of each.
    signatures: (quarter note, numerator, denominator).
    markers: (seconds, name).
    tracks: by name; groups, too.
    """

    about: str
    tempos: tuple[tuple[float, float], ...]
    signatures: tuple[tuple[float, int, int], ...]
    markers: tuple[tuple[float, str], ...]
    tracks: dict[str, ReadTrack]
    master: float


def read_project(path: Path) -> ReadProject:
    """Either kind."""
    return read_reaper(path) if path.suffix == ".rpp" else read_dawproject(path)


def _clock(tempos: list[tuple[float, float]]) -> Clock:
    """Seconds of quarter notes, of tempos that hold."""
    starts, bpm = np.array(tempos).T
    starts_s = np.concatenate([[0.0], np.cumsum(np.diff(starts) * 60 / bpm[:-1])])

    def seconds(quarters: ArrayLike) -> NDArray[np.float64]:
        at = np.asarray(quarters, dtype=np.float64)
        held = np.searchsorted(starts, at, side="right") - 1
        return np.asarray(starts_s[held] + (at - starts[held]) * 60 / bpm[held])

    return seconds


# ------------------------------------------------------------------ DAWproject


def read_dawproject(path: Path) -> ReadProject:
    """As `Project.xsd` and its reference say."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        root = ElementTree.fromstring(archive.read("project.xml"))
        about = ElementTree.fromstring(archive.read("metadata.xml"))
        sounds = {
            name: _sound(io.BytesIO(archive.read(name)))
            for name in archive.namelist()
            if not name.endswith(".xml")
        }
    tempos = [(0.0, float(root.find("Transport/Tempo").get("value")))]  # type: ignore
    points = root.findall("Arrangement/TempoAutomation/RealPoint")
    assert all(point.get("interpolation") == "hold" for point in points)
    tempos = [(_of(point, "time"), _of(point, "value")) for point in points] or tempos
    metre = root.find("Transport/TimeSignature")
    signed = root.findall("Arrangement/TimeSignatureAutomation/TimeSignaturePoint")
    parts = ("numerator", "denominator")
    signatures = [(_of(one, "time"), *(int(one.get(p, "")) for p in parts)) for one in signed]
    seconds = _clock(tempos)
    markers = root.findall("Arrangement/Markers/Marker")
    content = {
        lanes.get("track"): lanes.find("Clips/Clip")
        for lanes in root.findall("Arrangement/Lanes/Lanes")
    }
    tracks = {}
    master = 1.0
    for parent in root.iter():
        for track in parent.findall("Track"):
            under = parent.get("name", "") if parent.tag == "Track" else ""
            read = _dawproject_track(track, under, content.get(track.get("id")), seconds, sounds)
            if track.find("Channel").get("role") == "master":  # type: ignore
                master = read.gain
            else:
                tracks[read.name] = read
    return ReadProject(
        about.findtext("Comment", ""),
        tuple(tempos),
        tuple(signatures)  # type: ignore
        or ((0.0, *(int(metre.get(p, "")) for p in parts)),),  # type: ignore
        tuple((float(seconds(_of(one, "time"))), one.get("name", "")) for one in markers),
        tracks,
        master,
    )


def _dawproject_track(
    track: Any, under: str, clip: Any, seconds: Clock, sounds: dict[str, ReadSound]
) -> ReadTrack:
    channel = track.find("Channel")
    hits: tuple[ReadHit, ...] = ()
    sound = None
    if clip is not None:
        notes = clip.findall("Notes/Note")
        times = seconds([_of(clip, "time") + _of(note, "time") for note in notes])
        hits = tuple(
            ReadHit(float(at), int(note.get("key")), round(_of(note, "vel") * 127))
            for at, note in zip(times, notes, strict=True)
        )
        audio = clip.find("Audio")
        if audio is not None:
            sound = sounds[audio.find("File").get("path")]
            assert clip.get("contentTimeUnit") == "seconds" and _of(clip, "playStart") == 0
            said = (int(audio.get("channels")), int(audio.get("sampleRate")))
            assert said == (sound.num_channels, sound.sample_rate)
            assert abs(_of(audio, "duration") - sound.num_samples / sound.sample_rate) < 0.1
    return ReadTrack(
        track.get("name"),
        under,
        track.get("color", ""),
        _of(channel.find("Volume"), "value"),
        channel.find("Mute").get("value") == "true",
        channel.get("solo") == "true",
        hits,
        sound,
    )


def _of(element: Any, name: str) -> float:
    return float(element.get(name))


def _sound(file: Any) -> ReadSound:
    info = soundfile.info(file)
    return ReadSound(info.channels, info.samplerate, info.frames)


# ------------------------------------------------------------------ REAPER


def read_reaper(path: Path) -> ReadProject:
    """Read with the package `rpp`; points of the tempo stand in seconds there."""
    import rpp

    root = rpp.loads(path.read_text(encoding="utf-8"))
    points = root.find("TEMPOENVEX").findall("PT")
    tempos: list[tuple[float, float]] = []
    signatures = []
    last_s = quarter = 0.0
    for point in points:
        at_s, bpm, shape = float(point[1]), float(point[2]), point[3]
        assert shape == "1", "it holds"
        quarter += (at_s - last_s) * tempos[-1][1] / 60 if tempos else 0.0
        last_s = at_s
        if not tempos or bpm != tempos[-1][1]:
            tempos.append((quarter, bpm))
        if len(point) > 4:
            signatures.append((round(quarter, 6), int(point[4]) & 0xFFFF, int(point[4]) >> 16))
    seconds = _clock(tempos)
    tracks: dict[str, ReadTrack] = {}
    under = ""
    for track in root.findall("TRACK"):
        read = _reaper_track(track, under, seconds, path.parent)
        tracks[read.name] = read
        folder = track.find("ISBUS")[1:]
        under = read.name if folder == ["1", "1"] else "" if folder == ["2", "-1"] else under
    notes = root.find("NOTES")
    return ReadProject(
        "\n".join(" ".join(_cells(line))[1:] for line in notes),
        tuple(tempos),
        tuple(signatures),
        tuple((float(one[2]), one[3]) for one in root.findall("MARKER")),
        tracks,
        float(root.find("MASTER_VOLUME")[1]),
    )


def _cells(line: Any) -> list[str]:
    return [line] if isinstance(line, str) else list(line)


def _reaper_track(track: Any, under: str, seconds: Clock, folder: Path) -> ReadTrack:
    colour = int(track.find("PEAKCOL")[1])
    assert colour >> 24 == 1, "a colour of its own"
    item = track.find("ITEM")
    hits: tuple[ReadHit, ...] = ()
    sound = None
    if item is not None:
        assert float(item.find("POSITION")[1]) == 0
        source = item.find("SOURCE")
        length_s = float(item.find("LENGTH")[1])
        if source.attrib[0] == "MIDI":
            hits = _reaper_hits(source, seconds, length_s)
        else:
            sound = _sound(folder / source.find("FILE")[1])
            assert abs(length_s - sound.num_samples / sound.sample_rate) < 0.1
    mute, solo = (value != "0" for value in track.find("MUTESOLO")[1:3])
    red, green, blue = (colour >> shift & 255 for shift in (0, 8, 16))
    gain = float(track.find("VOLPAN")[1])
    name, html = track.find("NAME")[1], f"#{red:02x}{green:02x}{blue:02x}"
    return ReadTrack(name, under, html, gain, mute, solo, hits, sound)


def _reaper_hits(source: Any, seconds: Clock, length_s: float) -> tuple[ReadHit, ...]:
    _, has, ppq, unit = source.find("HASDATA")
    assert (has, unit) == ("1", "QN")
    now, struck, sounding = 0, [], set()
    for _, delta, status, key, value in source.findall("E"):
        now += int(delta)
        if int(status, 16) == 0x99:
            assert key not in sounding, "the note before has ended"
            sounding.add(key)
            struck.append((now / int(ppq), int(key, 16), int(value, 16)))
        elif int(status, 16) == 0x89:
            sounding.discard(key)
    assert not sounding
    assert abs(float(seconds(now / int(ppq))) - length_s) < 0.01, "the item is as long as its notes"
    times = seconds([quarter for quarter, _, _ in struck])
    rows = zip(times, struck, strict=True)
    return tuple(ReadHit(float(at), key, velocity) for at, (_, key, velocity) in rows)
