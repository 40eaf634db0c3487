/** The search before anything is asked: what was asked last, and what there is to search. */
import { useMemo } from "preact/hooks";
import type { RemoteRepo } from "../../protocol/cloud-api.ts";
import { useObserved } from "../observed.ts";
import { recentSearches } from "../recent-searches.ts";
import { addressOf, EMPTY_SEARCH } from "../router.ts";
import { session } from "../session.ts";
import { agoOf, countOf } from "../search-words.ts";
import type { Loaded } from "../use-load.ts";
import type { RemoteRepos } from "../../protocol/cloud-api.ts";
import { lazyView } from "./lazy-view.tsx";
import { ProblemNote } from "./problem-note.tsx";

const KeptList = lazyView(async () => (await import("./kept-list.tsx")).KeptList);

export function NoQuery({ repos }: { repos: Loaded<RemoteRepos> & { again: () => void } }) {
  const recent = useMemo(recentSearches, []);
  const { status } = useObserved(session);
  if (status === "unknown") return <Offline />;
  return (
    <div class="no-query">
      {recent.length === 0 ? null : (
        <section aria-labelledby="recent">
          <h2 id="recent">Recent searches</h2>
          <ul class="plain">
            {recent.map((place) => (
              <li>
                <a href={addressOf(place)}>{place.q}</a>
                <span class="quiet"> {[...place.repos, place.lang, place.path].filter(Boolean).join(" · ")}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="repositories">
        <h2 id="repositories">Repositories</h2>
        {repos.problem ? <ProblemNote problem={repos.problem} again={repos.again} /> : null}
        {repos.value ? <RepoList repos={repos.value.repos} /> : <p class="quiet">Loading …</p>}
      </section>
    </div>
  );
}

function Offline() {
  return (
    <div class="no-query">
      <p class="note">The server cannot be reached. What was opened here before can still be read.</p>
      <KeptList />
    </div>
  );
}

function RepoList({ repos }: { repos: readonly RemoteRepo[] }) {
  if (repos.length === 0)
    return (
      <p>
        Nothing is indexed here yet. At a terminal, in a clone: <code>repobase add . && repobase push</code>
      </p>
    );
  return (
    <ul class="plain">
      {repos.map((repo) => (
        <li>
          <a href={addressOf({ ...EMPTY_SEARCH, repos: [repo.id] })}>{repo.name}</a>{" "}
          <span class="quiet">{stateOf(repo)}</span>
        </li>
      ))}
    </ul>
  );
}

function stateOf({ error, fileCount, lastSyncedAt }: RemoteRepo): string {
  if (error) return `cannot be searched: ${error.detail}`;
  const files = fileCount === null ? [] : [countOf(fileCount, "file")];
  const age = lastSyncedAt === null ? [] : [`pushed ${agoOf(lastSyncedAt, Date.now())}`];
  return [...files, ...age].join(" · ");
}
