/** The second pad: how complex and how intense the style is played; its middle is as it says. */

import { html, type TemplateResult } from "lit";
import type { Point } from "../../api/types";
import { numberSetting } from "../../model/settings-table";
import { SongPanel } from "../panel";
import { percent } from "../text";
import { DotDrag } from "./dot-drag";
import { movedByKey } from "./moves";

/** So near to the middle it is meant. */
const SNAP = 0.025;
const COMPLEXITY = numberSetting("complexity");
const INTENSITY = numberSetting("intensity");
/** As the style says. */
const MIDDLE: Point = { x: COMPLEXITY.default, y: INTENSITY.default };
const NAMES = { x: COMPLEXITY.label.toLowerCase(), y: INTENSITY.label.toLowerCase() };

export class PlayPad extends SongPanel {
  private readonly drag = new DotDrag(this);

  get field(): HTMLElement {
    return this.querySelector(".play-field") as HTMLElement;
  }

  get at(): Point {
    const { complexity, intensity } = this.session.doc.settings;
    return { x: complexity, y: intensity };
  }

  override render(): TemplateResult {
    const { x, y } = this.at;
    return html`<div class="pad">
      <span class="axis y high">↑ loud</span>
      <span class="axis low">soft, simple</span>
      <span class="axis x high">complex →</span>
      ${this.drag.surface(
        html`<div
          class="play-field"
          tabindex="0"
          role="slider"
          aria-label="Play pad: arrow keys move the dot, ${NAMES.x} and ${NAMES.y}"
          aria-valuemin="0"
          aria-valuemax="100"
          aria-valuenow=${Math.round(100 * x)}
          aria-valuetext="${NAMES.x} ${percent(x)}, ${NAMES.y} ${percent(y)}"
          title="How complex and how loud; a double click plays as the style says"
          @keydown=${this.onKey}
        ></div>
        <div class="dot" style="left: ${100 * x}%; top: ${100 * (1 - y)}%"></div>`,
        () => this.moveTo(MIDDLE),
      )}
    </div>`;
  }

  moveTo(wanted: Point): void {
    const { doc } = this.session;
    const { x, y } = snapped(wanted);
    if (x === this.at.x && y === this.at.y) return;
    const settings = { ...doc.settings, complexity: x, intensity: y };
    this.session.change({ ...doc, settings }, "play pad");
  }

  held(): void {
    this.requestUpdate();
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const moved = movedByKey(event, this.at);
    if (!moved) return;
    event.preventDefault();
    this.moveTo(moved);
  };
}

function snapped({ x, y }: Point): Point {
  const snap = (value: number, middle: number): number =>
    Math.abs(value - middle) < SNAP ? middle : Math.round(1000 * value) / 1000;
  return { x: snap(x, MIDDLE.x), y: snap(y, MIDDLE.y) };
}

customElements.define("dn-play-pad", PlayPad);
