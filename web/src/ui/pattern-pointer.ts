/** Fingers and mice on the pattern's cells: a click sets or removes, a drag is the velocity. */

import type { Piece } from "../api/types";
import { withHit } from "../model/edits";
import type { Session } from "../state/session";

/** Less movement than this is a click, in pixels. */
const CLICK_PX = 4;
const VELOCITY_PER_PX = 0.9;
const NEW_VELOCITY = 100;

interface Held {
  readonly cell: HTMLElement;
  readonly y: number;
  readonly velocity: number;
  hasMoved: boolean;
}

export class CellPointer {
  private held: Held | null = null;

  constructor(private readonly session: () => Session) {}

  readonly down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const cell = event.currentTarget as HTMLElement;
    cell.setPointerCapture(event.pointerId);
    const velocity = Number(cell.dataset.velocity);
    this.held = { cell, y: event.clientY, velocity, hasMoved: false };
  };

  readonly move = (event: PointerEvent): void => {
    const { held } = this;
    if (!held) return;
    const up = held.y - event.clientY;
    if (!held.hasMoved && Math.abs(up) <= CLICK_PX) return;
    held.hasMoved = true;
    const wanted = Math.round((held.velocity || NEW_VELOCITY) + up * VELOCITY_PER_PX);
    setVelocity(this.session(), held.cell, Math.min(127, Math.max(1, wanted)));
  };

  readonly up = (): void => {
    if (this.held && !this.held.hasMoved) this.toggle(this.held.cell);
    this.held = null;
  };

  readonly cancel = (): void => {
    this.held = null;
  };

  toggle(cell: HTMLElement): void {
    setVelocity(this.session(), cell, Number(cell.dataset.velocity) ? 0 : NEW_VELOCITY);
  }
}

/** Set the hit that a cell shows, or would get. */
export function setVelocity(session: Session, cell: HTMLElement, velocity: number): void {
  const tick = Number(cell.dataset.tick);
  const piece = cell.dataset.piece as Piece;
  const before = session.hits.find((hit) => hit.tick === tick && hit.piece === piece);
  const change = { tick, piece, velocity, shift_ticks: before?.shift_ticks ?? 0 };
  const edits = withHit(session.doc.edits, change);
  session.change({ ...session.doc, edits }, `hit ${tick} ${piece} ${velocity === 0}`);
}
