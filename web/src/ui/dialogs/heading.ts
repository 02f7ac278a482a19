/** The top line of a dialog: its name, and what closes it. */

import { html, type TemplateResult } from "lit";
import { icons } from "../icons";

export function heading(name: string, close: () => void): TemplateResult {
  return html`<header class="row">
    <h2 class="grow">${name}</h2>
    <button class="square bare" aria-label="Close" @click=${close}>${icons.close}</button>
  </header>`;
}
