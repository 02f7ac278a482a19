import { describe, expect, it } from "vitest";
import { BeatGrid } from "../model/grid";
import { countIn } from "./metronome";

/** 120 bpm in threes, with a pickup of a beat before the song. */
const { beats } = new BeatGrid(
  Array.from({ length: 20 }, (_, at) => 0.5 * at - 0.5),
  Array.from({ length: 20 }, (_, at) => ((at + 2) % 3) + 1),
);

const timesS = (songS: number): number[] => countIn(beats, songS).map((beat) => beat.time_s);

describe("the count-in", () => {
  it("is a bar that ends where the song begins", () => {
    expect(timesS(3)).toEqual([1.5, 2, 2.5]);
    expect(countIn(beats, 3).map((beat) => beat.isDownbeat)).toEqual([true, false, false]);
  });

  it("goes on in the song's own beats where it begins between two", () => {
    expect(timesS(3.2)).toEqual([2, 2.5, 3]);
  });

  it("is there before the song's very first beat", () => {
    expect(timesS(0)).toEqual([-1.5, -1, -0.5]);
  });
});
