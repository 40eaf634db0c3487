/** After rows were appended to a table: which segments it has now, merged where they have become too many or too alike in size. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileDirectory } from "../bytes/file-source.ts";
import { LanceTable } from "../lance/table.ts";
import { u32s } from "../lance/values.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { Manifest, Segment } from "../protocol/manifest.ts";
import { newestVersion } from "./lance-versions.ts";
import { checkedFiles } from "./open-table.ts";
import { replaceFragments } from "./replace-fragments.ts";
import { fragmentsOf, mergeFrom, segmentsIn } from "./segments.ts";

export interface Settled {
  readonly segments: readonly Segment[];
  /** The table's newest version is another one now: whoever has it open natively must look again. */
  readonly merged: boolean;
  /** fileIds whose rows are no longer in the table. */
  readonly leftOut: ReadonlySet<number>;
}

/**
 * The caller holds the repository's lock, and the newest version in the folder is the one it means.
 * @param of.previous of the same table; null: none
 * @param of.findUnseen which of these fileIds nobody needs any more; absent: none
 * @throws RepobaseError `corrupt_index`; and what writing a table throws. The table is then as it was
 */
export async function settleSegments(of: {
  readonly tableDir: string;
  readonly previous: Manifest | null;
  readonly findUnseen?: (fileIds: ReadonlySet<number>) => Promise<ReadonlySet<number>>;
}): Promise<Settled> {
  const { tableDir, previous } = of;
  const lance = await newestVersion(tableDir);
  if (lance === null) throw new RepobaseError("corrupt_index", `the table "${tableDir}" is gone`);
  const files = fileDirectory(tableDir);
  const directory = previous === null ? files : checkedFiles(previous, files, "pass");
  const table = LanceTable.open(directory, lance.manifest);
  const segments = segmentsIn(table, previous);
  const sparesBase = !(segments[0]?.files ?? []).every((path) => existsSync(join(tableDir, path)));
  const from = mergeFrom(
    segments.map(({ rows }) => rows),
    sparesBase,
  );
  if (from >= segments.length - 1) return { segments, merged: false, leftOut: new Set() };
  const fragments = fragmentsOf(table, segments.slice(from)).map(({ id }) => id);
  const leftOut = of.findUnseen ? await of.findUnseen(await fileIdsIn(table, fragments)) : new Set<number>();
  const isWanted = (fileId: number) => !leftOut.has(fileId);
  const [made] = await replaceFragments({ tableDir, lance, table, groups: [fragments], isWanted });
  const isEmpty = made === undefined || made.files.length === 0;
  return { segments: [...segments.slice(0, from), ...(isEmpty ? [] : [made])], merged: true, leftOut };
}

async function fileIdsIn(table: LanceTable, fragments: readonly number[]): Promise<Set<number>> {
  const found = new Set<number>();
  for (const id of fragments) for (const fileId of u32s(await table.scan("fileId", id))) found.add(fileId);
  return found;
}
