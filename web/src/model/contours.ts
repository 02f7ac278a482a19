/**
 * Contour lines of a field of numbers: marching squares, with straight interpolation on the
 * edges (Lorensen & Cline 1987 in two dimensions; the saddle is decided by the cell's mean).
 */

export interface Field {
  readonly width: number;
  readonly height: number;
  /** Row by row. */
  readonly values: readonly number[];
}

/** A stretch of a contour, in cells of the field: x to the right, y down the rows. */
export interface Line {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

type Edge = "top" | "right" | "bottom" | "left";

/** For each pattern of corners above the level (bits: tl 8, tr 4, br 2, bl 1), what to join. */
const JOINS: readonly (readonly [Edge, Edge][])[] = [
  [],
  [["left", "bottom"]],
  [["bottom", "right"]],
  [["left", "right"]],
  [["top", "right"]],
  [
    ["left", "top"],
    ["bottom", "right"],
  ],
  [["top", "bottom"]],
  [["left", "top"]],
  [["left", "top"]],
  [["top", "bottom"]],
  [
    ["top", "right"],
    ["left", "bottom"],
  ],
  [["top", "right"]],
  [["left", "right"]],
  [["bottom", "right"]],
  [["left", "bottom"]],
  [],
];

export function contourLines(field: Field, level: number): Line[] {
  const { width, height, values } = field;
  const lines: Line[] = [];
  for (let y = 0; y + 1 < height; y++) {
    for (let x = 0; x + 1 < width; x++) {
      const at = y * width + x;
      const corners: Corners = [
        values[at],
        values[at + 1],
        values[at + width + 1],
        values[at + width],
      ];
      for (const [from, to] of JOINS[caseOf(corners, level)]) {
        const a = crossing(from, corners, level);
        const b = crossing(to, corners, level);
        lines.push({ x0: x + a.x, y0: y + a.y, x1: x + b.x, y1: y + b.y });
      }
    }
  }
  return lines;
}

/** `count` levels that part the field's range evenly, ends left out. */
export function evenLevels(field: Field, count: number): number[] {
  const low = Math.min(...field.values);
  const high = Math.max(...field.values);
  return Array.from({ length: count }, (_, k) => low + ((k + 1) / (count + 1)) * (high - low));
}

/** Top left, top right, bottom right, bottom left. */
type Corners = readonly [number, number, number, number];

function caseOf(corners: Corners, level: number): number {
  const bits = corners.reduce((sum, value) => 2 * sum + (value >= level ? 1 : 0), 0);
  const isSaddle = bits === 5 || bits === 10;
  const mean = corners.reduce((sum, value) => sum + value, 0) / 4;
  return isSaddle && mean < level ? 15 - bits : bits;
}

function crossing(edge: Edge, [tl, tr, br, bl]: Corners, level: number): { x: number; y: number } {
  const part = (from: number, to: number): number => (level - from) / (to - from);
  if (edge === "top") return { x: part(tl, tr), y: 0 };
  if (edge === "right") return { x: 1, y: part(tr, br) };
  if (edge === "bottom") return { x: part(bl, br), y: 1 };
  return { x: 0, y: part(tl, bl) };
}
