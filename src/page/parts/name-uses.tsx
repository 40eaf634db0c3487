/** Where a name is defined and used, in the commit that is shown. */
import type { NameDefinition, ShownLine } from "../../protocol/browse-api.ts";
import { plural } from "../../text/figures.ts";
import { ask } from "../api.ts";
import { browsePath, OCCURRENCES } from "../browse-answers.ts";
import { addressOf } from "../router.ts";
import { useLoad } from "../use-load.ts";
import { ProblemNote } from "./problem-note.tsx";

export interface NameUsesProps {
  readonly repo: string;
  readonly commit: string;
  readonly name: string;
  readonly onClose: () => void;
}

export function NameUses({ repo, commit, name, onClose }: NameUsesProps) {
  const path = browsePath(repo, "occurrences", { name, ref: commit });
  const { value, problem, again, loading } = useLoad(path, (signal) => ask({ path, type: OCCURRENCES, signal }));
  const shown = value?.name === name ? value : undefined;
  const link = ({ path: file, line }: ShownLine) =>
    addressOf({ view: "file", at: { repo, ref: commit, path: file, lines: { from: line, to: line } } });
  const places = (lines: readonly (ShownLine | NameDefinition)[]) => (
    <ul class="places">
      {lines.map((line) => (
        <li key={`${line.path}:${line.line}`}>
          <a href={link(line)}>
            {line.path}:{line.line}
          </a>
          <code>{line.text.trim()}</code>
        </li>
      ))}
    </ul>
  );
  return (
    <section class="note" aria-label={`Where ${name} is used`}>
      <p class="row">
        <strong>
          <code>{name}</code>
        </strong>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </p>
      {problem ? <ProblemNote problem={problem} again={again} /> : null}
      {loading && !shown ? <p class="quiet">Looking …</p> : null}
      {shown ? (
        <>
          <h2>
            {shown.definitions.length === 0 ? "No definition is known" : plural(shown.definitions.length, "definition")}
          </h2>
          {places(shown.definitions)}
          <h2>
            {plural(shown.occurrences.length, "line")}
            {shown.next === null ? "" : " and more"}
          </h2>
          {places(shown.occurrences)}
        </>
      ) : null}
    </section>
  );
}
