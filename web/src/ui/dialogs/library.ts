/** The library: styles kept by name and tags, found by words or by nearness. */

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { api } from "../../api/client";
import type { SavedStyle } from "../../api/types";
import { type Doc, styleOf, withStyle } from "../../state/document";
import { trying } from "../audition";
import { studio } from "../context";
import { icons } from "../icons";
import { SongPanel } from "../panel";

export class Library extends SongPanel {
  private found: readonly SavedStyle[] = [];
  private query = "";
  /** What the styles are sorted by their nearness to. */
  private near: { id: string; name: string } | null = null;
  private serial = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.search();
  }

  override render(): TemplateResult {
    return html`<div class="library">
      <form class="row" @submit=${this.onSave}>
        <input class="grow" type="text" name="name" aria-label="Name" placeholder="Name of this style" required maxlength="200" autocomplete="off" />
        <input class="tags" type="text" name="tags" aria-label="Tags, with commas between" placeholder="tags, …" autocomplete="off" />
        <button class="square" aria-label="Keep this style" title="Keep this style">${icons.heart}</button>
      </form>
      <div class="row">
        <input
          class="grow"
          type="search"
          aria-label="Search by name or tag"
          placeholder="Search names and tags"
          .value=${this.query}
          @input=${this.onQuery}
        />
        <button class="small" title="Sort by nearness to the style now" @click=${this.onNearNow}>
          ${icons.near} Like now
        </button>
      </div>
      ${
        this.near
          ? html`<p class="row near dim">
            <span class="grow">Nearest to ${this.near.name} first</span>
            <button class="tiny bare" aria-label="Sort by age" @click=${() => this.sortBy(null)}>
              ${icons.close}
            </button>
          </p>`
          : nothing
      }
      ${
        this.found.length === 0
          ? html`<p class="dim">Nothing of that name. Keep a style above, or search for less.</p>`
          : nothing
      }
      <ul class="styles" aria-label="Styles">
        ${repeat(
          this.found,
          (style) => style.id,
          (style) => this.row(style),
        )}
      </ul>
    </div>`;
  }

  private row(style: SavedStyle): TemplateResult {
    return html`<li class="row">
      <button
        class="grow bare style-row"
        ?disabled=${!style.usable}
        title=${style.usable ? style.source : "It belongs to other weights"}
        @click=${() => this.session.change(this.with(style), `library ${style.name}`)}
        @pointerenter=${trying(style.name, () => this.with(style))}
      >
        <strong>${style.name}</strong>
        <span class="dim">${style.builtin ? "built in" : style.tags.join(" · ")}</span>
      </button>
      <button
        class="square small bare"
        aria-label="More like ${style.name}"
        title="More like this"
        @click=${() => this.sortBy({ id: style.id, name: style.name })}
      >
        ${icons.near}
      </button>
      ${
        style.builtin
          ? nothing
          : html`<button
            class="square small bare"
            aria-label="Rename ${style.name}"
            title="Rename"
            @click=${() => this.rename(style)}
          >
            ${icons.pen}
          </button>
          <button
            class="square small bare"
            aria-label="Delete ${style.name}"
            @click=${() => this.discard(style)}
          >
            ${icons.trash}
          </button>`
      }
    </li>`;
  }

  private with({ code, at, name }: SavedStyle): Doc {
    const { doc, target } = this.session;
    return withStyle(doc, target, { code, at, name });
  }

  private async onSave(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const tags = String(data.get("tags"))
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean);
    const name = String(data.get("name")).trim();
    const source = `made on ${this.session.project.name}`;
    const isKept = await studio.attempt(async () => {
      // The dot may have moved a moment ago.
      await this.session.settle();
      const { code } = styleOf(this.session.doc, this.session.target);
      await api.saveStyle({ name, tags, code, source });
    });
    if (isKept) {
      form.reset();
      studio.say(`Kept as “${name}”.`);
    }
    await this.search();
  }

  private async rename(style: SavedStyle): Promise<void> {
    const name = window.prompt("Name of this style", style.name)?.trim();
    if (!name || name === style.name) return;
    await studio.attempt(async () => void (await api.changeStyle(style.id, { name })));
    await this.search();
  }

  private async discard(style: SavedStyle): Promise<void> {
    if (!window.confirm(`Delete the style “${style.name}” for good?`)) return;
    await studio.attempt(() => api.deleteStyle(style.id));
    await this.search();
  }

  private readonly onQuery = (event: Event): void => {
    this.query = (event.target as HTMLInputElement).value;
    void this.search();
  };

  private readonly onNearNow = (): void => {
    const { code } = styleOf(this.session.doc, this.session.target);
    this.sortBy({ id: code.map((value) => value.toFixed(4)).join(","), name: "the style now" });
  };

  private sortBy(near: Library["near"]): void {
    this.near = near;
    void this.search();
  }

  private async search(): Promise<void> {
    const serial = ++this.serial;
    await studio.attempt(async () => {
      const found = await api.styles(this.query, this.near?.id ?? "");
      if (serial === this.serial) this.found = found;
    });
    this.requestUpdate();
  }
}

customElements.define("dn-library", Library);
