"""Songs whose answer is known, and a network that copies bars by way of a code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.beats.files import write_beats
from drumnet.corpus.halves import HalvedSong
from drumnet.corpus.ticksong import PIECES, TickSong, tick_song
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning
from drumnet.hearing.onset_strength import onset_pulses
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.model.network import Network, OnsetActivations
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.style.bank import StyleBank

_BASS, _KICK = HEARD_ROLES.index(Role.BASS), PIECES.index(Piece.KICK)
_RATE = 22_050


@pytest.fixture(scope="session")
def song_of() -> Callable[..., HalvedSong]:
    """`song_of(kick, bass=(), num_bars=16, beats=4, name="song")`: a song at
    120 bpm with kicks and bass notes at these ticks."""
    return _song_of


def _song_of(
    kick: Sequence[int],
    bass: Sequence[int] = (),
    num_bars: int = 16,
    beats: int = 4,
    name: str = "song",
) -> HalvedSong:
    num_beats = num_bars * beats
    strength = np.zeros((len(HEARD_ROLES), num_beats * TICKS_PER_BEAT), np.float32)
    strength[_BASS, list(bass)] = 1.0
    velocity = np.zeros((len(PIECES), num_beats * TICKS_PER_BEAT), np.float32)
    velocity[_KICK, list(kick)] = 0.8
    index = np.arange(num_beats)
    heard = Conditioning(
        strength,
        np.arange(len(HEARD_ROLES)) == _BASS,
        index % beats,
        np.full(num_beats, beats),
        index // beats,
    )
    grid = BeatGrid(0.5 * np.arange(num_beats + 1.0), np.arange(num_beats + 1) % beats + 1)
    return HalvedSong(name, heard, velocity, grid, grid.ticks_to_seconds(sorted(kick)))


@pytest.fixture(scope="session")
def looped() -> Callable[..., list[int]]:
    """`looped(bar, num_bars=16, bar_ticks=48)`: the ticks of a bar, every bar."""
    return lambda bar, num_bars=16, bar_ticks=48: [
        start * bar_ticks + tick for start in range(num_bars) for tick in bar
    ]


@pytest.fixture(scope="session")
def tick_song_of() -> Callable[..., TickSong]:
    """`tick_song_of(kick, bass=(), num_bars=16, bpm=120.0, name="song", beats=4)`:
    the same as a song on ticks."""
    return _tick_song_of


def _tick_song_of(
    kick: Sequence[int],
    bass: Sequence[int] = (),
    num_bars: int = 16,
    bpm: float = 120.0,
    name: str = "song",
    beats: int = 4,
) -> TickSong:
    grid = BeatGrid.constant(bpm, num_bars * beats * 60 / bpm, beats_per_bar=beats)
    hits = tuple(Hit(float(at), 0) for at in grid.ticks_to_seconds(sorted(kick)))
    onsets = Onsets(grid.ticks_to_seconds(sorted(bass)), np.ones(len(bass), np.float32))
    curves = {Role.BASS: onset_pulses(onsets)} if len(bass) else {}
    about = {"name": name, "bpm": bpm, "heard": "events", "split": "test"}
    return tick_song(about, curves, DrumTrack(hits), grid)


@pytest.fixture(scope="session")
def random_loop() -> Callable[..., TickSong]:
    """`random_loop(seed, bpm=120.0, num_bars=20)`: a bar of random bass and
    kick, looped; no two seeds are alike."""

    def made(seed: int, bpm: float = 120.0, num_bars: int = 20) -> TickSong:
        rng = np.random.default_rng(seed)
        bars = np.arange(num_bars)[:, None] * 48

        def ticks(num_hits: int) -> list[int]:
            pattern = 3 * rng.choice(16, num_hits, replace=False)
            return sorted(int(tick) for tick in (bars + pattern).reshape(-1))

        bass = ticks(4)
        return _tick_song_of(ticks(3 + seed % 3), bass, num_bars, bpm, f"song {seed}")

    return made


class Imitator:
    """A network of the kick alone, whose code is the share of hits on each sixteenth
    of the bar, and which plays just that: copy-bar by way of a code."""

    checkpoint = SimpleNamespace(pieces=(Piece.KICK,), styles=StyleBank.none())
    follows_habits = False

    def listen(self, heard: Conditioning) -> NDArray[np.float32]:
        return heard.beat_in_bar[None].astype(np.float32)

    def encode(
        self, listened: NDArray[Any], velocity: NDArray[Any], seen: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        assert seen.tolist() == [True]
        place = self._sixteenth(listened)
        hit = velocity[0].reshape(-1, 3).any(axis=1)
        times = np.bincount(place, minlength=16)
        return (np.bincount(place, hit, 16) / np.maximum(times, 1)).astype(np.float32)

    def decode(self, listened: NDArray[Any], code: NDArray[Any]) -> OnsetActivations:
        probability = np.zeros((1, 12 * listened.shape[1]), np.float32)
        probability[0, ::3] = code[self._sixteenth(listened)]
        still = np.zeros_like(probability)
        return OnsetActivations(probability, probability, still, still, still)

    def probabilities(self, listened: NDArray[Any], codes: NDArray[Any]) -> NDArray[np.float32]:
        return np.array([self.decode(listened, code).probability for code in codes])

    @staticmethod
    def _sixteenth(listened: NDArray[Any]) -> NDArray[np.int64]:
        sixteenths = listened[0][:, None] * 4 + np.arange(4)
        return np.asarray(sixteenths.reshape(-1), dtype=np.int64)


class Deaf(Imitator):
    """It hears no difference between songs."""

    def encode(
        self, listened: NDArray[Any], velocity: NDArray[Any], seen: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        return np.ones(16, np.float32)


@pytest.fixture(scope="session")
def imitator() -> Network:
    return cast(Network, Imitator())


@pytest.fixture(scope="session")
def deaf() -> Network:
    return cast(Network, Deaf())


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recordings of 16 s at 120 bpm in the layout of MDB: bass on every
    beat, snare on 2 and 4, and kick on 1 and 3, or on 1, the and of 2, and 4."""
    import soundfile

    root = tmp_path_factory.mktemp("recordings")
    rng = np.random.default_rng(0)
    since_beat_s = np.arange(16 * _RATE) / _RATE % 0.5
    bass = 0.5 * np.exp(-since_beat_s / 0.06) * np.sin(2 * np.pi * 110.0 * since_beat_s)
    grid = BeatGrid(0.5 * np.arange(33.0), np.arange(33) % 4 + 1)
    for name, bar in (("mdb_rock", (0, 24)), ("mdb_tresillo", (0, 18, 36))):
        folder = root / name
        folder.mkdir()
        for stem in ("bass", "other", "drums"):
            sound = bass if stem == "bass" else rng.normal(0, 0.003, len(bass))
            soundfile.write(folder / f"{stem}.flac", sound, _RATE)
        write_beats(folder / "beats.tsv", grid)
        hits = [(48 * i + tick, label) for i in range(8) for label, ticks in
                (("KD", bar), ("SD", (12, 36))) for tick in ticks]  # fmt: skip
        rows = [f"{grid.ticks_to_seconds(at) + 0.004:.3f}\t{label}\n" for at, label in sorted(hits)]
        (folder / "drums.tsv").write_text("".join(rows))
    return root
