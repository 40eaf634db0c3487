/** One file as a commit sees it, put together again from its chunks: `repobase show` and `GET /v1/repos/:id/files/*path`. */
import { rowAddress } from "../lance/table.ts";
import type { LanceTable } from "../lance/table.ts";
import { strings, u16s } from "../lance/values.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { fileIdsOf, fileNames } from "./file-columns.ts";
import type { IndexView } from "./index-view.ts";
import { includes } from "./row-selection.ts";

export interface IndexedFile {
  readonly repoId: string;
  readonly commit: string;
  readonly path: string;
  readonly language: string;
  /** Git blob id. */
  readonly blob: string;
  /** The whole text, exactly. */
  readonly contents: string;
}

/** @returns undefined when the view has no such file. @throws RepobaseError `corrupt_index` when chunks are missing */
export async function readFile({ view, path }: { view: IndexView; path: string }): Promise<IndexedFile | undefined> {
  const { table, repoId, commit } = view;
  const fragments = await Promise.all(table.fragments.map(({ id }) => rowsOfPath(view, id, path)));
  // where every version is visible, the latest has the highest id
  const fileId = Math.max(-1, ...fragments.flatMap((rows) => rows.map((row) => row.fileId)));
  const addresses = fragments
    .flat()
    .filter((row) => row.fileId === fileId)
    .map(({ address }) => address);
  const first = addresses.slice(0, 1);
  if (first.length === 0) return undefined;
  const [numbers, contents, languages, blobs] = await Promise.all([
    table.take("chunk", addresses).then(u16s),
    takeText(table, "contents", addresses),
    takeText(table, "language", first),
    takeText(table, "blob", first),
  ]);
  const chunks = contents.map((text, at) => ({ text, number: numbers[at] ?? -1 })).sort((a, b) => a.number - b.number);
  if (chunks.some(({ number }, at) => number !== at))
    throw new RepobaseError("corrupt_index", `${repoId} lacks chunks of ${JSON.stringify(path)}`);
  return {
    repoId,
    commit,
    path,
    language: languages[0] ?? "",
    blob: blobs[0] ?? "",
    contents: chunks.map(({ text }) => text).join(""),
  };
}

async function rowsOfPath({ table, visible }: IndexView, fragment: number, path: string) {
  const [fileIds, paths, deleted] = await Promise.all([
    fileIdsOf(table, fragment),
    fileNames(table, fragment, "path"),
    table.deletedRows(fragment),
  ]);
  const rows: { fileId: number; address: number }[] = [];
  fileIds.forEach((fileId, row) => {
    if (paths.get(fileId) !== path || deleted.has(row)) return;
    if (visible === null || includes(visible, fileId)) rows.push({ fileId, address: rowAddress(fragment, row) });
  });
  return rows;
}

async function takeText(table: LanceTable, column: string, addresses: readonly number[]): Promise<string[]> {
  return strings(await table.take(column, addresses)).map((text) => text ?? "");
}
