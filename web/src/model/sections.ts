/** Sections of a song; each begins at a beat and lasts to the next. All pure. */

import type { Section, Style } from "../api/types";

/** With one more section, named after its place; a beat that begins one already stays as it is. */
export function addSection(sections: readonly Section[], startBeat: number): Section[] {
  if (sections.some((one) => one.start_beat === startBeat)) return [...sections];
  const added: Section = {
    name: freeName(sections),
    start_beat: startBeat,
    blend: "hold",
    subdivision: "16ths",
    style: null,
  };
  return [...sections, added].toSorted((a, b) => a.start_beat - b.start_beat);
}

/** With one section beginning elsewhere; the place of another is not taken. */
export function moveSection(
  sections: readonly Section[],
  index: number,
  startBeat: number,
): Section[] {
  if (sections.some((one) => one.start_beat === startBeat)) return [...sections];
  return sections
    .with(index, { ...sections[index], start_beat: startBeat })
    .toSorted((a, b) => a.start_beat - b.start_beat);
}

/**
 * With one section changed. Sections of one name are one part of the song that comes again: what
 * is said of one is said of all of them, and one that gets the name of others becomes like them.
 */
export function changeSection(
  sections: readonly Section[],
  index: number,
  change: Partial<Omit<Section, "start_beat">>,
): Section[] {
  const { name } = sections[index];
  if (change.name !== undefined && change.name !== name) {
    const model = sections.find((one) => one.name === change.name);
    const { start_beat } = sections[index];
    return sections.with(index, { ...sections[index], ...model, ...change, start_beat });
  }
  return sections.map((one) => (one.name === name ? { ...one, ...change } : one));
}

/** The section at a beat; -1 before the first one. */
export function sectionAt(sections: readonly Section[], beat: number): number {
  return sections.findLastIndex((one) => one.start_beat <= beat);
}

/** From one style at the song's first beat to another at `lastBeat`, bar by bar. */
export function morphThrough(from: Style, to: Style, lastBeat: number): Section[] {
  const common = { subdivision: "16ths" as const };
  return [
    { ...common, name: from.name || "A", start_beat: 0, blend: "morph", style: from },
    { ...common, name: to.name || "B", start_beat: lastBeat, blend: "hold", style: to },
  ];
}

function freeName(sections: readonly Section[]): string {
  const taken = new Set(sections.map((one) => one.name));
  for (let number = 1; ; number++) {
    const name = `Part ${number}`;
    if (!taken.has(name)) return name;
  }
}
