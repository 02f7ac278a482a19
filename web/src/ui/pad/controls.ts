/** What can be set besides the style: time, what is followed, fills, single pieces, the kit. */

import { html, nothing, type TemplateResult } from "lit";
import type { KitName, Piece, PieceSettings, Settings } from "../../api/types";
import { AS_STYLED, ofPiece, withPiece } from "../../model/settings";
import { studio } from "../context";
import { SongPanel } from "../panel";
import { plainNumber, type Slider, slider, times } from "../slider";
import { percent, plain } from "../text";

type Fills = Settings["fills"];
/** The settings that are a number between two others. */
type Amount =
  | "density"
  | "variation"
  | "temperature"
  | "swing"
  | "humanize"
  | "follow_bass"
  | "follow_strumming";

const FEELS: Record<Settings["feel"], string> = {
  "half-time": "half",
  normal: "normal",
  "double-time": "double",
};
const PLACES: Record<Fills["place"], string> = {
  none: "no fills",
  sections: "at the end of sections",
  "4": "every 4 bars",
  "8": "every 8 bars",
};
const FILL_BEATS = [1, 2, 4, 8];
const KITS: Record<KitName, string> = { acoustic: "acoustic", "808": "TR-808", "909": "TR-909" };

export class Controls extends SongPanel {
  override render(): TemplateResult {
    return html`<div class="controls">
      ${this.amounts()} ${this.time()} ${this.followed()} ${this.fills()} ${this.ofPiece()}
      ${this.kit()}
    </div>`;
  }

  private amounts(): TemplateResult {
    const bars = "How much bars differ, small fills included: 0 only where the song does";
    return html`${this.amount("density", "Density", "So many times the hits", 0.2, 2.5, 1, times)}
    ${this.amount("variation", "Variation", bars, 0, 1, 0.5, percent)}
    ${this.amount("temperature", "Temperature", "0 plays what is likeliest", 0, 1.5, 0, plainNumber)}`;
  }

  private time(): TemplateResult {
    const { feel, swing_division } = this.session.doc.settings;
    const divisions = { 8: "8ths", 16: "16ths" };
    return html`<div class="field">
        <span class="setting-name">Feel</span>
        ${choice("Feel", FEELS, feel, (value) => this.set({ feel: value }))}
      </div>
      ${this.amount("swing", "Swing", "1 plays in triplets", 0, 1, 0, percent)}
      <div class="field">
        <span class="setting-name dim">of</span>
        ${choice("Swing of", divisions, String(swing_division) as "8" | "16", (value) =>
          this.set({ swing_division: value === "16" ? 16 : 8 }),
        )}
      </div>
      ${this.amount("humanize", "Humanize", "0 is a machine, 1 a person", 0, 2, 1, times)}`;
  }

  private followed(): TemplateResult {
    const bass = "How closely the kick follows the bass";
    const strumming = "How closely the hats follow guitar and keys";
    return html`${this.amount("follow_bass", "Follow bass", bass, 0, 2, 1, times)}
    ${this.amount("follow_strumming", "Follow strumming", strumming, 0, 2, 1, times)}`;
  }

  private fills(): TemplateResult {
    const { fills } = this.session.doc.settings;
    const set = (change: Partial<Fills>): void =>
      this.set({ fills: { ...fills, ...change } }, `fills ${Object.keys(change)}`);
    const isOff = fills.place === "none";
    return html`<div class="field">
        <span class="setting-name">Fills</span>
        ${select("Where fills are played", PLACES, fills.place, (place) => set({ place }))}
      </div>
      ${
        isOff
          ? nothing
          : html`${slider({
              name: "How many",
              title: "Share of these places that have a fill",
              value: fills.amount,
              low: 0,
              high: 1,
              neutral: 1,
              text: percent,
              set: (amount) => set({ amount }),
            })}
            <div class="field">
              <span class="setting-name">Length</span>
              <select
                aria-label="Length of a fill"
                @change=${(event: Event) =>
                  set({ length_beats: Number((event.target as HTMLSelectElement).value) })}
              >
                ${FILL_BEATS.map(
                  (beats) => html`<option value=${beats} ?selected=${beats === fills.length_beats}>
                    ${beats} ${beats === 1 ? "beat" : "beats"}
                  </option>`,
                )}
              </select>
              <label class="field" title="A crash on the beat that it leads to"
                ><input
                  type="checkbox"
                  .checked=${fills.crash}
                  @change=${() => set({ crash: !fills.crash })}
                />
                crash</label
              >
            </div>`
      }`;
  }

  private ofPiece(): TemplateResult {
    const { session, view } = this;
    const { piece } = view;
    const own = ofPiece(session.doc.settings, piece);
    const isPlayed = session.played.includes(piece);
    const set = (change: Partial<PieceSettings>): void =>
      this.set(withPiece(session.doc.settings, piece, change), `${piece} ${Object.keys(change)}`);
    const common = { low: 0, value: 0, text: times, title: `Of the ${plain(piece)} alone` };
    const amount: Slider = {
      ...common,
      name: "Amount",
      value: own.amount,
      high: 3,
      neutral: 1,
      set: (value) => set({ amount: value }),
    };
    const complexity: Slider = {
      ...common,
      name: "Complexity",
      value: own.complexity,
      high: 1,
      neutral: AS_STYLED,
      text: percent,
      set: (value) => set({ complexity: value }),
    };
    return html`<div class="field first">
        <span class="setting-name">Piece</span>
        <select
          class="grow"
          aria-label="Piece whose settings these are"
          @change=${(event: Event) =>
            view.choosePiece((event.target as HTMLSelectElement).value as Piece)}
        >
          ${session.player.pieces.map(
            (one) => html`<option value=${one} ?selected=${one === piece}>${plain(one)}</option>`,
          )}
        </select>
        <label class="field" title="Neither heard nor exported otherwise; a piece that has a stem is left out at first"
          ><input
            type="checkbox"
            .checked=${isPlayed}
            @change=${() => set({ muted: isPlayed })}
          />
          play it</label
        >
      </div>
      ${slider(amount)} ${slider(complexity)}`;
  }

  private kit(): TemplateResult {
    const { kit } = this.session.doc.settings;
    const kits = Object.fromEntries((studio.about?.kits ?? []).map((one) => [one, KITS[one]]));
    return html`<div class="field first">
      <span class="setting-name">Kit</span>
      ${select("Kit", kits as typeof KITS, kit, (value) => this.set({ kit: value }))}
    </div>`;
  }

  private amount(
    key: Amount,
    name: string,
    title: string,
    low: number,
    high: number,
    neutral: number,
    text: (value: number) => string,
  ): TemplateResult {
    const value = this.session.doc.settings[key];
    const set = (next: number): void => this.set({ [key]: next });
    return slider({ name, title, value, low, high, neutral, text, set });
  }

  private set(change: Partial<Settings>, kind = Object.keys(change).join()): void {
    const { doc } = this.session;
    this.session.change({ ...doc, settings: { ...doc.settings, ...change } }, kind);
  }
}

function choice<Key extends string>(
  name: string,
  texts: Record<Key, string>,
  chosen: Key,
  onChoice: (key: Key) => void,
): TemplateResult {
  return html`<div class="segmented" role="group" aria-label=${name}>
    ${Object.entries<string>(texts).map(
      ([key, text]) => html`<button
        class="small"
        aria-pressed=${key === chosen}
        @click=${() => onChoice(key as Key)}
      >
        ${text}
      </button>`,
    )}
  </div>`;
}

function select<Key extends string>(
  name: string,
  texts: Record<Key, string>,
  chosen: Key,
  onChoice: (key: Key) => void,
): TemplateResult {
  return html`<select
    class="grow"
    aria-label=${name}
    @change=${(event: Event) => onChoice((event.target as HTMLSelectElement).value as Key)}
  >
    ${Object.entries<string>(texts).map(
      ([key, text]) => html`<option value=${key} ?selected=${key === chosen}>${text}</option>`,
    )}
  </select>`;
}

customElements.define("dn-controls", Controls);
