/**
 * The thread that searches, as a `Reading`. It is an entry point of the build, as the parse worker is. A thread that dies takes the
 * calls under way with it, and the next call starts another.
 */
import { isEmbedded } from "../../embedded.ts";
import { ERROR_TABLE, type ErrorCode, RepobaseError } from "../../protocol/errors.ts";
import type { Reading } from "./reading.ts";
import type { ReadingAnswer, ReadingCall, ReadingStart } from "./reading-thread.ts";

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: RepobaseError) => void;
}

export interface ReadingThread extends Reading {
  close(): void;
}

export function startReading(start: ReadingStart): ReadingThread {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let calls = 0;

  function died(message: string): void {
    thread = undefined;
    const error = new RepobaseError("failure", message);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  function open(): Worker {
    const worker = new Worker(threadUrl());
    worker.onmessage = ({ data }: MessageEvent<ReadingAnswer>) => {
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if ("value" in data) asked?.resolve(data.value as never);
      else asked?.reject(new RepobaseError(codeOf(data.error.code), data.error.message, hintOf(data.error.hint)));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      died(`the search failed: ${event.message}`);
    };
    worker.postMessage(start, []);
    return worker;
  }

  function call<T>(method: keyof Reading, argument: unknown): Promise<T> {
    thread ??= open();
    const id = calls++;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    waiting.set(id, { resolve, reject });
    thread.postMessage({ id, method, argument } satisfies ReadingCall, []);
    return promise;
  }

  thread = open();
  return {
    warm: () => call("warm", null),
    search: (request) => call("search", request),
    preview: (hit) => call("preview", hit),
    sync: (repo) => call("sync", repo),
    commits: (repo) => call("commits", repo),
    sizes: (repos) => call("sizes", repos),
    close() {
      thread?.terminate();
      died("the search was closed");
    },
  };
}

const codeOf = (code: string | null): ErrorCode =>
  code !== null && code in ERROR_TABLE ? (code as ErrorCode) : "failure";
const hintOf = (hint: string | null) => (hint === null ? {} : { hint });

function threadUrl(): string {
  const here = import.meta.url;
  return new URL(isEmbedded(here) ? "./tui/effects/reading-thread.ts" : "./reading-thread.ts", here).href;
}
