/**
 * push, pull and status of one registered repository: the opt-in, the lock and the configuration around what
 * push.ts, pull.ts and sync-status.ts do between two stores.
 */
import { type CloudConfig, folderOf, type RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { findRepo } from "../../home/repo-names.ts";
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { syncedIn } from "../../plumbing/local-ref.ts";
import type { DroppedHead } from "../../plumbing/merge-ref.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import type { RemoteRepo } from "../../protocol/cloud-api.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { checkRepoId, refKey } from "../../protocol/keys.ts";
import type { Ref } from "../../protocol/ref.ts";
import { plainSourceUrl } from "../../protocol/source-url.ts";
import { BUILT_IN_MODEL, modelNameOf } from "../../models/models.ts";
import { pull, type PullResult } from "./pull.ts";
import { push } from "./push.ts";
import type { PushResult } from "./push-contract.ts";
import { requireCloud } from "../../home/require-cloud.ts";
import { listRemoteRepos, openRemoteStore, whoAmI } from "../../remote/remote-client.ts";
import type { SyncInput, SyncProgress } from "./sync-common.ts";
import { type SyncState, syncStatus } from "./sync-status.ts";
import { findStale } from "../indexing/staleness.ts";
import type { StaleFolder } from "../../protocol/search-api.ts";
import { readWorktreeRef } from "../indexing/worktree-ref.ts";

interface Around {
  readonly home: Home;
  readonly onProgress?: (step: SyncProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** @throws RepobaseError `not_enabled` for a repository that must not leave the machine; and what `push` throws */
export async function pushRepository(
  of: Around & {
    repo: RepoConfig;
    worktree: boolean;
    /** Drop branches that were deleted in the folder first. */
    prune?: boolean;
    /** See `PushInput.force`; a null branch: the one that was indexed last. */
    force?: { branch: string | null } | undefined;
  },
): Promise<PushResult> {
  const { home, repo } = of;
  const cloud = requireCloud(home);
  refuseUnlessEnabled(repo, repo.id);
  const lock = await home.lock(`repo-${repo.id}`);
  try {
    if (of.worktree) {
      const { includeWorktree } = await import("../indexing/include-worktree.ts");
      await includeWorktree({
        home,
        repo,
        model: null,
        maxFileBytes: null,
        ...(of.signal ? { signal: of.signal } : {}),
      });
    } else await refuseOnlyUncommitted(home, repo);
    const prunedHere = of.prune ? await pruneAsked(home, repo) : [];
    const result = await push({
      ...syncInput(of, repo, cloud),
      ...(of.force && { force: { branch: of.force.branch ?? (await currentBranch(home, repo)) } }),
    });
    await home.updateRepo(repo.id, (r) => ({
      ...r,
      lastPushedAt: result.pushedAt,
      lastPushedCommit: result.commit,
    }));
    return { ...result, headsPruned: distinctHeads([...result.headsPruned, ...prunedHere]) };
  } finally {
    lock.release();
  }
}

/** @throws RepobaseError `usage` without a folder: only that tells which branches were deleted */
async function pruneAsked(home: Home, repo: RepoConfig): Promise<readonly DroppedHead[]> {
  if (repo.source.kind !== "folder")
    throw new RepobaseError("usage", `"${repo.id}" has no folder here that tells which branches were deleted`, {
      hint: `ask its remote with: repobase index ${repo.id} --prune`,
    });
  const { pruneBranches } = await import("../indexing/prune-branches.ts");
  return pruneBranches({ home, repo, isAsked: true });
}

const distinctHeads = (heads: readonly DroppedHead[]): readonly DroppedHead[] => [
  ...new Map(heads.map((each) => [each.branch, each])).values(),
];

/** The branch that was indexed last, else the default one. */
async function currentBranch(home: Home, { id, lastIndexedCommit }: RepoConfig): Promise<string> {
  const ref = (await readRef({ from: home.store, repo: id }))?.ref;
  return ref === undefined ? "" : (branchAt(ref, lastIndexedCommit) ?? ref.default);
}

/** @param first the branch that counts before the others at that commit */
const branchAt = (ref: Ref, commit: string | null, first: string | null = null): string | undefined =>
  [...(first === null ? [] : [first]), ref.default, ...Object.keys(ref.heads)].find(
    (branch) => commit !== null && ref.heads[branch] === commit,
  );

/** The opt-in, for everything that sends. @throws RepobaseError `not_enabled` */
export function refuseUnlessEnabled(repo: RepoConfig | undefined, id: string): void {
  if (repo?.cloudEnabled) return;
  throw new RepobaseError("not_enabled", `"${id}" is not enabled for the cloud and stays on this machine`, {
    hint: `allow it with: repobase cloud enable ${id}`,
    fields: { repoId: id },
  });
}

/** A folder that is no git repository has nothing but uncommitted work, and that is pushed only when asked. */
async function refuseOnlyUncommitted(home: Home, repo: RepoConfig): Promise<void> {
  if ((await home.store.head(refKey(repo.id))) !== undefined) return;
  if ((await readWorktreeRef(home.store, repo)) === undefined) return;
  throw new RepobaseError("not_enabled", `"${repo.id}" has only uncommitted files, which stay on this machine`, {
    hint: `send them with: repobase push ${repo.id} --worktree`,
    fields: { repoId: repo.id },
  });
}

/** What a pull is asked for: registered here, or only known to the server. */
export interface PullTarget {
  readonly id: string;
  readonly name: string;
  readonly url: string | null;
}

/** @throws RepobaseError `repo_not_found` for a name neither this machine nor the server knows */
export async function remoteTargets(of: {
  home: Home;
  names: readonly string[];
  all: boolean;
  signal?: AbortSignal | undefined;
}): Promise<readonly PullTarget[]> {
  const cloud = requireCloud(of.home);
  const { repos } = of.home.config();
  if (!of.all && of.names.length === 0)
    throw new RepobaseError("usage", "which repository?", { hint: "name it, or use --all" });
  if (of.all) return (await listRemoteRepos(cloud, of.signal)).map(targetOf);
  const targets: PullTarget[] = [];
  let remote: readonly RemoteRepo[] | undefined;
  for (const name of of.names) {
    const local = tryFind(repos, name);
    if (local) targets.push({ id: local.id, name: local.name, url: local.source.url ?? null });
    else {
      remote ??= await listRemoteRepos(cloud, of.signal);
      targets.push(targetOf(findRepo(remote, name)));
    }
  }
  return targets;
}

const targetOf = ({ id, name, url }: RemoteRepo): PullTarget => ({ id: checkRepoId(id), name, url });

function tryFind(repos: readonly RepoConfig[], name: string): RepoConfig | undefined {
  try {
    return findRepo(repos, name);
  } catch (error) {
    // unknown here: the server may know it
    if (isRepobaseError(error, "repo_not_found")) return undefined;
    throw error;
  }
}

export async function pullRepository(of: Around & { target: PullTarget; force: boolean }): Promise<PullResult> {
  const { home, target } = of;
  const cloud = requireCloud(home);
  const known = home.config().repos.find((r) => r.id === target.id);
  const lock = await home.lock(`repo-${target.id}`);
  try {
    const before = (await readRef({ from: home.store, repo: target.id }))?.ref;
    const result = await pull({ ...syncInput(of, known ?? target, cloud), force: of.force });
    const { pruneBranches } = await import("../indexing/prune-branches.ts");
    const pruned = known ? await pruneBranches({ home, repo: known, isAsked: false }) : [];
    const here = await readRef({ from: home.store, repo: target.id });
    const commit = here ? await commitShown(home, { repo: known, before, after: here.ref }) : null;
    const pulled = here && (await pulledRepo(home, target.id, here.ref));
    await home.updateConfig((config) => {
      const stored = config.repos.find((r) => r.id === target.id) ?? pulled;
      const after = stored ? [{ ...stored, lastIndexedCommit: commit }] : [];
      return { ...config, repos: [...config.repos.filter((r) => r.id !== target.id), ...after] };
    });
    return { ...result, headsPruned: distinctHeads([...result.headsPruned, ...pruned]) };
  } finally {
    lock.release();
  }
}

/**
 * What a search without a ref shows after a pull. A folder stays on the branch that was indexed last, and on a commit without a
 * branch, as long as the index has it; all else follows the default branch.
 */
async function commitShown(
  home: Home,
  of: { repo: RepoConfig | undefined; before: Ref | undefined; after: Ref },
): Promise<string | null> {
  const { repo, before, after } = of;
  const main = after.heads[after.default] ?? null;
  const commit = repo?.source.kind === "folder" ? repo.lastIndexedCommit : null;
  if (!repo || !before || commit === null) return main;
  const { branchCheckedOut } = await import("../indexing/prune-branches.ts");
  const branch = branchAt(before, commit, branchCheckedOut(home, repo));
  const moved = branch === undefined ? undefined : after.heads[branch];
  if (moved !== undefined) return moved;
  const manifest = await catManifest({ from: home.store, repo: repo.id, sha256: after.manifest });
  return manifest && Object.hasOwn(manifest.snapshots, commit) ? commit : main;
}

/**
 * Registered by a pull: searchable, re-indexable where its URL is known, with the model it was made with (another one would
 * make another index of it). Not enabled: that it came from the cloud is no word of this machine's user to send anything there.
 */
export async function pulledRepo(home: Home, id: string, ref: Ref): Promise<RepoConfig> {
  const manifest = await catManifest({ from: home.store, repo: id, sha256: ref.manifest });
  return {
    id,
    name: ref.source.name,
    source: { kind: "none", url: plainSourceUrl(ref.source.url) },
    ...(ref.source.only !== undefined && { only: ref.source.only }),
    branch: null,
    model: manifest ? modelNameOf(manifest.model.id) : BUILT_IN_MODEL,
    lastIndexedCommit: null,
    cloudEnabled: false,
    lastPushedAt: null,
    lastPushedCommit: null,
  };
}

/** The RFC's shape, and how the two sides stand to each other. */
export interface RepoStatus {
  readonly repoId: string;
  readonly inSync: boolean;
  readonly localCommit: string | null;
  readonly cloudCommit: string | null;
  readonly lastPushedAt: string | null;
  readonly cloudEnabled: boolean;
  /** `local` also when the repository is not enabled or nobody is signed in: then nobody was asked. */
  readonly state: SyncState;
  /** Indexed commits that only this machine, or only the cloud has; null: not known without fetching. */
  readonly commitsAhead: number | null;
  readonly commitsBehind: number | null;
  /** File versions that only branches of this machine, or only those of the cloud, show; null likewise. */
  readonly filesAhead: number | null;
  readonly filesBehind: number | null;
  /** The device that pushed last, and whether that is this one; null: nobody, or nobody was asked. */
  readonly lastPushedBy: { readonly device: string; readonly isThis: boolean } | null;
  /** Where its files lie on this machine; null: they do not. */
  readonly folder: string | null;
  /** How that folder differs from its index; null: it does not. */
  readonly stale: StaleFolder | null;
}

export async function repositoryStatus(of: {
  home: Home;
  repo: RepoConfig;
  signal?: AbortSignal | undefined;
}): Promise<RepoStatus> {
  const { home, repo } = of;
  const cloud = home.cloud();
  const { cloudEnabled } = repo;
  const folder = folderOf(repo) ?? null;
  const here = { folder, stale: (await findStale(home, repo)) ?? null };
  // one that was pulled is known to the cloud, so asking about it tells nobody anything
  const mayAsk = cloudEnabled || syncedIn((await readRef({ from: home.store, repo: repo.id }))?.ref) !== undefined;
  if (!mayAsk || !cloud?.enabled) {
    return {
      repoId: repo.id,
      inSync: false,
      localCommit: repo.lastIndexedCommit,
      cloudCommit: null,
      lastPushedAt: repo.lastPushedAt,
      cloudEnabled,
      state: "local",
      commitsAhead: null,
      commitsBehind: null,
      filesAhead: null,
      filesBehind: null,
      lastPushedBy: null,
      ...here,
    };
  }
  const { lastPushedBy: device, requests: _, ...status } = await syncStatus(syncInput(of, repo, cloud));
  const lastPushedBy = device === null ? null : { device, isThis: device === home.config().device };
  return { ...status, cloudEnabled, lastPushedBy, ...here };
}

/** Asks the server for its identity of bucket and user, once, when it is first needed. */
export function spaceIdAsker(cloud: CloudConfig, signal?: AbortSignal): SyncInput["spaceId"] {
  let asked: Promise<string | undefined> | undefined;
  return () => (asked ??= whoAmI(cloud, signal).then(({ spaceId }) => spaceId));
}

type SyncedRepo = Pick<RepoConfig, "id"> & Partial<RepoConfig>;

const syncInput = (of: Around, repo: SyncedRepo, cloud: CloudConfig): SyncInput => ({
  ...homeInput(of, repo),
  ...cloudInput(cloud, of.signal),
});

export const cloudInput = (
  cloud: CloudConfig,
  signal: AbortSignal | undefined,
): Pick<SyncInput, "remote" | "spaceId"> => ({
  remote: openRemoteStore(cloud, signal),
  spaceId: spaceIdAsker(cloud, signal),
});

export function homeInput(of: Around, repo: SyncedRepo): Omit<SyncInput, "remote" | "spaceId"> {
  const { home, onProgress, signal } = of;
  return {
    local: home.store,
    localDir: home.dir,
    repo: repo.id,
    device: home.config().device,
    now: Date.now,
    async compareCommits(here, there) {
      const { compareCommits } = await import("../indexing/compare-commits.ts");
      return compareCommits({ home, repo, here, there });
    },
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  };
}
