/** What the timeline's canvases show. All draw into `area`, in CSS pixels. */

import type { Edits, Peaks } from "../../api/types";
import type { Loop } from "../../audio/transport";
import type { BeatGrid } from "../../model/grid";
import type { TimelineView } from "../../state/view";
import type { Area } from "../canvas";

/** Lines closer than this are left out, in pixels. */
const MIN_BEAT_PX = 9;
const MIN_BAR_PX = 14;
const MIN_LABEL_PX = 34;
/** From this zoom on the samples themselves are drawn, in pixels per second. */
const SAMPLES_FROM_PX_PER_S = 90;
/** Of a sample. */
const FULL_SCALE = 127;
/** A stem fills its lane, unless it never gets louder than this, of 127. */
const QUIETEST = 12;

/** Bars and beats as upright lines. */
export function paintGrid(
  { pen, width, height, colours }: Area,
  view: TimelineView,
  grid: BeatGrid,
): void {
  const barStep = barsApart(view, grid, MIN_BAR_PX);
  for (const bar of grid.bars) {
    const x = view.toPx(grid.barStartS(bar));
    if (x > width) break;
    if (view.toPx(grid.barEndS(bar)) < 0) continue;
    const beatPx = (view.toPx(grid.barEndS(bar)) - x) / bar.numBeats;
    if (beatPx >= MIN_BEAT_PX) {
      pen.fillStyle = colours.line;
      for (let beat = 1; beat < bar.numBeats; beat++) {
        pen.fillRect(Math.round(view.toPx(grid.timesS[bar.firstBeat + beat])), 0, 1, height);
      }
    }
    if (bar.index % barStep === 0) {
      pen.fillStyle = colours.lineStrong;
      pen.fillRect(Math.round(x), 0, 1, height);
    }
  }
}

/** How many bars are from line to line, a power of two, so that lines are so far apart. */
function barsApart(view: TimelineView, { bars, timesS }: BeatGrid, minPx: number): number {
  const barPx = ((timesS[timesS.length - 1] - timesS[0]) / bars.length) * view.pxPerS;
  return 2 ** Math.max(0, Math.ceil(Math.log2(minPx / barPx)));
}

export function paintBarNumbers(
  { pen, width, height, colours }: Area,
  view: TimelineView,
  grid: BeatGrid,
): void {
  pen.font = `600 11px ${getComputedStyle(pen.canvas).fontFamily}`;
  pen.textBaseline = "middle";
  const barStep = barsApart(view, grid, MIN_LABEL_PX);
  for (const bar of grid.bars) {
    const x = Math.round(view.toPx(grid.barStartS(bar)));
    if (x > width) break;
    if (x < -MIN_LABEL_PX || bar.index % barStep !== 0) continue;
    pen.fillStyle = colours.lineStrong;
    pen.fillRect(x, 0, 1, height);
    pen.fillStyle = colours.dim;
    pen.fillText(String(bar.number), x + 4, height / 2 + 1);
  }
}

export function paintLoop({ pen, height, colours }: Area, view: TimelineView, loop: Loop): void {
  const x = view.toPx(loop.startS);
  const end = view.toPx(loop.endS);
  pen.fillStyle = colours.accent;
  pen.globalAlpha = 0.3;
  pen.fillRect(x, 0, end - x, height);
  pen.globalAlpha = 1;
  pen.fillRect(x, 0, 2, height);
  pen.fillRect(end - 2, 0, 2, height);
}

/** The tempo from beat to beat as a line, its range in numbers at the left. */
export function paintTempo(
  { pen, width, height, colours }: Area,
  view: TimelineView,
  grid: BeatGrid,
): void {
  const tempos = grid.timesS.slice(0, -1).map((_, beat) => smoothTempo(grid, beat));
  const low = Math.min(...tempos);
  const high = Math.max(...tempos);
  // A steady tempo is a line in the middle, not an enlarged nothing.
  const range = Math.max(high - low, 0.04 * high);
  const middle = (low + high) / 2;
  pen.strokeStyle = colours.wave;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const [beat, tempo] of tempos.entries()) {
    const x = view.toPx(grid.timesS[beat]);
    if (x < -width || x > 2 * width) continue;
    pen.lineTo(x, height * (0.5 - (0.8 * (tempo - middle)) / range));
  }
  pen.stroke();
}

function smoothTempo(grid: BeatGrid, beat: number): number {
  const from = Math.max(0, beat - 1);
  const to = Math.min(grid.numBeats - 1, beat + 2);
  return (60 * (to - from)) / (grid.timesS[to] - grid.timesS[from]);
}

/** A stem's waveform, of its samples where they can be told apart. */
export function paintWave(
  { pen, width, height, colours }: Area,
  view: TimelineView,
  peaks: Peaks,
  buffer: AudioBuffer | undefined,
  isHeard: boolean,
): void {
  pen.fillStyle = isHeard ? colours.wave : colours.waveOff;
  const extremes =
    buffer && view.pxPerS > SAMPLES_FROM_PX_PER_S ? extremesOf(buffer) : extremesIn(peaks);
  const middle = height / 2;
  const scale = ((height / 2 - 3) * FULL_SCALE) / Math.max(QUIETEST, loudestOf(peaks));
  for (let x = 0; x < width; x++) {
    const found = extremes(view.toS(x), view.toS(x + 1));
    if (!found) continue;
    const top = middle - found.high * scale;
    pen.fillRect(x, top, 1, Math.max(1, (found.high - found.low) * scale));
  }
}

const loudest = new WeakMap<Peaks, number>();

function loudestOf(peaks: Peaks): number {
  const known = loudest.get(peaks);
  if (known !== undefined) return known;
  const found = peaks.highest.reduce(
    (most, high, at) => Math.max(most, high, -peaks.lowest[at]),
    0,
  );
  loudest.set(peaks, found);
  return found;
}

type Extremes = (fromS: number, toS: number) => { low: number; high: number } | null;

function extremesIn({ per_second, lowest, highest }: Peaks): Extremes {
  return (fromS, toS) => {
    const first = Math.floor(fromS * per_second);
    const last = Math.min(highest.length, Math.max(first + 1, Math.floor(toS * per_second)));
    if (first >= last) return null;
    let low = 0;
    let high = 0;
    for (let at = first; at < last; at++) {
      low = Math.min(low, lowest[at]);
      high = Math.max(high, highest[at]);
    }
    return { low: low / FULL_SCALE, high: high / FULL_SCALE };
  };
}

function extremesOf(buffer: AudioBuffer): Extremes {
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, k) =>
    buffer.getChannelData(k),
  );
  return (fromS, toS) => {
    const first = Math.floor(fromS * buffer.sampleRate);
    const last = Math.min(buffer.length, Math.floor(toS * buffer.sampleRate));
    if (first >= last) return null;
    let low = 0;
    let high = 0;
    for (const samples of channels) {
      for (let at = first; at < last; at++) {
        if (samples[at] < low) low = samples[at];
        if (samples[at] > high) high = samples[at];
      }
    }
    return { low, high };
  };
}

/** Locked stretches stand on a tinted ground. */
export function paintLocks(
  { pen, height, colours }: Area,
  view: TimelineView,
  edits: Edits,
  grid: BeatGrid,
  piece: string | null,
): void {
  pen.fillStyle = colours.ink;
  pen.globalAlpha = 0.09;
  for (const lock of edits.locks) {
    if (lock.piece !== null && piece !== null && lock.piece !== piece) continue;
    const x = view.toPx(grid.tickToSeconds(lock.start_tick));
    pen.fillRect(x, 0, view.toPx(grid.tickToSeconds(lock.end_tick)) - x, height);
  }
  pen.globalAlpha = 1;
}
