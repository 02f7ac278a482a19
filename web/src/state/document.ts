/** What undo knows: all that decides which hits are played, and how it is asked for. */

import type {
  Beats,
  Edits,
  HitsRequest,
  PlayerTake,
  Point,
  Project,
  Section,
  Settings,
  Style,
} from "../api/types";
import { changeSection } from "../model/sections";

export interface Doc {
  readonly style: Style;
  readonly sections: readonly Section[];
  readonly settings: Settings;
  readonly edits: Edits;
  /** What sections and edits lie on. */
  readonly beats: Beats | null;
}

/** What the server keeps as it is sent; of beats it keeps what an edit makes of them. */
export type DocPart = Exclude<keyof Doc, "beats">;
export const DOC_PARTS: readonly DocPart[] = ["style", "sections", "settings", "edits"];

export function docOf(project: Project): Doc {
  const { style, sections, settings, edits, beats } = project;
  return { style, sections, settings, edits, beats };
}

/** The style of a section, or of the song where `target` is null. */
export function styleOf(doc: Doc, target: number | null): Style {
  return (target === null ? null : doc.sections[target]?.style) ?? doc.style;
}

export function withStyle(doc: Doc, target: number | null, style: Style): Doc {
  if (target === null) return { ...doc, style };
  return { ...doc, sections: changeSection(doc.sections, target, { style }) };
}

/** As a player plays it: the style, and what the player says of the settings. */
export function withPlayer(doc: Doc, target: number | null, take: PlayerTake): Doc {
  const settings = { ...doc.settings, ...take.settings };
  return withStyle({ ...doc, settings }, target, take.style);
}

/** The style at a place of the map: its code is not known yet. */
export function atPlace(style: Style, at: Point): Style {
  return { ...style, at, name: "", said: "place" };
}

/** The style of a code: its place is not known yet. */
export function ofCode(style: Style, code: readonly number[], name: string): Style {
  return { ...style, code: [...code], name, said: "code" };
}

/** Whether both sides of each style are known: no other is kept. */
export function isKnown({ style, sections }: Doc): boolean {
  return [style, ...sections.map((one) => one.style)].every(
    (one: Style | null | undefined) => !one?.said,
  );
}

export function requestFor(doc: Doc, serial: number): HitsRequest {
  const choice = ({ code, at, name, said }: Style): HitsRequest["style"] => ({
    code: said === "place" ? null : code,
    at: said === "code" ? null : at,
    name,
  });
  return {
    serial,
    style: choice(doc.style),
    sections: doc.sections.map((section) => ({
      ...section,
      style: section.style ? choice(section.style) : null,
    })),
    settings: doc.settings,
    edits: doc.edits,
  };
}
