"""A drum track in other programs, and in a notebook."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import mido
import numpy as np
import pytest
import soundfile

from drumnet import BeatGrid, MidiLayout
from drumnet.errors import DrumnetError, KitError
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.midi.read import read_midi
from drumnet.midi.write import write_midi

GRID = BeatGrid(np.cumsum([0.0, *([0.48, 0.52] * 20)]), np.arange(41) % 4 + 1)
PATTERN = ((0, Piece.KICK, 120), (12, Piece.SNARE, 90), (18, Piece.CLOSED_HAT, 40))
TRACK = DrumTrack(
    tuple(
        Hit(float(GRID.ticks_to_seconds(48 * bar + tick)), 48 * bar + tick, piece, velocity)
        for bar in range(9)
        for tick, piece, velocity in PATTERN
    )
)
ONSETS = [hit.onset_s for hit in TRACK]


def onsets(file: mido.MidiFile, folder: Path) -> list[float]:
    file.save(folder / "found.mid")
    song = read_midi(folder / "found.mid")
    return sorted(t for track in song.tracks for t in song.seconds(track.ticks).tolist())


def test_midi_is_drums_mid(tmp_path: Path) -> None:
    layout = MidiLayout.of("roland-td", tracks="pieces")
    write_midi(tmp_path / "written.mid", TRACK, GRID, layout)
    TRACK.to_midi(GRID, layout).save(tmp_path / "made.mid")
    assert (tmp_path / "made.mid").read_bytes() == (tmp_path / "written.mid").read_bytes()


def test_midi_without_beats_keeps_the_times(tmp_path: Path) -> None:
    file = TRACK.to_midi()
    assert isinstance(file, mido.MidiFile)
    tempos = [m.tempo for track in file.tracks for m in track if m.type == "set_tempo"]
    assert tempos == [500_000]
    np.testing.assert_allclose(onsets(file, tmp_path), ONSETS, atol=1e-3)


def test_midi_of_nothing_is_a_file(tmp_path: Path) -> None:
    assert onsets(DrumTrack().to_midi(), tmp_path) == []


def test_sound_begins_where_the_hits_are() -> None:
    sound = DrumTrack((Hit(0.5, 12, Piece.KICK, 127),)).to_audio()
    assert sound.duration_s == pytest.approx(2.5)
    loud = np.abs(sound.samples).max(axis=0)
    start = round(0.5 * sound.sample_rate)
    assert loud[:start].max() == 0 and loud[start : start + 441].max() > 0.01
    assert loud.max() <= 10 ** (-1 / 20) + 1e-6


def test_sound_of_another_kit_length_and_rate() -> None:
    sound = TRACK.to_audio("808", 3.0, 22_050)
    assert (sound.num_samples, sound.sample_rate) == (66_150, 22_050)
    assert not np.array_equal(sound.samples, TRACK.to_audio("909", 3.0, 22_050).samples)
    with pytest.raises(KitError, match="there is no kit 'nine'"):
        TRACK.to_audio("nine")
    with pytest.raises(DrumnetError, match="-1 s is no length"):
        TRACK.to_audio(duration_s=-1)


def test_records_are_the_hits() -> None:
    records = TRACK.to_records()
    again = [Hit(r["time_s"], r["tick"], Piece(r["piece"]), r["velocity"]) for r in records]
    assert DrumTrack(tuple(again)) == TRACK


def test_a_notebook_shows_every_hit_of_the_first_bars_where_it_is() -> None:
    html = TRACK._repr_html_()
    assert "27 hits: kick 9, snare 9, closed_hat 9" in html
    picture = ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])
    shown = [one.find("title") for one in picture.iter("rect")]
    assert sorted(float(one.text.split()[0]) for one in shown) == pytest.approx(  # type: ignore
        sorted(ONSETS), abs=1e-3
    )
    kinds = {one.get("class") for one in picture.iter("rect")}
    assert kinds == {"drumnet-accent", "drumnet-hit", "drumnet-ghost"}
    xs = [float(one.get("x", "")) for one in picture.iter("rect")]
    assert len(set(xs)) == 3 * 4, "three places in each of the four bars of a line"


def test_a_notebook_plays_the_first_half_minute() -> None:
    if "MP3" not in soundfile.available_formats():
        pytest.skip("this libsndfile writes no MP3")
    long = DrumTrack(tuple(Hit(0.5 * n, 12 * n) for n in range(600)))
    html = long._repr_html_()
    found = re.search(r'<audio controls src="data:audio/mpeg;base64,([^"]+)"', html)
    assert found is not None
    sound, rate = soundfile.read(io.BytesIO(base64.b64decode(found[1])))
    assert len(sound) / rate == pytest.approx(30, abs=0.2)
    assert np.abs(sound).max() > 0.1
    assert len(html) < 1_000_000


def test_nothing_is_shown_of_nothing() -> None:
    assert DrumTrack()._repr_html_() == "<div class='drumnet'>0 hits</div>"
