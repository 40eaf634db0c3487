/** The indexes of one space as agents look into them: the `Library` over the caller's part of the bucket. */
import type { Context } from "hono";
import type { Library, LibraryRepo } from "../lookup/library.ts";
import { filesOf, libraryRepos, readOf } from "../lookup/view-library.ts";
import { isRepobaseError } from "../protocol/errors.ts";
import { findRepo } from "../protocol/find-repo.ts";
import { isRepoId } from "../protocol/keys.ts";
import { listCommits } from "../search/browse/list-commits.ts";
import { describeRepos } from "../search/describe-repos.ts";
import { openView, withCurrentIndex } from "../search/open-view.ts";
import type { AppEnv, Services } from "./app-env.ts";
import { untilGone } from "./bucket.ts";
import { isServerFailure } from "./failure.ts";
import { searchSpace, type SpaceReader } from "./search-space.ts";

/** What this request may read. */
export const spaceReader = (services: Services, c: Context<AppEnv>): SpaceReader => ({
  services,
  home: c.var.home,
  owner: c.var.caller.userId,
  signal: c.req.raw.signal,
  onDamage: (error) => services.onFailure({ error, method: c.req.method, path: c.req.path }),
});

export function serverLibrary(reader: SpaceReader): Library {
  const { services, home: store, owner, signal } = reader;
  const index = (repo: string) => ({ store, repo, cache: services.views, owner, signal });

  /** An id is taken as it is, which spares reading all refs; any other word may be a name. */
  async function withRepo<T>(wanted: string, use: (id: string) => Promise<T>): Promise<T> {
    if (isRepoId(wanted)) {
      try {
        return await use(wanted);
      } catch (error) {
        if (!isRepobaseError(error, "repo_not_found")) throw error;
      }
    }
    return use(findRepo(await repos(), wanted).id);
  }

  async function repos(): Promise<readonly LibraryRepo[]> {
    const found = await describeRepos({
      home: untilGone(store, signal),
      owner,
      counts: services.counts,
      onDamage: reader.onDamage,
    });
    return libraryRepos(found);
  }

  return watched(reader, {
    repos,
    search: async (request) => {
      try {
        if (request.repos.every(isRepoId)) return await searchSpace(reader, request);
      } catch (error) {
        if (request.repos.length === 0 || !isRepobaseError(error, "repo_not_found")) throw error;
      }
      const known = await repos();
      return searchSpace(reader, { ...request, repos: request.repos.map((name) => findRepo(known, name).id) });
    },
    read: ({ repo, path, ref }) =>
      withRepo(repo, async (id) => {
        const view = await openView({ ...index(id), ref });
        return readOf({ views: [view], name: view.ref.source.name, path, signal });
      }),
    files: ({ repo, ref, ...question }) =>
      withRepo(repo, async (id) => filesOf([await openView({ ...index(id), ref })], question, signal)),
    commits: ({ repo, limit }) =>
      withRepo(repo, (id) =>
        withCurrentIndex(index(id), (current) =>
          listCommits({ ...index(id), ...current }, { limit, after: undefined }),
        ),
      ),
    changed: (repo) => withRepo(repo, (id) => withCurrentIndex(index(id), async () => null)),
  });
}

/** Damage is told to the operator, and what was damaged when it was read is read anew: as the routes do for whoever asks without tools. */
function watched({ services, owner, onDamage }: SpaceReader, library: Library): Library {
  const watch = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      if (isRepobaseError(error, "corrupt_index")) services.views.forget(owner);
      if (isRepobaseError(error) && isServerFailure(error)) onDamage(error);
      throw error;
    });
  return {
    search: (request) => watch(library.search(request)),
    read: (of) => watch(library.read(of)),
    files: (of) => watch(library.files(of)),
    repos: () => watch(library.repos()),
    commits: (of) => watch(library.commits(of)),
    changed: (repo) => watch(library.changed(repo)),
  };
}
