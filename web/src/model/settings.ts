/** How the drums are played, beside the style: single pieces, and what changes nothing. All pure. */

import type { Piece, PieceSettings, Settings } from "../api/types";
import { numberSetting } from "./settings-table";

/** As the style says; a piece that has a stem is left out until something else is said. */
const UNTOUCHED: PieceSettings = {
  amount: numberSetting("amount").default,
  complexity: numberSetting("piece_complexity").default,
  muted: null,
};

/** What is asked of a piece. */
export function ofPiece(settings: Settings, piece: Piece): PieceSettings {
  return settings.pieces[piece] ?? UNTOUCHED;
}

/** With something else asked of a piece; one that is as the style says again is not named. */
export function withPiece(
  settings: Settings,
  piece: Piece,
  change: Partial<PieceSettings>,
): Settings {
  const { [piece]: _, ...others } = settings.pieces;
  const next = { ...ofPiece(settings, piece), ...change };
  return { ...settings, pieces: isUntouched(next) ? others : { ...others, [piece]: next } };
}

/** Whether a piece is played as the style says. */
export function isUntouched({ amount, complexity, muted }: PieceSettings): boolean {
  return amount === UNTOUCHED.amount && complexity === UNTOUCHED.complexity && muted === null;
}
