/** What there is to say of each setting: range, default, words; all as the core has it. */

import table from "../api/settings.json";

/** How a value is written; a share is a part of 1. */
export type Unit = "share" | "times" | "plain" | "beats";

interface Words {
  readonly name: string;
  readonly label: string;
  readonly heading: string;
  readonly help: string;
}

export interface NumberSetting extends Words {
  readonly kind: "number" | "whole";
  readonly default: number;
  readonly low: number;
  /** Null where there is no most. */
  readonly high: number | null;
  /** From where to where a slider goes, which is less than what may be set. */
  readonly slider: Span;
  readonly unit: Unit;
}

export interface ChoiceSetting extends Words {
  readonly kind: "choice";
  readonly default: string;
  readonly choices: readonly Choice[];
}

export interface FlagSetting extends Words {
  readonly kind: "flag";
  readonly default: boolean;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export type Span = readonly [low: number, high: number];
export type Setting = NumberSetting | ChoiceSetting | FlagSetting;

export const SETTINGS = table as unknown as readonly Setting[];

const byName = new Map(SETTINGS.map((one) => [one.name, one]));

/** A setting by its name in the core; throws where there is none. */
export function setting(name: string): Setting {
  const found = byName.get(name);
  if (!found) throw new Error(`no setting is called '${name}'`);
  return found;
}

export function numberSetting(name: string): NumberSetting {
  const found = setting(name);
  if (found.kind === "number" || found.kind === "whole") return found;
  throw new Error(`'${name}' is no number but a ${found.kind}`);
}

export function choiceSetting(name: string): ChoiceSetting {
  const found = setting(name);
  if (found.kind === "choice") return found;
  throw new Error(`'${name}' is no choice but a ${found.kind}`);
}
