/** The whole page: what the server is, which project is open, what is told to the player. */

import { ApiError, api } from "../api/client";
import type { About, ProjectCard, StyleMap } from "../api/types";
import { loadLimiter } from "../audio/limiter";
import { loadMeter } from "../audio/meter";
import { type ExportChoices, USUAL } from "../model/export-links";
import { songName, titleOf } from "../model/names";
import { Click } from "./click";
import { Compare } from "./compare";
import { withStyle } from "./document";
import { Kits } from "./kits";
import { Midi } from "./midi";
import { Observable } from "./observable";
import { Player } from "./player";
import { recall, remember } from "./remembered";
import { Session } from "./session";
import { RATE_HZ } from "./sounds";
import { onHush } from "./tabs";
import { TimelineView } from "./view";

export interface Notice {
  readonly text: string;
  readonly isFault: boolean;
}

/** Files on their way to the server, in bytes; `name` is the file that is sent now. */
export interface Upload {
  readonly name: string;
  readonly sentBytes: number;
  readonly totalBytes: number;
}

const NOTICE_MS = 6000;

export class Studio extends Observable {
  about: About | null = null;
  map: StyleMap | null = null;
  cards: readonly ProjectCard[] = [];
  session: Session | null = null;
  view: TimelineView | null = null;
  compare: Compare | null = null;
  notice: Notice | null = null;
  upload: Upload | null = null;
  /** Why the page cannot begin. */
  fault: string | null = null;
  /** How files are taken away, and what MIDI is sent. */
  exportChoices: ExportChoices = USUAL;
  readonly midi = new Midi();
  readonly click = new Click();
  private kits: Kits | null = null;
  private context: AudioContext | null = null;
  private noticeTimer: ReturnType<typeof setTimeout> | undefined;

  async start(): Promise<void> {
    try {
      this.context = new AudioContext({ sampleRate: RATE_HZ, latencyHint: "interactive" });
      const worklets = Promise.all([loadLimiter(this.context), loadMeter(this.context)]);
      [this.about, this.map] = await Promise.all([api.about(), api.styleMap(), worklets]);
      this.kits = new Kits(this.context, this.about.pieces);
    } catch (fault) {
      this.fault = fault instanceof Error ? fault.message : String(fault);
      this.changed();
      return;
    }
    this.midi.subscribe(() => {
      this.sendMidi();
      this.changed();
    });
    this.click.subscribe(() => {
      this.session?.player.setClick(this.click.choice);
      this.changed();
    });
    const asked = new URLSearchParams(location.search).get("project");
    if (asked) history.replaceState(null, "", `/#/song/${asked}`);
    window.addEventListener("hashchange", () => void this.route());
    window.addEventListener("pagehide", () => this.remember());
    onHush(() => this.session?.player.pause());
    await this.route();
  }

  /** `#/song/ID` is a project, all else the list of them. */
  async route(): Promise<void> {
    this.close();
    const id = /^#\/song\/([\w-]+)$/.exec(location.hash)?.[1];
    try {
      if (id) await this.open(id);
      else this.cards = await api.projects();
    } catch (fault) {
      this.tell(fault);
      if (id && fault instanceof ApiError && !fault.isLoss) location.hash = "";
    }
    this.changed();
  }

  chooseExport(change: Partial<ExportChoices>): void {
    this.exportChoices = { ...this.exportChoices, ...change };
    this.changed();
  }

  /** The keys of pieces, of the map that was chosen. */
  private get midiKeys(): Record<string, number> {
    return this.about?.midi_maps[this.exportChoices.midiMap] ?? {};
  }

  /** Tell the player where its drums go besides the page's sound. */
  private sendMidi(): void {
    this.session?.player.setMidi(this.midi.port, (piece) => this.midiKeys[piece]);
  }

  /** Add files to the open song, or make a new one of them. */
  async addFiles(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    this.notice = null;
    try {
      const open = this.session?.project;
      const project = open ?? (await api.createProject(nameOf(files)));
      const problems = await this.send(files, project.id);
      if (!open && problems.length === files.length) await api.deleteProject(project.id);
      else await this.show(project.id);
      if (problems.length > 0) this.say(problems.join("\n"), true);
    } catch (fault) {
      this.tell(fault);
    } finally {
      this.upload = null;
      this.changed();
    }
  }

  /** Send files one by one; what is wrong with those that are not taken. */
  private async send(files: readonly File[], id: string): Promise<string[]> {
    const problems: string[] = [];
    const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
    let doneBytes = 0;
    for (const file of files) {
      const tell = (bytes: number): void => {
        this.upload = { name: file.name, sentBytes: doneBytes + bytes, totalBytes };
        this.changed();
      };
      tell(0);
      const problem = this.tooLarge(file);
      if (problem) problems.push(problem);
      else
        await api.addStem(id, file, tell).catch((fault: unknown) => {
          if (!(fault instanceof ApiError) || fault.isLoss) throw fault;
          problems.push(fault.message);
        });
      doneBytes += file.size;
    }
    return problems;
  }

  /** Copy what is at a path of the server's machine into a new song. */
  async openPath(path: string): Promise<string | null> {
    const last = path
      .replace(/[\\/]+$/, "")
      .split(/[\\/]/)
      .pop();
    let id = "";
    try {
      id = (await api.createProject(titleOf(last ?? "", "Song"))).id;
      const { problems } = await api.openPath(id, path);
      await this.show(id);
      if (problems.length > 0) this.say(problems.join("\n"), true);
      return null;
    } catch (fault) {
      if (id) await api.deleteProject(id).catch(() => undefined);
      return fault instanceof Error ? fault.message : String(fault);
    }
  }

  /** The style of a song with drums, for what is being changed of the open song. */
  async takeStyleOf(files: readonly File[]): Promise<void> {
    const { session } = this;
    const [file] = files;
    if (!session || !file) return;
    if (files.length > 1) {
      this.say("A style comes from one file: drop a mix with drums, or the drums alone.", true);
      return;
    }
    const problem = this.tooLarge(file);
    if (problem) {
      this.say(problem, true);
      return;
    }
    this.say(`Listening to the drums of ${file.name}…`);
    await this.attempt(async () => {
      const { style, num_hits, tempo_bpm, plays } = await api.styleFromSong(file);
      session.change(withStyle(session.doc, session.target, style), "style of a song");
      this.say(
        `The style of ${file.name}: ${num_hits} hits at ${tempo_bpm.toFixed(0)} bpm, ${plays}.`,
      );
    });
  }

  /** The style of the open song's own drum stem. */
  async takeOwnStyle(): Promise<void> {
    const { session } = this;
    if (!session) return;
    await this.attempt(async () => {
      const { style, num_hits, heard_in, plays } = await api.styleFromProject(session.project.id);
      session.change(withStyle(session.doc, session.target, style), "style of its own drums");
      this.say(`The style of ${heard_in}: ${num_hits} hits, ${plays}.`);
    });
  }

  async deleteProject(id: string): Promise<void> {
    await this.attempt(async () => {
      await api.deleteProject(id);
      this.cards = await api.projects();
    });
  }

  /** Do something whose fault is told in a notice. */
  async attempt(action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (fault) {
      this.tell(fault);
      return false;
    } finally {
      this.changed();
    }
  }

  say(text: string, isFault = false): void {
    this.notice = { text, isFault };
    clearTimeout(this.noticeTimer);
    // What went wrong stays until it has been read.
    if (!isFault) this.noticeTimer = setTimeout(() => this.dismiss(), NOTICE_MS);
    this.changed();
  }

  dismiss(): void {
    this.notice = null;
    this.changed();
  }

  private tell(fault: unknown): void {
    this.say(fault instanceof Error ? fault.message : String(fault), true);
  }

  /** What is wrong with a file that the server would not take, null if nothing. */
  private tooLarge({ name, size }: File): string | null {
    const limit = this.about?.max_upload_bytes ?? Number.POSITIVE_INFINITY;
    if (size <= limit) return null;
    const [is, most] = [size, limit].map((bytes) => (bytes / 1e6).toFixed(0));
    return `“${name}” has ${is} MB, ${most} MB is the most: send it as FLAC, or cut it.`;
  }

  private async show(id: string): Promise<void> {
    const hash = `#/song/${id}`;
    if (location.hash === hash) await this.session?.ask((project) => api.project(project.id));
    else location.hash = hash;
  }

  private async open(id: string): Promise<void> {
    const { about, kits, context } = this;
    if (!about || !kits || !context) return;
    const project = await api.project(id);
    const player = new Player(context, kits, about.pieces);
    this.session = new Session(project, player, (text) => this.say(text));
    this.view = new TimelineView(this.session);
    this.compare = new Compare(this.session);
    recall(this.session, this.view, this.compare);
    this.session.subscribe(() => this.changed());
    player.subscribe(() => this.changed());
    this.view.subscribe(() => this.changed());
    this.sendMidi();
    player.setClick(this.click.choice);
  }

  private remember(): void {
    const { session, view, compare } = this;
    if (session && view && compare) remember(session, view, compare);
  }

  private close(): void {
    this.remember();
    this.session?.dispose();
    this.session = null;
    this.view = null;
    this.compare = null;
  }
}

function nameOf(files: readonly File[]): string {
  const names = files.map((file) => file.name);
  return songName(names, `Song of ${new Date().toLocaleDateString()}`);
}
