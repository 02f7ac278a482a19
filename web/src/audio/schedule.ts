/** Which hits are due: the pure part of the drum scheduler. */

import { clockEndS, type Segment } from "./transport";

/** Seconds that hits are put on the clock ahead of their sound; a busy page may look late. */
export const HORIZON_S = 0.2;
/** Milliseconds between two looks at what is due. */
export const LOOK_EVERY_MS = 25;
/** What sounds within this time is left as it is: the audio thread may have begun it. */
export const TOO_LATE_S = 0.005;
/** What could only sound later than this is left out: better no hit than one beside the beat. */
export const MISSED_S = 0.02;

export interface Timed {
  readonly time_s: number;
}

export interface Due<H extends Timed> {
  readonly hit: H;
  /** When it sounds, on the audio clock. */
  readonly whenS: number;
}

/** The hits (in order of time) that sound at clock times [fromS, toS), in order of the clock. */
export function dueHits<H extends Timed>(
  segments: readonly Segment[],
  hits: readonly H[],
  fromS: number,
  toS: number,
): Due<H>[] {
  const due: Due<H>[] = [];
  for (const segment of segments) {
    const shift = segment.clockS - segment.songS;
    const first = Math.max(fromS, segment.clockS) - shift;
    const last = Math.min(toS, clockEndS(segment)) - shift;
    for (const hit of hits.slice(firstFrom(hits, first), firstFrom(hits, last))) {
      due.push({ hit, whenS: hit.time_s + shift });
    }
  }
  return due;
}

/** The index of the first hit at or after a time; within a nanosecond counts as at it. */
export function firstFrom(hits: readonly Timed[], timeS: number): number {
  let low = 0;
  let high = hits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (hits[middle].time_s < timeS - 1e-9) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The clock time from which new hits count: the next tick of the song that can still be
 * changed. `nextTickS` maps a time in the song to the first tick at or after it.
 */
export function changeFromS(
  segments: readonly Segment[],
  nowS: number,
  nextTickS: (songS: number) => number,
): number {
  const soon = nowS + TOO_LATE_S;
  const segment = segments.findLast((one) => one.clockS <= soon) ?? segments[0];
  const songS = segment.songS + Math.max(0, soon - segment.clockS);
  const tick = Math.max(songS, nextTickS(songS));
  return Math.min(clockEndS(segment), segment.clockS + tick - segment.songS);
}
