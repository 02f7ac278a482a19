import { describe, expect, it } from "vitest";
import { Coalescer } from "./coalescer";

interface Asked {
  readonly wish: number;
  readonly signal: AbortSignal;
  readonly answer: (value: string) => void;
  readonly refuse: (fault: Error) => void;
}

function setUp() {
  const asked: Asked[] = [];
  const taken: [string, number][] = [];
  const faults: unknown[] = [];
  const coalescer = new Coalescer<number, string>(
    (wish, signal) =>
      new Promise((answer, refuse) => {
        asked.push({ wish, signal, answer, refuse });
      }),
    (answer, wish) => taken.push([answer, wish]),
    (fault) => faults.push(fault),
  );
  const settle = () => new Promise((done) => setTimeout(done));
  return { asked, taken, faults, coalescer, settle };
}

describe("Coalescer", () => {
  it("has one request under way, and the newest wish wins", async () => {
    const { asked, taken, coalescer, settle } = setUp();
    for (const wish of [1, 2, 3, 4]) coalescer.push(wish);
    expect(asked.map(({ wish }) => wish)).toEqual([1]);
    asked[0].answer("one");
    await settle();
    expect(asked.map(({ wish }) => wish)).toEqual([1, 4]);
    asked[1].answer("four");
    await coalescer.idle();
    expect(taken).toEqual([
      ["one", 1],
      ["four", 4],
    ]);
  });

  it("drops an answer that comes after a reset", async () => {
    const { asked, taken, coalescer, settle } = setUp();
    coalescer.push(1);
    coalescer.reset();
    expect(asked[0].signal.aborted).toBe(true);
    coalescer.push(2);
    asked[0].answer("late");
    asked[1].answer("two");
    await settle();
    expect(taken).toEqual([["two", 2]]);
  });

  it("tells a fault only where no newer wish follows", async () => {
    const { asked, faults, coalescer, settle } = setUp();
    coalescer.push(1);
    coalescer.push(2);
    asked[0].refuse(new Error("first"));
    await settle();
    expect(faults).toEqual([]);
    asked[1].refuse(new Error("second"));
    await settle();
    expect(faults).toEqual([new Error("second")]);
    expect(coalescer.isBusy).toBe(false);
  });
});
