/** One file as a commit sees it, put together again from its chunks: `repobase show` and `GET /v1/repos/:id/files/*path`. */
import { rowAddress } from "../lance/table.ts";
import { strings, u16s } from "../lance/values.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { fileIdsOf, fileNames } from "./file-columns.ts";
import type { IndexView } from "./index-view.ts";

export interface IndexedFile {
  readonly repoId: string;
  readonly commit: string;
  readonly path: string;
  readonly language: string;
  /** Git blob id. */
  readonly blob: string;
  /** The whole text, exactly, as text/file-text.ts makes it of the bytes. */
  readonly contents: string;
}

/**
 * @returns undefined when the view has no such file
 * @throws RepobaseError `corrupt_index` when chunks are missing, `interrupted`
 */
export async function readFile(of: {
  view: IndexView;
  path: string;
  signal?: AbortSignal | undefined;
}): Promise<IndexedFile | undefined> {
  const { view, path, signal } = of;
  const { table, repoId, commit } = view;
  const addresses = await rowsOfFile(view, path, signal);
  const takeText = async (column: string, rows: readonly number[]) =>
    strings(await table.take(column, rows, signal)).map((text) => text ?? "");
  const first = addresses.slice(0, 1);
  if (first.length === 0) return undefined;
  const [numbers, contents, languages, blobs] = await Promise.all([
    table.take("chunk", addresses, signal).then(u16s),
    takeText("contents", addresses),
    takeText("language", first),
    takeText("blob", first),
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

/** Addresses of the chunks of one file as the view sees it; none: it has no such file. */
export async function rowsOfFile(view: IndexView, path: string, signal?: AbortSignal): Promise<number[]> {
  const fragments = await Promise.all(
    view.table.fragments.map(({ id }) => rowsOfPath(view, { fragment: id, path, signal })),
  );
  // where every version is visible, the latest has the highest id
  const fileId = Math.max(-1, ...fragments.flatMap((rows) => rows.map((row) => row.fileId)));
  return fragments
    .flat()
    .filter((row) => row.fileId === fileId)
    .map(({ address }) => address);
}

async function rowsOfPath(
  { table, visible }: IndexView,
  of: { fragment: number; path: string; signal: AbortSignal | undefined },
) {
  const { fragment, path, signal } = of;
  const [fileIds, paths, deleted] = await Promise.all([
    fileIdsOf(table, fragment, signal),
    fileNames(table, { fragment, column: "path", signal }),
    table.deletedRows(fragment, signal),
  ]);
  const rows: { fileId: number; address: number }[] = [];
  fileIds.forEach((fileId, row) => {
    if (paths.get(fileId) !== path || deleted.has(row)) return;
    if (visible === null || visible.has(fileId)) rows.push({ fileId, address: rowAddress(fragment, row) });
  });
  return rows;
}
