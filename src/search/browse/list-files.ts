/** `GET /v1/repos/:id/files`: all files that a commit sees, or one folder of them, by pages. */
import type { FileList, ListedFolder } from "../../protocol/browse-api.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { IndexView } from "../index-view.ts";
import { languageNamed } from "../language-names.ts";
import { compilePathGlob } from "../path-glob.ts";
import { pageAfter } from "./page-cursor.ts";
import { describeFiles, type VisibleFile, listVisibleFiles } from "./visible-files.ts";

export interface ListFilesOptions {
  readonly view: IndexView;
  /** Glob; null: all. */
  readonly path: string | null;
  readonly lang: string | null;
  /** One folder, `""` for the root; null: all files of all folders. */
  readonly dir: string | null;
  readonly limit: number;
  /** What the page before ended with. */
  readonly after: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `next` is what the page ends with, not yet a cursor. @throws RepobaseError `usage`, `not_found` for a folder that is not there */
export async function listFiles(of: ListFilesOptions): Promise<FileList> {
  const { view, path, lang, limit, after, signal } = of;
  const filter = {
    matchesPath: path === null ? null : compilePathGlob(path),
    language: lang === null ? null : languageNamed(lang.toLowerCase()).language,
  };
  const files = await listVisibleFiles(view, filter, signal);
  const head = { repoId: view.repoId, commit: view.commit };
  if (of.dir !== null) return { ...head, ...(await listFolder(files, { ...of, dir: plainFolder(of.dir) })) };
  const { page, more } = pageAfter(files, { key: (file) => file.path, after, count: limit });
  return {
    ...head,
    files: await describeFiles(view, page, signal),
    fileCount: files.length,
    next: more ? (page.at(-1)?.path ?? null) : null,
  };
}

type Entry =
  | { readonly key: string; readonly folder: ListedFolder }
  | { readonly key: string; readonly file: VisibleFile };

/** Folders come before files. */
const FOLDER = "0";
const FILE = "1";

async function listFolder(
  all: readonly VisibleFile[],
  { view, path, lang, dir, limit, after, signal }: ListFilesOptions & { readonly dir: string },
): Promise<Omit<FileList, "repoId" | "commit">> {
  const prefix = dir === "" ? "" : `${dir}/`;
  const counts = new Map<string, number>();
  const entries: Entry[] = [];
  let fileCount = 0;
  for (const file of all) {
    if (!file.path.startsWith(prefix)) continue;
    fileCount++;
    const slash = file.path.indexOf("/", prefix.length);
    if (slash < 0) entries.push({ key: FILE + file.path, file });
    else {
      const folder = file.path.slice(0, slash);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  if (fileCount === 0 && dir !== "" && path === null && lang === null)
    throw new RepobaseError(
      "not_found",
      `${view.repoId} has no folder ${JSON.stringify(dir.slice(0, 200))} at ${view.commit}`,
      {
        fields: { repo: view.repoId, path: dir },
      },
    );
  for (const [folder, count] of counts)
    entries.push({ key: FOLDER + folder, folder: { path: folder, fileCount: count } });
  const { page, more } = pageAfter(entries, { key: ({ key }) => key, after, count: limit });
  const files = page.flatMap((entry) => ("file" in entry ? [entry.file] : []));
  return {
    dir,
    folders: page.flatMap((entry) => ("folder" in entry ? [entry.folder] : [])),
    files: await describeFiles(view, files, signal),
    fileCount,
    next: more ? (page.at(-1)?.key ?? null) : null,
  };
}

const plainFolder = (dir: string): string =>
  dir
    .replace(/^(\.?\/)+/, "")
    .replace(/\/+$/, "")
    .replace(/^\.$/, "");
