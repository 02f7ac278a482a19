/**
 * Measures what passes, on the audio thread: no sample is missed, however busy the page is. Its
 * inputs are told by `meter.ts`; the first is the whole mix, whose loudness and true peak are
 * measured, too.
 */

import { LoudnessMeter } from "./loudness";
import type { Measured } from "./meter";
import { TruePeak } from "./true-peak";

declare const sampleRate: number;
declare function registerProcessor(name: string, processor: unknown): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

/** So often the page is told, in blocks of 128 samples: 43 times a second. */
const EVERY_BLOCKS = 8;

class Meter extends AudioWorkletProcessor {
  private peaks: Float32Array | null = null;
  private readonly truePeaks = [new TruePeak(), new TruePeak()];
  private readonly loudness = new LoudnessMeter(sampleRate);
  private truePeak = 0;
  private block = 0;

  constructor() {
    super();
    this.port.onmessage = () => this.reset();
  }

  process(inputs: Float32Array[][]): boolean {
    this.peaks ??= new Float32Array(2 * inputs.length);
    for (const [input, channels] of inputs.entries()) {
      for (let side = 0; side < 2 && channels.length > 0; side++) {
        const at = 2 * input + side;
        // What is mono sounds on both sides.
        this.peaks[at] = Math.max(this.peaks[at], peakOf(channels[side] ?? channels[0]));
      }
    }
    this.measureMix(inputs[0]);
    if (++this.block % EVERY_BLOCKS === 0) this.tell(this.peaks);
    return true;
  }

  private measureMix([left, right = left]: Float32Array[]): void {
    if (!left) return;
    const [ofLeft, ofRight] = this.truePeaks;
    this.truePeak = Math.max(this.truePeak, ofLeft.of(left), ofRight.of(right));
    this.loudness.hear([left, right]);
  }

  private tell(peaks: Float32Array): void {
    const measured: Measured = {
      peaks: peaks.slice(),
      truePeak: this.truePeak,
      loudness: this.loudness.loudness,
    };
    this.port.postMessage(measured);
    peaks.fill(0);
  }

  private reset(): void {
    this.truePeak = 0;
    this.loudness.reset();
  }
}

function peakOf(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) {
    const size = sample < 0 ? -sample : sample;
    if (size > peak) peak = size;
  }
  return peak;
}

registerProcessor("meter", Meter);
