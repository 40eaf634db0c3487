/** Makes the full-text index of a table anew from its rows, which must be whole. */
import { join } from "node:path";
import { fileDirectory } from "../bytes/file-source.ts";
import { indexPrefix } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { describeTable } from "./describe-table.ts";
import { FileVersions } from "./file-versions.ts";
import { tableOnDisk } from "./lance-versions.ts";
import { requireWhole } from "./list-objects.ts";
import { openChecked } from "./open-table.ts";
import { segmentsIn } from "./segments.ts";
import { setVersion, versionIn } from "./set-version.ts";
import { TableWriter } from "./table-writer.ts";

export const isTextIndex = ({ path }: { readonly path: string }): boolean => path.includes("/_indices/");

/**
 * @param of.localDir the folder that holds its objects
 * @returns the manifest of the same rows, with the same snapshots
 * @throws RepobaseError `corrupt_index` when the rows are damaged too
 */
export async function rebuildTextIndex(of: {
  readonly localDir: string;
  readonly manifest: Manifest;
}): Promise<Manifest> {
  const { manifest } = of;
  const { repo, table, stats, snapshots } = manifest;
  const indexDir = join(of.localDir, indexPrefix(repo));
  const tableDir = join(indexDir, table.name);
  await requireWhole(
    indexDir,
    manifest.objects.filter((object) => !isTextIndex(object)),
  );
  await setVersion(tableOnDisk(tableDir), versionIn(manifest));
  const writer = await TableWriter.open(tableDir);
  if (writer === null) return manifest;
  try {
    await writer.indexText();
    const { identity } = writer;
    const rows = openChecked(manifest, fileDirectory(tableDir));
    const described = await describeTable({
      indexDir,
      repo,
      tableName: table.name,
      identity,
      previous: manifest,
      files: stats.files,
      segments: segmentsIn(rows, manifest),
      nextFileId: manifest.nextFileId ?? (await FileVersions.of(rows)).nextFileId,
    });
    await setVersion(tableOnDisk(tableDir), versionIn(described));
    return { ...described, snapshots };
  } finally {
    writer.close();
  }
}
