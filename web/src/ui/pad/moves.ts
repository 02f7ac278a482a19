/** How a dot on a field is moved: where a pointer is, and what a key does. */

import type { Point } from "../../api/types";
import { clamp } from "../../model/grid";

const KEY_STEP = 0.02;
const BIG_STEPS = 5;

/** The place on a field of a point in the window; y grows upwards. */
export function placeIn(
  field: HTMLElement,
  { clientX, clientY }: { clientX: number; clientY: number },
  marginPx: number,
): Point {
  const box = field.getBoundingClientRect();
  const x = (clientX - box.left - marginPx) / (box.width - 2 * marginPx);
  const y = (clientY - box.top - marginPx) / (box.height - 2 * marginPx);
  return { x: clamp(x, 0, 1), y: clamp(1 - y, 0, 1) };
}

/** Where an arrow key moves to, farther with Shift; null for other keys. */
export function movedByKey({ key, shiftKey }: KeyboardEvent, { x, y }: Point): Point | null {
  const step = KEY_STEP * (shiftKey ? BIG_STEPS : 1);
  const moves: Record<string, [number, number]> = {
    ArrowLeft: [-step, 0],
    ArrowRight: [step, 0],
    ArrowUp: [0, step],
    ArrowDown: [0, -step],
  };
  const move = moves[key];
  return move ? { x: clamp(x + move[0], 0, 1), y: clamp(y + move[1], 0, 1) } : null;
}
