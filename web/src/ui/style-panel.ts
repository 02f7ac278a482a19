/** How it is played: the pad, the sixteen numbers, the settings; or the library. */

import { html, nothing, type TemplateResult } from "lit";
import { api } from "../api/client";
import type { Settings, Style } from "../api/types";
import { morphThrough } from "../model/sections";
import { styleOf, withStyle } from "../state/document";
import { studio } from "./context";
import { icons } from "./icons";
import { SongPanel } from "./panel";
import { sectionControls } from "./section-controls";
import "./library";
import "./pad";

const CODE_RANGE = 3.5;
const MAX_SEED = 2 ** 31;

export class StylePanel extends SongPanel {
  private shows: "pad" | "library" = "pad";

  override render(): TemplateResult {
    const { problem, doc, target } = this.session;
    const style = styleOf(doc, target);
    return html`<section class="style-panel plate" aria-label="Style">
      <header class="row">
        <h2>Style</h2>
        <span class="grow style-name" title=${style.name}>${style.name || "by hand"}</span>
        <div class="segmented" role="group" aria-label="Shown">
          ${(["pad", "library"] as const).map(
            (one) => html`<button
              class="small"
              aria-pressed=${this.shows === one}
              @click=${() => {
                this.shows = one;
                this.requestUpdate();
              }}
            >
              ${one === "pad" ? "Pad" : "Library"}
            </button>`,
          )}
        </div>
      </header>
      ${sectionControls(this.session)}
      ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
      <p class="hidden" role="status">${this.session.hits.length} hits are played</p>
      ${this.shows === "pad" ? this.padSide(style) : html`<dn-library></dn-library>`}
    </section>`;
  }

  private padSide(style: Style): TemplateResult {
    return html`<dn-pad></dn-pad>
      <div class="row style-actions">
        <button class="small" title="A style at random" @click=${() => this.sample()}>
          ${icons.dice} Sample
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
          this.session.project.stems.some((stem) => stem.replaced)
            ? html`<button
                class="small"
                title="Take the style of this song's own drum stem"
                @click=${() => studio.takeOwnStyle()}
              >
                From its drums
              </button>`
            : nothing
        }
      </div>
      <div class="numbers" role="group" aria-label="The sixteen numbers of the style">
        ${style.code.map((value, at) => this.number(style, value, at))}
      </div>
      <div class="settings">
        ${this.setting("density", "Density", 0.2, 2.5, (value) => `×${value.toFixed(2)}`)}
        ${this.setting("temperature", "Freedom", 0, 1.5, (value) => value.toFixed(2))}
      </div>`;
  }

  private number(style: Style, value: number, at: number): TemplateResult {
    const onInput = (event: Event): void => {
      const code = style.code.with(at, Number((event.target as HTMLInputElement).value));
      const { doc, target } = this.session;
      const next = { ...style, code, name: "" };
      this.session.change(withStyle(doc, target, next), `number ${at}`, "code");
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

  private setting(
    key: "density" | "temperature",
    name: string,
    low: number,
    high: number,
    text: (value: number) => string,
  ): TemplateResult {
    const { doc } = this.session;
    const value = doc.settings[key];
    const onInput = (event: Event): void => {
      const settings: Settings = {
        ...doc.settings,
        [key]: Number((event.target as HTMLInputElement).value),
      };
      this.session.change({ ...doc, settings }, key);
    };
    return html`<label class="field">
      <span class="setting-name">${name}</span>
      <input
        class="grow"
        type="range"
        min=${low}
        max=${high}
        step="0.05"
        aria-valuetext=${text(value)}
        style="--fill: ${(100 * (value - low)) / (high - low)}%"
        .value=${String(value)}
        @input=${onInput}
      />
      <output>${text(value)}</output>
    </label>`;
  }

  private async sample(): Promise<void> {
    await studio.attempt(async () => {
      const style = await api.sampleStyle(Math.floor(Math.random() * MAX_SEED));
      const { doc, target } = this.session;
      const before = styleOf(doc, target);
      const next = { ...before, code: style.code, name: style.name };
      this.session.change(withStyle(doc, target, next), `sample ${style.name}`, "code");
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
