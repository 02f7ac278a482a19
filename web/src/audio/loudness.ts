/**
 * How loud a sound is to people, in LUFS, by ITU-R BS.1770-5: K-weighted power, over 0.4 s
 * (momentary), 3 s (short term, EBU Tech 3341), and over all that is not silence (integrated,
 * gated at -70 LUFS and at 10 LU below the mean).
 */

/** Loudness of stretches overlaps by three quarters: so long is a step. */
const STEP_S = 0.1;
const MOMENTARY_STEPS = 4;
const SHORT_TERM_STEPS = 30;
const SILENCE_LUFS = -70;
const GATE_LU = -10;
/** What a full-scale sine of 997 Hz in one channel is to measure: -3.01 LUFS. */
const OFFSET_DB = -0.691;

export interface Loudness {
  readonly momentary: number;
  readonly shortTerm: number;
  readonly integrated: number;
}

export const SILENT: Loudness = {
  momentary: Number.NEGATIVE_INFINITY,
  shortTerm: Number.NEGATIVE_INFINITY,
  integrated: Number.NEGATIVE_INFINITY,
};

export class LoudnessMeter {
  private readonly filters: [Filter, Filter][] = [];
  /** Of the last steps, oldest first: their mean power, over all channels. */
  private steps: number[] = [];
  /** Of all stretches of 0.4 s that are not silence. */
  private stretches: number[] = [];
  private power = 0;
  private numSamples = 0;
  private readonly stepSamples: number;

  constructor(private readonly sampleRateHz: number) {
    this.stepSamples = Math.round(STEP_S * sampleRateHz);
  }

  /** Left and right, as many samples each. */
  hear(channels: readonly Float32Array[]): void {
    while (this.filters.length < channels.length) this.filters.push(kWeighting(this.sampleRateHz));
    const length = channels[0]?.length ?? 0;
    for (let start = 0; start < length; ) {
      const end = Math.min(length, start + this.stepSamples - this.numSamples);
      for (let at = 0; at < channels.length; at++) {
        this.power += weightedPower(channels[at], this.filters[at], start, end);
      }
      this.numSamples += end - start;
      if (this.numSamples === this.stepSamples) this.step();
      start = end;
    }
  }

  /** Since the last `reset`. */
  get loudness(): Loudness {
    return {
      momentary: lufs(meanOf(this.steps.slice(-MOMENTARY_STEPS), MOMENTARY_STEPS)),
      shortTerm: lufs(meanOf(this.steps, SHORT_TERM_STEPS)),
      integrated: lufs(gatedMean(this.stretches)),
    };
  }

  reset(): void {
    this.steps = [];
    this.stretches = [];
    this.power = 0;
    this.numSamples = 0;
  }

  private step(): void {
    this.steps.push(this.power / this.stepSamples);
    if (this.steps.length > SHORT_TERM_STEPS) this.steps.shift();
    this.power = 0;
    this.numSamples = 0;
    if (this.steps.length < MOMENTARY_STEPS) return;
    const stretch = meanOf(this.steps.slice(-MOMENTARY_STEPS), MOMENTARY_STEPS);
    if (lufs(stretch) > SILENCE_LUFS) this.stretches.push(stretch);
  }
}

/** The sum of the squares of samples [start, end), weighted. */
function weightedPower(
  samples: Float32Array,
  [head, highPass]: readonly [Filter, Filter],
  start: number,
  end: number,
): number {
  let power = 0;
  for (let at = start; at < end; at++) {
    const weighted = highPass.next(head.next(samples[at]));
    power += weighted * weighted;
  }
  return power;
}

function lufs(power: number): number {
  return OFFSET_DB + 10 * Math.log10(power);
}

/** Where there are fewer, the first is as if it had come before: a meter does not rise slowly. */
function meanOf(values: readonly number[], most: number): number {
  const used = values.slice(-most);
  return used.reduce((sum, one) => sum + one, 0) / Math.max(1, used.length);
}

function gatedMean(stretches: readonly number[]): number {
  const gate = meanOf(stretches, stretches.length) * 10 ** (GATE_LU / 10);
  const loud = stretches.filter((one) => one > gate);
  return meanOf(loud, loud.length);
}

class Filter {
  private x1 = 0;
  private x2 = 0;
  private y1 = 0;
  private y2 = 0;

  constructor(
    private readonly b: readonly [number, number, number],
    private readonly a: readonly [number, number],
  ) {}

  next(x: number): number {
    const { b, a } = this;
    const y = b[0] * x + b[1] * this.x1 + b[2] * this.x2 - a[0] * this.y1 - a[1] * this.y2;
    this.x2 = this.x1;
    this.x1 = x;
    this.y2 = this.y1;
    this.y1 = y;
    return y;
  }
}

/**
 * The head (a shelf) and what the ear does not hear of the bass. The standard says the filters as
 * numbers for 48 kHz; these are the analogue ones behind them, for any rate, after
 * B. De Man, "Evaluation of Implementations of the EBU R128 Loudness Measurement", AES 145, 2018.
 */
function kWeighting(rateHz: number): [Filter, Filter] {
  const shelf = { hz: 1681.9744509555319, q: 0.7071752369554193, gainDb: 3.999843853973347 };
  const low = { hz: 38.13547087613982, q: 0.5003270373253953 };
  const high = 10 ** (shelf.gainDb / 20);
  const band = high ** 0.499666774155;
  const k = Math.tan((Math.PI * shelf.hz) / rateHz);
  const a0 = 1 + k / shelf.q + k * k;
  const head = new Filter(
    [
      (high + (band * k) / shelf.q + k * k) / a0,
      (2 * (k * k - high)) / a0,
      (high - (band * k) / shelf.q + k * k) / a0,
    ],
    [(2 * (k * k - 1)) / a0, (1 - k / shelf.q + k * k) / a0],
  );
  const l = Math.tan((Math.PI * low.hz) / rateHz);
  const c0 = 1 + l / low.q + l * l;
  const highPass = new Filter([1, -2, 1], [(2 * (l * l - 1)) / c0, (1 - l / low.q + l * l) / c0]);
  return [head, highPass];
}
