/** What a reload of the page keeps of an open song, in this tab: what the server need not know. */

import type { Loop } from "../audio/transport";
import type { Compare } from "./compare";
import type { Session } from "./session";
import type { TimelineView } from "./view";

interface Remembered {
  readonly loop: Loop | null;
  readonly view: TimelineView["state"];
  readonly compare: Compare["state"];
  readonly history: Session["history"]["states"];
  /** What is in the history belongs to these beats. */
  readonly beats: string;
}

const keyOf = ({ project }: Session): string => `drumnet-song-${project.id}`;
const beatsOf = ({ project }: Session): string => JSON.stringify(project.beats);

export function remember(session: Session, view: TimelineView, compare: Compare): void {
  const found: Remembered = {
    loop: session.player.loop,
    view: view.state,
    compare: compare.state,
    history: session.history.states,
    beats: beatsOf(session),
  };
  try {
    sessionStorage.setItem(keyOf(session), JSON.stringify(found));
  } catch {
    // Browsers keep some megabytes: a song with very many edits begins its history anew.
    sessionStorage.removeItem(keyOf(session));
  }
}

export function recall(session: Session, view: TimelineView, compare: Compare): void {
  const text = sessionStorage.getItem(keyOf(session));
  if (!text) return;
  const found = JSON.parse(text) as Remembered;
  view.state = found.view;
  if (found.beats !== beatsOf(session)) return;
  session.player.setLoop(found.loop);
  compare.state = found.compare;
  session.history.states = found.history;
}
