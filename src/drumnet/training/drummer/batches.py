"""Random excerpts of random songs, as the model is to meet them.

In: a `TickStore` and a `HearingBank`.  Out: `Batch`es of two excerpts a song.
What the user's songs will vary in is varied here: which roles are given, how
well their onsets are heard, what is played.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.reading import PERFORMANCE
from drumnet.corpus.subdivisions import as_meant
from drumnet.corpus.ticksong import NUM_ROLES, TickSong
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hits import PIECES, Piece
from drumnet.song.roles import ROLE_OF_PIECE, Role
from drumnet.training.drummer.config import TrainConfig
from drumnet.training.drummer.excerpts import Excerpt, cut, joined, looped, misplaced
from drumnet.training.drummer.rhythms import other_rhythm
from drumnet.training.drummer.simulate import HearingBank, SimulationConfig
from drumnet.training.drummer.tasks import Task, draw_decided, draw_task
from drumnet.training.drummer.windows import WindowBatch, Windows

_RARE = [HEARD_ROLES.index(role) for role in (Role.HAT, Role.TOMS, Role.CYMBALS)]
#: A song with as many velocities was played, or made as if it were.
_HUMAN_VELOCITIES = 8


class Batch(NamedTuple):
    """Excerpts, two a song: excerpts 2i and 2i+1 are of one song.

    Args:
        strength: (batch, roles, ticks); present: (batch, roles).
        beat_in_bar, bar_length, bar: (batch, beats) int64.
        velocity: (batch, pieces, ticks) 0-1, 0 where nothing is hit.
        offset: (batch, pieces, ticks) in ticks.
        seen: (batch, pieces) 1 where the code is taken of the piece.
        known: (batch, pieces + 1, beats) 1 where the piece, or last the tap, is given.
        asked: (batch, pieces, beats) 1 where the piece is to be played.
        human: (batch, 2) 1 where velocities, and where offsets are a person's.
        coded: (batch,) 1 where there is a code to play by.
    """

    strength: NDArray[np.float32]
    present: NDArray[np.float32]
    beat_in_bar: NDArray[np.int64]
    bar_length: NDArray[np.int64]
    bar: NDArray[np.int64]
    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]
    seen: NDArray[np.float32]
    known: NDArray[np.float32]
    asked: NDArray[np.float32]
    human: NDArray[np.float32]
    coded: NDArray[np.float32]


class _Pair(NamedTuple):
    """Two excerpts of a song, (roles,) which of its roles are given, what is to be
    done, (2,) whether velocities and offsets are a person's, and whether the song
    is a performance of the drums alone."""

    excerpts: list[Excerpt]
    present: NDArray[np.bool_]
    task: Task
    human: NDArray[np.bool_]
    performed: bool


class Batches:
    """Batches without end; number n depends on the seed and n alone."""

    def __init__(
        self,
        songs: Sequence[TickSong],
        bank: HearingBank,
        config: TrainConfig,
        simulation: SimulationConfig | None = None,
    ) -> None:
        self._config = config
        self._bank = bank
        self._simulation = simulation or SimulationConfig()
        self._pieces = [PIECES.index(Piece(name)) for name in config.model.pieces]
        played = [NUM_ROLES + index for index in self._pieces]
        usable = [
            song for song in songs if np.isin(song.row, played).sum() >= 8 and song.num_beats >= 16
        ]
        self._songs = _Pool(song for song in usable if not _is_performed(song))
        performed = [song for song in usable if _is_performed(song)]
        self._performed = _Pool(as_meant(song) for song in performed)
        sequenced = [s for s in usable if not _is_performed(s) and _human(s)[0]]
        self._windows = Windows(
            performed,
            sequenced,
            self._pieces,
            config.windows_sequenced,
            config.windows_swapped,
            config.windows_uneven,
            config.windows_paired,
        )

    def __len__(self) -> int:
        return len(self._songs) + len(self._performed)

    def windows(self, step: int) -> WindowBatch | None:
        """The windows beside batch number `step`, if there are performances."""
        size = self._config.windows if len(self._windows) else 0
        rng = np.random.default_rng([self._config.seed, step, 1])
        return self._windows.batch(size, rng) if size else None

    def batch(self, step: int) -> Batch:
        rng = np.random.default_rng([self._config.seed, step])
        config = self._config
        pairs = [self._pair(rng) for _ in range(config.batch_songs)]
        excerpts = [excerpt for pair in pairs for excerpt in pair.excerpts]
        decided = [self._decided(pair, excerpt, rng) for pair in pairs for excerpt in pair.excerpts]
        no_code = [config.no_code_performed if pair.performed else config.no_code for pair in pairs]

        def twice(rows: Iterable[NDArray[np.bool_]]) -> NDArray[np.float32]:
            return np.repeat(np.stack(list(rows)), 2, axis=0).astype(np.float32)

        return Batch(
            np.stack([p.strength for p in excerpts]),
            twice(pair.present for pair in pairs),
            np.stack([p.beat_in_bar for p in excerpts]),
            np.stack([p.bar_length for p in excerpts]),
            np.stack([p.bar for p in excerpts]),
            np.stack([p.velocity for p in excerpts]),
            np.stack([p.offset for p in excerpts]),
            twice(pair.task.seen for pair in pairs),
            np.stack([known for known, _ in decided]).astype(np.float32),
            np.stack([asked for _, asked in decided]).astype(np.float32),
            twice(pair.human for pair in pairs),
            (rng.random(2 * len(pairs)) >= np.repeat(no_code, 2)).astype(np.float32),
        )

    def _decided(
        self, pair: _Pair, excerpt: Excerpt, rng: np.random.Generator
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """`Batch.known` and `Batch.asked` of an excerpt."""
        config = self._config
        beats = config.passage_beats
        known = draw_decided(pair.task, excerpt.bar, config, rng)
        asked = pair.task.asked[:, None] & ~known
        if pair.performed:  # the recording ends, not the music
            asked[:, excerpt.num_beats :] = False
        tapped = config.tapped_performed if pair.performed else config.tapped
        tap = np.full((1, beats), rng.random() < tapped)
        return np.concatenate([known, tap]), asked

    def _draw(self, rng: np.random.Generator) -> TickSong:
        pools = (self._songs, self._performed)
        performed = rng.random() < self._config.performed
        pool = pools[performed] if len(pools[performed]) else pools[not performed]
        return pool.draw(rng)

    def _varied(self, song: TickSong, rng: np.random.Generator) -> TickSong:
        """The song, or the song in another rhythm; what was heard from sound
        stays as it was."""
        config = self._config
        kinds = ("metre", "swing", "tempo", "grid")
        shares = (config.other_metre, config.swung, config.wrong_tempo, config.wrong_grid)
        drawn = rng.random()
        for kind, limit in zip(kinds, np.cumsum(shares), strict=True):
            if drawn < limit:
                return (
                    other_rhythm(song, kind, rng) if song.about.get("heard") == "events" else song
                )
        return song

    def _pair(self, rng: np.random.Generator) -> _Pair:
        song = self._varied(self._draw(rng), rng)
        task = draw_task(self._config, rng)
        # What is to be played is not heard, nor does it bleed into what is.
        present = song.present & ~self._asked_roles(task)
        length = self._config.passage_beats
        starts = rng.integers(0, max(1, song.num_beats - length // 2), 2)
        excerpts = [self._cut(song, int(start)) for start in starts]
        if song.about.get("heard") == "events" and rng.random() < self._config.simulated:
            excerpts = self._as_audio(excerpts, present, rng)
        if rng.random() < self._config.joined:
            excerpts, present = joined(excerpts, present, rng)
        if rng.random() < self._config.misplaced:
            beats = int(rng.integers(1, max(2, int(excerpts[0].bar_length[0]))))
            excerpts = [misplaced(p, beats) for p in excerpts]
        present = self._hidden(present, rng)
        human = _human(song)
        if rng.random() < self._config.looped:
            excerpts, human = self._looped(excerpts, human, rng)
        excerpts = [p._replace(strength=p.strength * present[:, None]) for p in excerpts]
        return _Pair(excerpts, present, task, human, _is_performed(song))

    def _asked_roles(self, task: Task) -> NDArray[np.bool_]:
        """(roles,) the drum stems that hold something that is to be played."""
        asked = [PIECES[index] for index, yes in zip(self._pieces, task.asked, strict=True) if yes]
        roles = {ROLE_OF_PIECE[piece] for piece in asked}
        return np.array([role in roles for role in HEARD_ROLES])

    def _cut(self, song: TickSong, start: int) -> Excerpt:
        return cut(song, start, self._config.passage_beats, self._pieces)

    def _as_audio(
        self, excerpts: list[Excerpt], present: NDArray[np.bool_], rng: np.random.Generator
    ) -> list[Excerpt]:
        """Both excerpts heard through the same simulated ears."""
        if not len(self._bank):
            return excerpts
        length = excerpts[0].strength.shape[1]
        whole = np.concatenate([p.strength for p in excerpts], axis=1)
        heard = np.zeros_like(whole)
        for row in np.flatnonzero(present):
            heard[row] = self._bank.simulate(
                HEARD_ROLES[row].value, whole[row], rng, self._simulation
            )
        if present.sum() > 1:  # other stems are heard in a stem
            bleed = rng.uniform(0, self._simulation.bleed) * rng.random((len(heard), 1))
            heard = np.maximum(heard, bleed * heard.max(axis=0) * present[:, None])
        heard = heard.astype(np.float32)
        return [
            p._replace(strength=heard[:, i * length : (i + 1) * length])
            for i, p in enumerate(excerpts)
        ]

    def _hidden(self, present: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
        """The roles that are given, others hidden at random."""
        config = self._config
        share = np.full(NUM_ROLES, config.role_dropout)
        share[_RARE] = config.drum_role_dropout
        kept = present & (rng.random(NUM_ROLES) >= share)
        if present.any() and rng.random() < config.alone:
            kept = np.zeros_like(present)
            kept[rng.choice(np.flatnonzero(present))] = True
        return kept

    def _looped(
        self, excerpts: list[Excerpt], human: NDArray[np.bool_], rng: np.random.Generator
    ) -> tuple[list[Excerpt], NDArray[np.bool_]]:
        """The drums replaced by one or two bars of another song, looped; where the
        metre changes between the excerpts, nothing is."""
        other = self._draw(rng)
        num_bars = int(rng.integers(1, 3))
        bar_beats = int(excerpts[0].bar_length[0])
        bars = np.flatnonzero(other.beat_in_bar == 0)
        fits = [b for b in bars if other.bar_length[b] == bar_beats]
        if not fits or any(excerpt.bar_length[0] != bar_beats for excerpt in excerpts):
            return excerpts, human
        source = self._cut(other, int(fits[rng.integers(len(fits))]))
        loop = num_bars * bar_beats * TICKS_PER_BEAT
        if not source.velocity[:, :loop].any() or loop > source.velocity.shape[1]:
            return excerpts, human
        return [looped(excerpt, source, num_bars) for excerpt in excerpts], _human(other)


class _Pool:
    """Songs to draw from."""

    def __init__(self, songs: Iterable[TickSong]) -> None:
        self._songs = tuple(songs)
        # Long songs have more to show, but not in proportion.
        weight = np.sqrt([song.num_beats for song in self._songs])
        self._share = np.cumsum(weight) / weight.sum()

    def __len__(self) -> int:
        return len(self._songs)

    def draw(self, rng: np.random.Generator) -> TickSong:
        return self._songs[int(np.searchsorted(self._share, rng.random()))]


def _is_performed(song: TickSong) -> bool:
    return song.about.get("kind") == PERFORMANCE


def _human(song: TickSong) -> NDArray[np.bool_]:
    """(2,) whether the velocities, and the offsets, are a person's: charts have
    constant velocities, and sequences may lie beside the beat as a whole."""
    performed = _is_performed(song)
    velocities = np.unique(song.value[song.row >= NUM_ROLES])
    return np.array([performed or len(velocities) >= _HUMAN_VELOCITIES, performed])
