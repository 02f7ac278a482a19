"""What a language model may ask the drummer for, over the Model Context Protocol.

In: folders that were allowed, and calls with paths in them.  Out: what was heard, played or
written, as plain values.  Nothing outside of the folders is read or written, or overwritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from drumnet.beats.choice import BeatChoice
from drumnet.beats.files import read_beats
from drumnet.drummer import Drummer
from drumnet.errors import DrumnetError
from drumnet.generation import Generated, generate
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import Piece
from drumnet.hits_csv import read_hits
from drumnet.settings import Settings
from drumnet.song.roles import DEFAULT_PIECES, KIT, parse_pieces
from drumnet.song.song import load_song
from drumnet.style.code import RANDOM, StyleCode


class Assistant:
    """Args:
    folders: all that may be read and written.

    Raises:
        DrumnetError: a folder that is not there.
    """

    def __init__(self, folders: Sequence[Path], drummer: Drummer) -> None:
        for folder in folders:
            if not folder.is_dir():
                raise DrumnetError(f"'{folder}' is no folder: name folders that may be used")
        self._folders = [folder.resolve() for folder in folders]
        self._drummer, self.styles = drummer, tuple(drummer.presets)

    def listen(self, song: str) -> dict[str, Any]:
        """Hear a song, a folder of stems or one file: its length, tempo, metre, the role of each
        stem, and where sections begin, in bars."""
        heard = load_song(self._allowed(song))
        listening = self._drummer.listen(heard, BeatChoice().grid(heard))
        grid = listening.beats
        sections = self._drummer.sections(listening)
        return {
            "duration_s": round(heard.duration_s, 2),
            "tempo_bpm": round(grid.tempo_bpm, 2),
            "beats_per_bar": Counter(grid.bar_length.tolist()).most_common(1)[0][0],
            "stems": {stem.name: stem.role.value for stem in heard.stems},
            "sections": [(one.name, int(grid.bar_number[one.start_beat])) for one in sections],
        }

    def generate(
        self, song: str, out: str, style: str = RANDOM, pieces: str = DEFAULT_PIECES,
        seed: int = 0, settings: dict[str, str] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Play drums to a song and write them (sound, MIDI, hits, style) to the new folder `out`.
        `style` is a name, `random`, or a style.json; `settings` as {"complexity": "0.8"}."""
        found = style if style in {*self.styles, RANDOM} else self._allowed(style)
        asked = Settings(seed=seed).changed(settings or {})
        heard, to = self._allowed(song), self._allowed(out)
        made = generate(heard, to, found, settings=asked, pieces=pieces, model=self._drummer)
        return _said(made)

    def vary(
        self, song: str, take: str, out: str, seed: int, keep_pieces: str = "",
        keep_bars: list[int] | None = None, settings: dict[str, str] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Play a take again in its style with another seed or settings, and write it to the new
        folder `out`. What stays of it: `keep_pieces`, as "kick,hats", and the bars `keep_bars`."""
        pieces = parse_pieces(keep_pieces) if keep_pieces else ()
        asked = Settings(seed=seed).changed(settings or {})
        return self._again(song, take, out, asked, KIT, pieces, keep_bars or ())

    def export(self, song: str, take: str, out: str, project: str = "dawproject") -> dict[str, Any]:
        """Write a take as it is, with its song, as a project (dawproject, rpp) to a new folder."""
        rows = read_hits(self._allowed(take) / "hits.csv")
        pieces = dict.fromkeys(row.piece for row in rows)
        bars = {row.place[0] for row in rows if row.place is not None}
        return self._again(song, take, out, Settings(), tuple(pieces), (), bars, project)

    def _again(
        self, song: str, take: str, out: str, settings: Settings, pieces: str | Iterable[Piece],
        keep_pieces: Collection[Piece], keep_bars: Collection[int], projects: str = "",
    ) -> dict[str, Any]:  # fmt: skip
        before, heard, to = self._allowed(take), self._allowed(song), self._allowed(out)
        made = generate(
            heard, to, before / "style.json", settings=settings, pieces=pieces,
            keep=before / "hits.csv" if keep_pieces or keep_bars else None,
            keep_pieces=keep_pieces, keep_bars=keep_bars,
            beats=read_beats(before / "beats.tsv"), projects=projects or (), model=self._drummer,
        )  # fmt: skip
        return _said(made)

    def explain(self, take: str) -> dict[str, Any]:
        """What a take plays: of each piece its strokes, velocities, and the sixteenths of the bar,
        from 1 on, where it is struck most."""
        folder = self._allowed(take)
        grid, style = read_beats(folder / "beats.tsv"), StyleCode.load(folder / "style.json")
        rows = read_hits(folder / "hits.csv")
        said: dict[str, Any] = {}
        for piece in dict.fromkeys(row.piece for row in rows):
            own = [row for row in rows if row.piece is piece]
            ticks = grid.nearest_ticks([row.onset_s for row in own]).clip(0, grid.num_ticks - 1)
            steps = (
                4 * (grid.beat_in_bar[ticks // TICKS_PER_BEAT] - 1) + ticks % TICKS_PER_BEAT // 3
            )
            velocities = [row.velocity for row in own]
            said[piece.value] = {
                "strokes": len(own),
                "velocity": (min(velocities), max(velocities)),
                "most_on": sorted(1 + step for step, _ in Counter(steps.tolist()).most_common(6)),
            }
        return {"tempo_bpm": round(grid.tempo_bpm, 2), "style": style.source, "pieces": said}

    def _allowed(self, path: str) -> Path:
        """Raises:
        DrumnetError: a path outside of the folders; links are followed first.
        """
        found = (self._folders[0] / path).resolve()
        if not any(found.is_relative_to(folder) for folder in self._folders):
            known = ", ".join(str(folder) for folder in self._folders)
            raise DrumnetError(f"'{path}' is outside of what was allowed: {known}")
        return found


def _said(made: Generated) -> dict[str, Any]:
    hits = Counter(hit.piece.value for hit in made.track)
    files = [str(file) for file in made.files]
    return {"hits": dict(hits), "style": made.style_note, "seed": made.seed, "files": files}
