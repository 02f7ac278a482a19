/** The parts of the pattern view: a piece's name, a bar of cells, and what locks them. */

import { html, nothing, type TemplateResult } from "lit";
import type { Channel, Piece } from "../../api/types";
import { isLocked, type Span, withLock, withoutLock } from "../../model/edits";
import type { Bar } from "../../model/grid";
import { pieceChannel } from "../../model/mix";
import { type Cell, cellsOf, cellTicks, type Subdivision } from "../../model/pattern";
import { isUntouched, ofPiece } from "../../model/settings";
import type { Session } from "../../state/session";
import type { TimelineView } from "../../state/view";
import { icons } from "../icons";
import { meter, meterOf } from "../meters";
import { plain } from "../text";
import { fader, muteAndSolo } from "../timeline/lane-head";
import { setPiece } from "../timeline/lanes";
import type { CellPointer } from "./pointer";

/** The name opens the piece's settings; what plays nothing is grey. */
export function pieceHead(session: Session, view: TimelineView, piece: Piece): TemplateResult {
  const last = session.grid?.bars.at(-1);
  const span: Span = { startTick: 0, endTick: last?.endTick ?? 1, piece };
  const locked = isLocked(session.doc.edits, span);
  const channel = pieceChannel(session.mixer, piece);
  const set = (change: Partial<Channel>): void => setPiece(session, piece, change);
  const isSilent = !session.hits.some((hit) => hit.piece === piece);
  const isLeftOut = !session.played.includes(piece);
  const why = isLeftOut ? "is left out, or has a stem" : "plays nothing in this style";
  const isOwn = !isUntouched(ofPiece(session.doc.settings, piece));
  return html`<div class="piece-head row ${isSilent ? "silent" : ""}">
    <button
      class="bare piece-name grow"
      aria-label="Settings of the ${plain(piece)}${isSilent ? `, which ${why}` : ""}"
      title=${isSilent ? `The ${plain(piece)} ${why}` : "Its settings"}
      @click=${() => view.choosePiece(piece)}
    >
      ${plain(piece)}${isOwn ? html`<i class="own" title="It has settings of its own"></i>` : nothing}
    </button>
    ${meter(meterOf.piece(piece))} ${muteAndSolo(plain(piece), channel, set)}
    ${fader(plain(piece), channel.gain, (gain) => set({ gain }))}
    ${lockButton(session, span, locked, `the ${plain(piece)} in the whole song`)}
  </div>`;
}

/**
 * The first cell of the first bar shown is where the Tab key comes in. A pickup bar may have
 * cells from before the song: nothing sounds there.
 */
export function patternBar(
  session: Session,
  pointer: CellPointer,
  bar: Bar,
  subdivision: Subdivision,
  isFirst: boolean,
): TemplateResult {
  const { pieces } = session.player;
  const span: Span = { startTick: bar.startTick, endTick: bar.endTick, piece: null };
  const locked = pieces.every((piece) => isLocked(session.doc.edits, { ...span, piece }));
  const songTick = session.grid?.nearestTick(0) ?? 0;
  const entryTick = cellTicks(bar, subdivision).find((tick) => tick >= songTick);
  const columns = cellTicks(bar, subdivision).length;
  return html`<div
    class="bar ${locked ? "locked" : ""}"
    role="group"
    aria-label="Bar ${bar.number}${locked ? ", locked" : ""}"
    data-bar=${bar.index}
  >
    <div class="bar-head row">
      <button
        class="bare bar-number"
        aria-label="Go to bar ${bar.number}"
        title="Go to bar ${bar.number}"
        @click=${() => session.player.seek(Math.max(0, session.grid?.barStartS(bar) ?? 0))}
      >
        ${bar.number}
      </button>
      <span class="grow"></span>
      ${lockButton(session, span, locked, `bar ${bar.number}`)}
    </div>
    <canvas class="bar-wave" aria-hidden="true"></canvas>
    ${pieces.map(
      (piece, row) =>
        html`<div class="cells" style="--columns: ${columns}">
          ${cellsOf(bar, piece, session.hits, subdivision).map((cell) => {
            const isBeforeSong = cell.tick < songTick;
            const isEntry = isFirst && row === 0 && cell.tick === entryTick;
            return cellButton(pointer, bar, piece, cell, { isBeforeSong, isEntry });
          })}
        </div>`,
    )}
  </div>`;
}

function cellButton(
  pointer: CellPointer,
  bar: Bar,
  piece: Piece,
  cell: Cell,
  { isBeforeSong, isEntry }: { isBeforeSong: boolean; isEntry: boolean },
): TemplateResult {
  const velocity = cell.hit?.velocity ?? 0;
  const place = `bar ${bar.number}, beat ${cell.beat + 1}, part ${cell.part + 1}`;
  const what = velocity ? `velocity ${velocity}, ${cell.hit?.origin}` : "empty";
  const classes = [
    "cell",
    cell.part === 0 ? "on-beat" : "",
    cell.hit?.origin ?? "",
    cell.isOff ? "off-grid" : "",
  ];
  return html`<button
    class=${classes.join(" ")}
    tabindex=${isEntry ? 0 : -1}
    ?disabled=${isBeforeSong}
    aria-label="${plain(piece)}, ${place}: ${what}"
    aria-pressed=${velocity > 0}
    data-tick=${cell.hit?.tick ?? cell.tick}
    data-piece=${piece}
    data-velocity=${velocity}
    title=${velocity ? `velocity ${velocity}: drag up or down` : nothing}
    @pointerdown=${pointer.down}
    @pointermove=${pointer.move}
    @pointerup=${pointer.up}
    @pointercancel=${pointer.cancel}
  >
    ${velocity ? html`<i style="height: ${(100 * velocity) / 127}%"></i>` : nothing}
  </button>`;
}

function lockButton(session: Session, span: Span, locked: boolean, what: string): TemplateResult {
  const onClick = (): void => {
    const { edits } = session.doc;
    const next = locked ? withoutLock(edits, span) : withLock(edits, span, session.hits);
    session.change({ ...session.doc, edits: next }, `lock ${what}`);
  };
  return html`<button
    class="tiny ${locked ? "" : "bare"}"
    aria-label="Lock ${what}"
    aria-pressed=${locked}
    title=${locked ? `Let ${what} change again` : `Keep ${what} as it is`}
    @click=${onClick}
  >
    ${locked ? icons.lock : icons.unlock}
  </button>`;
}
