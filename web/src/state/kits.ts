/** The kits: fetched and decoded when they are first wanted, then kept. */

import { api } from "../api/client";
import type { Kit, KitName, Piece } from "../api/types";
import { sampleKey } from "../audio/shot";

export class Kits {
  /** Of all kits that are loaded, by `sampleKey`. */
  readonly samples = new Map<string, AudioBuffer>();
  private readonly loaded = new Map<KitName, Kit>();
  private readonly loading = new Map<KitName, Promise<Kit>>();

  constructor(
    private readonly context: BaseAudioContext,
    /** Those that are played: no others are fetched. */
    private readonly pieces: readonly Piece[],
  ) {}

  /** A kit that is loaded. */
  get(name: KitName): Kit | null {
    return this.loaded.get(name) ?? null;
  }

  load(name: KitName): Promise<Kit> {
    const begun = this.loading.get(name) ?? this.fetch(name);
    this.loading.set(name, begun);
    // What failed may be tried again.
    begun.catch(() => this.loading.delete(name));
    return begun;
  }

  private async fetch(name: KitName): Promise<Kit> {
    const kit = await api.kit(name);
    const samples = kit.pieces
      .filter(({ piece }) => this.pieces.includes(piece))
      .flatMap(({ layers }) => layers.flatMap((layer) => layer.samples));
    await Promise.all(
      samples.map(async (sample) => {
        const sound = await this.context.decodeAudioData(await api.sample(name, sample));
        this.samples.set(sampleKey(name, sample), sound);
      }),
    );
    this.loaded.set(name, kit);
    return kit;
  }
}
