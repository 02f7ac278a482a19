/** What a stem does in one bar, over its cells: the drums are read against it. */

import type { Bar, BeatGrid } from "../../model/grid";
import type { Area } from "../canvas";

/** A bar fills its height, unless it is quieter than this. */
const QUIETEST = 0.02;

export function paintBarWave(area: Area, grid: BeatGrid, bar: Bar, buffer: AudioBuffer): void {
  const { pen, width, height, colours } = area;
  const samples = buffer.getChannelData(0);
  const perColumn = (bar.endTick - bar.startTick) / width;
  const toSample = (tick: number): number =>
    Math.round(grid.tickToSeconds(tick) * buffer.sampleRate);
  const peaks = Array.from({ length: width }, (_, x) =>
    loudestIn(
      samples,
      toSample(bar.startTick + x * perColumn),
      toSample(bar.startTick + (x + 1) * perColumn),
    ),
  );
  const scale = height / Math.max(QUIETEST, ...peaks);
  pen.fillStyle = colours.wave;
  for (const [x, peak] of peaks.entries()) {
    const tall = Math.max(1, peak * scale);
    pen.fillRect(x, height - tall, 1, tall);
  }
}

function loudestIn(samples: Float32Array, from: number, to: number): number {
  let loudest = 0;
  for (let at = Math.max(0, from); at < Math.min(samples.length, to); at++) {
    loudest = Math.max(loudest, Math.abs(samples[at]));
  }
  return loudest;
}
