/** The switch between dark and light. */

import { html, type TemplateResult } from "lit";
import { icons } from "./icons";
import { switchTheme, theme } from "./theme";

export function themeButton(onSwitch: () => void): TemplateResult {
  const other = theme() === "dark" ? "light" : "dark";
  const flip = (): void => {
    switchTheme();
    onSwitch();
  };
  return html`<button
    class="square bare"
    aria-label="Switch to the ${other} theme"
    title="Switch to the ${other} theme"
    @click=${flip}
  >
    ${other === "light" ? icons.sun : icons.moon}
  </button>`;
}
