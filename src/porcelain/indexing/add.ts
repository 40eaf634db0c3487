/** Registers a repository, by URL or folder, and indexes it. Registered last of all that can fail early: a wrong URL leaves nothing. */
import { resolve } from "node:path";
import type { RepoConfig } from "../../home/config.ts";
import type { Environment } from "../../home/env.ts";
import { nameOfOrigin, makeRepoId } from "../../home/repo-names.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { IndexRepoOptions } from "./index-context.ts";
import { checkedOutAt } from "./checkout.ts";
import { indexRepository } from "./index-repo.ts";
import { indexLocked } from "./index-locked.ts";
import type { IndexResult } from "./index-result.ts";
import { nameRun } from "./last-run.ts";
import { BUILT_IN_MODEL } from "../../models/models.ts";
import { readSource } from "./read-source.ts";

export interface AddOptions extends Omit<IndexRepoOptions, "repo"> {
  readonly target: string;
  readonly cwd: string;
  /** Of a URL, the branch to follow; of a folder, what to call a commit that is checked out without a branch. */
  readonly branch: string | null;
  /** Of the repository; null: the last part of its origin. */
  readonly name: string | null;
}

/** @throws RepobaseError `not_a_repository`, `unauthorized`, `transient`, `not_found`, `exists`, `busy`; and what indexing throws */
export async function addRepository(options: AddOptions): Promise<IndexResult> {
  const { home } = options;
  // a linked work tree of a repository that is registered is that repository, checked out once more
  const linked = checkedOutAt(home.config().repos, resolve(options.cwd, options.target), home.env);
  if (linked !== undefined) return indexRepository({ ...options, repo: linked });
  const repo = await describe(options);
  const lock = await home.lock(`repo-${repo.id}`);
  try {
    const known = home.config().repos.find((r) => r.id === repo.id);
    if (known && JSON.stringify(known.source) !== JSON.stringify(repo.source) && known.source.kind !== "none")
      throw new RepobaseError("exists", `"${repo.id}" is registered already, from ${whereFrom(known)}`, {
        hint: `bring it up to date with: repobase index ${repo.id}, or take it away first with: repobase remove ${repo.id}`,
      });
    const added = known
      ? { ...known, source: repo.source, branch: repo.branch ?? known.branch, name: options.name ?? known.name }
      : repo;
    const { branch, model, maxFileBytes, secrets, include, threads, flushSeconds, now, onProgress, onWarning, signal } =
      options;
    const indexing = {
      home,
      repo: added,
      branch,
      model,
      maxFileBytes,
      secrets,
      include,
      threads,
      flushSeconds,
      now,
      onProgress,
      onWarning,
      signal,
    };
    const runName = await nameRun(indexing);
    // the source is looked at before anything is registered
    const source = await readSource(indexing);
    await home.updateConfig((config) => ({
      ...config,
      repos: [...config.repos.filter((r) => r.id !== added.id), added],
    }));
    return await indexLocked(indexing, { source, runName });
  } finally {
    lock.release();
  }
}

async function describe(options: AddOptions): Promise<RepoConfig> {
  const { looksLikeUrl, parseRemoteUrl, canonicalUrl } = await import("../../git/transport/canonical-url.ts");
  const { target, name } = options;
  const rest = {
    branch: options.branch,
    model: options.model ?? BUILT_IN_MODEL,
    lastIndexedCommit: null,
    cloudEnabled: false,
    lastPushedAt: null,
    lastPushedCommit: null,
  };
  if (looksLikeUrl(target)) {
    const { url } = parseRemoteUrl(target);
    const origin = canonicalUrl(url) ?? url;
    return { id: await makeRepoId(origin), name: name ?? nameOfOrigin(origin), source: { kind: "git", url }, ...rest };
  }
  const { path, url, origin } = await describeFolder(resolve(options.cwd, target), options.home.env);
  return {
    id: await makeRepoId(origin),
    name: name ?? nameOfOrigin(origin),
    source: { kind: "folder", path, url },
    ...rest,
    branch: null, // a folder is indexed as it is checked out
  };
}

/** A clone is named after its remote, so that it has the same id on every machine; another folder after its path. */
async function describeFolder(
  folder: string,
  env: Environment,
): Promise<{ path: string; url: string | null; origin: string }> {
  const { originUrl } = await import("../../git/objects/repository.ts");
  const { canonicalUrl } = await import("../../git/transport/canonical-url.ts");
  const { locateFolder } = await import("../../source/locate-folder.ts");
  const { root, repository } = locateFolder(folder, env);
  const remote = repository ? canonicalUrl(originUrl(repository) ?? "") : null;
  return { path: root, url: remote === null ? null : `https://${remote}`, origin: remote ?? root };
}

const whereFrom = ({ source }: RepoConfig): string =>
  source.kind === "folder" ? `the folder "${source.path}"` : `"${source.url}"`;
