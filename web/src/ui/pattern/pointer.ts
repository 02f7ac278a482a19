/** Fingers and mice on the pattern's cells: a click sets or removes, a drag is the velocity. */

import type { Piece } from "../../api/types";
import { withHit } from "../../model/edits";
import { clamp } from "../../model/grid";
import type { Session } from "../../state/session";

/** Less movement than this is a click, in pixels. */
const CLICK_PX = 4;
const VELOCITY_PER_PX = 0.9;
const NEW_VELOCITY = 100;

/** The hit that a cell shows, or would get; velocity 0 where there is none. */
export interface Place {
  readonly tick: number;
  readonly piece: Piece;
  readonly velocity: number;
}

/** The place is read when the finger comes down: later the cell may show another bar. */
interface Held {
  readonly place: Place;
  readonly y: number;
  hasMoved: boolean;
}

export function placeOf(cell: HTMLElement): Place {
  const { tick, piece, velocity } = cell.dataset;
  return { tick: Number(tick), piece: piece as Piece, velocity: Number(velocity) };
}

export class CellPointer {
  /** What is being done, for people. */
  text = "";
  private held: Held | null = null;

  constructor(private readonly session: () => Session) {}

  readonly down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const cell = event.currentTarget as HTMLElement;
    cell.setPointerCapture(event.pointerId);
    this.held = { place: placeOf(cell), y: event.clientY, hasMoved: false };
  };

  readonly move = (event: PointerEvent): void => {
    const { held } = this;
    if (!held) return;
    const up = held.y - event.clientY;
    if (!held.hasMoved && Math.abs(up) <= CLICK_PX) return;
    held.hasMoved = true;
    const wanted = (held.place.velocity || NEW_VELOCITY) + up * VELOCITY_PER_PX;
    const velocity = clamp(Math.round(wanted), 1, 127);
    this.text = `velocity ${velocity}`;
    setVelocity(this.session(), held.place, velocity);
  };

  readonly up = (): void => {
    if (this.held && !this.held.hasMoved) this.toggle(this.held.place);
    this.held = null;
    this.text = "";
    this.session().refresh();
  };

  readonly cancel = (): void => {
    this.held = null;
  };

  toggle(place: Place): void {
    setVelocity(this.session(), place, place.velocity ? 0 : NEW_VELOCITY);
  }
}

export function setVelocity(session: Session, { tick, piece }: Place, velocity: number): void {
  const before = session.hits.find((hit) => hit.tick === tick && hit.piece === piece);
  const change = { tick, piece, velocity, shift_ticks: before?.shift_ticks ?? 0 };
  const edits = withHit(session.doc.edits, change);
  session.change({ ...session.doc, edits }, `hit ${tick} ${piece} ${velocity === 0}`);
}
