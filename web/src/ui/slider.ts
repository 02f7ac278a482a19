/** A setting as a slider, its value in words; a double click sets back its default. */

import { html, type TemplateResult } from "lit";
import type { NumberSetting, Span } from "../model/settings-table";
import { valueText } from "./text";

const STEP = 0.05;

export function slider(
  { label, help, unit, default: neutral }: NumberSetting,
  [low, high]: Span,
  value: number,
  set: (value: number) => void,
): TemplateResult {
  const text = valueText(value, unit);
  return html`<label class="field slider" title=${help}>
    <span class="setting-name">${label}</span>
    <input
      class="grow"
      type="range"
      min=${low}
      max=${high}
      step=${STEP}
      aria-valuetext=${text}
      style="--fill: ${(100 * (value - low)) / (high - low)}%"
      .value=${String(value)}
      @input=${(event: Event) => set(Number((event.target as HTMLInputElement).value))}
      @dblclick=${() => set(neutral)}
    />
    <output>${text}</output>
  </label>`;
}
