/** A bar of the performance as cells of a grid. */

import type { Hit, Piece, Section } from "../api/types";
import { type Bar, type BeatGrid, TICKS_PER_BEAT } from "./grid";

export type Subdivision = Section["subdivision"];

const TICKS_PER_CELL: Record<Subdivision, number> = {
  "16ths": TICKS_PER_BEAT / 4,
  triplets: TICKS_PER_BEAT / 3,
};

export interface Cell {
  /** Where a hit that is added here goes. */
  readonly tick: number;
  /** Counted from 0 in the bar. */
  readonly beat: number;
  /** Counted from 0 in the beat. */
  readonly part: number;
  /** The loudest hit that lies nearest to this cell. */
  readonly hit: Hit | null;
  /** Whether that hit lies beside the grid. */
  readonly isOff: boolean;
}

/** Where the cells of a bar begin. */
export function cellTicks(bar: Bar, subdivision: Subdivision): number[] {
  const step = TICKS_PER_CELL[subdivision];
  const count = (bar.numBeats * TICKS_PER_BEAT) / step;
  return Array.from({ length: count }, (_, at) => bar.startTick + at * step);
}

/** The first bar with a cell in the song: a pickup may end as the song begins. */
export function firstBarIndex(grid: BeatGrid, subdivision: Subdivision): number {
  const songTick = grid.nearestTick(0);
  const step = TICKS_PER_CELL[subdivision];
  const found = grid.bars.findIndex((bar) => bar.endTick - step >= songTick);
  return Math.max(0, found);
}

/** The cells of a bar for one piece; a hit belongs to the nearest cell of its bar. */
export function cellsOf(
  bar: Bar,
  piece: Piece,
  hits: readonly Hit[],
  subdivision: Subdivision,
): Cell[] {
  const step = TICKS_PER_CELL[subdivision];
  const perBeat = TICKS_PER_BEAT / step;
  const ticks = cellTicks(bar, subdivision);
  const held = new Map<number, Hit>();
  for (const hit of hits) {
    if (hit.piece !== piece || hit.tick < bar.startTick || hit.tick >= bar.endTick) continue;
    const at = Math.min(ticks.length - 1, Math.round((hit.tick - bar.startTick) / step));
    const other = held.get(at);
    if (!other || other.velocity < hit.velocity) held.set(at, hit);
  }
  return ticks.map((tick, at) => {
    const hit = held.get(at) ?? null;
    return {
      tick,
      beat: Math.floor(at / perBeat),
      part: at % perBeat,
      hit,
      isOff: hit !== null && hit.tick !== tick,
    };
  });
}
