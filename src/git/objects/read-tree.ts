/** The flat list of files in a commit. */
import { RepobaseError } from "../../protocol/errors.ts";
import { MAX_TREE_DEPTH, MAX_TREE_ENTRIES, MAX_TREE_FOLDERS, MAX_TREE_PATHS } from "./limits.ts";
import { pathIn } from "./path-in.ts";
import { type Repository, treeOfCommit } from "./repository.ts";

export interface TreeEntry {
  /** `/`-separated, relative to the top. */
  readonly path: string;
  /** Blob id, 40 hex digits; of a submodule its commit. */
  readonly blob: string;
  /** git's mode, octal: 0o100644, 0o100755 (executable), 0o120000 (symbolic link), 0o160000 (submodule). */
  readonly mode: number;
}

const FOLDER_MODE = 0o040000;

/** Regular files and executables of a commit, sorted by path. Symbolic links and submodules are left out. */
export function readTree(repository: Repository, commit: string): TreeEntry[] {
  return readAllEntries(repository, treeOfCommit(repository, commit)).filter(isRegular);
}

const isRegular = ({ mode }: TreeEntry): boolean => (mode & 0o170000) === 0o100000;

/**
 * Everything below a tree, submodules and links included, sorted by path.
 * @param tree 40 hex digits
 * @param prefix put before each path, `` or ending in `/`
 * @throws RepobaseError `damaged_repository` for a name that could lead out of the tree, `too_large` for a tree over a limit
 */
export function readAllEntries(repository: Repository, tree: string, prefix = ""): TreeEntry[] {
  const walk = new TreeWalk(repository);
  walk.enter(tree, prefix, 1);
  return walk.entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A tree object is a run of `<mode, octal> <name>\0<20 bytes of id>`. */
class TreeWalk {
  readonly entries: TreeEntry[] = [];
  /** Entries met, folders too: a tree may name itself, or rather its like, many times over. */
  private met = 0;
  private folders = 0;
  private pathLength = 0;

  constructor(private readonly repository: Repository) {}

  enter(tree: string, prefix: string, depth: number): void {
    const { type, bytes } = this.repository.objects.read(tree);
    if (type !== "tree") throw new RepobaseError("damaged_repository", `git object ${tree} is a ${type}, not a tree`);
    if (++this.folders > MAX_TREE_FOLDERS) throw tooLarge(`more than ${MAX_TREE_FOLDERS} folders`);
    if (depth > MAX_TREE_DEPTH) throw tooLarge(`folders in folders, more than ${MAX_TREE_DEPTH}`);
    for (let at = 0; at < bytes.length;) {
      const space = bytes.indexOf(0x20, at);
      const end = bytes.indexOf(0, space);
      if (space < 0 || end < 0 || end + 21 > bytes.length)
        throw new RepobaseError("damaged_repository", `git tree ${tree} is damaged`);
      const mode = Number.parseInt(bytes.toString("latin1", at, space), 8);
      const name = pathIn(bytes, space + 1, end);
      const blob = bytes.toString("hex", end + 1, end + 21);
      at = end + 21;
      // git refuses to make such names; a crafted repository must not make us write or read elsewhere.
      if (name === "" || name === "." || name === ".." || name.includes("/"))
        throw new RepobaseError("damaged_repository", `git tree ${tree} has an entry named "${name}"`);
      this.count(prefix.length + name.length);
      if (mode === FOLDER_MODE) this.enter(blob, `${prefix}${name}/`, depth + 1);
      else this.entries.push({ path: prefix + name, blob, mode });
    }
  }

  private count(length: number): void {
    if (++this.met > MAX_TREE_ENTRIES) throw tooLarge(`more than ${MAX_TREE_ENTRIES} files and folders`);
    if ((this.pathLength += length) > MAX_TREE_PATHS) throw tooLarge(`more than ${MAX_TREE_PATHS} characters of paths`);
  }
}

const tooLarge = (what: string): RepobaseError =>
  new RepobaseError("too_large", `a commit with ${what} is not indexed`, {
    hint: "such a tree is made to exhaust whoever reads it; nobody's sources are that large",
  });
