/** The density of the training songs' styles, as light and as contour lines. */

import type { StyleMap } from "../../api/types";
import { contourLines, evenLevels, type Field } from "../../model/contours";
import { clamp } from "../../model/grid";
import type { Area } from "../canvas";

const NUM_CONTOURS = 7;
const MOST_LIGHT = 0.55;
/** Lattice points that go on beyond the map's edge, so that its margin is no white frame. */
const BEYOND = 3;

/** The map within `marginPx` of the canvas; what is on its edge goes on into the margin. */
export function paintMap(area: Area, map: StyleMap, marginPx: number): void {
  const { pen, colours } = area;
  const inner = fieldOf(map);
  const field = extended(inner);
  const toX = (area.width - 2 * marginPx) / (inner.width - 1);
  const toY = (area.height - 2 * marginPx) / (inner.height - 1);
  pen.translate(marginPx - BEYOND * toX, marginPx - BEYOND * toY);
  paintLight(pen, field, toX, toY, colours.accent);
  pen.lineWidth = 1;
  pen.strokeStyle = colours.accent;
  for (const [k, level] of evenLevels(inner, NUM_CONTOURS).entries()) {
    pen.globalAlpha = 0.25 + (0.5 * k) / NUM_CONTOURS;
    pen.beginPath();
    for (const { x0, y0, x1, y1 } of contourLines(field, level)) {
      pen.moveTo(x0 * toX, y0 * toY);
      pen.lineTo(x1 * toX, y1 * toY);
    }
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/** The map's rows run upwards from y = 0, the screen's downwards. */
function fieldOf({ density, size }: StyleMap): Field {
  return { width: size, height: density.length, values: density.toReversed().flat() };
}

function extended({ width, height, values }: Field): Field {
  const wide = width + 2 * BEYOND;
  const high = height + 2 * BEYOND;
  const inside = (at: number, size: number): number => clamp(at - BEYOND, 0, size - 1);
  const value = (_: unknown, at: number): number =>
    values[inside(Math.floor(at / wide), height) * width + inside(at % wide, width)];
  return { width: wide, height: high, values: Array.from({ length: wide * high }, value) };
}

/** One lattice point is one pixel of a small picture, which the canvas smooths. */
function paintLight(
  pen: CanvasRenderingContext2D,
  field: Field,
  toX: number,
  toY: number,
  colour: string,
): void {
  const small = document.createElement("canvas");
  small.width = field.width;
  small.height = field.height;
  const smallPen = small.getContext("2d");
  if (!smallPen) return;
  smallPen.fillStyle = colour;
  for (const [at, value] of field.values.entries()) {
    smallPen.globalAlpha = MOST_LIGHT * clamp(value, 0, 1);
    smallPen.fillRect(at % field.width, Math.floor(at / field.width), 1, 1);
  }
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  // Lattice points lie in the middle of the small picture's pixels.
  pen.drawImage(small, -toX / 2, -toY / 2, field.width * toX, field.height * toY);
}
