"""Values of a report, checked as they come in, from JSON or from numpy.

Each function returns the value in the one form that a report holds it in, so
that what is written and read back is equal, or raises ValueError naming the
field. What is not finite becomes None.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, SupportsFloat

import numpy as np

JsonObject = Mapping[str, Any]

#: Scores repeat to this; more digits would only make the file larger.
DECIMALS = 6


def text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text: {value!r:.40}")
    return value


def text_or_none(value: object, name: str) -> str | None:
    return None if value is None else text(value, name)


def number(value: object, name: str) -> float | None:
    """A float of `DECIMALS` places, None for None and what is not finite."""
    if value is None:
        return None
    if isinstance(value, str | bytes | bool) or not isinstance(value, SupportsFloat):
        raise ValueError(f"{name} is no number: {value!r:.40}")
    found = float(value)
    return round(found, DECIMALS) + 0.0 if math.isfinite(found) else None


def numbers(values: object, name: str) -> tuple[float | None, ...]:
    return tuple(number(value, name) for value in _items(values, name))


def count(value: object, name: str) -> int:
    """A whole number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
        raise ValueError(f"{name} is no whole number from 0 on: {value!r:.40}")
    return int(value)


def count_or_none(value: object, name: str) -> int | None:
    return None if value is None else count(value, name)


def counts(values: object, name: str) -> tuple[int, ...]:
    return tuple(count(value, name) for value in _items(values, name))


def choice(value: object, name: str, choices: Iterable[str]) -> str:
    known = list(choices)
    if value not in known:
        raise ValueError(f"{name} is {value!r:.40}, not one of {', '.join(map(repr, known))}")
    return str(value)


def facts(value: object, name: str, wanted: Sequence[str]) -> dict[str, Any]:
    """A mapping as plain JSON values, with at least the `wanted` keys."""
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} is no mapping: {value!r:.40}")
    missing = [key for key in wanted if key not in value]
    if missing:
        raise ValueError(f"{name} lacks {', '.join(missing)}")
    found: dict[str, Any] = plain(value)
    return found


def plain(value: Any) -> Any:
    """The value as JSON holds it: keys are text, sequences are lists, numpy's
    numbers are Python's, what is not finite is None."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return json.loads(json.dumps(value))


def _items(values: object, name: str) -> list[object]:
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise ValueError(f"{name} is no list: {values!r:.40}")
    return list(values)
