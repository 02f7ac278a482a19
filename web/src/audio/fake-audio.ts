/** For tests: as much of Web Audio as the engine uses, with a clock that is set by hand. */

import { vi } from "vitest";

interface Step {
  readonly kind: "set" | "ramp" | "target" | "cancel";
  readonly value: number;
  readonly atS: number;
}

export class FakeParam {
  readonly steps: Step[] = [];

  constructor(public value = 1) {}

  setValueAtTime(value: number, atS: number): void {
    this.steps.push({ kind: "set", value, atS });
  }

  linearRampToValueAtTime(value: number, atS: number): void {
    this.steps.push({ kind: "ramp", value, atS });
  }

  setTargetAtTime(value: number, atS: number): void {
    this.steps.push({ kind: "target", value, atS });
  }

  cancelScheduledValues(atS: number): void {
    this.steps.push({ kind: "cancel", value: 0, atS });
  }
}

class FakeNode {
  readonly port = { onmessage: null, postMessage: () => {} };
  /** What it was connected to first. */
  output: unknown = null;

  constructor(readonly context: FakeContext) {}

  connect<Node>(node: Node): Node {
    this.output ??= node;
    return node;
  }

  disconnect(): void {}
}

export class FakeGain extends FakeNode {
  readonly gain: FakeParam;

  constructor(context: FakeContext, options: { gain?: number } = {}) {
    super(context);
    this.gain = new FakeParam(options.gain);
  }
}

export class FakeSource extends FakeNode {
  startS = Number.NaN;
  offsetS = 0;
  /** When it was taken back or stopped, on the audio clock. */
  stopS = Number.POSITIVE_INFINITY;
  readonly buffer: AudioBuffer;

  constructor(context: FakeContext, options: { buffer: AudioBuffer }) {
    super(context);
    this.buffer = options.buffer;
    context.sources.push(this);
  }

  start(whenS: number, offsetS = 0): void {
    this.startS = Math.max(whenS, this.context.currentTime);
    this.offsetS = offsetS;
  }

  stop(atS = this.context.currentTime): void {
    this.stopS = Math.max(atS, this.context.currentTime);
  }

  /** Whether any of it is heard. */
  get isHeard(): boolean {
    return this.stopS > this.startS;
  }
}

export class FakeContext {
  currentTime = 0;
  readonly sampleRate = 44_100;
  readonly destination = {};
  readonly sources: FakeSource[] = [];
  readonly outputLatency = 0;

  async resume(): Promise<void> {}

  /** The page's clock is 5 s ahead. */
  getOutputTimestamp(): AudioTimestamp {
    // Never the very beginning, of which a browser knows nothing yet.
    const contextTime = this.currentTime + 0.001;
    return { contextTime, performanceTime: 1000 * contextTime + 5000 };
  }
}

/** The worker that ticks: here it ticks when told to. */
export class FakeTicker {
  static latest: FakeTicker;
  onmessage: (() => void) | null = null;

  constructor() {
    FakeTicker.latest = this;
  }

  postMessage(): void {}

  terminate(): void {}
}

class FakeBuffer {
  readonly duration: number;

  constructor({ length, sampleRate }: { length: number; sampleRate: number }) {
    this.duration = length / sampleRate;
  }

  copyToChannel(): void {}
}

export function stubAudio(): FakeContext {
  vi.stubGlobal("GainNode", FakeGain);
  vi.stubGlobal("AudioBufferSourceNode", FakeSource);
  vi.stubGlobal("AudioWorkletNode", FakeNode);
  vi.stubGlobal("DelayNode", FakeNode);
  vi.stubGlobal("Worker", FakeTicker);
  vi.stubGlobal("AudioBuffer", FakeBuffer);
  return new FakeContext();
}

/** A sound of this length; what is in it is of no account. */
export function soundOf(durationS: number): AudioBuffer {
  return { duration: durationS } as AudioBuffer;
}
