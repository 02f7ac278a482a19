import { describe, expect, it } from "vitest";
import { History } from "./history";

function setUp() {
  const clock = { ms: 0 };
  const history = new History<string>(3, () => clock.ms);
  return { clock, history };
}

describe("History", () => {
  it("goes back and forth", () => {
    const { history } = setUp();
    history.record("a", "x");
    history.record("b", "y");
    expect(history.undo("c")).toBe("b");
    expect(history.undo("b")).toBe("a");
    expect(history.undo("a")).toBeNull();
    expect(history.redo("a")).toBe("b");
    expect(history.redo("b")).toBe("c");
    expect(history.canRedo).toBe(false);
  });

  it("takes a drag as one change", () => {
    const { clock, history } = setUp();
    for (const state of ["a", "b", "c"]) {
      history.record(state, "pad");
      clock.ms += 100;
    }
    expect(history.undo("d")).toBe("a");
    expect(history.canUndo).toBe(false);
  });

  it("takes two drags with a rest between as two", () => {
    const { clock, history } = setUp();
    history.record("a", "pad");
    clock.ms += 5000;
    history.record("b", "pad");
    expect(history.undo("c")).toBe("b");
    expect(history.undo("b")).toBe("a");
  });

  it("forgets what was undone when something else is done", () => {
    const { history } = setUp();
    history.record("a", "x");
    history.undo("b");
    history.record("a", "y");
    expect(history.canRedo).toBe(false);
  });

  it("holds so many and no more", () => {
    const { history } = setUp();
    for (const state of ["a", "b", "c", "d"]) history.record(state, state);
    expect([history.undo("e"), history.undo("d"), history.undo("c")]).toEqual(["d", "c", "b"]);
    expect(history.undo("b")).toBeNull();
  });
});
