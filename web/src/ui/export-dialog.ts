/** Take away: everything as one zip, or single files, which can be dragged out of the page. */

import { html, type TemplateResult } from "lit";
import { icons } from "./icons";
import { SongPanel } from "./panel";
import { plain } from "./text";

interface Offered {
  readonly file: string;
  readonly what: string;
  readonly mime: string;
}

export class ExportDialog extends SongPanel {
  /** Open when the server has all that is shown. */
  async show(): Promise<void> {
    await this.session.settle();
    this.querySelector("dialog")?.showModal();
  }

  override render(): TemplateResult {
    const { project } = this.session;
    return html`<dialog class="modal plate" aria-label="Export">
      <header class="row">
        <h2 class="grow">Export</h2>
        <button
          class="square bare"
          aria-label="Close"
          @click=${() => this.querySelector("dialog")?.close()}
        >
          ${icons.close}
        </button>
      </header>
      <a class="button primary zip" href="/api/projects/${project.id}/export.zip" download>
        ${icons.export} Everything as one zip
      </a>
      <p class="dim">Or take single files: click to save, or drag one into your DAW or a folder.</p>
      <ul class="files">
        ${this.offered().map((one) => this.row(one))}
      </ul>
    </dialog>`;
  }

  private offered(): Offered[] {
    const wav = "audio/wav";
    const pieces = this.session.player.pieces;
    return [
      { file: "drums.mid", what: "MIDI with the song's tempo map", mime: "audio/midi" },
      { file: "drums.wav", what: "the drums", mime: wav },
      ...pieces.map((piece) => ({ file: `${piece}.wav`, what: plain(piece), mime: wav })),
      { file: "mix.wav", what: "song and drums together", mime: wav },
      { file: "hits.csv", what: "every hit", mime: "text/csv" },
      { file: "beats.tsv", what: "every beat", mime: "text/tab-separated-values" },
      { file: "style.json", what: "the style", mime: "application/json" },
    ];
  }

  private row({ file, what, mime }: Offered): TemplateResult {
    const url = `/api/projects/${this.session.project.id}/export/${file}`;
    // What Chromium takes for a file when it is dragged onto the desktop.
    const onDrag = (event: DragEvent): void => {
      const from = new URL(url, location.href).href;
      event.dataTransfer?.setData("DownloadURL", `${mime}:${file}:${from}`);
    };
    return html`<li>
      <a class="button" href=${url} download=${file} draggable="true" @dragstart=${onDrag}>
        <strong>${file}</strong><span class="dim">${what}</span>
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
