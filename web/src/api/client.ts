/** The server's API over `fetch`, with its types; a fault is an `ApiError` with one line. */

import { fileTitle } from "../model/names";
import type * as T from "./types";

/** What the server, or the way to it, says is wrong. `status` is 0 where no answer came. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** Another tab was faster. */
  get isConflict(): boolean {
    return this.status === 409;
  }

  /** The studio ended, or another one was started, whose address this browser has not opened. */
  get isLoss(): boolean {
    return this.status === 0 || this.isStranger;
  }

  /** The studio was started again; its new address opens it for this page too. */
  get isStranger(): boolean {
    return this.status === 401;
  }
}

type Body = Blob | object;

const NO_ANSWER = "The studio does not answer: is `drumnet studio` still running?";
const KEEPALIVE_BYTES = 60_000;

async function ask(
  method: string,
  path: string,
  body?: Body,
  signal?: AbortSignal,
): Promise<Response> {
  const isRaw = body instanceof Blob;
  const sent = body && !isRaw ? JSON.stringify(body) : "";
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      signal,
      // What is kept as the page is closed still arrives; browsers allow it up to 64 kB.
      keepalive: method === "PUT" && sent.length < KEEPALIVE_BYTES,
      headers: sent ? { "Content-Type": "application/json" } : undefined,
      body: isRaw ? body : sent || undefined,
    });
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === "AbortError") throw fault;
    throw new ApiError(NO_ANSWER, 0);
  }
  return checked(answer);
}

async function checked(answer: Response): Promise<Response> {
  if (!answer.ok) throw new ApiError(await problemOf(answer), answer.status);
  return answer;
}

/** A file of the export: it is written while one waits. */
export async function download(path: string): Promise<File> {
  const answer = await ask("GET", path);
  const said = answer.headers.get("content-disposition") ?? "";
  const coded = /filename\*=utf-8''([^;]+)/i.exec(said)?.[1];
  const plain = /filename="([^"]+)"/.exec(said)?.[1];
  const name = coded ? decodeURIComponent(coded) : (plain ?? "drums");
  return new File([await answer.blob()], name);
}

/** `fetch` does not tell how much has been sent. */
async function upload(path: string, file: File, onSent: (bytes: number) => void): Promise<void> {
  const request = new XMLHttpRequest();
  request.open("POST", path);
  request.upload.onprogress = ({ loaded }) => onSent(loaded);
  const answered = new Promise<Response>((resolve, reject) => {
    request.onload = () => {
      const { status, statusText, responseText } = request;
      resolve(new Response(responseText, { status, statusText }));
    };
    request.onerror = () => reject(new ApiError(NO_ANSWER, 0));
  });
  request.send(file);
  await checked(await answered);
}

async function problemOf(answer: Response): Promise<string> {
  try {
    const problem: unknown = await answer.json();
    if (typeof problem === "object" && problem !== null && "error" in problem) {
      return String(problem.error);
    }
  } catch {
    // Not JSON: the status is all that is known.
  }
  return `The studio answered ${answer.status} ${answer.statusText}`;
}

async function json<Answer>(
  method: string,
  path: string,
  body?: Body,
  signal?: AbortSignal,
): Promise<Answer> {
  return (await ask(method, path, body, signal)).json() as Promise<Answer>;
}

const named = ({ name }: File): string => `name=${encodeURIComponent(fileTitle(name))}`;

export const api = {
  about: () => json<T.About>("GET", "/api/about"),
  kit: (name: T.KitName) => json<T.Kit>("GET", `/api/kits/${name}`),
  sample: async (kit: T.KitName, sample: string) =>
    (await ask("GET", `/api/kits/${kit}/${sample}.wav`)).arrayBuffer(),
  styleMap: () => json<T.StyleMap>("GET", "/api/style-map"),

  projects: () => json<T.ProjectCard[]>("GET", "/api/projects"),
  createProject: (name: string) => json<T.Project>("POST", "/api/projects", { name }),
  project: (id: string) => json<T.Project>("GET", `/api/projects/${id}`),
  renameProject: (id: string, name: string) =>
    json<T.Project>("PATCH", `/api/projects/${id}`, { name }),
  deleteProject: async (id: string) => void (await ask("DELETE", `/api/projects/${id}`)),
  openPath: (id: string, path: string) =>
    json<T.Opened>("POST", `/api/projects/${id}/open`, { path }),
  listen: (id: string) => json<T.Project>("POST", `/api/projects/${id}/listen`),

  addStem: (id: string, file: File, onSent: (bytes: number) => void) =>
    upload(`/api/projects/${id}/stems?${named(file)}`, file, onSent),
  changeStem: (id: string, stem: string, change: { role?: T.Role; name?: string }) =>
    json<T.Project>("PATCH", `/api/projects/${id}/stems/${stem}`, change),
  deleteStem: (id: string, stem: string) =>
    json<T.Project>("DELETE", `/api/projects/${id}/stems/${stem}`),
  stemAudio: async (id: string, stem: string) =>
    (await ask("GET", `/api/projects/${id}/stems/${stem}/audio`)).arrayBuffer(),
  stemPeaks: (id: string, stem: string, perSecond: number) =>
    json<T.Peaks>("GET", `/api/projects/${id}/stems/${stem}/peaks?per_second=${perSecond}`),

  hits: (id: string, request: T.HitsRequest, signal: AbortSignal) =>
    json<T.Performance>("POST", `/api/projects/${id}/hits`, request, signal),
  askFill: async () => void (await ask("POST", "/api/live/fill")),
  editBeats: (id: string, revision: number, edit: T.BeatEdit) =>
    json<T.Project>("POST", `/api/projects/${id}/beats`, { revision, edit }),
  findSections: (id: string) => json<T.Section[]>("GET", `/api/projects/${id}/found-sections`),
  save: (id: string, part: string, revision: number, value: object) =>
    json<T.Project>("PUT", `/api/projects/${id}/${part}`, { revision, [part]: value }),

  styles: (query: string, near: string) =>
    json<T.SavedStyle[]>("GET", `/api/styles?${new URLSearchParams({ q: query, near })}`),
  take: (projectId: string, number: number) =>
    json<T.NewStyle>("GET", `/api/projects/${projectId}/takes/${number}`),
  playerTake: (projectId: string, name: string) =>
    json<T.PlayerTake>("GET", `/api/projects/${projectId}/players/${encodeURIComponent(name)}`),
  saveStyle: (style: T.NewStyle) => json<T.SavedStyle>("POST", "/api/styles", style),
  changeStyle: (id: string, change: { name?: string; tags?: string[] }) =>
    json<T.SavedStyle>("PATCH", `/api/styles/${id}`, change),
  deleteStyle: async (id: string) => void (await ask("DELETE", `/api/styles/${id}`)),
  styleFromProject: (id: string) => json<T.FoundStyle>("POST", `/api/styles/from-project/${id}`),
  styleFromSong: (file: File) =>
    json<T.FoundStyle>("POST", `/api/styles/from-song?${named(file)}`, file),
};
