/** To hear a style before it is taken: rest on it while the song plays, leave it to go back. */

import type { Doc } from "../state/document";
import { studio } from "./context";

/** Who passes by wants to hear nothing. */
const REST_MS = 400;

let rest: ReturnType<typeof setTimeout> | undefined;
/** What the pointer rests on. */
let tried: Element | null = null;

/** The listener of `pointerenter`; `make` gives the song with that which is tried. */
export function trying(
  name: string,
  make: () => Doc | Promise<Doc>,
): (event: PointerEvent) => void {
  return ({ currentTarget, pointerType, buttons }) => {
    leave();
    // A finger has no way to rest on something without pressing it.
    if (pointerType === "touch" || buttons > 0) return;
    if (!(currentTarget instanceof Element) || currentTarget.matches(":disabled")) return;
    tried = currentTarget;
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerdown", press);
    rest = setTimeout(() => void hear(name, make), REST_MS);
  };
}

async function hear(name: string, make: () => Doc | Promise<Doc>): Promise<void> {
  const { session } = studio;
  const element = tried;
  if (!session?.player.isPlaying) return;
  await studio.attempt(async () => {
    const doc = await make();
    if (tried === element && studio.session === session) session.audition({ doc, name });
  });
}

/** Elements that are taken from the page are left, too, and tell nobody. */
function onMove(): void {
  if (!tried?.matches(":hover")) leave();
}

/** Pressed, it is taken as the press ends, or the dot is dragged; if neither, it is left. */
function press(): void {
  forget();
  window.addEventListener("pointerup", () => setTimeout(leave), { once: true });
}

function forget(): void {
  clearTimeout(rest);
  tried = null;
  window.removeEventListener("pointermove", onMove);
  window.removeEventListener("pointerdown", press);
}

function leave(): void {
  forget();
  studio.session?.audition(null);
}
