/** Take away: everything as one zip, or single files, which can be dragged out of the page. */

import { html, nothing, type TemplateResult } from "lit";
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
const TRACKS: readonly Option[] = [
  ["one", "one track"],
  ["pieces", "a track for each piece"],
];
const PROJECTS: readonly Option[] = [
  ["dawproject", "DAWproject (Bitwig, Studio One, Cubase)"],
  ["rpp", "REAPER"],
];

export class ExportDialog extends SongPanel {
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
      ${midiOut()}
      <div class="row wrap">
        <span>Projects in the zip</span>
        ${PROJECTS.map(([name, label]) => this.projectBox(name, label))}
      </div>
      <a class="button primary zip" href=${this.link("export.zip")} download>
        ${icons.export} Everything as one zip
      </a>
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
            html`<option value=${value} ?selected=${value === now}>${words}</option>`,
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
      <a class="button" href=${url} download=${file} draggable="true" @dragstart=${onDrag}>
        <strong>${file}</strong>${what ? html`<span class="dim">${what}</span>` : nothing}
      </a>
    </li>`;
  }
}

customElements.define("dn-export-dialog", ExportDialog);

declare global {
  interface HTMLElementTagNameMap {
    "dn-export-dialog": ExportDialog;
  }
}
