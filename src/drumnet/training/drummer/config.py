"""Every number of the model and of its training, in two frozen dataclasses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Self

from drumnet.errors import DataError
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hits import Piece
from drumnet.limits import parsed_json
from drumnet.song.roles import Role
from drumnet.style.code import CODE_SIZE


class _FromDict:
    """Settings that make sense: each of the kind that its default has, and in its range.

    Raises:
        DataError: one that is not.
    """

    #: The least and the most of what is no share, which is 0 to 1.
    RANGES: ClassVar[Mapping[str, tuple[float, float]]] = {}

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            self._check(field.name, field.default)

    def _check(self, name: str, default: Any) -> None:
        value = getattr(self, name)
        is_list = isinstance(default, tuple)
        each, one = (value, default[0]) if is_list else ((value,), default)
        is_number = type(one) in (int, float)
        low, high = self.RANGES.get(name, (0.0, 1.0))
        if (
            isinstance(value, tuple) == is_list
            and all(_is_like(item, one) for item in each)
            and all(low <= item <= high for item in each if is_number)
        ):
            return
        wanted = f"{low:g} to {high:g} is" if is_number else f"something like {one!r:.20} is"
        raise DataError(f"the setting {name} is {value!r:.40}: {wanted} expected")

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The config of these values.

        Raises:
            DataError: a name that the config does not have.
        """
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        unknown = sorted(set(values) - known)
        if unknown:
            raise DataError(f"{cls.__name__} has no setting '{unknown[0]}'")
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def _is_like(value: Any, example: Any) -> bool:
    """A whole number is a number; nothing else is of two kinds."""
    kinds = (int, float) if type(example) is float else (type(example),)
    return type(value) in kinds


@dataclass(frozen=True)
class ModelConfig(_FromDict):
    """The gated autoencoder.

    Args:
        roles: the rows that it hears; `pieces`: what it plays.
        code_size: numbers in a style code.
        width: channels at the beat rate.
        heard_dilations: of the blocks of U, in beats; `played_dilations`: of
            V; `decoder_dilations`: of the decoder.
        max_bar_beats: bars longer than this are told apart no more.
        phrase_bars: bars in the phrase whose position the model is told.
        most_offset: how far from its tick a hit may be, in ticks: people play a
            16th up to half a 16th early or late.
        tap_levels, tap_places: steps in which a tap's velocity and offset are told.
        dropout: of the blocks' branches, in training.
    """

    roles: tuple[str, ...] = tuple(role.value for role in HEARD_ROLES)
    pieces: tuple[str, ...] = tuple(piece.value for piece in Piece)
    code_size: int = CODE_SIZE
    width: int = 192
    mapping_width: int = 96
    heard_dilations: tuple[int, ...] = (1, 2, 4, 8)
    played_dilations: tuple[int, ...] = (1, 2)
    decoder_dilations: tuple[int, ...] = (1, 2, 4, 8)
    max_bar_beats: int = 12
    phrase_bars: int = 4
    most_offset: float = 1.5
    tap_levels: int = 16
    tap_places: int = 9
    dropout: float = 0.0

    RANGES = {  # noqa: RUF012 (a constant)
        **dict.fromkeys(("code_size", "width", "mapping_width", "max_bar_beats"), (1, 10_000)),
        **dict.fromkeys(("phrase_bars", "tap_levels", "tap_places"), (1, 1_000)),
        **dict.fromkeys(("heard_dilations", "played_dilations", "decoder_dilations"), (1, 10_000)),
        "most_offset": (0.01, 6),
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        known = {"roles": {role.value for role in Role}, "pieces": {one.value for one in Piece}}
        for name, words in known.items():
            said = getattr(self, name)
            if not said or len(set(said)) < len(said) or not set(said) <= words:
                raise DataError(f"the setting {name} is {said!r:.60}: give each name once")

    def grows_from(self, smaller: ModelConfig) -> bool:
        """Whether this is the other model, or that with blocks added at the ends,
        or with more pieces."""
        longer = {
            name: getattr(smaller, name)
            for name in ("heard_dilations", "played_dilations", "decoder_dilations")
            if getattr(self, name)[: len(getattr(smaller, name))] == getattr(smaller, name)
        }
        free = {name: getattr(smaller, name) for name in ("pieces", "most_offset", "dropout")}
        same = replace(self, **longer, **free) == smaller
        return len(longer) == 3 and set(smaller.pieces) <= set(self.pieces) and same


@dataclass(frozen=True)
class TrainConfig(_FromDict):
    """The training run.

    Args:
        seed: of everything random.
        steps: optimiser steps; `batch_songs` songs of two passages each.
        passage_beats: length of a passage.
        learning_rate: the peak of the one-cycle schedule.
        kl_weight: of the codes' divergence from the Gaussian prior.
        cross_passage: share of passages decoded with the other passage's code.
        role_dropout: share of roles hidden; `drum_role_dropout`: of the drum
            pieces other than the snare, which few songs give.
        alone: share of songs of which one role alone is heard.
        joined: share of songs whose guitar, keys and voice come as one stem.
        simulated: share of songs heard as audio would have given them.
        looped: share of songs whose drums are one or two bars of another
            song, looped.
        misplaced: share of songs whose downbeats are told a beat or more off,
            as trackers do.
        other_metre, swung, wrong_tempo, wrong_grid: shares of songs whose 4/4
            is made another metre, whose beats are swung, whose beats are wrong
            by a simple ratio, or have nothing to do with the song.
        no_code: share of passages decoded with the zero code;
            `no_code_performed`: of the performances.
        kick_alone: share of songs whose kick is asked for, and no other piece.
        some_pieces: share of songs of which some pieces are given.
        decided_pieces, decided_bars, decided_rounds: shares of those songs of which
            several pieces are asked for, of which a part has been decided: pieces, bars,
            or bars in rounds and of the last round some pieces.
        performed: share of songs that are performances, drums alone.
        tapped: share of songs of which a tap is given; `tapped_performed`: of
            the performances.
        windows: two-bar windows of performances in a batch besides the songs,
            of which a tap alone is given; `windows_sequenced`: share of them
            that are of sequences with velocities; `windows_paired`: share of them whose
            second bar is any of the performance; `windows_swapped`: whose second bar
            comes first; `windows_uneven`: how much each stroke of them differs from how
            it was played; `windows_dropout`: the model's dropout for them, where that is
            more than for songs.
        offset_weight, velocity_weight: of those losses.
        average: decay of the moving average of the weights.
        bfloat16: compute in bfloat16 where that is safe (twice as fast on
            processors that have it).
        only_open: train on openly licensed songs alone.
        start_from: a run whose averaged weights are where this one starts (to
            go on longer, or to adapt to other songs), or exported weights by name
            or folder; blocks that its model does not have begin as doing nothing.
    """

    seed: int = 0
    steps: int = 10_000
    batch_songs: int = 24
    passage_beats: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    kl_weight: float = 1e-4
    cross_passage: float = 0.6
    role_dropout: float = 0.2
    drum_role_dropout: float = 0.85
    alone: float = 0.05
    joined: float = 0.35
    simulated: float = 0.5
    looped: float = 0.25
    misplaced: float = 0.06
    other_metre: float = 0.0
    swung: float = 0.0
    wrong_tempo: float = 0.0
    wrong_grid: float = 0.0
    no_code: float = 0.05
    no_code_performed: float = 0.5
    kick_alone: float = 0.3
    some_pieces: float = 0.25
    decided_pieces: float = 0.45
    decided_bars: float = 0.2
    decided_rounds: float = 0.0
    performed: float = 0.12
    tapped: float = 0.08
    tapped_performed: float = 0.5
    windows: int = 48
    windows_sequenced: float = 0.3
    windows_paired: float = 0.0
    windows_swapped: float = 0.0
    windows_uneven: float = 0.0
    windows_dropout: float = 0.0
    offset_weight: float = 1.0
    velocity_weight: float = 1.0
    average: float = 0.999
    bfloat16: bool = False
    only_open: bool = False
    start_from: str = ""
    checkpoint_every: int = 250
    model: ModelConfig = ModelConfig()

    RANGES = {  # noqa: RUF012 (a constant)
        "seed": (0, 2**63 - 1), "steps": (0, 1e9), "batch_songs": (1, 10_000),
        "passage_beats": (1, 10_000), "learning_rate": (0, 10), "weight_decay": (0, 10),
        "kl_weight": (0, 1e6), "offset_weight": (0, 1e6), "velocity_weight": (0, 1e6),
        "windows": (0, 100_000), "windows_uneven": (0, 10), "checkpoint_every": (1, 1e9),
    }  # fmt: skip

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        model = values.get("model", {})
        if isinstance(model, dict):
            values = {**values, "model": ModelConfig.from_dict(model)}
        return super().from_dict(values)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @staticmethod
    def load(path: Path) -> TrainConfig:
        """Read what `save` wrote.

        Raises:
            DataError: no readable configuration there.
        """
        try:
            values = parsed_json(path.read_text(encoding="utf-8"))
            if not isinstance(values, dict):
                raise ValueError("no settings by name")
            return TrainConfig.from_dict(values)
        except (OSError, ValueError, DataError) as fault:
            raise DataError(f"'{path}' is no training configuration: {fault}") from fault
