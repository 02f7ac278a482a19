/** Fingers and mice on the timeline: click to go there, drag to loop or to move the view. */

import type { Loop } from "../../audio/transport";
import type { Session } from "../../state/session";
import type { TimelineView } from "../../state/view";

/** Less movement than this is a click, in pixels. */
const CLICK_PX = 5;

/** On the lanes: a click seeks, a drag scrolls, two fingers zoom. */
export class LanePointer {
  private readonly fingers = new Map<number, number>();
  private downX = 0;
  private hasMoved = false;

  constructor(
    private readonly view: () => TimelineView,
    private readonly seek: (songS: number) => void,
  ) {}

  readonly down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    capture(event);
    this.fingers.set(event.pointerId, event.offsetX);
    this.downX = event.offsetX;
    this.hasMoved = this.fingers.size > 1;
  };

  readonly move = (event: PointerEvent): void => {
    const before = this.fingers.get(event.pointerId);
    if (before === undefined) return;
    if (Math.abs(event.offsetX - this.downX) > CLICK_PX) this.hasMoved = true;
    if (this.hasMoved) this.drag(event.pointerId, before, event.offsetX);
    this.fingers.set(event.pointerId, event.offsetX);
  };

  readonly up = (event: PointerEvent): void => {
    if (!this.fingers.delete(event.pointerId)) return;
    if (!this.hasMoved) this.seek(this.view().toS(event.offsetX));
  };

  readonly cancel = (event: PointerEvent): void => {
    this.fingers.delete(event.pointerId);
  };

  private drag(pointer: number, before: number, now: number): void {
    const other = [...this.fingers].find(([id]) => id !== pointer)?.[1];
    if (other === undefined) {
      this.view().scrollBy(before - now);
      return;
    }
    const spread = Math.max(10, Math.abs(before - other));
    this.view().zoom(Math.max(10, Math.abs(now - other)) / spread, (now + other) / 2);
  }
}

/** On the ruler: a click seeks, a drag makes a loop of whole beats. */
export class RulerPointer {
  /** The loop while it is being dragged. */
  held: Loop | null = null;
  private downX: number | null = null;

  constructor(
    private readonly session: () => Session,
    private readonly view: () => TimelineView,
    private readonly onDrag: () => void,
  ) {}

  readonly down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    capture(event);
    this.downX = offsetIn(event);
  };

  readonly move = (event: PointerEvent): void => {
    if (this.downX === null) return;
    const x = offsetIn(event);
    if (Math.abs(x - this.downX) <= CLICK_PX && !this.held) return;
    this.held = this.loopBetween(this.view().toS(this.downX), this.view().toS(x));
    this.onDrag();
  };

  readonly up = (event: PointerEvent): void => {
    if (this.downX === null) return;
    const { player } = this.session();
    if (this.held) player.setLoop(this.held);
    else player.seek(this.view().toS(offsetIn(event)));
    this.cancel();
  };

  readonly cancel = (): void => {
    this.downX = null;
    this.held = null;
    this.onDrag();
  };

  private loopBetween(oneS: number, otherS: number): Loop | null {
    const { grid, durationS } = this.session();
    if (!grid) return null;
    const [low, high] = [Math.min(oneS, otherS), Math.max(oneS, otherS)];
    const first = Math.floor(grid.secondsToTick(low) / 12 + 0.5);
    const last = Math.max(first + 1, Math.floor(grid.secondsToTick(high) / 12 + 0.5));
    return {
      startS: Math.max(0, grid.tickToSeconds(12 * first)),
      endS: Math.min(durationS, grid.tickToSeconds(12 * last)),
    };
  }
}

function capture(event: PointerEvent): void {
  (event.currentTarget as Element).setPointerCapture(event.pointerId);
}

function offsetIn(event: PointerEvent): number {
  return event.clientX - (event.currentTarget as Element).getBoundingClientRect().left;
}
