/** One file of a commit: its lines, outline, uses of a name, and ways to its history, its host and other commits. */
import { plural } from "../../text/figures.ts";
import { shortCommit } from "../../protocol/ids.ts";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api.ts";
import { browsePath, COMMIT_LIST } from "../browse-answers.ts";
import { copyText } from "../copy-text.ts";
import { askFile, filePath, type FileAnswer, withoutLastBreak } from "../file-answer.ts";
import { hostLink } from "../host-link.ts";
import { navigate } from "../navigation.ts";
import { Breadcrumbs } from "../parts/breadcrumbs.tsx";
import { commitName } from "../parts/commit-name.tsx";
import { FileCode } from "../parts/file-code.tsx";
import { KeptNote } from "../parts/kept-note.tsx";
import { NameUses } from "../parts/name-uses.tsx";
import { OutlineList } from "../parts/outline.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { formatPermalink, type Permalink } from "../permalink.ts";
import { addressOf } from "../router.ts";
import { useKeys } from "../use-keys.ts";
import { useLoad } from "../use-load.ts";
import { DESK, useMedia } from "../use-media.ts";
import { useRepos } from "../use-repos.ts";
import { useTitle } from "../use-title.ts";
import type { ViewProps } from "./view-props.ts";

export function FileView({ place: { at } }: ViewProps<"file">) {
  useTitle(`${at.path} · ${at.repo}`);
  const whole = { ...at, lines: null };
  const { value, problem, again } = useLoad(filePath(whole), (signal) => askFile(whole, signal));
  const file = value?.path === at.path && value.repoId === at.repo ? value : undefined;
  return (
    <>
      <Breadcrumbs repo={at.repo} gitRef={at.ref} path={at.path} />
      {problem ? <ProblemNote problem={problem} again={again} /> : null}
      {!file && !problem ? <p class="quiet">Loading …</p> : null}
      {file && !problem ? <OpenFile at={at} file={file} /> : null}
    </>
  );
}

function OpenFile({ at, file }: { at: Permalink; file: FileAnswer }) {
  const [name, setName] = useState<string | null>(null);
  const desk = useMedia(DESK);
  const fixed = { ...at, ref: file.commit };
  useEffect(() => {
    if (at.lines) document.getElementById(`L${at.lines.from}`)?.scrollIntoView({ block: "center" });
  }, [at.lines?.from, file]);
  return (
    <div class="file-view">
      <div>
        <FileBar at={at} file={file} />
        <NameForm onName={setName} />
        {name === null ? null : (
          <NameUses repo={at.repo} commit={file.commit} name={name} onClose={() => setName(null)} />
        )}
        <KeptNote answer={file} />
        {file.redacted ? <p class="note">Secrets that stood in this file are covered.</p> : null}
        <FileCode
          text={withoutLastBreak(file.contents)}
          language={file.language}
          path={at.path}
          pointed={at.lines}
          lineHref={(line) => addressOf({ view: "file", at: { ...fixed, lines: { from: line, to: line } } })}
          onLines={(lines) => navigate({ view: "file", at: { ...at, lines } }, "replace")}
          onName={setName}
        />
      </div>
      <OutlineList at={at} commit={file.commit} open={desk} />
    </div>
  );
}

function FileBar({ at, file }: { at: Permalink; file: FileAnswer }) {
  const repos = useRepos(200);
  const source = repos.value?.repos.find(({ id }) => id === at.repo)?.url;
  const fixed = { ...at, ref: file.commit };
  const host = hostLink(source, fixed);
  const copy = () => void copyText(formatPermalink(fixed), "The permalink");
  useKeys({ y: copy, o: host === undefined ? undefined : () => void open(host, "_blank", "noreferrer") });
  return (
    <p class="row bar">
      <CommitChooser at={at} commit={file.commit} />
      <span class="quiet">
        {plural(file.lineCount, "line")}, {file.language}
      </span>
      <button type="button" onClick={copy}>
        Copy permalink
      </button>
      <a href={addressOf({ view: "history", repo: at.repo, path: at.path })}>History</a>
      {host === undefined ? null : (
        <a href={host} target="_blank" rel="noreferrer">
          Open at the host
        </a>
      )}
    </p>
  );
}

function CommitChooser({ at, commit }: { at: Permalink; commit: string }) {
  const path = browsePath(at.repo, "commits", {});
  const { value } = useLoad(path, (signal) => ask({ path, type: COMMIT_LIST, signal }));
  const commits = value?.commits ?? [];
  const known = commits.some((each) => each.commit === commit);
  return (
    <select
      aria-label="Commit"
      value={commit}
      onChange={(event) => navigate({ view: "file", at: { ...at, ref: event.currentTarget.value } })}
    >
      {known ? null : <option value={commit}>{shortCommit(commit)}</option>}
      {commits.map((each) => (
        <option value={each.commit}>{commitName(each)}</option>
      ))}
    </select>
  );
}

/** For keyboards and screen readers; on the code a click does the same. */
function NameForm({ onName }: { onName: (name: string) => void }) {
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        const name = new FormData(event.currentTarget).get("name");
        if (typeof name === "string" && name.trim() !== "") onName(name.trim());
      }}
    >
      <label>
        <span class="quiet">Uses of a name </span>
        <input name="name" autocomplete="off" spellcheck={false} autocapitalize="none" placeholder="or click on one" />
      </label>
      <button type="submit">Find</button>
    </form>
  );
}
