/** What happens to a project, told by the server (server-sent events). */

import type { StudioEvent } from "./types";

const KINDS: readonly StudioEvent["kind"][] = ["progress", "ready", "failed", "changed", "deleted"];

export interface Follower {
  close(): void;
}

export function followProject(id: string, onEvent: (event: StudioEvent) => void): Follower {
  const source = new EventSource(`/api/projects/${id}/events`);
  for (const kind of KINDS) {
    source.addEventListener(kind, (message: MessageEvent<string>) => {
      onEvent(JSON.parse(message.data) as StudioEvent);
    });
  }
  return source;
}
