"""One pass over a song gives what listening to its stems one by one gives, to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import drumnet.song_pass
import drumnet.threads
from drumnet.audio.metered import ChangedSource
from drumnet.audio.source import Audio, Samples, write_wav
from drumnet.beats.evidence import hear_stem
from drumnet.errors import AudioError
from drumnet.hearing.onset_strength import stem_curve
from drumnet.hits import DrumTrack, Piece
from drumnet.kits.kit import embedded_kit
from drumnet.rendering.band import band_blocks, band_of
from drumnet.rendering.mixdown import MixLevels, mix_blocks
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem, load_song
from drumnet.song_pass import SongHeard, hear_song

RATES_HZ = {"bass": 44_100, "keys": 48_000, "vocals": 16_000, "drums": 44_100}


def plucked(pitch_hz: float, duration_s: float, rate_hz: int, channels: int) -> Samples:
    """(channels, n) two notes a second."""
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    tone = np.sin(2 * np.pi * pitch_hz * t) * np.exp(-8 * (t % 0.5)) * 0.4
    sides = np.linspace(1.0, 0.5, channels)[:, None]
    return np.asarray(sides * tone, dtype=np.float32)


def read_counted(sound: Audio, reads: list[str], name: str) -> ChangedSource:
    """A sound that says each time when it is read from its start."""

    def counted(blocks: Iterator[Samples]) -> Iterator[Samples]:
        reads.append(name)
        yield from blocks

    return ChangedSource(sound, counted)


@pytest.fixture
def reads() -> list[str]:
    return []


@pytest.fixture
def song(reads: list[str]) -> Song:
    """Of several rates, lengths and numbers of channels; with notes, a quiet stem and drums,
    which are written anew."""
    stems = [
        Stem("notes", Role.GUITAR, Onsets(np.arange(0.5, 9.0, 0.5), np.full(17, 0.8))),
    ]
    for at, (name, rate_hz) in enumerate(RATES_HZ.items()):
        sound = plucked(110.0 * (at + 1), 9.0 + at, rate_hz, 1 + at % 2)
        sound *= 10 ** (-40 / 20) if name == "vocals" else 1.0
        source = read_counted(Audio(sound, rate_hz), reads, name)
        stems.append(Stem(name, Role(name), source))
    return Song(tuple(stems))


def bits(heard: SongHeard) -> list[bytes]:
    """All that was heard."""
    assert heard.evidence is not None and heard.band is not None and heard.band.sound is not None
    arrays = [array for one in heard.evidence.values() for array in (one.flux, one.chroma)]
    for curve in heard.curves.values():
        assert (curve.onsets is not None and curve.loudness is None) or curve.loudness is not None
        arrays += [curve.strength, *([] if curve.onsets is None else [curve.onsets.times_s])]
        arrays += [] if curve.loudness is None else [curve.loudness.peaks]
    arrays += [heard.band.extremes.highest, heard.band.extremes.lowest, *heard.band.sound]
    return [np.ascontiguousarray(array).tobytes() for array in arrays]


def test_it_is_what_each_listener_hears_alone(song: Song) -> None:
    heard = hear_song(song, for_beats=True, for_mix=True)
    assert heard.evidence is not None and heard.band is not None and heard.band.sound is not None
    assert list(heard.curves) == list(song.heard) and set(heard.evidence) == set(song.stems)
    for stem, curve in heard.curves.items():
        alone = stem_curve(stem)
        np.testing.assert_array_equal(curve.strength, alone.strength)
        assert curve.span == alone.span
        if curve.onsets is not None and alone.onsets is not None:
            np.testing.assert_array_equal(curve.onsets.times_s, alone.onsets.times_s)
    for stem, found in heard.evidence.items():
        alone_evidence = hear_stem(stem.source, stem.role)
        np.testing.assert_array_equal(found.flux, alone_evidence.flux)
        np.testing.assert_array_equal(found.chroma, alone_evidence.chroma)
    due = np.concatenate(list(band_blocks(song, song.duration_s)), axis=1)
    np.testing.assert_array_equal(np.concatenate(list(heard.band.sound), axis=1), due)
    extremes = band_of(song, song.duration_s).extremes
    np.testing.assert_array_equal(heard.band.extremes.highest, extremes.highest)


def test_each_stem_is_read_once_but_for_a_quiet_one(song: Song, reads: list[str]) -> None:
    hear_song(song, for_beats=True, for_mix=True)
    assert sorted(reads) == sorted([*RATES_HZ, "vocals"])


def test_nothing_is_read_that_nobody_asks_for(song: Song, reads: list[str]) -> None:
    heard = hear_song(song)
    assert heard.evidence is None and heard.band is None
    assert "drums" not in reads, "they are written anew"


def test_it_is_the_same_on_one_core_and_four(song: Song, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for number in (1, 4):
        monkeypatch.setattr(drumnet.threads, "num_cores", lambda number=number: number)
        found.append(bits(hear_song(song, for_beats=True, for_mix=True)))
    assert found[0] == found[1]


def test_a_mix_of_a_song_that_is_kept_is_the_mix_of_one_that_is_read_again(
    song: Song, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels, kit = MixLevels(1.0, 0.9), embedded_kit(pieces=[Piece.KICK])
    kept = hear_song(song, for_mix=True).band
    monkeypatch.setattr(drumnet.rendering.band, "_MOST_KEPT_BYTES", 0)
    measured = hear_song(song, for_mix=True).band
    assert kept is not None and kept.sound is not None
    assert measured is not None and measured.sound is None
    one, other = (
        np.concatenate(list(mix_blocks(song, DrumTrack(), kit, None, levels, band)), axis=1)
        for band in (kept, measured)
    )
    np.testing.assert_array_equal(one, other)


def test_a_stem_that_is_damaged_is_named(tmp_path: Path) -> None:
    """From whichever thread it is read."""
    for name in ("bass", "keys"):
        write_wav(tmp_path / f"{name}.wav", [plucked(110.0, 9.0, 44_100, 1)], 44_100, 1)
    song = load_song(tmp_path)
    (tmp_path / "keys.wav").unlink()
    with pytest.raises(AudioError, match=r"keys\.wav' was deleted while it was read"):
        hear_song(song, for_mix=True)
