/**
 * The native full-text index: no search of ours reads it. It is kept for those who open a copy of the bucket with LanceDB, in tables
 * whose owner asked for it, and built anew when too many rows lie outside it.
 */
import { basename, dirname } from "node:path";
import { fileDirectory } from "../bytes/file-source.ts";
import { parseManifest } from "../lance/manifest.ts";
import { LanceTable } from "../lance/table.ts";
import { type Manifest, type ManifestObject, packsOf } from "../protocol/manifest.ts";
import { requireWhole } from "./list-objects.ts";
import { newestVersion } from "./lance-versions.ts";
import { versionIn } from "./set-version.ts";
import { TEXT_INDEX, type TableWriter } from "./table-writer.ts";
import { needsTextIndex } from "./text-index-policy.ts";

/** Was it asked for? An index of an older program, without packs, had one in any case. */
export const keepsTextIndex = (manifest: Manifest | null): boolean =>
  manifest !== null &&
  packsOf(manifest) !== undefined &&
  parseManifest(versionIn(manifest).manifest).indices.some(({ name }) => name === TEXT_INDEX);

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
  const data = new Set(
    table.fragments.flatMap(({ files }) => files.map(({ path }) => `${basename(tableDir)}/${path}`)),
  );
  await requireWhole(
    dirname(tableDir),
    of.known.filter(({ path }) => data.has(path)),
  );
  await writer.indexText();
}
