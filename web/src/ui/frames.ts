/** Draws once a frame while the song plays or rings out, and once after every change. */

import { studio } from "./context";

const painters = new Set<() => void>();
let isAsked = false;

/** Returns what ends it. */
export function onFrame(paint: () => void): () => void {
  painters.add(paint);
  ask();
  return () => painters.delete(paint);
}

function ask(): void {
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(frame);
}

function frame(): void {
  isAsked = false;
  for (const paint of painters) paint();
  if (studio.session?.player.moves) ask();
}

studio.subscribe(ask);
