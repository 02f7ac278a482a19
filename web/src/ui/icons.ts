/** Line icons, 20 by 20, in the colour of the text; words stand beside or behind them. */

import { html, svg, type TemplateResult } from "lit";

function icon(shape: TemplateResult, filled = false): TemplateResult {
  return html`<svg class="icon ${filled ? "filled" : ""}" viewBox="0 0 20 20" aria-hidden="true">
    ${shape}
  </svg>`;
}

export const icons = {
  click: icon(svg`<path d="M7 3h6l3 14H4zM10 13l5-8M5.2 13h9.6" />`),
  dot: icon(svg`<circle cx="10" cy="10" r="7.5" /><circle cx="12" cy="8" r="1.6" />`),
  steps: icon(svg`<path d="M3 4h5v5H3zM12 4h5v5h-5zM3 12h5v5H3zM12 12h5v5h-5z" />`),
  faders: icon(svg`<path d="M5 3v14M10 3v14M15 3v14M3 13h4M8 6h4M13 11h4" />`),
  play: icon(svg`<path d="M5 3.2v13.6L17 10z" />`, true),
  pause: icon(svg`<path d="M4.5 3h4v14h-4zM11.5 3h4v14h-4z" />`, true),
  start: icon(svg`<path d="M4 3.5h2v13H4zM16 3.5v13L7 10z" />`, true),
  loop: icon(
    svg`<path d="M6 5h7a4 4 0 0 1 4 4v1M14 15H7a4 4 0 0 1-4-4v-1M8 2 5 5l3 3M12 12l3 3-3 3" />`,
  ),
  undo: icon(svg`<path d="M4 7.5h8a4.5 4.5 0 0 1 0 9H8M7.5 4 4 7.5 7.5 11" />`),
  redo: icon(svg`<path d="M16 7.5H8a4.5 4.5 0 0 0 0 9h4M12.5 4 16 7.5 12.5 11" />`),
  lock: icon(svg`<path d="M4.5 9h11v8h-11zM7 9V6.500a3 3 0 0 1 6 0V9" />`),
  unlock: icon(svg`<path d="M4.5 9h11v8h-11zM7 9V5.500a3 3 0 0 1 5.8-1" />`),
  plus: icon(svg`<path d="M10 4v12M4 10h12" />`),
  minus: icon(svg`<path d="M4 10h12" />`),
  fit: icon(svg`<path d="M3 10h14M6 7l-3 3 3 3M14 7l3 3-3 3" />`),
  trash: icon(svg`<path d="M4 6h12M8 6V3.500h4V6M6 6l.7 10.500h6.600L14 6" />`),
  pen: icon(svg`<path d="M4 16l1-4 8.500-8.500 3 3L8 15zM11.5 5l3 3" />`),
  sun: icon(
    svg`<circle cx="10" cy="10" r="3.5"/><path d="M10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.300l1.4 1.400M14.3 14.300l1.4 1.400M4.3 15.700l1.4-1.400M14.3 5.700l1.4-1.4" />`,
  ),
  moon: icon(svg`<path d="M16 12.500A7 7 0 0 1 7.5 4a7 7 0 1 0 8.5 8.500z" />`),
  export: icon(svg`<path d="M10 3v9M6.5 8.5 10 12l3.5-3.500M3.5 13v4h13v-4" />`),
  songs: icon(svg`<path d="M3 5h14M3 10h14M3 15h14" />`),
  dice: icon(
    svg`<rect x="3" y="3" width="14" height="14" rx="3"/><path d="M7 7h.01M13 7h.01M10 10h.01M7 13h.01M13 13h.01" stroke-width="2.4"/>`,
  ),
  heart: icon(svg`<path d="M10 16.5 3.8 10A4 4 0 0 1 10 5a4 4 0 0 1 6.2 5z" />`),
  back: icon(svg`<path d="M12.5 4 6.5 10l6 6" />`),
  forward: icon(svg`<path d="M7.5 4l6 6-6 6" />`),
  close: icon(svg`<path d="M5 5l10 10M15 5 5 15" />`),
  morph: icon(svg`<path d="M3 16 17 4M11 4h6v6" />`),
  drop: icon(svg`<path d="M10 14V4M6 8l4-4 4 4M3 13v4h14v-4" />`),
  near: icon(
    svg`<circle cx="10" cy="10" r="2"/><circle cx="10" cy="10" r="7" stroke-dasharray="3 3"/>`,
  ),
};
