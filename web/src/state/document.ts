/** What undo knows: all that decides which hits are played, and how it is asked for. */

import type { Edits, HitsRequest, Point, Project, Section, Settings, Style } from "../api/types";

export interface Doc {
  readonly style: Style;
  readonly sections: readonly Section[];
  readonly settings: Settings;
  readonly edits: Edits;
}

export type DocPart = keyof Doc;
export const DOC_PARTS: readonly DocPart[] = ["style", "sections", "settings", "edits"];

/** Which of a style's two sides was said last; the server finds the other. */
export type SaidBy = "place" | "code" | "both";

export function docOf(project: Project): Doc {
  const { style, sections, settings, edits } = project;
  return { style, sections, settings, edits };
}

/** The style of a section, or of the song where `target` is null. */
export function styleOf(doc: Doc, target: number | null): Style {
  return (target === null ? null : doc.sections[target]?.style) ?? doc.style;
}

export function withStyle(doc: Doc, target: number | null, style: Style): Doc {
  if (target === null) return { ...doc, style };
  const sections = doc.sections.map((one, at) => (at === target ? { ...one, style } : one));
  return { ...doc, sections };
}

export function atPlace(style: Style, at: Point): Style {
  return { ...style, at, name: "" };
}

/** The request for the hits of a document whose style at `target` was said by `said`. */
export function requestFor(
  doc: Doc,
  target: number | null,
  said: SaidBy,
  serial: number,
): HitsRequest {
  const choice = (style: Style, isTarget: boolean): HitsRequest["style"] => {
    const { code, at, name } = style;
    if (isTarget && said === "place") return { code: null, at, name };
    if (isTarget && said === "code") return { code, at: null, name };
    return { code, at, name };
  };
  return {
    serial,
    style: choice(doc.style, target === null),
    sections: doc.sections.map((section, at) => ({
      ...section,
      style: section.style ? choice(section.style, at === target) : null,
    })),
    settings: doc.settings,
    edits: doc.edits,
  };
}
