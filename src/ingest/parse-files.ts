/**
 * Files to rows: decide on the contents, chunk, make terms, embed. All the computing of an index run, without any
 * input or output; it runs in a parse worker, or right here for a handful of files.
 */
import type { Embedder } from "../embed/embedder.ts";
import { passageText } from "../embed/passage.ts";
import { rowTerms } from "../search/terms.ts";
import type { Chunk } from "../chunk/chunk.ts";
import { chunkFile } from "../chunk/chunk-file.ts";
import { readableText } from "../text/file-text.ts";
import { languageOf } from "../chunk/language-of.ts";
import { type BlockFile, type RowBlock, type UnembeddedBlock, Utf8Builder } from "../table/row-block.ts";
import { selectContent, type SelectLimits } from "../source/select-file.ts";
import type { RedactedFile, SkippedFile } from "../source/source-tree.ts";
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
  readonly redacted: readonly RedactedFile[];
  /** Processor seconds by stage. */
  readonly seconds: { readonly select: number; readonly chunk: number; readonly terms: number; readonly embed: number };
}

/** @param embedder null: the caller embeds */
export async function parseFiles(job: ParseJob, parser: SyntaxParser, embedder: Embedder | null): Promise<ParseResult> {
  const clock = new StageClock();
  const rows = new RowBuilder(job.files.reduce((sum, file) => sum + file.bytes.length, 0));
  const skipped: SkippedFile[] = [];
  const redacted: RedactedFile[] = [];

  for (const { path, blob, bytes } of job.files) {
    const selected = selectContent(path, bytes, job.limits);
    clock.lap("select");
    if ("reason" in selected) {
      skipped.push({ path, blob, reason: selected.reason });
      continue;
    }
    if (selected.secrets.length > 0) redacted.push({ path, blob, secrets: selected.secrets });
    const chunks = await chunkFile({ path, text: selected.text }, parser);
    clock.lap("chunk");
    if (chunks.length > MAX_CHUNKS) {
      skipped.push({ path, blob, reason: "too-large" });
      continue;
    }
    rows.add({ path, blob, chunks });
    clock.lap("terms");
  }

  const { passages } = rows;
  const block = rows.finish();
  if (embedder === null) return { block: { ...block, passages }, skipped, redacted, seconds: clock.seconds };
  const columns = vectorColumns(await embedder.embedDocuments(passages), embedder.dim);
  clock.lap("embed");
  return { block: { ...block, ...columns }, skipped, redacted, seconds: clock.seconds };
}

/** Chunks to the columns of a block, all but the vectors. */
class RowBuilder {
  /** What is embedded, a passage for each row. */
  readonly passages: string[] = [];
  private readonly files: BlockFile[] = [];
  private readonly startLine: number[] = [];
  private readonly endLine: number[] = [];
  private readonly symbolNulls: number[] = [];
  private readonly symbol = new Utf8Builder(4096);
  private readonly contents: Utf8Builder;
  private readonly terms: Utf8Builder;

  /** @param size bytes of all the files, for a first guess at what their columns take */
  constructor(size: number) {
    this.contents = new Utf8Builder(size * 1.1);
    this.terms = new Utf8Builder(size * 1.5);
  }

  add({ path, blob, chunks }: { path: string; blob: string; chunks: readonly Chunk[] }): void {
    for (const { startLine, endLine, symbol, contents, definitions } of chunks) {
      this.startLine.push(startLine);
      this.endLine.push(endLine);
      this.symbol.push(symbol ?? "");
      this.symbolNulls.push(symbol === null ? 1 : 0);
      this.contents.push(contents);
      this.terms.push(rowTerms({ path, symbol, contents, definitions }));
      this.passages.push(passageText({ path, symbol, contents: readableText(contents) }));
    }
    this.files.push({ path, blob, language: languageOf(path).name, rows: chunks.length });
  }

  finish(): UnembeddedBlock {
    return {
      files: this.files,
      rows: this.passages.length,
      startLine: Int32Array.from(this.startLine),
      endLine: Int32Array.from(this.endLine),
      symbol: this.symbol.finish(),
      symbolNulls: Uint8Array.from(this.symbolNulls),
      contents: this.contents.finish(),
      terms: this.terms.finish(),
    };
  }
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
