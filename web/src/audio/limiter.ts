/** The limiter as a node of the graph, and what holds other sounds back as long. */

import limiterUrl from "./limiter.worklet.ts?worker&url";
import { lookAheadSamples } from "./limiter-rule";

/** To be awaited once for a context, before the first `limiterOn`. */
export function loadLimiter(context: BaseAudioContext): Promise<void> {
  return context.audioWorklet.addModule(limiterUrl);
}

export function limiterOn(context: BaseAudioContext): AudioNode {
  return new AudioWorkletNode(context, "limiter");
}

/** A sound that goes past a limiter, in time with what goes through it. */
export function waitingOn(context: BaseAudioContext): AudioNode {
  const { sampleRate } = context;
  return new DelayNode(context, { delayTime: lookAheadSamples(sampleRate) / sampleRate });
}
