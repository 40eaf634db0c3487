/** The files that answer a search, best first, with what could not be searched said above them. */
import { useMemo } from "preact/hooks";
import type { SearchResponse } from "../../protocol/search-api.ts";
import { foldCopies } from "../fold-copies.ts";
import { formatPermalink } from "../permalink.ts";
import { weaknessOf } from "../search-words.ts";
import { linkOf, Result } from "./result.tsx";
import { sentence } from "./problem-note.tsx";

interface ResultListProps {
  readonly response: SearchResponse;
  readonly busy: boolean;
  /** Permalink of the selected result. */
  readonly selected: string;
  readonly onSelect: (link: string) => void;
}

export function ResultList({ response, busy, selected, onSelect }: ResultListProps) {
  const { results, sources, warnings, errors = [] } = response;
  const folded = useMemo(() => foldCopies(results), [results]);
  const nameOf = (repo: string) => sources?.[repo]?.name ?? repo;
  const weak = weaknessOf(response);
  const said = [...errors.map(({ repoId, detail }) => `${nameOf(repoId)} was not searched: ${detail}`), ...warnings];
  return (
    <>
      {said.length === 0 ? null : (
        <ul class="note" aria-label="What could not be searched as asked">
          {said.map((text) => (
            <li>{sentence(text)}</li>
          ))}
        </ul>
      )}
      {weak === undefined ? null : <p class="note">{weak}</p>}
      <ol class="results" aria-label="Results" aria-busy={busy}>
        {folded.map((one) => (
          <li key={formatPermalink(linkOf(one.hit))}>
            <Result
              folded={one}
              nameOf={nameOf}
              selected={formatPermalink(linkOf(one.hit)) === selected}
              onSelect={onSelect}
            />
          </li>
        ))}
      </ol>
    </>
  );
}
