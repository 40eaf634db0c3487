/**
 * Where agents look things up: the indexes of one home, or of one space of a server, read-only. A repository may be called by its id, its
 * name or an unambiguous beginning of its id. Nothing here names a path of the machine: no text, no error.
 */
import type { CommitList, FileList } from "../protocol/browse-api.ts";
import type { SearchRequest, SearchResponse } from "../protocol/search-api.ts";

export interface Library {
  /**
   * `repos` of the request are names as above. The answer has `sources` of every repository in its results.
   * @throws RepobaseError `repo_not_found`, `ref_not_found`, `usage`, `model_unavailable`, `interrupted`
   */
  search(request: SearchRequest): Promise<SearchResponse>;
  /** A whole file. @throws RepobaseError `not_found`, `repo_not_found`, `ref_not_found` */
  read(of: FileQuestion): Promise<LibraryFile>;
  /** `next` is a value for `after`. @throws RepobaseError `not_found` for a folder, `repo_not_found`, `ref_not_found`, `usage` */
  files(of: FilesQuestion): Promise<FileList>;
  /** By name. One that cannot be read is there, with what is known of it. */
  repos(): Promise<readonly LibraryRepo[]>;
  /** The commits that the index has, the newest first. @throws RepobaseError `repo_not_found` */
  commits(of: { readonly repo: string; readonly limit: number }): Promise<CommitList>;
  /** How the folder that an index was made of differs from it; null: it does not, or there is none here. @throws RepobaseError `repo_not_found` */
  changed(repo: string): Promise<"commit" | "files" | null>;
}

export interface FileQuestion {
  readonly repo: string;
  readonly path: string;
  readonly ref: string | null;
}

export interface FilesQuestion {
  readonly repo: string;
  readonly ref: string | null;
  /** Glob; null: all. */
  readonly path: string | null;
  readonly lang: string | null;
  /** One folder, `""` for the root; null: all files of all folders. */
  readonly dir: string | null;
  readonly limit: number;
  /** `next` of the part before; null: from the beginning. */
  readonly after: string | null;
}

export interface LibraryFile {
  readonly repoId: string;
  /** What people call the repository. */
  readonly name: string;
  /** 40 or 64 hex digits, or `worktree`. */
  readonly commit: string;
  readonly path: string;
  readonly language: string;
  readonly text: string;
  readonly lineCount: number;
}

export interface LibraryRepo {
  readonly id: string;
  readonly name: string;
  readonly url: string | null;
  /** The default branch's; null, here and below: not known, and `state` says why. */
  readonly commit: string | null;
  readonly branch: string | null;
  /** Branch, or tag, to commit. */
  readonly branches: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly fileCount: number | null;
  /** ISO 8601: when the index last moved. */
  readonly indexedAt: string | null;
  readonly state: "ready" | "empty" | "damaged" | "newer";
}
