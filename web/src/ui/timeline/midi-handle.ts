/** A handle that drags the MIDI of the drums out of the page: of a section, or the whole song. */

import { html, type TemplateResult } from "lit";
import { exportLink, type Span } from "../../model/export-links";
import type { Session } from "../../state/session";
import { studio } from "../context";
import { onDragOut } from "../drag-out";
import { icons } from "../icons";

export function midiHandle(
  session: Session,
  what: string,
  span: Span | null,
  style = "",
): TemplateResult {
  const url = exportLink(session.project.id, "drums.mid", studio.exportChoices, span);
  const says = `Drag the MIDI of ${what} into your DAW, or click to save it`;
  // What was changed a moment ago is kept first.
  return html`<a
    class="button tiny bare midi-handle"
    href=${url}
    download="drums.mid"
    draggable="true"
    aria-label="MIDI of ${what}"
    title=${says}
    style=${style}
    @pointerdown=${() => void session.settle()}
    @dragstart=${onDragOut("drums.mid", "audio/midi", url)}
    >${icons.export}</a
  >`;
}
