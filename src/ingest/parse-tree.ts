/**
 * Files in, row blocks out, in the order of the files: reads ahead, parses in worker threads, embeds. At most a few jobs
 * are under way at once, so memory does not grow with the repository, and rows have the same order on every machine.
 */
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import type { Embedding } from "./embedding.ts";
import type { ParseJob, ParseResult } from "./parse-files.ts";
import { inlineIsWarm, openParsePool, type ParsePool } from "./parse-pool.ts";
import type { RowBlock } from "../table/row-block.ts";
import { maxBytesOf, type SelectLimits } from "../source/select-file.ts";
import type { RedactedFile, SkippedFile, SourceFile } from "../source/source-tree.ts";
import { vectorColumns } from "../table/vector-columns.ts";

/** A job is at most this many bytes or files, whichever comes first: some 50 ms of work. */
const JOB_BYTES = 128 * 1024;
const JOB_FILES = 64;
/** Small trees are cut into this many jobs for each thread, so that all threads end at about the same time. */
const JOBS_PER_THREAD = 6;
const MIN_JOB_BYTES = 8 * 1024;
/** The same where this thread embeds, with a model a thousand times slower: rows wait for their whole job. */
const SLOW_JOB_BYTES = 32 * 1024;
/** Read ahead of the job that is taken next. Results come in file order, so one slow file must not let the others wait. */
const AHEAD_BYTES = 4 * 1024 * 1024;
/** So much is parsed in this thread: starting others takes longer. */
const INLINE = { files: 12, bytes: 32 * 1024 };
/** The same in a process that has done so before: 0.9 MB took it 1 s of processor time, and two new threads 4 s. */
const WARM_INLINE = { files: 256, bytes: 1024 * 1024 };
/** Where a size is not known before the file is read. */
const USUAL_FILE_BYTES = 8 * 1024;

export interface ParsedFiles {
  readonly block: RowBlock;
  readonly skipped: readonly SkippedFile[];
  readonly redacted: readonly RedactedFile[];
  /** Files and bytes it took to make this. */
  readonly files: number;
  readonly bytes: number;
}

export interface ParseSeconds {
  read: number;
  select: number;
  chunk: number;
  terms: number;
  embed: number;
}

interface Job {
  readonly files: number;
  readonly bytes: number;
  readonly unreadable: readonly SkippedFile[];
  readonly result: Promise<ParseResult>;
}

interface ParseOptions {
  readonly files: readonly SourceFile[];
  readonly limits: SelectLimits;
  readonly embedding: Embedding;
  readonly threads: number;
  /** The process parses again and again. */
  readonly isLongRunning?: boolean;
  /** Filled while it runs; stages in threads count processor time, not time on the clock. */
  readonly seconds: ParseSeconds;
  /** Called once, when the threads have work: the time to load what the results will need. */
  readonly onStarted?: () => void;
  readonly signal?: AbortSignal | undefined;
}

/** @throws RepobaseError `interrupted` when the signal says so */
export async function* parseTree(of: ParseOptions): AsyncGenerator<ParsedFiles> {
  const { embedding, signal, seconds } = of;
  const { threads, jobBytes } = planJobs(of);
  const pool = openParsePool({
    threads,
    embed: embedding.kind === "built-in",
    paths: of.files.map(({ path }) => path),
  });
  void pool.started.then(of.onStarted);
  const onAbort = () => pool.close();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const ahead: Job[] = [];
    let aheadBytes = 0;
    let next = 0;
    while (next < of.files.length || ahead.length > 0) {
      throwIfAborted(signal);
      const hungry = ahead.length < pool.threads || aheadBytes < AHEAD_BYTES;
      if (next < of.files.length && hungry) {
        const read = await readJob({
          files: of.files,
          from: next,
          jobBytes,
          seconds,
          limits: of.limits,
        });
        next = read.next;
        aheadBytes += read.bytes;
        ahead.push({ ...read, result: start(pool, { files: read.contents, limits: of.limits }) });
        await new Promise(setImmediate); // git objects are read synchronously: let the threads' messages in
      } else {
        const job = ahead.shift() as Job;
        yield await finish(job, of);
        aheadBytes -= job.bytes;
      }
    }
    throwIfAborted(signal);
  } finally {
    signal?.removeEventListener("abort", onAbort);
    pool.close();
  }
}

/** Few bytes: no threads. Else jobs of a size that keeps every thread busy. */
function planJobs(of: ParseOptions): { threads: number; jobBytes: number } {
  const bytes = of.files.reduce((sum, { size }) => sum + (size ?? USUAL_FILE_BYTES), 0);
  const inline = of.isLongRunning && inlineIsWarm() ? WARM_INLINE : INLINE;
  const threads = of.files.length <= inline.files && bytes <= inline.bytes ? 0 : of.threads;
  const even = bytes / (Math.max(1, threads) * JOBS_PER_THREAD);
  const largest = of.embedding.kind === "built-in" ? JOB_BYTES : SLOW_JOB_BYTES;
  return { threads, jobBytes: Math.min(largest, Math.max(MIN_JOB_BYTES, even)) };
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new RepobaseError("interrupted", "indexing was interrupted", {
      hint: "run it again: what was appended is kept",
    });
}

function start(pool: ParsePool, job: ParseJob): Promise<ParseResult> {
  const result = pool.run(job);
  result.catch(() => {}); // seen when its turn comes; an earlier one may fail first
  return result;
}

async function finish(
  job: Job,
  of: { embedding: Embedding; seconds: ParseSeconds; signal?: AbortSignal | undefined },
): Promise<ParsedFiles> {
  const { block, skipped, redacted, seconds } = await job.result;
  throwIfAborted(of.signal);
  for (const stage of ["select", "chunk", "terms", "embed"] as const) of.seconds[stage] += seconds[stage];
  const common = { files: job.files, bytes: job.bytes, skipped: [...job.unreadable, ...skipped], redacted };
  if (!("passages" in block)) return { ...common, block };
  if (of.embedding.kind === "built-in") throw new Error("a parse thread did not embed");
  const { embedder } = of.embedding;
  const { passages, ...rest } = block;
  const began = performance.now();
  const vectors = await embedder.embedDocuments(passages);
  of.seconds.embed += (performance.now() - began) / 1000;
  return { ...common, block: { ...rest, ...vectorColumns(vectors, embedder.dim) } };
}

/** Reads the next job's files, all at once where their sizes are known to be small enough. */
async function readJob(of: {
  files: readonly SourceFile[];
  from: number;
  jobBytes: number;
  seconds: ParseSeconds;
  limits: SelectLimits;
}) {
  const { files, from, jobBytes, seconds, limits } = of;
  const began = performance.now();
  const contents: ParseJob["files"][number][] = [];
  const unreadable: SkippedFile[] = [];
  let next = from;
  let bytes = 0;
  while (next < files.length && next - from < JOB_FILES && bytes < jobBytes) {
    const group = files.slice(next, next + 8);
    next += group.length;
    for (const { file, data } of await Promise.all(
      group.map((each) => readFile(each, maxBytesOf(each.path, limits))),
    )) {
      if (typeof data === "string") unreadable.push({ path: file.path, blob: file.blob, reason: data });
      else {
        contents.push({ path: file.path, blob: file.blob, bytes: data });
        bytes += data.length;
      }
    }
  }
  seconds.read += (performance.now() - began) / 1000;
  return { next, contents, unreadable, files: next - from, bytes };
}

async function readFile(
  file: SourceFile,
  maxBytes: number | undefined,
): Promise<{ file: SourceFile; data: Uint8Array | "unreadable" | "too-large" }> {
  try {
    return { file, data: await file.read(maxBytes) };
  } catch (error) {
    if (error instanceof RepobaseError && error.code === "interrupted") throw error;
    if (isRepobaseError(error, "too_large")) return { file, data: "too-large" };
    return { file, data: "unreadable" }; // gone or forbidden since the tree was walked: listed as skipped, tried again next time
  }
}
