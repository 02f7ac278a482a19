import { describe, expect, it } from "vitest";
import { LoudnessMeter } from "./loudness";
import { TruePeak } from "./true-peak";

const RATE_HZ = 44_100;

function sine(hz: number, peakDb: number, durationS: number, phase = 0): Float32Array {
  const peak = 10 ** (peakDb / 20);
  return Float32Array.from(
    { length: Math.round(durationS * RATE_HZ) },
    (_, at) => peak * Math.sin((2 * Math.PI * hz * at) / RATE_HZ + phase),
  );
}

/** In blocks, as the audio thread gives them. */
function heard(...parts: [samples: Float32Array, numChannels: number][]): LoudnessMeter {
  const meter = new LoudnessMeter(RATE_HZ);
  for (const [samples, numChannels] of parts) {
    for (let at = 0; at < samples.length; at += 128) {
      const block = samples.subarray(at, at + 128);
      meter.hear(Array<Float32Array>(numChannels).fill(block));
    }
  }
  return meter;
}

describe("loudness", () => {
  it("is that which the standard gives a sine", () => {
    const { momentary, shortTerm, integrated } = heard([sine(997, 0, 4), 1]).loudness;
    for (const value of [momentary, shortTerm, integrated]) expect(value).toBeCloseTo(-3.01, 1);
    expect(heard([sine(1000, -23, 4), 2]).loudness.integrated).toBeCloseTo(-23, 1);
  });

  it("weighs bass less and treble more, as ears do", () => {
    const of = (hz: number) => heard([sine(hz, -20, 4), 2]).loudness.integrated;
    expect(of(40)).toBeLessThan(of(1000) - 4);
    expect(of(8000)).toBeGreaterThan(of(1000) + 3);
  });

  it("leaves out what is far softer than the rest (as EBU Tech 3341, case 3)", () => {
    const [soft, loud] = [sine(1000, -36, 3), sine(1000, -23, 9)];
    const alone = heard([loud, 2]).loudness.integrated;
    const meter = heard([soft, 2], [loud, 2], [soft, 2]);
    expect(Math.abs(meter.loudness.integrated - alone)).toBeLessThan(0.2);
    meter.reset();
    expect(meter.loudness.integrated).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("the true peak", () => {
  it("is found between the samples", () => {
    const between = sine(RATE_HZ / 4, 0, 0.1, Math.PI / 4);
    expect(20 * Math.log10(Math.max(...between))).toBeCloseTo(-3.01, 1);
    // Where the sine begins and ends, it is none: let it settle.
    const meter = new TruePeak();
    meter.of(between.subarray(0, 400));
    const peakDb = 20 * Math.log10(meter.of(between.subarray(400)));
    // What EBU Tech 3341 allows.
    expect(peakDb).toBeGreaterThan(-0.4);
    expect(peakDb).toBeLessThan(0.2);
  });
});
