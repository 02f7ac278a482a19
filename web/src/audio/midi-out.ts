/**
 * The drums as MIDI, to a port of this computer, with the times of the audio clock's schedule.
 *
 * What is due soon is sent with its time, which the browser keeps; what is farther away waits
 * here, where it can still be taken back.
 */

import type { Due } from "./schedule";
import type { Shot } from "./shot";

/** Seconds ahead of its sound that a stroke is sent: two looks of the engine, and some more. */
export const SEND_AHEAD_S = 0.06;
/** Milliseconds that a key is held, unless it is struck again before. */
const HELD_MS = 100;
const NOTE_ON = 0x99;
const NOTE_OFF = 0x89;

/** What is needed of `MIDIOutput`; not every browser can take back what it was sent. */
export interface MidiPort {
  send(data: number[], timestamp?: number): void;
  clear?(): void;
}

interface Stroke {
  readonly key: number;
  readonly velocity: number;
  readonly whenS: number;
}

export class MidiOut {
  private waiting: Stroke[] = [];
  private sentToS = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly context: AudioContext,
    private readonly port: MidiPort,
    /** The key of a piece. */
    private readonly keyOf: (piece: string) => number | undefined,
  ) {}

  /** A hit was put on the audio clock. */
  start({ hit, whenS }: Due<Shot>): void {
    const key = this.keyOf(hit.piece);
    // What was sent stays as it is: its own hits, in new ones, are not sent again.
    if (key === undefined || whenS < this.sentToS) return;
    this.waiting.push({ key, velocity: hit.velocity, whenS });
  }

  /** Take back all that would begin at or after `fromS` and was not sent. */
  cancelFrom(fromS: number): void {
    this.waiting = this.waiting.filter(({ whenS }) => whenS < fromS);
  }

  /** Take back all. */
  silence(): void {
    this.waiting = [];
    this.sentToS = Number.NEGATIVE_INFINITY;
    this.port.clear?.();
  }

  /** Send what is due soon. */
  flush(nowS: number): void {
    const toS = nowS + SEND_AHEAD_S;
    this.waiting.sort((one, other) => one.whenS - other.whenS);
    const zeroMs = this.clockZeroMs();
    for (const [at, { key, velocity, whenS }] of this.waiting.entries()) {
      if (whenS >= toS) break;
      const onMs = zeroMs + 1000 * whenS;
      const again = this.waiting.find((other, later) => later > at && other.key === key);
      const nextMs = again ? zeroMs + 1000 * again.whenS : Number.POSITIVE_INFINITY;
      this.port.send([NOTE_ON, key, velocity], onMs);
      this.port.send([NOTE_OFF, key, 0], Math.min(onMs + HELD_MS, nextMs));
    }
    this.waiting = this.waiting.filter(({ whenS }) => whenS >= toS);
    this.sentToS = toS;
  }

  /** The time of the page, in milliseconds, at which the audio clock's 0 is heard. */
  private clockZeroMs(): number {
    const { currentTime, outputLatency } = this.context;
    const { contextTime, performanceTime } = this.context.getOutputTimestamp();
    if (contextTime && performanceTime) return performanceTime - 1000 * contextTime;
    // Nothing has been heard yet: what the device says of itself.
    return performance.now() + 1000 * (outputLatency - currentTime);
  }
}
