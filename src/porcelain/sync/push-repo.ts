/** `repobase push` of one repository around what push.ts does: the opt-in, the lock, the configuration, uncommitted and pruned work. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { requireCloud } from "../../home/require-cloud.ts";
import type { DroppedHead } from "../../plumbing/merge-ref.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { refKey } from "../../protocol/keys.ts";
import { readWorktreeRef } from "../folder/worktree-ref.ts";
import { branchAt, distinctHeads } from "./branch-heads.ts";
import { push } from "./push.ts";
import type { PushResult } from "./push-contract.ts";
import { type Around, refuseUnlessEnabled, syncInput } from "./sync-input.ts";

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

/** The branch that was indexed last, else the default one. */
async function currentBranch(home: Home, { id, lastIndexedCommit }: RepoConfig): Promise<string> {
  const ref = (await readRef({ from: home.store, repo: id }))?.ref;
  return ref === undefined ? "" : (branchAt(ref, lastIndexedCommit) ?? ref.default);
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
