/** `GET /v1/repos/:id/diff`: which files differ between two commits, by the file versions each sees. No text is read. */
import { rowAddress } from "../../lance/table.ts";
import { strings } from "../../lance/values.ts";
import type { ChangedFile, CommitDiff } from "../../protocol/browse-api.ts";
import { fileIdsOf, fileNames } from "../file-columns.ts";
import type { IndexView } from "../index-view.ts";
import { pageAfter } from "./page-cursor.ts";

export interface DiffOptions {
  /** Two commits of one manifest. */
  readonly from: IndexView;
  readonly to: IndexView;
  readonly signal?: AbortSignal | undefined;
}

interface Version {
  readonly fileId: number;
  readonly row: number;
}

interface Change {
  readonly path: string;
  from?: Version;
  to?: Version;
}

const kindOf = ({ from, to }: Change): ChangedFile["change"] =>
  from === undefined ? "added" : to === undefined ? "removed" : "changed";

/** `next` is the path that the page ends with, not yet a cursor. */
export async function diffCommits(
  of: DiffOptions & { readonly limit: number; readonly after: string | undefined },
): Promise<CommitDiff> {
  const { from, to, limit, after, signal } = of;
  const changes = await changesBetween(of);
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const change of changes) counts[kindOf(change)]++;
  const { page, more } = pageAfter(changes, { key: ({ path }) => path, after, count: limit });
  const rows = [...new Set(page.flatMap((change) => [change.from?.row ?? [], change.to?.row ?? []].flat()))];
  const blobs = strings(await from.table.take("blob", rows, signal));
  const blobAt = new Map(rows.map((row, at) => [row, blobs[at] ?? ""]));
  const blobOf = (version: Version | undefined) => (version && blobAt.get(version.row)) ?? null;
  return {
    repoId: from.repoId,
    from: from.commit,
    to: to.commit,
    counts,
    files: page.map((change) => ({
      path: change.path,
      change: kindOf(change),
      fromBlob: blobOf(change.from),
      toBlob: blobOf(change.to),
    })),
    next: more ? (page.at(-1)?.path ?? null) : null,
  };
}

/** One round of reads: the two columns that say which file a row is of. */
async function changesBetween({ from, to, signal }: DiffOptions): Promise<Change[]> {
  const { table } = from;
  const byPath = new Map<string, Change>();
  const fragments = await Promise.all(
    table.fragments.map(async ({ id }) => {
      const [fileIds, paths, deleted] = await Promise.all([
        fileIdsOf(table, id, signal),
        fileNames(table, { fragment: id, column: "path", signal }),
        table.deletedRows(id, signal),
      ]);
      return { id, fileIds, paths, deleted };
    }),
  );
  for (const { id, fileIds, paths, deleted } of fragments) {
    let last = -1;
    fileIds.forEach((fileId, row) => {
      if (fileId === last || deleted.has(row)) return;
      last = fileId;
      const [before, after] = [from.visible?.has(fileId) ?? true, to.visible?.has(fileId) ?? true];
      if (before === after) return;
      const path = paths.get(fileId) ?? "";
      const change = byPath.get(path) ?? { path };
      byPath.set(path, change);
      const side = before ? "from" : "to";
      // of one path a commit sees one version: the latest
      if ((change[side]?.fileId ?? -1) < fileId) change[side] = { fileId, row: rowAddress(id, row) };
    });
  }
  return [...byPath.values()];
}
