/** What a stem does in one bar, over its cells: the drums are read against it. */

import type { Bar, BeatGrid } from "../model/grid";
import type { Area } from "./timeline-paint";

export function paintBarWave(area: Area, grid: BeatGrid, bar: Bar, buffer: AudioBuffer): void {
  const { pen, width, height, colours } = area;
  const samples = buffer.getChannelData(0);
  const perColumn = (bar.endTick - bar.startTick) / width;
  const toSample = (tick: number): number =>
    Math.round(grid.tickToSeconds(tick) * buffer.sampleRate);
  pen.fillStyle = colours.wave;
  for (let x = 0; x < width; x++) {
    const first = Math.max(0, toSample(bar.startTick + x * perColumn));
    const last = Math.min(samples.length, toSample(bar.startTick + (x + 1) * perColumn));
    let peak = 0;
    for (let at = first; at < last; at++) peak = Math.max(peak, Math.abs(samples[at]));
    const tall = Math.max(1, peak * height);
    pen.fillRect(x, height - tall, 1, tall);
  }
}
