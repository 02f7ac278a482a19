/** The tempo of taps on every beat: the median step; null for fewer than two taps. */
export function tappedBpm(timesS: readonly number[]): number | null {
  const steps = timesS.slice(1).map((time, at) => time - timesS[at]);
  if (steps.length === 0) return null;
  const sorted = steps.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return 60 / median;
}
