/** The pattern view: bars as a grid of steps; hits are set, removed, made louder, locked. */

import { html, type TemplateResult } from "lit";
import { withoutChanges } from "../../model/edits";
import { type Bar, clamp } from "../../model/grid";
import { firstBarIndex, type Subdivision } from "../../model/pattern";
import { sectionAt } from "../../model/sections";
import { setting } from "../../model/settings-table";
import { identity, paintOnce } from "../canvas";
import { studio } from "../context";
import { onFrame } from "../frames";
import { icons } from "../icons";
import { SongPanel } from "../panel";
import { patternBar, pieceHead } from "./bar";
import { moveFocus } from "./focus";
import { CellPointer, placeOf, setVelocity } from "./pointer";
import { paintBarWave } from "./wave";

/** A cell narrower than this cannot be hit with a finger, in pixels. */
const MIN_CELL_PX = 19;
const MAX_BARS = 8;
const HEADS_PX = 216;
const CELLS_PER_BAR = 16;
const VELOCITY_STEP = 8;

export class Pattern extends SongPanel {
  private readonly resizes = new ResizeObserver(() => this.requestUpdate());
  private readonly pointer = new CellPointer(() => this.session);
  private endFrames: (() => void) | null = null;
  private shownFrom = -1;
  /** Where the playhead stood when the page was turned by hand. */
  private turnedAtS = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.resizes.observe(this);
    this.endFrames = onFrame(() => this.onFrame());
  }

  override disconnectedCallback(): void {
    this.endFrames?.();
    this.resizes.disconnect();
    super.disconnectedCallback();
  }

  override render(): TemplateResult {
    const bars = this.bars();
    const { pieces } = this.session.player;
    this.shownFrom = bars[0]?.index ?? 0;
    return html`<section class="pattern plate" aria-label="Pattern">
      ${this.head(bars)}
      <div class="pattern-body" style="--rows: ${pieces.length}">
        <div class="pattern-heads">
          <span class="ref-name dim">${this.reference()?.name ?? ""}</span>
          ${pieces.map((piece) => pieceHead(this.session, this.view, piece))}
        </div>
        <div class="pattern-bars" @keydown=${this.onKey}>
          ${bars.map((bar, at) =>
            patternBar(this.session, this.pointer, bar, this.subdivisionOf(bar), at === 0),
          )}
          <div class="pattern-playhead" aria-hidden="true"></div>
        </div>
      </div>
    </section>`;
  }

  protected override updated(): void {
    this.paintReference();
    this.paintPlayhead();
  }

  private head(bars: readonly Bar[]): TemplateResult {
    const { session, view } = this;
    const first = bars[0];
    const last = bars.at(-1);
    const subdivision = first ? this.subdivisionOf(first) : "16ths";
    const turn = (pages: number): void => {
      this.turnedAtS = session.player.songS;
      view.setPatternBar((first?.index ?? 0) + pages * bars.length);
    };
    return html`<header class="row wrap">
      <h2>Pattern</h2>
      <div class="segmented" role="group" aria-label="Bars shown">
        <button class="square small" aria-label="Earlier bars" @click=${() => turn(-1)}>
          ${icons.back}
        </button>
        <span class="bars-text"
          >${first === last ? "bar " : `bars ${first?.number}–`}${last?.number}</span
        >
        <button class="square small" aria-label="Later bars" @click=${() => turn(1)}>
          ${icons.forward}
        </button>
      </div>
      <div class="segmented" role="group" aria-label="Grid">
        ${(["16ths", "triplets"] as const).map(
          (one) => html`<button
            class="small"
            aria-pressed=${one === subdivision}
            @click=${() => first && this.setSubdivision(first, one)}
          >
            ${one}
          </button>`,
        )}
      </div>
      <span class="grow velocity dim" role="status">${this.pointer.text}</span>
      <button
        class="small bare"
        title="Take back what was set by hand in these bars"
        ?disabled=${!this.hasChanges(bars)}
        @click=${() => this.clear(bars)}
      >
        Clear edits
      </button>
      <button
        class="small"
        title="Roll the dice for all that is neither locked nor set by hand"
        @click=${() => this.regenerate()}
      >
        ${icons.dice}<span>Regenerate<span class="wide-only"> the rest</span></span>
      </button>
    </header>`;
  }

  private bars(): readonly Bar[] {
    const { grid } = this.session;
    if (!grid) return [];
    const count = this.numBars();
    const first = this.firstBar(count);
    return grid.bars.slice(first, first + count);
  }

  private numBars(): number {
    const fitting = (this.clientWidth - HEADS_PX) / (CELLS_PER_BAR * MIN_CELL_PX);
    return Math.min(MAX_BARS, 2 ** Math.max(0, Math.floor(Math.log2(fitting))));
  }

  private firstBar(count: number): number {
    const { grid, player } = this.session;
    if (!grid) return 0;
    const start = firstBarIndex(grid, this.subdivisionOf(grid.bars[0]));
    const page = Math.floor((grid.barAt(player.songS).index - start) / count);
    const wanted = this.view.patternBar ?? start + count * page;
    return Math.max(start, Math.min(wanted, grid.bars.length - count));
  }

  private subdivisionOf(bar: Bar): Subdivision {
    const { sections } = this.session.doc;
    return sections[sectionAt(sections, bar.firstBeat)]?.subdivision ?? this.view.subdivision;
  }

  private setSubdivision(bar: Bar, subdivision: Subdivision): void {
    const { doc } = this.session;
    const index = sectionAt(doc.sections, bar.firstBeat);
    if (index < 0) {
      this.view.setSubdivision(subdivision);
      return;
    }
    const sections = doc.sections.map((one, at) => (at === index ? { ...one, subdivision } : one));
    this.session.change({ ...doc, sections }, "subdivision");
  }

  private hasChanges(bars: readonly Bar[]): boolean {
    const [startTick, endTick] = ticksOf(bars);
    const { changes } = this.session.doc.edits;
    return changes.some(({ tick }) => tick >= startTick && tick < endTick);
  }

  private clear(bars: readonly Bar[]): void {
    const { doc } = this.session;
    const [startTick, endTick] = ticksOf(bars);
    const edits = withoutChanges(doc.edits, { startTick, endTick, piece: null });
    this.session.change({ ...doc, edits }, "clear edits");
  }

  private regenerate(): void {
    const { doc } = this.session;
    const { seed, temperature } = doc.settings;
    if (temperature === 0) {
      const { label } = setting("temperature");
      studio.say(`${label} is 0: what is most likely is played, and no dice are rolled. Raise it.`);
      return;
    }
    const settings = { ...doc.settings, seed: seed + 1 };
    this.session.change({ ...doc, settings }, `seed ${seed + 1}`);
  }

  private onKey(event: KeyboardEvent): void {
    const cell = event.target;
    if (!(cell instanceof HTMLElement) || !cell.matches(".cell")) return;
    const place = placeOf(cell);
    if (event.key === "+" || event.key === "-") {
      const wanted = place.velocity + (event.key === "+" ? VELOCITY_STEP : -VELOCITY_STEP);
      if (place.velocity) setVelocity(this.session, place, clamp(wanted, 1, 127));
    } else if (event.key === "Enter" || event.key === " ") {
      this.pointer.toggle(place);
    } else if (!moveFocus(event.key, cell)) {
      return;
    }
    event.preventDefault();
  }

  private reference(): { name: string; id: string } | null {
    const sounding = this.session.project.stems.filter((stem) => stem.kind === "sound");
    return sounding.find((stem) => stem.role === "bass") ?? sounding[0] ?? null;
  }

  private paintReference(): void {
    const { grid, player } = this.session;
    const buffer = player.stems.get(this.reference()?.id ?? "");
    if (!grid || !buffer) return;
    for (const canvas of this.querySelectorAll<HTMLCanvasElement>(".bar-wave")) {
      const bar = grid.bars[Number(canvas.closest<HTMLElement>(".bar")?.dataset.bar)];
      const key = `${bar.index} ${identity(grid)} ${identity(buffer)}`;
      paintOnce(canvas, key, (area) => paintBarWave(area, grid, bar, buffer));
    }
  }

  private onFrame(): void {
    const { player } = this.session;
    // Who goes elsewhere in the song wants to see that.
    const hasGone = !player.isPlaying && player.songS !== this.turnedAtS;
    if (hasGone && this.view.patternBar !== null) this.view.setPatternBar(null);
    if (this.bars()[0]?.index !== this.shownFrom) this.requestUpdate();
    this.paintPlayhead();
  }

  private paintPlayhead(): void {
    const { grid, player } = this.session;
    const playhead = this.querySelector<HTMLElement>(".pattern-playhead");
    if (!grid || !playhead) return;
    const bar = grid.barAt(player.songS);
    const shown = this.querySelector<HTMLElement>(`.bar[data-bar="${bar.index}"]`);
    playhead.hidden = !shown;
    if (!shown) return;
    const part = (grid.secondsToTick(player.songS) - bar.startTick) / (bar.endTick - bar.startTick);
    const x = shown.offsetLeft + clamp(part, 0, 1) * shown.offsetWidth;
    playhead.style.transform = `translateX(${x}px)`;
    if (player.isPlaying && this.view.follow) this.keepInView(x);
  }

  /** Where a bar is wider than the window. */
  private keepInView(x: number): void {
    const bars = this.querySelector(".pattern-bars");
    if (!bars || bars.scrollWidth <= bars.clientWidth) return;
    if (x < bars.scrollLeft || x > bars.scrollLeft + bars.clientWidth) bars.scrollLeft = x;
  }
}

function ticksOf(bars: readonly Bar[]): [number, number] {
  return [bars[0]?.startTick ?? 0, bars.at(-1)?.endTick ?? 0];
}

customElements.define("dn-pattern", Pattern);
