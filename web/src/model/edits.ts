/** What is done by hand to the performance: hits set, bars and pieces locked. All pure. */

import type { Change, Edits, Hit, Lock, Piece } from "../api/types";

/** Ticks [start, end) of one piece, or of all. */
export interface Span {
  readonly startTick: number;
  readonly endTick: number;
  readonly piece: Piece | null;
}

/** Set a hit; velocity 0 removes it. */
export function withHit(edits: Edits, change: Change): Edits {
  const others = edits.changes.filter((one) => !isAt(one, change.tick, change.piece));
  return { ...edits, changes: [...others, change] };
}

/** Take back what was done by hand to the hits of a span. */
export function withoutChanges(edits: Edits, span: Span): Edits {
  return { ...edits, changes: edits.changes.filter((one) => !covers(span, one)) };
}

/** Whether one lock holds the whole span. */
export function isLocked(edits: Edits, span: Span): boolean {
  return edits.locks.some((lock) => holds(lock, span));
}

/** Keep the hits of the span as they are now. */
export function withLock(edits: Edits, span: Span, hits: readonly Hit[]): Edits {
  const kept = hits
    .filter((hit) => covers(span, hit))
    .map(({ tick, piece, velocity, shift_ticks }) => ({ tick, piece, velocity, shift_ticks }));
  const lock: Lock = {
    start_tick: span.startTick,
    end_tick: span.endTick,
    piece: span.piece,
    hits: kept,
  };
  const others = edits.locks.filter((one) => !isWithin(one, span));
  return { ...edits, locks: [...others, lock] };
}

/** Let the span go: a longer lock keeps what is before and behind it. */
export function withoutLock(edits: Edits, span: Span): Edits {
  return { ...edits, locks: edits.locks.flatMap((lock) => leftOf(lock, span)) };
}

export function numLocked(edits: Edits): number {
  return edits.locks.length;
}

function isAt(change: Change, tick: number, piece: Piece): boolean {
  return change.tick === tick && change.piece === piece;
}

function covers(span: Span, hit: { tick: number; piece: Piece }): boolean {
  const isInTime = hit.tick >= span.startTick && hit.tick < span.endTick;
  return isInTime && (span.piece === null || span.piece === hit.piece);
}

function holds(lock: Lock, span: Span): boolean {
  const isInTime = lock.start_tick <= span.startTick && lock.end_tick >= span.endTick;
  return isInTime && (lock.piece === null || lock.piece === span.piece);
}

function isWithin(lock: Lock, span: Span): boolean {
  const isInTime = lock.start_tick >= span.startTick && lock.end_tick <= span.endTick;
  return isInTime && (span.piece === null || lock.piece === span.piece);
}

function leftOf(lock: Lock, span: Span): Lock[] {
  const isOther = span.piece !== null && lock.piece !== null && lock.piece !== span.piece;
  if (isOther || lock.end_tick <= span.startTick || lock.start_tick >= span.endTick) return [lock];
  const parts = [
    { start: lock.start_tick, end: Math.min(lock.end_tick, span.startTick) },
    { start: Math.max(lock.start_tick, span.endTick), end: lock.end_tick },
  ];
  return parts
    .filter(({ start, end }) => end > start)
    .map(({ start, end }) => ({
      ...lock,
      start_tick: start,
      end_tick: end,
      hits: lock.hits.filter((hit) => hit.tick >= start && hit.tick < end),
    }));
}
