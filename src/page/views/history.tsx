/** The indexed commits that changed one file, the newest first. */
import type { FileChange } from "../../protocol/browse-api.ts";
import { ask } from "../api.ts";
import { browsePath, FILE_HISTORY } from "../browse-answers.ts";
import { Breadcrumbs } from "../parts/breadcrumbs.tsx";
import { CommitLabel } from "../parts/commit-name.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { addressOf } from "../router.ts";
import { useLoad } from "../use-load.ts";
import { useTitle } from "../use-title.ts";
import { ageText } from "../../text/age.ts";
import type { ViewProps } from "./view-props.ts";

export function HistoryView({ place: { repo, path } }: ViewProps<"history">) {
  useTitle(`History of ${path}`);
  const request = browsePath(repo, "commits", { path });
  const { value, problem, again, loading } = useLoad(request, (signal) =>
    ask({ path: request, type: FILE_HISTORY, signal }),
  );
  const changes = value?.path === path ? value.commits : [];
  return (
    <>
      <Breadcrumbs repo={repo} gitRef={null} path={path} />
      <h2>History over the indexed commits</h2>
      {problem ? <ProblemNote problem={problem} again={again} /> : null}
      {loading && changes.length === 0 ? <p class="quiet">Loading …</p> : null}
      {value && !loading && changes.length === 0 ? <p>No indexed commit has this file.</p> : null}
      <ul class="plain">
        {changes.map((change, i) => (
          <Change key={change.commit} repo={repo} path={path} change={change} before={changes[i + 1]} />
        ))}
      </ul>
    </>
  );
}

interface ChangeProps {
  readonly repo: string;
  readonly path: string;
  readonly change: FileChange;
  /** The change before it; undefined: it is the first. */
  readonly before: FileChange | undefined;
}

function Change({ repo, path, change, before }: ChangeProps) {
  const { commit } = change;
  return (
    <li>
      <CommitLabel of={change} />
      <span>{change.change}</span>
      <span class="quiet">{ageText(change.pushedAt, Date.now())}</span>
      {change.blob === null ? null : (
        <a href={addressOf({ view: "file", at: { repo, ref: commit, path, lines: null } })}>The file then</a>
      )}
      {before ? (
        <a href={addressOf({ view: "diff", repo, from: before.commit, to: commit, path })}>What changed</a>
      ) : null}
    </li>
  );
}
