/** The beginning of a section, dragged from bar to bar. */

import type { Section } from "../../api/types";
import { moveSection } from "../../model/sections";
import type { Session } from "../../state/session";
import type { TimelineView } from "../../state/view";

interface Hold {
  readonly index: number;
  readonly startBeat: number;
}

export class SectionEdge {
  private hold: Hold | null = null;

  constructor(
    private readonly session: () => Session,
    private readonly view: () => TimelineView,
    private readonly onDrag: () => void,
  ) {}

  /** The sections as they will be where the edge is let go. */
  moved(sections: readonly Section[]): readonly Section[] {
    const { hold } = this;
    return hold ? moveSection(sections, hold.index, hold.startBeat) : sections;
  }

  down(event: PointerEvent, index: number): void {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.hold = { index, startBeat: this.session().doc.sections[index].start_beat };
  }

  readonly move = (event: PointerEvent): void => {
    const { hold } = this;
    if (!hold) return;
    const strip = (event.currentTarget as Element).parentElement;
    const startPx = event.clientX - (strip?.getBoundingClientRect().left ?? 0);
    const startBeat = this.nearestBar(this.view().toS(startPx), hold.index);
    if (startBeat === null || startBeat === hold.startBeat) return;
    this.hold = { ...hold, startBeat };
    this.onDrag();
  };

  readonly up = (): void => {
    const { hold } = this;
    const { doc, target } = this.session();
    this.cancel();
    if (!hold || doc.sections[hold.index].start_beat === hold.startBeat) return;
    const sections = moveSection(doc.sections, hold.index, hold.startBeat);
    this.session().change({ ...doc, sections }, `move section ${hold.index}`);
    this.session().setTarget(target);
  };

  readonly cancel = (): void => {
    this.hold = null;
    this.onDrag();
  };

  /** Between the sections before and after: they keep a bar at least. */
  private nearestBar(timeS: number, index: number): number | null {
    const { doc, grid } = this.session();
    if (!grid) return null;
    const before = doc.sections[index - 1]?.start_beat ?? -1;
    const after = doc.sections[index + 1]?.start_beat ?? Number.POSITIVE_INFINITY;
    const free = grid.bars.filter(({ firstBeat }) => firstBeat > before && firstBeat < after);
    const distance = (firstBeat: number): number => Math.abs(grid.timesS[firstBeat] - timeS);
    const starts = free.map(({ firstBeat }) => firstBeat);
    return starts.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
  }
}
