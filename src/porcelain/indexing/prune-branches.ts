/**
 * A branch that was deleted in git keeps its head in the index until it is pruned: its name goes, its commit stays in the table
 * and is found by id. `index --prune` and `push --prune` drop what neither the repository nor its origin has; a pull drops of
 * that only what this folder was seen to have. A branch whose commit was never here is another device's, and stays.
 */
import { existsSync } from "node:fs";
import { array } from "valibot";
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { readRegularFile } from "../../files/read-regular-file.ts";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { findRepository, head, type Repository } from "../../git/objects/repository.ts";
import { updateLocalRef } from "../../plumbing/local-ref.ts";
import { type DroppedHead, headsDropped, nextRef } from "../../plumbing/merge-ref.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { movedLocally } from "../../plumbing/update-ref.ts";
import { decodeDocument, type DocumentType, text } from "../../protocol/decode.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import type { Ref } from "../../protocol/ref.ts";
import { namesOf, type SourceNames } from "../../source/source-names.ts";

interface Pruning {
  readonly home: Home;
  readonly repo: RepoConfig;
  /** What a remote offers; absent: what the folder holds. */
  readonly names?: SourceNames | null;
}

/**
 * The caller holds the repository's lock.
 * @param of.isAsked false: only branches that the folder was seen to have
 * @returns the branches that the local ref is without now
 * @throws RepobaseError `busy` when another process moved the local ref although the caller holds the lock
 */
export async function pruneBranches(of: Pruning & { readonly isAsked: boolean }): Promise<readonly DroppedHead[]> {
  const { home, repo } = of;
  const repository = repositoryOf(home, repo);
  const local = await readRef({ from: home.store, repo: repo.id });
  const names = repository && (of.names ?? (repo.source.kind === "folder" ? namesOf(repository) : null));
  if (!repository || !local || !names) return [];
  const seen = of.isAsked ? undefined : readSeen(home, repo);
  const heads = headsLeft(local.ref, { repository, names, seen });
  const dropped = headsDropped(local.ref.heads, heads);
  if (dropped.length > 0) {
    const candidates = [local.ref.default, names.mainBranch, head(repository)?.branch, ...Object.keys(heads).sort()];
    const isThere = (branch: unknown) => typeof branch === "string" && Object.hasOwn(heads, branch);
    const shown = { ...local.ref, heads, default: candidates.find(isThere) ?? "" };
    const { device } = home.config();
    const ref = nextRef({ shown, manifest: local.ref.manifest, before: local.ref, device, now: Date.now() });
    if ((await updateLocalRef({ to: home.store, repo: repo.id, ref, expected: local })) === undefined)
      throw movedLocally(repo.id);
  }
  if (repo.source.kind === "folder") await rememberBranches(home, repo, { heads, names });
  return dropped;
}

/** What a later pull may take for deleted once it is gone: branches that the index shows and the folder has now. */
async function rememberBranches(
  home: Home,
  repo: RepoConfig,
  { heads, names }: { heads: Ref["heads"]; names: SourceNames },
): Promise<void> {
  const before = readSeen(home, repo);
  const now = Object.keys(heads).filter((branch) => names.branches.has(branch) || before.has(branch));
  if (now.length !== before.size || now.some((branch) => !before.has(branch)))
    await writeFileAtomic(placeOf(home, repo), JSON.stringify(now.sort()));
}

/** The same, after an index run. */
export async function rememberIndexed({ home, repo, names }: Pruning): Promise<void> {
  if (repo.source.kind !== "folder" || !names) return;
  const heads = (await readRef({ from: home.store, repo: repo.id }))?.ref.heads;
  if (heads) await rememberBranches(home, repo, { heads, names });
}

function headsLeft(
  ref: Ref,
  of: { repository: Repository; names: SourceNames; seen: ReadonlySet<string> | undefined },
): Ref["heads"] {
  const { repository, names, seen } = of;
  const current = head(repository);
  // a detached HEAD's branch has its name from elsewhere, and no ref
  const isDetachedHere = (commit: string) => current?.branch === null && current.commit === commit;
  const isKept = ([branch, commit]: [string, string]) =>
    names.branches.has(branch) ||
    seen?.has(branch) === false ||
    isDetachedHere(commit) ||
    !repository.objects.has(commit);
  const kept = Object.entries(ref.heads).filter(isKept);
  // an index without a branch could not be pushed
  return kept.length === 0 ? ref.heads : Object.fromEntries(kept);
}

/** null: none, or nothing that can be read. */
export const branchCheckedOut = (home: Home, repo: RepoConfig): string | null => {
  const repository = repositoryOf(home, repo);
  return repository && (head(repository)?.branch ?? null);
};

function repositoryOf(home: Home, { id, source }: RepoConfig): Repository | null {
  const folder = source.kind === "folder" ? source.path : home.path("repos", id);
  try {
    return existsSync(folder) ? findRepository(folder, home.env) : null;
  } catch (error) {
    if (isRepobaseError(error)) return null; // not one that can be read: nothing is known of its branches
    throw error;
  }
}

const SEEN: DocumentType<readonly string[]> = {
  name: "record of branches",
  damaged: "damaged_config",
  schema: array(text),
};

const placeOf = (home: Home, { id }: RepoConfig): string => home.path("cache", id, "branches.json");

/** A cache: without it a pull takes nothing for deleted. */
function readSeen(home: Home, repo: RepoConfig): ReadonlySet<string> {
  try {
    return new Set(decodeDocument(SEEN, readRegularFile(placeOf(home, repo)).toString("utf8")));
  } catch {
    return new Set();
  }
}
