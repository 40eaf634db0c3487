/** Registers a repository, by URL or folder, and indexes it. Registered last of all that can fail early: a wrong URL leaves nothing. */
import { resolve } from "node:path";
import type { RepoConfig } from "../../home/config.ts";
import type { Environment } from "../../home/env.ts";
import { makeRepoId, makeRepoName } from "../../home/repo-names.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { IndexRepoOptions } from "./index-context.ts";
import { checkedOutAt } from "../folder/checkout.ts";
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
  /** Of a folder inside a repository, that folder alone. */
  readonly only?: boolean | undefined;
  /** Told, before anything is indexed, that the folder that was named is only a part of what will be. */
  readonly onWhole?: ((whole: WholeOf) => void) | undefined;
}

/** The repository that is indexed where a folder in it was named. */
export interface WholeOf {
  /** Absolute. */
  readonly root: string;
  /** Relative to it. */
  readonly named: string;
}

export interface AddResult extends IndexResult {
  /** null: what was named is what is indexed. */
  readonly wholeOf: WholeOf | null;
}

/** @throws RepobaseError `not_a_repository`, `unauthorized`, `transient`, `not_found`, `exists`, `busy`; and what indexing throws */
export async function addRepository(options: AddOptions): Promise<AddResult> {
  const { home } = options;
  const { repo, folder, wholeOf } = await describe(options);
  if (wholeOf) options.onWhole?.(wholeOf);
  // a linked work tree of a repository that is registered is that repository, checked out once more
  const alike = home.config().repos.filter(({ only }) => only === repo.only);
  const [linked] = folder === null ? [] : checkedOutAt(alike, folder, home.env);
  const result = linked ? await indexRepository({ ...options, repo: linked }) : await register(options, repo);
  return { ...result, wholeOf };
}

async function register(options: AddOptions, repo: RepoConfig): Promise<IndexResult> {
  const { home } = options;
  const lock = await home.lock(`repo-${repo.id}`);
  try {
    const known = home.config().repos.find((r) => r.id === repo.id);
    if (known && JSON.stringify(known.source) !== JSON.stringify(repo.source) && known.source.kind !== "none")
      throw new RepobaseError("exists", `"${repo.id}" is registered already, from ${whereFrom(known)}`, {
        hint: `bring it up to date with: repobase index ${repo.id}, or take it away first with: repobase remove ${repo.id}`,
      });
    const scope = repo.only === undefined ? {} : { only: repo.only };
    const added = known
      ? {
          ...known,
          source: repo.source,
          ...scope,
          branch: repo.branch ?? known.branch,
          name: options.name ?? known.name,
        }
      : repo;
    const { branch, model, maxFileBytes, secrets, include, nativeTextIndex, threads, flushSeconds } = options;
    const { now, onProgress, onWarning, signal } = options;
    const indexing = {
      home,
      repo: added,
      branch,
      model,
      maxFileBytes,
      secrets,
      include,
      nativeTextIndex,
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

/** What is to be registered, and the folder of it that was named. */
interface Described {
  readonly repo: RepoConfig;
  /** Absolute, as it was named; null: a URL. */
  readonly folder: string | null;
  readonly wholeOf: WholeOf | null;
}

async function describe(options: AddOptions): Promise<Described> {
  const { looksLikeUrl, parseRemoteUrl, canonicalUrl } = await import("../../git/transport/canonical-url.ts");
  const { target, name } = options;
  const rest = {
    model: options.model ?? BUILT_IN_MODEL,
    lastIndexedCommit: null,
    cloudEnabled: false,
    lastPushedAt: null,
    lastPushedCommit: null,
  };
  if (looksLikeUrl(target)) {
    if (options.only)
      throw new RepobaseError("usage", "--only takes a folder of a repository on this machine, not a URL", {
        hint: "clone it, then: repobase add <its folder>/<subfolder> --only",
      });
    const { url } = parseRemoteUrl(target);
    const origin = canonicalUrl(url) ?? url;
    const naming = { id: await makeRepoId(origin), name: name ?? makeRepoName(origin) };
    const repo: RepoConfig = { ...naming, source: { kind: "git", url }, branch: options.branch, ...rest };
    return { repo, folder: null, wholeOf: null };
  }
  const folder = resolve(options.cwd, target);
  const { path, url, origin, inside } = await describeFolder(folder, options.home.env);
  const only = options.only ? scopeOf(folder, { root: path, inside }) : undefined;
  const repo: RepoConfig = {
    id: await makeRepoId(origin, only),
    name: name ?? makeRepoName(origin, only),
    source: { kind: "folder", path, url },
    ...(only !== undefined && { only }),
    ...rest,
    branch: null, // a folder is indexed as it is checked out
  };
  return { repo, folder, wholeOf: inside && only === undefined ? { root: path, named: inside } : null };
}

/** @throws RepobaseError `usage` for a folder that is no part of a repository */
function scopeOf(folder: string, { root, inside }: { root: string; inside: string | null }): string {
  if (inside !== null && inside !== "") return inside;
  const why =
    inside === null
      ? `"${folder}" is no part of a git work tree`
      : `"${folder}" is the root of its repository, "${root}", and --only takes a folder inside one`;
  throw new RepobaseError("usage", why, { hint: "leave out --only" });
}

/**
 * A clone is named after its remote, so that it has the same id on every machine; another folder after its path. `inside` is
 * the folder's place in its work tree, `` for the root; null: it is no part of one.
 */
async function describeFolder(
  folder: string,
  env: Environment,
): Promise<{ path: string; url: string | null; origin: string; inside: string | null }> {
  const { originUrl } = await import("../../git/objects/repository.ts");
  const { canonicalUrl } = await import("../../git/transport/canonical-url.ts");
  const { locateFolder } = await import("../../source/locate-folder.ts");
  const { root, repository, inside } = locateFolder(folder, env);
  const remote = repository ? canonicalUrl(originUrl(repository) ?? "") : null;
  return { path: root, url: remote === null ? null : `https://${remote}`, origin: remote ?? root, inside };
}

const whereFrom = ({ source }: RepoConfig): string =>
  source.kind === "folder" ? `the folder "${source.path}"` : `"${source.url}"`;
