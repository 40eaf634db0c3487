/**
 * The branch of a folder whose HEAD is detached, as most CI hosts leave it: the one that was asked for, else the one that the host
 * says is at this commit, else none. It is never called `HEAD`.
 */
import { ciBranches } from "../../home/ci-branch.ts";
import type { Environment } from "../../home/env.ts";
import { isBranchName } from "../../git/objects/ref-name.ts";
import { resolveFullRef } from "../../git/objects/refs.ts";
import type { Repository } from "../../git/objects/repository.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { SourceTree } from "../../source/source-tree.ts";

/**
 * @param of.asked by `--branch`; null: not
 * @throws RepobaseError `usage` for a name that is none, or where HEAD is on another branch
 */
export function nameBranch(of: {
  readonly tree: SourceTree;
  readonly repository: Repository | null;
  readonly asked: string | null;
  readonly env: Environment;
}): SourceTree {
  const { tree, asked } = of;
  if (asked !== null && !isBranchName(asked))
    throw new RepobaseError("usage", `${JSON.stringify(asked)} is no name of a branch`);
  if (asked !== null && tree.branch !== null && tree.branch !== asked)
    throw new RepobaseError("usage", `the folder is on "${tree.branch}", not on "${asked}"`, {
      hint: `--branch names a commit that is checked out without a branch; for another branch: repobase index --ref ${asked}`,
    });
  return tree.branch === null ? { ...tree, branch: asked ?? ciBranch(of) } : tree;
}

function ciBranch(of: Pick<Parameters<typeof nameBranch>[0], "tree" | "repository" | "env">): string | null {
  const { tree, repository } = of;
  const isAt = (name: string) => repository !== null && resolveFullRef(repository.commonDir, name)?.id === tree.commit;
  const found = ciBranches(of.env).find(
    ({ branch, commit }) =>
      isBranchName(branch) &&
      (commit === tree.commit || isAt(`refs/remotes/origin/${branch}`) || isAt(`refs/heads/${branch}`)),
  );
  return found?.branch ?? null;
}
