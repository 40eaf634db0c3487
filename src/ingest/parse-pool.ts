/**
 * A few worker threads that parse jobs side by side. A thread works on one job and has the next one in hand; a job waits
 * for the first thread with a hand free. With no threads the same code runs in this one, which is faster for a handful
 * of files.
 *
 * The worker is an entry point of the build: `bun build --compile src/main.ts src/ingest/parse-worker.ts`. Inside the
 * binary entry points lie relative to their common folder (`src`), and all of main.ts is one file at the root.
 */
import { availableParallelism } from "node:os";
import { isEmbedded } from "../embedded.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { compileGrammars } from "../chunk/grammar-modules.ts";
import type { SyntaxParser } from "../chunk/syntax-parser.ts";
import type { ParseJob, ParseResult } from "./parse-files.ts";
import type { WorkerResponse, WorkerStart } from "./parse-worker.ts";

/** More threads than this only wait: one writer takes their rows, one reader feeds them. */
const MAX_THREADS = 6;

/** Of a thread: one it works on, and one so that it does not wait for this thread, which also reads and writes. */
const JOBS_IN_HAND = 2;

/** How many threads suit this machine. */
export const defaultThreads = (): number => Math.min(MAX_THREADS, availableParallelism());

export interface ParsePool {
  /** How many jobs may run at once. */
  readonly threads: number;
  /** Settles, never rejected, when the first jobs are with the threads, and this one has nothing better to do. */
  readonly started: Promise<void>;
  /**
   * @throws RepobaseError `failure` when a thread died or the job failed, `interrupted` after close()
   */
  run(job: ParseJob): Promise<ParseResult>;
  /** Ends the threads; jobs that still run are rejected. */
  close(): void;
}

/**
 * The threads start at once.
 * @param of.embed with the built-in model; false: results carry passages instead of vectors
 * @param of.paths of the files to come: their grammars are compiled meanwhile, once for all threads
 */
export function openParsePool(of: {
  readonly threads: number;
  readonly embed: boolean;
  readonly paths: readonly string[];
}): ParsePool {
  return of.threads === 0 ? new InlinePool(of.embed) : new ThreadPool(of);
}

class InlinePool implements ParsePool {
  readonly threads = 1;
  readonly started = Promise.resolve();
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

/** Of this thread, for all pools: tree-sitter starts once, and a grammar is compiled once. */
let inlineParser: SyntaxParser | undefined;

/** Has this thread parsed before? Then it does so again at once, while new threads begin with loading everything. */
export const inlineIsWarm = (): boolean => inlineParser !== undefined;

async function loadInline(embed: boolean): Promise<(job: ParseJob) => Promise<ParseResult>> {
  const [{ parseFiles }, { SyntaxParser }, embedder] = await Promise.all([
    import("./parse-files.ts"),
    import("../chunk/syntax-parser.ts"),
    embed ? import("../embed/load-static.ts").then((module) => module.loadStaticEmbedder()) : null,
  ]);
  const parser = (inlineParser ??= new SyntaxParser());
  return (job) => parseFiles(job, parser, embedder);
}

interface Waiting {
  readonly job: ParseJob;
  readonly resolve: (result: ParseResult) => void;
  readonly reject: (error: Error) => void;
}

class ThreadPool implements ParsePool {
  readonly threads: number;
  readonly started: Promise<void>;
  private readonly workers: readonly Worker[];
  /** The jobs a thread was sent, oldest first. Empty until the threads have their grammars. */
  private readonly inHand = new Map<Worker, Waiting[]>();
  private readonly queue: Waiting[] = [];
  private failure: RepobaseError | undefined;

  constructor({ threads, embed, paths }: { threads: number; embed: boolean; paths: readonly string[] }) {
    this.threads = threads;
    this.workers = Array.from({ length: threads }, () => this.startWorker());
    this.started = this.start({ embed, paths });
  }

  private async start({ embed, paths }: { embed: boolean; paths: readonly string[] }): Promise<void> {
    try {
      const start: WorkerStart = { modules: await compileGrammars(paths), embed };
      if (this.failure) return;
      for (const worker of this.workers) {
        worker.postMessage(start, []);
        this.inHand.set(worker, []);
      }
      this.dispatch();
    } catch (cause) {
      this.fail(new RepobaseError("failure", "cannot load the grammars", { cause }));
    }
  }

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

  /** To the thread with the fewest jobs in hand, until all have enough. */
  private dispatch(): void {
    for (let filled = 0; filled < JOBS_IN_HAND; filled++) {
      for (const [worker, jobs] of this.inHand) {
        if (jobs.length > filled) continue;
        const next = this.queue.shift();
        if (next === undefined) return;
        jobs.push(next);
        this.send(worker, next.job);
      }
    }
  }

  private send(worker: Worker, { files, limits }: ParseJob): void {
    // copied: whoever read the bytes may keep them (git's object cache does), and of a slice the message would carry all
    const owned = files.map(({ path, blob, bytes }) => ({ path, blob, bytes: new Uint8Array(bytes) }));
    try {
      worker.postMessage(
        { files: owned, limits } satisfies ParseJob,
        owned.map(({ bytes }) => bytes.buffer),
      );
    } catch (cause) {
      // thrown into an event handler it would be lost, and the job would wait for ever
      this.fail(new RepobaseError("failure", "a parse worker could not be given its files", { cause }));
    }
  }

  private startWorker(): Worker {
    const worker = new Worker(workerUrl());
    worker.onmessage = ({ data }: MessageEvent<WorkerResponse>) => {
      const done = this.inHand.get(worker)?.shift();
      this.dispatch();
      if ("result" in data) done?.resolve(data.result);
      else done?.reject(new RepobaseError("failure", `parsing failed: ${data.error}`));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.fail(new RepobaseError("failure", `a parse worker failed: ${event.message}`));
    };
    worker.addEventListener("close", () =>
      this.fail(new RepobaseError("failure", "a parse worker ended unexpectedly")),
    );
    return worker;
  }

  /** The first failure wins; every job that is not done gets it. */
  private fail(error: RepobaseError): void {
    if (this.failure) return;
    this.failure = error;
    for (const worker of this.workers) worker.terminate();
    for (const waiting of [...[...this.inHand.values()].flat(), ...this.queue]) waiting.reject(error);
    this.inHand.clear();
    this.queue.length = 0;
  }
}

function workerUrl(): string {
  const here = import.meta.url;
  return new URL(isEmbedded(here) ? "./ingest/parse-worker.ts" : "./parse-worker.ts", here).href;
}
