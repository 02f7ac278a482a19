import { beforeEach, describe, expect, it } from "vitest";
import { Engine } from "./engine";
import { type FakeContext, FakeTicker, soundOf, stubAudio } from "./fake-audio";
import { MidiOut } from "./midi-out";
import type { Shot } from "./shot";

const KEYS: Record<string, number> = { kick: 36, snare: 38 };
/** The page's clock is that much ahead of the audio clock. */
const AHEAD_MS = 5000;

let context: FakeContext;
let engine: Engine;
let sent: { readonly data: number[]; readonly atMs: number }[];

function shots(stepS: number, piece = "kick", velocity = 100): Shot[] {
  return Array.from({ length: 80 }, (_, at) => ({
    time_s: at * stepS,
    piece,
    velocity,
    sample: "stroke",
    gain: 1,
    chokes: [],
  }));
}

function run(seconds: number): void {
  const untilS = context.currentTime + seconds;
  while (context.currentTime < untilS) {
    context.currentTime += 0.025;
    FakeTicker.latest.onmessage?.();
  }
}

/** Strokes, in seconds of the song that began at `beganS`. */
function struck(beganS = 0.03): { readonly atS: number; readonly key: number }[] {
  return sent
    .filter(({ data }) => data[0] === 0x99)
    .map(({ data, atMs }) => ({ atS: (atMs - AHEAD_MS) / 1000 - beganS, key: data[1] }));
}

beforeEach(async () => {
  context = stubAudio();
  sent = [];
  const port = { send: (data: number[], atMs = 0) => sent.push({ data, atMs }) };
  engine = new Engine(
    context as unknown as AudioContext,
    { stems: new Map(), samples: new Map([["stroke", soundOf(0.2)]]) },
    20,
    { master: 1, drums: 1, stems: {}, pieces: {} },
    (songS) => Math.ceil(songS * 24 - 1e-9) / 24,
    () => undefined,
  );
  engine.setMidi(new MidiOut(context as unknown as AudioContext, port, (piece) => KEYS[piece]));
  engine.setShots(shots(0.25), 1);
  await engine.play();
});

describe("MIDI out", () => {
  it("sends each stroke once, with the time at which it is heard", () => {
    run(2);
    const times = struck().map(({ atS }) => atS);
    expect(times.length).toBe(9);
    for (const [at, time] of times.entries()) expect(time).toBeCloseTo(at * 0.25, 6);
  });

  it("ends every note, at the latest when its key is struck again", () => {
    engine.setShots(shots(0.05), 2);
    engine.seek(0);
    sent.length = 0;
    run(2);
    const ons = sent.filter(({ data }) => data[0] === 0x99);
    const offs = sent.filter(({ data }) => data[0] === 0x89);
    expect(offs.length).toBe(ons.length);
    for (const [at, on] of ons.entries()) {
      const next = ons[at + 1]?.atMs ?? Number.POSITIVE_INFINITY;
      expect(offs[at].atMs).toBeGreaterThan(on.atMs);
      expect(offs[at].atMs).toBeLessThanOrEqual(Math.min(next, on.atMs + 100) + 1e-6);
    }
  });

  it("sends new hits in place of those that have not been sent", () => {
    run(1);
    engine.setShots(shots(0.25, "snare"), 2);
    run(1);
    for (const { atS, key } of struck()) expect(key).toBe(atS < 1.01 ? 36 : 38);
    expect(struck().length).toBe(9);
  });

  it("sends nothing of what one went away from", () => {
    run(1);
    const before = sent.length;
    engine.seek(10.125);
    run(0.5);
    const later = sent.slice(before).filter(({ data }) => data[0] === 0x99);
    expect(later.map(({ atMs }) => Math.round(atMs - AHEAD_MS))).toEqual([1155, 1405]);
  });

  it("falls silent with the song, and when it is switched off", () => {
    run(1);
    engine.setMidi(null);
    const before = sent.length;
    run(1);
    expect(sent.length).toBe(before);
  });
});
