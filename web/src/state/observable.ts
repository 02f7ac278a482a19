/** Something whose changes can be listened to. */
export class Observable {
  private readonly listeners = new Set<() => void>();

  /** Returns what ends the listening. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  protected changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
