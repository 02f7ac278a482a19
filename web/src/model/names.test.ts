import { describe, expect, it } from "vitest";
import { fileTitle, MAX_NAME_CHARS, songName, titleOf } from "./names";

describe("songName", () => {
  it("is the name of one file, and what several begin with", () => {
    expect(songName(["Night bus.wav"], "-")).toBe("Night bus");
    expect(songName(["Night bus - bass.wav", "Night bus - keys.wav"], "-")).toBe("Night bus");
    expect(songName(["bass.wav", "keys.wav"], "a song")).toBe("a song");
  });

  it("is never empty", () => {
    expect(songName([".wav"], "a song")).toBe("a song");
    expect(songName(["  .wav"], "a song")).toBe("a song");
  });

  it("is no longer than the server takes", () => {
    expect(songName([`${"n".repeat(250)}.flac`], "-")).toBe("n".repeat(MAX_NAME_CHARS));
  });
});

describe("titleOf", () => {
  it("cuts between characters, not through them", () => {
    expect(titleOf("🥁".repeat(300), "-")).toBe("🥁".repeat(MAX_NAME_CHARS));
  });
});

describe("fileTitle", () => {
  it("keeps the suffix of a name that is too long, and a name that is not", () => {
    const title = fileTitle(`${"n".repeat(250)}.flac`);
    expect(title).toBe(`${"n".repeat(MAX_NAME_CHARS - 5)}.flac`);
    expect(fileTitle("bass.wav")).toBe("bass.wav");
  });
});
