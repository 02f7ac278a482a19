/** Moving through the song by bars and sections; the loop. */

import { clamp } from "../model/grid";
import type { Session } from "../state/session";

/** Bars that a new loop holds. */
const LOOP_BARS = 4;

/** Off, or around the four bars at the playhead. */
export function toggleLoop({ player, grid }: Session): void {
  if (player.loop || !grid) {
    player.setLoop(null);
    return;
  }
  const first = grid.barAt(player.songS);
  const last = grid.bars[Math.min(first.index + LOOP_BARS, grid.bars.length) - 1];
  player.setLoop({ startS: Math.max(0, grid.barStartS(first)), endS: grid.barEndS(last) });
}

export function seekBars({ player, grid }: Session, bars: number): void {
  if (!grid) return;
  const here = grid.barAt(player.songS);
  // A little after a bar's start, "back" means the bar before, as on a tape deck.
  const isAtStart = player.songS - grid.barStartS(here) < 0.4;
  const back = bars < 0 && !isAtStart ? bars + 1 : bars;
  const bar = grid.bars[clamp(here.index + back, 0, grid.bars.length - 1)];
  player.seek(Math.max(0, grid.barStartS(bar)));
}

export function seekSection({ player, grid, doc }: Session, index: number): void {
  const section = doc.sections[index];
  if (section && grid) player.seek(Math.max(0, grid.timesS[section.start_beat]));
}
