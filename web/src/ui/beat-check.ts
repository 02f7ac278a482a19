/** Where the beats were heard unclearly: a bar that asks, until they are said to be right. */

import { html, type TemplateResult } from "lit";
import type { BeatEdit } from "../api/types";
import { studio } from "./context";
import { icons } from "./icons";
import { SongPanel } from "./panel";

const ASKED: Record<"beat" | "bar", string> = {
  beat: "The beat was hard to hear. Is this it?",
  bar: "Where the bars begin was hard to hear. Is this it?",
};
const EDITS: readonly [words: string, edit: BeatEdit][] = [
  ["Half", { action: "half" }],
  ["Double", { action: "double" }],
  ["½ beat on", { action: "shift", beats: 0.5 }],
  ["Bars a beat on", { action: "shift", beats: 1 }],
];

export class BeatCheck extends SongPanel {
  /** The doubt that is asked about: an edit ends it in the song, but not the asking. */
  private asked: { readonly id: string; readonly doubt: "beat" | "bar" } | null = null;

  override render(): TemplateResult {
    const doubt = this.doubt;
    if (!doubt) return html``;
    return html`<section class="beat-check row wrap" aria-label="Are the beats right?">
      <p>${ASKED[doubt]}</p>
      <button class="small" title="Play the song with a click on the beats" @click=${this.onListen}>
        ${icons.click} Listen
      </button>
      ${EDITS.map(
        ([words, edit]) =>
          html`<button class="small" @click=${() => this.session.editBeats(edit)}>${words}</button>`,
      )}
      <span class="grow"></span>
      <button class="small primary" @click=${this.onRight}>It is right</button>
    </section>`;
  }

  private get doubt(): "beat" | "bar" | null {
    const { id, beats } = this.session.project;
    if (localStorage.getItem(keyOf(id))) return null;
    if (beats?.doubt) this.asked = { id, doubt: beats.doubt };
    return this.asked?.id === id ? this.asked.doubt : null;
  }

  private readonly onListen = (): void => {
    const { player } = this.session;
    studio.click.set({ isOn: true });
    if (!player.isPlaying) player.toggle();
  };

  private readonly onRight = (): void => {
    localStorage.setItem(keyOf(this.session.project.id), "yes");
    studio.click.set({ isOn: false });
  };
}

/** Kept in this browser: that the beats of a song are right. */
function keyOf(project: string): string {
  return `drumnet-beats-right-${project}`;
}

customElements.define("dn-beat-check", BeatCheck);
