import { expect, test } from "vitest";
import { exportLink, USUAL, withProject } from "./export-links";

test("a file is asked for with what was chosen of MIDI and drums", () => {
  const midi = { midiMap: "roland-td", midiTempo: "constant", midiTracks: "pieces" };
  expect(exportLink("7", "drums.mid", { ...USUAL, ...midi, drums: "raw" })).toBe(
    "/api/projects/7/export/drums.mid?midi_map=roland-td&midi_tempo=constant&midi_tracks=pieces" +
      "&drums=raw",
  );
});

test("projects are in the zip alone", () => {
  const both = withProject(withProject(USUAL, "rpp", true), "dawproject", true);
  expect(exportLink("7", "export.zip", both)).toMatch(/&project=rpp&project=dawproject$/);
  expect(exportLink("7", "drums.mid", both)).not.toContain("project=");
});

test("a project that is taken out is not in it, however often it was put in", () => {
  const twice = withProject(withProject(USUAL, "rpp", true), "rpp", true);
  expect(twice.projects).toEqual(["rpp"]);
  expect(withProject(twice, "rpp", false)).toEqual(USUAL);
});
