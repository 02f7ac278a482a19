import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import { Saver } from "./saver";

describe("Saver", () => {
  it("sends each part once after many changes, one at a time", async () => {
    const sent: string[] = [];
    let underWay = 0;
    const saver = new Saver<string>(
      async (part) => {
        underWay++;
        expect(underWay).toBe(1);
        await Promise.resolve();
        underWay--;
        sent.push(part);
      },
      async () => undefined,
      () => undefined,
    );
    saver.mark("style");
    saver.mark("style", "edits");
    expect(saver.isSaved).toBe(false);
    await saver.flush();
    expect(sent).toEqual(["style", "edits"]);
    expect(saver.isSaved).toBe(true);
  });

  it("sends what changes while it sends", async () => {
    const sent: string[] = [];
    const saver: Saver<string> = new Saver(
      async (part) => {
        sent.push(part);
        if (sent.length === 1) saver.mark("style");
      },
      async () => undefined,
      () => undefined,
    );
    saver.mark("style");
    await saver.flush();
    expect(sent).toEqual(["style", "style"]);
  });

  it("gives way to another window, and keeps what a broken line held back", async () => {
    const reload = vi.fn(async () => undefined);
    let fault: ApiError | null = new ApiError("no line", 0);
    const saver = new Saver<string>(
      async () => {
        if (fault) throw fault;
      },
      reload,
      () => undefined,
    );
    saver.mark("style");
    await saver.flush();
    expect(saver.isSaved).toBe(false);
    fault = new ApiError("another was faster", 409);
    await saver.flush();
    expect(reload).toHaveBeenCalledOnce();
    expect(saver.isSaved).toBe(true);
  });
});
