/** Take away: everything as one zip, or single files, which can be dragged out of the page. */

import { html, nothing, type TemplateResult } from "lit";
import { studio } from "../context";
import { icons } from "../icons";
import { SongPanel } from "../panel";
import { heading } from "./heading";

interface Offered {
  readonly file: string;
  readonly what: string;
  readonly mime: string;
}

const WAV = "audio/wav";
const OFFERED: readonly Offered[] = [
  { file: "drums.mid", what: "MIDI with the song's tempo map", mime: "audio/midi" },
  { file: "drums.wav", what: "the drums", mime: WAV },
  { file: "mix.wav", what: "song and drums together", mime: WAV },
  { file: "hits.csv", what: "every hit", mime: "text/csv" },
  { file: "beats.tsv", what: "every beat", mime: "text/tab-separated-values" },
  { file: "style.json", what: "the style", mime: "application/json" },
];

export class ExportDialog extends SongPanel {
  private midiMap = "general-midi";

  /** Open when the server has all that is shown. */
  async show(): Promise<void> {
    await this.session.settle();
    this.querySelector("dialog")?.showModal();
  }

  override render(): TemplateResult {
    const { project } = this.session;
    return html`<dialog class="modal plate" aria-label="Export">
      ${heading("Export", () => this.querySelector("dialog")?.close())}
      <label class="field"
        >MIDI keys of
        <select
          class="grow"
          aria-label="MIDI keys of"
          @change=${(event: Event) => {
            this.midiMap = (event.target as HTMLSelectElement).value;
            this.requestUpdate();
          }}
        >
          ${(studio.about?.midi_maps ?? []).map(
            (name) =>
              html`<option value=${name} ?selected=${name === this.midiMap}>
                ${name.replaceAll("-", " ")}
              </option>`,
          )}
        </select></label
      >
      <a
        class="button primary zip"
        href="/api/projects/${project.id}/export.zip?midi_map=${this.midiMap}"
        download
      >
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

  private row({ file, what, mime }: Offered): TemplateResult {
    const url = `/api/projects/${this.session.project.id}/export/${file}?midi_map=${this.midiMap}`;
    // What Chromium takes for a file when it is dragged onto the desktop.
    const onDrag = (event: DragEvent): void => {
      const from = new URL(url, location.href).href;
      event.dataTransfer?.setData("DownloadURL", `${mime}:${file}:${from}`);
    };
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
