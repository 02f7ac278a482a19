/** The same graph rendered without sound: what the page would play from 0:00 on. */

import { Graph, type Mix, type Sounds } from "./graph";
import { loadLimiter } from "./limiter";
import { lookAheadSamples } from "./limiter-rule";
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
  const numSamples = Math.ceil(durationS * sampleRateHz);
  // Drums and mix go through a limiter each, which looks ahead.
  const late = 2 * lookAheadSamples(sampleRateHz);
  const context = new OfflineAudioContext(2, numSamples + late, sampleRateHz);
  await loadLimiter(context);
  const graph = new Graph(context, mix);
  const segment: Segment = { clockS: 0, songS: 0, songEndS: durationS };
  new StemPlayers(graph, sounds.stems, segment);
  const drums = new DrumVoices(graph, sounds.samples);
  for (const due of dueHits([segment], shots, 0, durationS)) drums.start(due);
  return without(late, await context.startRendering());
}

/** The sound without its first samples. */
function without(numSamples: number, sound: AudioBuffer): AudioBuffer {
  const { numberOfChannels, length, sampleRate } = sound;
  const rest = new AudioBuffer({ numberOfChannels, length: length - numSamples, sampleRate });
  for (let channel = 0; channel < numberOfChannels; channel++) {
    rest.copyToChannel(sound.getChannelData(channel).subarray(numSamples), channel);
  }
  return rest;
}
