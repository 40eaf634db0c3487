/** Search of the local indexes, and of the server's. Both give the same answer for the same index. */
import { join, sep } from "node:path";
import { folderOf, type RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { findRepo } from "../../protocol/find-repo.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { WORKTREE } from "../../protocol/ids.ts";
import {
  SEARCH_RESPONSE,
  type StaleFolder,
  type SearchRequest,
  type SearchResponse,
} from "../../protocol/search-api.ts";
import type { ViewCache } from "../../search/view-cache.ts";
import { openViews } from "../../search/open-views.ts";
import type { OpenedViews } from "../../search/open-views.ts";
import type { IndexView } from "../../search/index-view.ts";
import { SearchTrace, withCost } from "../../search/search-trace.ts";
import { search } from "../../search/search.ts";
import { DAMAGE, searchWhole } from "../../search/search-whole.ts";
import { keepModelsOpen } from "../../models/models.ts";
import { asCheckedOut } from "../folder/checkout.ts";
import { findStale } from "../folder/staleness.ts";
import { makeViewCache, openLocalViews } from "./open-local.ts";
import { callApi } from "../../remote/remote-client.ts";
import { remoteIds } from "./remote-ids.ts";
import { requireCloud } from "../../home/require-cloud.ts";

export type Search = (request: SearchRequest) => Promise<SearchResponse>;

/**
 * Opens once, answers many: tables and models stay open between requests.
 * @param options.cache of open tables, to share with others that read them; default: its own
 * @param options.stale false: no folder is looked at to tell whether it has changed
 */
export function localSearch(
  home: Home,
  options: { cwd: string; signal?: AbortSignal | undefined; cache?: ViewCache; stale?: boolean },
): Search {
  const { cwd, signal, cache = makeViewCache() } = options;
  const embedder = keepModelsOpen(home);
  return async (request) => {
    const repos = asCheckedOut(home.config().repos, cwd, home.env);
    const named = request.repos.map((name) => findRepo(repos, name));
    const trace = new SearchTrace(home.store);
    const opened = await openAll({
      trace,
      home,
      repos: named.length > 0 ? named : repos,
      strict: named.length > 0,
      request,
      cache,
      signal,
    });
    const embedQuery = async (modelId: string) => (await embedder(modelId))?.embedQuery(request.q);
    const run = (views: readonly IndexView[]) => search({ views, request, embedQuery, signal, trace });
    const response = named.length > 0 ? await run(opened.views) : await searchWhole({ opened, search: run });
    const stale = options.stale === false ? [] : await findAllStale({ home, repos, named, cwd, request, response });
    return { ...withCost(response, { request, trace }), ...(stale.length > 0 && { stale }) };
  };
}

/**
 * Of the folders whose state was asked for: those that were named, the one around `cwd`, and those that have results. To look at
 * every folder that is registered would cost more than the search.
 */
async function findAllStale(of: {
  home: Home;
  repos: readonly RepoConfig[];
  named: readonly RepoConfig[];
  cwd: string;
  request: SearchRequest;
  response: SearchResponse;
}): Promise<readonly StaleFolder[]> {
  const { home, repos, named, cwd, request, response } = of;
  if (request.ref !== null && request.ref !== WORKTREE && request.ref !== "HEAD") return [];
  const ids = new Set([...named.map(({ id }) => id), ...response.results.map(({ repoId }) => repoId)]);
  const isMeant = (repo: RepoConfig) => ids.has(repo.id) || (named.length === 0 && holds(repo, cwd));
  const found = await Promise.all(repos.filter(isMeant).map((repo) => findStale(home, repo)));
  return found.filter((each) => each !== undefined);
}

/** The folders that a search without results yet is about: those named, or the one around `cwd`, or all. */
export function foldersMeant(home: Home, request: SearchRequest, cwd: string): readonly RepoConfig[] {
  const repos = asCheckedOut(home.config().repos, cwd, home.env);
  if (request.repos.length > 0) return request.repos.map((name) => findRepo(repos, name)).filter(isFolder);
  const here = repos.filter((repo) => holds(repo, cwd));
  return here.length > 0 ? here : repos.filter(isFolder);
}

const isFolder = ({ source }: RepoConfig): boolean => source.kind === "folder";

function holds(repo: RepoConfig, cwd: string): boolean {
  const folder = folderOf(repo);
  return folder !== undefined && (cwd === folder || cwd.startsWith(folder + sep));
}

/** A repository that was named must open; of all of them, those that cannot answer are left out and named in a warning. */
async function openAll(of: {
  trace: SearchTrace;
  home: Home;
  repos: readonly RepoConfig[];
  strict: boolean;
  request: SearchRequest;
  cache: ViewCache;
  signal: AbortSignal | undefined;
}): Promise<OpenedViews> {
  const { home, cache, signal, trace } = of;
  if (of.repos.length === 0)
    throw new RepobaseError("repo_not_found", "there is nothing to search yet", {
      hint: "add a repository with: repobase add <url or path>",
    });
  const byId = new Map(of.repos.map((repo) => [repo.id, repo]));
  return trace.time("open", () =>
    openViews({
      repos: [...byId.keys()],
      leaveOut: of.strict ? [] : ["repo_not_found", "ref_not_found", ...DAMAGE],
      open: async (id) => {
        const repo = byId.get(id);
        return repo ? openLocalViews({ home, repo, ref: of.request.ref, cache, signal, trace }) : [];
      },
    }),
  );
}

/**
 * The server's answer. Names are resolved here, so that the same words mean the same repositories. Where the server cannot run
 * a repository's model but this machine can, the query is embedded here and asked again, from then on at once.
 */
export function remoteSearch(home: Home, signal?: AbortSignal): Search {
  const cloud = requireCloud(home, { enabled: false });
  const embedder = keepModelsOpen(home);
  const missing = new Set<string>();
  return async (request) => {
    const repos = await remoteIds({ home, cloud, signal }, request.repos);
    const ask = (vectors: Vectors) =>
      callApi({
        cloud,
        path: "/v1/search",
        method: "POST",
        answer: SEARCH_RESPONSE,
        body: { ...request, repos, vectors },
        signal,
      }).catch(unavailable);
    const first = await embedMissing(request);
    const answer = await ask(first);
    for (const id of missingModels(answer)) missing.add(id);
    const second = await embedMissing(request);
    const better = Object.keys(second).length > Object.keys(first).length ? await ask(second) : answer;
    if (better instanceof RepobaseError) throw better;
    return better;
  };

  /** The query's vectors by those of the missing models that this machine has. */
  async function embedMissing({ q, mode, vector }: SearchRequest): Promise<Vectors> {
    if (mode === "keyword" || vector !== null) return {};
    const vectors = await Promise.all(
      Array.from(missing, async (id) => [id, await (await embedder(id))?.embedQuery(q)] as const),
    );
    return Object.fromEntries(vectors.flatMap(([id, found]) => (found === undefined ? [] : [[id, Array.from(found)]])));
  }
}

type Vectors = Readonly<Record<string, readonly number[]>>;

/** A server that has nothing but models it cannot run says so in an error, and names them as in an answer. */
function unavailable(error: unknown): RepobaseError {
  if (isRepobaseError(error, "model_unavailable")) return error;
  throw error;
}

function missingModels(answer: SearchResponse | RepobaseError): readonly string[] {
  const ids = answer instanceof RepobaseError ? answer.fields.missingModels : answer.missingModels;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}

/** Where a hit's file lies on this machine, when its source is a folder here. */
export function localFile(home: Home, cwd: string): (repoId: string, path: string) => string | undefined {
  const folders = new Map(
    asCheckedOut(home.config().repos, cwd, home.env).map((r) => [
      r.id,
      r.source.kind === "folder" ? r.source.path : undefined,
    ]),
  );
  return (repoId, path) => {
    const folder = folders.get(repoId);
    return folder === undefined ? undefined : join(folder, path);
  };
}
