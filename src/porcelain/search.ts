/** Search of the local indexes, and of the server's. Both give the same answer for the same index. */
import { join } from "node:path";
import type { Embedder } from "../embed/embedder.ts";
import type { RepoConfig } from "../home/config.ts";
import type { Home } from "../home/home.ts";
import { findRepo } from "../home/repo-names.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import type { SearchRequest, SearchResponse } from "../protocol/search-api.ts";
import type { IndexView } from "../search/index-view.ts";
import { search } from "../search/search.ts";
import { openEmbedderById } from "./models.ts";
import { makeViewCache, openLocalViews } from "./open-local.ts";
import { callApi, listRemoteRepos, requireCloud } from "./remote-client.ts";

export type Search = (request: SearchRequest) => Promise<SearchResponse>;

/** Opens once, answers many: tables and models stay open between requests. */
export function localSearch(home: Home): Search {
  const cache = makeViewCache();
  const models = new Map<string, Promise<Embedder | undefined>>();
  const embedder = (id: string) => {
    const open = models.get(id) ?? openEmbedderById(home, id);
    models.set(id, open);
    return open;
  };
  return async (request) => {
    const { repos } = home.config();
    const named = request.repos.map((name) => findRepo(repos, name));
    const { views, warnings } = await openAll({ home, repos: named.length > 0 ? named : repos, strict: named.length > 0, request, cache });
    const embedQuery = async (modelId: string) => (await embedder(modelId))?.embedQuery(request.q);
    const response = await search({ views, request, embedQuery });
    return { ...response, warnings: [...warnings, ...response.warnings] };
  };
}

/** A repository that was named must open; of all of them, those that cannot answer are left out and named in a warning. */
async function openAll(of: {
  home: Home;
  repos: readonly RepoConfig[];
  strict: boolean;
  request: SearchRequest;
  cache: ReturnType<typeof makeViewCache>;
}): Promise<{ views: readonly IndexView[]; warnings: readonly string[] }> {
  if (of.repos.length === 0)
    throw new RepobaseError("repo_not_found", "there is nothing to search yet", { hint: "add a repository with: repobase add <url or path>" });
  const views: IndexView[] = [];
  const left: RepobaseError[] = [];
  for (const repo of of.repos) {
    try {
      views.push(...(await openLocalViews({ home: of.home, repo: repo.id, ref: of.request.ref, cache: of.cache })));
    } catch (error) {
      if (of.strict || !isRepobaseError(error, "repo_not_found", "ref_not_found", "unsupported_format")) throw error;
      left.push(error);
    }
  }
  if (views.length === 0 && left[0]) throw left[0];
  return { views, warnings: left.map((error) => `not searched: ${error.message}`) };
}

/** The server's answer. Names are resolved here, so that the same words mean the same repositories. */
export function remoteSearch(home: Home, signal?: AbortSignal): Search {
  const cloud = requireCloud(home, { enabled: false });
  return async (request) => {
    const repos = await remoteIds(request.repos);
    const { q, mode, limit, ref, path, lang, vector } = request;
    return callApi<SearchResponse>({ cloud, path: "/v1/search", method: "POST", body: { q, mode, limit, ref, path, lang, vector, repos }, signal });
  };

  async function remoteIds(names: readonly string[]): Promise<readonly string[]> {
    if (names.length === 0) return [];
    const known = home.config().repos;
    const unknown = names.some((name) => !known.some((repo) => repo.id === name || repo.name === name || repo.id.startsWith(name)));
    const remote = unknown ? (await listRemoteRepos(cloud, signal)).map(({ id, name }) => ({ id, name })) : [];
    return names.map((name) => findRepo([...known, ...remote.filter((r) => !known.some((k) => k.id === r.id))], name).id);
  }
}

/** Where a hit's file lies on this machine, when its source is a folder here. */
export function localFile(home: Home): (repoId: string, path: string) => string | undefined {
  const folders = new Map(home.config().repos.map((r) => [r.id, r.source.kind === "folder" ? r.source.path : undefined]));
  return (repoId, path) => {
    const folder = folders.get(repoId);
    return folder === undefined ? undefined : join(folder, path);
  };
}
