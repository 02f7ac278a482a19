/** What happens to a project, told by the server (server-sent events). */

import type { StudioEvent } from "./types";

const KINDS: readonly StudioEvent["kind"][] = ["progress", "ready", "failed", "changed", "deleted"];

export interface Follower {
  close(): void;
}

/** The browser itself goes on after a lost connection, but not after an answer of refusal. */
const RETRY_MS = 3000;

export function followProject(id: string, onEvent: (event: StudioEvent) => void): Follower {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const follow = (): void => {
    source = new EventSource(`/api/projects/${id}/events`);
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(follow, RETRY_MS);
    };
    for (const kind of KINDS) {
      source.addEventListener(kind, (message: MessageEvent<string>) => {
        onEvent(JSON.parse(message.data) as StudioEvent);
      });
    }
  };
  follow();
  return {
    close: () => {
      clearTimeout(timer);
      source.close();
    },
  };
}
