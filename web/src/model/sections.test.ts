import { describe, expect, it } from "vitest";
import { addSection, changeSection, moveSection, sectionAt } from "./sections";
import { tappedBpm } from "./taps";

describe("sections", () => {
  it("stand in order, each under a name of its own", () => {
    const sections = addSection(addSection(addSection([], 16), 0), 32);
    expect(sections.map((one) => one.start_beat)).toEqual([0, 16, 32]);
    expect(new Set(sections.map((one) => one.name)).size).toBe(3);
  });

  it("are not doubled on one beat", () => {
    expect(addSection(addSection([], 16), 16)).toHaveLength(1);
  });

  it("move past each other, and not onto each other", () => {
    const sections = addSection(addSection([], 8), 16);
    const moved = moveSection(sections, 0, 32);
    expect(moved.map((one) => one.name)).toEqual([sections[1].name, sections[0].name]);
    expect(moveSection(sections, 0, 16)).toEqual(sections);
  });

  it("of one name are one part: what is said of one is said of all", () => {
    const named = addSection(addSection(addSection([], 0), 16), 32).map((one, at) => ({
      ...one,
      name: "ABA"[at],
    }));
    const morphs = changeSection(named, 2, { blend: "morph" });
    expect(morphs.map((one) => one.blend)).toEqual(["morph", "hold", "morph"]);
    expect(morphs.map((one) => one.start_beat)).toEqual([0, 16, 32]);
    const joined = changeSection(morphs, 1, { name: "A" });
    expect(joined.map((one) => [one.start_beat, one.blend])).toEqual([
      [0, "morph"],
      [16, "morph"],
      [32, "morph"],
    ]);
    const own = changeSection(joined, 1, { name: "Bridge" });
    expect(own.map((one) => one.name)).toEqual(["A", "Bridge", "A"]);
  });

  it("last up to the next", () => {
    const sections = addSection(addSection([], 8), 16);
    expect([7, 8, 15, 16, 99].map((beat) => sectionAt(sections, beat))).toEqual([-1, 0, 0, 1, 1]);
  });
});

describe("tappedBpm", () => {
  it("is the median step, so that one slip does not count", () => {
    expect(tappedBpm([0, 0.5, 1, 1.5, 2.2, 2.7])).toBeCloseTo(120, 6);
  });

  it("needs two taps", () => {
    expect(tappedBpm([1])).toBeNull();
  });
});
