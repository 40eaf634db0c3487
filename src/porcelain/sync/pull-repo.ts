/** `repobase pull` of one repository around what pull.ts does: the lock, the configuration, and what a search shows afterwards. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { requireCloud } from "../../home/require-cloud.ts";
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import type { Ref } from "../../protocol/ref.ts";
import { branchAt, distinctHeads } from "./branch-heads.ts";
import { pull, type PullResult } from "./pull.ts";
import type { PullTarget } from "./pull-targets.ts";
import { pulledRepo } from "./pulled-repo.ts";
import { type Around, syncInput } from "./sync-input.ts";

/** Registers what is new here. @throws RepobaseError `not_configured`, `busy`, and what `pull` throws */
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
