/** The list of songs, and how to begin one. */

import { html, nothing, type TemplateResult } from "lit";
import type { ProjectCard } from "../api/types";
import { studio } from "./context";
import { icons } from "./icons";
import { Panel } from "./panel";
import { durationText } from "./text";
import { themeButton } from "./theme-button";

const STATUS_TEXT: Record<ProjectCard["status"], string> = {
  empty: "no stems yet",
  listening: "listening…",
  ready: "",
  failed: "needs your help",
  damaged: "damaged",
};

function listed(folders: readonly string[]): TemplateResult {
  const names = folders.map((folder) => html`<code>${folder}</code>`);
  return html`${names.map((name, at) => (at > 0 ? html` or ${name}` : name))}`;
}

/** Where there is no song yet: what one does here. */
function steps(): TemplateResult {
  return html`<ol class="steps">
    <li><strong>Drop</strong> DrumNet listens: beats, bars, what each stem plays.</li>
    <li><strong>Play</strong> The drums that fit sound with your song at once.</li>
    <li><strong>Drag the dot</strong> They change while the song goes on.</li>
  </ol>`;
}

export class Home extends Panel {
  private pathProblem: string | null = null;
  private isOpening = false;

  override render(): TemplateResult {
    const { cards } = studio;
    return html`<main class="home">
      <header class="row">
        <h1 class="logo">DrumNet<span>Studio</span></h1>
        <span class="grow"></span>
        ${themeButton(() => this.requestUpdate())}
      </header>
      <section class="drop plate" aria-label="A new song">
        <div class="drop-ring">${icons.drop}</div>
        <p class="lead">Drop the stems of a song (or their folder, or one mix) anywhere on this page</p>
        <p class="dim">
          Bass, guitars, keys, voice, a snare: whatever you have. WAV, FLAC, MP3, OGG or MIDI.
          Nothing leaves this machine.
        </p>
        <div class="row wrap begin">
          <label class="button primary">
            Choose files
            <input class="hidden" type="file" multiple @change=${this.onFiles} />
          </label>
          <span class="dim">or</span>
          <form class="row grow" @submit=${this.onPath}>
            <input
              class="grow"
              type="text"
              name="path"
              aria-label="Path of a folder or file on this machine"
              placeholder="/path/to/a/folder/of/stems"
              autocomplete="off"
              spellcheck="false"
            />
            <button ?disabled=${this.isOpening}>${this.isOpening ? "Opening…" : "Open path"}</button>
          </form>
        </div>
        <p class="dim">
          By path: what is in ${listed(studio.about?.folders ?? [])}. Other folders are named when
          the studio is started, with <code>--songs</code>.
        </p>
        ${
          this.pathProblem ? html`<p class="problem" role="alert">${this.pathProblem}</p>` : nothing
        }
      </section>
      ${cards.length > 0 ? this.songs(cards) : steps()}
    </main>`;
  }

  private songs(cards: readonly ProjectCard[]): TemplateResult {
    return html`<section aria-label="Songs">
        <h2>Songs</h2>
        <ul class="cards">
          ${cards.map((card) => this.card(card))}
        </ul>
      </section>`;
  }

  private card(card: ProjectCard): TemplateResult {
    const facts = [
      card.duration_s === null ? "" : durationText(card.duration_s),
      card.num_stems === 1 ? "1 stem" : `${card.num_stems} stems`,
      STATUS_TEXT[card.status],
    ];
    return html`<li class="card plate">
      <a href="#/song/${card.id}">
        <strong>${card.name}</strong>
        <span class="dim">${facts.filter(Boolean).join(" · ")}</span>
        <span class="dim">changed ${new Date(card.modified).toLocaleString()}</span>
      </a>
      <button
        class="bare square"
        aria-label="Delete ${card.name}"
        title="Delete"
        @click=${() => this.onDelete(card)}
      >
        ${icons.trash}
      </button>
    </li>`;
  }

  private onFiles(event: Event): void {
    const { files } = event.target as HTMLInputElement;
    if (files) void studio.addFiles([...files]);
  }

  private async onPath(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const path = String(new FormData(form).get("path")).trim();
    if (!path) {
      this.pathProblem = "Type the path of a folder of stems, or of one sound file.";
      this.requestUpdate();
      return;
    }
    this.isOpening = true;
    this.pathProblem = null;
    this.requestUpdate();
    this.pathProblem = await studio.openPath(path);
    this.isOpening = false;
    this.requestUpdate();
  }

  private onDelete(card: ProjectCard): void {
    if (!window.confirm(`Delete “${card.name}” with its stems and edits for good?`)) return;
    void studio.deleteProject(card.id);
  }
}

customElements.define("dn-home", Home);
