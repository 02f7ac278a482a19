/** The players: drummers of a kind, by name, above the pad. */

import { html, type TemplateResult } from "lit";
import { api } from "../../api/client";
import type { PlayerCard } from "../../api/types";
import { type Doc, styleOf, withPlayer } from "../../state/document";
import { trying } from "../audition";
import { studio } from "../context";
import { SongPanel } from "../panel";

/** "funk-player" is short "funk", "club-machine" is "club machine". */
export function shortName(name: string): string {
  return name.replace(/-player$/, "").replaceAll("-", " ");
}

export class Players extends SongPanel {
  /** The one that is asked for, while it looks for what it plays. */
  private asked: string | null = null;

  override render(): TemplateResult {
    const { doc, target } = this.session;
    const { name } = styleOf(doc, target);
    return html`<div class="players" role="group" aria-label="Players">
      ${studio.about?.players.map((player) => this.chip(player, player.name === name))}
    </div>`;
  }

  private chip({ name, plays }: PlayerCard, isTaken: boolean): TemplateResult {
    return html`<button
      class="small ${this.asked === name ? "asked" : ""}"
      aria-pressed=${isTaken}
      title="${plays}. Rest here while it plays to hear it, click to take it."
      @click=${() => this.take(name)}
      @pointerenter=${trying(shortName(name), () => this.with(name))}
    >
      ${shortName(name)}
    </button>`;
  }

  private async take(name: string): Promise<void> {
    await studio.attempt(async () => {
      const { trial } = this.session;
      const doc = trial?.name === shortName(name) ? trial.doc : await this.with(name);
      this.session.change(doc, `player ${name}`);
    });
  }

  /** The song as the player plays it; some seconds may pass until it is found. */
  private async with(name: string): Promise<Doc> {
    this.asked = name;
    this.requestUpdate();
    try {
      const take = await api.playerTake(this.session.project.id, name);
      const { doc, target } = this.session;
      return withPlayer(doc, target, take);
    } finally {
      this.asked = null;
      this.requestUpdate();
    }
  }
}

customElements.define("dn-players", Players);
