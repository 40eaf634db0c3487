/**
 * Requests to this server, with the browser's session: the space by `X-User-ID`, our own header on what changes something, answers
 * checked for their shape, errors as PageProblem. A request is ended by its AbortSignal and is never tried again by itself.
 */
import { checkDocument, type DocumentType } from "../protocol/decode.ts";
import { isAbort, PageProblem, problemOf } from "./problem.ts";

/** Which space the requests are about; null: the person's first. Not a secret: the server checks it against the session. */
let space: string | null = null;
const SPACE_ITEM = "repobase-space";

export function chosenSpace(): string | null {
  return (space ??= readItem(SPACE_ITEM));
}

export function chooseSpace(id: string | null): void {
  space = id;
  writeItem(SPACE_ITEM, id);
}

export interface PageRequest {
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
  /** Absent: GET. */
  readonly method?: "POST" | "PUT" | "DELETE";
  readonly body?: unknown;
  /** An API key to begin a session with; it is sent this once. */
  readonly key?: string;
  /** Media type of the answer, where there is a choice. */
  readonly accept?: string;
}

export interface Ask<T> extends PageRequest {
  readonly type: DocumentType<T>;
}

/** Until it is known that somebody is signed in, requests wait; false: nobody is, and none is sent in vain. */
let known: Promise<boolean> = Promise.resolve(true);
export const waitForSession = (is: Promise<boolean>): void => void (known = is);
/** Where anybody may ask. */
const OPEN = "/v1/auth";

/** Told when the server says that nobody is signed in. */
let onSignedOut: () => void = () => undefined;
export const whenSignedOut = (tell: () => void): void => void (onSignedOut = tell);

/** @throws PageProblem, and an AbortError when the signal ends it */
export async function ask<T>(of: Ask<T>): Promise<T> {
  return checkDocument(of.type, await readJson(await request(of)));
}

/** A good answer whose body is not read yet. @throws as `ask` */
export async function request(of: PageRequest): Promise<Response> {
  if (!of.path.startsWith(OPEN) && !(await known)) throw new PageProblem("unauthorized", "nobody is signed in here");
  of.signal?.throwIfAborted();
  const answer = await send(of);
  if (answer.ok) return answer;
  const problem = problemOf(answer.status, await readJson(answer), answer.headers.get("retry-after"));
  if (problem.code === "unauthorized") onSignedOut();
  throw problem;
}

async function send({ path, signal, method = undefined, body, key, accept }: PageRequest): Promise<Response> {
  const headers: Record<string, string> = {};
  const id = key === undefined ? chosenSpace() : null;
  if (id !== null) headers["x-user-id"] = id;
  if (method !== undefined) headers["x-repobase-page"] = "1";
  if (key !== undefined) headers["authorization"] = `Bearer ${key}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  if (accept !== undefined) headers["accept"] = accept;
  try {
    return await fetch(path, {
      method: method ?? "GET",
      headers,
      credentials: "same-origin",
      signal: signal ?? null,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    const offline = "onLine" in navigator && !navigator.onLine;
    throw new PageProblem("offline", offline ? "you are offline" : "the server does not answer", {
      hint: offline ? "what was opened before is still here" : "is the server running, and this device connected?",
    });
  }
}

async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch (error) {
    if (isAbort(error)) throw error;
    return undefined;
  }
}

/** Storage may be forbidden, or full: then nothing is remembered. */
export function readItem(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param value null: forget it */
export function writeItem(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // as above
  }
}
