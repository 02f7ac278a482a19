import { beforeEach, describe, expect, it } from "vitest";
import { Engine } from "./engine";
import {
  type FakeContext,
  type FakeGain,
  type FakeSource,
  FakeTicker,
  soundOf,
  stubAudio,
} from "./fake-audio";
import type { Shot } from "./shot";

const TICK_S = 1 / 24;
const LOOK_S = 0.025;
const SONG_S = 20;
const MIX = { master: 1, drums: 1, stems: {}, pieces: {} };

const song = soundOf(SONG_S);
/** Strokes are told apart by their samples: `even` and `odd` performances have their own. */
const samples = new Map(["even", "odd"].map((name) => [name, soundOf(0.2)]));

function shotsEvery(stepS: number, sample: string, chokes: string[] = []): Shot[] {
  const count = Math.floor(SONG_S / stepS);
  return Array.from({ length: count }, (_, at) => ({
    time_s: at * stepS,
    piece: "kick",
    velocity: 100,
    sample,
    gain: 0.6,
    chokes,
  }));
}

let context: FakeContext;
let engine: Engine;

beforeEach(() => {
  context = stubAudio();
  engine = new Engine(
    context as unknown as AudioContext,
    { stems: new Map([["bass", song]]), samples },
    SONG_S,
    MIX,
    (songS) => Math.ceil(songS / TICK_S - 1e-9) * TICK_S,
    () => undefined,
  );
});

/** Let the clock run, looking as often as the page does. */
function run(seconds: number, lookS = LOOK_S): void {
  const untilS = context.currentTime + seconds;
  while (context.currentTime < untilS) {
    context.currentTime += lookS;
    FakeTicker.latest.onmessage?.();
  }
}

function heard(name: string): FakeSource[] {
  const buffer = name === "bass" ? song : samples.get(name);
  return context.sources.filter((source) => source.buffer === buffer && source.isHeard);
}

/** Where in the song strokes are heard, given that it plays from 0 at `startS`. */
function strokes(name: string, startS: number): number[] {
  return heard(name).map((source) => source.startS - startS);
}

describe("Engine", () => {
  it("starts all on one clock, each hit once, at its time", async () => {
    engine.setShots(shotsEvery(0.5, "even"), 1);
    await engine.play();
    run(3);
    const [bass] = heard("bass");
    const times = strokes("even", bass.startS);
    expect(times.length).toBeGreaterThanOrEqual(6);
    for (const [at, time] of times.entries()) expect(time).toBeCloseTo(0.5 * at, 9);
  });

  it("changes over at a tick: old hits before it, new ones from it on, none lost or doubled", async () => {
    engine.setShots(shotsEvery(TICK_S, "even"), 0);
    await engine.play();
    for (const [serial, wait] of [0.13, 0.31, 0.07, 0.2, 0.4, 0.02, 0.11].entries()) {
      run(wait, 0.01);
      engine.setShots(shotsEvery(TICK_S, serial % 2 ? "even" : "odd"), serial + 1);
    }
    run(1);
    const [bass] = heard("bass");
    const all = [...strokes("even", bass.startS), ...strokes("odd", bass.startS)];
    const sorted = all.toSorted((a, b) => a - b);
    for (const [at, time] of sorted.entries()) expect(time).toBeCloseTo(at * TICK_S, 9);
    expect(heard("bass")).toHaveLength(1);
    expect(bass.stopS).toBeGreaterThan(SONG_S);
  });

  it("has the new hits sound within a tick and a little of the change", async () => {
    engine.setShots(shotsEvery(TICK_S, "even"), 1);
    await engine.play();
    run(1);
    const changedS = context.currentTime;
    engine.setShots(shotsEvery(TICK_S, "odd"), 2);
    const firstS = Math.min(...heard("odd").map((source) => source.startS));
    expect(firstS - changedS).toBeLessThan(TICK_S + 0.006);
    expect(engine.swaps.at(-1)?.from_s).toBeCloseTo(firstS, 9);
  });

  it("lets ring what a hit that was taken back would have cut off", async () => {
    const sounding: Shot = { ...shotsEvery(0.5, "even")[0], time_s: 0.5 };
    const cutting: Shot = { ...sounding, time_s: 0.65, chokes: ["kick"] };
    engine.setShots([sounding, cutting], 1);
    await engine.play();
    run(0.55);
    const level = heard("even")[0].output as FakeGain;
    const cutS = level.gain.steps.at(-1)?.atS ?? 0;
    expect(level.gain.steps.at(-1)?.kind).toBe("ramp");
    engine.setShots([sounding], 2);
    expect(heard("even")).toHaveLength(1);
    expect(level.gain.steps.at(-1)?.kind).toBe("cancel");
    expect(level.gain.steps.at(-1)?.atS).toBeLessThan(cutS);
  });

  it("leaves out what the page was too late for", async () => {
    engine.setShots(shotsEvery(0.1, "even"), 1);
    await engine.play();
    run(0.5);
    const before = heard("even").length;
    context.currentTime += 1; // the page hung
    FakeTicker.latest.onmessage?.();
    const late = heard("even").slice(before);
    expect(late.length).toBeLessThanOrEqual(3);
  });

  it("fades the old place out and starts the new one on a seek", async () => {
    await engine.play();
    run(1);
    engine.seek(10);
    const [before, after] = heard("bass");
    expect(before.stopS - context.currentTime).toBeLessThan(0.01);
    expect(after.offsetS).toBe(10);
    run(0.5);
    expect(engine.songS).toBeGreaterThan(10.4);
  });

  it("stands where it was paused, and plays once however often it is asked", async () => {
    await Promise.all([engine.play(), engine.play()]);
    run(1);
    expect(heard("bass")).toHaveLength(1);
    engine.pause();
    const stands = engine.songS;
    run(1);
    expect(engine.songS).toBe(stands);
  });
});
