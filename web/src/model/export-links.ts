/** How the files of the export are asked for: their addresses, with what was chosen. */

/** What the MIDI file and those of the drums are like, and which projects are in the zip. */
export interface ExportChoices {
  readonly midiMap: string;
  readonly midiTempo: string;
  readonly midiTracks: string;
  readonly drums: string;
  readonly projects: readonly string[];
}

/** What the page offers at first. */
export const USUAL: ExportChoices = {
  midiMap: "general-midi",
  midiTempo: "map",
  midiTracks: "one",
  drums: "heard",
  projects: [],
};

/** A part of the song, in beats of its grid. */
export interface Span {
  readonly firstBeat: number;
  readonly endBeat: number;
}

/** The address of one file, or of `export.zip`, which alone has projects in it. */
export function exportLink(
  projectId: string,
  file: string,
  choices: ExportChoices,
  span: Span | null = null,
): string {
  const isZip = file === "export.zip";
  const asked = new URLSearchParams({
    midi_map: choices.midiMap,
    midi_tempo: choices.midiTempo,
    midi_tracks: choices.midiTracks,
    drums: choices.drums,
  });
  if (span) {
    asked.set("first_beat", String(span.firstBeat));
    asked.set("end_beat", String(span.endBeat));
  }
  if (isZip) for (const one of choices.projects) asked.append("project", one);
  return `/api/projects/${projectId}/${isZip ? "" : "export/"}${file}?${asked}`;
}

/** The choices with a project in the zip, or without it. */
export function withProject(choices: ExportChoices, name: string, isIn: boolean): ExportChoices {
  const others = choices.projects.filter((one) => one !== name);
  return { ...choices, projects: isIn ? [...others, name] : others };
}
