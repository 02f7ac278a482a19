/** The frame of the page: the list of songs or a song, files dropped on it, its keys, its news. */

import { html, nothing, type TemplateResult } from "lit";
import type { Session } from "../state/session";
import type { Notice, Upload } from "../state/studio";
import { TABS, type Tab } from "../state/view";
import { studio } from "./context";
import { droppedFiles, isStyleDrop } from "./drop";
import { icons } from "./icons";
import { handleFocus, handleKey } from "./keys";
import { Panel } from "./panel";
import { onSystemTheme } from "./theme";
import "./beat-check";
import "./home";
import "./pattern/pattern";
import "./pad/style-panel";
import "./timeline/timeline";
import "./topbar";
import "./welcome";

function uploading({ name, sentBytes, totalBytes }: Upload): TemplateResult {
  const [sent, total] = [sentBytes, totalBytes].map((bytes) => (bytes / 1e6).toFixed(1));
  return html`<div class="notice plate">
    <p>Copying ${name}: ${sent} of ${total} MB</p>
    <progress aria-label="Copying files" max=${totalBytes || 1} value=${sentBytes}></progress>
  </div>`;
}

function notice({ text, isFault }: Notice): TemplateResult {
  return html`<p class="notice plate row ${isFault ? "problem" : ""}">
    <span>${text}</span>
    <button class="tiny bare" aria-label="Close this message" @click=${() => studio.dismiss()}>
      ${icons.close}
    </button>
  </p>`;
}

function toPad(): void {
  studio.view?.showTab("play");
  studio.view?.showSide("pad");
  requestAnimationFrame(() => document.querySelector<HTMLElement>(".pad-field")?.focus());
}

const TAB_NAMES: Record<Tab, string> = { play: "Play", pattern: "Pattern", mix: "Mix" };
const TAB_ICONS: Record<Tab, TemplateResult> = {
  play: icons.dot,
  pattern: icons.steps,
  mix: icons.faders,
};

/** Transport and players come before the pad. */
const SKIP = html`<button class="skip" @click=${toPad}>To the style pad</button>`;

const LOST = {
  gone: html`Not connected: your changes wait here until the studio answers. Is
    <code>drumnet studio</code> still running?`,
  restarted: html`The studio was started again: open the new address that
    <code>drumnet studio</code> has printed, in this browser. Your changes wait here until then.`,
};

function lost(session: Session): TemplateResult | typeof nothing {
  if (!session.lost) return nothing;
  return html`<p class="lost" role="alert">${LOST[session.lost]}</p>`;
}

export class App extends Panel {
  /** Where dragged files would land; null while none are dragged. */
  private dropTarget: "stems" | "style" | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", (event) => handleKey(event));
    window.addEventListener("focusin", (event) => handleFocus(event));
    window.addEventListener("dragover", (event) => this.onDragOver(event));
    window.addEventListener("dragleave", (event) => this.onDragLeave(event));
    window.addEventListener("drop", (event) => this.onDrop(event));
    onSystemTheme(() => this.requestUpdate());
  }

  override render(): TemplateResult {
    return html`${this.page()} ${this.overlay()}
      <div class="notices" role="status" aria-live="polite">
        ${studio.upload ? uploading(studio.upload) : nothing}
        ${studio.notice ? notice(studio.notice) : nothing}
      </div>`;
  }

  private page(): TemplateResult {
    if (studio.fault)
      return html`<main class="centre"><p class="problem">${studio.fault}</p></main>`;
    if (!studio.about) return html`<main class="centre"><p class="dim">Starting…</p></main>`;
    if (!studio.session) return html`<dn-home></dn-home>`;
    const isReady = studio.session.isReady && studio.session.player.canPlay;
    return html`${isReady ? SKIP : nothing}${lost(studio.session)}
      ${isReady ? html`<dn-beat-check></dn-beat-check>` : nothing}<main
      class="song"
      data-tab=${studio.view?.tab ?? "play"}
    >
      <dn-topbar></dn-topbar>
      ${
        isReady
          ? html`<dn-style-panel></dn-style-panel>
            <div class="left"><dn-timeline></dn-timeline><dn-pattern></dn-pattern></div>
            ${this.tabs()}`
          : html`<dn-welcome></dn-welcome>`
      }
    </main>`;
  }

  /** Seen where the window is small. */
  private tabs(): TemplateResult {
    return html`<nav class="tabs" aria-label="Shown">
      ${TABS.map(
        (tab) => html`<button
          class="bare"
          aria-pressed=${studio.view?.tab === tab}
          @click=${() => studio.view?.showTab(tab)}
        >
          ${TAB_ICONS[tab]}<span>${TAB_NAMES[tab]}</span>
        </button>`,
      )}
    </nav>`;
  }

  private overlay(): TemplateResult | typeof nothing {
    if (!this.dropTarget) return nothing;
    const text =
      this.dropTarget === "style"
        ? "Drop a song with drums: its style comes to the pad"
        : studio.session
          ? "Drop stems: they join this song"
          : "Drop stems or a mix: they become a song";
    return html`<div class="drop-overlay ${this.dropTarget}"><p>${text}</p></div>`;
  }

  private onDragOver(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const target = isStyleDrop(event.target) ? "style" : "stems";
    if (target === this.dropTarget) return;
    this.dropTarget = target;
    this.requestUpdate();
  }

  private onDragLeave(event: DragEvent): void {
    if (event.relatedTarget) return;
    this.dropTarget = null;
    this.requestUpdate();
  }

  private onDrop(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const files = droppedFiles(event.dataTransfer);
    const isStyle = this.dropTarget === "style";
    this.dropTarget = null;
    this.requestUpdate();
    void files.then((all) =>
      isStyle && studio.session ? studio.takeStyleOf(all) : studio.addFiles(all),
    );
  }
}

customElements.define("dn-app", App);
