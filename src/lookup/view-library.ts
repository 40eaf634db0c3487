/**
 * What both libraries do alike, over the opened index of a repository: one view, or two where its uncommitted work is read, whose files
 * are apart.
 */
import type { FileList } from "../protocol/browse-api.ts";
import type { RemoteRepo } from "../protocol/cloud-api.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { plainSourceUrl } from "../protocol/source-url.ts";
import { listFiles } from "../search/browse/list-files.ts";
import type { IndexView } from "../search/index-view.ts";
import { readFile } from "../search/read-file.ts";
import { readableText } from "../text/file-text.ts";
import { splitLines } from "../text/lines.ts";
import type { FilesQuestion, LibraryFile, LibraryRepo } from "./library.ts";

/** @throws RepobaseError `not_found` */
export async function readOf(of: {
  readonly views: readonly IndexView[];
  /** Of the repository. */
  readonly name: string;
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}): Promise<LibraryFile> {
  const { views, name, path, signal } = of;
  for (const view of views) {
    const file = await readFile({ view, path, signal });
    if (file === undefined) continue;
    const { repoId, commit, language } = file;
    const text = readableText(file.contents);
    return { repoId, name, commit, path, language, text, lineCount: splitLines(text).length };
  }
  throw new RepobaseError("not_found", `there is no file ${JSON.stringify(path.slice(0, 200))}${at(views)}`, {
    fields: { path },
  });
}

/** @throws RepobaseError `not_found` for a folder that none of the views has, `usage` */
export async function filesOf(
  views: readonly IndexView[],
  question: Omit<FilesQuestion, "repo" | "ref">,
  signal?: AbortSignal,
): Promise<FileList> {
  const asked = { ...question, after: question.after ?? undefined, signal };
  const [first, ...rest] = views;
  if (first === undefined) throw new Error("a repository has a view");
  if (rest.length === 0) return listFiles({ ...asked, view: first });
  // with a pattern, a folder that one of them lacks is an empty one
  const path = asked.path ?? "**";
  const list = joined(await Promise.all(views.map((view) => listFiles({ ...asked, path, view }))), asked.limit);
  if (list.fileCount === 0 && list.dir && asked.path === null && asked.lang === null)
    throw new RepobaseError("not_found", `there is no folder ${JSON.stringify(list.dir.slice(0, 200))}${at(views)}`, {
      fields: { path: list.dir },
    });
  return list;
}

/** Lists of one question, each in order, as one. */
function joined(lists: readonly FileList[], limit: number): FileList {
  const [first] = lists;
  if (first === undefined) throw new Error("a repository has a view");
  const counts = new Map<string, number>();
  for (const { path, fileCount } of lists.flatMap(({ folders }) => folders ?? []))
    counts.set(path, (counts.get(path) ?? 0) + fileCount);
  const folders = [...counts].map(([path, fileCount]) => ({ path, fileCount })).sort(byPath);
  const files = lists.flatMap((list) => list.files).sort(byPath);
  const shownFolders = folders.slice(0, limit);
  const shownFiles = files.slice(0, limit - shownFolders.length);
  const more = folders.length + files.length > limit || lists.some(({ next }) => next !== null);
  const last = shownFiles.at(-1)?.path;
  // as listFiles says where a list goes on: folders come before files
  const end = last === undefined ? `0${shownFolders.at(-1)?.path ?? ""}` : first.dir === undefined ? last : `1${last}`;
  return {
    ...first,
    ...(first.folders && { folders: shownFolders }),
    files: shownFiles,
    fileCount: lists.reduce((sum, { fileCount }) => sum + fileCount, 0),
    next: more ? end : null,
  };
}

const byPath = (a: { readonly path: string }, b: { readonly path: string }) =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;

const at = ([view]: readonly IndexView[]): string => (view === undefined ? "" : ` in ${view.repoId} at ${view.commit}`);

/** By name. */
export const libraryRepos = (found: readonly RemoteRepo[]): readonly LibraryRepo[] =>
  found
    .map(({ id, name, url, commit, default: branch, refs: branches, tags = {}, fileCount, lastSyncedAt, state }) => ({
      id,
      name,
      url: plainSourceUrl(url),
      commit,
      branch: branch || null,
      branches,
      tags,
      fileCount,
      indexedAt: lastSyncedAt,
      state: state ?? "ready",
    }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
