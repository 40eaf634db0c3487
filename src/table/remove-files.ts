/**
 * Takes file versions out of a native table, bytes and all. A native delete alone leaves the bytes where they are, so every
 * fragment that holds such a row is dropped whole and its other rows are written again, with the fileIds they had; the
 * full-text index, whose files list the words of all rows, is made anew. The old files stay until somebody sweeps them: a
 * reader of the old manifest is undisturbed, and a process that dies here leaves the old index as it was.
 */
import { fragmentOf } from "../lance/table.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { openTableAt } from "./open-table.ts";
import { rewriteFragments } from "./rewrite-fragments.ts";
import { type FileRows, readFileRows } from "./table-rows.ts";

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
  const files = [...(await readFileRows(openTableAt(manifest, localDir))).values()];
  const gone = new Set(files.filter(isUnwanted).map(({ fileId }) => fileId));
  if (gone.size === 0) return undefined;
  const { fragments, moved } = affected(files, gone);

  const after = await rewriteFragments({
    localDir,
    manifest,
    fragments,
    moved,
    rows: liveRows(files, gone),
    files: files.length - gone.size,
    textIndex: "anew",
  });
  return { manifest: after, gone };
}

const fragmentsOf = ({ rows }: FileRows): readonly number[] => rows.map(fragmentOf);

/** Which fragments go, and whose rows must be written again: files that lie in them, whole. */
function affected(files: readonly FileRows[], gone: ReadonlySet<number>) {
  const fragments = new Set(files.filter(({ fileId }) => gone.has(fileId)).flatMap(fragmentsOf));
  const moved: FileRows[] = [];
  // a file's rows are appended together, so they lie in one fragment; where they do not, all of them move
  for (let grew = true; grew;) {
    moved.length = 0;
    const size = fragments.size;
    for (const file of files) {
      const own = fragmentsOf(file);
      if (!own.some((id) => fragments.has(id))) continue;
      for (const id of own) fragments.add(id);
      if (!gone.has(file.fileId)) moved.push(file);
    }
    grew = fragments.size > size;
  }
  return { fragments, moved: moved.sort((a, b) => a.fileId - b.fileId) };
}

const liveRows = (files: readonly FileRows[], gone: ReadonlySet<number>): number =>
  files.reduce((sum, { fileId, rows }) => sum + (gone.has(fileId) ? 0 : rows.length), 0);
