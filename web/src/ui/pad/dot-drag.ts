/**
 * A dot on a field, held by a pointer. A press near the dot takes it as it lies; elsewhere on the
 * field it comes at once; on a named place it waits for a movement, and lands there without one.
 */

import { html, type TemplateResult } from "lit";
import type { Point } from "../../api/types";
import { placeIn } from "./moves";

/** Around the map, as in the style sheet: the dot may lie on its edge. */
export const MARGIN_PX = 16;
/** Half of what a finger needs. */
const REACH_PX = 22;
/** Hands shake: what moves less has not moved. */
const STILL_PX = 4;

interface Where {
  readonly clientX: number;
  readonly clientY: number;
}

interface Hold {
  readonly from: Where;
  /** From the pointer to the dot: held at its rim, it does not jump. */
  readonly offset: { readonly x: number; readonly y: number };
  readonly named: HTMLElement | null;
  isMoving: boolean;
}

interface Dot {
  /** What the dot moves on. */
  readonly field: HTMLElement;
  readonly at: Point;
  moveTo(at: Point): void;
  /** Released on this element, unmoved. */
  land?(named: HTMLElement): void;
  /** Taken or let go. */
  held(): void;
}

export class DotDrag {
  private hold: Hold | null = null;

  constructor(private readonly dot: Dot) {}

  get isHeld(): boolean {
    return this.hold !== null;
  }

  /** What takes the pointer, around what the dot lies on. */
  surface(content: unknown, onDoubleClick?: () => void): TemplateResult {
    return html`<div
      class="pad-map ${this.isHeld ? "held" : ""}"
      @pointerdown=${this.down}
      @pointerrawupdate=${this.move}
      @pointermove=${this.move}
      @pointerup=${this.up}
      @pointercancel=${this.up}
      @dblclick=${onDoubleClick}
    >
      ${content}
    </div>`;
  }

  readonly down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const { field } = this.dot;
    field.setPointerCapture(event.pointerId);
    const offset = this.fromDot(event);
    const isNear = Math.hypot(offset.x, offset.y) <= REACH_PX;
    const named = namedAt(event);
    this.hold = {
      from: event,
      offset: isNear ? offset : { x: 0, y: 0 },
      named,
      isMoving: !isNear && !named,
    };
    if (this.hold.isMoving) this.dot.moveTo(placeIn(field, event, MARGIN_PX));
    this.dot.held();
  };

  /** Raw updates come as they happen; the moves, which wait for a frame, repeat the last one. */
  readonly move = (event: PointerEvent): void => {
    const { hold, dot } = this;
    if (!hold) return;
    const { from, offset } = hold;
    const movedPx = Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY);
    hold.isMoving ||= movedPx >= STILL_PX;
    if (!hold.isMoving) return;
    const wanted = { clientX: event.clientX + offset.x, clientY: event.clientY + offset.y };
    const { x, y } = placeIn(dot.field, wanted, MARGIN_PX);
    if (x !== dot.at.x || y !== dot.at.y) dot.moveTo({ x, y });
  };

  readonly up = (event: PointerEvent): void => {
    const { hold, dot } = this;
    this.hold = null;
    if (!hold) return;
    if (event.type === "pointerup" && !hold.isMoving && hold.named) dot.land?.(hold.named);
    // The arrow keys go on from here.
    dot.field.focus({ preventScroll: true });
    dot.held();
  };

  private fromDot({ clientX, clientY }: Where): { x: number; y: number } {
    const { field, at } = this.dot;
    const box = field.getBoundingClientRect();
    const x = box.left + MARGIN_PX + at.x * (box.width - 2 * MARGIN_PX);
    const y = box.top + MARGIN_PX + (1 - at.y) * (box.height - 2 * MARGIN_PX);
    return { x: x - clientX, y: y - clientY };
  }
}

/** The named place at a point of the window, beneath the dot too. */
function namedAt({ clientX, clientY }: Where): HTMLElement | null {
  const here = document.elementsFromPoint(clientX, clientY);
  return here.find((one): one is HTMLElement => one.matches(".island")) ?? null;
}
