import { describe, expect, it } from "vitest";
import type { Hit } from "../api/types";
import { BeatGrid } from "./grid";
import { cellsOf, firstBarIndex } from "./pattern";

const [first] = new BeatGrid([0, 0.5, 1, 1.5, 2], [1, 2, 3, 4, 1]).bars;

function hit(tick: number, velocity = 90): Hit {
  return {
    time_s: tick / 24,
    tick,
    shift_ticks: 0,
    piece: "kick",
    velocity,
    origin: "model",
    sample: "s",
    gain: 0.5,
  };
}

describe("cellsOf", () => {
  it("has sixteen 16ths and twelve triplets in a bar of four", () => {
    expect(cellsOf(first, "kick", [], "16ths")).toHaveLength(16);
    expect(cellsOf(first, "kick", [], "triplets")).toHaveLength(12);
  });

  it("shows a hit in its cell, of its piece alone", () => {
    const cells = cellsOf(first, "kick", [hit(15), { ...hit(0), piece: "snare" }], "16ths");
    expect(cells.flatMap((cell, at) => (cell.hit ? [at] : []))).toEqual([5]);
    expect(cells[5]).toMatchObject({ tick: 15, beat: 1, part: 1, isOff: false });
  });

  it("shows a triplet beside the 16ths, and on its own grid", () => {
    const cells = cellsOf(first, "kick", [hit(4)], "16ths");
    expect(cells[1]).toMatchObject({ tick: 3, isOff: true });
    expect(cellsOf(first, "kick", [hit(4)], "triplets")[1].isOff).toBe(false);
  });

  it("keeps the louder of two hits, and the bar's last tick in the bar", () => {
    const cells = cellsOf(first, "kick", [hit(46, 40), hit(47, 80)], "16ths");
    expect(cells[15].hit?.velocity).toBe(80);
  });
});

describe("firstBarIndex", () => {
  const withPickup = (pickupS: number): BeatGrid => {
    const timesS = Array.from({ length: 10 }, (_, beat) => pickupS + 0.5 * (beat - 1));
    return new BeatGrid(timesS, [4, 1, 2, 3, 4, 1, 2, 3, 4, 1]);
  };

  it("leaves out a pickup bar of which only a moment is heard", () => {
    expect(firstBarIndex(withPickup(0.03), "16ths")).toBe(1);
  });

  it("begins with a pickup that has a step in the song", () => {
    expect(firstBarIndex(withPickup(0.4), "16ths")).toBe(0);
  });
});
