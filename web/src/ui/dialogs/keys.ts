/** Which keys do what. */

import { html, type TemplateResult } from "lit";
import { SongPanel } from "../panel";
import { heading } from "./heading";

const KEYS: readonly [string, string][] = [
  ["Space", "play, pause"],
  ["← →", "a bar back, on"],
  ["Home", "to the start"],
  ["L", "loop four bars, or none"],
  ["1 to 9", "to a section"],
  ["Shift + 1 to 9", "solo a stem"],
  ["C", "compare A and B"],
  ["K", "click on the beats, or not"],
  ["Ctrl + Z, Ctrl + Y", "undo, redo"],
  ["Arrows on the pad", "move the dot; with Shift further"],
  ["Arrows in the pattern", "from step to step"],
  ["Enter in the pattern", "set or remove a hit"],
  ["+ and − in the pattern", "louder, softer"],
  ["T in the tempo window", "tap along"],
];

export class KeysDialog extends SongPanel {
  show(): void {
    this.querySelector("dialog")?.showModal();
  }

  override render(): TemplateResult {
    return html`<dialog class="modal plate" aria-label="Keys">
      ${heading("Keys", () => this.querySelector("dialog")?.close())}
      <dl class="keys">
        ${KEYS.map(([key, what]) => html`<dt>${key}</dt><dd>${what}</dd>`)}
      </dl>
    </dialog>`;
  }
}

customElements.define("dn-keys-dialog", KeysDialog);

declare global {
  interface HTMLElementTagNameMap {
    "dn-keys-dialog": KeysDialog;
  }
}
