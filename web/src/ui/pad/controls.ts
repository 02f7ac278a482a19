/** What can be set besides the style: time, what is followed, fills, single pieces, the kit. */

import { html, nothing, type TemplateResult } from "lit";
import type { KitName, Piece, PieceSettings, Settings } from "../../api/types";
import { ofPiece, withPiece } from "../../model/settings";
import {
  type Choice,
  choiceSetting,
  type NumberSetting,
  numberSetting,
  setting,
} from "../../model/settings-table";
import { Spans } from "../../model/spans";
import { studio } from "../context";
import { SongPanel } from "../panel";
import { slider } from "../slider";
import { plain, valueText } from "../text";

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

const KITS: Record<KitName, string> = { acoustic: "acoustic", "808": "TR-808", "909": "TR-909" };

export class Controls extends SongPanel {
  private readonly spans = new Spans();

  override render(): TemplateResult {
    return html`<div class="controls">
      ${this.amounts()} ${this.time()} ${this.followed()} ${this.fills()} ${this.ofPiece()}
      ${this.kit()}
    </div>`;
  }

  private amounts(): TemplateResult {
    return html`${this.amount("density")} ${this.amount("variation")}
    ${this.amount("temperature")}`;
  }

  private time(): TemplateResult {
    const { feel, swing_division } = this.session.doc.settings;
    return html`${choice("feel", feel, (value) => this.set({ feel: value as Settings["feel"] }))}
      ${this.amount("swing")}
      ${choice("swing_division", String(swing_division), (value) =>
        this.set({ swing_division: Number(value) as Settings["swing_division"] }),
      )}
      ${this.amount("humanize")}`;
  }

  private followed(): TemplateResult {
    return html`${this.amount("follow_bass")} ${this.amount("follow_strumming")}`;
  }

  private fills(): TemplateResult {
    const { arrange, fills } = this.session.doc.settings;
    const set = (change: Partial<Fills>): void =>
      this.set({ fills: { ...fills, ...change } }, `fills ${Object.keys(change)}`);
    const { label, help, choices } = choiceSetting("fills");
    return html`${choice("arrange", arrange, (value) =>
      this.set({ arrange: value as Settings["arrange"] }),
    )}
      <div class="field" title=${help}>
        <span class="setting-name">${label}</span>
        ${select("Where fills are played", choices, fills.place, (value) =>
          set({ place: value as Fills["place"] }),
        )}
      </div>
      ${fills.place === "none" ? nothing : this.ofFills(fills, set)}`;
  }

  /** What can be said of fills where there are any. */
  private ofFills(fills: Fills, set: (change: Partial<Fills>) => void): TemplateResult {
    const length = numberSetting("fill_length");
    const crash = setting("fill_crash");
    const beats = fills.length_beats;
    return html`${this.slider("fill_amount", fills.amount, (amount) => set({ amount }))}
      <div class="field" title=${length.help}>
        <span class="setting-name">${length.label}</span>
        ${select("Length of a fill", lengths(length, beats), String(beats), (value) =>
          set({ length_beats: Number(value) }),
        )}
        <label class="field" title=${crash.help}
          ><input
            type="checkbox"
            .checked=${fills.crash}
            @change=${() => set({ crash: !fills.crash })}
          />
          ${crash.label}</label
        >
      </div>`;
  }

  private ofPiece(): TemplateResult {
    const { session, view } = this;
    const { piece } = view;
    const own = ofPiece(session.doc.settings, piece);
    const isPlayed = session.played.includes(piece);
    const set = (change: Partial<PieceSettings>): void =>
      this.set(withPiece(session.doc.settings, piece, change), `${piece} ${Object.keys(change)}`);
    return html`<div class="field first">
        <span class="setting-name">Piece</span>
        <select
          class="grow"
          aria-label="Piece whose settings these are"
          @change=${(event: Event) =>
            view.choosePiece((event.target as HTMLSelectElement).value as Piece)}
        >
          ${session.player.pieces.map(
            (one) => html`<option value=${one} .selected=${one === piece}>${plain(one)}</option>`,
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
      ${this.slider("amount", own.amount, (amount) => set({ amount }))}
      ${this.slider("piece_complexity", own.complexity, (complexity) => set({ complexity }))}`;
  }

  private kit(): TemplateResult {
    const { kit } = this.session.doc.settings;
    const kits = (studio.about?.kits ?? []).map((one) => ({ value: one, label: KITS[one] }));
    return html`<div class="field first">
      <span class="setting-name">Kit</span>
      ${select("Kit", kits, kit, (value) => this.set({ kit: value as KitName }))}
    </div>`;
  }

  private amount(name: Amount): TemplateResult {
    const value = this.session.doc.settings[name];
    return this.slider(name, value, (next) => this.set({ [name]: next }));
  }

  private slider(name: string, value: number, set: (value: number) => void): TemplateResult {
    const one = numberSetting(name);
    return slider(one, this.spans.holding(one, value), value, set);
  }

  private set(change: Partial<Settings>, kind = Object.keys(change).join()): void {
    const { doc } = this.session;
    this.session.change({ ...doc, settings: { ...doc.settings, ...change } }, kind);
  }
}

/** How long a fill can be chosen to be: each twice the one before, and what it is now. */
function lengths({ slider: [low, high], unit }: NumberSetting, chosen: number): Choice[] {
  const offered = new Set([chosen]);
  for (let beats = Math.max(1, low); beats <= high; beats *= 2) offered.add(beats);
  return [...offered]
    .toSorted((a, b) => a - b)
    .map((beats) => ({ value: String(beats), label: valueText(beats, unit) }));
}

function choice(name: string, chosen: string, onChoice: (value: string) => void): TemplateResult {
  const { label, help, choices } = choiceSetting(name);
  return html`<div class="field" title=${help}>
    <span class="setting-name">${label}</span>
    <div class="segmented" role="group" aria-label=${label}>
      ${choices.map(
        (one) => html`<button
          class="small"
          aria-pressed=${one.value === chosen}
          @click=${() => onChoice(one.value)}
        >
          ${one.label}
        </button>`,
      )}
    </div>
  </div>`;
}

function select(
  name: string,
  choices: readonly Choice[],
  chosen: string,
  onChoice: (value: string) => void,
): TemplateResult {
  return html`<select
    class="grow"
    aria-label=${name}
    @change=${(event: Event) => onChoice((event.target as HTMLSelectElement).value)}
  >
    ${choices.map(
      ({ value, label }) =>
        html`<option value=${value} .selected=${value === chosen}>${label}</option>`,
    )}
  </select>`;
}

customElements.define("dn-controls", Controls);
