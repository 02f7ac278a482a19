/** The sections over the ruler: each a button over its stretch; the chosen one is changed. */

import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../icons";
import { SongPanel } from "../panel";
import { midiHandle } from "./midi-handle";
import { SectionEdge } from "./section-edge";

/** Narrower sections have no room for a handle. */
const HANDLE_FROM_PX = 70;
const HANDLE_PX = 26;

export class SectionStrip extends SongPanel {
  private readonly edge = new SectionEdge(
    () => this.session,
    () => this.view,
    () => this.requestUpdate(),
  );

  override render(): TemplateResult {
    const { doc, grid, target } = this.session;
    if (!grid) return html``;
    const sections = this.edge.moved(doc.sections);
    const chosen = target === null ? undefined : doc.sections[target]?.name;
    if (sections.length === 0) {
      return html`<p class="dim strip-hint">
        One style for the whole song. “Section” begins another at the playhead, “Find” all of them.
      </p>`;
    }
    return html`${sections.map((section, at) => {
      const next = sections[at + 1];
      const startPx = this.view.toPx(grid.timesS[section.start_beat]);
      const endS = next ? grid.timesS[next.start_beat] : this.session.durationS;
      const endPx = this.view.toPx(endS);
      const left = Math.max(0, startPx);
      const width = Math.min(this.view.widthPx, endPx) - left;
      if (width < 3) return nothing;
      return html`<button
        class="section ${section.style ? "" : "plain"} ${section.name === chosen ? "alike" : ""}"
        aria-pressed=${target === at}
        style="left: ${left}px; width: ${width - 2}px"
        title="${section.name}: choose it to change its style, and that of all of its name"
        @click=${() => this.session.setTarget(target === at ? null : at)}
      >
        <span>${section.name}</span>${section.blend === "morph" ? icons.morph : nothing}
      </button>
      ${startPx < 0 ? nothing : this.edgeOf(at, left)}
      ${
        width < HANDLE_FROM_PX
          ? nothing
          : midiHandle(
              this.session,
              section.name,
              {
                firstBeat: section.start_beat,
                endBeat: next?.start_beat ?? grid.timesS.length - 1,
              },
              `left: ${left + width - 2 - HANDLE_PX}px`,
            )
      }`;
    })}`;
  }

  private edgeOf(index: number, leftPx: number): TemplateResult {
    return html`<i
      class="edge"
      style="left: ${leftPx}px"
      title="Drag: where the section begins"
      @pointerdown=${(event: PointerEvent) => this.edge.down(event, index)}
      @pointermove=${this.edge.move}
      @pointerup=${this.edge.up}
      @pointercancel=${this.edge.cancel}
    ></i>`;
  }
}

customElements.define("dn-section-strip", SectionStrip);
