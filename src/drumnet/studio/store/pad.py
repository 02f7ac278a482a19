"""The pad: places on the style map <-> styles, as they travel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from drumnet.model.checkpoint import Checkpoint
from drumnet.studio.schemas.song import (
    MAX_NUMBER,
    Point,
    Section,
    SectionChoice,
    Style,
    StyleChoice,
)
from drumnet.studio.schemas.style import Axis, Island
from drumnet.studio.schemas.style import StyleMap as MapAnswer
from drumnet.style.map import MapAxis


class Pad:
    """The map of weights.

    Raises:
        CheckpointError: the weights have no map.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self._map = checkpoint.style_map

    def place(self, code: Sequence[float]) -> Point:
        """Where a code is."""
        x, y = self._map.place_of(code)
        return Point(x=round(x, 6), y=round(y, 6))

    def understood(self, choice: StyleChoice) -> Style:
        """A style with what is not said of it: its code, or its place."""
        if choice.code is not None:
            at = choice.at or self.place(choice.code)
            return Style(code=choice.code, at=at, name=choice.name)
        assert choice.at is not None  # by the schema
        return self.at(choice.at, choice.name)

    def at(self, place: Point, name: str = "") -> Style:
        """The style at a place."""
        code = np.clip(self._map.code_at(place.x, place.y), -MAX_NUMBER, MAX_NUMBER)
        return Style(code=[round(float(value), 5) for value in code], at=place, name=name)

    def understood_sections(self, sections: Sequence[SectionChoice]) -> list[Section]:
        """In the order of their beats; of two at one beat the later one counts."""
        by_beat = {section.start_beat: section for section in sections}
        return [
            Section(
                name=section.name,
                start_beat=section.start_beat,
                blend=section.blend,
                subdivision=section.subdivision,
                style=None if section.style is None else self.understood(section.style),
            )
            for _, section in sorted(by_beat.items())
        ]

    def first_style(self) -> Style:
        """What a new project has: the named style nearest to where most songs are."""
        row, column = np.unravel_index(int(self._map.density.argmax()), self._map.density.shape)
        most = np.array([column, row]) / (self._map.size - 1)
        presets = self._checkpoint.presets.values()
        nearest = min(
            presets, key=lambda preset: np.linalg.norm(self._map.place_of(preset.code) - most)
        )
        code = nearest.code.tolist()
        return Style(code=code, at=self.place(code), name=nearest.title)

    def described(self) -> MapAnswer:
        """The map as it is drawn."""
        return MapAnswer(
            size=self._map.size,
            density=np.round(self._map.density, 4).tolist(),
            x=_axis(self._map.x),
            y=_axis(self._map.y),
            islands=[
                Island(
                    name=preset.title,
                    description=preset.description,
                    at=self.place(preset.code.tolist()),
                    code=preset.code.tolist(),
                )
                for preset in self._checkpoint.presets.values()
            ],
        )


def _axis(axis: MapAxis) -> Axis:
    return Axis(name=axis.name, low=axis.low, high=axis.high)
