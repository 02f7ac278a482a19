"""The beat network: evidence in, activations out.

The weights are a folder with `model.json` (configuration, provenance, hash) and
`beats.onnx`; one comes with the package.  Long songs are taken piece by piece,
each with as much around it as the network sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.spectrum import Frames
from drumnet.beats.decoding import Activations
from drumnet.beats.evidence import FRAME_RATE_HZ, NUM_BANDS, NUM_CHANGES, NUM_CHANNELS
from drumnet.graph import Session, load_graph
from drumnet.logits import logit, sigmoid

BEAT_FORMAT = "drumnet-beats/1"
GRAPH_FILE = "beats.onnx"
EMBEDDED_BEATS = Path(__file__).parents[1] / "weights" / "beats"
#: Frames of evidence come in groups of this many.
STRIDE = 4
#: A piece of a song, and what is added on either side: the network sees 45 s.
_PIECE, _AROUND = 300 * FRAME_RATE_HZ, 60 * FRAME_RATE_HZ

_BASS_THERE, _REST_THERE = NUM_CHANNELS - 3, NUM_CHANNELS - 1
_OTHERS_THERE = slice(NUM_CHANNELS - 2, NUM_CHANNELS)
_A_GROUP = NUM_BANDS + NUM_CHANGES
_NOT_BASS = np.r_[_A_GROUP : NUM_CHANNELS - 3, NUM_CHANNELS - 2 : NUM_CHANNELS]
#: What of a mix passes for its bass: bands below 500 Hz, changes of low notes.
_LOW = np.r_[0:3, NUM_BANDS : NUM_BANDS + NUM_CHANGES // 2]
_LEAST = 1e-4
#: Other speeds that a song is heard at, and what they count against its own.
_SPEEDS = {0.9: 0.5, 1.1: 0.5}


@dataclass(frozen=True, eq=False)
class BeatNetwork:
    """Verified weights, ready to run.

    Args:
        name: name and hash.
        provenance: data, command, date, scores: for people.
    """

    name: str
    provenance: Mapping[str, Any]
    _session: Session

    def activations(self, evidence: Frames) -> Activations:
        """The activations of (num_frames, 29) evidence.

        The bass, or of a mix the low notes in its place, is also heard alone, and
        all of it also a little faster and slower: the mean of the log odds is
        better than any of them.
        """
        alone = bass_alone(evidence)
        views = [evidence] if alone is None else [evidence, alone]
        logits = np.mean([self._at_all_speeds(view) for view in views], axis=0)
        found = sigmoid(logits)
        return Activations(found[:, 0], found[:, 1])

    def _at_all_speeds(self, evidence: Frames) -> NDArray[np.float64]:
        """(num_frames, 2) the weighed mean of the log odds at several speeds."""
        frames = np.arange(len(evidence))
        total = self.logits(evidence)
        for speed, weight in _SPEEDS.items():
            length = max(1, int(len(evidence) / speed))
            source = np.round(np.arange(length) * speed).astype(np.int64)
            heard = self.logits(evidence[np.minimum(source, len(evidence) - 1)])
            back = frames / speed
            at = np.arange(len(heard))
            total += weight * np.stack([np.interp(back, at, row) for row in heard.T], axis=1)
        return total / (1.0 + sum(_SPEEDS.values()))

    def logits(self, evidence: Frames) -> NDArray[np.float64]:
        """(num_frames, 2) log odds of beat and downbeat, evidence heard once, as it is."""
        parts = []
        for start in range(0, max(1, len(evidence)), _PIECE):
            begin = max(0, start - _AROUND)
            piece = evidence[begin : start + _PIECE + _AROUND]
            lead = start - begin
            kept = min(_PIECE, len(evidence) - start)
            parts.append(self._run(piece)[lead : lead + kept])
        return logit(np.clip(np.concatenate(parts).astype(np.float64), _LEAST, 1.0 - _LEAST))

    def _run(self, evidence: Frames) -> Frames:
        padded = np.zeros((-(-max(1, len(evidence)) // STRIDE) * STRIDE, NUM_CHANNELS), np.float32)
        padded[: len(evidence)] = evidence
        shape = (1, len(padded), 2)
        found = self._session.run(None, {"evidence": padded[None]}, shape)[0][0]
        return np.asarray(found[: len(evidence)])


def bass_alone(evidence: Frames) -> Frames | None:
    """Evidence of the bass alone, or of the low notes of the rest where there is
    no bass; None where there is nothing else, or neither."""
    bass, others = evidence[:1, _BASS_THERE].any(), evidence[:1, _OTHERS_THERE].any()
    if bass and others:
        alone = evidence.copy()
        alone[:, _NOT_BASS] = 0.0
        return alone
    if bass or not evidence[:1, _REST_THERE].any():
        return None
    alone = np.zeros_like(evidence)
    alone[:, _LOW] = evidence[:, _A_GROUP + _LOW]
    alone[:, _BASS_THERE] = 1.0
    return alone


@lru_cache(maxsize=2)
def load_beat_network(folder: Path = EMBEDDED_BEATS) -> BeatNetwork:
    """The weights in a folder, checked by their hash.

    Raises:
        CheckpointError: missing, damaged, or of another version.
    """

    def channels(about: Mapping[str, Any]) -> int | None:
        return NUM_CHANNELS if about["num_channels"] == NUM_CHANNELS else None

    found = load_graph(folder, GRAPH_FILE, BEAT_FORMAT, channels)
    return BeatNetwork(found.name, found.provenance, found.session)
