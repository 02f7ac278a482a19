/** The project's faders as what the audio graph wants. */

import type { Channel, Mixer, Piece, Project, Stem } from "../api/types";
import type { Mix, Strip } from "../audio/graph";

const UNTOUCHED: Channel = { gain: 1, mute: false, solo: false };

/** A stem's channel; what the drums replace is silent until its fader is touched. */
export function stemChannel(mixer: Mixer, stem: Stem): Channel {
  return mixer.stems[stem.id] ?? { ...UNTOUCHED, mute: stem.replaced };
}

export function pieceChannel(mixer: Mixer, piece: Piece): Channel {
  return mixer.pieces[piece] ?? UNTOUCHED;
}

/**
 * `drums_gain` of the project stands beneath the drums' fader; their solo means all pieces,
 * unless one of them is soloed itself. So does the export.
 */
export function mixOf(mixer: Mixer, project: Project, pieces: readonly Piece[]): Mix {
  const anyPieceSolo = pieces.some((piece) => pieceChannel(mixer, piece).solo);
  const ofPiece = (piece: Piece): Strip => {
    const { gain, mute, solo } = pieceChannel(mixer, piece);
    const isSolo = solo || (mixer.drums.solo && !anyPieceSolo);
    return { gain, mute: mute || mixer.drums.mute, solo: isSolo };
  };
  return {
    master: mixer.master,
    drums: mixer.drums.gain * project.drums_gain,
    stems: Object.fromEntries(project.stems.map((stem) => [stem.id, stemChannel(mixer, stem)])),
    pieces: Object.fromEntries(pieces.map((piece) => [piece, ofPiece(piece)])),
  };
}

/** Fader positions run over decibels: 0 at the bottom (silence), 1 at the top (+6 dB). */
const TOP_DB = 6;
const BOTTOM_DB = -54;

export function gainToFader(gain: number): number {
  if (gain <= 0) return 0;
  return Math.min(1, Math.max(0, (20 * Math.log10(gain) - BOTTOM_DB) / (TOP_DB - BOTTOM_DB)));
}

export function faderToGain(position: number): number {
  return position <= 0 ? 0 : 10 ** ((BOTTOM_DB + position * (TOP_DB - BOTTOM_DB)) / 20);
}

/** For people: "-6.0 dB", "off". */
export function gainText(gain: number): string {
  return gain <= 0 ? "off" : `${(20 * Math.log10(gain)).toFixed(1)} dB`;
}
