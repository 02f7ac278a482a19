/** A named slider with its value in words; a double click sets back what changes nothing. */

import { html, type TemplateResult } from "lit";

export interface Slider {
  readonly name: string;
  readonly title: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Changes nothing. */
  readonly neutral: number;
  text(value: number): string;
  set(value: number): void;
}

const STEP = 0.05;

export function slider(one: Slider): TemplateResult {
  const { name, title, value, low, high, neutral, text, set } = one;
  return html`<label class="field slider" title=${title}>
    <span class="setting-name">${name}</span>
    <input
      class="grow"
      type="range"
      min=${low}
      max=${high}
      step=${STEP}
      aria-valuetext=${text(value)}
      style="--fill: ${(100 * (value - low)) / (high - low)}%"
      .value=${String(value)}
      @input=${(event: Event) => set(Number((event.target as HTMLInputElement).value))}
      @dblclick=${() => set(neutral)}
    />
    <output>${text(value)}</output>
  </label>`;
}

export const times = (value: number): string => `×${value.toFixed(2)}`;
export const plainNumber = (value: number): string => value.toFixed(2);
