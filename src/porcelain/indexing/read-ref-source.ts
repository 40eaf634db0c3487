/** One branch, tag or commit of a repository as a tree to index, without checking it out: of its folder, or of its URL. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { isBranchOrTag } from "../../git/objects/ref-name.ts";
import { findRepository, openRepository, type Repository, resolveRef } from "../../git/objects/repository.ts";
import { resolveFullRef } from "../../git/objects/refs.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { didYouMean, nearNames } from "../../protocol/near-names.ts";
import { commitTree } from "../../source/commit-tree.ts";
import { scopeTree } from "../../source/scope-tree.ts";
import { namesOf } from "../../source/source-names.ts";
import { readRemote, type TreeSource, type Step } from "./read-source.ts";

interface Wanted {
  readonly home: Home;
  readonly repo: RepoConfig;
  readonly ref: string;
  readonly onProgress?: ((step: Step) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws RepobaseError `ref_not_found` with the nearest names; and what reading the source throws */
export async function readRefSource(of: Wanted): Promise<TreeSource> {
  const started = performance.now();
  const found = of.repo.source.kind === "folder" ? await ofFolder(of.repo.source.path, of) : await ofUrl(of);
  const commit = found.commit && scopeTree(found.commit, of.repo.only);
  return { ...found, commit, aside: true, worktree: null, seconds: (performance.now() - started) / 1000 };
}

type Found = Pick<TreeSource, "commit" | "names">;

async function ofFolder(folder: string, { home, ref }: Wanted): Promise<Found> {
  const repository = openRepository(folder, home.env);
  const names = namesOf(repository);
  try {
    const tree = await commitTree({ folder, env: home.env, ref });
    return { commit: { ...tree, branch: branchFor(repository, ref, tree) }, names };
  } catch (error) {
    if (!isRepobaseError(error, "ref_not_found") || error.hint !== undefined) throw error;
    const near = nearNames(ref, [...names.branches, ...names.tags.keys()]);
    throw new RepobaseError("ref_not_found", error.message, {
      hint: didYouMean(near) || "git branch --all and git tag list what there is",
      fields: { ref, near },
    });
  }
}

/** `origin/x` is `x`, unless the folder's own `x` is at another commit. */
function branchFor(
  repository: Repository,
  ref: string,
  tree: { branch: string | null; commit: string },
): string | null {
  const { branch, commit } = tree;
  if (branch === null || branch === ref) return branch;
  const own = resolveFullRef(repository.commonDir, `refs/heads/${branch}`)?.id ?? commit;
  return own === commit ? branch : `origin/${branch}`;
}

/** A branch or tag that the remote has; else a commit that was fetched before. */
async function ofUrl(of: Wanted): Promise<Found> {
  const { home, repo, ref } = of;
  const short = ref.replace(/^(?:refs\/(?:heads|tags|remotes\/origin)\/|origin\/)/, "");
  const wanted = ref === "HEAD" ? repo.branch : short;
  try {
    if (wanted !== null && !isBranchOrTag(`refs/tags/${wanted}`))
      throw new RepobaseError("ref_not_found", `${JSON.stringify(ref)} is no name of a branch or tag`);
    return await readRemote({ ...of, repo: { ...repo, branch: wanted } });
  } catch (error) {
    if (!isRepobaseError(error, "ref_not_found")) throw error;
    const gitdir = home.path("repos", repo.id);
    const clone = findRepository(gitdir, home.env);
    const commit = clone && /^[0-9a-f]{4,40}$/i.test(ref) ? tryResolve(clone, ref) : undefined;
    if (commit === undefined) throw error;
    return { commit: await commitTree({ folder: gitdir, env: home.env, ref: commit }), names: null };
  }
}

function tryResolve(repository: Repository, ref: string): string | undefined {
  try {
    return resolveRef(repository, ref).commit;
  } catch (error) {
    if (isRepobaseError(error, "ref_not_found")) return undefined;
    throw error;
  }
}
