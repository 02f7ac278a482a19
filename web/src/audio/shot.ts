/** A hit as it sounds: which sample, how loud, and what it cuts off. */

import type { Hit, Kit, KitName } from "../api/types";

export interface Shot {
  readonly time_s: number;
  readonly piece: string;
  readonly velocity: number;
  /** By `sampleKey`. */
  readonly sample: string;
  readonly gain: number;
  readonly chokes: readonly string[];
}

/** The samples of all kits are called alike: a kit's name comes before them. */
export function sampleKey(kit: KitName, sample: string): string {
  return `${kit}/${sample}`;
}

/** The server has chosen sample and gain as the export does; the kit says what is cut off. */
export function shotsOf(hits: readonly Hit[], kit: Kit): Shot[] {
  const chokes = new Map<string, readonly string[]>(
    kit.pieces.map((sound) => [sound.piece, sound.chokes]),
  );
  return hits.flatMap(({ time_s, piece, velocity, sample, gain }) => {
    // The kit may lack a piece: its hits are silent.
    if (sample === null) return [];
    const cuts = chokes.get(piece) ?? [];
    return {
      time_s: Math.max(0, time_s),
      piece,
      velocity,
      sample: sampleKey(kit.name, sample),
      gain,
      chokes: cuts,
    };
  });
}
