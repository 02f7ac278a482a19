"""The habits of styles in the studio, found again by the styles' numbers.

A style travels to the page and back as its sixteen numbers.  One that was sampled or taken
from a song has habits as well (`drumnet.style.habits`); they stay in the library, and belong to
exactly these numbers: a style that is moved on the pad has none, since who moves it wants
another.  A style takes 3 to 10 KB.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from drumnet.errors import DrumnetError
from drumnet.studio.store.library import Library
from drumnet.style.habits import Habits


class HabitStore:
    """The habits of a library's styles; from any thread.

    Args:
        model: the weights that the styles belong to.
    """

    def __init__(self, library: Library, model: str) -> None:
        self._library, self._model = library, model

    def remember(self, code: Sequence[float], habits: Habits | None) -> None:
        """Keep the habits of a style that is about to travel."""
        if habits is None:
            return
        passages = zlib.compress(json.dumps(habits.written()).encode())
        with self._library.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO habits (model, code, passages) VALUES (?, ?, ?)",
                (self._model, _key(code), passages),
            )

    def of(self, code: Sequence[float]) -> Habits | None:
        """Those of a style with these numbers, if it has any that are whole."""
        with self._library.reading() as db:
            row = db.execute(
                "SELECT passages FROM habits WHERE model = ? AND code = ?",
                (self._model, _key(code)),
            ).fetchone()
        if row is None:
            return None
        with suppress(zlib.error, ValueError, DrumnetError):
            return Habits.read(json.loads(zlib.decompress(row["passages"])))
        return None


def _key(code: Sequence[float]) -> bytes:
    """As a code is stored; JSON knows no -0."""
    return (np.array(code, dtype=np.float32) + np.float32(0)).tobytes()
