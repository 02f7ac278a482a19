/** The head of a lane: name, role, mute, solo, fader. */

import { html, type TemplateResult } from "lit";
import { api } from "../api/client";
import { faderToGain, gainText, gainToFader } from "../model/mix";
import type { Session } from "../state/session";
import { icons } from "./icons";
import type { Lane } from "./lanes";
import { roleSelect } from "./role-select";

const FADER_STEPS = 240;

export function laneHead(session: Session, lane: Lane): TemplateResult {
  const { name, stem, channel } = lane;
  return html`<div class="lane-head ${stem ? "" : "drums"} ${lane.isHeard ? "" : "off"}">
    <div class="row">
      <strong class="grow lane-name" title=${stem?.replaced ? `${name}: the drums replace it` : name}
        >${name}</strong
      >
      ${stem ? removeButton(session, stem.id, name) : ""}
      <button
        class="tiny mute"
        aria-label="Mute ${name}"
        aria-pressed=${channel.mute}
        @click=${() => lane.set({ mute: !channel.mute })}
      >
        M
      </button>
      <button
        class="tiny"
        aria-label="Solo ${name}"
        aria-pressed=${channel.solo}
        @click=${() => lane.set({ solo: !channel.solo })}
      >
        S
      </button>
    </div>
    <div class="row">
      ${stem ? roleSelect(session, stem) : ""} ${fader(name, channel.gain, (gain) => lane.set({ gain }))}
    </div>
  </div>`;
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
