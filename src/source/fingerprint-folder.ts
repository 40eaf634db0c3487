/**
 * A name for what a folder holds right now, found without reading or listing its files one by one: equal names mean that
 * nothing was changed between, so whoever remembers the name of what was indexed need not plan, hash or compare anything.
 * A file is known by size, times and inode, as git knows it; git's index stands for the tracked files that git knows.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { GitEnvironment } from "../git/objects/git-config.ts";
import { looseRefs } from "../git/objects/list-refs.ts";
import { type CommitName, head, type Repository } from "../git/objects/repository.ts";
import { scanWorkTree } from "../git/worktree/scan-work-tree.ts";
import { openTreeProbe, STAT } from "../git/worktree/tree-probe.ts";
import { locateFolder, outerRulesOf, plainRules } from "./locate-folder.ts";
import { countsFor, mayHold } from "./scope-tree.ts";
import { bytesOfPath, isEscaped } from "../text/path-bytes.ts";
import { type WalkedFile, walkFiles } from "./walk-files.ts";

export interface Fingerprint {
  readonly id: string;
  /** What HEAD names; null: no git, or no commits yet. */
  readonly commit: string | null;
  /** When a file of it last changed, ms since the epoch, rounded down to a second. */
  readonly youngest: number;
  /** When the look began, ms since the epoch. */
  readonly began: number;
}

/** File systems count in steps of up to 2 s (FAT); the usual ones in milliseconds. */
const YOUNG_MS = 4000;

/**
 * Was the folder the same all the time between two looks? Equal names alone do not say that: a file may have been changed and
 * put back, or so shortly before the first look that a second change would leave the same times.
 */
export const stoodStill = (first: Fingerprint, second: Fingerprint): boolean =>
  first.id === second.id && isAged(second, first.began);

/** Had the folder's files been left alone for a while at `began`? Without it no second look can say that it stood still. */
export const isAged = ({ youngest }: Pick<Fingerprint, "youngest">, began: number): boolean =>
  youngest < began - YOUNG_MS;

/**
 * @param of.only the one folder of a repository that is meant: what lies outside, but for the commit, makes no difference
 * @returns undefined: it takes a closer look (a bare repository, a sparse checkout, a conflict).
 * @throws RepobaseError `not_found` (no such folder), `usage` (a file), `damaged_repository` (a damaged git index)
 */
export async function fingerprintFolder(
  folder: string,
  env: GitEnvironment,
  { now = Date.now, only }: { readonly now?: (() => number) | undefined; readonly only?: string | undefined } = {},
): Promise<Fingerprint | undefined> {
  const began = now();
  const notes = new Notes();
  const { root, repository } = locateFolder(folder, env);
  notes.add(root);
  if (repository === null) {
    await addWalked(notes, root, walkFiles({ root, outerRules: plainRules(root, env) }));
    return { ...notes.sum(), commit: null, began };
  }
  const current = head(repository);
  return (await addWorkTree({ notes, repository, current, env, only }))
    ? { ...notes.sum(), commit: current?.commit ?? null, began }
    : undefined;
}

async function addWorkTree(of: {
  notes: Notes;
  repository: Repository;
  current: CommitName | null;
  env: GitEnvironment;
  only: string | undefined;
}): Promise<boolean> {
  const { notes, repository, current, env, only } = of;
  const { workTree } = repository;
  const scan =
    workTree === null ? undefined : await scanWorkTree(repository, only === undefined ? undefined : countsFor(only));
  if (workTree === null || scan === undefined) return false;
  notes.youngest = scan.youngest * 1000;
  notes.add(`${current?.commit ?? ""} ${current?.branch ?? ""} ${scan.indexId}`);
  addNames(notes, repository);
  await notes.addFiles(workTree, scan.touched);
  const tracked = { names: (path: string) => scan.fuller.get(path), hasFolder: scan.hasTracked };
  const folders = [...scan.fuller.keys()].filter((folder) => mayHold(folder, only));
  const untracked =
    folders.length === 0
      ? []
      : walkFiles({ root: workTree, outerRules: outerRulesOf(repository, env), tracked, folders });
  notes.add("untracked");
  await addWalked(notes, workTree, untracked, countsFor(only));
  return true;
}

/** New or moved tags and replaced objects, without reading one: each has a file, or all are in one. */
function addNames(notes: Notes, { commonDir }: Repository): void {
  const packed = statSync(join(commonDir, "packed-refs"), { throwIfNoEntry: false });
  notes.add(`${packed?.mtimeMs ?? 0} ${packed?.size ?? 0}`);
  for (const folder of ["refs/tags/", "refs/replace/"])
    for (const [name, { id }] of looseRefs(commonDir, folder)) notes.add(`${name} ${id}`);
}

/** Of a repository in the tree only its place counts: what happens in it changes nothing here. */
async function addWalked(
  notes: Notes,
  root: string,
  folders: Iterable<readonly WalkedFile[]>,
  counts: (path: string) => boolean = () => true,
): Promise<void> {
  const found = Array.from(folders)
    .flat()
    .filter(({ path }) => counts(path));
  const [others, own] = [true, false].map((isOther) =>
    found.filter(({ kind }) => (kind === "repository") === isOther).map(({ path }) => path),
  ) as [string[], string[]];
  for (const path of others) notes.add(path);
  await notes.addFiles(root, own);
}

const SEEN = Object.values(STAT);

class Notes {
  private readonly hasher = new Bun.CryptoHasher("sha256");
  /** ms since the epoch */
  youngest = 0;

  add(text: string): void {
    this.hasher.update(`${text}\0`);
  }

  /** Paths and how they look now; zeros for what is gone. */
  async addFiles(root: string, paths: readonly string[]): Promise<void> {
    this.add(String(paths.length));
    if (paths.length === 0) return;
    const text = paths.map((path) => `${path}\0`).join("");
    const named = Buffer.from(isEscaped(text) ? bytesOfPath(text) : text);
    const bytes = Buffer.from(new ArrayBuffer(named.length));
    named.copy(bytes);
    const seen = new Uint32Array(paths.length * SEEN.length);
    const probe = await openTreeProbe(root, bytes);
    const { words } = probe;
    let start = 0;
    for (let at = 0; at < seen.length; at += SEEN.length) {
      const end = bytes.indexOf(0, start);
      if (probe.look(start, end)) {
        SEEN.forEach((place, i) => (seen[at + i] = words[place] ?? 0));
        this.youngest = Math.max(
          this.youngest,
          (words[STAT.mtimeSeconds] ?? 0) * 1000,
          (words[STAT.ctimeSeconds] ?? 0) * 1000,
        );
      }
      start = end + 1;
    }
    probe.close();
    this.hasher.update(bytes).update(seen);
  }

  sum(): Pick<Fingerprint, "id" | "youngest"> {
    return { id: this.hasher.digest("hex"), youngest: this.youngest };
  }
}
