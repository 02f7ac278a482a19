/**
 * The one Web Audio graph, for the live page and for rendering without sound alike, and the same
 * as that of the export (`src/drumnet/rendering/mixdown.py`):
 *
 *     stem sources -> gain per stem --> stems ------------+
 *                                                         +--> master -> limiter -> destination
 *     one-shots -----> gain per piece -> drums -> limiter +
 */

import { limiterOn, waitingOn } from "./limiter";
import { type Meters, ofPiece, ofStem } from "./meter";

export interface Strip {
  /** Linear. */
  readonly gain: number;
  readonly mute: boolean;
  readonly solo: boolean;
}

export interface Mix {
  readonly master: number;
  readonly drums: number;
  readonly stems: Readonly<Record<string, Strip>>;
  readonly pieces: Readonly<Record<string, Strip>>;
}

/** What is played of the song: decoded stems by id, and the kit's samples by name. */
export interface Sounds {
  readonly stems: ReadonlyMap<string, AudioBuffer>;
  readonly samples: ReadonlyMap<string, AudioBuffer>;
}

/** Gains glide with this time constant: a fader must not click. */
const GLIDE_S = 0.008;

/** What is heard of every strip: a solo anywhere silences all that is not solo. */
export function heardGains(mix: Mix): { stems: Map<string, number>; pieces: Map<string, number> } {
  const strips = [...Object.values(mix.stems), ...Object.values(mix.pieces)];
  const anySolo = strips.some((strip) => strip.solo);
  const heard = (strip: Strip): number => (strip.mute || (anySolo && !strip.solo) ? 0 : strip.gain);
  const all = (of: Readonly<Record<string, Strip>>): Map<string, number> =>
    new Map(Object.entries(of).map(([id, strip]) => [id, heard(strip)]));
  return { stems: all(mix.stems), pieces: all(mix.pieces) };
}

export class Graph {
  /** Where the metronome sounds: beside the stems. */
  readonly click: AudioNode;
  private readonly master: GainNode;
  private readonly stemsBus: GainNode;
  private readonly drumsBus: GainNode;
  private readonly stems = new Map<string, GainNode>();
  private readonly pieces = new Map<string, GainNode>();
  private heard: ReturnType<typeof heardGains>;

  constructor(
    readonly context: BaseAudioContext,
    private mix: Mix,
    private readonly meters: Meters | null = null,
  ) {
    this.heard = heardGains(mix);
    this.master = new GainNode(context, { gain: mix.master });
    this.stemsBus = new GainNode(context);
    this.click = this.stemsBus;
    this.drumsBus = new GainNode(context, { gain: mix.drums });
    this.stemsBus.connect(waitingOn(context)).connect(this.master);
    const [drums, heard] = [limiterOn(context), limiterOn(context)];
    this.drumsBus.connect(drums).connect(this.master);
    this.master.connect(heard).connect(context.destination);
    meters?.measure(heard, "mix");
    meters?.measure(drums, "drums");
    meters?.measure(this.master, "mix-before");
    meters?.measure(this.drumsBus, "drums-before");
  }

  stem(id: string): GainNode {
    return this.strip(this.stems, id, this.stemsBus, this.heard.stems, ofStem(id));
  }

  piece(name: string): GainNode {
    return this.strip(this.pieces, name, this.drumsBus, this.heard.pieces, ofPiece(name));
  }

  setMix(mix: Mix): void {
    this.mix = mix;
    this.heard = heardGains(mix);
    const now = this.context.currentTime;
    const glide = (node: GainNode, gain: number): void => {
      node.gain.setTargetAtTime(gain, now, GLIDE_S);
    };
    glide(this.master, this.mix.master);
    glide(this.drumsBus, this.mix.drums);
    for (const [id, node] of this.stems) glide(node, this.heard.stems.get(id) ?? 1);
    for (const [name, node] of this.pieces) glide(node, this.heard.pieces.get(name) ?? 1);
  }

  private strip(
    nodes: Map<string, GainNode>,
    id: string,
    bus: GainNode,
    heard: ReadonlyMap<string, number>,
    meter: string,
  ): GainNode {
    let node = nodes.get(id);
    if (!node) {
      node = new GainNode(bus.context, { gain: heard.get(id) ?? 1 });
      node.connect(bus);
      this.meters?.measure(node, meter);
      nodes.set(id, node);
    }
    return node;
  }
}
