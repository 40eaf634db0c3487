/**
 * The files of a folder on disk that ignore rules leave. Ignored folders are not entered, symbolic links are not followed,
 * and a folder that is a git repository of its own (a clone inside a work tree, a submodule) belongs to that one.
 */
import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { readTextIfThere } from "../git/objects/git-config.ts";
import { GIT_IGNORE_FILE, IgnoreRules, OWN_IGNORE_FILE, parentOf } from "./ignore-rules.ts";

export interface WalkedFile {
  /** `/`-separated, relative to the root. */
  readonly path: string;
  readonly kind: "file" | "link";
}

export interface WalkOptions {
  /** Absolute. */
  readonly root: string;
  /** Rules from outside the tree, weakest first: the text of `core.excludesFile`, of `.git/info/exclude`. */
  readonly outerRules?: readonly string[];
  /** Files that git tracks: no rule counts for them, and they are left out, as the caller has them already. */
  readonly tracked?: Tracked;
  /** Only these folders, `` for the root, and those below them without tracked files. Absent: everything. */
  readonly folders?: Iterable<string>;
}

/** The tracked files, asked by folder. */
export interface Tracked {
  names(folder: string): ReadonlySet<string> | undefined;
  /** Do tracked files lie below it, at any depth? */
  hasFolder(folder: string): boolean;
}

/** A set of paths that is asked by folder and name: a walk has those apart, and joining them for every file costs more than asking. */
export class TrackedPaths implements Tracked {
  private readonly namesByFolder = new Map<string, Set<string>>();

  constructor(paths: Iterable<string>) {
    let folder = "";
    let names = this.addFolder("");
    for (const path of paths) {
      const slash = path.lastIndexOf("/");
      // Sorted paths come folder by folder.
      if (slash !== folder.length || !path.startsWith(folder))
        names = this.addFolder((folder = path.slice(0, Math.max(slash, 0))));
      names.add(slash < 0 ? path : path.slice(slash + 1));
    }
  }

  names(folder: string): ReadonlySet<string> | undefined {
    return this.namesByFolder.get(folder);
  }

  hasFolder(folder: string): boolean {
    return this.namesByFolder.has(folder);
  }

  private addFolder(folder: string): Set<string> {
    let names = this.namesByFolder.get(folder);
    if (names !== undefined) return names;
    this.namesByFolder.set(folder, (names = new Set()));
    if (folder !== "") this.addFolder(parentOf(folder));
    return names;
  }
}

interface Folder {
  /** Relative, `` for the root. */
  readonly path: string;
  readonly git: IgnoreRules;
  readonly own: IgnoreRules;
}

/** Files and links, folder by folder, in no particular order; of a folder without any, an empty list. A folder that cannot be entered counts as empty, but for the root. */
export function* walkFiles({
  root,
  outerRules = [],
  tracked = new TrackedPaths([]),
  folders,
}: WalkOptions): Generator<readonly WalkedFile[]> {
  const outer = outerRules.reduce((rules, text) => rules.with(text, ""), IgnoreRules.none);
  const top: Folder = { path: "", git: outer, own: IgnoreRules.none };
  const stack: Folder[] = folders === undefined ? [top] : withRules({ root, top, folders });
  for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
    const entries = listFolder(join(root, folder.path), folder.path === "");
    if (folder.path !== "" && entries.some(({ name }) => name === ".git")) continue;
    const { git, own } = enter(folder, entries, root);
    const names = tracked.names(folder.path);
    const files: WalkedFile[] = [];
    for (const entry of entries) {
      const { name } = entry;
      if (name === ".git") continue;
      const path = folder.path === "" ? name : `${folder.path}/${name}`;
      // A name that git tracks as a file may have become a folder.
      if (entry.isDirectory()) {
        // Ignored or not, a folder with tracked files is entered: rules then still hold for what lies in it untracked.
        if (folders !== undefined && tracked.hasFolder(path)) continue;
        if (tracked.hasFolder(path) || !(git.ignores(path, true) || own.ignores(path, true)))
          stack.push({ path, git, own });
      } else if (names?.has(name) !== true && (entry.isFile() || entry.isSymbolicLink())) {
        if (git.ignores(path, false) || own.ignores(path, false)) continue;
        files.push({ path, kind: entry.isFile() ? "file" : "link" });
      }
    }
    yield files;
  }
}

/** The folders, each with the rules of those around it. */
function withRules({ root, top, folders }: { root: string; top: Folder; folders: Iterable<string> }): Folder[] {
  const entered = new Map<string, Folder>();
  const around = (path: string): Folder => (path === "" ? top : { ...inside(parentOf(path)), path });
  const inside = (path: string): Folder => {
    const known = entered.get(path) ?? enter(around(path), listFolder(join(root, path), false), root);
    entered.set(path, known);
    return known;
  };
  return Array.from(folders, around);
}

/** Would a walk from `root` leave this folder out? Asked of a folder before it counts as part of the repository around it. */
export function isIgnoredFolder({ root, outerRules = [] }: WalkOptions, path: string): boolean {
  let rules = outerRules.reduce((all, text) => all.with(text, ""), IgnoreRules.none);
  let parent = "";
  for (const name of path.split("/")) {
    rules = rules.with(readTextIfThere(join(root, parent, GIT_IGNORE_FILE)), parent);
    parent = parent === "" ? name : `${parent}/${name}`;
    if (rules.ignores(parent, true)) return true;
  }
  return false;
}

/** The rules inside a folder: those outside and those of its own ignore files. */
function enter(folder: Folder, entries: readonly Dirent[], root: string): Folder {
  let { git, own } = folder;
  for (const entry of entries) {
    if (entry.name !== GIT_IGNORE_FILE && entry.name !== OWN_IGNORE_FILE) continue;
    const text = entry.isFile() ? readTextIfThere(join(root, folder.path, entry.name)) : "";
    if (entry.name === GIT_IGNORE_FILE) git = git.with(text, folder.path);
    else own = own.with(text, folder.path);
  }
  return { path: folder.path, git, own };
}

function listFolder(path: string, mustExist: boolean): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    // Folders of other users lie in many trees; git passes over them as well.
    if (mustExist) throw error;
    return [];
  }
}
