/** From where to where sliders go: as the table says, and as far as values lie beyond that. */

import type { NumberSetting, Span } from "./settings-table";

/** A span that has grown stays so: its ends do not move under the hand that moves the value. */
export class Spans {
  private readonly grown = new Map<string, Span>();

  /** The span of a setting, with the value in it. */
  holding({ name, slider }: NumberSetting, value: number): Span {
    const [low, high] = this.grown.get(name) ?? slider;
    const span: Span = [Math.min(low, value), Math.max(high, value)];
    this.grown.set(name, span);
    return span;
  }
}
