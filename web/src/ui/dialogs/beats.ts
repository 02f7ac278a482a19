/** The beats by hand: tempo, half and double, downbeat, metre, nudge, taps. */

import { html, nothing, type TemplateResult } from "lit";
import type { BeatEdit } from "../../api/types";
import { tappedBpm } from "../../model/taps";
import { studio } from "../context";
import { icons } from "../icons";
import { SongPanel } from "../panel";
import { heading } from "./heading";

const MIN_TAPS = 4;
const NUDGES_MS = [-10, -1, 1, 10] as const;
const METRES = [2, 3, 4, 5, 6, 7] as const;

function nudgeText(ms: number): string {
  return `${ms > 0 ? "+" : "−"}${Math.abs(ms)}`;
}

export class BeatsDialog extends SongPanel {
  private taps: number[] = [];

  /** Open, or close where it is open. */
  show(): void {
    const dialog = this.querySelector("dialog");
    if (dialog?.open) dialog.close();
    else dialog?.show();
  }

  override render(): TemplateResult {
    const { beats } = this.session.project;
    const metre = this.session.grid?.metre ?? 4;
    const { isOn, countsIn } = studio.click.choice;
    return html`<dialog class="popover plate" aria-label="Tempo and beats" @keydown=${this.onKey}>
      ${heading("Tempo and beats", () => this.show())}
      <p class="dim">
        ${beats?.tempo_bpm.toFixed(2)} bpm, ${beats?.origin}. If the beats are wrong, everything is:
        watch the lines over the waveforms.
      </p>
      <form class="row" @submit=${this.onTempo}>
        <label class="field"
          ><span class="what">Tempo</span>
          <input
            type="number"
            name="bpm"
            min="20"
            max="400"
            step="any"
            required
            .value=${beats?.tempo_bpm.toFixed(2) ?? ""}
        /></label>
        <button>Set</button>
      </form>
      <div class="row" role="group" aria-label="Half or double time">
        <span class="what">Time</span>
        <button @click=${() => this.edit({ action: "half" })}>Half</button>
        <button @click=${() => this.edit({ action: "double" })}>Double</button>
      </div>
      <div class="row" role="group" aria-label="Downbeat">
        <span class="what">Downbeat</span>
        <button
          aria-label="a beat earlier"
          @click=${() => this.edit({ action: "shift", beats: -1 })}
        >
          ${icons.back} earlier
        </button>
        <button aria-label="a beat later" @click=${() => this.edit({ action: "shift", beats: 1 })}>
          later ${icons.forward}
        </button>
      </div>
      <div class="row" role="group" aria-label="Beats on the offbeat">
        <span class="what">Offbeat</span>
        <button
          aria-label="½ beat earlier"
          @click=${() => this.edit({ action: "shift", beats: -0.5 })}
        >
          ${icons.back} ½ beat
        </button>
        <button
          aria-label="½ beat later"
          @click=${() => this.edit({ action: "shift", beats: 0.5 })}
        >
          ½ beat ${icons.forward}
        </button>
      </div>
      <div class="row" role="group" aria-label="Nudge all beats, in milliseconds">
        <span class="what">Nudge, ms</span>
        ${NUDGES_MS.map(
          (ms) => html`<button
            aria-label="${nudgeText(ms)} ms"
            @click=${() => this.edit({ action: "nudge", seconds: ms / 1000 })}
          >
            ${nudgeText(ms)}
          </button>`,
        )}
      </div>
      <div class="row" role="group" aria-label="Metronome">
        <span class="what">Click</span>
        <button
          aria-pressed=${isOn}
          title="Click on the beats (K)"
          @click=${() => studio.click.set({ isOn: !isOn })}
        >
          On the beats
        </button>
        <button
          aria-pressed=${countsIn}
          title="A bar of clicks before the song begins"
          @click=${() => studio.click.set({ countsIn: !countsIn })}
        >
          Count in
        </button>
      </div>
      <label class="field"
        ><span class="what">Beats in a bar</span>
        <select @change=${this.onMetre}>
          ${METRES.map(
            (one) => html`<option value=${one} .selected=${one === metre}>${one}</option>`,
          )}
        </select></label
      >
      <div class="row">
        <span class="what">Undo all</span>
        <button @click=${() => this.edit({ action: "reset" })}>Back to what was heard</button>
      </div>
      ${this.tapping()}
      ${
        this.session.problem
          ? html`<p class="problem" role="alert">${this.session.problem}</p>`
          : nothing
      }
    </dialog>`;
  }

  private tapping(): TemplateResult {
    const { length } = this.taps;
    const bpm = tappedBpm(this.taps);
    return html`<div class="row">
      <button class="tap" @pointerdown=${this.onTap} @keydown=${this.onTapKey}>
        Tap <small>on every beat while it plays (T)</small>
      </button>
      <span class="grow" role="status"
        >${bpm === null ? "" : `${length} taps, ${bpm.toFixed(1)} bpm`}</span
      >
      <button ?disabled=${length < MIN_TAPS} @click=${this.onUseTaps}>Use</button>
    </div>`;
  }

  private async edit(edit: BeatEdit): Promise<void> {
    await this.session.editBeats(edit);
  }

  private onTempo(event: SubmitEvent): void {
    event.preventDefault();
    const bpm = Number(new FormData(event.target as HTMLFormElement).get("bpm"));
    void this.edit({ action: "tempo", bpm, first_downbeat_s: null });
  }

  private onMetre(event: Event): void {
    const beats_per_bar = Number((event.target as HTMLSelectElement).value);
    void this.edit({ action: "meter", beats_per_bar });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") this.show();
    if (event.key.toLowerCase() === "t" && !event.repeat) this.tap();
  }

  private onTapKey(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.repeat) this.tap();
  }

  private onTap(event: PointerEvent): void {
    event.preventDefault();
    this.tap();
  }

  private tap(): void {
    const { player } = this.session;
    if (!player.isPlaying) {
      this.taps = [];
      player.toggle();
      return;
    }
    const last = this.taps.at(-1);
    if (last !== undefined && player.songS <= last) this.taps = [];
    this.taps.push(player.heardS);
    this.requestUpdate();
  }

  private async onUseTaps(): Promise<void> {
    const times_s = this.taps;
    this.taps = [];
    await this.edit({ action: "tap", times_s });
  }
}

customElements.define("dn-beats-dialog", BeatsDialog);

declare global {
  interface HTMLElementTagNameMap {
    "dn-beats-dialog": BeatsDialog;
  }
}
