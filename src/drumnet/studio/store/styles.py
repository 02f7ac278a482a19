"""The library of styles: named, tagged, and found by what they are like."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

import numpy as np
from pydantic import TypeAdapter, ValidationError

from drumnet.audition import player_style
from drumnet.drummer import Drummer
from drumnet.playing.listening import Listening
from drumnet.settings import Settings
from drumnet.studio.errors import DamagedError, StudioError, UnknownError
from drumnet.studio.schemas.project import Project
from drumnet.studio.schemas.settings import PlayerSettings
from drumnet.studio.schemas.song import Code, Point, Style
from drumnet.studio.schemas.style import NewStyle, PlayerTake, SavedStyle, StyleChange
from drumnet.studio.store.habits import HabitStore
from drumnet.studio.store.library import Library
from drumnet.studio.store.pad import Pad
from drumnet.studio.store.rows import understood
from drumnet.style.code import CODE_SIZE, StyleCode
from drumnet.style.players import PLAYERS, Player
from drumnet.words import in_words

_BUILTIN = "preset:"
#: So many takes are chosen together, each unlike the others.
_TAKES = 5
_CODE: TypeAdapter[list[float]] = TypeAdapter(Code)


class StyleStore:
    """The styles of a library, and the named ones of the weights; from any thread."""

    def __init__(self, library: Library, drummer: Drummer, pad: Pad, habits: HabitStore) -> None:
        self._library, self._drummer, self._pad, self._habits = library, drummer, pad, habits
        self._model = drummer.checkpoint.name
        self._takes = lru_cache(maxsize=8)(self._best)
        self._players = lru_cache(maxsize=64)(self._player_take)

    def search(self, words: str = "", tag: str = "", near: str = "") -> list[SavedStyle]:
        """Those that have all words in name or tags, and the tag; the nearest
        first where `near` says a style or a code, else the newest.

        Raises:
            UnknownError: no style of the id that `near` says.
            StudioError: `near` is neither an id nor 16 numbers.
        """
        found = [style for style in self._all() if _matches(style, words, tag)]
        if not near.strip():
            return found
        code = self._code_of(near.strip())
        usable = [
            style.model_copy(update={"distance": round(_distance(style.code, code), 4)})
            for style in found
            if style.usable
        ]
        return sorted(usable, key=lambda style: (style.distance, style.name))

    def add(self, new: NewStyle) -> SavedStyle:
        """Keep a style."""
        style_id = str(uuid4())
        with self._library.transaction() as db:
            db.execute(
                "INSERT INTO styles (id, name, tags, code, at, model, source, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    style_id,
                    new.name.strip(),
                    json.dumps(_tidy(new.tags)),
                    json.dumps(new.code),
                    self._pad.place(new.code).model_dump_json(),
                    self._model,
                    new.source,
                    datetime.now(UTC).isoformat(timespec="milliseconds"),
                ),
            )
        return self.get(style_id)

    def get(self, style_id: str) -> SavedStyle:
        """Raises:
        UnknownError: there is none.
        """
        with self._library.reading() as db:
            return self._saved(_row(db, style_id))

    def change(self, style_id: str, change: StyleChange) -> SavedStyle:
        """Another name or other tags; what is None stays."""
        with self._library.transaction() as db:
            row = _row(db, style_id)
            name = row["name"] if change.name is None else change.name.strip()
            tags = row["tags"] if change.tags is None else json.dumps(_tidy(change.tags))
            db.execute("UPDATE styles SET name = ?, tags = ? WHERE id = ?", (name, tags, style_id))
        return self.get(style_id)

    def delete(self, style_id: str) -> None:
        """It is gone."""
        with self._library.transaction() as db:
            _row(db, style_id)
            db.execute("DELETE FROM styles WHERE id = ?", (style_id,))

    def first_take(self, project: Project, song: Listening) -> Style | None:
        """The style of the first take of a project that was not heard before; None if another
        style was chosen meanwhile."""
        is_new = project.beats is None and project.style == self._pad.first_style()
        return self.take(song, 0) if is_new else None

    def take(self, song: Listening, number: int) -> Style:
        """The style of a take for a song, named by what it plays: the best five, from 0 on,
        then the best five of others, and so on."""
        seed, place = divmod(number, _TAKES)
        return self._takes(song, seed, 1 if number == 0 else _TAKES)[place]

    def player_take(self, song: Listening, name: str) -> PlayerTake:
        """What a player plays to a song.

        Raises:
            UnknownError: there is no player of that name.
        """
        if name not in PLAYERS:
            raise UnknownError(f"no player is called '{name}': choose from {', '.join(PLAYERS)}")
        return self._players(song, PLAYERS[name])

    def _player_take(self, song: Listening, player: Player) -> PlayerTake:
        found = player_style(self._drummer, player, song)
        style = self._stored(found, player.name)
        return PlayerTake(style=style, settings=PlayerSettings.of(player))

    def _best(self, song: Listening, seed: int, number: int) -> list[Style]:
        found = []
        for one in self._drummer.takes(song, number, Settings(seed=seed)):
            found.append(self._stored(one.style, in_words(one.track, song.beats).titles[-1]))
        return found

    def _stored(self, style: StyleCode, name: str) -> Style:
        """As it travels; its habits are remembered."""
        code = [round(float(value), 5) for value in style.code]
        self._habits.remember(code, style.habits)
        return Style(code=code, at=self._pad.place(code), name=name)

    def _all(self) -> list[SavedStyle]:
        with self._library.reading() as db:
            rows = db.execute("SELECT * FROM styles ORDER BY created DESC, id").fetchall()
        builtin = [
            SavedStyle(
                id=f"{_BUILTIN}{preset.name}",
                name=preset.title,
                tags=preset.title.split(", "),
                code=preset.code.tolist(),
                at=self._pad.place(preset.code.tolist()),
                source=preset.description,
                created=None,
                builtin=True,
                usable=True,
            )
            for preset in self._drummer.presets.values()
        ]
        saved = []
        for row in rows:
            with suppress(DamagedError):  # it costs this one alone
                saved.append(self._saved(row))
        return [*saved, *builtin]

    def _saved(self, row: sqlite3.Row) -> SavedStyle:
        with understood(f"the style '{row['name']}'"):
            return SavedStyle(
                id=row["id"],
                name=row["name"],
                tags=json.loads(row["tags"]),
                code=_CODE.validate_json(row["code"]),
                at=Point.model_validate_json(row["at"]),
                source=row["source"],
                created=row["created"],
                builtin=False,
                usable=row["model"] == self._model,
            )

    def _code_of(self, near: str) -> Sequence[float]:
        if "," not in near:
            if near.startswith(_BUILTIN):
                preset = self._drummer.checkpoint.preset(near.removeprefix(_BUILTIN))
                if preset is None:
                    raise UnknownError(f"no named style is called '{near}'")
                code: list[float] = preset.code.tolist()
                return code
            return self.get(near).code
        try:
            return _CODE.validate_python(near.split(","))
        except ValidationError:
            raise StudioError(
                f"'near' is a style's id, or {CODE_SIZE} numbers with commas between"
            ) from None


def _matches(style: SavedStyle, words: str, tag: str) -> bool:
    text = " ".join([style.name, *style.tags]).casefold()
    has_tag = not tag or tag.casefold() in (own.casefold() for own in style.tags)
    return has_tag and all(word in text for word in words.casefold().split())


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    return float(np.linalg.norm(np.array(one) - np.array(other)))


def _tidy(tags: Sequence[str]) -> list[str]:
    """Without spaces around and without twins."""
    return list(dict.fromkeys(tag.strip() for tag in tags))


def _row(db: sqlite3.Connection, style_id: str) -> Any:
    row = db.execute("SELECT * FROM styles WHERE id = ?", (style_id,)).fetchone()
    if row is None:
        raise UnknownError("the library has no such style: it may have been removed elsewhere")
    return row
