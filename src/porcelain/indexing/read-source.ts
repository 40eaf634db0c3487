/** What there is to index now: a commit, uncommitted files, or both. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import type { SourceTree } from "../../source/source-tree.ts";
import { findRepository } from "../../git/objects/repository.ts";
import { scopeTree } from "../../source/scope-tree.ts";
import { namesOf, namesOffered, type SourceNames } from "../../source/source-names.ts";
import { nameBranch } from "./name-branch.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { credentialsFor } from "./git-credentials.ts";

export interface Step {
  readonly label: string;
  readonly done: number;
  readonly total?: number;
  readonly unit: string;
}

export interface TreeSource {
  readonly commit: SourceTree | null;
  /** The files on disk, where they differ from the commit. */
  readonly worktree: SourceTree | null;
  /** Another commit than the one that is checked out or followed; uncommitted work was not looked at. */
  readonly aside?: boolean;
  /** null: no git. */
  readonly names: SourceNames | null;
  /** Seconds it took to find out (fetching included). */
  readonly seconds: number;
}

/**
 * @param of.branch what to call a commit that is checked out without a branch; null: what a CI host says, or nothing
 * @throws RepobaseError `not_a_repository`, `unauthorized`, `transient`, `ref_not_found`, `not_found`, `usage`
 */
export async function readSource(of: {
  home: Home;
  repo: RepoConfig;
  branch?: string | null | undefined;
  onProgress?: ((step: Step) => void) | undefined;
  onWarning?: ((text: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}): Promise<TreeSource> {
  const started = performance.now();
  const found = of.repo.source.kind === "folder" ? await readFolder(of.repo.source.path, of) : await readRemote(of);
  return { ...found, seconds: (performance.now() - started) / 1000 };
}

async function readFolder(path: string, of: Parameters<typeof readSource>[0]): Promise<Omit<TreeSource, "seconds">> {
  const { openFolder } = await import("../../source/worktree-tree.ts");
  const { env } = of.home;
  const opened = await openFolder(path, {
    env,
    only: of.repo.only,
    onWarning: of.onWarning,
    signal: of.signal,
  });
  const repository = findRepository(opened.root, env);
  const name = (tree: SourceTree) => nameBranch({ tree, repository, asked: of.branch ?? null, env });
  const names = repository && namesOf(repository);
  if (opened.kind === "clean") return { commit: name(opened.tree), worktree: null, names };
  // HEAD is indexed too, so that only what differs from it is uncommitted work
  return { commit: opened.head && name(opened.head), worktree: opened.tree, names };
}

/** The branch or tag that the repository follows, or the default one. */
export async function readRemote(of: Parameters<typeof readSource>[0]): Promise<Omit<TreeSource, "seconds">> {
  const { home, repo, onProgress } = of;
  const { url } = repo.source;
  if (!url)
    throw new RepobaseError("not_found", `"${repo.id}" was pulled and has no source on this machine`, {
      hint: "bring it up to date with: repobase pull, or add its folder",
    });
  const { cloneOrFetch } = await import("../../git/transport/clone-or-fetch.ts");
  const { commitTree } = await import("../../source/commit-tree.ts");
  const gitdir = home.path("repos", repo.id);
  const { commit, branch, offered } = await cloneOrFetch({
    url,
    gitdir,
    branch: repo.branch,
    askCredentials: (asking) => credentialsFor(asking, home.env),
    trace: home.trace,
    ...(of.signal ? { signal: of.signal } : {}),
    ...(onProgress
      ? { onProgress: ({ phase, loaded, total, unit }) => onProgress({ label: phase, done: loaded, total, unit }) }
      : {}),
  });
  const tree = await commitTree({ folder: gitdir, env: home.env, ref: commit });
  const isBranch = offered.refs.some(({ name }) => name === `refs/heads/${branch}`);
  return {
    commit: scopeTree({ ...tree, branch: isBranch ? branch : null }, repo.only),
    worktree: null,
    names: namesOffered(offered),
  };
}
