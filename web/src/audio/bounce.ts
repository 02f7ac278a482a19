/** The same graph rendered without sound: what the page would play from 0:00 on. */

import { Graph, type Mix, type Sounds } from "./graph";
import { dueHits } from "./schedule";
import type { Shot } from "./shot";
import type { Segment } from "./transport";
import { DrumVoices, StemPlayers } from "./voices";

export async function bounce(
  sounds: Sounds,
  shots: readonly Shot[],
  mix: Mix,
  durationS: number,
  sampleRateHz: number,
): Promise<AudioBuffer> {
  const context = new OfflineAudioContext(2, Math.ceil(durationS * sampleRateHz), sampleRateHz);
  const graph = new Graph(context, mix);
  const segment: Segment = { clockS: 0, songS: 0, songEndS: durationS };
  new StemPlayers(graph, sounds.stems, segment);
  const drums = new DrumVoices(graph, sounds.samples);
  for (const due of dueHits([segment], shots, 0, durationS)) drums.start(due);
  return context.startRendering();
}
