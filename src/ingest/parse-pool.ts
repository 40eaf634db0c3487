/**
 * A few worker threads that parse jobs side by side. A thread takes one job at a time; a job waits for the first free
 * thread. With no threads the same code runs in this one, which is faster for a handful of files.
 *
 * The worker is an entry point of the build: `bun build --compile src/main.ts src/ingest/parse-worker.ts`. Inside the
 * binary entry points lie relative to their common folder (`src`), and all of main.ts is one file at the root.
 */
import { availableParallelism } from "node:os";
import { RepobaseError } from "../protocol/errors.ts";
import type { ParseJob, ParseResult } from "./parse-files.ts";
import type { WorkerRequest, WorkerResponse } from "./parse-worker.ts";

/** More threads than this only wait: one writer takes their rows, one reader feeds them. */
const MAX_THREADS = 6;

/** How many threads suit this machine. */
export const defaultThreads = (): number => Math.min(MAX_THREADS, availableParallelism());

export interface ParsePool {
  /** How many jobs may run at once. */
  readonly threads: number;
  /**
   * @throws RepobaseError `failure` when a thread died or the job failed, `interrupted` after close()
   */
  run(job: ParseJob): Promise<ParseResult>;
  /** Ends the threads; jobs that still run are rejected. */
  close(): void;
}

/** @param embed with the built-in model; false: results carry passages instead of vectors */
export function openParsePool({ threads, embed }: { threads: number; embed: boolean }): ParsePool {
  return threads === 0 ? new InlinePool(embed) : new ThreadPool(threads, embed);
}

class InlinePool implements ParsePool {
  readonly threads = 1;
  private readonly parts: Promise<(job: ParseJob) => Promise<ParseResult>>;

  constructor(embed: boolean) {
    this.parts = loadInline(embed);
    this.parts.catch(() => {}); // run() throws it to whoever asks
  }

  async run(job: ParseJob): Promise<ParseResult> {
    return (await this.parts)(job);
  }

  close(): void {}
}

async function loadInline(embed: boolean): Promise<(job: ParseJob) => Promise<ParseResult>> {
  const [{ parseFiles }, { SyntaxParser }, embedder] = await Promise.all([
    import("./parse-files.ts"),
    import("./syntax-parser.ts"),
    embed ? import("../embed/load-static.ts").then((module) => module.loadStaticEmbedder()) : null,
  ]);
  const parser = new SyntaxParser();
  return (job) => parseFiles(job, parser, embedder);
}

interface Waiting {
  readonly job: ParseJob;
  readonly resolve: (result: ParseResult) => void;
  readonly reject: (error: Error) => void;
}

class ThreadPool implements ParsePool {
  private readonly all: Worker[] = [];
  private readonly idle: Worker[] = [];
  private readonly running = new Map<Worker, Waiting>();
  private readonly queue: Waiting[] = [];
  private failure: RepobaseError | undefined;

  constructor(
    readonly threads: number,
    private readonly embed: boolean,
  ) {}

  run(job: ParseJob): Promise<ParseResult> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.queue.push({ job, resolve, reject });
      this.dispatch();
    });
  }

  close(): void {
    this.fail(new RepobaseError("interrupted", "parsing was interrupted"));
  }

  private dispatch(): void {
    while (this.queue.length > 0) {
      const worker = this.idle.pop() ?? this.spawn();
      if (worker === undefined) return;
      const next = this.queue.shift() as Waiting;
      this.running.set(worker, next);
      // copied: whoever read the bytes may keep them (git's object cache does), and of a slice the message would carry all
      const files = next.job.files.map(({ path, blob, bytes }) => ({ path, blob, bytes: new Uint8Array(bytes) }));
      const request: WorkerRequest = { job: { files, limits: next.job.limits }, embed: this.embed };
      try {
        worker.postMessage(request, files.map((file) => file.bytes.buffer));
      } catch (cause) {
        // thrown into an event handler it would be lost, and the job would wait for ever
        this.fail(new RepobaseError("failure", "a parse worker could not be given its files", { cause }));
      }
    }
  }

  /** undefined: as many as allowed are there already. */
  private spawn(): Worker | undefined {
    if (this.all.length >= this.threads) return undefined;
    const worker = new Worker(workerUrl());
    worker.onmessage = ({ data }: MessageEvent<WorkerResponse>) => {
      const done = this.running.get(worker);
      this.running.delete(worker);
      this.idle.push(worker);
      if ("result" in data) done?.resolve(data.result);
      else done?.reject(new RepobaseError("failure", `parsing failed: ${data.error}`));
      this.dispatch();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.fail(new RepobaseError("failure", `a parse worker failed: ${event.message}`));
    };
    worker.addEventListener("close", () => this.fail(new RepobaseError("failure", "a parse worker ended unexpectedly")));
    this.all.push(worker);
    return worker;
  }

  /** The first failure wins; every job that is not done gets it. */
  private fail(error: RepobaseError): void {
    if (this.failure) return;
    this.failure = error;
    for (const worker of this.all) worker.terminate();
    for (const waiting of [...this.running.values(), ...this.queue]) waiting.reject(error);
    this.running.clear();
    this.queue.length = 0;
  }
}

function workerUrl(): string {
  const here = import.meta.url;
  const inBinary = /\/(\$bunfs|%24bunfs|~BUN)\//.test(here);
  return new URL(inBinary ? "./ingest/parse-worker.ts" : "./parse-worker.ts", here).href;
}
