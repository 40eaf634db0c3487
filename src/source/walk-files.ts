/**
 * The files of a folder on disk that ignore rules leave. Ignored folders are not entered, symbolic links are not followed,
 * and a folder that is a git repository of its own (a clone inside a work tree, a submodule) belongs to that one: it is
 * named, and not entered.
 */
import { diskPath } from "../files/disk-path.ts";
import { RealFolders } from "../files/read-inside.ts";
import { listFolder, type ListedName } from "../files/list-folder.ts";
import { readIfThere } from "../git/objects/git-config.ts";
import { isRepositoryRoot } from "../git/objects/repository.ts";
import { GIT_IGNORE_FILE, IgnoreRules, OWN_IGNORE_FILE, parentOf } from "./ignore-rules.ts";

export interface WalkedFile {
  /** `/`-separated, relative to the root. */
  readonly path: string;
  readonly kind: "file" | "link" | "repository";
}

/** Rules from outside a tree, and how git compares names in it. */
export interface OuterRules {
  /** Weakest first: `core.excludesFile`, `.git/info/exclude`. */
  readonly files: readonly (Uint8Array | string)[];
  /** git's `core.ignoreCase` */
  readonly ignoreCase: boolean;
}

export interface WalkOptions {
  /** Absolute. */
  readonly root: string;
  /** From outside the tree. */
  readonly outerRules?: OuterRules;
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

const NO_RULES: OuterRules = { files: [], ignoreCase: false };

/** Files, links and repositories, folder by folder, in no particular order; of a folder without any, an empty list. A folder that cannot be entered counts as empty, but for the root. */
export function* walkFiles(options: WalkOptions): Generator<readonly WalkedFile[]> {
  const { root, outerRules = NO_RULES, tracked = new TrackedPaths([]), folders } = options;
  const walk = { root, ignoreCase: outerRules.ignoreCase };
  const top: Folder = { path: "", git: rulesFromOutside(outerRules), own: IgnoreRules.none };
  const stack: Folder[] = folders === undefined ? [top] : withRules(walk, { top, folders });
  for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
    const entries = listFolder(root, folder.path);
    if (isOther(root, folder.path, entries)) {
      yield [{ path: folder.path, kind: "repository" }];
      continue;
    }
    const { git, own } = enter(folder, entries, walk);
    const names = tracked.names(folder.path);
    const files: WalkedFile[] = [];
    for (const { name, kind } of entries) {
      if (name === ".git") continue;
      const path = folder.path === "" ? name : `${folder.path}/${name}`;
      // A name that git tracks as a file may have become a folder.
      if (kind === "folder") {
        const hasTracked = tracked.hasFolder(path);
        if (folders !== undefined && hasTracked) continue;
        const inner: Folder = { path, git: git.within(path), own: own.within(path) };
        // Ignored or not, a folder with tracked files is entered: rules then still hold for what lies in it untracked.
        if (hasTracked || (inner.git !== IgnoreRules.all && inner.own !== IgnoreRules.all)) stack.push(inner);
      } else if (names?.has(name) !== true && kind !== "other") {
        if (git.ignores(path, false) || own.ignores(path, false)) continue;
        files.push({ path, kind });
      }
    }
    yield files;
  }
}

const rulesFromOutside = ({ files, ignoreCase }: OuterRules): IgnoreRules =>
  files.reduce<IgnoreRules>((rules, file) => rules.with(file, "", ignoreCase), IgnoreRules.none);

/** Is it the top of a repository of its own? As for git, a `.git` that is none (an empty folder, say) makes no repository. */
function isOther(root: string, path: string, entries: readonly ListedName[]): boolean {
  if (path === "" || !entries.some(({ name }) => name === ".git")) return false;
  const place = diskPath(root, path);
  return typeof place !== "string" || isRepositoryRoot(place);
}

interface Walk {
  readonly root: string;
  readonly ignoreCase: boolean;
}

/** The folders, each with the rules of those around it. */
function withRules(walk: Walk, { top, folders }: { top: Folder; folders: Iterable<string> }): Folder[] {
  const entered = new Map<string, Folder>();
  const around = (path: string): Folder => {
    if (path === "") return top;
    const { git, own } = inside(parentOf(path));
    return { path, git: git.within(path), own: own.within(path) };
  };
  const inside = (path: string): Folder => {
    const known = entered.get(path) ?? enter(around(path), listFolder(walk.root, path), walk);
    entered.set(path, known);
    return known;
  };
  const real = new RealFolders(walk.root);
  return Array.from(folders)
    .filter((folder) => real.isReal(folder)) // as for git, nothing lies behind a link
    .map(around);
}

/** Would a walk from `root` leave this folder out? Asked of a folder before it counts as part of the repository around it. */
export function isIgnoredFolder({ root, outerRules = NO_RULES }: WalkOptions, path: string): boolean {
  let rules = rulesFromOutside(outerRules);
  let parent = "";
  for (const name of path.split("/")) {
    rules = rules.with(readIfThere(diskPath(root, joined(parent, GIT_IGNORE_FILE))), parent, outerRules.ignoreCase);
    parent = joined(parent, name);
    if (rules.ignores(parent, true)) return true;
  }
  return false;
}

/** The rules inside a folder: those outside and those of its own ignore files. */
function enter(folder: Folder, entries: readonly ListedName[], { root, ignoreCase }: Walk): Folder {
  let { git, own } = folder;
  for (const { name, kind } of entries) {
    if (kind !== "file" || (name !== GIT_IGNORE_FILE && name !== OWN_IGNORE_FILE)) continue;
    const file = readIfThere(diskPath(root, joined(folder.path, name)));
    if (name === GIT_IGNORE_FILE) git = git.with(file, folder.path, ignoreCase);
    else own = own.with(file, folder.path, ignoreCase);
  }
  return { path: folder.path, git, own };
}

const joined = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);
