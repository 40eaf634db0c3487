/**
 * The operating system's events of one repository's folder: the folder with all below it, and where the git folder lies elsewhere
 * (a linked work tree, a folder of a repository), its HEAD and refs.
 */
import { type FSWatcher, realpathSync, statSync, watch } from "node:fs";
import { join, relative, sep } from "node:path";
import { findRepository } from "../../git/objects/repository.ts";
import { errnoOf } from "../../files/file-errors.ts";
import type { Home } from "../../home/home.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { countsInFolder, countsInGitFolder } from "./path-counts.ts";

export interface EventHandlers {
  /** Something that counts happened. */
  readonly onEvent: () => void;
  /** No event can be relied on any more: the system's limit is reached, or it cannot watch there. */
  readonly onUnable: (error: Error) => void;
}

/** A folder below that is not ours to read, or went away while it was being looked at: its own events tell. */
const PASSING: ReadonlySet<string> = new Set(["ENOENT", "EACCES", "EPERM", "ENOTDIR"]);

export class FolderEvents {
  private watchers: FSWatcher[] = [];
  private watched: string | undefined;

  constructor(
    private readonly home: Home,
    private readonly folder: string,
    private readonly handlers: EventHandlers,
  ) {}

  /** Is what is watched still what stands at the path? Another folder may have taken its place. */
  isOpen(): boolean {
    return this.watched !== undefined && this.watched === inodeOf(this.folder);
  }

  /** Watches anew. Nothing is missed by whoever looks at the folder after this. */
  open(): void {
    this.close();
    try {
      this.watched = inodeOf(this.folder);
      if (this.watched === undefined) return;
      const own = relative(realpathSync(this.folder), realpathSync(this.home.dir));
      const ownFolder = own === "" || own.startsWith("..") ? undefined : own;
      this.watch(this.folder, (path) => countsInFolder(path, ownFolder), { recursive: true });
      for (const { path, below, recursive } of gitPlaces(this.folder, this.home))
        this.watch(path, (name) => name === undefined || countsInGitFolder(below + name), { recursive });
    } catch (error) {
      this.fail(error);
    }
  }

  close(): void {
    for (const watcher of this.watchers) watcher.close();
    this.watchers = [];
    this.watched = undefined;
  }

  private watch(path: string, counts: (path: string | undefined) => boolean, options: { recursive: boolean }): void {
    const watcher = watch(path, options, (_kind, name) => {
      if (counts(name?.replaceAll(sep, "/") || undefined)) this.handlers.onEvent();
    });
    watcher.on("error", (error) => this.fail(error));
    this.watchers.push(watcher);
  }

  private fail(error: unknown): void {
    if (PASSING.has(errnoOf(error) ?? "")) return this.handlers.onEvent();
    this.close();
    this.handlers.onUnable(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Where git keeps what it says about the folder, unless it lies inside. */
function gitPlaces(folder: string, home: Home) {
  const repository = repositoryAt(folder, home);
  if (!repository) return [];
  const { gitdir, commonDir } = repository;
  if (gitdir === join(folder, ".git") && commonDir === gitdir) return [];
  const places = [...new Set([gitdir, commonDir])].map((path) => ({ path, below: "", recursive: false }));
  return [...places, { path: join(commonDir, "refs"), below: "refs/", recursive: true }];
}

export function repositoryAt(folder: string, home: Home) {
  try {
    return findRepository(folder, home.env) ?? undefined;
  } catch (error) {
    if (isRepobaseError(error)) return undefined; // not one that can be read: whoever indexes it says so
    throw error;
  }
}

/** undefined: there is no such folder. */
export function inodeOf(folder: string): string | undefined {
  const stat = statSync(folder, { throwIfNoEntry: false, bigint: true });
  return stat?.isDirectory() ? `${stat.dev} ${stat.ino}` : undefined;
}
