/** Which islands' names are written out, and on which side, so that none lies on another. */

import type { Island } from "../api/types";

const CHAR_PX = 7;
const HEIGHT_PX = 17;
const OFFSET_PX = 9;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Names to the side of the marker that is free; those without a free side are left out. */
export function placeLabels(
  islands: readonly Island[],
  widthPx: number,
  heightPx: number,
): Map<string, "right" | "left"> {
  const taken: Box[] = islands.map((island) => markerBox(island, widthPx, heightPx));
  const placed = new Map<string, "right" | "left">();
  for (const island of islands) {
    for (const side of ["right", "left"] as const) {
      const box = labelBox(island, side, widthPx, heightPx);
      const isInside = box.left >= 0 && box.right <= widthPx;
      if (!isInside || taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      placed.set(island.name, side);
      break;
    }
  }
  return placed;
}

function labelBox(
  { name, at }: Island,
  side: "right" | "left",
  widthPx: number,
  heightPx: number,
): Box {
  const x = at.x * widthPx;
  const y = (1 - at.y) * heightPx;
  const length = name.length * CHAR_PX + OFFSET_PX;
  const [left, right] =
    side === "right" ? [x + OFFSET_PX, x + length] : [x - length, x - OFFSET_PX];
  return { left, right, top: y - HEIGHT_PX / 2, bottom: y + HEIGHT_PX / 2 };
}

function markerBox({ at }: Island, widthPx: number, heightPx: number): Box {
  const x = at.x * widthPx;
  const y = (1 - at.y) * heightPx;
  return { left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
