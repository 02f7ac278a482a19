/** The numbers of the limiter: those of `src/drumnet/rendering/limiter.py`. */

/** -1 dBFS. */
export const PEAK_LIMIT = 10 ** (-1 / 20);
/** Of the factor, in a second. */
export const RELEASE_PER_S = 2;
const LOOK_AHEAD_S = 0.0015;

/** By so many samples the sound comes later. */
export function lookAheadSamples(sampleRateHz: number): number {
  return Math.round(LOOK_AHEAD_S * sampleRateHz);
}
