/**
 * Files to rows: decide on the contents, chunk, make terms, embed. All the computing of an index run, without any
 * input or output; it runs in a parse worker, or right here for a handful of files.
 */
import type { Embedder } from "../embed/embedder.ts";
import { passageText } from "../embed/passage.ts";
import { rowTerms } from "../search/terms.ts";
import { chunkFile, decodeUtf8 } from "../chunk/chunk-file.ts";
import { languageOf } from "../chunk/language-of.ts";
import { type BlockFile, type RowBlock, type UnembeddedBlock, Utf8Builder } from "../table/row-block.ts";
import { type SelectLimits, skipByContent } from "../source/select-file.ts";
import type { SkippedFile, SkipReason } from "../source/source-tree.ts";
import type { SyntaxParser } from "../chunk/syntax-parser.ts";
import { vectorColumns } from "../table/vector-columns.ts";

/** Chunks are numbered in 16 bits. */
const MAX_CHUNKS = 65_536;

export interface ParseJob {
  readonly files: readonly { readonly path: string; readonly blob: string; readonly bytes: Uint8Array }[];
  readonly limits: SelectLimits;
}

export interface ParseResult {
  /** `passages` stands for the vectors where the caller embeds. */
  readonly block: RowBlock | (UnembeddedBlock & { readonly passages: readonly string[] });
  readonly skipped: readonly SkippedFile[];
  /** Processor seconds by stage. */
  readonly seconds: { readonly select: number; readonly chunk: number; readonly terms: number; readonly embed: number };
}

/** @param embedder null: the caller embeds */
export async function parseFiles(job: ParseJob, parser: SyntaxParser, embedder: Embedder | null): Promise<ParseResult> {
  const clock = new StageClock();
  const files: BlockFile[] = [];
  const skipped: SkippedFile[] = [];
  const size = job.files.reduce((sum, file) => sum + file.bytes.length, 0);
  const startLine: number[] = [];
  const endLine: number[] = [];
  const symbolNulls: number[] = [];
  const symbol = new Utf8Builder(4096);
  const contents = new Utf8Builder(size * 1.1);
  const terms = new Utf8Builder(size * 1.5);
  const passages: string[] = [];

  for (const { path, blob, bytes } of job.files) {
    const text = readable(path, bytes, job.limits);
    clock.lap("select");
    if (typeof text === "object") {
      skipped.push({ path, blob, reason: text.reason });
      continue;
    }
    const chunks = await chunkFile({ path, text }, parser);
    clock.lap("chunk");
    if (chunks.length > MAX_CHUNKS) {
      skipped.push({ path, blob, reason: "too-large" });
      continue;
    }
    for (const chunk of chunks) {
      startLine.push(chunk.startLine);
      endLine.push(chunk.endLine);
      symbol.push(chunk.symbol ?? "");
      symbolNulls.push(chunk.symbol === null ? 1 : 0);
      contents.push(chunk.contents);
      terms.push(rowTerms({ path, symbol: chunk.symbol, contents: chunk.contents, definitions: chunk.definitions }));
      passages.push(passageText({ path, symbol: chunk.symbol, contents: chunk.contents }));
    }
    files.push({ path, blob, language: languageOf(path).name, rows: chunks.length });
    clock.lap("terms");
  }

  const block: UnembeddedBlock = {
    files,
    rows: passages.length,
    startLine: Int32Array.from(startLine),
    endLine: Int32Array.from(endLine),
    symbol: symbol.finish(),
    symbolNulls: Uint8Array.from(symbolNulls),
    contents: contents.finish(),
    terms: terms.finish(),
  };
  if (embedder === null) return { block: { ...block, passages }, skipped, seconds: clock.seconds };
  const columns = vectorColumns(await embedder.embedDocuments(passages), embedder.dim);
  clock.lap("embed");
  return { block: { ...block, ...columns }, skipped, seconds: clock.seconds };
}

function readable(path: string, bytes: Uint8Array, limits: SelectLimits): string | { readonly reason: SkipReason } {
  const reason = skipByContent(path, bytes, limits);
  if (reason !== null) return { reason };
  const text = decodeUtf8(bytes);
  if (text === null) return { reason: "not-utf8" };
  return text === "" ? { reason: "empty" } : text;
}

class StageClock {
  readonly seconds = { select: 0, chunk: 0, terms: 0, embed: 0 };
  private last = performance.now();

  lap(stage: keyof StageClock["seconds"]): void {
    const now = performance.now();
    this.seconds[stage] += (now - this.last) / 1000;
    this.last = now;
  }
}
