/** Puts rows that are made already on top of the table a manifest describes: how the work of two devices is joined. */
import { join } from "node:path";
import { fileDirectory } from "../bytes/file-source.ts";
import { describeTable } from "./describe-table.ts";
import { FileVersions } from "./file-versions.ts";
import { openChecked } from "./open-table.ts";
import { tableOnDisk } from "./lance-versions.ts";
import { settleSegments } from "./settle-segments.ts";
import { setVersion, versionIn } from "./set-version.ts";
import { RowAppender } from "./row-appender.ts";
import type { RowBlock } from "./row-block.ts";
import { TableWriter } from "./table-writer.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { indexPrefix } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";

/**
 * A native full-text index is left as it is: native searches read rows outside it too, and the next index run decides about a new
 * one. Segments are merged as after an index run, and new ones get packs; no row is left out.
 * @param of.manifest its objects all lie below `localDir`
 * @returns the manifest of the table with the rows, without snapshots, and each file's fileId in the order given
 */
export async function appendRows(of: {
  readonly localDir: string;
  readonly manifest: Manifest;
  readonly blocks: AsyncIterable<RowBlock>;
  /** No file is given a number below it. */
  readonly nextFileId?: number | undefined;
}): Promise<{ readonly manifest: Manifest; readonly fileIds: readonly number[] }> {
  const { localDir, manifest, blocks } = of;
  const { repo } = manifest;
  const { name } = manifest.table;
  const indexDir = join(localDir, indexPrefix(repo));
  const tableDir = join(indexDir, name);
  const before = versionIn(manifest);
  await setVersion(tableOnDisk(tableDir), before);
  const table = openChecked(manifest, fileDirectory(tableDir));
  const versions = await FileVersions.of(table, { nextFileId: Math.max(manifest.nextFileId ?? 1, of.nextFileId ?? 1) });
  const writer = await TableWriter.open(tableDir);
  if (writer === null) throw new RepobaseError("corrupt_index", `"${tableDir}" is not a table of ours`);
  try {
    const appender = new RowAppender(async () => writer, versions.nextFileId);
    const fileIds: number[] = [];
    for await (const block of blocks) {
      const firstId = await appender.add(block);
      block.files.forEach((file, i) => {
        versions.add(file, firstId + i);
        fileIds.push(firstId + i);
      });
    }
    await appender.finish();
    const { segments } = await settleSegments({ tableDir, previous: manifest });
    const described = await describeTable({
      indexDir,
      repo,
      tableName: name,
      identity: writer.identity,
      previous: manifest,
      files: versions.count,
      segments,
      nextFileId: versions.nextFileId,
    });
    await setVersion(tableOnDisk(tableDir), versionIn(described));
    return { manifest: described, fileIds };
  } finally {
    writer.close();
  }
}
