/**
 * The instrument: stems and drums on one audio clock.
 *
 * Every `LOOK_EVERY_MS` the hits of the next `HORIZON_S` are put on the clock. New hits take
 * over from the next tick on: what was put on the clock behind it and has not begun is taken
 * back, what has begun rings on, the stems are not touched.
 */

import { Graph, type Mix, type Sounds } from "./graph";
import { Meters, ofPiece, ofStem } from "./meter";
import { type Beat, countIn, Metronome } from "./metronome";
import type { MidiOut } from "./midi-out";
import { changeFromS, dueHits, HORIZON_S, LOOK_EVERY_MS, MISSED_S } from "./schedule";
import type { Shot } from "./shot";
import {
  clockEndS,
  firstSegment,
  type Loop,
  nextSegment,
  type Segment,
  songAt,
  startIn,
} from "./transport";
import { DrumVoices, StemPlayers } from "./voices";

/** From the call to the first sound: what the audio thread needs to get ready. */
const START_DELAY_S = 0.03;
/** Of what has been put on the clock, so much is remembered for measuring. */
const MAX_LOG = 4000;

/** One hit put on the clock. */
export interface Scheduled {
  readonly time_s: number;
  readonly piece: string;
  readonly velocity: number;
  /** When it sounds, on the audio clock. */
  readonly when_s: number;
  /** The audio clock, and `performance.now()`, when `start` was called. */
  readonly clock_s: number;
  readonly at_ms: number;
  /** Of the hits that it belongs to. */
  readonly serial: number;
}

/** New hits taken over. */
export interface Swap {
  readonly serial: number;
  /** `performance.now()` when all that is due of them had been put on the clock. */
  readonly at_ms: number;
  /** The audio clock then, and from when on they count. */
  readonly clock_s: number;
  readonly from_s: number;
}

export class Engine {
  readonly log: Scheduled[] = [];
  readonly swaps: Swap[] = [];
  readonly meters: Meters;
  private readonly graph: Graph;
  private drums: DrumVoices;
  private players: StemPlayers[] = [];
  private segments: Segment[] = [];
  private shots: readonly Shot[] = [];
  private serial = 0;
  private doneToS = 0;
  private standsS = 0;
  private loop: Loop | null = null;
  private isStarting = false;
  private midi: MidiOut | null = null;
  private readonly metronome: Metronome;
  private beats: readonly Beat[] = [];
  private clicks = false;
  private countsIn = false;
  private readonly ticker: Worker;

  constructor(
    readonly context: AudioContext,
    private sounds: Sounds,
    private durationS: number,
    mix: Mix,
    private nextTickS: (songS: number) => number,
    private readonly onEnd: () => void,
  ) {
    const strips = [...Object.keys(mix.stems).map(ofStem), ...Object.keys(mix.pieces).map(ofPiece)];
    this.meters = new Meters(context, strips);
    this.graph = new Graph(context, mix, this.meters);
    this.drums = new DrumVoices(this.graph, sounds.samples);
    this.metronome = new Metronome(this.graph);
    this.ticker = new Worker(new URL("./ticker.ts", import.meta.url), { type: "module" });
    this.ticker.onmessage = () => this.look();
  }

  get isPlaying(): boolean {
    return this.segments.length > 0;
  }

  /** The place in the song that is heard now, in seconds. */
  get songS(): number {
    if (!this.isPlaying) return this.standsS;
    return songAt(this.segments, this.context.currentTime);
  }

  async play(): Promise<void> {
    // The first time, the browser takes a moment to open the sound.
    if (this.isPlaying || this.isStarting) return;
    this.isStarting = true;
    await this.context.resume().finally(() => {
      this.isStarting = false;
    });
    if (this.standsS >= this.durationS) this.standsS = 0;
    this.meters.reset();
    this.begin(startIn(this.loop, this.standsS), this.countsIn);
    this.ticker.postMessage(LOOK_EVERY_MS);
  }

  pause(): void {
    this.standsS = this.songS;
    this.halt();
    this.ticker.postMessage(0);
  }

  seek(songS: number): void {
    const wanted = Math.min(Math.max(0, songS), this.durationS);
    if (this.isPlaying) {
      this.halt();
      this.begin(wanted);
    }
    this.standsS = wanted;
  }

  /** A loop counts at once: what was planned behind the playhead is planned anew. */
  setLoop(loop: Loop | null): void {
    this.loop = loop;
    if (!this.isPlaying) return;
    const songS = this.songS;
    this.halt();
    this.begin(loop && songS >= loop.endS ? loop.startS : songS);
  }

  /** What is put on the clock is also sent there, from what is planned next on. */
  setMidi(midi: MidiOut | null): void {
    this.midi?.silence();
    this.midi = midi;
  }

  setMix(mix: Mix): void {
    this.graph.setMix(mix);
  }

  setGrid(nextTickS: (songS: number) => number, beats: readonly Beat[]): void {
    this.nextTickS = nextTickS;
    this.beats = beats;
  }

  /** Click on the beats, and a bar of them before play. */
  setClick(clicks: boolean, countsIn: boolean): void {
    this.clicks = clicks;
    this.countsIn = countsIn;
    if (!clicks && this.isPlaying) this.metronome.cancelFrom(this.context.currentTime);
  }

  /** Play these from the next tick on. */
  setShots(shots: readonly Shot[], serial: number): void {
    this.shots = shots;
    this.serial = serial;
    if (!this.isPlaying) return;
    const fromS = changeFromS(this.segments, this.context.currentTime, this.nextTickS);
    this.drums.cancelFrom(fromS);
    this.midi?.cancelFrom(fromS);
    this.metronome.cancelFrom(fromS);
    this.doneToS = Math.min(this.doneToS, fromS);
    this.look();
    const { currentTime } = this.context;
    this.swaps.push({ serial, at_ms: performance.now(), clock_s: currentTime, from_s: fromS });
    forget(this.swaps);
  }

  dispose(): void {
    if (this.isPlaying) this.pause();
    this.ticker.terminate();
    this.meters.dispose();
  }

  private begin(songS: number, countsIn = false): void {
    const counted = countsIn ? countIn(this.beats, songS) : [];
    const aheadS = counted.length > 0 ? songS - counted[0].time_s : 0;
    const clockS = this.context.currentTime + START_DELAY_S + aheadS;
    for (const beat of counted) {
      this.metronome.start({ hit: beat, whenS: clockS + beat.time_s - songS });
    }
    const segment = firstSegment(clockS, songS, this.durationS, this.loop);
    this.segments = [segment];
    this.players = [new StemPlayers(this.graph, this.sounds.stems, segment)];
    this.doneToS = clockS;
    this.look();
  }

  private halt(): void {
    const now = this.context.currentTime;
    for (const player of this.players) player.stop(now);
    this.drums.silence(now);
    this.midi?.silence();
    this.metronome.cancelFrom(now);
    this.players = [];
    this.segments = [];
  }

  private look(): void {
    if (!this.isPlaying) return;
    const now = this.context.currentTime;
    const toS = now + HORIZON_S;
    this.goRound(toS);
    const fromS = Math.max(this.doneToS, now - MISSED_S);
    for (const due of dueHits(this.segments, this.shots, fromS, toS)) {
      if (this.drums.start(due)) this.note(due.hit, due.whenS);
      this.midi?.start(due);
    }
    if (this.clicks) {
      const due = dueHits(this.segments, this.beats, fromS, toS);
      for (const beat of due) this.metronome.start(beat);
    }
    this.midi?.flush(now);
    this.doneToS = Math.max(this.doneToS, toS);
    this.drums.sweep(now);
    if (now >= clockEndS(this.segments[this.segments.length - 1])) this.end();
  }

  /** Append what follows, and forget what is over. */
  private goRound(toS: number): void {
    let last = this.segments[this.segments.length - 1];
    while (clockEndS(last) < toS) {
      const next = nextSegment(last, this.loop);
      if (!next) break;
      this.players.push(new StemPlayers(this.graph, this.sounds.stems, next));
      this.segments.push(next);
      last = next;
    }
    const now = this.context.currentTime;
    this.segments = this.segments.filter((one) => one === last || clockEndS(one) > now);
    this.players = this.players.filter((player) => player.endS > now);
  }

  private end(): void {
    this.pause();
    this.standsS = 0;
    this.onEnd();
  }

  private note(shot: Shot, whenS: number): void {
    this.log.push({
      time_s: shot.time_s,
      piece: shot.piece,
      velocity: shot.velocity,
      when_s: whenS,
      clock_s: this.context.currentTime,
      at_ms: performance.now(),
      serial: this.serial,
    });
    forget(this.log);
  }
}

function forget(log: unknown[]): void {
  if (log.length > MAX_LOG) log.splice(0, MAX_LOG / 2);
}
