/** What sounds of a project, and what is drawn of its sound: loads it, then plays it. */

import type { Hit, KitName, Mixer, Peaks, Piece, Project } from "../api/types";
import { bounce } from "../audio/bounce";
import { Engine, type Scheduled, type Swap } from "../audio/engine";
import type { Mix } from "../audio/graph";
import type { Meters } from "../audio/meter";
import { MidiOut, type MidiPort } from "../audio/midi-out";
import { type Shot, sampleKey, shotsOf } from "../audio/shot";
import type { Loop } from "../audio/transport";
import type { BeatGrid } from "../model/grid";
import { mixOf } from "../model/mix";
import type { ClickChoice } from "./click";
import type { Kits } from "./kits";
import { Observable } from "./observable";
import { loadPeaks, loadStems, RATE_HZ } from "./sounds";
import { hushOthers } from "./tabs";

export class Player extends Observable {
  peaks: ReadonlyMap<string, Peaks> = new Map();
  stems: ReadonlyMap<string, AudioBuffer> = new Map();
  /** While stems are fetched and decoded: how many of how many. */
  loading: { numLoaded: number; numStems: number } | null = null;
  loop: Loop | null = null;
  private engine: Engine | null = null;
  private shots: readonly Shot[] = [];
  private serial = 0;
  private newestSerial = 0;
  private kitName: KitName = "acoustic";
  private mix: Mix | null = null;
  private stoodAtS = 0;
  private midi: MidiOut | null = null;
  private click: ClickChoice = { isOn: false, countsIn: false };
  private midiPort: MidiPort | null = null;

  constructor(
    private readonly context: AudioContext,
    private readonly kits: Kits,
    /** Those that the weights play. */
    readonly pieces: readonly Piece[],
  ) {
    super();
  }

  get isPlaying(): boolean {
    return this.engine?.isPlaying ?? false;
  }

  get canPlay(): boolean {
    return this.engine !== null;
  }

  /** Of all that sounds; null while there is nothing. */
  get meters(): Meters | null {
    return this.engine?.meters ?? null;
  }

  /** Whether anything is to be drawn anew all the time. */
  get moves(): boolean {
    return this.isPlaying || (this.meters?.moves ?? false);
  }

  /** What the drums' bus does to a piece: by its meter it stands at the level of the drums. */
  get drumsGain(): number {
    return this.mix?.drums ?? 1;
  }

  get songS(): number {
    return this.engine?.songS ?? this.stoodAtS;
  }

  /** What reaches the ears now: the way to them takes its time, over the air a long one. */
  get heardS(): number {
    return this.songS - (this.context.outputLatency || 0);
  }

  /** The audio clock that all is scheduled on. */
  get clockS(): number {
    return this.context.currentTime;
  }

  /** What has been put on the audio clock, oldest first. */
  get log(): readonly Scheduled[] {
    return this.engine?.log ?? [];
  }

  /** When new hits took over, oldest first. */
  get swaps(): readonly Swap[] {
    return this.engine?.swaps ?? [];
  }

  async load(project: Project, grid: BeatGrid, mixer: Mixer): Promise<void> {
    const sounding = project.stems.filter((stem) => stem.kind === "sound");
    const hasSameStems =
      this.engine !== null &&
      sounding.length === this.stems.size &&
      sounding.every((stem) => this.stems.has(stem.id));
    this.mix = mixOf(mixer, project, this.pieces);
    if (hasSameStems && this.engine) {
      this.engine.setGrid((songS) => grid.nextTickS(songS), grid.beats);
      this.engine.setMix(this.mix);
      return;
    }
    await Promise.all([this.loadStems(project), this.kits.load(project.settings.kit)]);
    this.makeEngine(project.duration_s ?? 0, grid, this.mix);
    this.changed();
  }

  toggle(): void {
    if (!this.engine) return;
    if (this.engine.isPlaying) this.engine.pause();
    else {
      hushOthers();
      void this.engine.play().then(() => this.changed());
    }
    this.changed();
  }

  pause(): void {
    if (this.isPlaying) this.toggle();
  }

  seek(songS: number): void {
    this.engine?.seek(songS);
    this.changed();
  }

  setLoop(loop: Loop | null): void {
    this.loop = loop;
    this.engine?.setLoop(loop);
    this.changed();
  }

  /** Play the drums to a port as well, or no more. */
  setMidi(port: MidiPort | null, keyOf: (piece: string) => number | undefined): void {
    if (port === this.midiPort) return;
    this.midiPort = port;
    this.midi = port && new MidiOut(this.context, port, keyOf);
    this.engine?.setMidi(this.midi);
  }

  /** Click on the beats, or count in, or neither. */
  setClick(click: ClickChoice): void {
    this.click = click;
    this.engine?.setClick(click.isOn, click.countsIn);
  }

  setMix(mix: Mix): void {
    this.mix = mix;
    this.engine?.setMix(mix);
  }

  /** Played by a kit; where that is not there yet, the old hits sound until it is. */
  async setHits(hits: readonly Hit[], serial: number, kitName: KitName): Promise<void> {
    this.newestSerial = serial;
    const kit = this.kits.get(kitName) ?? (await this.kits.load(kitName));
    if (serial !== this.newestSerial) return;
    this.shots = shotsOf(hits, kit);
    this.serial = serial;
    this.kitName = kitName;
    this.engine?.setShots(this.shots, serial);
    this.changed();
  }

  /** What a hit sounds like. */
  sampleOf({ sample }: Hit): AudioBuffer | undefined {
    return sample === null ? undefined : this.kits.samples.get(sampleKey(this.kitName, sample));
  }

  /** The first seconds as the page would play them, the drums alone if so wished. */
  async bounce(durationS: number, drumsOnly: boolean): Promise<AudioBuffer | null> {
    if (!this.mix) return null;
    const stems = drumsOnly ? new Map<string, AudioBuffer>() : this.stems;
    return bounce({ stems, samples: this.kits.samples }, this.shots, this.mix, durationS, RATE_HZ);
  }

  dispose(): void {
    this.engine?.dispose();
    this.engine = null;
  }

  private async loadStems(project: Project): Promise<void> {
    const numStems = project.stems.filter((stem) => stem.kind === "sound").length;
    this.loading = { numLoaded: 0, numStems };
    this.changed();
    try {
      this.peaks = await loadPeaks(project);
      this.stems = await loadStems(this.context, project, this.stems, (numLoaded) => {
        this.loading = { numLoaded, numStems };
        this.changed();
      });
    } finally {
      this.loading = null;
    }
  }

  private makeEngine(durationS: number, grid: BeatGrid, mix: Mix): void {
    this.stoodAtS = Math.min(this.songS, durationS);
    this.engine?.dispose();
    this.engine = new Engine(
      this.context,
      { stems: this.stems, samples: this.kits.samples },
      durationS,
      mix,
      (songS) => grid.nextTickS(songS),
      () => this.changed(),
    );
    this.engine.setGrid((songS) => grid.nextTickS(songS), grid.beats);
    this.engine.setClick(this.click.isOn, this.click.countsIn);
    this.engine.seek(this.stoodAtS);
    this.engine.setLoop(this.loop);
    this.engine.setMidi(this.midi);
    this.engine.setShots(this.shots, this.serial);
  }
}
