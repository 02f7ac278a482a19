/** The song over time: ruler, sections, tempo, and a lane for each stem and drum piece. */

import { html, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { api } from "../../api/client";
import { addSection } from "../../model/sections";
import { identity, paintOnce } from "../canvas";
import { studio } from "../context";
import { onFrame } from "../frames";
import { icons } from "../icons";
import { SongPanel } from "../panel";
import { fader, laneHead } from "./lane-head";
import { heardPieces, type Lane, lanesOf } from "./lanes";
import { paintBarNumbers, paintGrid, paintLocks, paintLoop, paintTempo, paintWave } from "./paint";
import { paintHits, paintKit } from "./paint-hits";
import { LanePointer, RulerPointer } from "./pointer";
import "./section-strip";

const ZOOM_STEP = 1.6;
const WHEEL_ZOOM = 1.0018;

export class Timeline extends SongPanel {
  private readonly resizes = new ResizeObserver(() => {
    this.measure();
    this.requestUpdate();
  });
  private endFrames: (() => void) | null = null;
  /** Where the playhead was drawn last. */
  private paintedS = 0;
  private readonly lanePointer = new LanePointer(
    () => this.view,
    (songS) => this.session.player.seek(songS),
  );
  private readonly rulerPointer = new RulerPointer(
    () => this.session,
    () => this.view,
    () => this.requestUpdate(),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    this.endFrames = onFrame(() => this.paintPlayhead());
  }

  override disconnectedCallback(): void {
    this.endFrames?.();
    this.resizes.disconnect();
    super.disconnectedCallback();
  }

  override render(): TemplateResult {
    const all = lanesOf(this.session, this.view.showsPieces);
    return html`<section class="timeline plate" aria-label="Timeline">
      <div class="timeline-tools">${this.tools()}</div>
      <div
        class="ruler"
        title="Click to go there, drag to loop"
        @pointerdown=${this.rulerPointer.down}
        @pointermove=${this.rulerPointer.move}
        @pointerup=${this.rulerPointer.up}
        @pointercancel=${this.rulerPointer.cancel}
        @wheel=${this.onWheel}
      >
        <canvas class="bars" aria-hidden="true"></canvas>
        <canvas class="tempo" aria-hidden="true"></canvas>
      </div>
      <dn-section-strip class="strip"></dn-section-strip>
      <div class="all-lanes">
        ${this.lanes(
          "of-stems",
          all.filter((lane) => lane.stem),
        )}
        ${this.lanes(
          this.kitLayout,
          all.filter((lane) => !lane.stem),
        )}
      </div>
      <div class="playhead-space" aria-hidden="true"><div class="playhead"></div></div>
      <div class="timeline-foot">${this.foot()}</div>
    </section>`;
  }

  protected override firstUpdated(): void {
    const ruler = this.querySelector(".ruler");
    if (ruler) this.resizes.observe(ruler);
    this.resizes.observe(this);
  }

  protected override updated(): void {
    this.paint();
    this.paintPlayhead();
  }

  /** The stems' lanes, and the drums': each scrolls by itself, so that the drums stay in sight. */
  private lanes(layout: string, lanes: readonly Lane[]): TemplateResult {
    return html`<div class="lanes ${layout}" tabindex="-1" style="--lanes: ${lanes.length}">
      ${repeat(
        lanes,
        (lane) => lane.key,
        (lane) =>
          html`${laneHead(this.session, this.view, lane)}
            <canvas
              class="lane"
              role="img"
              aria-label=${lane.stem ? `Waveform of ${lane.name}` : `Hits of the ${lane.name}`}
              data-key=${lane.key}
              @pointerdown=${this.lanePointer.down}
              @pointermove=${this.lanePointer.move}
              @pointerup=${this.lanePointer.up}
              @pointercancel=${this.lanePointer.cancel}
              @wheel=${this.onWheel}
            ></canvas>`,
      )}
    </div>`;
  }

  private get kitLayout(): string {
    const isWhole = this.session.player.pieces.length === 1;
    return isWhole ? "of-piece" : this.view.showsPieces ? "of-pieces" : "of-kit";
  }

  private tools(): TemplateResult {
    const { doc, grid, player } = this.session;
    const onSection = (): void => {
      if (!grid) return;
      const bar = grid.barAt(player.songS);
      const sections = addSection(doc.sections, bar.firstBeat);
      this.session.change({ ...doc, sections }, "add section");
      this.session.setTarget(sections.findIndex((one) => one.start_beat === bar.firstBeat));
    };
    return html`<div class="row">
        <button title="Begin a section at the playhead's bar" @click=${onSection}>
          ${icons.plus} Section
        </button>
        <button title="Find where the parts of the song begin" @click=${() => this.findSections()}>
          Find
        </button>
      </div>
      <span class="tempo-text dim">${this.tempoText()}</span>`;
  }

  private async findSections(): Promise<void> {
    const { session } = this;
    await studio.attempt(async () => {
      const sections = await api.findSections(session.project.id);
      session.setTarget(null);
      session.change({ ...session.doc, sections }, "find sections");
    });
  }

  private tempoText(): string {
    const { grid } = this.session;
    if (!grid) return "";
    const bars = grid.bars.map(
      (bar) => (60 * bar.numBeats) / (grid.barEndS(bar) - grid.barStartS(bar)),
    );
    const [low, high] = [Math.min(...bars), Math.max(...bars)];
    return high - low < 0.1 ? `${low.toFixed(1)} bpm` : `${low.toFixed(1)}–${high.toFixed(1)} bpm`;
  }

  private foot(): TemplateResult {
    const { view, session } = this;
    const shownS = view.endS - view.startS;
    const scrollable = Math.max(0.001, session.durationS - shownS);
    return html`<div class="row master">
        <span class="dim">Master</span>
        ${fader("everything", session.mixer.master, (master) =>
          session.setMixer({ ...session.mixer, master }),
        )}
      </div>
      <div class="row scroll">
        <input
          type="range"
          class="grow"
          aria-label="Scroll through the song"
          min="0"
          max=${scrollable}
          step="any"
          .value=${String(view.startS)}
          style="--fill: ${(100 * view.startS) / scrollable}%"
          ?disabled=${shownS >= session.durationS - 0.01}
          @input=${(event: Event) =>
            view.scrollTo(Number((event.target as HTMLInputElement).value))}
        />
        <button
          class="small"
          aria-pressed=${view.follow}
          title="Turn the page with the playhead"
          @click=${() => view.setFollow(!view.follow)}
        >
          Follow
        </button>
        <button class="square small" aria-label="Zoom out" @click=${() => view.zoom(1 / ZOOM_STEP)}>
          ${icons.minus}
        </button>
        <button class="square small" aria-label="Zoom in" @click=${() => this.zoomIn()}>
          ${icons.plus}
        </button>
        <button
          class="square small"
          aria-label="Show the whole song"
          title="Show the whole song"
          @click=${() => view.zoomToAll()}
        >
          ${icons.fit}
        </button>
      </div>`;
  }

  private zoomIn(): void {
    const at = this.view.toPx(this.session.player.songS);
    this.view.zoom(ZOOM_STEP, at >= 0 && at <= this.view.widthPx ? at : undefined);
  }

  private onWheel(event: WheelEvent): void {
    const isZoom = event.ctrlKey || event.metaKey;
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (!isZoom && Math.abs(sideways) < Math.abs(event.deltaY) && !event.shiftKey) return;
    event.preventDefault();
    if (isZoom) this.view.zoom(WHEEL_ZOOM ** -event.deltaY, event.offsetX);
    else this.view.scrollBy(sideways);
  }

  private measure(): void {
    const ruler = this.querySelector(".ruler");
    if (ruler) this.view.setWidth(ruler.clientWidth);
  }

  private paint(): void {
    const { session, view } = this;
    const { grid } = session;
    if (!grid) return;
    const at = `${view.startS} ${view.pxPerS} ${identity(grid)}`;
    const loop = this.rulerPointer.held ?? session.player.loop;
    for (const canvas of this.querySelectorAll<HTMLCanvasElement>("canvas.bars")) {
      paintOnce(canvas, `${at} ${loop?.startS} ${loop?.endS}`, (area) => {
        if (loop) paintLoop(area, view, loop);
        paintBarNumbers(area, view, grid);
      });
    }
    for (const canvas of this.querySelectorAll<HTMLCanvasElement>("canvas.tempo")) {
      paintOnce(canvas, at, (area) => paintTempo(area, view, grid));
    }
    const lanes = new Map(lanesOf(session, this.view.showsPieces).map((lane) => [lane.key, lane]));
    for (const canvas of this.querySelectorAll<HTMLCanvasElement>("canvas.lane")) {
      const lane = lanes.get(canvas.dataset.key ?? "");
      if (lane) this.paintLane(canvas, lane, at);
    }
  }

  private paintLane(canvas: HTMLCanvasElement, lane: Lane, at: string): void {
    const { session, view } = this;
    const { grid, hits, player, doc } = session;
    if (!grid) return;
    if (lane.stem) {
      const peaks = player.peaks.get(lane.stem.id);
      if (!peaks) return;
      paintOnce(canvas, `${at} ${identity(peaks)} ${lane.isHeard}`, (area) => {
        paintGrid(area, view, grid);
        paintWave(area, view, peaks, player.stems.get(lane.key), lane.isHeard);
      });
      return;
    }
    const { piece } = lane;
    const heard = heardPieces(session);
    const { kit } = doc.settings;
    const key = `${at} ${identity(hits)} ${identity(doc.edits)} ${[...heard]} ${kit}`;
    paintOnce(canvas, key, (area) => {
      paintLocks(area, view, doc.edits, grid, piece);
      paintGrid(area, view, grid);
      if (piece === null) {
        paintKit(area, view, hits, player.pieces, heard);
        return;
      }
      const own = hits.filter((hit) => hit.piece === piece);
      paintHits(area, view, own, (hit) => player.sampleOf(hit), heard.has(piece));
    });
  }

  private paintPlayhead(): void {
    const { player } = this.session;
    if (player.songS !== this.paintedS) this.view.keepInView(player.songS);
    this.paintedS = player.songS;
    const playhead = this.querySelector<HTMLElement>(".playhead");
    if (!playhead) return;
    const x = this.view.toPx(player.songS);
    playhead.hidden = x < -1 || x > this.view.widthPx + 1;
    playhead.style.transform = `translateX(${x}px)`;
  }
}

customElements.define("dn-timeline", Timeline);
