/**
 * Keeps the server's copy of a project up to date: parts that changed are sent one after the
 * other, each on the revision before it, a moment after the last change.
 */

import { ApiError } from "../api/client";

/** A gesture is over when nothing has changed for so long. */
const SETTLE_MS = 250;
/** The server may be started again. */
const RETRY_MS = 3000;

export class Saver<Part extends string> {
  private readonly dirty = new Set<Part>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;

  constructor(
    private readonly send: (part: Part) => Promise<void>,
    private readonly onConflict: () => Promise<void>,
    private readonly onChange: (problem: string | null) => void,
  ) {}

  get isSaved(): boolean {
    return this.dirty.size === 0 && this.running === null;
  }

  mark(...parts: Part[]): void {
    for (const part of parts) this.dirty.add(part);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), SETTLE_MS);
    this.onChange(null);
  }

  /** Resolves when all is with the server, or what went wrong has been told. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  drop(): void {
    clearTimeout(this.timer);
    this.dirty.clear();
  }

  private async run(): Promise<void> {
    let problem: string | null = null;
    while (this.dirty.size > 0 && problem === null) {
      const [part] = this.dirty;
      this.dirty.delete(part);
      try {
        await this.send(part);
      } catch (fault) {
        if (!(fault instanceof ApiError)) throw fault;
        problem = fault.message;
        if (fault.isConflict) {
          this.drop();
          await this.onConflict();
        } else {
          this.dirty.add(part);
          this.timer = setTimeout(() => void this.flush(), RETRY_MS);
        }
      }
    }
    queueMicrotask(() => this.onChange(problem));
  }
}
