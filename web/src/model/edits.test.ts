import { describe, expect, it } from "vitest";
import type { Edits, Hit, Piece } from "../api/types";
import { isLocked, type Span, withHit, withLock, withoutChanges, withoutLock } from "./edits";

const NONE: Edits = { locks: [], changes: [] };

function hit(tick: number, piece: Piece = "kick"): Hit {
  return {
    time_s: tick / 24,
    tick,
    shift_ticks: 0.1,
    piece,
    velocity: 90,
    origin: "model",
    sample: "s",
    gain: 0.5,
  };
}

function bar(number: number, piece: Piece | null = null): Span {
  return { startTick: 48 * number, endTick: 48 * (number + 1), piece };
}

describe("hits by hand", () => {
  it("holds the last word for a tick and piece", () => {
    const once = withHit(NONE, { tick: 6, piece: "kick", velocity: 100, shift_ticks: 0 });
    const twice = withHit(once, { tick: 6, piece: "kick", velocity: 0, shift_ticks: 0 });
    const other = withHit(twice, { tick: 6, piece: "snare", velocity: 70, shift_ticks: 0 });
    expect(other.changes.map(({ piece, velocity }) => [piece, velocity])).toEqual([
      ["kick", 0],
      ["snare", 70],
    ]);
  });

  it("are taken back where it is asked for, and only there", () => {
    const early = withHit(NONE, { tick: 6, piece: "kick", velocity: 100, shift_ticks: 0 });
    const both = withHit(early, { tick: 54, piece: "kick", velocity: 100, shift_ticks: 0 });
    expect(withoutChanges(both, bar(0)).changes.map(({ tick }) => tick)).toEqual([54]);
  });
});

describe("locks", () => {
  const hits = [hit(0), hit(24), hit(24, "snare"), hit(48)];

  it("hold the hits of their bar as they are", () => {
    const [lock] = withLock(NONE, bar(0), hits).locks;
    expect(lock.hits.map(({ tick, piece }) => [tick, piece])).toEqual([
      [0, "kick"],
      [24, "kick"],
      [24, "snare"],
    ]);
    expect(lock.hits[0].shift_ticks).toBe(0.1);
  });

  it("hold one piece where only that is locked", () => {
    const edits = withLock(NONE, bar(0, "kick"), hits);
    expect(edits.locks[0].hits.map(({ piece }) => piece)).toEqual(["kick", "kick"]);
    expect(isLocked(edits, bar(0, "kick"))).toBe(true);
    expect(isLocked(edits, bar(0, "snare"))).toBe(false);
    expect(isLocked(edits, bar(0))).toBe(false);
  });

  it("are replaced by a lock of more", () => {
    const small = withLock(NONE, bar(0), hits);
    const whole = withLock(small, { startTick: 0, endTick: 96, piece: null }, hits);
    expect(whole.locks).toHaveLength(1);
    expect(isLocked(whole, bar(1))).toBe(true);
  });

  it("let one bar go and keep what is around it", () => {
    const whole = withLock(NONE, { startTick: 0, endTick: 144, piece: null }, [...hits, hit(100)]);
    const open = withoutLock(whole, bar(1));
    expect([0, 1, 2].map((number) => isLocked(open, bar(number)))).toEqual([true, false, true]);
    expect(open.locks.map((lock) => lock.hits.map(({ tick }) => tick))).toEqual([
      [0, 24, 24],
      [100],
    ]);
  });
});
