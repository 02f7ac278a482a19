/** The pad: the map of the training songs' styles, its named islands, and the dot. */

import { html, nothing, type TemplateResult } from "lit";
import type { Island, Point, StyleMap } from "../../api/types";
import { atPlace, type Doc, styleOf, withStyle } from "../../state/document";
import { trying } from "../audition";
import { identity, paintOnce } from "../canvas";
import { studio } from "../context";
import { SongPanel } from "../panel";
import { percent } from "../text";
import { DotDrag, MARGIN_PX } from "./dot-drag";
import { placeLabels } from "./labels";
import { movedByKey } from "./moves";
import { paintMap } from "./paint";

/** Where it is kept that the dot has been dragged once: no hint any more. */
const DRAGGED_KEY = "drumnet-dot-dragged";

export class Pad extends SongPanel {
  private readonly resizes = new ResizeObserver(() => this.requestUpdate());
  private readonly drag = new DotDrag(this);

  override connectedCallback(): void {
    super.connectedCallback();
    this.resizes.observe(this);
  }

  override disconnectedCallback(): void {
    this.resizes.disconnect();
    super.disconnectedCallback();
  }

  get field(): HTMLElement {
    return this.querySelector(".pad-field") as HTMLElement;
  }

  get at(): Point {
    return styleOf(this.session.doc, this.session.target).at;
  }

  override render(): TemplateResult {
    const { map } = studio;
    if (!map) return html``;
    const { at } = this;
    return html`<div class="pad">
      <span class="axis y high">↑ ${map.y.high}</span>
      <span class="axis low">${map.y.low}, ${map.x.low}</span>
      <span class="axis x high">${map.x.high} →</span>
      ${this.drag.surface(html`<div
          class="pad-field"
          tabindex="0"
          role="slider"
          aria-label="Style pad: arrow keys move the dot, ${map.x.name} and ${map.y.name}"
          aria-valuemin="0"
          aria-valuemax="100"
          aria-valuenow=${Math.round(100 * at.x)}
          aria-valuetext="${map.x.name} ${percent(at.x)}, ${map.y.name} ${percent(at.y)}"
          @keydown=${this.onKey}
        >
          <canvas aria-hidden="true"></canvas>
        </div>
        <div class="islands">${this.islands(map)}</div>
        <div class="dot" style="left: ${100 * at.x}%; top: ${100 * (1 - at.y)}%">
          ${
            localStorage.getItem(DRAGGED_KEY) || this.drag.isHeld
              ? nothing
              : html`<span class="dot-hint ${at.x > 0.5 ? "left" : ""}">drag me</span>`
          }
        </div>`)}
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
        data-name=${island.name}
        aria-label="Style ${island.name}: ${island.description}"
        @click=${(event: MouseEvent) => this.onKeyClick(event, island)}
        @pointerenter=${trying(island.name, () => this.on(island))}
      >
        <span aria-hidden="true">${island.name}</span>
      </button>`,
    );
  }

  /** The drag has taken what a pointer does. */
  private onKeyClick({ detail }: MouseEvent, island: Island): void {
    if (detail === 0) this.landOn(island);
  }

  land(named: HTMLElement): void {
    const island = studio.map?.islands.find(({ name }) => name === named.dataset.name);
    if (island) this.landOn(island);
  }

  private landOn(island: Island): void {
    this.session.change(this.on(island), `island ${island.name}`);
  }

  private on({ code, at, name }: Island): Doc {
    const { doc, target } = this.session;
    return withStyle(doc, target, { code, at, name });
  }

  moveTo(at: Point): void {
    const { doc, target } = this.session;
    const style = atPlace(styleOf(doc, target), at);
    if (this.drag.isHeld) localStorage.setItem(DRAGGED_KEY, "yes");
    this.session.change(withStyle(doc, target, style), "pad");
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

customElements.define("dn-pad", Pad);
