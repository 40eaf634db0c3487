/** Builds the full-text index of a native table anew, when too many rows lie outside it. */
import { basename, dirname } from "node:path";
import { fileDirectory } from "../bytes/file-source.ts";
import { LanceTable } from "../lance/table.ts";
import type { ManifestObject } from "../protocol/manifest.ts";
import { requireWhole } from "./list-objects.ts";
import { newestVersion } from "./lance-versions.ts";
import { TEXT_INDEX, type TableWriter } from "./table-writer.ts";
import { needsTextIndex } from "./text-index-policy.ts";

/**
 * @param of.known what the manifest before lists: its rows are looked at before an index is made of them
 * @throws RepobaseError `corrupt_index` when one of its files is damaged
 */
export async function keepTextIndex(of: {
  readonly tableDir: string;
  readonly writer: TableWriter;
  readonly known: readonly ManifestObject[];
}): Promise<void> {
  const { tableDir, writer } = of;
  const lance = await newestVersion(tableDir);
  if (lance === null) return;
  const table = LanceTable.open(fileDirectory(tableDir), lance.manifest);
  const covered = new Set(table.indices.find(({ name }) => name === TEXT_INDEX)?.fragments);
  const indexed = table.fragments.reduce((sum, fragment) => sum + (covered.has(fragment.id) ? fragment.rows : 0), 0);
  // one whose rows were all merged since covers nothing, and counts words of rows that are gone
  if (!needsTextIndex({ rows: table.liveRows(), indexed: indexed === 0 ? null : indexed })) return;
  const used = new Set(table.files().map(({ path }) => `${basename(tableDir)}/${path}`));
  const isRows = ({ path }: ManifestObject) => used.has(path) && !path.includes("/_indices/");
  await requireWhole(dirname(tableDir), of.known.filter(isRows));
  await writer.indexText();
}
