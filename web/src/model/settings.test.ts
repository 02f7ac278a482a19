import { describe, expect, it } from "vitest";
import type { Settings } from "../api/types";
import { ofPiece, withPiece } from "./settings";

const settings = { density: 2, pieces: {} } as Settings;
const untouched = ofPiece(settings, "ride");

describe("withPiece", () => {
  it("changes one piece and leaves the others and the rest", () => {
    const ride = withPiece(settings, "ride", { amount: 2 });
    const both = withPiece(ride, "snare", { muted: true });
    expect(ofPiece(both, "ride")).toEqual({ ...untouched, amount: 2 });
    expect(ofPiece(both, "snare").muted).toBe(true);
    expect(ofPiece(both, "kick")).toEqual(ofPiece(settings, "kick"));
    expect(both.density).toBe(2);
  });

  it("forgets a piece that is as the style says again", () => {
    const ride = withPiece(settings, "ride", { amount: 2 });
    expect(withPiece(ride, "ride", untouched)).toEqual(settings);
  });
});
