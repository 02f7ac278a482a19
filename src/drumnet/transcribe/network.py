"""The drum network: what is heard of a drum stem in, onset activations out.

The weights are a folder with `model.json` (configuration, provenance, hash) and
`drums.onnx`; one comes with the package.  Long stems are taken piece by piece,
each with as much around it as the network sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from drumnet.audio.spectrum import Frames
from drumnet.graph import Session, load_graph
from drumnet.hits import Piece
from drumnet.transcribe.spectrum import FRAME_RATE_HZ, NUM_BANDS

DRUMS_FORMAT = "drumnet-drums/1"
GRAPH_FILE = "drums.onnx"
EMBEDDED_DRUMS = Path(__file__).parents[1] / "weights" / "drums"
#: Levels come in units of the spread from the centre.  Frozen with the weights.
LEVEL_CENTRE_DB, LEVEL_SPREAD_DB = -55.0, 15.0
#: A part of a stem, and what is added on either side: the network sees 0.7 s.
_PART, _AROUND = 60 * FRAME_RATE_HZ, FRAME_RATE_HZ


@dataclass(frozen=True, eq=False)
class StrokeActivations:
    """What may be struck, per frame and piece; (num_frames, 9) each.

    Args:
        onset: probability that a stroke starts in the frame.
        level_db: how loud it would be, relative to the loudest frame.
        offset: when it would be, in frames from the centre of the frame.
    """

    onset: Frames
    level_db: Frames
    offset: Frames


@dataclass(frozen=True, eq=False)
class DrumNetwork:
    """Verified weights, ready to run.

    Args:
        name: name and hash.
        thresholds: the least onset probability of a stroke, by piece.
        provenance: data, command, date, scores: for people.
    """

    name: str
    thresholds: Mapping[Piece, float]
    provenance: Mapping[str, Any]
    _session: Session

    def activations(self, heard: Frames) -> StrokeActivations:
        """The activations of a (num_frames, 80) logarithmic mel spectrum."""
        parts = [np.zeros((0, 3, len(Piece)), dtype=np.float32)]
        for start in range(0, len(heard), _PART):
            begin = max(0, start - _AROUND)
            part = heard[begin : start + _PART + _AROUND]
            found = self._session.run(None, {"heard": part[None]}, (1, len(part), 3, len(Piece)))[
                0
            ][0]
            parts.append(found[start - begin :][: min(_PART, len(heard) - start)])
        onset, level, offset = np.concatenate(parts).transpose(1, 0, 2)
        return StrokeActivations(onset, LEVEL_CENTRE_DB + LEVEL_SPREAD_DB * level, offset)


@lru_cache(maxsize=2)
def load_drum_network(folder: Path = EMBEDDED_DRUMS) -> DrumNetwork:
    """The weights in a folder, checked by their hash.

    Raises:
        CheckpointError: missing, damaged, or of another version.
    """

    def thresholds(about: Mapping[str, Any]) -> dict[Piece, float] | None:
        found = {Piece(name): float(value) for name, value in about["thresholds"].items()}
        return found if about["num_bands"] == NUM_BANDS and set(found) == set(Piece) else None

    found = load_graph(folder, GRAPH_FILE, DRUMS_FORMAT, thresholds)
    return DrumNetwork(found.name, found.facts, found.provenance, found.session)
