/**
 * The peak of the wave that a sound's samples stand for, which may lie between two of them: four
 * times as many points are looked at, as ITU-R BS.1770-5, Annex 2 asks for.
 */

const POINTS = 4;
/** Samples around a point that are weighed; so many as in the standard. */
const TAPS = 12;

/** For each point between two samples the weights of the `TAPS` around it, oldest first. */
const WEIGHTS: readonly Float64Array[] = Array.from({ length: POINTS - 1 }, (_, at) =>
  weights((at + 1) / POINTS),
);

/** A windowed sinc, of weights whose sum is 1. */
function weights(fraction: number): Float64Array {
  const raw = Float64Array.from({ length: TAPS }, (_, tap) => {
    const x = TAPS / 2 - 1 + fraction - tap;
    const angle = (Math.PI * x) / (TAPS / 2);
    const blackman = 0.42 + 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle);
    return blackman * (Math.sin(Math.PI * x) / (Math.PI * x));
  });
  const sum = raw.reduce((all, one) => all + one, 0);
  return raw.map((one) => one / sum);
}

/** Of one channel. */
export class TruePeak {
  /** The last samples twice over, so that `TAPS` of them always stand in a row. */
  private readonly ring = new Float64Array(2 * TAPS);
  private at = 0;

  /** The highest point of the samples and of what lies between them, half of `TAPS` ago. */
  of(samples: Float32Array): number {
    let highest = 0;
    const { ring } = this;
    for (const sample of samples) {
      ring[this.at] = sample;
      ring[this.at + TAPS] = sample;
      this.at = (this.at + 1) % TAPS;
      highest = Math.max(highest, Math.abs(sample));
      for (const weight of WEIGHTS) {
        let point = 0;
        for (let tap = 0; tap < TAPS; tap++) point += weight[tap] * ring[this.at + tap];
        highest = Math.max(highest, Math.abs(point));
      }
    }
    return highest;
  }
}
