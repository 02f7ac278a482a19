import { describe, expect, it } from "vitest";
import { BeatGrid } from "./grid";

// A pickup beat, then two bars of 4/4 that slow down, and the beat that ends them.
const drifting = new BeatGrid(
  [-0.4, 0.1, 0.6, 1.1, 1.6, 2.1, 2.7, 3.3, 3.9, 4.5],
  [4, 1, 2, 3, 4, 1, 2, 3, 4, 1],
);

describe("BeatGrid", () => {
  it("puts a triplet a third of the way to the next beat", () => {
    expect(drifting.tickToSeconds(12 + 4)).toBeCloseTo(0.1 + 0.5 / 3, 9);
  });

  it("finds the tick again from its time, beyond both ends too", () => {
    for (const tick of [-30, 0, 7, 64, 107, 130]) {
      expect(drifting.secondsToTick(drifting.tickToSeconds(tick))).toBeCloseTo(tick, 6);
    }
  });

  it("counts a pickup as bar 0 and the first full bar as 1", () => {
    expect(drifting.bars.map((bar) => [bar.number, bar.numBeats])).toEqual([
      [0, 1],
      [1, 4],
      [2, 4],
    ]);
  });

  it("gives the next tick, and the tick itself when it is on one", () => {
    expect(drifting.nextTickS(0.11)).toBeCloseTo(0.1 + 0.5 / 12, 9);
    expect(drifting.nextTickS(0.6)).toBeCloseTo(0.6, 9);
  });

  it("takes the metre of most bars, not of the pickup", () => {
    expect(drifting.metre).toBe(4);
  });

  it("counts the beats of a pickup as those of the bar that it ends", () => {
    expect([-0.4, 0, 0.08, 0.1, 1.7].map((time) => drifting.beatInBarAt(time))).toEqual([
      4, 4, 1, 1, 4,
    ]);
  });

  it("knows the bar at a time", () => {
    expect(drifting.barAt(2.1).number).toBe(2);
    expect(drifting.barAt(2.07).number).toBe(1);
    expect(drifting.barAt(2.09).number).toBe(2);
    expect(drifting.barAt(99).number).toBe(2);
  });
});
