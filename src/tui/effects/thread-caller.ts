/**
 * Calls of another thread, with news on the way and a way to cancel; the other side is thread-answers.ts. A thread that dies takes
 * the calls under way with it, and the next call starts another. Each file of a thread is an entry point of the build, as the parse
 * worker is.
 */
import { isEmbedded } from "../../embedded.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { type PlainError, thrownFrom } from "./plain-error.ts";

/** What a thread is sent: first its start, then calls. */
export type ThreadMessage =
  | { readonly start: unknown }
  | { readonly id: number; readonly method: string; readonly argument: unknown }
  | { readonly cancel: number };

export type ThreadAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: PlainError }
  | { readonly id: number; readonly news: unknown }
  /** What something wrote to the thread's standard error. */
  | { readonly line: string };

export interface ThreadOptions {
  readonly file: "reading-thread.ts" | "job-thread.ts";
  /** Of what fails when it dies: "the search". */
  readonly what: string;
  /** The thread ends when it has nothing left to do. */
  readonly endsIdle?: boolean;
  readonly onLine?: (line: string) => void;
}

export interface CallHandlers {
  readonly signal?: AbortSignal;
  readonly onNews?: (news: never) => void;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: RepobaseError) => void;
  readonly onNews: ((news: never) => void) | undefined;
}

/** A thread that is started by its first call. */
export class ThreadCaller {
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #calls = 0;
  #closed = false;

  constructor(
    private readonly start: unknown,
    private readonly options: ThreadOptions,
  ) {}

  /** @throws RepobaseError what the thread threw, or `failure` when it died or was closed */
  call<T>(method: string, argument: unknown, { signal, onNews }: CallHandlers = {}): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closedError());
    this.#thread ??= this.#open();
    const id = this.#calls++;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.set(id, { resolve, reject, onNews });
    this.#send({ id, method, argument });
    const cancel = () => this.#send({ cancel: id });
    if (signal?.aborted) cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    return promise.finally(() => signal?.removeEventListener("abort", cancel));
  }

  close(): void {
    this.#thread?.terminate();
    this.#closed = true;
    this.#died(this.#closedError());
  }

  #closedError = () => new RepobaseError("failure", `${this.options.what} was closed`);

  #send(message: ThreadMessage): void {
    this.#thread?.postMessage(message, []);
  }

  #open(): Worker {
    const worker = new Worker(threadUrl(this.options.file));
    worker.onmessage = ({ data }: MessageEvent<ThreadAnswer>) => this.#answered(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#died(new RepobaseError("failure", `${this.options.what} failed: ${event.message}`));
    };
    worker.postMessage({ start: this.start } satisfies ThreadMessage, []);
    return worker;
  }

  #answered(data: ThreadAnswer): void {
    if ("line" in data) return this.options.onLine?.(data.line);
    const asked = this.#waiting.get(data.id);
    if ("news" in data) return asked?.onNews?.(data.news as never);
    this.#waiting.delete(data.id);
    if ("value" in data) asked?.resolve(data.value as never);
    else asked?.reject(thrownFrom(data.error));
    if (this.options.endsIdle !== true || this.#waiting.size > 0) return;
    this.#thread?.terminate();
    this.#thread = undefined;
  }

  #died(error: RepobaseError): void {
    this.#thread = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function threadUrl(file: ThreadOptions["file"]): string {
  const here = import.meta.url;
  return new URL(isEmbedded(here) ? `./tui/effects/${file}` : `./${file}`, here).href;
}
