"""An earlier take, of which a part is kept while the rest is played again.

In: hits or a hits.csv, and which pieces and bars of it stay.  Out: a `Keep`, once
the song's beats are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from drumnet.errors import DrumnetError
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Piece
from drumnet.hits_csv import HitRow, read_hits, track_of
from drumnet.locking import Keep


@dataclass(frozen=True)
class EarlierTake:
    """What is kept of hits whose beats are not known yet.

    Args:
        rows: of a file.
    """

    keep: Keep | None
    rows: tuple[HitRow, ...]

    @staticmethod
    def of(
        keep: Keep | str | Path | None, pieces: Iterable[Piece], bars: Iterable[int]
    ) -> EarlierTake:
        """Raises:
        DrumnetError: a file that cannot be read, or pieces or bars of nothing.
        """
        chosen = frozenset(pieces), frozenset(bars)
        if isinstance(keep, Keep):
            return EarlierTake(keep, ())
        if keep is None:
            if any(chosen):
                raise DrumnetError("pieces or bars of what are kept? Name the hits with --keep")
            return EarlierTake(None, ())
        return EarlierTake(Keep(DrumTrack(), *chosen), read_hits(keep))

    def with_kept(self, played: Iterable[Piece]) -> tuple[Piece, ...]:
        """The pieces that sound: those played, and those of kept hits.

        Raises:
            DrumnetError: nothing is left to play.
        """
        hits = {row.piece for row in self.rows}
        if self.keep is not None:
            hits |= set(self.keep.track.pieces)
            whole = self.keep.pieces or hits
            if not self.keep.bars and whole.issuperset(played):
                raise DrumnetError(
                    "every piece is kept and none is left to play: say which with "
                    "--keep-pieces or --keep-bars, or name more --pieces"
                )
            hits &= set(Piece) if self.keep.bars else whole
        return tuple(piece for piece in Piece if piece in hits | set(played))

    def on(self, grid: BeatGrid) -> Keep | None:
        """The same, on the song's beats."""
        if self.keep is None or not self.rows:
            return self.keep
        return replace(self.keep, track=track_of(self.rows, grid))
