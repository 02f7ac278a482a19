/** Two states of the same song to switch between: A and B. */

import type { Style } from "../api/types";
import type { Doc } from "./document";
import type { Session } from "./session";

export type Side = "A" | "B";

export class Compare {
  side: Side = "A";
  private held: Partial<Record<Side, Doc>> = {};

  constructor(private readonly session: Session) {}

  /** To be set again after a reload. */
  get state(): { readonly side: Side; readonly held: Partial<Record<Side, Doc>> } {
    return { side: this.side, held: this.held };
  }

  set state({ side, held }: Compare["state"]) {
    this.side = side;
    this.held = held;
  }

  /** The styles of the two, null until both have been seen. */
  get styles(): { A: Style; B: Style } | null {
    const now = { ...this.held, [this.side]: this.session.doc };
    return now.A && now.B ? { A: now.A.style, B: now.B.style } : null;
  }

  /** B begins as a copy of A. */
  show(side: Side): void {
    if (side === this.side) return;
    this.held[this.side] = this.session.doc;
    this.side = side;
    const { edits, beats } = this.session.doc;
    // What is done by hand belongs to both.
    const wanted = { ...(this.held[side] ?? this.session.doc), edits, beats };
    this.session.change(wanted, `compare ${side}`);
  }

  toggle(): void {
    this.show(this.side === "A" ? "B" : "A");
  }
}
