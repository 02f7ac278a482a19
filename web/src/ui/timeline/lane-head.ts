/** The head of a lane: name, role, mute, solo, fader. */

import { html, type TemplateResult } from "lit";
import { api } from "../../api/client";
import type { Channel } from "../../api/types";
import { faderToGain, gainText, gainToFader } from "../../model/mix";
import type { Session } from "../../state/session";
import type { TimelineView } from "../../state/view";
import { icons } from "../icons";
import { meter, meterOf } from "../meters";
import { roleSelect } from "../role-select";
import type { Lane } from "./lanes";
import { midiHandle } from "./midi-handle";

const FADER_STEPS = 240;

export function laneHead(session: Session, view: TimelineView, lane: Lane): TemplateResult {
  const { name, stem, piece, channel } = lane;
  const isKit = !stem && piece === null;
  const isAll = !stem && (isKit || session.player.pieces.length === 1);
  return html`<div class="lane-head ${stem ? "" : "drums"} ${lane.isHeard ? "" : "off"}">
    <div class="row">
      ${isKit ? unfoldButton(view) : ""}
      <strong class="grow lane-name" title=${titleOf(lane)}>${name}</strong>
      ${stem ? removeButton(session, stem.id, name) : ""}
      ${isAll ? midiHandle(session, "the drums", null) : ""}
      ${muteAndSolo(name, channel, lane.set)}
    </div>
    <div class="row">
      ${stem ? roleSelect(session, stem) : ""} ${fader(name, channel.gain, (gain) => lane.set({ gain }))}
    </div>
    ${meter(meterName(lane))}
  </div>`;
}

function meterName({ stem, piece }: Lane): string {
  if (stem) return meterOf.stem(stem.id);
  return piece ? meterOf.piece(piece) : meterOf.drums;
}

function titleOf({ name, stem }: Lane): string {
  if (stem?.left_out) return `${name} ${stem.left_out}`;
  return stem?.replaced ? `${name}: the drums replace it` : name;
}

export function muteAndSolo(
  name: string,
  { mute, solo }: Channel,
  set: (change: Partial<Channel>) => void,
): TemplateResult {
  return html`<button
      class="tiny mute"
      aria-label="Mute ${name}"
      aria-pressed=${mute}
      @click=${() => set({ mute: !mute })}
    >
      M
    </button>
    <button
      class="tiny solo"
      aria-label="Solo ${name}"
      aria-pressed=${solo}
      @click=${() => set({ solo: !solo })}
    >
      S
    </button>`;
}

/** Shows and hides the lanes of the pieces. */
function unfoldButton(view: TimelineView): TemplateResult {
  return html`<button
    class="tiny bare unfold"
    aria-label="Lanes of the pieces"
    aria-expanded=${view.showsPieces}
    title=${view.showsPieces ? "All pieces in one lane" : "A lane for each piece"}
    @click=${() => view.setShowsPieces(!view.showsPieces)}
  >
    ${icons.forward}
  </button>`;
}

/** A level over decibels; a double click sets 0 dB. */
export function fader(name: string, gain: number, onInput: (gain: number) => void): TemplateResult {
  const position = gainToFader(gain);
  const onMove = (event: Event): void => {
    onInput(faderToGain(Number((event.target as HTMLInputElement).value) / FADER_STEPS));
  };
  return html`<input
    class="fader grow"
    type="range"
    min="0"
    max=${FADER_STEPS}
    aria-label="Volume of ${name}"
    aria-valuetext=${gainText(gain)}
    title=${gainText(gain)}
    style="--fill: ${100 * position}%"
    .value=${String(Math.round(position * FADER_STEPS))}
    @input=${onMove}
    @dblclick=${() => onInput(1)}
  />`;
}

function removeButton(session: Session, stem: string, name: string): TemplateResult {
  const onClick = (): void => {
    if (!window.confirm(`Remove “${name}” from this song?`)) return;
    void session.ask(({ id }) => api.deleteStem(id, stem));
  };
  return html`<button
    class="tiny bare remove"
    aria-label="Remove ${name}"
    title="Remove"
    @click=${onClick}
  >
    ${icons.close}
  </button>`;
}
