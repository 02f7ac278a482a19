/** A song that cannot be played yet: no stems, listening, or something to mend. */

import { html, nothing, type TemplateResult } from "lit";
import { api } from "../api/client";
import { studio } from "./context";
import { icons } from "./icons";
import { SongPanel } from "./panel";
import { roleSelect } from "./role-select";
import { percent } from "./text";

export class Welcome extends SongPanel {
  override render(): TemplateResult {
    const { project } = this.session;
    return html`<section class="welcome plate">
      ${this.state()}
      ${
        project.stems.length > 0
          ? html`<ul class="stem-list" aria-label="Stems">
            ${project.stems.map(
              (stem) => html`<li class="row">
                <span class="grow">${stem.name}</span>
                ${roleSelect(this.session, stem)}
                <button
                  class="bare square"
                  aria-label="Remove ${stem.name}"
                  @click=${() => this.session.ask(({ id }) => api.deleteStem(id, stem.id))}
                >
                  ${icons.trash}
                </button>
              </li>`,
            )}
          </ul>`
          : nothing
      }
      <label class="button">
        Add files
        <input
          class="hidden"
          type="file"
          multiple
          @change=${(event: Event) => {
            const { files } = event.target as HTMLInputElement;
            if (files) void studio.addFiles([...files]);
          }}
        />
      </label>
    </section>`;
  }

  private state(): TemplateResult {
    const { project, progress, problem, player } = this.session;
    if (project.status === "failed" || problem) {
      return html`<p class="lead problem" role="alert">${problem ?? project.error}</p>
        <button
          class="primary"
          @click=${() => this.session.ask(({ id }) => api.listen(id))}
        >
          Listen again
        </button>`;
    }
    if (project.status === "empty") {
      return html`<div class="drop-ring">${icons.drop}</div>
        <p class="lead">Drop the stems of this song, or one mix, anywhere on this page</p>`;
    }
    if (player.loading) {
      const { numLoaded, numStems } = player.loading;
      return html`<p class="lead">Getting the stems ready to play</p>
        <progress aria-label="Stems made ready" max=${numStems} value=${numLoaded}></progress>`;
    }
    const fraction = progress?.fraction ?? 0;
    return html`<p class="lead">Listening to the song</p>
      <p class="dim">${progress ? `${progress.stage}, ${percent(fraction)}` : "waiting its turn"}</p>
      <progress aria-label="Listening" max="1" value=${fraction}></progress>`;
  }
}

customElements.define("dn-welcome", Welcome);
