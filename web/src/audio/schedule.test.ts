import { describe, expect, it } from "vitest";
import { changeFromS, dueHits, TOO_LATE_S } from "./schedule";
import { firstSegment, nextSegment, type Segment, songAt } from "./transport";

const hits = [0, 0.5, 1, 1.5, 2, 2.5].map((time_s) => ({ time_s }));

describe("dueHits", () => {
  it("lays the song onto the clock", () => {
    const segments = [firstSegment(10, 0.4, 3, null)];
    const due = dueHits(segments, hits, 10, 11);
    expect(due.map(({ whenS }) => whenS)).toEqual([10.1, 10.6]);
  });

  it("plays each hit once when looked at in pieces", () => {
    const segments = [firstSegment(10, 0, 3, null)];
    const whole = dueHits(segments, hits, 10, 13).length;
    let parts = 0;
    for (let at = 10; at < 13 - 1e-9; at += 0.025) {
      parts += dueHits(segments, hits, at, at + 0.025).length;
    }
    expect(parts).toBe(whole);
    expect(whole).toBe(6);
  });

  it("goes round a loop without a gap or a double hit", () => {
    const loop = { startS: 0.5, endS: 1.5 };
    const first = firstSegment(10, 0.5, 3, loop);
    const second = nextSegment(first, loop) as Segment;
    const due = dueHits([first, second], hits, 10, 12);
    expect(due.map(({ hit }) => hit.time_s)).toEqual([0.5, 1, 0.5, 1]);
    expect(due.map(({ whenS }) => whenS)).toEqual([10, 10.5, 11, 11.5]);
  });

  it("does not loop when started behind the loop", () => {
    const loop = { startS: 0.5, endS: 1.5 };
    const first = firstSegment(10, 2, 3, loop);
    expect(nextSegment(first, loop)).toBeNull();
    expect(first.songEndS).toBe(3);
  });
});

describe("songAt", () => {
  it("follows the segments and stands still before the first", () => {
    const segments = [
      { clockS: 10, songS: 1, songEndS: 2 },
      { clockS: 11, songS: 0.5, songEndS: 2 },
    ];
    expect(songAt(segments, 9)).toBe(1);
    expect(songAt(segments, 10.25)).toBe(1.25);
    expect(songAt(segments, 11.25)).toBe(0.75);
  });
});

describe("changeFromS", () => {
  const segments = [firstSegment(10, 0, 60, null)];
  const everyTenth = (songS: number): number => Math.ceil(songS * 10 - 1e-9) / 10;

  it("is the next tick", () => {
    expect(changeFromS(segments, 10.42, everyTenth)).toBeCloseTo(10.5, 9);
  });

  it("skips a tick that is too near to be changed", () => {
    expect(changeFromS(segments, 10.5 - TOO_LATE_S / 2, everyTenth)).toBeCloseTo(10.6, 9);
  });

  it("lies in the segment that sounds then", () => {
    const looped = [
      { clockS: 10, songS: 0, songEndS: 1 },
      { clockS: 11, songS: 0, songEndS: 1 },
    ];
    expect(changeFromS(looped, 10.99, everyTenth)).toBeCloseTo(11, 9);
    expect(changeFromS(looped, 11.01, everyTenth)).toBeCloseTo(11.1, 9);
  });
});
