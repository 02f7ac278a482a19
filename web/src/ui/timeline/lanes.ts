/** The timeline's lanes: what each is called, hears, and how its fader is moved. */

import type { Channel, Piece, Stem } from "../../api/types";
import { heardGains } from "../../audio/graph";
import { mixOf, pieceChannel, stemChannel } from "../../model/mix";
import type { Session } from "../../state/session";
import { plain } from "../text";

export interface Lane {
  readonly key: string;
  readonly name: string;
  readonly stem: Stem | null;
  /** Null on the lane of all drums together. */
  readonly piece: Piece | null;
  readonly channel: Channel;
  /** Whether anything of it is heard, given all mutes and solos; a piece without hits is not. */
  readonly isHeard: boolean;
  set(change: Partial<Channel>): void;
}

/** The pieces of which anything is heard, given all mutes and solos. */
export function heardPieces({ mixer, project, player }: Session): Set<string> {
  const { pieces } = heardGains(mixOf(mixer, project, player.pieces));
  const isHeard = (piece: Piece): boolean => mixer.drums.gain > 0 && (pieces.get(piece) ?? 0) > 0;
  return new Set(player.pieces.filter(isHeard));
}

/** The pieces that have any hit. */
export function hitPieces({ hits }: Session): Set<string> {
  return new Set(hits.map((hit) => hit.piece));
}

/** How a piece's fader, mute and solo are moved. */
export function setPiece(session: Session, piece: Piece, change: Partial<Channel>): void {
  const { mixer } = session;
  const channel = { ...pieceChannel(mixer, piece), ...change };
  session.setMixer({ ...mixer, pieces: { ...mixer.pieces, [piece]: channel } });
}

/** Stems from top to bottom, then the drums; one piece alone needs no lane for all. */
export function lanesOf(session: Session, showsPieces: boolean): Lane[] {
  const { mixer, project, player } = session;
  const stems = project.stems.map((stem): Omit<Lane, "isHeard"> => {
    const channel = stemChannel(mixer, stem);
    return {
      key: stem.id,
      name: stem.name,
      stem,
      piece: null,
      channel,
      set: (change) =>
        session.setMixer({
          ...mixer,
          stems: { ...mixer.stems, [stem.id]: { ...channel, ...change } },
        }),
    };
  });
  const isKit = player.pieces.length > 1;
  const shown = showsPieces || !isKit ? player.pieces : [];
  const pieces = shown.map((piece): Omit<Lane, "isHeard"> => {
    const channel = pieceChannel(mixer, piece);
    return {
      key: piece,
      name: plain(piece),
      stem: null,
      piece,
      channel,
      set: (change) => setPiece(session, piece, change),
    };
  });
  const drums: Omit<Lane, "isHeard"> = {
    key: "drums",
    name: "drums",
    stem: null,
    piece: null,
    channel: mixer.drums,
    set: (change) => session.setMixer({ ...mixer, drums: { ...mixer.drums, ...change } }),
  };
  const lanes = [...stems, ...(isKit ? [drums] : []), ...pieces];
  const heard = heardGains(mixOf(mixer, project, player.pieces)).stems;
  const ofPieces = heardPieces(session);
  const hit = hitPieces(session);
  const isHeard = ({ stem, piece }: Omit<Lane, "isHeard">): boolean => {
    if (stem) return (heard.get(stem.id) ?? 0) > 0;
    return piece ? ofPieces.has(piece) && hit.has(piece) : ofPieces.size > 0;
  };
  return lanes.map((lane) => ({ ...lane, isHeard: isHeard(lane) }));
}
