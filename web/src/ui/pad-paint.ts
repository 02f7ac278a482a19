/** The density of the training songs' styles, as light and as contour lines. */

import type { StyleMap } from "../api/types";
import { contourLines, evenLevels, type Field } from "../model/contours";
import type { Area } from "./timeline-paint";

const NUM_CONTOURS = 7;
const MOST_LIGHT = 0.55;

export function paintMap(area: Area, map: StyleMap): void {
  const field = fieldOf(map);
  paintLight(area, field);
  const { pen, width, height, colours } = area;
  const toX = width / (field.width - 1);
  const toY = height / (field.height - 1);
  pen.lineWidth = 1;
  pen.strokeStyle = colours.accent;
  for (const [k, level] of evenLevels(field, NUM_CONTOURS).entries()) {
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

/** One lattice point is one pixel of a small picture, which the canvas smooths. */
function paintLight({ pen, width, height, colours }: Area, field: Field): void {
  const small = document.createElement("canvas");
  small.width = field.width;
  small.height = field.height;
  const smallPen = small.getContext("2d");
  if (!smallPen) return;
  smallPen.fillStyle = colours.accent;
  for (const [at, value] of field.values.entries()) {
    smallPen.globalAlpha = MOST_LIGHT * Math.max(0, Math.min(1, value));
    smallPen.fillRect(at % field.width, Math.floor(at / field.width), 1, 1);
  }
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  // Lattice points lie in the middle of the small picture's pixels.
  const dx = width / (field.width - 1);
  const dy = height / (field.height - 1);
  pen.drawImage(small, -dx / 2, -dy / 2, width + dx, height + dy);
}
