/** A part of the page that is drawn anew when the studio changes. No shadow: one style sheet. */

import { LitElement } from "lit";
import type { Session } from "../state/session";
import type { TimelineView } from "../state/view";
import { studio } from "./context";

export abstract class Panel extends LitElement {
  private unsubscribe: (() => void) | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unsubscribe = studio.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    this.unsubscribe?.();
    super.disconnectedCallback();
  }
}

/** A part of an open song; it is only on the page while there is one. */
export abstract class SongPanel extends Panel {
  protected get session(): Session {
    if (!studio.session) throw new Error("a part of a song is shown without a song");
    return studio.session;
  }

  protected get view(): TimelineView {
    if (!studio.view) throw new Error("a part of a song is shown without a song");
    return studio.view;
  }

  protected override shouldUpdate(): boolean {
    return studio.session !== null;
  }
}
