"""Hits to sound.

In: a `DrumTrack` and a `Kit`.  Out: float32 samples at the sample rate, as long
as the song.  A hit starts at the sample nearest to its onset; its velocity
picks the layer and sets the gain (`kit.velocity_gain`), and the round robins of
a layer are taken in turn, from the first hit of the song on.  Where the kit
says that a hit chokes earlier ones, those are faded out in `CHOKE_FADE_S` from
its onset on; others ring on and are summed.

The sound is made in blocks, so that an hour needs no more memory than a minute,
and it does not depend on the length of the blocks, to the last bit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import BLOCK_S, Audio
from drumnet.hits import DrumTrack, Piece
from drumnet.kits.kit import KIT_RATE_HZ, Kit, velocity_gain
from drumnet.rendering.limiter import PEAK_LIMIT

#: Long enough not to click on a 50 Hz drum, short enough not to be heard as
#: a fade; also used where the end of the song cuts off a stroke.
CHOKE_FADE_S = 0.004


@dataclass(slots=True, eq=False)
class _Voice:
    """One stroke in its place: `shot` from sample `start` on, silent from `stop`
    on, after a fade that starts at `fade_from` (all in samples of the song)."""

    piece: Piece
    shot: NDArray[np.float32]
    gain: float
    start: int
    fade_from: int
    stop: int

    def cut(self, fade_from: int, stop: int) -> None:
        """Silent from `stop` on unless it is so before."""
        if stop < self.stop:
            self.fade_from, self.stop = fade_from, stop

    def add_to(self, block: NDArray[np.float32], block_start: int, gain: float) -> None:
        """Adds the part of the stroke that falls into the block (channels, n)."""
        first = max(self.start, block_start)
        last = min(self.stop, block_start + block.shape[1])
        if first >= last:
            return
        part = self.shot[:, first - self.start : last - self.start] * np.float32(gain * self.gain)
        if last > self.fade_from and self.stop > self.fade_from:
            late = max(first, self.fade_from)
            left = self.stop - np.arange(late, last)
            part[:, late - first :] *= (left / (self.stop - self.fade_from)).astype(np.float32)
        block[:, first - block_start : last - block_start] += part


class Rendering:
    """A track's strokes in their places, put there once for all of its stems.

    Args:
        duration_s: that sounds; hits before 0 sound at 0, hits after the end do not.
    """

    def __init__(
        self, track: DrumTrack, kit: Kit, duration_s: float, sample_rate: int = KIT_RATE_HZ
    ) -> None:
        self._track, self._kit, self._sample_rate = track, kit, sample_rate
        self._num_samples, self._num_channels = round(duration_s * sample_rate), kit.num_channels
        self._voices = _voices(track, kit.at_rate(sample_rate), self._num_samples)

    @property
    def sounding(self) -> frozenset[Piece]:
        """The pieces that are not silent throughout."""
        return frozenset(voice.piece for voice in self._voices if voice.start < voice.stop)

    def blocks(
        self,
        pieces: Collection[Piece] | None = None,
        gain: float = 1.0,
        block_samples: int | None = None,
    ) -> Iterator[NDArray[np.float32]]:
        """As of `render_blocks`."""
        heard = set(self._track.pieces if pieces is None else pieces)
        self._kit.require([piece for piece in self._track.pieces if piece in heard])
        size = block_samples or round(BLOCK_S * self._sample_rate)
        voices = [voice for voice in self._voices if voice.piece in heard]
        return _sum_blocks(voices, gain, self._num_channels, self._num_samples, size)


def render_blocks(
    track: DrumTrack,
    kit: Kit,
    duration_s: float,
    sample_rate: int = KIT_RATE_HZ,
    pieces: Collection[Piece] | None = None,
    *,
    gain: float = 1.0,
    block_samples: int | None = None,
) -> Iterator[NDArray[np.float32]]:
    """The drums, in blocks of (kit.num_channels, up to `block_samples`).

    Together the blocks have round(duration_s * sample_rate) samples; hits
    before 0 sound at 0, hits after the end do not sound.

    Args:
        pieces: the stems to be heard, all if None.  Unlike in rendering
            `track.of(piece)`, pieces that are not heard still choke others, so
            that the stems add up to the whole.
        gain: factor on everything, e.g. of `safe_gain`.

    Raises:
        KitError: the kit lacks a piece that is to be heard.
    """
    return Rendering(track, kit, duration_s, sample_rate).blocks(pieces, gain, block_samples)


def render(
    track: DrumTrack,
    kit: Kit,
    duration_s: float,
    sample_rate: int = KIT_RATE_HZ,
    pieces: Collection[Piece] | None = None,
    *,
    gain: float = 1.0,
) -> Audio:
    """The drums in one piece; as `render_blocks`."""
    blocks = list(render_blocks(track, kit, duration_s, sample_rate, pieces, gain=gain))
    if not blocks:
        return Audio(np.zeros((kit.num_channels, 0), dtype=np.float32), sample_rate)
    return Audio(np.concatenate(blocks, axis=1), sample_rate)


def safe_gain(track: DrumTrack, kit: Kit, duration_s: float) -> float:
    """The gain, at most 1, that keeps the drums' samples within `PEAK_LIMIT`.

    To be given to `render_blocks` for the drums and all of their stems alike.
    """
    blocks = render_blocks(track, kit, duration_s)
    peak = max((float(np.abs(block).max(initial=0.0)) for block in blocks), default=0.0)
    return min(1.0, PEAK_LIMIT / peak) if peak else 1.0


def _voices(track: DrumTrack, kit: Kit, num_samples: int) -> list[_Voice]:
    """All strokes of pieces that the kit has, in order of time."""
    fade = max(1, round(CHOKE_FADE_S * kit.sample_rate))
    voices: list[_Voice] = []
    ringing: dict[Piece, list[int]] = {}
    for hit, place in zip(track, choose_shots(track, kit), strict=True):
        start = max(0, round(hit.onset_s * kit.sample_rate))
        if start >= num_samples or place is None:
            continue
        sound = kit.sounds[hit.piece]
        for choked in sound.chokes:
            for index in ringing.pop(choked, []):
                # A stroke that starts with this one does not sound at all.
                at_once = voices[index].start == start
                voices[index].cut(start, start if at_once else start + fade)
        shot = sound.layers[place.layer].shots[place.robin]
        stop = start + shot.shape[1]
        voice = _Voice(hit.piece, shot, velocity_gain(hit.velocity), start, stop, stop)
        voice.cut(max(start, num_samples - fade), num_samples)
        ringing.setdefault(hit.piece, []).append(len(voices))
        voices.append(voice)
    return voices


@dataclass(frozen=True)
class ShotPlace:
    """Which one-shot of a piece: the index of its layer, and of it in the layer."""

    layer: int
    robin: int


def choose_shots(track: DrumTrack, kit: Kit) -> list[ShotPlace | None]:
    """What sounds for each hit: the layer of its velocity, of that each round
    robin in turn; None for a piece that the kit lacks."""
    layers = {piece: sound.layer_indices for piece, sound in kit.sounds.items()}
    turns: dict[tuple[Piece, int], int] = {}
    places: list[ShotPlace | None] = []
    for hit in track:
        if hit.piece not in layers:
            places.append(None)
            continue
        layer = layers[hit.piece][hit.velocity]
        turn = turns.get((hit.piece, layer), 0)
        turns[hit.piece, layer] = turn + 1
        num_robins = len(kit.sounds[hit.piece].layers[layer].shots)
        places.append(ShotPlace(layer, turn % num_robins))
    return places


def _sum_blocks(
    voices: list[_Voice], gain: float, num_channels: int, num_samples: int, block_samples: int
) -> Iterator[NDArray[np.float32]]:
    waiting = 0
    sounding: list[_Voice] = []  # in order of onset, which fixes how the sum is rounded
    for block_start in range(0, num_samples, block_samples):
        block_stop = min(block_start + block_samples, num_samples)
        block = np.zeros((num_channels, block_stop - block_start), dtype=np.float32)
        while waiting < len(voices) and voices[waiting].start < block_stop:
            sounding.append(voices[waiting])
            waiting += 1
        for voice in sounding:
            voice.add_to(block, block_start, gain)
        sounding = [voice for voice in sounding if voice.stop > block_stop]
        yield block
