/** The pad: the map of the training songs' styles, its named islands, and the dot. */

import { html, type TemplateResult } from "lit";
import type { Island, Point, StyleMap } from "../../api/types";
import { atPlace, styleOf, withStyle } from "../../state/document";
import { identity, paintOnce } from "../canvas";
import { studio } from "../context";
import { SongPanel } from "../panel";
import { percent } from "../text";
import { placeLabels } from "./labels";
import { movedByKey, placeIn } from "./moves";
import { paintMap } from "./paint";

/** Around the map, as in the style sheet: islands may lie on its edge. */
const MARGIN_PX = 16;

export class Pad extends SongPanel {
  private readonly resizes = new ResizeObserver(() => this.requestUpdate());
  private isHeld = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.resizes.observe(this);
  }

  override disconnectedCallback(): void {
    this.resizes.disconnect();
    super.disconnectedCallback();
  }

  override render(): TemplateResult {
    const { map } = studio;
    if (!map) return html``;
    const { at } = styleOf(this.session.doc, this.session.target);
    return html`<div class="pad">
      <span class="axis y high">↑ ${map.y.high}</span>
      <span class="axis low">${map.y.low}, ${map.x.low}</span>
      <span class="axis x high">${map.x.high} →</span>
      <div class="pad-map ${this.isHeld ? "held" : ""}">
        <div
          class="pad-field"
          tabindex="0"
          role="slider"
          aria-label="Style pad: arrow keys move the dot, ${map.x.name} and ${map.y.name}"
          aria-valuemin="0"
          aria-valuemax="100"
          aria-valuenow=${Math.round(100 * at.x)}
          aria-valuetext="${map.x.name} ${percent(at.x)}, ${map.y.name} ${percent(at.y)}"
          @pointerdown=${this.onDown}
          @pointerrawupdate=${this.onMove}
          @pointermove=${this.onMove}
          @pointerup=${this.onUp}
          @pointercancel=${this.onUp}
          @keydown=${this.onKey}
        >
          <canvas aria-hidden="true"></canvas>
        </div>
        <div class="dot" style="left: ${100 * at.x}%; top: ${100 * (1 - at.y)}%"></div>
        <div class="islands">${this.islands(map)}</div>
      </div>
    </div>`;
  }

  protected override updated(): void {
    const { map } = studio;
    const canvas = this.querySelector("canvas");
    if (map && canvas)
      paintOnce(canvas, String(identity(map)), (area) => paintMap(area, map, MARGIN_PX));
  }

  private islands(map: StyleMap): TemplateResult[] {
    const labelled = placeLabels(map, {
      width: this.clientWidth - 2 * MARGIN_PX,
      height: this.clientHeight - 2 * MARGIN_PX,
      margin: MARGIN_PX,
    });
    return map.islands.map(
      (island) => html`<button
        class="island ${labelled.get(island.name) ?? "bare-island"}"
        style="left: ${100 * island.at.x}%; top: ${100 * (1 - island.at.y)}%"
        title="${island.name}: ${island.description}"
        aria-label="Style ${island.name}: ${island.description}"
        @click=${() => this.land(island)}
      >
        <span aria-hidden="true">${island.name}</span>
      </button>`,
    );
  }

  private land(island: Island): void {
    const { doc, target } = this.session;
    const { code, at, name } = island;
    this.session.change(withStyle(doc, target, { code, at, name }), `island ${name}`);
  }

  private moveTo(at: Point): void {
    const { doc, target } = this.session;
    const style = atPlace(styleOf(doc, target), at);
    this.session.change(withStyle(doc, target, style), "pad", "place");
  }

  private readonly onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const field = event.currentTarget as HTMLElement;
    field.setPointerCapture(event.pointerId);
    this.isHeld = true;
    this.moveTo(placeIn(field, event, MARGIN_PX));
  };

  /** Raw updates come as they happen; the moves, which wait for a frame, repeat the last one. */
  private readonly onMove = (event: PointerEvent): void => {
    if (!this.isHeld) return;
    const place = placeIn(event.currentTarget as HTMLElement, event, MARGIN_PX);
    const { at } = styleOf(this.session.doc, this.session.target);
    if (place.x !== at.x || place.y !== at.y) this.moveTo(place);
  };

  private readonly onUp = (): void => {
    this.isHeld = false;
    this.requestUpdate();
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const { at } = styleOf(this.session.doc, this.session.target);
    const moved = movedByKey(event, at);
    if (!moved) return;
    event.preventDefault();
    this.moveTo(moved);
  };
}

customElements.define("dn-pad", Pad);
