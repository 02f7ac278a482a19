/**
 * One open project: the server's copy, what is being changed, what is played.
 *
 * A change goes three ways at once: into the document (undo), to the server as a question for
 * new hits (only the newest counts), and to the server to be kept (a moment later).
 */

import { ApiError, api } from "../api/client";
import { type Follower, followProject } from "../api/events";
import type {
  BeatEdit,
  Beats,
  Hit,
  HitsRequest,
  Mixer,
  Performance,
  Piece,
  Project,
  StudioEvent,
} from "../api/types";
import { Coalescer } from "../model/coalescer";
import { BeatGrid } from "../model/grid";
import { History } from "../model/history";
import { mixOf } from "../model/mix";
import { DOC_PARTS, type Doc, type DocPart, docOf, isKnown, requestFor } from "./document";
import { Observable } from "./observable";
import type { Player } from "./player";
import { Saver } from "./saver";
import { decodedBytes, MUCH_MEMORY_BYTES } from "./sounds";

/** The server may be started again. */
const RETRY_MS = 2000;

interface Wish {
  readonly request: HitsRequest;
  readonly doc: Doc;
}

export class Session extends Observable {
  doc: Doc;
  mixer: Mixer;
  hits: readonly Hit[] = [];
  /** The pieces that are played: not those that a stem of the song has. */
  played: readonly Piece[] = [];
  grid: BeatGrid | null = null;
  /** The section whose style is being changed; null is the song's own. */
  target: number | null = null;
  /** What is heard without being taken: a style or a player that is tried, and its name. */
  trial: { readonly doc: Doc; readonly name: string } | null = null;
  /** While the server listens. */
  progress: { stage: string; fraction: number } | null = null;
  /** What went wrong last, in a line; shown until something goes right. */
  problem: string | null = null;
  readonly history = new History<Doc>();
  /** The server does not answer, or not to this page: what is changed waits here. */
  lost: "gone" | "restarted" | null = null;
  private beatEdits: Promise<unknown> = Promise.resolve();
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private serial = 0;
  private readonly performer: Coalescer<Wish, Performance>;
  private readonly saver: Saver<DocPart | "mixer">;
  private readonly follower: Follower;

  constructor(
    public project: Project,
    readonly player: Player,
    private readonly onNotice: (text: string) => void,
  ) {
    super();
    this.doc = docOf(project);
    this.mixer = project.mixer;
    this.performer = new Coalescer(
      (wish, signal) => api.hits(this.project.id, wish.request, signal),
      (answer, wish) => this.perform(answer, wish),
      (fault) => this.lose(fault),
    );
    this.saver = new Saver(
      (part) => this.send(part),
      () => this.reload("Another window changed this song: here is its state now."),
      (problem) => this.tell(this.lost ? null : problem),
    );
    this.follower = followProject(project.id, (event) => this.hear(event));
    document.addEventListener("visibilitychange", this.onHidden);
    window.addEventListener("beforeunload", this.onLeave);
    void this.adopt(project);
  }

  get isReady(): boolean {
    return this.project.status === "ready" && this.grid !== null;
  }

  get isSaved(): boolean {
    return this.saver.isSaved;
  }

  get durationS(): number {
    return this.project.duration_s ?? 0;
  }

  /** Change what decides the hits; `kind` names the gesture, for undo. */
  change(doc: Doc, kind: string): void {
    this.history.record(this.doc, kind);
    this.show(doc);
  }

  /** Hear something else until it is taken by `change`, or until this is called with null. */
  audition(trial: Session["trial"]): void {
    if (!trial && !this.trial) return;
    this.trial = trial;
    this.request();
    this.changed();
  }

  undo(): void {
    const before = this.history.undo(this.doc);
    if (before) void this.goTo(before);
  }

  redo(): void {
    const after = this.history.redo(this.doc);
    if (after) void this.goTo(after);
  }

  /** One after the other, however quickly they come: none is lost. */
  editBeats(edit: BeatEdit): Promise<boolean> {
    const done = this.beatEdits.then(() => {
      const before = this.doc;
      return this.ask(async ({ id, revision }) => {
        const project = await api.editBeats(id, revision, edit);
        this.history.record(before, `beats ${edit.action}`);
        return project;
      }, true);
    });
    this.beatEdits = done;
    return done;
  }

  setTarget(section: number | null): void {
    this.target = section;
    this.changed();
  }

  setMixer(mixer: Mixer): void {
    this.mixer = mixer;
    this.player.setMix(mixOf(mixer, this.project, this.player.pieces));
    this.saver.mark("mixer");
    this.changed();
  }

  /** Run something that answers with the project as it is then; faults are told. */
  async ask(
    question: (project: Project) => Promise<Project>,
    keepsHistory = false,
  ): Promise<boolean> {
    try {
      await this.saver.flush();
      await this.adopt(await question(this.project), keepsHistory);
      this.tell(null);
      return true;
    } catch (fault) {
      if (fault instanceof ApiError && fault.isConflict) await this.reload(fault.message);
      else this.fail(fault);
      return false;
    }
  }

  /** Resolves when the server has all that is shown, or what went wrong has been told. */
  async settle(): Promise<void> {
    await this.performer.idle();
    await this.saver.flush();
  }

  /** Draw all anew. */
  refresh(): void {
    this.changed();
  }

  dispose(): void {
    document.removeEventListener("visibilitychange", this.onHidden);
    window.removeEventListener("beforeunload", this.onLeave);
    clearTimeout(this.retryTimer);
    void this.saver.flush();
    this.follower.close();
    this.performer.reset();
    this.player.dispose();
  }

  /** The page may be closed next. */
  private readonly onHidden = (): void => {
    if (document.visibilityState === "hidden") void this.saver.flush();
  };

  /** What waits here would be gone. */
  private readonly onLeave = (event: BeforeUnloadEvent): void => {
    if (this.lost && !this.isSaved) event.preventDefault();
  };

  /** Another state of the history; where its beats are others, the server changes them first. */
  private async goTo(doc: Doc): Promise<void> {
    const { beats } = doc;
    if (beats && !areSameBeats(beats, this.doc.beats)) {
      const { times_s, beat_in_bar } = beats;
      const edit: BeatEdit = { action: "set", times_s, beat_in_bar };
      const done = this.beatEdits.then(() =>
        this.ask(({ id, revision }) => api.editBeats(id, revision, edit), true),
      );
      this.beatEdits = done;
      if (!(await done)) return;
    }
    this.show({ ...doc, beats: this.doc.beats });
  }

  private show(doc: Doc): void {
    this.trial = null;
    const parts = DOC_PARTS.filter((part) => doc[part] !== this.doc[part]);
    this.doc = doc;
    if (this.target !== null && this.target >= doc.sections.length) this.target = null;
    this.saver.mark(...parts);
    this.request();
    this.changed();
  }

  private request(): void {
    if (!this.isReady) return;
    const doc = this.trial?.doc ?? this.doc;
    this.performer.push({ request: requestFor(doc, ++this.serial), doc });
  }

  private perform(answer: Performance, wish: Wish): void {
    const { kit } = wish.doc.settings;
    this.player.setHits(answer.hits, answer.serial, kit).catch((fault) => this.fail(fault));
    this.hits = answer.hits;
    this.played = answer.pieces;
    if (wish.doc === this.doc) {
      // What was said by one side is now known by both.
      this.doc = { ...this.doc, style: answer.style, sections: answer.sections };
    }
    this.lost = null;
    this.problem = null;
    this.changed();
  }

  private async send(part: DocPart | "mixer"): Promise<void> {
    // A style that was said by one side is kept when the other is known too.
    await this.performer.idle();
    const isHalf = (part === "style" || part === "sections") && !isKnown(this.doc);
    if (isHalf) throw new ApiError("The style is kept as soon as it has been played.", 0);
    const value = part === "mixer" ? this.mixer : this.doc[part];
    const { id, revision } = this.project;
    try {
      this.project = await api.save(id, part, revision, value);
      this.lost = null;
    } catch (fault) {
      this.lost = lossOf(fault);
      throw fault;
    }
  }

  /** No hits came: they are asked for again until they do. */
  private lose(fault: unknown): void {
    const lost = lossOf(fault);
    if (!lost) {
      this.fail(fault);
      return;
    }
    this.lost = lost;
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.request(), RETRY_MS);
    this.tell(null);
  }

  /** Take over the server's project. */
  private async adopt(project: Project, keepsHistory = false): Promise<void> {
    const before = this.project;
    const beatsBefore = this.grid ? before.beats : null;
    this.project = project;
    this.doc = docOf(project);
    this.mixer = project.mixer;
    this.tellOfLeftOut(before);
    if (project.status !== "ready") this.player.pause();
    if (project.status !== "listening") this.progress = null;
    if (!areSameBeats(beatsBefore, project.beats)) {
      this.grid = project.beats
        ? new BeatGrid(project.beats.times_s, project.beats.beat_in_bar)
        : null;
      if (!keepsHistory) this.history.clear();
    }
    this.changed();
    if (!this.isReady || !this.grid) return;
    this.warnOfMemory(project);
    try {
      await this.player.load(project, this.grid, this.mixer);
      this.request();
    } catch (fault) {
      this.fail(fault);
    }
    this.changed();
  }

  /** What was found to be no stem since then. */
  private tellOfLeftOut(before: Project): void {
    const known = new Set(before.stems.filter((stem) => stem.left_out).map((stem) => stem.id));
    const found = this.project.stems.filter((stem) => stem.left_out && !known.has(stem.id));
    if (found.length > 0) {
      this.onNotice(found.map(({ name, left_out }) => `${name} ${left_out}.`).join("\n"));
    }
  }

  private warnOfMemory(project: Project): void {
    const bytes = decodedBytes(project);
    if (bytes <= MUCH_MEMORY_BYTES || this.player.canPlay) return;
    this.onNotice(
      `The stems take ${(bytes / 1e9).toFixed(1)} GB in this browser. If the page ends, ` +
        "remove some, or mix some into one.",
    );
  }

  private async reload(notice: string): Promise<void> {
    await this.adopt(await api.project(this.project.id));
    this.history.clear();
    this.onNotice(notice);
  }

  private hear(event: StudioEvent): void {
    if (event.kind === "progress") {
      this.progress = { stage: event.stage ?? "listening", fraction: event.fraction ?? 0 };
      this.changed();
    } else if (event.kind === "deleted") {
      this.onNotice("This song was deleted in another window.");
      location.hash = "";
    } else {
      void this.catchUp(event);
    }
  }

  private async catchUp(event: StudioEvent): Promise<void> {
    await this.saver.flush();
    // What this window has asked for may be told before it is answered.
    await this.beatEdits;
    if (event.revision <= this.project.revision && event.kind === "changed") return;
    try {
      const project = await api.project(this.project.id);
      const { revision, status } = this.project;
      if (project.revision > revision || project.status !== status) await this.adopt(project);
    } catch (fault) {
      this.fail(fault);
    }
  }

  private fail(fault: unknown): void {
    if (fault instanceof DOMException && fault.name === "AbortError") return;
    if (fault instanceof DOMException && fault.name === "EncodingError") {
      this.tell("This browser cannot decode one of the stems: export it as WAV and add it again.");
    } else if (fault instanceof Error) {
      this.tell(fault.message);
    }
  }

  private tell(problem: string | null): void {
    this.problem = problem;
    this.changed();
  }
}

function lossOf(fault: unknown): Session["lost"] {
  if (!(fault instanceof ApiError && fault.isLoss)) return null;
  return fault.isStranger ? "restarted" : "gone";
}

function areSameBeats(a: Beats | null, b: Beats | null): boolean {
  if (!a || !b) return a === b;
  const areSame = (one: readonly number[], other: readonly number[]): boolean =>
    one.length === other.length && one.every((value, at) => value === other[at]);
  return areSame(a.times_s, b.times_s) && areSame(a.beat_in_bar, b.beat_in_bar);
}
