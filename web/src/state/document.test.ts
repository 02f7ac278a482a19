import { describe, expect, it } from "vitest";
import type { Project } from "../api/types";
import { atPlace, type Doc, isKnown, ofCode, requestFor, styleOf, withStyle } from "./document";

const style = { code: Array<number>(16).fill(0), at: { x: 0.5, y: 0.5 }, name: "first" };
const doc: Doc = {
  style,
  sections: [
    { name: "verse", start_beat: 0, blend: "hold", subdivision: "16ths", style: null },
    { name: "chorus", start_beat: 16, blend: "hold", subdivision: "16ths", style },
  ],
  settings: { temperature: 0, density: 1, seed: 0 } as Project["settings"],
  edits: { locks: [], changes: [] },
  beats: null,
};

describe("the style of what is being changed", () => {
  it("is the song's where a section has none", () => {
    const other = { ...style, name: "other" };
    const changed = withStyle(doc, 1, other);
    expect([null, 0, 1].map((target) => styleOf(changed, target).name)).toEqual([
      "first",
      "first",
      "other",
    ]);
  });

  it("is asked for by the place of the dot alone while it is dragged", () => {
    const dragged = withStyle(doc, null, atPlace(style, { x: 0.1, y: 0.2 }));
    const { style: asked, sections } = requestFor(dragged, 7);
    expect(asked).toEqual({ code: null, at: { x: 0.1, y: 0.2 }, name: "" });
    expect(sections?.[1].style?.code).toEqual(style.code);
  });

  it("is asked for by its numbers alone while one is moved", () => {
    const moved = withStyle(doc, 1, ofCode(style, style.code, ""));
    const { style: asked, sections } = requestFor(moved, 7);
    expect([asked?.at, sections?.[1].style?.at]).toEqual([style.at, null]);
  });

  it("is known when both its sides are, wherever it stands", () => {
    expect(isKnown(doc)).toBe(true);
    for (const target of [null, 0, 1]) {
      expect(isKnown(withStyle(doc, target, atPlace(style, { x: 0, y: 0 })))).toBe(false);
      expect(isKnown(withStyle(doc, target, ofCode(style, style.code, "")))).toBe(false);
    }
  });
});
