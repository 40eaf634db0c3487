/** The indexes of this machine as agents look into them: the `Library` over the home folder. */
import type { RepoConfig } from "../../home/config.ts";
import { folderOf } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import type { Library, LibraryRepo } from "../../lookup/library.ts";
import { filesOf, libraryRepos, readOf } from "../../lookup/view-library.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { findRepo } from "../../protocol/find-repo.ts";
import type { SourceLink, StaleFolder } from "../../protocol/search-api.ts";
import { plainSourceUrl } from "../../protocol/source-url.ts";
import { listCommits } from "../../search/browse/list-commits.ts";
import { describeRepos } from "../../search/describe-repos.ts";
import { withCurrentIndex } from "../../search/open-view.ts";
import { ViewCache } from "../../search/view-cache.ts";
import { asCheckedOut } from "../folder/checkout.ts";
import { findStale } from "../folder/staleness.ts";
import { makeViewCache, openLocalViews } from "./open-local.ts";
import { localSearch } from "./search.ts";

/** File counts of a thousand commits. */
const COUNTS = { maxRangeBytes: 0, maxHeldBytes: 1024 * 1024 };

/** Opens once, answers many. @param of.cwd in a linked git work tree of a repository, that one is meant */
export function localLibrary(
  home: Home,
  { cwd, signal }: { readonly cwd: string; readonly signal?: AbortSignal | undefined },
): Library {
  const cache = makeViewCache();
  const counts = new ViewCache(COUNTS);
  const search = localSearch(home, { cwd, cache, signal });
  // read each time: repositories come and go while an agent works
  const known = () => asCheckedOut(home.config().repos, cwd, home.env);
  const views = async (name: string, ref: string | null) => {
    const repo = findRepo(known(), name);
    return { repo, views: await openLocalViews({ home, repo, ref, cache, signal }) };
  };
  return withoutPaths(home, known, {
    search: async (request) => {
      const found = await search(request);
      const ids = new Set(found.results.map(({ repoId }) => repoId));
      const sources = known().flatMap((repo): [string, SourceLink][] =>
        ids.has(repo.id) ? [[repo.id, { name: repo.name, url: plainSourceUrl(repo.source.url) }]] : [],
      );
      return { ...found, sources: Object.fromEntries(sources) };
    },
    read: async ({ repo: name, path, ref }) => {
      const { repo, views: opened } = await views(name, ref);
      return readOf({ views: opened, name: repo.name, path, signal });
    },
    files: async ({ repo, ref, ...question }) => filesOf((await views(repo, ref)).views, question, signal),
    repos: async () => describeLocal(home, counts, known()),
    commits: ({ repo: name, limit }) => {
      const index = { store: home.store, repo: findRepo(known(), name).id, cache, signal };
      return withCurrentIndex(index, (current) => listCommits({ ...index, ...current }, { limit, after: undefined }));
    },
    changed: async (name) => (await findStale(home, findRepo(known(), name)))?.changed ?? null,
  });
}

/** What is registered: its index may not be there yet. */
async function describeLocal(
  home: Home,
  counts: ViewCache,
  repos: readonly RepoConfig[],
): Promise<readonly LibraryRepo[]> {
  const indexed = await describeRepos({ home: home.store, owner: "", counts, onDamage: () => undefined });
  const byId = new Map(indexed.map((repo) => [repo.id, repo]));
  return libraryRepos(
    repos.map(({ id, name, source, lastIndexedCommit }) => ({
      fileCount: null,
      lastSyncedAt: null,
      commit: lastIndexedCommit,
      refs: {},
      state: "empty" as const,
      ...byId.get(id),
      id,
      name,
      url: source.url,
    })),
  );
}

/** What the machine calls things stays on it: errors and warnings name files of the home and folders of the user. */
function withoutPaths(home: Home, known: () => readonly RepoConfig[], library: Library): Library {
  const hide = (text: string): string => {
    let hidden = text;
    for (const [path, word] of placesOf(home, known)) hidden = hidden.replaceAll(path, word);
    return hidden;
  };
  const guard = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      if (!isRepobaseError(error)) throw error;
      throw new RepobaseError(error.code, hide(error.message), {
        hint: error.hint === undefined ? undefined : hide(error.hint),
        fields: error.fields,
        cause: error,
      });
    });
  return {
    search: async (request) => {
      const { stale, ...found } = await guard(library.search(request));
      return {
        ...found,
        warnings: found.warnings.map(hide),
        ...(stale && { stale: stale.map((each) => withFolder(each, hide(each.folder))) }),
      };
    },
    read: (of) => guard(library.read(of)),
    files: (of) => guard(library.files(of)),
    repos: () => guard(library.repos()),
    commits: (of) => guard(library.commits(of)),
    changed: (repo) => guard(library.changed(repo)),
  };
}

const withFolder = (stale: StaleFolder, folder: string): StaleFolder => ({ ...stale, folder });

/** The longest first: a folder may lie in another. */
function placesOf(home: Home, known: () => readonly RepoConfig[]): readonly (readonly [string, string])[] {
  const places: (readonly [string, string])[] = [[home.dir, "$REPOBASE_HOME"]];
  try {
    for (const repo of known()) places.push([folderOf(repo) ?? home.dir, repo.name]);
  } catch (error) {
    if (!isRepobaseError(error)) throw error; // a damaged configuration names no folders
  }
  return places.toSorted(([a], [b]) => b.length - a.length);
}
