/**
 * Entry point of a parse worker thread: jobs in, rows out, column buffers transferred. An entry point of its own in
 * the build (see parse-pool.ts). Errors travel as text: a thrown object would end the thread.
 */
import { loadStaticEmbedder } from "../embed/load-static.ts";
import type { Embedder } from "../embed/embedder.ts";
import type { GrammarModules } from "../chunk/grammar-modules.ts";
import { type ParseJob, type ParseResult, parseFiles } from "./parse-files.ts";
import { SyntaxParser } from "../chunk/syntax-parser.ts";

/** The first message, without an answer; every other one is a job, answered in order. */
export interface WorkerStart {
  readonly modules: GrammarModules;
  /** Embed with the built-in model, or leave it to the other side. */
  readonly embed: boolean;
}

export type WorkerResponse = { readonly result: ParseResult } | { readonly error: string };

declare const self: Worker;

/**
 * The engine lets strings and freed columns pile up while the machine has memory to spare. Collecting after this much
 * text costs 1 % of the time and takes 200 MB from the peak of a large run.
 */
const COLLECT_BYTES = 2 * 1024 * 1024;
let uncollected = 0;

let parser = new SyntaxParser();
let embedder: Promise<Embedder> | null = null;
/** Jobs wait here for each other: whoever sends them keeps one in hand for the time between two answers. */
let last: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<WorkerStart | ParseJob>) => {
  if ("modules" in data) {
    parser = new SyntaxParser(data.modules);
    embedder = data.embed ? loadStaticEmbedder() : null;
    embedder?.catch(() => {}); // the first job has the error
  } else last = last.then(() => answer(data));
};

async function answer(job: ParseJob): Promise<void> {
  try {
    const result = await parseFiles(job, parser, await embedder);
    self.postMessage({ result } satisfies WorkerResponse, transferables(result));
    uncollected += job.files.reduce((sum, file) => sum + file.bytes.length, 0);
    if (uncollected < COLLECT_BYTES) return;
    uncollected = 0;
    Bun.gc(true);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    self.postMessage({ error: text } satisfies WorkerResponse, []);
  }
}

function transferables({ block }: ParseResult): ArrayBuffer[] {
  const columns: ArrayBufferView[] = [block.startLine, block.endLine, block.symbolNulls];
  for (const text of [block.symbol, block.contents, block.terms]) columns.push(text.offsets, text.bytes);
  if ("vector" in block) columns.push(block.vector, block.code);
  return columns.map((column) => column.buffer as ArrayBuffer);
}
