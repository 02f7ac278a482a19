/** Level meters: bars beside faders with a lamp each, and the mix in figures. */

import { html, type TemplateResult } from "lit";
import { ifDefined } from "lit/directives/if-defined.js";
import { PEAK_LIMIT } from "../audio/limiter-rule";
import { decibels, FLOOR_DB, type Meters, ofPiece, ofStem } from "../audio/meter";
import type { Player } from "../state/player";
import { studio } from "./context";
import { onFrame } from "./frames";

/** To the top: full scale. */
const TOP_DB = 0;

/** What a bar is of: a strip of the graph, or a bus. */
export const meterOf = {
  stem: ofStem,
  piece: ofPiece,
  drums: "drums",
  mix: "mix",
} as const;

type Side = "left" | "right";

/** A bar of a side, or of the higher one. Bars are painted as the frames go by. */
export function meter(name: string, side?: Side): TemplateResult {
  return html`<span
    class="meter"
    data-meter=${name}
    data-side=${ifDefined(side)}
    aria-hidden="true"
    ><i></i
  ></span>`;
}

/** "-14.2", as wide as any other. */
export function figure(db: number): string {
  return db < -70 ? "–∞" : db.toFixed(1).replace("-", "−");
}

function part(level: number): number {
  const of = (decibels(level) - FLOOR_DB) / (TOP_DB - FLOOR_DB);
  return Math.min(1, Math.max(0, of));
}

function paint(): void {
  const player = studio.session?.player;
  const meters = player?.meters;
  if (!player || !meters) return;
  for (const bar of document.querySelectorAll<HTMLElement>("[data-meter]")) {
    paintBar(bar, meters, player);
  }
}

/** What covers the bar is as high as is missing. */
function paintBar(bar: HTMLElement, meters: Meters, player: Player): void {
  const { meter: name = "", side } = bar.dataset;
  const gain = name.startsWith("piece ") ? player.drumsGain : 1;
  const level = meters.level(name);
  const shown = side ? level[side as Side] : Math.max(level.left, level.right);
  const cover = `scaleY(${(1 - part(gain * shown)).toFixed(3)})`;
  const { style } = bar.firstElementChild as HTMLElement;
  if (style.transform !== cover) style.transform = cover;
  bar.classList.toggle("over", isOver(name, meters, gain));
}

/** A bus is over where its limiter had to hold it back, a strip where it alone would make it. */
function isOver(name: string, meters: Meters, gain: number): boolean {
  if (name === meterOf.mix || name === meterOf.drums) return meters.heldDb(name) > 0;
  return gain * meters.peak(name) > PEAK_LIMIT;
}

onFrame(paint);
