"""Do drums and bass belong together, beyond what the metre gives them?

Both play on the downbeat, whatever the song; that is no listening.  So onsets
are compared given their metrical position s: with x, y in {0, 1} on every tick

    phi = sum (x - mean_s x)(y - mean_s y)
          / sqrt(sum (x - mean_s x)^2 * sum (y - mean_s y)^2)

the partial correlation of the two rows given position (the phi coefficient of
Yule, 1912, where there is one position).  Then

    adherence = (phi generated - phi mismatched) / (phi real - phi mismatched)

where mismatched drums are those of another song: 1 is as close as the real
drums, 0 no closer than those of another song.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: What a report calls it.
ADHERENCE = "adherence"


@dataclass(frozen=True)
class Covariation:
    """Sums of products of deviations from the mean at the position; added over
    songs for a pooled phi.

    Args:
        together: of the drums and the bass.
        drums, bass: of each with itself.
    """

    together: float = 0.0
    drums: float = 0.0
    bass: float = 0.0

    def __add__(self, other: Covariation) -> Covariation:
        return Covariation(
            self.together + other.together, self.drums + other.drums, self.bass + other.bass
        )

    @property
    def phi(self) -> float:
        """-1 to 1; 0 where one of the two does nothing but repeat its bar."""
        product = self.drums * self.bass
        return float(self.together / np.sqrt(product)) if product > 0 else 0.0


def validate(drums: ArrayLike, bass: ArrayLike, position: ArrayLike) -> None:
    """
    Args:
        drums, bass: (num_ticks,) whether there is an onset at each tick.
        position: (num_ticks,) whole numbers, each tick's place in the bar.
            Several songs may follow each other: then (song, place) as one number.

    Raises:
        ValueError: rows of different lengths, empty ones, values besides 0
            and 1, or positions that are not whole.
    """
    _checked(drums, bass, position)


def covariation(drums: ArrayLike, bass: ArrayLike, position: ArrayLike) -> Covariation:
    """How two rows of onsets go together given position.

    Args:
        drums, bass, position: as in `validate`.
    """
    x, y, place = _checked(drums, bass, position)
    _, stratum, seen = np.unique(place, return_inverse=True, return_counts=True)
    in_x, in_y = (np.bincount(stratum, weights=row, minlength=len(seen)) for row in (x, y))
    both = np.bincount(stratum, weights=x * y, minlength=len(seen))
    # For flags, sum (x - mean)^2 is the number of onsets less its square over n.
    return Covariation(
        float((both - in_x * in_y / seen).sum()),
        float((in_x - in_x * in_x / seen).sum()),
        float((in_y - in_y * in_y / seen).sum()),
    )


def phi(drums: ArrayLike, bass: ArrayLike, position: ArrayLike) -> float:
    """The phi coefficient given position; of a row with itself exactly 1.

    >>> phi([1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 0, 1])
    1.0
    >>> phi([1, 0, 1, 0], [1, 0, 1, 0], [0, 1, 0, 1])  # the same in every bar
    0.0
    """
    return covariation(drums, bass, position).phi


def adherence(generated: float, real: float, mismatched: float) -> float:
    """From three phis to adherence; NaN where real drums are no closer than
    those of another song, as then nothing can be told.

    >>> adherence(generated=0.25, real=0.5, mismatched=0.0)
    0.5
    """
    scale = real - mismatched
    return (generated - mismatched) / scale if scale > 0 else float("nan")


def evaluate(
    generated: ArrayLike,
    real: ArrayLike,
    mismatched: ArrayLike,
    bass: ArrayLike,
    position: ArrayLike,
) -> dict[str, float]:
    """`phi_generated`, `phi_real`, `phi_mismatched` and `adherence`; with the
    real drums as the generated ones adherence is exactly 1.

    Args:
        generated, real, mismatched: (num_ticks,) whether there is a hit; the
            mismatched drums are another song's, laid on these ticks.
        bass, position: (num_ticks,) as in `validate`.

    Raises:
        ValueError: as `validate`.
    """
    found = {
        "phi_generated": phi(generated, bass, position),
        "phi_real": phi(real, bass, position),
        "phi_mismatched": phi(mismatched, bass, position),
    }
    found["adherence"] = adherence(*found.values())
    return found


def _checked(
    drums: ArrayLike, bass: ArrayLike, position: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    rows = {"drums": np.asarray(drums), "bass": np.asarray(bass), "position": np.asarray(position)}
    shapes = {name: row.shape for name, row in rows.items()}
    if len(set(shapes.values())) > 1 or rows["drums"].ndim != 1 or not rows["drums"].size:
        raise ValueError(f"drums, bass and position need one value for every tick, not {shapes}")
    for name in ("drums", "bass"):
        if not np.isin(rows[name], (0, 1)).all():
            raise ValueError(
                f"{name} has values besides 0 and 1: are they velocities, strengths or ticks?"
            )
    whole = rows["position"].astype(np.int64)
    if (whole != rows["position"]).any():
        raise ValueError("position has values that are not whole numbers: are they beats?")
    return rows["drums"].astype(np.float64), rows["bass"].astype(np.float64), whole
