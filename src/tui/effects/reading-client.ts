/**
 * The threads that read, as a `Reading`. Their file is an entry point of the build, as the parse worker is. A thread that dies takes
 * the calls under way with it, and the next call starts another.
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

/**
 * Two threads: answers and files come from one; what takes long and nobody waits for, how each repository stands, from another, which
 * ends when it has nothing left to do.
 */
export function startReading(start: ReadingStart): ReadingThread {
  const answering = new Caller(start);
  const looking = new Caller(start, { endsIdle: true });
  return {
    warm: () => answering.call("warm", null),
    search: (request) => answering.call("search", request),
    preview: (hit) => answering.call("preview", hit),
    commits: (repo) => answering.call("commits", repo),
    sync: (repo) => looking.call("sync", repo),
    sizes: (repos) => looking.call("sizes", repos),
    close() {
      answering.close();
      looking.close();
    },
  };
}

const CLOSED = "the search was closed";

/** A thread that is started by its first call. */
class Caller {
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #calls = 0;
  #closed = false;

  constructor(
    private readonly start: ReadingStart,
    private readonly options: { readonly endsIdle?: boolean } = {},
  ) {}

  call<T>(method: keyof Reading, argument: unknown): Promise<T> {
    if (this.#closed) return Promise.reject(new RepobaseError("failure", CLOSED));
    this.#thread ??= this.#open();
    const id = this.#calls++;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.set(id, { resolve, reject });
    this.#thread.postMessage({ id, method, argument } satisfies ReadingCall, []);
    return promise;
  }

  close(): void {
    this.#thread?.terminate();
    this.#closed = true;
    this.#died(CLOSED);
  }

  #open(): Worker {
    const worker = new Worker(threadUrl());
    worker.onmessage = ({ data }: MessageEvent<ReadingAnswer>) => this.#answered(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#died(`the search failed: ${event.message}`);
    };
    worker.postMessage(this.start, []);
    return worker;
  }

  #answered(data: ReadingAnswer): void {
    const asked = this.#waiting.get(data.id);
    this.#waiting.delete(data.id);
    if ("value" in data) asked?.resolve(data.value as never);
    else asked?.reject(new RepobaseError(codeOf(data.error.code), data.error.message, hintOf(data.error.hint)));
    if (this.options.endsIdle !== true || this.#waiting.size > 0) return;
    this.#thread?.terminate();
    this.#thread = undefined;
  }

  #died(message: string): void {
    this.#thread = undefined;
    const error = new RepobaseError("failure", message);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

const codeOf = (code: string | null): ErrorCode =>
  code !== null && code in ERROR_TABLE ? (code as ErrorCode) : "failure";
const hintOf = (hint: string | null) => (hint === null ? {} : { hint });

function threadUrl(): string {
  const here = import.meta.url;
  return new URL(isEmbedded(here) ? "./tui/effects/reading-thread.ts" : "./reading-thread.ts", here).href;
}
