/** Makes the full-text index of a table anew from its rows, which must be whole. */
import { join } from "node:path";
import { indexPrefix } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { describeTable } from "./describe-table.ts";
import { tableOnDisk } from "./lance-versions.ts";
import { requireWhole } from "./list-objects.ts";
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
    const described = await describeTable({
      indexDir,
      repo,
      tableName: table.name,
      identity,
      previous: manifest,
      files: stats.files,
    });
    await setVersion(tableOnDisk(tableDir), versionIn(described));
    return { ...described, snapshots };
  } finally {
    writer.close();
  }
}
