/** A clock in a worker: timers of a page in the background are slowed down, these are not. */

let timer: ReturnType<typeof setInterval> | undefined;

/** Milliseconds between two ticks; 0 stops. */
self.onmessage = (message: MessageEvent<number>) => {
  clearInterval(timer);
  timer = message.data > 0 ? setInterval(() => self.postMessage(null), message.data) : undefined;
};
