/** Dark and light: as the system says, until the player says otherwise. */

export type Theme = "dark" | "light";

const KEY = "drumnet-theme";
const systemIsLight = window.matchMedia("(prefers-color-scheme: light)");

export function theme(): Theme {
  const said = localStorage.getItem(KEY);
  if (said === "dark" || said === "light") return said;
  return systemIsLight.matches ? "light" : "dark";
}

export function applyTheme(): void {
  document.documentElement.dataset.theme = theme();
  cached = null;
}

export function switchTheme(): void {
  localStorage.setItem(KEY, theme() === "dark" ? "light" : "dark");
  applyTheme();
}

/** Calls back after the system's choice has been applied. */
export function onSystemTheme(listener: () => void): void {
  systemIsLight.addEventListener("change", () => {
    applyTheme();
    listener();
  });
}

/** The style sheet's colours, for canvases. */
export interface Colours {
  readonly ink: string;
  readonly dim: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly wave: string;
  readonly waveOff: string;
  readonly accent: string;
  readonly panel: string;
  readonly field: string;
}

let cached: Colours | null = null;

export function colours(): Colours {
  if (cached) return cached;
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  cached = {
    ink: read("ink"),
    dim: read("dim"),
    line: read("line"),
    lineStrong: read("line-strong"),
    wave: read("wave"),
    waveOff: read("wave-off"),
    accent: read("accent"),
    panel: read("panel"),
    field: read("field"),
  };
  return cached;
}
