/** The switch that plays the drums to a MIDI port, and the list of ports. */

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { studio } from "../context";

export function midiOut(): TemplateResult {
  const { midi } = studio;
  const onSwitch = (event: Event): void => {
    if ((event.target as HTMLInputElement).checked) void midi.switchOn();
    else midi.switchOff();
  };
  return html`<div class="row wrap">
    <label class="field"
      ><input type="checkbox" .checked=${live(midi.isOn)} @change=${onSwitch} /> Play the drums to a MIDI
      port</label
    >
    ${midi.isOn ? ports() : nothing}
    ${midi.problem ? html`<span class="problem" role="alert">${midi.problem}</span>` : nothing}
  </div>`;
}

function ports(): TemplateResult {
  const { midi } = studio;
  if (midi.ports.length === 0) return html`<span class="dim">There is no port yet.</span>`;
  return html`<select
    class="grow"
    aria-label="MIDI port"
    title="Mute the drums here to hear your instrument alone"
    @change=${(event: Event) => midi.choose((event.target as HTMLSelectElement).value)}
  >
    ${midi.ports.map(
      ({ id, name }) =>
        html`<option value=${id} ?selected=${id === midi.port?.id}>${name ?? id}</option>`,
    )}
  </select>`;
}
