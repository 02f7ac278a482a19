/** Take away: everything as one zip, or single files, which can be dragged out of the page. */

import { html, nothing, type TemplateResult } from "lit";
import { download } from "../../api/client";
import { type ExportChoices, exportLink, withProject } from "../../model/export-links";
import { studio } from "../context";
import { onDragOut } from "../drag-out";
import { icons } from "../icons";
import { SongPanel } from "../panel";
import { heading } from "./heading";
import { midiOut } from "./midi-out";

interface Offered {
  readonly file: string;
  readonly what: string;
  readonly mime: string;
}

type Option = readonly [value: string, label: string];

const WAV = "audio/wav";
const OFFERED: readonly Offered[] = [
  { file: "drums.mid", what: "MIDI", mime: "audio/midi" },
  { file: "drums.wav", what: "the drums", mime: WAV },
  { file: "mix.wav", what: "song and drums together", mime: WAV },
  { file: "drums.dawproject", what: "song and drums for your DAW", mime: "application/zip" },
  { file: "hits.csv", what: "every hit", mime: "text/csv" },
  { file: "beats.tsv", what: "every beat", mime: "text/tab-separated-values" },
  { file: "style.json", what: "the style", mime: "application/json" },
];

const TEMPOS: readonly Option[] = [
  ["map", "the song's tempo"],
  ["constant", "one tempo throughout"],
  ["none", "no tempo: that of the DAW"],
];
const DRUMS: readonly Option[] = [
  ["heard", "as heard"],
  ["raw", "raw"],
];
const TRACKS: readonly Option[] = [
  ["one", "one track"],
  ["pieces", "a track for each piece"],
];
const PROJECTS: readonly Option[] = [
  ["dawproject", "DAWproject (Bitwig, Studio One, Cubase)"],
  ["rpp", "REAPER"],
];

export class ExportDialog extends SongPanel {
  /** What is written now, and since when. */
  private writing: { readonly file: string; readonly sinceMs: number } | null = null;
  /** Why nothing was written: a notice would lie behind the dialog. */
  private fault = "";

  private get choices(): ExportChoices {
    return studio.exportChoices;
  }

  /** Open when the server has all that is shown. */
  async show(): Promise<void> {
    await this.session.settle();
    this.querySelector("dialog")?.showModal();
  }

  override render(): TemplateResult {
    const { choices } = this;
    const maps = Object.keys(studio.about?.midi_maps ?? {}).map(
      (name): Option => [name, name.replaceAll("-", " ")],
    );
    return html`<dialog class="modal plate" aria-label="Export">
      ${heading("Export", () => this.querySelector("dialog")?.close())}
      ${this.chosen("MIDI keys of", maps, choices.midiMap, (midiMap) => ({ midiMap }))}
      ${this.chosen("MIDI tempo", TEMPOS, choices.midiTempo, (midiTempo) => ({ midiTempo }))}
      ${this.chosen("MIDI tracks", TRACKS, choices.midiTracks, (midiTracks) => ({ midiTracks }))}
      ${this.chosen("Drum files", DRUMS, choices.drums, (drums) => ({ drums }))}
      <p class="dim">
        At the level of the mix. As heard: with the pieces' faders, mutes and solos; raw: without.
        ${choices.projects.length > 0 ? "With a project they are raw: it has the faders." : ""}
      </p>
      ${midiOut()}
      <div class="row wrap">
        <span>Projects in the zip</span>
        ${PROJECTS.map(([name, label]) => this.projectBox(name, label))}
      </div>
      <a
        class="button primary zip"
        href=${this.link("export.zip")}
        download
        @click=${(event: Event) => this.onTake(event, "export.zip")}
      >
        ${icons.export} Everything as one zip
      </a>
      ${this.progress()}
      <p class="dim">Or take single files: click to save, or drag one into your DAW or a folder.</p>
      <ul class="files">
        ${OFFERED.map((one) => this.row(one))}
      </ul>
      <ul class="files of-pieces" aria-label="Each piece by itself">
        ${this.session.played.map((piece) =>
          this.row({ file: `${piece}.wav`, what: "", mime: WAV }),
        )}
      </ul>
    </dialog>`;
  }

  private progress(): TemplateResult | typeof nothing {
    if (this.fault) return html`<p class="problem" role="alert">${this.fault}</p>`;
    if (!this.writing) return nothing;
    const { file, sinceMs } = this.writing;
    const seconds = ((performance.now() - sinceMs) / 1000).toFixed(0);
    return html`<div class="writing">
      <p>Writing ${file === "export.zip" ? "all files" : file}: ${seconds} s</p>
      <progress aria-label="Writing the export"></progress>
    </div>`;
  }

  /** As the link would, but one sees that it is under way, and reads what goes wrong. */
  private onTake(event: Event, file: string): void {
    event.preventDefault();
    if (!this.writing) void this.take(file);
  }

  private async take(file: string): Promise<void> {
    this.writing = { file, sinceMs: performance.now() };
    this.fault = "";
    this.requestUpdate();
    const ticks = setInterval(() => this.requestUpdate(), 500);
    try {
      save(await download(this.link(file)));
    } catch (fault) {
      this.fault = fault instanceof Error ? fault.message : String(fault);
    }
    clearInterval(ticks);
    this.writing = null;
    this.requestUpdate();
  }

  private link(file: string): string {
    return exportLink(this.session.project.id, file, this.choices);
  }

  private choose(change: Partial<ExportChoices>): void {
    studio.chooseExport(change);
  }

  private chosen(
    label: string,
    options: readonly Option[],
    now: string,
    change: (value: string) => Partial<ExportChoices>,
  ): TemplateResult {
    return html`<label class="field"
      >${label}
      <select
        class="grow"
        aria-label=${label}
        @change=${(event: Event) => this.choose(change((event.target as HTMLSelectElement).value))}
      >
        ${options.map(
          ([value, words]) =>
            html`<option value=${value} .selected=${value === now}>${words}</option>`,
        )}
      </select></label
    >`;
  }

  private projectBox(name: string, label: string): TemplateResult {
    return html`<label class="field"
      ><input
        type="checkbox"
        .checked=${this.choices.projects.includes(name)}
        @change=${(event: Event) =>
          this.choose(withProject(this.choices, name, (event.target as HTMLInputElement).checked))}
      />
      ${label}</label
    >`;
  }

  private row({ file, what, mime }: Offered): TemplateResult {
    const url = this.link(file);
    const onDrag = onDragOut(file, mime, url);
    return html`<li>
      <a
        class="button"
        href=${url}
        download=${file}
        draggable="true"
        @dragstart=${onDrag}
        @click=${(event: Event) => this.onTake(event, file)}
      >
        <strong>${file}</strong>${what ? html`<span class="dim">${what}</span>` : nothing}
      </a>
    </li>`;
  }
}

/** Into the folder of the browser's downloads. */
function save(file: File): void {
  const url = URL.createObjectURL(file);
  const link = Object.assign(document.createElement("a"), { href: url, download: file.name });
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

customElements.define("dn-export-dialog", ExportDialog);

declare global {
  interface HTMLElementTagNameMap {
    "dn-export-dialog": ExportDialog;
  }
}
