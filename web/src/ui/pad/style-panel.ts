/** How it is played: the pads and the sixteen numbers; the settings; or the library. */

import { html, nothing, type TemplateResult } from "lit";
import { api } from "../../api/client";
import type { Style } from "../../api/types";
import { morphThrough } from "../../model/sections";
import { ofCode, styleOf, withStyle } from "../../state/document";
import { SIDES, type Side } from "../../state/view";
import { studio } from "../context";
import { icons } from "../icons";
import { SongPanel } from "../panel";
import { sectionControls } from "./section-controls";
import "../dialogs/library";
import "./controls";
import "./pad";
import "./play-pad";
import "./players";

const CODE_RANGE = 3.5;
const SIDE_NAMES: Record<Side, string> = { pad: "Pad", controls: "Controls", library: "Library" };

export class StylePanel extends SongPanel {
  /** The number of the last take that each song was given. */
  private readonly takes = new Map<string, number>();

  override render(): TemplateResult {
    const { problem, doc, target } = this.session;
    const style = styleOf(doc, target);
    return html`<section class="style-panel plate" aria-label="Style">
      <header class="row">
        <h2>Style</h2>
        <span class="grow"></span>
        <div class="segmented" role="group" aria-label="Shown">
          ${SIDES.map(
            (side) => html`<button
              class="small"
              aria-pressed=${this.view.side === side}
              @click=${() => this.view.showSide(side)}
            >
              ${SIDE_NAMES[side]}
            </button>`,
          )}
        </div>
      </header>
      ${this.name(style)}
      ${this.view.side === "controls" ? nothing : sectionControls(this.session)}
      ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
      <p class="hidden" role="status">${this.session.hits.length} hits are played</p>
      ${this.side(style)}
    </section>`;
  }

  private name({ name }: Style): TemplateResult {
    const { trial } = this.session;
    if (!trial) return html`<p class="style-name" title=${name}>${name || "by hand"}</p>`;
    return html`<p class="style-name tried" role="status">
      ${trial.name} <span class="dim">tried: click to take it</span>
    </p>`;
  }

  private side(style: Style): TemplateResult {
    switch (this.view.side) {
      case "pad":
        return this.padSide(style);
      case "controls":
        return html`<dn-controls></dn-controls>`;
      case "library":
        return html`<dn-library></dn-library>`;
    }
  }

  private padSide(style: Style): TemplateResult {
    const { isFine } = this.view;
    return html`<dn-players></dn-players>
      <div class="pads"><dn-pad></dn-pad><dn-play-pad></dn-play-pad></div>
      <div class="row style-actions">
        <button
          class="small"
          title="Chosen for this song: the best of many drummers, then others"
          @click=${() => this.anotherTake()}
        >
          ${icons.dice} Another take
        </button>
        <button
          class="small"
          title="From state A's style to state B's, bar by bar along the song"
          @click=${() => this.morph()}
        >
          ${icons.morph} Morph A–B
        </button>
        <label class="button small" title="Take the style of a song that has drums">
          ${icons.drop} From song
          <input class="hidden" type="file" @change=${this.onSong} />
        </label>
        ${
          this.session.project.stems.some((stem) => stem.replaced && !stem.left_out)
            ? html`<button
                class="small"
                title="Take the style of this song's own drum stem"
                @click=${() => studio.takeOwnStyle()}
              >
                From its drums
              </button>`
            : nothing
        }
        <button
          class="small"
          aria-expanded=${isFine}
          title="The sixteen numbers that are the style"
          @click=${() => this.view.setFine(!isFine)}
        >
          Fine
        </button>
      </div>
      ${isFine ? this.numbers(style) : nothing}`;
  }

  private numbers(style: Style): TemplateResult {
    return html`<div class="numbers" role="group" aria-label="The sixteen numbers of the style">
      ${style.code.map((value, at) => this.number(style, value, at))}
    </div>`;
  }

  private number(style: Style, value: number, at: number): TemplateResult {
    const onInput = (event: Event): void => {
      const code = style.code.with(at, Number((event.target as HTMLInputElement).value));
      const { doc, target } = this.session;
      this.session.change(withStyle(doc, target, ofCode(style, code, "")), `number ${at}`);
    };
    const shown = Math.max(-CODE_RANGE, Math.min(CODE_RANGE, value));
    const height = (100 * Math.abs(shown)) / (2 * CODE_RANGE);
    return html`<label class="number" title="${at + 1}: ${value.toFixed(2)}">
      <i style="height: ${height}%; ${value >= 0 ? "bottom" : "top"}: 50%" aria-hidden="true"></i>
      <input
        type="range"
        aria-label="Number ${at + 1}"
        aria-valuetext=${value.toFixed(2)}
        min=${-CODE_RANGE}
        max=${CODE_RANGE}
        step="0.05"
        .value=${String(value)}
        @input=${onInput}
      />
    </label>`;
  }

  private async anotherTake(): Promise<void> {
    await studio.attempt(async () => {
      const { id } = this.session.project;
      const number = (this.takes.get(id) ?? 0) + 1;
      const style = await api.take(id, number);
      this.takes.set(id, number);
      const { doc, target } = this.session;
      const next = ofCode(styleOf(doc, target), style.code, style.name);
      this.session.change(withStyle(doc, target, next), `take ${style.name}`);
    });
  }

  private morph(): void {
    const { session } = this;
    const styles = studio.compare?.styles;
    const lastBar = session.grid?.bars.at(-1);
    if (!styles || !lastBar) {
      studio.say("A morph goes from A to B: choose a style, press B, choose another.");
      return;
    }
    const { length } = session.doc.sections;
    const asks = `A morph takes the place of all ${length} sections. Morph? Undo brings them back.`;
    if (length > 0 && !window.confirm(asks)) return;
    const sections = morphThrough(styles.A, styles.B, lastBar.firstBeat);
    session.change({ ...session.doc, sections }, "morph");
    studio.say("The style now moves from A at the start to B at the end.");
  }

  private onSong(event: Event): void {
    const input = event.target as HTMLInputElement;
    void studio.takeStyleOf([...(input.files ?? [])]);
    input.value = "";
  }
}

customElements.define("dn-style-panel", StylePanel);
