import { describe, expect, it } from "vitest";
import { contourLines, evenLevels, type Field } from "./contours";

function fieldOf(size: number, value: (x: number, y: number) => number): Field {
  const values = Array.from({ length: size * size }, (_, at) =>
    value(at % size, Math.floor(at / size)),
  );
  return { width: size, height: size, values };
}

describe("contourLines", () => {
  it("draws a circle of a cone, of the right radius, closed", () => {
    const cone = fieldOf(41, (x, y) => 20 - Math.hypot(x - 20, y - 20));
    const lines = contourLines(cone, 9.97);
    for (const { x0, y0 } of lines) expect(Math.hypot(x0 - 20, y0 - 20)).toBeCloseTo(10.03, 1);
    const length = lines.reduce((sum, l) => sum + Math.hypot(l.x1 - l.x0, l.y1 - l.y0), 0);
    expect(length).toBeCloseTo(2 * Math.PI * 10.03, 0);
    const ends = new Map<string, number>();
    for (const { x0, y0, x1, y1 } of lines) {
      for (const [x, y] of [
        [x0, y0],
        [x1, y1],
      ]) {
        const key = `${x.toFixed(6)} ${y.toFixed(6)}`;
        ends.set(key, (ends.get(key) ?? 0) + 1);
      }
    }
    expect([...ends.values()].every((count) => count === 2)).toBe(true);
  });

  it("lies where a slope crosses the level", () => {
    const lines = contourLines(
      fieldOf(4, (x) => x),
      1.25,
    );
    expect(lines).toHaveLength(3);
    for (const { x0, x1 } of lines) expect([x0, x1]).toEqual([1.25, 1.25]);
  });

  it("parts a saddle by its middle", () => {
    const saddle = { width: 2, height: 2, values: [1, 0, 0, 1] };
    expect(contourLines(saddle, 0.6)).toEqual(contourLines({ ...saddle }, 0.6));
    // The middle is below 0.6: the high corners, top left and bottom right, are cut off.
    const [first] = contourLines(saddle, 0.6);
    expect(Math.hypot(first.x0 - first.x1, first.y0 - first.y1)).toBeCloseTo(0.4 * Math.SQRT2, 6);
  });

  it("draws nothing of a plain", () => {
    expect(
      contourLines(
        fieldOf(5, () => 1),
        0.5,
      ),
    ).toEqual([]);
  });
});

describe("evenLevels", () => {
  it("leaves out the lowest and the highest value", () => {
    expect(
      evenLevels(
        fieldOf(3, (x) => 2 * x),
        3,
      ),
    ).toEqual([1, 2, 3]);
  });
});
