/** Fetches and decodes what is heard and drawn of the stems of a project. */

import { api } from "../api/client";
import type { Peaks, Project } from "../api/types";

/** Waveforms are drawn from this many stretches a second. */
export const PEAKS_PER_SECOND = 50;

/** The rate of the kit and of the export; stems are resampled to it as they are decoded. */
export const RATE_HZ = 44_100;

/** Browsers hold decoded sound whole; beyond this many bytes a tab is likely to be ended. */
export const MUCH_MEMORY_BYTES = 2e9;

/** What the decoded stems of a project take. */
export function decodedBytes({ stems }: Project): number {
  const samples = stems.map(
    ({ duration_s, num_channels }) => duration_s * RATE_HZ * (num_channels ?? 0),
  );
  return Float32Array.BYTES_PER_ELEMENT * samples.reduce((sum, one) => sum + one, 0);
}

/** The stems that sound, one after the other: two undecoded copies at once are too many. */
export async function loadStems(
  context: BaseAudioContext,
  project: Project,
  held: ReadonlyMap<string, AudioBuffer>,
  onLoaded: (numLoaded: number) => void,
): Promise<Map<string, AudioBuffer>> {
  const buffers = new Map<string, AudioBuffer>();
  for (const stem of project.stems) {
    if (stem.kind !== "sound") continue;
    const buffer =
      held.get(stem.id) ??
      (await context.decodeAudioData(await api.stemAudio(project.id, stem.id)));
    buffers.set(stem.id, buffer);
    onLoaded(buffers.size);
  }
  return buffers;
}

export async function loadPeaks(project: Project): Promise<Map<string, Peaks>> {
  const all = await Promise.all(
    project.stems.map((stem) => api.stemPeaks(project.id, stem.id, PEAKS_PER_SECOND)),
  );
  return new Map(project.stems.map((stem, at) => [stem.id, all[at]]));
}
