import { describe, expect, it } from "vitest";
import { numberSetting } from "./settings-table";
import { Spans } from "./spans";

const bass = numberSetting("follow_bass");
const [low, high] = bass.slider;

describe("the span of a slider", () => {
  it("is the table's for a value within", () => {
    expect(new Spans().holding(bass, bass.default)).toEqual([low, high]);
  });

  it("grows to a value beyond, on either side", () => {
    expect(new Spans().holding(bass, high + 1)).toEqual([low, high + 1]);
    expect(new Spans().holding(bass, low - 1)).toEqual([low - 1, high]);
  });

  it("stays grown as the value comes back, and only for that setting", () => {
    const spans = new Spans();
    spans.holding(bass, high + 1);
    expect(spans.holding(bass, low)).toEqual([low, high + 1]);
    const swing = numberSetting("swing");
    expect(spans.holding(swing, swing.default)).toEqual(swing.slider);
  });
});
