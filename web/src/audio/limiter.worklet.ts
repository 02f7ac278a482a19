/**
 * A look-ahead peak limiter on the audio thread: no sample beyond -1 dBFS, and no wave cut off.
 * The rule and its numbers are those of the export, where they are explained:
 * `src/drumnet/rendering/limiter.py`. The tests hold the two together.
 */

import { lookAheadSamples, PEAK_LIMIT, RELEASE_PER_S } from "./limiter-rule";

declare const sampleRate: number;
declare function registerProcessor(name: string, processor: unknown): void;
declare class AudioWorkletProcessor {}

class Limiter extends AudioWorkletProcessor {
  private readonly ahead = lookAheadSamples(sampleRate);
  private readonly size = this.ahead + 1;
  /** Rings of the last `size` samples: what each needs, what is given back, and the sound. */
  private readonly needed = new Float64Array(this.size).fill(1);
  private readonly givenBack = new Float64Array(this.size).fill(1);
  private readonly sound: Float32Array[] = [];
  private last = 1;
  /** For so many samples the rings may hold anything but ones. */
  private busy = 0;
  private at = 0;

  process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
    while (this.sound.length < output.length) this.sound.push(new Float32Array(this.size));
    const { length } = output[0];
    for (let now = 0; now < length; now++) {
      const { at } = this;
      let peak = PEAK_LIMIT;
      for (const channel of input) peak = Math.max(peak, Math.abs(channel[now]));
      if (peak > PEAK_LIMIT || this.last < 1) this.busy = 2 * this.size;
      const factor = this.busy > 0 ? this.step(at, PEAK_LIMIT / peak) : 1;
      const oldest = (at + 1) % this.size;
      for (const [channel, out] of output.entries()) {
        const held = this.sound[channel];
        held[at] = input[channel]?.[now] ?? 0;
        out[now] = held[oldest] * factor;
      }
      this.at = oldest;
    }
    return true;
  }

  private step(at: number, needed: number): number {
    this.busy--;
    this.needed[at] = needed;
    this.last = Math.min(least(this.needed), this.last + RELEASE_PER_S / sampleRate);
    this.givenBack[at] = this.last;
    return mean(this.givenBack);
  }
}

function least(values: Float64Array): number {
  let found = 1;
  for (const value of values) if (value < found) found = value;
  return found;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

registerProcessor("limiter", Limiter);
