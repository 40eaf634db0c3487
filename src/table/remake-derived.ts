/** Makes again what is made of a table's rows, which must be whole: search packs, and the native full-text index where it keeps one. */
import { join } from "node:path";
import { fileDirectory } from "../bytes/file-source.ts";
import { indexPrefix } from "../protocol/keys.ts";
import type { Manifest, Segment } from "../protocol/manifest.ts";
import { describeTable } from "./describe-table.ts";
import { FileVersions } from "./file-versions.ts";
import { keepsTextIndex } from "./keep-text-index.ts";
import { tableOnDisk } from "./lance-versions.ts";
import { requireWhole } from "./list-objects.ts";
import { openChecked } from "./open-table.ts";
import { segmentsIn } from "./segments.ts";
import { setVersion, versionIn } from "./set-version.ts";
import { TableWriter } from "./table-writer.ts";

const isTextIndex = (path: string): boolean => path.includes("/_indices/");

/** Is an object no rows, but made of them? @param path of the object, or its key */
export const isDerived = (path: string): boolean => isTextIndex(path) || path.includes("/packs/");

/**
 * An index of an older program gets packs in place of its full-text index. Equal rows give equal packs: where this program made the
 * lost ones, the manifest is the one that was given.
 * @param of.localDir the folder that holds its objects
 * @param of.lost objects of the manifest that are gone or damaged: derived ones
 * @returns the manifest of the same rows, with the same snapshots
 * @throws RepobaseError `corrupt_index` when the rows are damaged too
 */
export async function remakeDerived(of: {
  readonly localDir: string;
  readonly manifest: Manifest;
  readonly lost: readonly string[];
}): Promise<Manifest> {
  const { manifest, lost } = of;
  const { repo, table, stats, snapshots, log, model } = manifest;
  const indexDir = join(of.localDir, indexPrefix(repo));
  const tableDir = join(indexDir, table.name);
  await requireWhole(
    indexDir,
    manifest.objects.filter(({ path }) => !isDerived(path)),
  );
  await setVersion(tableOnDisk(tableDir), versionIn(manifest));
  if (lost.some(isTextIndex)) await remakeTextIndex(tableDir, keepsTextIndex(manifest));
  const rows = openChecked(manifest, fileDirectory(tableDir));
  const described = await describeTable({
    indexDir,
    repo,
    tableName: table.name,
    identity: { tableId: manifest.tableId, model: model.id, dim: model.dim, chunker: manifest.chunker },
    previous: manifest,
    files: stats.files,
    segments: segmentsIn(rows, manifest).map((segment) => withoutLost(segment, new Set(lost))),
    nextFileId: manifest.nextFileId ?? (await FileVersions.of(rows)).nextFileId,
  });
  await setVersion(tableOnDisk(tableDir), versionIn(described));
  return { ...described, snapshots, ...(log && { log }) };
}

async function remakeTextIndex(tableDir: string, isKept: boolean): Promise<void> {
  const writer = await TableWriter.open(tableDir);
  try {
    await (isKept ? writer?.indexText() : writer?.dropTextIndex());
  } finally {
    writer?.close();
  }
}

function withoutLost(segment: Segment, lost: ReadonlySet<string>): Segment {
  const { files, rows, pack } = segment;
  return pack !== undefined && lost.has(pack.path) ? { files, rows } : segment;
}
