"""Metrics: numpy in, floats out, a module each, in mir_eval's manner.

Each has `validate`, which raises ValueError saying what is wrong with the
input, and `evaluate`, which gives a dict of names and floats.  What is fed its
own reference scores exactly 1 (distances 0, the AUC 0.5).

hits           played ticks against wanted ticks
onsets         played seconds against wanted seconds
sixteenths     played against wanted hits on 16ths, within as many 16ths as are allowed
edit_distance  how many edits make one rhythm of another
codes          are codes the same when a song is varied?
distributions  are generated songs as different from real ones as those are?
realness       can a classifier tell generated bars from real ones?
adherence      do drums and bass belong together, beyond the metre?
bars           what each bar of a drum pattern measurably does
checks         what the input of metrics must be
euclidean      distances between rows
"""

from __future__ import annotations

from drumnet.metrics.hits import Counts, tick_counts
from drumnet.metrics.onsets import ONSET_WINDOW_S, onset_counts

__all__ = ["ONSET_WINDOW_S", "Counts", "onset_counts", "tick_counts"]
