/** Clicks on the beats, and a bar of them before the song begins. */

import type { Graph } from "./graph";
import type { Due, Timed } from "./schedule";

export interface Beat extends Timed {
  readonly isDownbeat: boolean;
}

const CLICK_S = 0.03;
/** A downbeat is a fifth higher. */
const DOWNBEAT_HZ = 1800;
const BEAT_HZ = 1200;
const LEVEL = 0.4;

interface Click {
  readonly source: AudioBufferSourceNode;
  readonly whenS: number;
}

export class Metronome {
  private clicks: Click[] = [];
  private readonly sounds = new Map<number, AudioBuffer>();

  constructor(private readonly graph: Graph) {}

  start({ hit, whenS }: Due<Beat>): void {
    const { context } = this.graph;
    const buffer = this.sound(hit.isDownbeat ? DOWNBEAT_HZ : BEAT_HZ);
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(this.graph.click);
    source.start(whenS);
    this.clicks = [
      ...this.clicks.filter((one) => one.whenS > context.currentTime - 1),
      { source, whenS },
    ];
  }

  /** Take back what would begin at or after `fromS`. */
  cancelFrom(fromS: number): void {
    for (const { source, whenS } of this.clicks) if (whenS >= fromS) source.stop();
    this.clicks = this.clicks.filter(({ whenS }) => whenS < fromS);
  }

  private sound(hz: number): AudioBuffer {
    const { sampleRate } = this.graph.context;
    const made = this.sounds.get(hz) ?? clickOf(hz, sampleRate);
    this.sounds.set(hz, made);
    return made;
  }
}

/** A bar of clicks up to the place where the song begins, in the song's time: before 0, too. */
export function countIn(beats: readonly Beat[], songS: number): Beat[] {
  const next = beats.findIndex((beat) => beat.time_s >= songS - 1e-6);
  if (next < 0 || beats.length < 2) return [];
  const at = Math.min(next, beats.length - 2);
  const stepS = beats[at + 1].time_s - beats[at].time_s;
  const metre = barLength(beats, next);
  const counted = Array.from({ length: metre }, (_, count) => ({
    time_s: beats[next].time_s - (metre - count) * stepS,
    isDownbeat: count === 0,
  }));
  return counted.filter((beat) => beat.time_s < songS - 1e-6 || next === 0);
}

/** Of the bar that a beat is in; the first and last may be cut off. */
function barLength(beats: readonly Beat[], at: number): number {
  const downbeats = beats.flatMap((beat, index) => (beat.isDownbeat ? [index] : []));
  const after = downbeats.find((index) => index > at);
  const before = downbeats.findLast((index) => index <= at);
  if (after !== undefined && before !== undefined) return after - before;
  return downbeats.length > 1 ? downbeats[1] - downbeats[0] : 4;
}

function clickOf(hz: number, sampleRate: number): AudioBuffer {
  const length = Math.round(CLICK_S * sampleRate);
  const sound = new AudioBuffer({ length, sampleRate });
  const samples = Float32Array.from({ length }, (_, at) => {
    const faded = LEVEL * (1 - at / length) ** 3;
    return faded * Math.sin((2 * Math.PI * hz * at) / sampleRate);
  });
  sound.copyToChannel(samples, 0);
  return sound;
}
