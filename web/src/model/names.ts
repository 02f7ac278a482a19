/** Names of songs and stems, made of those of files. */

/** The longest name that the server takes, in characters. */
export const MAX_NAME_CHARS = 200;
const SUFFIX = /\.[^.]+$/;
/** What several files have in common is a name from so many characters on. */
const MIN_SHARED_CHARS = 3;

/** A name of a song: shortened where it is too long, `fallback` where it is empty. */
export function titleOf(name: string, fallback: string): string {
  return first(name, MAX_NAME_CHARS).trim() || fallback;
}

/** The name of a file, shortened where it is too long; the suffix stays. */
export function fileTitle(name: string): string {
  const suffix = SUFFIX.exec(name)?.[0] ?? "";
  if ([...name].length <= MAX_NAME_CHARS || suffix.length > 8) return first(name, MAX_NAME_CHARS);
  return first(name, MAX_NAME_CHARS - suffix.length) + suffix;
}

/** One file gives its name; of several, what their names begin with. */
export function songName(files: readonly string[], fallback: string): string {
  const [name, ...others] = files.map((file) => file.replace(SUFFIX, ""));
  if (others.length === 0) return titleOf(name, fallback);
  let length = name.length;
  for (const other of others) while (!other.startsWith(name.slice(0, length))) length--;
  const shared = name.slice(0, length).replace(/[\s_-]+$/, "");
  return shared.length < MIN_SHARED_CHARS ? fallback : titleOf(shared, fallback);
}

/** Whole characters: half an emoji is none. */
function first(text: string, count: number): string {
  return [...text].slice(0, count).join("");
}
