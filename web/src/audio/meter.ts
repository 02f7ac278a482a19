/**
 * What stands on each strip of the graph, for people to look at. Levels fall as those of a peak
 * programme meter do, so that a short peak can be read.
 */

import { PEAK_LIMIT } from "./limiter-rule";
import { type Loudness, SILENT } from "./loudness";
import meterUrl from "./meter.worklet.ts?worker&url";

/** What the audio thread tells, some 40 times a second. */
export interface Measured {
  /** Of each input left and right, the highest sample since it was told last. */
  readonly peaks: Float32Array;
  /** Of the mix, since the last reset. */
  readonly truePeak: number;
  readonly loudness: Loudness;
}

/** What is measured besides the strips: the mix as it leaves, and both busses before a limiter. */
const BUSSES = ["mix", "drums", "mix-before", "drums-before"] as const;
export type Bus = (typeof BUSSES)[number];
/** A digital meter falls by 20 dB in 1.7 s (IEC 60268-18). */
const FALL_DB_PER_S = 20 / 1.7;
/** Below it a meter stands still. */
export const FLOOR_DB = -54;

export function loadMeter(context: BaseAudioContext): Promise<void> {
  return context.audioWorklet.addModule(meterUrl);
}

/** The name of a strip among the meters. */
export const ofStem = (id: string): string => `stem ${id}`;
export const ofPiece = (piece: string): string => `piece ${piece}`;

export function decibels(level: number): number {
  return 20 * Math.log10(level);
}

export class Meters {
  truePeak = 0;
  loudness = SILENT;
  private readonly node: AudioWorkletNode;
  private readonly inputs: ReadonlyMap<string, number>;
  private readonly shown: Float32Array;
  /** The highest of each since the last reset. */
  private readonly highest: Float32Array;
  private atS = 0;

  constructor(
    private readonly context: BaseAudioContext,
    strips: readonly string[],
  ) {
    this.inputs = new Map([...BUSSES, ...strips].map((name, at) => [name, at]));
    const numberOfInputs = this.inputs.size;
    this.shown = new Float32Array(2 * numberOfInputs);
    this.highest = new Float32Array(numberOfInputs);
    this.node = new AudioWorkletNode(context, "meter", { numberOfInputs, numberOfOutputs: 1 });
    // A node that leads nowhere is not run; what it gives is silence.
    this.node.connect(context.destination);
    this.node.port.onmessage = ({ data }: MessageEvent<Measured>) => this.take(data);
  }

  measure(node: AudioNode, name: string): void {
    const input = this.inputs.get(name);
    if (input !== undefined) node.connect(this.node, 0, input);
  }

  /** Left and right as they are shown now, linear. */
  level(name: string): { left: number; right: number } {
    const at = this.inputs.get(name);
    if (at === undefined) return { left: 0, right: 0 };
    const fallen = this.fallen(this.context.currentTime);
    return { left: fallen * this.shown[2 * at], right: fallen * this.shown[2 * at + 1] };
  }

  /** The highest sample since the last reset. */
  peak(name: string): number {
    const at = this.inputs.get(name);
    return at === undefined ? 0 : this.highest[at];
  }

  /** By so many decibels the limiter of a bus has held it back at most: 0 or more. */
  heldDb(bus: "mix" | "drums"): number {
    return Math.max(0, decibels(this.peak(`${bus}-before`) / PEAK_LIMIT));
  }

  /** Whether any needle is still up. */
  get moves(): boolean {
    const lowest = 10 ** (FLOOR_DB / 20) / this.fallen(this.context.currentTime);
    return this.shown.some((one) => one > lowest);
  }

  reset(): void {
    this.node.port.postMessage("reset");
    this.highest.fill(0);
    this.truePeak = 0;
    this.loudness = SILENT;
  }

  dispose(): void {
    this.node.port.onmessage = null;
    this.node.disconnect();
  }

  private take({ peaks, truePeak, loudness }: Measured): void {
    const now = this.context.currentTime;
    const fallen = this.fallen(now);
    this.atS = now;
    for (const [at, peak] of peaks.entries()) {
      this.shown[at] = Math.max(peak, fallen * this.shown[at]);
      this.highest[at >> 1] = Math.max(this.highest[at >> 1], peak);
    }
    this.truePeak = truePeak;
    this.loudness = loudness;
  }

  private fallen(nowS: number): number {
    return 10 ** ((-FALL_DB_PER_S * (nowS - this.atS)) / 20);
  }
}
