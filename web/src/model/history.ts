/** Undo and redo over whole states. Changes of one kind in quick succession count as one. */

const SAME_GESTURE_MS = 700;

export class History<State> {
  private past: State[] = [];
  private future: State[] = [];
  private lastKind = "";
  private lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly limit = 200,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** To be called before a change, with the state that it leaves. */
  record(before: State, kind: string): void {
    const now = this.nowMs();
    const goesOn = kind === this.lastKind && now - this.lastAtMs < SAME_GESTURE_MS;
    this.lastKind = kind;
    this.lastAtMs = now;
    this.future = [];
    if (goesOn && this.past.length > 0) return;
    this.past.push(before);
    if (this.past.length > this.limit) this.past.shift();
  }

  /** The state before the last change; `current` can be brought back by `redo`. */
  undo(current: State): State | null {
    return this.step(this.past, this.future, current);
  }

  redo(current: State): State | null {
    return this.step(this.future, this.past, current);
  }

  /** To be set again after a reload. */
  get states(): { readonly past: readonly State[]; readonly future: readonly State[] } {
    return { past: this.past, future: this.future };
  }

  set states({ past, future }: History<State>["states"]) {
    this.past = [...past];
    this.future = [...future];
    this.lastKind = "";
  }

  clear(): void {
    this.past = [];
    this.future = [];
    this.lastKind = "";
  }

  private step(from: State[], to: State[], current: State): State | null {
    const found = from.pop();
    if (found === undefined) return null;
    to.push(current);
    this.lastKind = "";
    return found;
  }
}
