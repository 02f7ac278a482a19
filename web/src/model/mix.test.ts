import { describe, expect, it } from "vitest";
import { heardGains, type Mix } from "../audio/graph";
import { faderToGain, gainToFader } from "./mix";

const strip = { gain: 0.8, mute: false, solo: false };

describe("heardGains", () => {
  const mix: Mix = { master: 1, drums: 1, stems: { a: strip, b: strip }, pieces: { kick: strip } };

  it("silences all but the solo, among stems and drums alike", () => {
    const heard = heardGains({ ...mix, stems: { ...mix.stems, b: { ...strip, solo: true } } });
    expect([...heard.stems]).toEqual([
      ["a", 0],
      ["b", 0.8],
    ]);
    expect(heard.pieces.get("kick")).toBe(0);
  });

  it("lets a mute win over its own solo", () => {
    const both = { ...strip, solo: true, mute: true };
    expect(heardGains({ ...mix, pieces: { kick: both } }).pieces.get("kick")).toBe(0);
  });
});

describe("faders", () => {
  it("come back to the gain that they were set to", () => {
    for (const gain of [0, 0.01, 0.5, 1, 1.9]) {
      expect(faderToGain(gainToFader(gain))).toBeCloseTo(gain, 9);
    }
  });
});
