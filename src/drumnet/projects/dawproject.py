"""A session as a DAWproject, which Bitwig Studio, Studio One, Cubase and others open.

In: a `Session`.  Out: a zip with `project.xml`, `metadata.xml` and the sounds.  Notes and
markers stand in beats, which are quarter notes; sounds play at their own speed, whatever
the tempo.

Source: DAWproject 1.0, https://github.com/bitwig/dawproject (`Project.xsd`, `MetaData.xsd`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import drumnet
from drumnet.hits import MAX_VELOCITY
from drumnet.midi.notes import DRUM_CHANNEL, Note
from drumnet.projects.session import (
    DRUMS_COLOUR,
    AudioTrack,
    Fader,
    Group,
    NoteTrack,
    Session,
)

_AUDIO_FOLDER = "audio/"
#: A zip has no time zone; the same session gives the same bytes.
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_COPIED_BYTES = 1 << 20
#: Fast, and enough for silence, which most of a piece's sound is.
_COMPRESSION = 1

Track = AudioTrack | NoteTrack | Group


def write_dawproject(path: Path, session: Session) -> None:
    """Write the project with all of its sounds."""
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
        for name, root in (
            ("metadata.xml", _metadata(session)),
            ("project.xml", _Project(session).root()),
        ):
            indent(root)
            text = tostring(root, encoding="UTF-8", xml_declaration=True)
            archive.writestr(_entry(name), text)
        for track in session.audio_tracks():
            entry = _entry(_AUDIO_FOLDER + track.sound.name)
            entry.file_size = track.sound.path.stat().st_size
            with open(track.sound.path, "rb") as sound, archive.open(entry, "w") as copy:
                shutil.copyfileobj(sound, copy, _COPIED_BYTES)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _NO_DATE)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _metadata(session: Session) -> Element:
    root = Element("MetaData")
    SubElement(root, "Title").text = session.title
    SubElement(root, "Comment").text = session.about
    return root


class _Project:
    """The elements of a project; what is referred to gets an id."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.ppq = session.timeline.ticks_per_quarter
        self._ids = (f"id{number}" for number in count())

    def root(self) -> Element:
        root = Element("Project", version="1.0")
        SubElement(root, "Application", name="DrumNet", version=drumnet.__version__)
        tempo, metre = self._transport(root)
        structure = SubElement(root, "Structure")
        master = Element("Track", self._named("master", "audio notes"))
        channel = self._channel(master, Fader(self.session.master), "master", None)
        lanes = list(self._tracks(structure, self.session.tracks, channel))
        structure.append(master)
        self._arrangement(root, lanes, tempo, metre)
        SubElement(root, "Scenes")
        return root

    def _transport(self, root: Element) -> tuple[str, str]:
        """The ids of the tempo and the metre."""
        timeline, (tempo, metre) = self.session.timeline, (next(self._ids), next(self._ids))
        transport = SubElement(root, "Transport")
        bpm = _number(float(timeline.tempo.bpm()[0]))
        SubElement(transport, "Tempo", {"unit": "bpm", "value": bpm, "id": tempo, "name": "Tempo"})
        first = timeline.signatures[0]
        parts = {"denominator": str(first.denominator), "numerator": str(first.numerator)}
        SubElement(transport, "TimeSignature", {**parts, "id": metre})
        return tempo, metre

    def _named(self, name: str, content: str, colour: str = "") -> dict[str, str]:
        """The attributes of a track."""
        attributes = {"contentType": content, "loaded": "true", "id": next(self._ids), "name": name}
        return {**attributes, **({"color": colour} if colour else {})}

    def _tracks(
        self, parent: Element, tracks: Iterable[Track], destination: str
    ) -> Iterator[tuple[str, AudioTrack | NoteTrack]]:
        """Adds tracks; the id of each that holds something."""
        for track in tracks:
            kind = {AudioTrack: "audio", NoteTrack: "notes", Group: "tracks"}[type(track)]
            attributes = self._named(track.name, kind, track.colour)
            element = SubElement(parent, "Track", attributes)
            fader = Fader() if isinstance(track, NoteTrack) else track.fader
            role = "submix" if isinstance(track, Group) else "regular"
            channel = self._channel(element, fader, role, destination)
            if isinstance(track, Group):
                yield from self._tracks(element, track.tracks, channel)
            else:
                yield attributes["id"], track

    def _channel(self, track: Element, fader: Fader, role: str, destination: str | None) -> str:
        """Adds the channel of a track; its id."""
        own = next(self._ids)
        attributes = {"audioChannels": "2", "role": role, "solo": _truth(fader.solo), "id": own}
        if destination is not None:
            attributes["destination"] = destination
        channel = SubElement(track, "Channel", attributes)
        mute = {"value": _truth(fader.mute), "id": next(self._ids), "name": "Mute"}
        SubElement(channel, "Mute", mute)
        pan = {"unit": "normalized", "value": "0.5", "id": next(self._ids), "name": "Pan"}
        SubElement(channel, "Pan", pan)
        volume = {"unit": "linear", "value": _number(fader.gain), "id": next(self._ids)}
        SubElement(channel, "Volume", {**volume, "name": "Volume"})
        return own

    def _arrangement(
        self,
        root: Element,
        tracks: Iterable[tuple[str, AudioTrack | NoteTrack]],
        tempo: str,
        metre: str,
    ) -> None:
        arrangement = SubElement(root, "Arrangement", id=next(self._ids))
        all_lanes = SubElement(arrangement, "Lanes", timeUnit="beats", id=next(self._ids))
        for track_id, track in tracks:
            lanes = SubElement(all_lanes, "Lanes", track=track_id, id=next(self._ids))
            clips = SubElement(lanes, "Clips", id=next(self._ids))
            if isinstance(track, AudioTrack):
                self._audio(clips, track)
            else:
                self._notes(clips, track)
        if self.session.markers:
            markers = SubElement(arrangement, "Markers", timeUnit="beats", id=next(self._ids))
            for marker in self.session.markers:
                at = {"time": _number(marker.quarter), "name": marker.name}
                SubElement(markers, "Marker", {**at, "color": DRUMS_COLOUR})
        self._tempos(arrangement, tempo)
        self._metres(arrangement, metre)

    def _audio(self, clips: Element, track: AudioTrack) -> None:
        sound = track.sound
        end = float(self.session.timeline.tempo.quarters(sound.duration_s))
        clip = SubElement(
            clips,
            "Clip",
            time="0",
            duration=_number(end),
            contentTimeUnit="seconds",
            playStart="0",
            playStop=_number(sound.duration_s),
            name=track.name,
        )
        audio = SubElement(
            clip,
            "Audio",
            algorithm="raw",
            channels=str(sound.num_channels),
            duration=_number(sound.duration_s),
            sampleRate=str(sound.sample_rate),
            timeUnit="seconds",
            id=next(self._ids),
        )
        SubElement(audio, "File", path=_AUDIO_FOLDER + sound.name)

    def _notes(self, clips: Element, track: NoteTrack) -> None:
        end = _number(self.session.end)
        clip = SubElement(clips, "Clip", time="0", duration=end, playStart="0", name=track.name)
        notes = SubElement(clip, "Notes", id=next(self._ids))
        for note in track.notes:
            SubElement(notes, "Note", self._note(note))

    def _note(self, note: Note) -> dict[str, str]:
        start, end, hit = note
        return {
            "time": _number(start / self.ppq),
            "duration": _number((end - start) / self.ppq),
            "channel": str(DRUM_CHANNEL),
            "key": str(self.session.keys[hit.piece]),
            "vel": _number(hit.velocity / MAX_VELOCITY),
        }

    def _tempos(self, arrangement: Element, parameter: str) -> None:
        """A tempo that changes; one that does not stands in the transport."""
        tempo = self.session.timeline.tempo
        if len(tempo.starts) == 1:
            return
        attributes = {"timeUnit": "beats", "unit": "bpm", "id": next(self._ids)}
        points = SubElement(arrangement, "TempoAutomation", attributes)
        SubElement(points, "Target", parameter=parameter)
        for start, bpm in zip(tempo.starts.tolist(), tempo.bpm().tolist(), strict=True):
            at = {"time": _number(start), "value": _number(bpm)}
            SubElement(points, "RealPoint", {**at, "interpolation": "hold"})

    def _metres(self, arrangement: Element, parameter: str) -> None:
        signatures = self.session.timeline.signatures
        if len(signatures) == 1:
            return
        attributes = {"timeUnit": "beats", "id": next(self._ids)}
        points = SubElement(arrangement, "TimeSignatureAutomation", attributes)
        SubElement(points, "Target", parameter=parameter)
        for quarter, numerator, denominator in signatures:
            metre = {"numerator": str(numerator), "denominator": str(denominator)}
            SubElement(points, "TimeSignaturePoint", {"time": _number(quarter), **metre})


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _number(value: float) -> str:
    """Nine decimals: a nanosecond, and less of a beat than a tick."""
    return f"{value:.9f}".rstrip("0").rstrip(".")
