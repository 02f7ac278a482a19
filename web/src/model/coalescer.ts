/**
 * Requests for the newest of many wishes: at most one under way; while it is, only the newest
 * wish waits; a wish that a later one has overtaken is never sent, and a late answer is dropped.
 */
export class Coalescer<Wish, Answer> {
  private running: AbortController | null = null;
  private waiting: { wish: Wish } | null = null;
  private done: Promise<void> | null = null;

  constructor(
    private readonly ask: (wish: Wish, signal: AbortSignal) => Promise<Answer>,
    private readonly take: (answer: Answer, wish: Wish) => void,
    private readonly fail: (fault: unknown, wish: Wish) => void,
  ) {}

  get isBusy(): boolean {
    return this.running !== null;
  }

  push(wish: Wish): void {
    if (this.running) this.waiting = { wish };
    else this.done = this.run(wish);
  }

  /** Resolves when nothing is asked for any more. */
  async idle(): Promise<void> {
    while (this.done) await this.done;
  }

  /** Forget everything: answers under way are dropped. */
  reset(): void {
    this.running?.abort();
    this.running = null;
    this.waiting = null;
    this.done = null;
  }

  private async run(wish: Wish): Promise<void> {
    const controller = new AbortController();
    this.running = controller;
    try {
      const answer = await this.ask(wish, controller.signal);
      if (this.running === controller) this.take(answer, wish);
    } catch (fault) {
      if (this.running === controller && !this.waiting) this.fail(fault, wish);
    }
    if (this.running !== controller) return;
    this.running = null;
    const next = this.waiting;
    this.waiting = null;
    this.done = next ? this.run(next.wish) : null;
  }
}
