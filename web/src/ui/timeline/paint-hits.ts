/** The drums on the timeline: a piece in a lane of its own, or all pieces above each other. */

import type { Hit, Piece } from "../../api/types";
import type { TimelineView } from "../../state/view";
import type { Area } from "../canvas";

const LOUDEST = 127;
/** A stroke's level is drawn from steps of this length. */
const ENVELOPE_STEP_S = 0.004;
/** What rings beyond this before the left edge is not seen. */
const LONGEST_TAIL_S = 3;
/** Levels nearer to each other than this are drawn as one, in pixels. */
const MIN_STEP_PX = 1;

/** Every hit as its stroke sounds, hits by hand capped in the ink's colour. */
export function paintHits(
  { pen, width, height, colours }: Area,
  view: TimelineView,
  hits: readonly Hit[],
  sampleOf: (hit: Hit) => AudioBuffer | undefined,
  isHeard: boolean,
): void {
  const middle = height / 2;
  for (const hit of hits) {
    const x = view.toPx(hit.time_s);
    if (x < -LONGEST_TAIL_S * view.pxPerS || x > width) continue;
    const half = Math.max(3, (0.25 + 0.75 * (hit.velocity / LOUDEST)) * (middle - 3));
    pen.fillStyle = isHeard ? colours.accent : colours.waveOff;
    pen.fillRect(x, middle - half, strokePx(view), 2 * half);
    paintDecay(pen, view, x, middle, half, sampleOf(hit));
    if (hit.origin === "hand") {
      pen.fillStyle = colours.ink;
      pen.fillRect(x - 1, middle - half - 2, 5, 3);
    }
  }
}

/** All pieces, a row each; those that are not heard are grey. */
export function paintKit(
  { pen, width, height, colours }: Area,
  view: TimelineView,
  hits: readonly Hit[],
  pieces: readonly Piece[],
  heard: ReadonlySet<string>,
): void {
  const rowPx = (height - 4) / pieces.length;
  pen.fillStyle = colours.line;
  for (let row = 1; row < pieces.length; row++) {
    pen.fillRect(0, Math.round(2 + row * rowPx), width, 1);
  }
  const rows = new Map<string, number>(pieces.map((piece, row) => [piece, row]));
  for (const hit of hits) {
    const x = view.toPx(hit.time_s);
    const row = rows.get(hit.piece);
    if (row === undefined || x < -4 || x > width) continue;
    const level = Math.max(2, (0.3 + 0.7 * (hit.velocity / LOUDEST)) * (rowPx - 2));
    const bottom = 2 + (row + 1) * rowPx - 1;
    pen.fillStyle = heard.has(hit.piece) ? colours.accent : colours.waveOff;
    if (hit.origin === "hand") pen.fillStyle = colours.ink;
    pen.fillRect(x, bottom - level, strokePx(view), level);
  }
}

function strokePx({ pxPerS }: TimelineView): number {
  return Math.max(1.5, Math.min(3, pxPerS / 60));
}

function paintDecay(
  pen: CanvasRenderingContext2D,
  view: TimelineView,
  x: number,
  middle: number,
  half: number,
  buffer: AudioBuffer | undefined,
): void {
  if (!buffer) return;
  const envelope = envelopeOf(buffer);
  const stepPx = ENVELOPE_STEP_S * view.pxPerS;
  if (envelope.length * stepPx < 3) return;
  // A cymbal rings for hundreds of steps, which are a few pixels where all of a song is shown.
  const every = Math.max(1, Math.floor(MIN_STEP_PX / stepPx));
  pen.globalAlpha = 0.5;
  pen.beginPath();
  pen.moveTo(x, middle);
  for (let k = 0; k < envelope.length; k += every) {
    pen.lineTo(x + k * stepPx, middle - envelope[k] * half);
  }
  for (let k = envelope.length - 1; k >= 0; k -= every) {
    pen.lineTo(x + k * stepPx, middle + envelope[k] * half);
  }
  pen.fill();
  pen.globalAlpha = 1;
}

const envelopes = new WeakMap<AudioBuffer, number[]>();

/** The stroke's level every `ENVELOPE_STEP_S`, the loudest 1. */
function envelopeOf(buffer: AudioBuffer): number[] {
  const held = envelopes.get(buffer);
  if (held) return held;
  const samples = buffer.getChannelData(0);
  const step = Math.round(ENVELOPE_STEP_S * buffer.sampleRate);
  const levels: number[] = [];
  for (let start = 0; start < samples.length; start += step) {
    let level = 0;
    for (let at = start; at < Math.min(start + step, samples.length); at++) {
      level = Math.max(level, Math.abs(samples[at]));
    }
    levels.push(level);
  }
  const top = Math.max(...levels, 1e-9);
  const envelope = levels.map((level) => level / top);
  envelopes.set(buffer, envelope);
  return envelope;
}
