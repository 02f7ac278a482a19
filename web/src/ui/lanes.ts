/** The timeline's lanes: what each is called, hears, and how its fader is moved. */

import type { Channel, Piece, Stem } from "../api/types";
import { heardGains } from "../audio/graph";
import { mixOf, pieceChannel, stemChannel } from "../model/mix";
import type { Session } from "../state/session";
import { plain } from "./text";

export interface Lane {
  readonly key: string;
  readonly name: string;
  readonly stem: Stem | null;
  /** Null on the lane of all drums together. */
  readonly piece: Piece | null;
  readonly channel: Channel;
  /** Whether anything of it is heard, given all mutes and solos. */
  readonly isHeard: boolean;
  set(change: Partial<Channel>): void;
}

/** Stems from top to bottom, then the drums; one piece alone needs no lane for all. */
export function lanesOf(session: Session): Lane[] {
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
  const pieces = player.pieces.map((piece): Omit<Lane, "isHeard"> => {
    const channel = pieceChannel(mixer, piece);
    return {
      key: piece,
      name: plain(piece),
      stem: null,
      piece,
      channel,
      set: (change) =>
        session.setMixer({
          ...mixer,
          pieces: { ...mixer.pieces, [piece]: { ...channel, ...change } },
        }),
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
  const lanes = [...stems, ...(pieces.length > 1 ? [drums] : []), ...pieces];
  const heard = heardGains(mixOf(mixer, project, player.pieces));
  const isHeard = ({ stem, piece }: Omit<Lane, "isHeard">): boolean => {
    if (stem) return (heard.stems.get(stem.id) ?? 0) > 0;
    const ofPieces = piece ? [piece] : player.pieces;
    return mixer.drums.gain > 0 && ofPieces.some((one) => (heard.pieces.get(one) ?? 0) > 0);
  };
  return lanes.map((lane) => ({ ...lane, isHeard: isHeard(lane) }));
}
