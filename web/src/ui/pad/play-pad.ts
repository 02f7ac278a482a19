/** The second pad: how complex and how intense the style is played; its middle is as it says. */

import { html, type TemplateResult } from "lit";
import type { Point } from "../../api/types";
import { numberSetting } from "../../model/settings-table";
import { SongPanel } from "../panel";
import { percent } from "../text";
import { movedByKey, placeIn } from "./moves";

/** Around the field, as in the style sheet: the dot may lie on its edge. */
const MARGIN_PX = 16;
/** So near to the middle it is meant. */
const SNAP = 0.025;
const COMPLEXITY = numberSetting("complexity");
const INTENSITY = numberSetting("intensity");
/** As the style says. */
const MIDDLE: Point = { x: COMPLEXITY.default, y: INTENSITY.default };
const NAMES = { x: COMPLEXITY.label.toLowerCase(), y: INTENSITY.label.toLowerCase() };

export class PlayPad extends SongPanel {
  private isHeld = false;

  override render(): TemplateResult {
    const { x, y } = this.place;
    return html`<div class="pad">
      <span class="axis y high">↑ loud</span>
      <span class="axis low">soft, simple</span>
      <span class="axis x high">complex →</span>
      <div class="pad-map ${this.isHeld ? "held" : ""}">
        <div
          class="play-field"
          tabindex="0"
          role="slider"
          aria-label="Play pad: arrow keys move the dot, ${NAMES.x} and ${NAMES.y}"
          aria-valuemin="0"
          aria-valuemax="100"
          aria-valuenow=${Math.round(100 * x)}
          aria-valuetext="${NAMES.x} ${percent(x)}, ${NAMES.y} ${percent(y)}"
          title="How complex and how loud; a double click plays as the style says"
          @pointerdown=${this.onDown}
          @pointerrawupdate=${this.onMove}
          @pointermove=${this.onMove}
          @pointerup=${this.onUp}
          @pointercancel=${this.onUp}
          @dblclick=${() => this.moveTo(MIDDLE)}
          @keydown=${this.onKey}
        ></div>
        <div class="dot" style="left: ${100 * x}%; top: ${100 * (1 - y)}%"></div>
      </div>
    </div>`;
  }

  private get place(): Point {
    const { complexity, intensity } = this.session.doc.settings;
    return { x: complexity, y: intensity };
  }

  private moveTo({ x, y }: Point): void {
    const { doc } = this.session;
    const settings = { ...doc.settings, complexity: x, intensity: y };
    this.session.change({ ...doc, settings }, "play pad");
  }

  private readonly onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const field = event.currentTarget as HTMLElement;
    field.setPointerCapture(event.pointerId);
    this.isHeld = true;
    this.moveTo(snapped(placeIn(field, event, MARGIN_PX)));
  };

  private readonly onMove = (event: PointerEvent): void => {
    if (!this.isHeld) return;
    const place = snapped(placeIn(event.currentTarget as HTMLElement, event, MARGIN_PX));
    const { x, y } = this.place;
    if (place.x !== x || place.y !== y) this.moveTo(place);
  };

  private readonly onUp = (): void => {
    this.isHeld = false;
    this.requestUpdate();
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const moved = movedByKey(event, this.place);
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
