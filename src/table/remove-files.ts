/**
 * Takes file versions out of a native table, bytes and all. A native delete alone leaves the bytes where they are, so every
 * fragment that holds such a row is dropped whole and its other rows are written again, with the fileIds they had; search packs
 * and a full-text index, which hold texts and words of all rows, are made anew. The old files stay until somebody sweeps them: a
 * reader of the old manifest is undisturbed, and a process that dies here leaves the old index as it was.
 */
import { join } from "node:path";
import { fragmentOf, type LanceTable } from "../lance/table.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { indexPrefix } from "../protocol/keys.ts";
import type { Manifest, Segment } from "../protocol/manifest.ts";
import { DirectoryStore } from "../store/directory-store.ts";
import { describeTable } from "./describe-table.ts";
import { keepsTextIndex } from "./keep-text-index.ts";
import { tableOnDisk } from "./lance-versions.ts";
import { openTableAt } from "./open-table.ts";
import { packsWith } from "./packs/packs-with.ts";
import { type Rewritten, replaceFragments } from "./replace-fragments.ts";
import { dataFiles, fragmentsOf, liveRows, segmentsIn } from "./segments.ts";
import { type LanceVersion, setVersion, versionIn } from "./set-version.ts";
import { readFileRows } from "./table-rows.ts";
import { TableWriter } from "./table-writer.ts";

export interface FileVersion {
  readonly fileId: number;
  readonly path: string;
  /** git blob id. */
  readonly blob: string;
  readonly rows: number;
}

/** The file versions of a table that `isUnwanted` picks, by fileId. */
export async function findFiles(of: {
  readonly localDir: string;
  readonly manifest: Manifest;
  readonly isUnwanted: (file: { readonly path: string }) => boolean;
}): Promise<FileVersion[]> {
  const files = await readFileRows(openTableAt(of.manifest, of.localDir));
  return [...files.values()]
    .filter(of.isUnwanted)
    .map(({ fileId, path, blob, rows }) => ({ fileId, path, blob, rows: rows.length }));
}

/**
 * The caller holds the repository's lock.
 * @param of.localDir the folder that holds the manifest's objects
 * @returns the manifest of the table without those files, with no snapshots, and which fileIds are gone; undefined: it has none
 * @throws RepobaseError `corrupt_index` when the table is not what its manifest says; and what writing a table throws
 */
export async function removeFiles(of: {
  readonly localDir: string;
  readonly manifest: Manifest;
  readonly isUnwanted: (file: { readonly path: string }) => boolean;
}): Promise<{ readonly manifest: Manifest; readonly gone: ReadonlySet<number> } | undefined> {
  const { localDir, manifest, isUnwanted } = of;
  const { repo } = manifest;
  const indexDir = join(localDir, indexPrefix(repo));
  const tableDir = join(indexDir, manifest.table.name);
  const table = openTableAt(manifest, localDir);
  const files = [...(await readFileRows(table)).values()];
  const unwanted = files.filter(isUnwanted);
  const stale = new Set(await packsWith({ store: new DirectoryStore(localDir), manifest, isUnwanted }));
  if (unwanted.length === 0 && stale.size === 0) return undefined;
  const gone = new Set(unwanted.map(({ fileId }) => fileId));
  const affected = new Set(unwanted.flatMap(({ rows }) => rows.map(fragmentOf)));

  const lance = versionIn(manifest);
  await setVersion(tableOnDisk(tableDir), lance);
  const kept =
    affected.size === 0
      ? segmentsIn(table, manifest)
      : await withoutRows({ tableDir, lance, table, manifest, affected, gone });
  // one that names a purged path although the table does not is made again with those of the rows that changed
  const segments = kept.map((segment) => (stale.has(segment.pack?.path ?? "") ? withoutPack(segment) : segment));
  const writer = await TableWriter.open(tableDir);
  if (writer === null) throw new RepobaseError("corrupt_index", `"${tableDir}" is not a table of ours`);
  try {
    await writer.dropTextIndex();
    if (gone.size < files.length && keepsTextIndex(manifest)) await writer.indexText();
    const described = await describeTable({
      indexDir,
      repo,
      tableName: manifest.table.name,
      identity: writer.identity,
      previous: manifest,
      files: files.length - gone.size,
      segments,
      nextFileId: manifest.nextFileId ?? 1 + files.reduce((last, { fileId }) => Math.max(last, fileId), 0),
    });
    await setVersion(tableOnDisk(tableDir), versionIn(described));
    return { manifest: described, gone };
  } finally {
    writer.close();
  }
}

const withoutPack = ({ files, rows }: Segment): Segment => ({ files, rows });

/** What is left of each affected fragment goes to new files, which stay in their segment. */
async function withoutRows(of: {
  readonly tableDir: string;
  readonly lance: LanceVersion;
  readonly table: LanceTable;
  readonly manifest: Manifest;
  /** Ids of the fragments that hold rows of files that go. */
  readonly affected: ReadonlySet<number>;
  readonly gone: ReadonlySet<number>;
}): Promise<Segment[]> {
  const { tableDir, lance, table, affected, gone } = of;
  const segments = segmentsIn(table, of.manifest).map((segment) => {
    const fragments = fragmentsOf(table, [segment]);
    return { segment, kept: fragments.filter(({ id }) => !affected.has(id)), ids: fragments.map(({ id }) => id) };
  });
  const groups = segments.map(({ ids }) => ids.filter((id) => affected.has(id)));
  const isWanted = (fileId: number) => !gone.has(fileId);
  const replaced = await replaceFragments({ tableDir, lance, table, groups, isWanted });
  return segments
    .map(({ segment, kept, ids }, i): Segment => {
      if (kept.length === ids.length) return segment;
      const made = replaced[i] as Rewritten;
      return {
        files: [...kept.flatMap(dataFiles), ...made.files],
        rows: kept.reduce((sum, fragment) => sum + liveRows(fragment), made.rows),
      };
    })
    .filter(({ files }) => files.length > 0);
}
