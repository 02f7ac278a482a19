/** The tabs of this browser: only one sounds at a time. */

const channel = new BroadcastChannel("drumnet-plays");

/** This one begins to play. */
export function hushOthers(): void {
  channel.postMessage(null);
}

export function onHush(listener: () => void): void {
  channel.addEventListener("message", listener);
}
