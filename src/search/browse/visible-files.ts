/** The files that a view sees, each by its place in the table; the text of none is read. */
import { rowAddress } from "../../lance/table.ts";
import { i32s, strings } from "../../lance/values.ts";
import type { ListedFile } from "../../protocol/browse-api.ts";
import { fileNames } from "../file-columns.ts";
import type { IndexView } from "../index-view.ts";
import type { RowFilter } from "../row-filter.ts";
import { selectRows } from "../row-selection.ts";

export interface VisibleFile {
  readonly fileId: number;
  readonly path: string;
  /** Addresses of its first chunk and its last. */
  readonly first: number;
  last: number;
}

/** In no order, each path once. One round of reads: file ids, paths, what the filter needs. */
export async function listVisibleFiles(
  view: IndexView,
  filter: RowFilter,
  signal?: AbortSignal,
): Promise<readonly VisibleFile[]> {
  const { table } = view;
  const [selection, names] = await Promise.all([
    selectRows(view, filter, signal),
    Promise.all(
      table.fragments.map(
        async ({ id }) => [id, await fileNames(table, { fragment: id, column: "path", signal })] as const,
      ),
    ).then((all) => new Map(all)),
  ]);
  const byId = new Map<number, VisibleFile>();
  for (const [fragment, { fileIds, allowed }] of selection) {
    const paths = names.get(fragment);
    let file: VisibleFile | undefined;
    for (let row = 0; row < fileIds.length; row++) {
      if (allowed[row] !== 1) continue;
      const fileId = fileIds[row] as number;
      const address = rowAddress(fragment, row);
      // a file's rows stand together
      if (file?.fileId !== fileId) {
        file = byId.get(fileId) ?? { fileId, path: paths?.get(fileId) ?? "", first: address, last: address };
        byId.set(fileId, file);
      }
      file.last = address;
    }
  }
  return view.visible === null ? latestOfEach(byId.values()) : [...byId.values()];
}

/** Where every version is visible, the latest has the highest id. */
function latestOfEach(files: Iterable<VisibleFile>): VisibleFile[] {
  const byPath = new Map<string, VisibleFile>();
  for (const file of files) {
    const known = byPath.get(file.path);
    if (known === undefined || known.fileId < file.fileId) byPath.set(file.path, file);
  }
  return [...byPath.values()];
}

/** What lists say of files, in the order given. One round of reads: small columns of one row or two each. */
export async function describeFiles(
  { table }: IndexView,
  files: readonly VisibleFile[],
  signal?: AbortSignal,
): Promise<ListedFile[]> {
  const firsts = files.map(({ first }) => first);
  const [blobs, languages, ends] = await Promise.all([
    table.take("blob", firsts, signal).then(strings),
    table.take("language", firsts, signal).then(strings),
    table
      .take(
        "endLine",
        files.map(({ last }) => last),
        signal,
      )
      .then(i32s),
  ]);
  return files.map(({ path }, at) => ({
    path,
    language: languages[at] ?? "",
    blob: blobs[at] ?? "",
    lineCount: ends[at] ?? 0,
  }));
}
