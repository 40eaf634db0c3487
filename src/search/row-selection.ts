/**
 * Which rows a search may return: those of files its commit sees, not deleted, of the wanted paths and language. Decided
 * before anything is ranked, so that filters never eat into the number of results.
 */
import { fileIdsOf, fileNames } from "./file-columns.ts";
import type { RowFilter } from "./row-filter.ts";
import type { FragmentRows, IndexView, RowSelection } from "./index-view.ts";

export async function selectRows(view: IndexView, filter: RowFilter, signal?: AbortSignal): Promise<RowSelection> {
  const ids = view.table.fragments.map(({ id }) => id).sort((a, b) => a - b);
  const selected = await Promise.all(ids.map((id) => selectFragment(view, { fragment: id, filter, signal })));
  return new Map(selected.map((rows) => [rows.fragment, rows]));
}

async function selectFragment(
  { table, visible }: IndexView,
  of: { fragment: number; filter: RowFilter; signal: AbortSignal | undefined },
): Promise<FragmentRows> {
  const { fragment, signal } = of;
  const { matchesPath, language } = of.filter;
  const [fileIds, deleted, paths, languages] = await Promise.all([
    fileIdsOf(table, fragment, signal),
    table.deletedRows(fragment, signal),
    matchesPath === null ? undefined : fileNames(table, { fragment, column: "path", signal }),
    language === null ? undefined : fileNames(table, { fragment, column: "language", signal }),
  ]);
  const allowsFile = (fileId: number): boolean =>
    (visible === null || visible.has(fileId)) &&
    (matchesPath === null || matchesPath(paths?.get(fileId) ?? "")) &&
    (language === null || languages?.get(fileId)?.toLowerCase() === language);
  const allowed = new Uint8Array(fileIds.length);
  let allows = false;
  fileIds.forEach((fileId, row) => {
    // a file's rows stand together, so the question is asked about once for each file
    if (row === 0 || fileId !== fileIds[row - 1]) allows = allowsFile(fileId);
    if (allows) allowed[row] = 1;
  });
  for (const row of deleted) allowed[row] = 0;
  return { fragment, fileIds, allowed };
}
