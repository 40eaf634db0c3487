/** Builds the full-text index of a native table anew, when too many rows lie outside it. */
import { fileDirectory } from "../bytes/file-source.ts";
import { LanceTable } from "../lance/table.ts";
import { newestVersion } from "./lance-versions.ts";
import { TEXT_INDEX, type TableWriter } from "./table-writer.ts";
import { needsTextIndex } from "./text-index-policy.ts";

export async function keepTextIndex(tableDir: string, writer: TableWriter): Promise<void> {
  const lance = await newestVersion(tableDir);
  if (lance === null) return;
  const table = LanceTable.open(fileDirectory(tableDir), lance.manifest);
  const index = table.indices.find(({ name }) => name === TEXT_INDEX);
  const covered = new Set(index?.fragments);
  const indexed = table.fragments.reduce((sum, fragment) => sum + (covered.has(fragment.id) ? fragment.rows : 0), 0);
  if (needsTextIndex({ rows: table.liveRows(), indexed: index === undefined ? null : indexed }))
    await writer.indexText();
}
