/**
 * Uncommitted work is indexed at every save, so what it leaves is taken away again: its old manifests, its old snapshots, and the
 * files of its table that nothing names any more. A state that was replaced is kept for a while, because a search that has just
 * begun may read it. What was replaced, and when, is a line in a log; losing the log leaves some small files behind.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf, fileError } from "../../files/file-errors.ts";
import { readRegularFile } from "../../files/read-regular-file.ts";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { canonicalJson } from "../../protocol/canonical-json.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { WORKTREE_TABLE } from "../../protocol/ids.ts";
import {
  LANCE_TRANSACTIONS,
  LANCE_VERSIONS,
  manifestKey,
  objectKey,
  snapshotKey,
  tablePrefix,
} from "../../protocol/keys.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { filesOnDisk } from "../../table/lance-versions.ts";
import { decodeWorktreeRef, listWorktreeRefs, type WorktreeRef } from "../folder/worktree-ref.ts";

/** No search takes so long to read what it has opened. */
export const REPLACED_MS = 60_000;

interface Replaced {
  /** ms since the epoch */
  readonly at: number;
  readonly ref: WorktreeRef;
}

/**
 * To be called before another ref, or none, takes the place of `ref`. The caller holds the repository's lock.
 * @throws RepobaseError `no_space`, `home_unwritable`, `io_error`
 */
export function noteReplaced({ home, repo, ref, now }: Place & { readonly ref: WorktreeRef }): void {
  const path = logOf(home, repo);
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${now} ${canonicalJson(ref)}\n`);
  } catch (error) {
    throw fileError(error, { doing: "write", path });
  }
}

interface Place {
  readonly home: Home;
  readonly repo: Pick<RepoConfig, "id">;
  /** The machine's clock, ms since the epoch. */
  readonly now: number;
}

/** Looks at files only when there are states to take away, and at most once in REPLACED_MS. The caller holds the repository's lock. */
export async function sweepWorktrees(place: Place): Promise<void> {
  try {
    await sweep(place);
  } catch (error) {
    // what could not be read or removed is still in the log, so another run tries again; this one has done its work
    if (!isRepobaseError(error) && errnoOf(error) === undefined) throw error;
  }
}

async function sweep({ home, repo, now }: Place): Promise<void> {
  const log = readLog(home, repo);
  // a clock that was set back must not keep everything for ever
  const age = ({ at }: Replaced) => Math.abs(now - at);
  if (!log.some((each) => age(each) > 2 * REPLACED_MS)) return;
  const young = log.filter((each) => age(each) <= REPLACED_MS);
  const shown = await listWorktreeRefs(home.store, repo.id);
  // one that cannot be read names who knows what
  if (shown === undefined) return;
  const kept = await keysOf({ home, repo }, [...shown, ...young.map(({ ref }) => ref)]);
  const old = await keysOf(
    { home, repo },
    log.filter((each) => !young.includes(each)).map(({ ref }) => ref),
  );
  // manifests last: they say where the snapshots lie
  for (const key of [...old.snapshots, ...old.manifests]) if (!kept.all.has(key)) await home.store.delete(key);
  await sweepTable({ home, repo }, kept);
  await writeFileAtomic(logOf(home, repo), young.map(({ at, ref }) => `${at} ${canonicalJson(ref)}\n`).join(""));
}

/** What a few states are made of, the main table's manifests and files aside. */
interface Keys {
  readonly snapshots: ReadonlySet<string>;
  readonly manifests: ReadonlySet<string>;
  readonly objects: ReadonlySet<string>;
  readonly all: ReadonlySet<string>;
  /** false: a manifest is gone or damaged, so there are files that nobody can name. */
  readonly isWhole: boolean;
}

async function keysOf({ home, repo }: Omit<Place, "now">, refs: readonly WorktreeRef[]): Promise<Keys> {
  const [snapshots, manifests, objects] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let isWhole = true;
  for (const { overlay, base } of refs) {
    if (base) snapshots.add(snapshotKey(repo.id, base.tableId, base.snapshot));
    const manifest = await readOwn({ home, repo }, overlay.manifest);
    if (manifest === undefined) {
      isWhole = false;
      continue;
    }
    manifests.add(manifestKey(repo.id, overlay.manifest));
    snapshots.add(snapshotKey(repo.id, manifest.tableId, overlay.snapshot));
    for (const { path } of manifest.objects) objects.add(objectKey(repo.id, path));
  }
  return { snapshots, manifests, objects, all: new Set([...snapshots, ...manifests]), isWhole };
}

/** undefined: it is gone, or damaged. */
async function readOwn({ home, repo }: Omit<Place, "now">, sha256: string): Promise<Manifest | undefined> {
  try {
    const manifest = await catManifest({ from: home.store, repo: repo.id, sha256 });
    return manifest?.table.name === WORKTREE_TABLE ? manifest : undefined;
  } catch (error) {
    if (isRepobaseError(error, "hash_mismatch", "corrupt_index", "unsupported_format")) return undefined;
    throw error;
  }
}

async function sweepTable({ home, repo }: Omit<Place, "now">, kept: Keys): Promise<void> {
  if (!kept.isWhole) return;
  const prefix = tablePrefix(repo.id, WORKTREE_TABLE);
  const dir = home.path(prefix);
  if (kept.manifests.size === 0) return rm(dir, { recursive: true, force: true });
  // the next run goes on from what native code would open
  const named = new Set([...kept.objects, ...(await filesOnDisk(dir)).map((path) => prefix + path)]);
  const isVersions = (key: string) =>
    [LANCE_VERSIONS, LANCE_TRANSACTIONS].some((folder) => key.startsWith(`${prefix}${folder}/`));
  const unnamed: string[] = [];
  for await (const { key } of home.store.list(prefix)) if (!named.has(key) && !isVersions(key)) unnamed.push(key);
  for (const key of unnamed) await home.store.delete(key);
}

const logOf = (home: Home, { id }: Pick<RepoConfig, "id">): string => home.path("cache", id, "worktree-replaced.log");

/** A line that a crash cut off says nothing. */
function readLog(home: Home, repo: Pick<RepoConfig, "id">): readonly Replaced[] {
  let text: string;
  try {
    text = readRegularFile(logOf(home, repo)).toString("utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
  return text.split("\n").flatMap((line) => {
    const space = line.indexOf(" ");
    try {
      return [{ at: Number(line.slice(0, space)), ref: decodeWorktreeRef(line.slice(space + 1), repo.id) }];
    } catch {
      return [];
    }
  });
}
