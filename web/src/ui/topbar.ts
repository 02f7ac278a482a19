/** Transport, displays, undo, comparing, export. */

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { api } from "../api/client";
import { decibels, type Meters } from "../audio/meter";
import { MAX_NAME_CHARS } from "../model/names";
import { studio } from "./context";
import { onFrame } from "./frames";
import { icons } from "./icons";
import { figure, meter, meterOf } from "./meters";
import { SongPanel } from "./panel";
import { clockText } from "./text";
import { themeButton } from "./theme-button";
import { toggleLoop } from "./transport-actions";
import "./dialogs/beats";
import "./dialogs/export";
import "./dialogs/keys";

export class Topbar extends SongPanel {
  private endFrames: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.endFrames = onFrame(() => this.paintClock());
  }

  override disconnectedCallback(): void {
    this.endFrames?.();
    super.disconnectedCallback();
  }

  override render(): TemplateResult {
    const { project, player, isReady } = this.session;
    const canPlay = isReady && player.canPlay;
    return html`<header class="topbar plate">
      <a class="button square bare" href="#" aria-label="All songs" title="All songs">
        ${icons.songs}
      </a>
      <h1 class="title">
        <input
          type="text"
          aria-label="Name of the song"
          maxlength=${MAX_NAME_CHARS}
          size=${Math.min(24, Math.max(6, project.name.length))}
          .value=${live(project.name)}
          @change=${this.onRename}
        />
      </h1>
      <div class="row" role="group" aria-label="Transport">
        <button
          class="square"
          aria-label="To the start"
          title="To the start (Home)"
          ?disabled=${!canPlay}
          @click=${() => player.seek(player.loop?.startS ?? 0)}
        >
          ${icons.start}
        </button>
        <button
          class="play ${player.isPlaying ? "on" : ""}"
          aria-label=${player.isPlaying ? "Pause" : "Play"}
          title="Play or pause (space)"
          ?disabled=${!canPlay}
          @click=${() => player.toggle()}
        >
          ${player.isPlaying ? icons.pause : icons.play}
        </button>
        <button
          class="square loop"
          aria-label="Loop"
          aria-pressed=${player.loop !== null}
          title="Loop (L): drag on the ruler to choose what"
          ?disabled=${!canPlay}
          @click=${() => toggleLoop(this.session)}
        >
          ${icons.loop}
        </button>
        <button
          class="square click"
          aria-label="Metronome"
          aria-pressed=${studio.click.choice.isOn}
          title="Click on the beats (K)"
          ?disabled=${!canPlay}
          @click=${() => studio.click.set({ isOn: !studio.click.choice.isOn })}
        >
          ${icons.click}
        </button>
        ${studio.about?.plays_live ? this.fillButton() : nothing}
      </div>
      ${canPlay ? this.displays() : html`<span class="grow"></span>`}
      ${canPlay ? this.tools() : nothing}
      <button
        class="square bare help"
        aria-label="Keys"
        title="Keys (?)"
        @click=${() => this.querySelector("dn-keys-dialog")?.show()}
      >
        ?
      </button>
      ${themeButton(() => this.onTheme())}
      <dn-keys-dialog></dn-keys-dialog>
    </header>`;
  }

  protected override updated(): void {
    this.paintClock();
  }

  /** Of what plays live, in a DAW's time and not in that of the page. */
  private fillButton(): TemplateResult {
    return html`<button
      title="A fill before the DAW's next bar"
      ?disabled=${!this.session.isReady}
      @click=${() => studio.attempt(() => api.askFill())}
    >
      Fill
    </button>`;
  }

  private displays(): TemplateResult {
    const { grid, player, project } = this.session;
    const tempo = project.beats?.tempo_bpm ?? 0;
    return html`<div class="lcd">
        <div class="lcd-cell"><span>time</span><output class="clock" role="timer"></output></div>
        <div class="lcd-cell"><span>bar · beat</span><output class="place" role="timer"></output></div>
        <button
          class="lcd-cell"
          title="Tempo and beats"
          @click=${() => this.querySelector("dn-beats-dialog")?.show()}
        >
          <span>tempo · metre</span>
          <strong>${tempo.toFixed(1)}<small>${grid?.metre ?? 4}/4</small></strong>
        </button>
        <button class="lcd-cell level" @click=${() => player.meters?.reset()}>
          <span>lufs · peak</span>
          <strong><output class="loudness" role="timer">–∞</output><small>–∞</small></strong>
          ${meter(meterOf.mix, "left")} ${meter(meterOf.mix, "right")}
        </button>
      </div>
      <span class="grow"></span>
      <dn-beats-dialog></dn-beats-dialog><dn-export-dialog></dn-export-dialog>`;
  }

  private tools(): TemplateResult {
    const { history } = this.session;
    const { compare } = studio;
    return html`<div class="row" role="group" aria-label="Changes">
        <button
          class="square bare"
          aria-label="Undo"
          title="Undo (Ctrl+Z)"
          ?disabled=${!history.canUndo}
          @click=${() => this.session.undo()}
        >
          ${icons.undo}
        </button>
        <button
          class="square bare"
          aria-label="Redo"
          title="Redo (Ctrl+Y)"
          ?disabled=${!history.canRedo}
          @click=${() => this.session.redo()}
        >
          ${icons.redo}
        </button>
        <div class="segmented" role="group" aria-label="Compare two states (C)">
          ${(["A", "B"] as const).map(
            (side) => html`<button
              aria-pressed=${compare?.side === side}
              title="Compare: state ${side} (C switches)"
              @click=${() => compare?.show(side)}
            >
              ${side}
            </button>`,
          )}
        </div>
      </div>
      <span class="saved dim">${this.savedText()}</span>
      <button class="export" aria-label="Export" @click=${() => this.querySelector("dn-export-dialog")?.show()}>
        ${icons.export}<span>Export</span>
      </button>`;
  }

  private savedText(): string {
    if (this.session.isSaved) return "saved";
    return this.session.lost ? "not saved" : "saving…";
  }

  private onRename(event: Event): void {
    const input = event.target as HTMLInputElement;
    const name = input.value.trim();
    if (name) void this.session.ask(({ id }) => api.renameProject(id, name));
    else input.value = this.session.project.name;
    input.blur();
  }

  private onTheme(): void {
    this.requestUpdate();
    this.session.refresh();
  }

  private paintClock(): void {
    const { grid, player } = this.session;
    const clock = this.querySelector<HTMLOutputElement>(".clock");
    const place = this.querySelector<HTMLOutputElement>(".place");
    if (!grid || !clock || !place) return;
    const songS = player.songS;
    setText(clock, clockText(songS));
    setText(place, `${grid.barAt(songS).number} · ${grid.beatInBarAt(songS)}`);
    this.paintLevel();
  }

  private paintLevel(): void {
    const cell = this.querySelector<HTMLElement>(".level");
    const loudness = this.querySelector<HTMLElement>(".loudness");
    const peak = cell?.querySelector("small");
    const { meters } = this.session.player;
    if (!cell || !loudness || !peak || !meters) return;
    setText(loudness, figure(meters.loudness.shortTerm));
    setText(peak, figure(decibels(meters.truePeak)));
    const text = levelText(meters);
    if (cell.title !== text) cell.title = text;
  }
}

/** Everything that is measured of the mix. */
function levelText(meters: Meters): string {
  const { momentary, shortTerm, integrated } = meters.loudness;
  const held = (["drums", "mix"] as const).map((bus) => meters.heldDb(bus).toFixed(1));
  return [
    `Loudness of 3 s: ${figure(shortTerm)} LUFS`,
    `of 0.4 s: ${figure(momentary)} LUFS, since play: ${figure(integrated)} LUFS`,
    `True peak since play: ${figure(decibels(meters.truePeak))} dBTP`,
    `Held back by the limiters: drums ${held[0]} dB, mix ${held[1]} dB`,
    "Click to measure anew",
  ].join("\n");
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

customElements.define("dn-topbar", Topbar);
