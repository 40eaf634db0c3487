/** A small real Lance table and what belongs to it, written the way an index run does, without parsing or embedding. */
import { join } from "node:path";
import { describeTable } from "../../src/table/describe-table.ts";
import { FileVersions } from "../../src/table/file-versions.ts";
import { tableOnDisk } from "../../src/table/lance-versions.ts";
import { settleSegments } from "../../src/table/settle-segments.ts";
import { setVersion, versionIn } from "../../src/table/set-version.ts";
import { sweepFiles } from "../../src/porcelain/indexing/sweep-files.ts";
import { RowAppender } from "../../src/table/row-appender.ts";
import { type RowBlock, Utf8Builder } from "../../src/table/row-block.ts";
import { findBase, openWriter } from "../../src/table/table-base.ts";
import { vectorColumns } from "../../src/table/vector-columns.ts";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { LanceTable } from "../../src/lance/table.ts";
import { bytesOf, i32s, strings, u16s, u32s } from "../../src/lance/values.ts";
import { catObject } from "../../src/plumbing/cat-object.ts";
import { catManifest } from "../../src/plumbing/cat-manifest.ts";
import { mergeRef, nextRef } from "../../src/plumbing/merge-ref.ts";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { updateLocalRef } from "../../src/plumbing/local-ref.ts";
import { writeManifest } from "../../src/plumbing/write-manifest.ts";
import { writeSnapshot } from "../../src/plumbing/write-snapshot.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { snapshotKey } from "../../src/protocol/keys.ts";
import type { Manifest } from "../../src/protocol/manifest.ts";
import { decodeSnapshot, makeSnapshot, visibleFileIds } from "../../src/protocol/snapshot.ts";
import type { DirectoryStore } from "../../src/store/directory-store.ts";
import { newCommit, REPO } from "./sync-fixtures.ts";

const DIM = 16;
const WANTED = { model: "test-model", dim: DIM, chunker: "test-1" };
const LINES_PER_CHUNK = 2;

/** path -> text */
export type Files = Readonly<Record<string, string>>;

/** Indexes a commit that holds exactly `files`. Only file versions the table lacks are appended. @returns the commit */
export async function indexFiles(of: {
  store: DirectoryStore;
  device: string;
  files: Files;
  branch?: string;
  /** Absent: a new one. */
  commit?: string;
  textIndex?: boolean;
  /** Default: test-1. Another than the table's makes a new table. */
  chunker?: string;
}): Promise<string> {
  const { store, device, files, branch = "main", commit = newCommit() } = of;
  const wanted = { ...WANTED, ...(of.chunker !== undefined && { chunker: of.chunker }) };
  const before = await readRef({ from: store, repo: REPO });
  const previous = (before && (await catManifest({ from: store, repo: REPO, sha256: before.ref.manifest }))) ?? null;
  const indexDir = join(store.dir, "index", REPO);
  const tableDir = join(indexDir, "files.lance");
  const base = await findBase({ tableDir, previous, wanted });
  const lineage = previous !== null && previous.tableId === base?.tableId ? previous : null;
  const versions =
    base === null ? new FileVersions() : await FileVersions.of(base.table, { nextFileId: lineage?.nextFileId });
  const writer = await openWriter({ tableDir, base, wanted });
  const appender = new RowAppender(async () => writer, versions.nextFileId);
  for (const [path, text] of Object.entries(files)) {
    const blob = await blobOf(text);
    if (versions.idOf({ path, blob }) === undefined)
      versions.add({ path, blob }, await appender.add(blockOf({ path, blob, text })));
  }
  await appender.finish();
  const fileIds: number[] = [];
  for (const [path, text] of Object.entries(files))
    fileIds.push(versions.idOf({ path, blob: await blobOf(text) }) ?? -1);
  const kept = lineage?.snapshots ?? {};
  const { segments, merged, leftOut } = await settleSegments({
    tableDir,
    previous: lineage,
    findUnseen: async (ids) => {
      const seen = new Set(fileIds);
      for (const sha256 of Object.values(kept))
        for (const id of await snapshotIds(store, { tableId: writer.identity.tableId, sha256 })) seen.add(id);
      return ids.difference(seen);
    },
  });
  if (merged) await writer.refresh();
  versions.drop(leftOut);
  if (of.textIndex === true) await writer.indexText();
  const table = await describeTable({
    indexDir,
    repo: REPO,
    tableName: "files.lance",
    identity: writer.identity,
    previous,
    files: versions.count,
    segments,
    nextFileId: versions.nextFileId,
  });
  writer.close();
  await setVersion(tableOnDisk(tableDir), versionIn(table));
  const snapshot = await writeSnapshot({
    to: store,
    snapshot: makeSnapshot({ repo: REPO, tableId: table.tableId, commit, fileIds }),
  });
  const manifest: Manifest = { ...table, snapshots: { ...kept, [commit]: snapshot } };
  const sha256 = await writeManifest({ to: store, repo: REPO, manifest });
  const source = { name: REPO, url: "https://example.com/demo" };
  const fresh = {
    format: 1,
    manifest: sha256,
    default: branch,
    heads: { [branch]: commit },
    generation: 0,
    device,
    pushedAt: "",
    source,
  };
  const shown = mergeRef({
    local: fresh,
    remote: before?.ref,
    remoteManifest: undefined,
    base: undefined,
    manifest,
    prefer: "local",
  });
  const ref = nextRef({
    shown: { ...shown, default: before?.ref.default ?? branch },
    manifest: sha256,
    before: before?.ref,
    device,
    now: Date.now(),
  });
  if ((await updateLocalRef({ to: store, repo: REPO, ref, expected: before })) === undefined)
    throw new Error("the local ref moved");
  await sweepFiles({ local: store, localDir: store.dir, repo: REPO, current: manifest, before: [previous] });
  return commit;
}

async function snapshotIds(store: DirectoryStore, of: { tableId: string; sha256: string }): Promise<Iterable<number>> {
  const key = snapshotKey(REPO, of.tableId, of.sha256);
  return visibleFileIds(decodeSnapshot(await catObject({ from: store, object: { key, sha256: of.sha256 } })), 100_000);
}

/** What a commit sees in a home's current index: path -> text, joined from its rows, each row checked against what was written. */
export async function filesAt(store: DirectoryStore, commit: string): Promise<Files> {
  const ref = await readRef({ from: store, repo: REPO });
  const manifest = ref && (await catManifest({ from: store, repo: REPO, sha256: ref.ref.manifest }));
  if (!manifest) throw new Error("no index");
  const sha256 = manifest.snapshots[commit];
  if (sha256 === undefined) throw new Error(`no snapshot of ${commit}`);
  const bytes = await catObject({
    from: store,
    object: { key: snapshotKey(REPO, manifest.tableId, sha256), sha256 },
  });
  const visible = new Set(visibleFileIds(decodeSnapshot(bytes), 1000));
  const table = LanceTable.open(
    fileDirectory(join(store.dir, "index", REPO, "files.lance")),
    Uint8Array.fromBase64(manifest.table.manifest),
  );
  const texts: Record<string, string> = {};
  const owners = new Map<number, string>();
  for (const { id } of table.fragments) {
    const scan = (column: string) => table.scan(column, id);
    const fileIds = u32s(await scan("fileId"));
    const [paths, blobs, contents] = [
      strings(await scan("path")),
      strings(await scan("blob")),
      strings(await scan("contents")),
    ];
    const [symbols, terms, starts] = [
      strings(await scan("symbol")),
      strings(await scan("terms")),
      i32s(await scan("startLine")),
    ];
    const [chunks, vectors, codes] = [
      u16s(await scan("chunk")),
      bytesOf(await scan("vector")),
      bytesOf(await scan("code")),
    ];
    for (let row = 0; row < fileIds.length; row++) {
      const fileId = fileIds[row] as number;
      const owner = `${blobs[row]} ${paths[row]}`;
      if ((owners.get(fileId) ?? owner) !== owner)
        throw new Error(`file ${fileId} is both ${owner} and ${owners.get(fileId)}`);
      owners.set(fileId, owner);
      if (!visible.has(fileId)) continue;
      const text = contents[row] ?? "";
      const expected = rowOf({ text, chunk: chunks[row] as number });
      const code = codes.slice((row * DIM) / 8, ((row + 1) * DIM) / 8);
      const vector = vectors.slice(row * DIM * 2, (row + 1) * DIM * 2);
      const found = [symbols[row], terms[row], starts[row], vector.toHex(), code.toHex()];
      const wanted = [
        expected.symbol,
        expected.terms,
        expected.startLine,
        expected.vector.toHex(),
        expected.code.toHex(),
      ];
      if (JSON.stringify(found) !== JSON.stringify(wanted))
        throw new Error(`row ${row} of ${owner} is ${JSON.stringify(found)}`);
      texts[paths[row] ?? ""] = (texts[paths[row] ?? ""] ?? "") + text;
    }
  }
  return texts;
}

const blobOf = async (text: string) => (await sha256Hex(new TextEncoder().encode(text))).slice(0, 40);

function chunksOf(text: string): string[] {
  const lines = text.split(/(?<=\n)/);
  const chunks: string[] = [];
  for (let at = 0; at < lines.length; at += LINES_PER_CHUNK)
    chunks.push(lines.slice(at, at + LINES_PER_CHUNK).join(""));
  return chunks;
}

/** Every column of a row follows from its text and number, so that a reader can tell a wrong one. */
function rowOf({ text, chunk }: { text: string; chunk: number }) {
  const floats = Float32Array.from({ length: DIM }, (_, i) =>
    Math.sin(text.length * 7 + i * (text.codePointAt(i % text.length) ?? 1)),
  );
  const { vector, code } = vectorColumns(floats, DIM);
  return {
    symbol: chunk % 2 === 0 ? null : `symbol${text.length}`,
    terms: text.trim().split(/\s+/).join(" "),
    startLine: 1 + chunk * LINES_PER_CHUNK,
    vector: new Uint8Array(vector.buffer),
    halves: vector,
    code,
  };
}

function blockOf({ path, blob, text }: { path: string; blob: string; text: string }): RowBlock {
  const chunks = chunksOf(text);
  const rows = chunks.map((part, chunk) => rowOf({ text: part, chunk }));
  const utf8 = (values: readonly string[]) => {
    const builder = new Utf8Builder(64);
    for (const value of values) builder.push(value);
    return builder.finish();
  };
  const startLine = Int32Array.from(rows, (r) => r.startLine);
  return {
    files: [{ path, blob, language: "text", rows: rows.length }],
    rows: rows.length,
    startLine,
    endLine: startLine.map((line) => line + LINES_PER_CHUNK - 1),
    symbol: utf8(rows.map((r) => r.symbol ?? "")),
    symbolNulls: Uint8Array.from(rows, (r) => (r.symbol === null ? 1 : 0)),
    contents: utf8(chunks),
    terms: utf8(rows.map((r) => r.terms)),
    vector: Uint16Array.from(rows.flatMap((r) => Array.from(r.halves))),
    code: Uint8Array.from(rows.flatMap((r) => Array.from(r.code))),
  };
}
