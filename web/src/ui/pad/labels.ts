/** Where the islands' names are written, so that none lies on another or on the axes' words. */

import type { Island, StyleMap } from "../../api/types";

const CHAR_PX = 7;
const HEIGHT_PX = 17;
const OFFSET_PX = 9;

const SIDES = ["right", "left", "above", "below"] as const;
export type Side = (typeof SIDES)[number];

/** The map on the screen, in pixels. */
export interface MapSize {
  readonly width: number;
  readonly height: number;
  readonly margin: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Names to a side of the marker that is free; those without a free side are left out. */
export function placeLabels(map: StyleMap, size: MapSize): Map<string, Side> {
  const taken = [...axisBoxes(map, size), ...map.islands.map((one) => around(one, size, 6, 6))];
  const placed = new Map<string, Side>();
  for (const island of map.islands) {
    const free = SIDES.find((side) => {
      const box = labelBox(island, side, size);
      return isInside(box, size) && !taken.some((other) => overlap(box, other));
    });
    if (!free) continue;
    taken.push(labelBox(island, free, size));
    placed.set(island.name, free);
  }
  return placed;
}

/** The corners in which the axes are named. */
function axisBoxes({ x, y }: StyleMap, { width, height, margin }: MapSize): Box[] {
  const low = (y.low.length + x.low.length + 2) * CHAR_PX;
  const high = (x.high.length + 2) * CHAR_PX;
  const bottom = { top: height - 3, bottom: height + margin };
  return [
    { left: -margin, right: (y.high.length + 2) * CHAR_PX, top: -margin, bottom: 3 },
    { left: -margin, right: low - margin, ...bottom },
    { left: width + margin - high, right: width + margin, ...bottom },
  ];
}

function labelBox(island: Island, side: Side, size: MapSize): Box {
  const length = island.name.length * CHAR_PX;
  if (side === "above" || side === "below") {
    const box = around(island, size, length / 2, HEIGHT_PX / 2);
    const dy = side === "above" ? -HEIGHT_PX : HEIGHT_PX;
    return { ...box, top: box.top + dy, bottom: box.bottom + dy };
  }
  const box = around(island, size, 0, HEIGHT_PX / 2);
  return side === "right"
    ? { ...box, left: box.left + OFFSET_PX, right: box.right + OFFSET_PX + length }
    : { ...box, left: box.left - OFFSET_PX - length, right: box.right - OFFSET_PX };
}

function around({ at }: Island, { width, height }: MapSize, dx: number, dy: number): Box {
  const x = at.x * width;
  const y = (1 - at.y) * height;
  return { left: x - dx, right: x + dx, top: y - dy, bottom: y + dy };
}

function isInside(box: Box, { width, height, margin }: MapSize): boolean {
  const isWide = box.left >= -margin && box.right <= width + margin;
  return isWide && box.top >= -margin && box.bottom <= height + margin;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
