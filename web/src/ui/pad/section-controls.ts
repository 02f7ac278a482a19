/** Which part of the song the style panel changes, and what that section is called and does. */

import { html, nothing, type TemplateResult } from "lit";
import type { Section } from "../../api/types";
import { changeSection, moveSection } from "../../model/sections";
import type { Session } from "../../state/session";
import { icons } from "../icons";

export function sectionControls(session: Session): TemplateResult | typeof nothing {
  const { doc, target } = session;
  if (doc.sections.length === 0) return nothing;
  const section = target === null ? null : doc.sections[target];
  const onTarget = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    session.setTarget(value === "" ? null : Number(value));
  };
  return html`<div class="section-controls">
    <div class="row">
      <label class="field grow"
        >of
        <select class="grow" @change=${onTarget}>
          <option value="" .selected=${target === null}>the whole song</option>
          ${doc.sections.map(
            (one, at) =>
              html`<option value=${at} .selected=${target === at}>${at + 1} ${one.name}</option>`,
          )}
        </select></label
      >
      ${target === null ? nothing : moveButton(session, target)}
    </div>
    ${section && target !== null ? chosen(session, section, target) : nothing}
  </div>`;
}

function moveButton(session: Session, target: number): TemplateResult {
  const onClick = (): void => {
    const { doc, grid, player } = session;
    const startBeat = grid?.barAt(player.songS).firstBeat ?? 0;
    const sections = moveSection(doc.sections, target, startBeat);
    session.change({ ...doc, sections }, `move section ${target}`);
    session.setTarget(sections.findIndex((one) => one.start_beat === startBeat));
  };
  return html`<button class="small" title="Begin it at the playhead's bar" @click=${onClick}>
    Start at playhead
  </button>`;
}

function chosen(session: Session, section: Section, target: number): TemplateResult {
  const { doc } = session;
  const set = (change: Partial<Section>): void => {
    const sections = changeSection(doc.sections, target, change);
    session.change({ ...doc, sections }, `section ${target} ${Object.keys(change)}`);
  };
  const remove = (): void => {
    session.setTarget(null);
    session.change({ ...doc, sections: doc.sections.toSpliced(target, 1) }, "remove section");
  };
  const morphs = section.blend === "morph";
  return html`<div class="row">
    <input
      class="grow"
      type="text"
      aria-label="Name of the section"
      maxlength="60"
      .value=${section.name}
      @change=${(event: Event) => set({ name: (event.target as HTMLInputElement).value })}
    />
    <button
      class="small"
      aria-pressed=${morphs}
      title="Move bar by bar to the next section's style"
      @click=${() => set({ blend: morphs ? "hold" : "morph" })}
    >
      ${icons.morph} Morph
    </button>
    <button
      class="small"
      ?disabled=${section.style === null}
      title="Play the song's own style here"
      @click=${() => set({ style: null })}
    >
      As song
    </button>
    <button class="square small" aria-label="Remove this section" @click=${remove}>
      ${icons.trash}
    </button>
  </div>`;
}
