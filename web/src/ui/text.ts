/** Numbers and names as people read them. */

import type { Unit } from "../model/settings-table";

export function durationText(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** "1:02.3" */
export function clockText(seconds: number): string {
  const tenths = Math.floor(seconds * 10 + 1e-6);
  const minutes = Math.floor(tenths / 600);
  const rest = tenths - 600 * minutes;
  return `${minutes}:${String(Math.floor(rest / 10)).padStart(2, "0")}.${rest % 10}`;
}

/** A piece or role: "closed_hat" is "closed hat". */
export function plain(name: string): string {
  return name.replaceAll("_", " ");
}

export function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}

const UNITS: Record<Unit, (value: number) => string> = {
  share: percent,
  times: (value) => `×${value.toFixed(2)}`,
  plain: (value) => value.toFixed(2),
  beats: (value) => `${value} ${value === 1 ? "beat" : "beats"}`,
};

/** The value of a setting. */
export function valueText(value: number, unit: Unit): string {
  return UNITS[unit](value);
}
