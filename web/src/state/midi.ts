/** The MIDI ports of this computer: asked for when they are wanted, never before. */

import { Observable } from "./observable";

export class Midi extends Observable {
  /** Why there is no MIDI, in a line. */
  problem: string | null = null;
  private access: MIDIAccess | null = null;
  private chosen: string | null = null;

  get isOn(): boolean {
    return this.access !== null;
  }

  get ports(): readonly MIDIOutput[] {
    return [...(this.access?.outputs.values() ?? [])].filter(({ state }) => state === "connected");
  }

  /** The port that is played to: the one that was chosen, else the first. */
  get port(): MIDIOutput | null {
    const { ports } = this;
    return ports.find(({ id }) => id === this.chosen) ?? ports[0] ?? null;
  }

  async switchOn(): Promise<void> {
    this.problem = null;
    if (!navigator.requestMIDIAccess) {
      this.problem = "This browser has no MIDI: Chrome, Edge and Firefox have.";
    } else {
      try {
        this.access = await navigator.requestMIDIAccess();
        this.access.onstatechange = () => this.changed();
      } catch {
        this.problem = "MIDI was not allowed: allow it beside the page's address.";
      }
    }
    this.changed();
  }

  switchOff(): void {
    if (this.access) this.access.onstatechange = null;
    this.access = null;
    this.changed();
  }

  choose(id: string): void {
    this.chosen = id;
    this.changed();
  }
}
