/**
 * The beat grid: between seconds and ticks, twelve to a beat, evenly inside a beat.
 * Tick 0 is the first beat; beyond the ends, time runs on at the nearest beat's tempo.
 */

export const TICKS_PER_BEAT = 12;

/** One bar: beats [firstBeat, firstBeat + numBeats), `number` as people count (a pickup is 0). */
export interface Bar {
  readonly index: number;
  readonly number: number;
  readonly firstBeat: number;
  readonly numBeats: number;
  readonly startTick: number;
  readonly endTick: number;
}

export class BeatGrid {
  readonly bars: readonly Bar[];
  private readonly barStarts: readonly number[];

  /** Times in seconds, strictly increasing, and each beat's number in its bar, from 1. */
  constructor(
    readonly timesS: readonly number[],
    readonly beatInBar: readonly number[],
  ) {
    this.bars = barsOf(beatInBar);
    this.barStarts = this.bars.map((bar) => bar.firstBeat);
  }

  /** Beats in a bar, as most bars have them. */
  get metre(): number {
    const lengths = this.bars.map((bar) => bar.numBeats).toSorted((a, b) => a - b);
    return lengths[lengths.length >> 1];
  }

  /** Every beat, for a metronome. */
  get beats(): { readonly time_s: number; readonly isDownbeat: boolean }[] {
    return this.timesS.map((time_s, at) => ({ time_s, isDownbeat: this.beatInBar[at] === 1 }));
  }

  get numBeats(): number {
    return this.timesS.length;
  }

  tickToSeconds(tick: number): number {
    const beat = tick / TICKS_PER_BEAT;
    const at = clamp(Math.floor(beat), 0, this.numBeats - 2);
    return this.timesS[at] + (beat - at) * this.stepS(at);
  }

  /** Fractional ticks. */
  secondsToTick(timeS: number): number {
    const at = clamp(lastNotAfter(this.timesS, timeS), 0, this.numBeats - 2);
    return TICKS_PER_BEAT * (at + (timeS - this.timesS[at]) / this.stepS(at));
  }

  /** The time of the first tick at or after `timeS`. */
  nextTickS(timeS: number): number {
    return this.tickToSeconds(Math.ceil(this.secondsToTick(timeS) - 1e-6));
  }

  /** The tempo from this beat to the next, in beats per minute. */
  tempoBpm(beat: number): number {
    return 60 / this.stepS(clamp(beat, 0, this.numBeats - 2));
  }

  barAtTick(tick: number): Bar {
    const beat = clamp(Math.floor(tick / TICKS_PER_BEAT), 0, this.numBeats - 1);
    const found = lastNotAfter(this.barStarts, beat);
    return this.bars[Math.max(0, found)];
  }

  /** The bar of the nearest tick: a song whose first downbeat comes at once begins in bar 1. */
  barAt(timeS: number): Bar {
    return this.barAtTick(this.nearestTick(timeS));
  }

  /** The number of the beat in its bar, from 1; the nearest tick counts. */
  beatInBarAt(timeS: number): number {
    const beat = Math.floor(this.nearestTick(timeS) / TICKS_PER_BEAT);
    return this.beatInBar[clamp(beat, 0, this.numBeats - 1)];
  }

  nearestTick(timeS: number): number {
    return Math.round(this.secondsToTick(timeS));
  }

  barStartS(bar: Bar): number {
    return this.tickToSeconds(bar.startTick);
  }

  barEndS(bar: Bar): number {
    return this.tickToSeconds(bar.endTick);
  }

  private stepS(beat: number): number {
    return this.timesS[beat + 1] - this.timesS[beat];
  }
}

/** The index of the last value that is not after `wanted`, -1 if all are; values increase. */
export function lastNotAfter(values: readonly number[], wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function barsOf(beatInBar: readonly number[]): Bar[] {
  const starts = beatInBar.flatMap((number, beat) => (beat === 0 || number === 1 ? [beat] : []));
  const firstNumber = beatInBar[0] === 1 ? 1 : 0;
  // The last beat of the grid closes the last bar; nothing is played on it.
  const lastBeat = beatInBar.length - 1;
  return starts
    .filter((start) => start < lastBeat)
    .map((start, index) => {
      const end = Math.min(starts[index + 1] ?? lastBeat, lastBeat);
      return {
        index,
        number: index + firstNumber,
        firstBeat: start,
        numBeats: end - start,
        startTick: start * TICKS_PER_BEAT,
        endTick: end * TICKS_PER_BEAT,
      };
    });
}
