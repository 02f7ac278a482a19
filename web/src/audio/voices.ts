/** One-shots and stems on the graph: started, cut off, taken back before they sound. */

import type { Graph, Sounds } from "./graph";
import type { Due } from "./schedule";
import type { Shot } from "./shot";
import type { Segment } from "./transport";
import { clockEndS } from "./transport";

/** As in the export: long enough not to click, too short to be heard as a fade. */
const CHOKE_FADE_S = 0.004;
/** Stems begin and end with this fade, so that a seek does not click. */
const EDGE_FADE_S = 0.003;

interface Voice {
  readonly shot: Shot;
  readonly whenS: number;
  readonly endS: number;
  readonly source: AudioBufferSourceNode;
  readonly level: GainNode;
  /** When the earliest hit cuts it off. */
  cutS: number;
}

/** The drum hits that have been put on the clock and may still sound. */
export class DrumVoices {
  private voices: Voice[] = [];

  constructor(
    private readonly graph: Graph,
    private readonly samples: Sounds["samples"],
  ) {}

  /** Put one hit on the clock; false where the kit's sample is not there. */
  start({ hit, whenS }: Due<Shot>): boolean {
    const buffer = this.samples.get(hit.sample);
    if (!buffer) return false;
    this.choke(hit, whenS);
    const context = this.graph.context;
    const source = new AudioBufferSourceNode(context, { buffer });
    const level = new GainNode(context, { gain: hit.gain });
    source.connect(level).connect(this.graph.piece(hit.piece));
    source.start(whenS);
    const endS = whenS + buffer.duration;
    const voice: Voice = { shot: hit, whenS, endS, source, level, cutS: Number.POSITIVE_INFINITY };
    source.onended = () => level.disconnect();
    this.voices.push(voice);
    return true;
  }

  /** Take back all that would begin at or after `fromS`, and let ring what it would have cut. */
  cancelFrom(fromS: number): void {
    for (const voice of this.voices) {
      if (voice.whenS >= fromS) {
        voice.source.stop();
        voice.level.disconnect();
      } else if (voice.cutS >= fromS && Number.isFinite(voice.cutS)) {
        voice.level.gain.cancelScheduledValues(voice.cutS);
        voice.cutS = Number.POSITIVE_INFINITY;
      }
    }
    this.voices = this.voices.filter((voice) => voice.whenS < fromS);
  }

  /** Fade out all that sounds. */
  silence(atS: number): void {
    this.cancelFrom(atS);
    for (const voice of this.voices) this.cut(voice, atS);
    this.voices = [];
  }

  /** Forget what has ended. */
  sweep(nowS: number): void {
    this.voices = this.voices.filter((voice) => voice.endS > nowS);
  }

  private choke(hit: Shot, whenS: number): void {
    for (const voice of this.voices) {
      const isCut = hit.chokes.includes(voice.shot.piece) && voice.whenS < whenS;
      if (isCut && voice.endS > whenS && voice.cutS > whenS) this.cut(voice, whenS);
    }
  }

  private cut(voice: Voice, atS: number): void {
    const { gain } = voice.level;
    gain.cancelScheduledValues(atS);
    gain.setValueAtTime(voice.shot.gain, atS);
    gain.linearRampToValueAtTime(0, atS + CHOKE_FADE_S);
    voice.cutS = atS;
  }
}

interface Player {
  readonly source: AudioBufferSourceNode;
  readonly edge: GainNode;
}

/** The stems over one segment, all started at its clock time. */
export class StemPlayers {
  private readonly players: Player[] = [];

  constructor(
    graph: Graph,
    stems: Sounds["stems"],
    private readonly segment: Segment,
  ) {
    for (const [id, buffer] of stems) {
      if (segment.songS >= buffer.duration) continue;
      const source = new AudioBufferSourceNode(graph.context, { buffer });
      const edge = new GainNode(graph.context, { gain: 0 });
      this.fadeIn(edge.gain);
      source.connect(edge).connect(graph.stem(id));
      source.start(segment.clockS, segment.songS);
      source.stop(clockEndS(segment) + EDGE_FADE_S);
      source.onended = () => edge.disconnect();
      this.players.push({ source, edge });
    }
  }

  /** Fade out and stop. */
  stop(atS: number): void {
    for (const { source, edge } of this.players) {
      edge.gain.cancelScheduledValues(atS);
      edge.gain.setValueAtTime(1, atS);
      edge.gain.linearRampToValueAtTime(0, atS + EDGE_FADE_S);
      source.stop(atS + EDGE_FADE_S);
    }
  }

  get endS(): number {
    return clockEndS(this.segment);
  }

  private fadeIn(gain: AudioParam): void {
    const { clockS, songS } = this.segment;
    if (songS === 0) {
      gain.setValueAtTime(1, clockS); // the song's own first sample
    } else {
      gain.setValueAtTime(0, clockS);
      gain.linearRampToValueAtTime(1, clockS + EDGE_FADE_S);
    }
    gain.setValueAtTime(1, clockEndS(this.segment));
    gain.linearRampToValueAtTime(0, clockEndS(this.segment) + EDGE_FADE_S);
  }
}
