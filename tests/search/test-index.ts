/** Real indexes for the search tests: made-up sources, our chunker and model, tables written by native LanceDB. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";
import { passageText } from "../../src/embed/passage.ts";
import { Lines, spansToChunks } from "../../src/chunk/chunk.ts";
import { cutLines } from "../../src/chunk/chunk-lines.ts";
import { languageOf } from "../../src/chunk/language-of.ts";
import { newestVersion } from "../../src/table/lance-versions.ts";
import { replaceFragments } from "../../src/table/replace-fragments.ts";
import { Utf8Builder } from "../../src/table/row-block.ts";
import type { RowBlock } from "../../src/table/row-block.ts";
import { TableWriter } from "../../src/table/table-writer.ts";
import { vectorColumns } from "../../src/table/vector-columns.ts";
import { FtsIndex } from "../../src/lance/fts-index.ts";
import { LanceTable } from "../../src/lance/table.ts";
import type { IndexView } from "../../src/search/index-view.ts";
import { rowTerms } from "../../src/search/terms.ts";
import type { SourceText } from "../helpers/fixture-sources.ts";

export const embedder = await loadStaticEmbedder();

/** The files as rows, chunked by lines. */
export async function toBlock(files: readonly SourceText[]): Promise<RowBlock> {
  const chunked = files.map(({ path, text }) => {
    const lines = new Lines(text);
    return {
      path,
      text,
      chunks: spansToChunks(cutLines({ start: 0, end: lines.count, scope: [] }, lines), lines, []),
    };
  });
  const rows = chunked.flatMap(({ path, chunks }) =>
    chunks.map((chunk) => ({ ...chunk, path, symbol: symbolIn(chunk.contents) })),
  );
  const [symbol, contents, terms] = [new Utf8Builder(0), new Utf8Builder(0), new Utf8Builder(0)];
  for (const row of rows) {
    symbol.push(row.symbol ?? "");
    contents.push(row.contents);
    terms.push(rowTerms({ ...row, definitions: row.symbol === null ? [] : [row.symbol] }));
  }
  return {
    files: chunked.map(({ path, text, chunks }) => ({
      path,
      blob: createHash("sha1").update(text).digest("hex"),
      language: languageOf(path).name,
      rows: chunks.length,
    })),
    rows: rows.length,
    startLine: Int32Array.from(rows, (row) => row.startLine),
    endLine: Int32Array.from(rows, (row) => row.endLine),
    symbol: symbol.finish(),
    symbolNulls: Uint8Array.from(rows, (row) => (row.symbol === null ? 1 : 0)),
    contents: contents.finish(),
    terms: terms.finish(),
    ...vectorColumns(await embedder.embedDocuments(rows.map(passageText)), embedder.dim),
  };
}

/** Good enough for tests: the first function or class a chunk names. */
const symbolIn = (contents: string) => /\b(?:function|class) (\w+)/.exec(contents)?.[1] ?? null;

/** A table in a folder of its own that `remove` removes. */
export class TestIndex {
  private nextFileId = 0;

  private constructor(
    readonly dir: string,
    private readonly writer: TableWriter,
  ) {}

  static async create(): Promise<TestIndex> {
    const dir = await mkdtemp(join(tmpdir(), "repobase-search-"));
    const identity = { tableId: "0".repeat(32), model: embedder.id, dim: embedder.dim, chunker: "lines" };
    return new TestIndex(dir, await TableWriter.create(join(dir, "files.lance"), identity));
  }

  /** Appends one fragment. @returns the fileIds of the files, in order */
  async append(files: readonly SourceText[]): Promise<number[]> {
    const fileIds = files.map((_, at) => this.nextFileId + at);
    this.nextFileId += files.length;
    await this.writer.append([{ block: await toBlock(files), fileIds }]);
    return fileIds;
  }

  indexText(): Promise<void> {
    return this.writer.indexText();
  }

  /** As a merge of their segments does. */
  async merge(fragments: readonly number[]): Promise<void> {
    const tableDir = join(this.dir, "files.lance");
    const lance = await newestVersion(tableDir);
    if (lance === null) throw new Error("no table");
    const table = LanceTable.open(fileDirectory(tableDir), lance.manifest);
    await replaceFragments({ tableDir, lance, table, groups: [fragments], isWanted: () => true });
    await this.writer.refresh();
  }

  /** The newest version, read by our reader. */
  async view(repoId: string, visible: readonly number[] | null = null): Promise<IndexView> {
    const newest = await newestVersion(join(this.dir, "files.lance"));
    if (newest === null) throw new Error("no table");
    const table = LanceTable.open(fileDirectory(join(this.dir, "files.lance")), newest.manifest);
    return {
      repoId,
      commit: "c".repeat(40),
      table,
      fts: await FtsIndex.open(table, "terms"),
      visible: visible === null ? null : new Set(visible),
      modelId: embedder.id,
      dim: embedder.dim,
    };
  }

  async remove(): Promise<void> {
    this.writer.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Questions from the corpus itself: an early comment or code line of every n-th chunk, and a few of people's kind. */
export async function sampleQueries(view: IndexView, count: number): Promise<string[]> {
  const [fragment] = view.table.fragments;
  if (fragment === undefined) throw new Error("an empty table");
  const contents = await view.table.scan("contents", fragment.id);
  if (contents.kind !== "binary") throw new Error("contents");
  const decoder = new TextDecoder();
  const lines = contents.items.flatMap(
    (item) =>
      decoder
        .decode(item)
        .split("\n")
        .find((line) => line.trim().length > 25)
        ?.trim() ?? [],
  );
  const step = Math.max(1, Math.floor(lines.length / count));
  return lines
    .filter((_, at) => at % step === 0)
    .slice(0, count)
    .map((line) => line.slice(0, 120));
}
