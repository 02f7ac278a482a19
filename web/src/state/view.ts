/** Which part of the song the timeline shows, and which bar the pattern view is at. */

import type { Piece } from "../api/types";
import { clamp } from "../model/grid";
import type { Subdivision } from "../model/pattern";
import { Observable } from "./observable";
import type { Session } from "./session";

const MAX_PX_PER_S = 800;
/** Following, the playhead is brought back to this part of the width. */
const FOLLOW_AT = 0.15;
/** A window of this size has room for a lane of every piece. */
const TALL_PX = 950;
const WIDE_PX = 700;

export const SIDES = ["pad", "controls", "library"] as const;
export type Side = (typeof SIDES)[number];
/** Where there is room for one of them alone. */
export const TABS = ["play", "pattern", "mix"] as const;
export type Tab = (typeof TABS)[number];

export class TimelineView extends Observable {
  widthPx = 1000;
  startS = 0;
  /** 0 until the first zoom: the whole song. */
  private zoomPxPerS = 0;
  follow = true;
  /** The first bar of the pattern view; null follows the playhead. */
  patternBar: number | null = null;
  /** Whether each drum piece has a lane of its own, with a fader. */
  showsPieces = window.innerHeight >= TALL_PX && window.innerWidth >= WIDE_PX;
  /** The piece whose settings are shown. */
  piece: Piece = "kick";
  /** What a small window shows. */
  tab: Tab = "play";
  /** What the panel at the side shows. */
  side: Side = "pad";
  /** Whether the sixteen numbers of the style are shown. */
  isFine = false;
  /** Of the pattern where no section says it. */
  subdivision: Subdivision = "16ths";

  constructor(private readonly session: Session) {
    super();
  }

  /** To be set again after a reload. */
  get state(): { readonly startS: number; readonly zoomPxPerS: number; readonly side: Side } {
    const { startS, zoomPxPerS, side } = this;
    return { startS, zoomPxPerS, side };
  }

  set state(state: TimelineView["state"]) {
    Object.assign(this, state);
    this.changed();
  }

  get minPxPerS(): number {
    return this.widthPx / Math.max(1, this.session.durationS);
  }

  get pxPerS(): number {
    return Math.max(this.zoomPxPerS, this.minPxPerS);
  }

  get endS(): number {
    return this.startS + this.widthPx / this.pxPerS;
  }

  toPx(timeS: number): number {
    return (timeS - this.startS) * this.pxPerS;
  }

  toS(px: number): number {
    return this.startS + px / this.pxPerS;
  }

  setWidth(px: number): void {
    if (px === this.widthPx || px <= 0) return;
    this.widthPx = px;
    this.scrollTo(this.startS);
  }

  zoom(factor: number, aroundPx = this.widthPx / 2): void {
    const aroundS = this.toS(aroundPx);
    this.zoomPxPerS = clamp(this.pxPerS * factor, this.minPxPerS, MAX_PX_PER_S);
    this.scrollTo(aroundS - aroundPx / this.pxPerS);
  }

  zoomToAll(): void {
    this.zoomPxPerS = 0;
    this.scrollTo(0);
  }

  scrollBy(px: number): void {
    this.scrollTo(this.startS + px / this.pxPerS);
  }

  scrollTo(startS: number): void {
    const lastS = Math.max(0, this.session.durationS - this.widthPx / this.pxPerS);
    this.startS = clamp(startS, 0, lastS);
    this.changed();
  }

  /** Turn the page when the playhead leaves it. */
  keepInView(songS: number): void {
    if (!this.follow) return;
    const at = this.toPx(songS);
    if (at < 0 || at > this.widthPx)
      this.scrollTo(songS - (FOLLOW_AT * this.widthPx) / this.pxPerS);
  }

  setFollow(follow: boolean): void {
    this.follow = follow;
    if (follow) this.patternBar = null;
    this.changed();
  }

  setPatternBar(bar: number | null): void {
    const last = (this.session.grid?.bars.length ?? 1) - 1;
    this.patternBar = bar === null ? null : clamp(bar, 0, last);
    this.changed();
  }

  setShowsPieces(shows: boolean): void {
    this.showsPieces = shows;
    this.changed();
  }

  setFine(isFine: boolean): void {
    this.isFine = isFine;
    this.changed();
  }

  showTab(tab: Tab): void {
    this.tab = tab;
    this.changed();
  }

  showSide(side: Side): void {
    this.side = side;
    this.changed();
  }

  /** Show the settings of a piece. */
  choosePiece(piece: Piece): void {
    this.piece = piece;
    this.showSide("controls");
  }

  setSubdivision(subdivision: Subdivision): void {
    this.subdivision = subdivision;
    this.changed();
  }
}
