/** A bar of the performance as cells of a grid. */

import type { Hit, Piece, Section } from "../api/types";
import { type Bar, TICKS_PER_BEAT } from "./grid";

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

export function cellsPerBeat(subdivision: Subdivision): number {
  return TICKS_PER_BEAT / TICKS_PER_CELL[subdivision];
}

/** The cells of a bar for one piece; a hit belongs to the nearest cell of its bar. */
export function cellsOf(
  bar: Bar,
  piece: Piece,
  hits: readonly Hit[],
  subdivision: Subdivision,
): Cell[] {
  const step = TICKS_PER_CELL[subdivision];
  const perBeat = cellsPerBeat(subdivision);
  const count = bar.numBeats * perBeat;
  const held = new Map<number, Hit>();
  for (const hit of hits) {
    if (hit.piece !== piece || hit.tick < bar.startTick || hit.tick >= bar.endTick) continue;
    const at = Math.min(count - 1, Math.round((hit.tick - bar.startTick) / step));
    const other = held.get(at);
    if (!other || other.velocity < hit.velocity) held.set(at, hit);
  }
  return Array.from({ length: count }, (_, at) => {
    const tick = bar.startTick + at * step;
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
