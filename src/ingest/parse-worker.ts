/**
 * Entry point of a parse worker thread: jobs in, rows out, column buffers transferred. An entry point of its own in
 * the build (see parse-pool.ts). Errors travel as text: a thrown object would end the thread.
 */
import { loadStaticEmbedder } from "../embed/load-static.ts";
import type { Embedder } from "../embed/embedder.ts";
import { type ParseJob, type ParseResult, parseFiles } from "./parse-files.ts";
import { SyntaxParser } from "./syntax-parser.ts";

export interface WorkerRequest {
  readonly job: ParseJob;
  /** Embed with the built-in model, or leave it to the other side. */
  readonly embed: boolean;
}

export type WorkerResponse = { readonly result: ParseResult } | { readonly error: string };

declare const self: Worker;

/**
 * The collector of a thread that only makes buffers and hands them away waits too long. Asked for after so much text, it
 * took the peak of a run of 100,000 chunks from 1.39 to 1.14 GB, and no time.
 */
const COLLECT_BYTES = 2 * 1024 * 1024;

const parser = new SyntaxParser();
let parsedBytes = 0;
let embedder: Promise<Embedder> | undefined;

self.onmessage = async ({ data }: MessageEvent<WorkerRequest>) => {
  try {
    const result = await parseFiles(data.job, parser, data.embed ? await (embedder ??= loadStaticEmbedder()) : null);
    self.postMessage({ result } satisfies WorkerResponse, transferables(result));
    for (const { bytes } of data.job.files) parsedBytes += bytes.length;
    if (parsedBytes < COLLECT_BYTES) return;
    parsedBytes = 0;
    Bun.gc(true);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    self.postMessage({ error: text } satisfies WorkerResponse, []);
  }
};

function transferables({ block }: ParseResult): ArrayBuffer[] {
  const columns: ArrayBufferView[] = [block.startLine, block.endLine, block.symbolNulls];
  for (const text of [block.symbol, block.contents, block.terms]) columns.push(text.offsets, text.bytes);
  if ("vector" in block) columns.push(block.vector, block.code);
  return columns.map((column) => column.buffer as ArrayBuffer);
}
