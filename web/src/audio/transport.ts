/**
 * Where the song is, on the audio clock. Playing is a list of segments, each a stretch of the
 * song laid onto the clock without a gap; a loop appends segments ahead of time.
 */

export interface Loop {
  readonly startS: number;
  readonly endS: number;
}

/** From clock time `clockS` on the song sounds from `songS`, up to `songEndS` of the song. */
export interface Segment {
  readonly clockS: number;
  readonly songS: number;
  readonly songEndS: number;
}

export function clockEndS(segment: Segment): number {
  return segment.clockS + segment.songEndS - segment.songS;
}

/** Where playing begins when the song stands at `songS`: in the loop where there is one. */
export function startIn(loop: Loop | null, songS: number): number {
  const isOutside = loop !== null && (songS < loop.startS || songS >= loop.endS);
  return isOutside ? loop.startS : songS;
}

/** The first segment when playing starts at `songS`; a loop holds it when it starts inside. */
export function firstSegment(
  clockS: number,
  songS: number,
  durationS: number,
  loop: Loop | null,
): Segment {
  const inLoop = loop !== null && songS < loop.endS;
  return { clockS, songS, songEndS: inLoop ? loop.endS : durationS };
}

/** The segment that follows, null where the song ends. */
export function nextSegment(last: Segment, loop: Loop | null): Segment | null {
  if (loop === null || Math.abs(last.songEndS - loop.endS) > 1e-9) return null;
  return { clockS: clockEndS(last), songS: loop.startS, songEndS: loop.endS };
}

/** The place in the song at a clock time; before the first segment it stands at its start. */
export function songAt(segments: readonly Segment[], clockS: number): number {
  let found = segments[0];
  for (const segment of segments) if (segment.clockS <= clockS) found = segment;
  return Math.min(found.songEndS, found.songS + Math.max(0, clockS - found.clockS));
}
