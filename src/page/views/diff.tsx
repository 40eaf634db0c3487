/** What differs between two indexed commits: the files, or the lines of one. */
import type { DiffHunk, FileDiff } from "../../protocol/browse-api.ts";
import { plural } from "../../text/figures.ts";
import { shortCommit } from "../../protocol/ids.ts";
import { ask } from "../api.ts";
import { browsePath, COMMIT_DIFF, FILE_DIFF } from "../browse-answers.ts";
import { Breadcrumbs } from "../parts/breadcrumbs.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { addressOf } from "../router.ts";
import { useLoad } from "../use-load.ts";
import { useTitle } from "../use-title.ts";
import type { ViewProps } from "./view-props.ts";

type DiffProps = ViewProps<"diff">;

export function DiffView({ place }: DiffProps) {
  useTitle(`${shortCommit(place.from)} to ${shortCommit(place.to)}`);
  return place.path === null ? <Files place={place} /> : <Lines place={place} path={place.path} />;
}

function Files({ place }: DiffProps) {
  const { repo, from, to } = place;
  const request = browsePath(repo, "diff", { from, to });
  const { value, problem, again } = useLoad(request, (signal) => ask({ path: request, type: COMMIT_DIFF, signal }));
  return (
    <>
      <h1>
        {repo}: {shortCommit(from)} to {shortCommit(to)}
      </h1>
      {problem ? <ProblemNote problem={problem} again={again} /> : null}
      {value ? (
        <>
          <p>
            {value.counts.added} added, {value.counts.changed} changed, {value.counts.removed} removed
            {value.next === null ? "" : "; the first are shown"}
          </p>
          <ul class="plain">
            {value.files.map(({ path, change }) => (
              <li key={path}>
                <span class={`change ${change}`}>{change}</span>
                <a href={addressOf({ ...place, path })}>{path}</a>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}

function Lines({ place, path }: DiffProps & { path: string }) {
  const { repo, from, to } = place;
  const request = browsePath(repo, "diff", { from, to, path });
  const { value, problem, again } = useLoad(request, (signal) => ask({ path: request, type: FILE_DIFF, signal }));
  return (
    <>
      <Breadcrumbs repo={repo} gitRef={to} path={path} />
      <p class="row">
        <span>
          {shortCommit(from)} to {shortCommit(to)}
        </span>
        <a href={addressOf({ ...place, path: null })}>All files</a>
        <a href={addressOf({ view: "history", repo, path })}>History</a>
      </p>
      {problem ? <ProblemNote problem={problem} again={again} /> : null}
      {value ? <Hunks diff={value} /> : null}
    </>
  );
}

function Hunks({ diff }: { diff: FileDiff }) {
  if (diff.hunks.length === 0)
    return <p>{diff.change === "same" ? "The file is the same in both." : "No line differs."}</p>;
  return (
    <>
      <p>
        {plural(diff.added, "line")} added, {plural(diff.removed, "line")} removed
      </p>
      {diff.cut === null ? null : (
        <p class="note">
          {diff.cut === "size"
            ? "What comes after is left out."
            : "So much differs that lines are not matched one by one."}
        </p>
      )}
      {diff.hunks.map((hunk) => (
        <Hunk key={`${hunk.oldStart} ${hunk.newStart}`} hunk={hunk} />
      ))}
    </>
  );
}

const SIGN = { same: " ", added: "+", removed: "-" } as const;

function Hunk({ hunk }: { hunk: DiffHunk }) {
  let [before, after] = [hunk.oldStart, hunk.newStart];
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by key
    <div class="code hunk" role="group" tabIndex={0} aria-label={`Lines from ${hunk.newStart}`}>
      {hunk.lines.map(({ kind, text }) => {
        const number = kind === "removed" ? before : after;
        if (kind !== "added") before++;
        if (kind !== "removed") after++;
        return (
          <div class={`line ${kind}`}>
            <span class="number" aria-hidden="true">
              {number}
            </span>
            <span class="sign">
              <span aria-hidden="true">{SIGN[kind]}</span>
              {kind === "same" ? null : <span class="unseen">{kind}: </span>}
            </span>
            <code>{text === "" ? "\n" : text}</code>
          </div>
        );
      })}
    </div>
  );
}
