import { describe, expect, it } from "vitest";
import type { StyleMap } from "../../api/types";
import { placeLabels } from "./labels";

const SIZE = { width: 300, height: 300, margin: 16 };

function mapOf(...places: [number, number][]): StyleMap {
  const islands = places.map(([x, y], at) => ({
    name: `island-${at}`,
    description: "",
    at: { x, y },
    code: [],
  }));
  const axis = (low: string, high: string) => ({ name: "", low, high });
  return { size: 2, density: [], x: axis("straight", "late"), y: axis("sparse", "dense"), islands };
}

describe("placeLabels", () => {
  it("writes to the right, or to the left at the right edge", () => {
    const placed = placeLabels(mapOf([0.1, 0.5], [0.99, 0.5]), SIZE);
    expect([...placed.values()]).toEqual(["right", "left"]);
  });

  it("evades another island and the words of the axes", () => {
    expect(placeLabels(mapOf([0.5, 0.5], [0.55, 0.5]), SIZE).get("island-0")).toBe("left");
    expect(placeLabels(mapOf([0.02, 0]), SIZE).get("island-0")).not.toBe("below");
  });

  it("leaves out what finds no place", () => {
    const crowd = Array.from({ length: 60 }, (_, at): [number, number] => [
      0.5 + 0.002 * (at % 8),
      0.5 + 0.002 * Math.floor(at / 8),
    ]);
    expect(placeLabels(mapOf(...crowd), SIZE).size).toBeLessThan(8);
  });
});
