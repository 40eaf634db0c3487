/** A small index made of real parts (native LanceDB, the built-in model), as the files and documents a push would send. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";
import type { Embedder } from "../../src/embed/embedder.ts";
import { passageText } from "../../src/embed/passage.ts";
import { Utf8Builder } from "../../src/table/row-block.ts";
import type { RowBlock } from "../../src/table/row-block.ts";
import { TableWriter } from "../../src/table/table-writer.ts";
import { vectorColumns } from "../../src/table/vector-columns.ts";
import { lanceVersionFile } from "../../src/protocol/keys.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { LanceTable } from "../../src/lance/table.ts";
import { memoryDirectory } from "../../src/bytes/memory-source.ts";
import { encodeManifest } from "../../src/protocol/manifest.ts";
import type { Manifest } from "../../src/protocol/manifest.ts";
import { encodeSnapshot, makeSnapshot } from "../../src/protocol/snapshot.ts";
import { rowTerms } from "../../src/search/terms.ts";

const TABLE = "files.lance";

export interface SourceFile {
  readonly path: string;
  readonly language: string;
  readonly contents: string;
}

export interface RealIndex {
  readonly repo: string;
  /** Of each list of files given, in order. */
  readonly commits: readonly string[];
  /** Relative to `index/{repo}/`. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
  readonly snapshots: readonly { readonly sha256: string; readonly bytes: Uint8Array }[];
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  readonly manifestSha256: string;
}

interface IndexInput {
  readonly repo: string;
  readonly commits: readonly (readonly SourceFile[])[];
  /** Default: the built-in model. */
  readonly embedder?: Pick<Embedder, "id" | "dim" | "embedDocuments">;
}

/** Made with the built-in model in this process: native LanceDB takes a tenth of a second of both cores for each. */
const made = new Map<string, Promise<RealIndex>>();

/**
 * One commit for each list; a later commit sees its own files only, and the table grows by one fragment for each. The same
 * input gives the same index: nobody changes its bytes.
 */
export async function makeRealIndex(of: IndexInput): Promise<RealIndex> {
  if (of.embedder !== undefined) return makeNew(of);
  const key = JSON.stringify(of);
  const known = made.get(key) ?? makeNew(of);
  made.set(key, known);
  return known;
}

async function makeNew(of: IndexInput): Promise<RealIndex> {
  const embedder = of.embedder ?? (await loadStaticEmbedder());
  const tableId = crypto.getRandomValues(new Uint8Array(16)).toHex();
  const dir = await mkdtemp(join(tmpdir(), "repobase-index-"));
  try {
    const writer = await TableWriter.create(join(dir, TABLE), {
      tableId,
      model: embedder.id,
      dim: embedder.dim,
      chunker: "test-1",
    });
    const snapshots: { commit: string; sha256: string; bytes: Uint8Array }[] = [];
    let fileId = 0;
    for (const files of of.commits) {
      const fileIds = files.map((_, i) => fileId + i);
      await writer.append([{ block: await toBlock(files, embedder), fileIds }]);
      const commit = crypto.getRandomValues(new Uint8Array(20)).toHex();
      const bytes = encodeSnapshot(makeSnapshot({ repo: of.repo, tableId, commit, fileIds }));
      snapshots.push({ commit, bytes, sha256: await sha256Hex(bytes) });
      fileId += files.length;
    }
    await writer.indexText();
    writer.close();
    const { objects, lance } = await readTable(join(dir, TABLE));
    const listed = await Promise.all(
      Array.from(objects, async ([path, bytes]) => ({ path, size: bytes.length, sha256: await sha256Hex(bytes) })),
    );
    const manifest: Manifest = {
      format: 1,
      repo: of.repo,
      tableId,
      model: { id: embedder.id, dim: embedder.dim },
      chunker: "test-1",
      table: { name: TABLE, version: lance.version, manifest: lance.bytes.toBase64() },
      stats: { files: fileId, rows: fileId, bytes: listed.reduce((sum, { size }) => sum + size, 0) },
      snapshots: Object.fromEntries(snapshots.map(({ commit, sha256 }) => [commit, sha256])),
      objects: listed.sort((a, b) => (a.path < b.path ? -1 : 1)),
    };
    const manifestBytes = encodeManifest(manifest);
    const commits = snapshots.map(({ commit }) => commit);
    return {
      repo: of.repo,
      commits,
      objects,
      snapshots,
      manifest,
      manifestBytes,
      manifestSha256: await sha256Hex(manifestBytes),
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** One chunk per file, its first line taken for the symbol. */
async function toBlock(
  files: readonly SourceFile[],
  embedder: Pick<Embedder, "dim" | "embedDocuments">,
): Promise<RowBlock> {
  const rows = files.map((file) => ({ ...file, symbol: /(\w+)\(/.exec(file.contents)?.[1] ?? null }));
  const column = (texts: readonly string[]) => {
    const builder = new Utf8Builder(1024);
    for (const text of texts) builder.push(text);
    return builder.finish();
  };
  const vectors = await embedder.embedDocuments(rows.map(passageText));
  return {
    files: rows.map(({ path, language }, i) => ({ path, language, blob: String(i).padStart(40, "0"), rows: 1 })),
    rows: rows.length,
    startLine: Int32Array.from(rows, () => 1),
    endLine: Int32Array.from(rows, ({ contents }) => contents.split("\n").length - 1),
    symbol: column(rows.map(({ symbol }) => symbol ?? "")),
    symbolNulls: Uint8Array.from(rows, ({ symbol }) => (symbol === null ? 1 : 0)),
    contents: column(rows.map(({ contents }) => contents)),
    terms: column(rows.map((row) => rowTerms({ ...row, definitions: row.symbol === null ? [] : [row.symbol] }))),
    ...vectorColumns(vectors, embedder.dim),
  };
}

/** The files the newest version needs, and its Lance manifest. */
async function readTable(
  dir: string,
): Promise<{ objects: Map<string, Uint8Array>; lance: { version: number; bytes: Uint8Array } }> {
  const [newest = ""] = (await readdir(join(dir, "_versions"))).filter((name) => name.endsWith(".manifest")).sort();
  const bytes = await Bun.file(join(dir, "_versions", newest)).bytes();
  const table = LanceTable.open(memoryDirectory(new Map()), bytes);
  if (lanceVersionFile(table.version) !== `_versions/${newest}`)
    throw new Error(`${newest} is not version ${table.version}`);
  const objects = new Map<string, Uint8Array>();
  for (const { path } of table.files()) objects.set(`${TABLE}/${path}`, await Bun.file(join(dir, path)).bytes());
  return { objects, lance: { version: table.version, bytes } };
}
