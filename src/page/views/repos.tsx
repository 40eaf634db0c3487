/** The repositories of the space: their state, size and age; and, by name, the way to remove one. */
import { formatBytes, plural } from "../../text/figures.ts";
import { shortCommit } from "../../protocol/ids.ts";
import { useState } from "preact/hooks";
import { REPO_REMOVED, type RemoteRepo } from "../../protocol/cloud-api.ts";
import { announce } from "../announce.ts";
import { ask } from "../api.ts";
import { useObserved } from "../observed.ts";
import { ProblemNote } from "../parts/problem-note.tsx";
import { asProblem, type PageProblem } from "../problem.ts";
import { addressOf, EMPTY_SEARCH } from "../router.ts";
import { session } from "../session.ts";
import { forgetRepos, useRepos } from "../use-repos.ts";
import { useTitle } from "../use-title.ts";
import { ageText } from "../../text/age.ts";

export function ReposView() {
  useTitle("Repositories");
  const { value, problem, loading, again } = useRepos(0);
  const now = useObserved(session);
  const mayWrite = now.status === "in" && now.me.scopes.includes("write");
  const repos = value?.repos ?? [];
  return (
    <>
      <h1>Repositories</h1>
      {problem ? <ProblemNote problem={problem} again={again} /> : null}
      {loading && !value ? <p class="quiet">Loading …</p> : null}
      {value && repos.length === 0 ? (
        <p>
          Nothing has been pushed to this space. On the machine that has the code: <code>repobase cloud enable</code>,
          then <code>repobase push</code>.
        </p>
      ) : null}
      <ul class="repos">
        {repos.map((repo) => (
          <li key={repo.id}>
            <Repo repo={repo} />
            {mayWrite ? (
              <Remove
                id={repo.id}
                onRemoved={() => {
                  forgetRepos();
                  again();
                }}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </>
  );
}

function Repo({ repo }: { repo: RemoteRepo }) {
  const branch = repo.default ?? Object.entries(repo.refs).find(([, commit]) => commit === repo.commit)?.[0];
  const others = Object.entries(repo.refs).filter(([name]) => name !== branch);
  const facts = [
    branch,
    repo.commit === null ? null : shortCommit(repo.commit),
    repo.fileCount === null ? null : plural(repo.fileCount, "file"),
    typeof repo.bytes === "number" ? formatBytes(repo.bytes) : null,
    repo.lastSyncedAt === null ? null : `pushed ${ageText(repo.lastSyncedAt, Date.now())}`,
    repo.device ? `by ${repo.device}` : null,
  ];
  return (
    <>
      <h2>
        <a href={addressOf({ ...EMPTY_SEARCH, repos: [repo.id] })}>{repo.name}</a>{" "}
        {repo.name === repo.id ? null : <span class="quiet">{repo.id}</span>}
      </h2>
      <p class="quiet">{facts.filter(Boolean).join(" · ")}</p>
      {repo.error ? <p class="note error">{repo.error.detail}</p> : null}
      {repo.commit !== null && others.length > 0 ? (
        <details>
          <summary>{plural(others.length, "other branch", "other branches")}</summary>
          <ul class="plain">
            {others.map(([name, commit]) => (
              <li key={name}>
                <span>{name}</span>
                <code>{shortCommit(commit)}</code>
                <a href={addressOf({ ...EMPTY_SEARCH, repos: [repo.id], ref: name })}>Search it</a>
                <a href={addressOf({ view: "diff", repo: repo.id, from: repo.commit ?? "", to: commit, path: null })}>
                  Against {branch ?? "the default"}
                </a>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </>
  );
}

/** Asks for the name: nobody types that by mistake. */
function Remove({ id, onRemoved }: { id: string; onRemoved: () => void }) {
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<PageProblem>();
  const remove = async () => {
    try {
      await ask({ path: `/v1/repos/${encodeURIComponent(id)}`, method: "DELETE", type: REPO_REMOVED });
      announce(`${id} is removed`);
      onRemoved();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  if (!asking)
    return (
      <button type="button" onClick={() => setAsking(true)}>
        Remove …<span class="unseen"> {id}</span>
      </button>
    );
  return (
    <form
      class="note"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === id) void remove();
      }}
    >
      <label>
        Its index goes from the server, for everybody in this space; indexes on machines stay. To remove it, type{" "}
        <code>{id}</code>
        <input
          value={typed}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <p class="row">
        <button type="submit" disabled={typed !== id}>
          Remove {id}
        </button>
        <button type="button" onClick={() => setAsking(false)}>
          Cancel
        </button>
      </p>
      {problem ? <ProblemNote problem={problem} /> : null}
    </form>
  );
}
