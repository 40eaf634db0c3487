/** The files that answer a search, best first. */
import type { SearchHit, SearchResponse } from "../../protocol/search-api.ts";
import { addressOf } from "../router.ts";

export function ResultList({ response: { results } }: { response: SearchResponse }) {
  return (
    <ol class="results">
      {results.map((hit) => (
        <li key={`${hit.repoId}:${hit.path}`}>
          <Result hit={hit} />
        </li>
      ))}
    </ol>
  );
}

function Result({ hit }: { hit: SearchHit }) {
  const { repoId: repo, commit, path, startLine: from, endLine: to, symbol, snippet } = hit;
  return (
    <article class="result">
      <h2>
        <span class="quiet">{repo}</span>{" "}
        <a href={addressOf({ view: "file", at: { repo, ref: commit, path, lines: { from, to } } })}>{path}</a>
      </h2>
      <pre>{snippet.text}</pre>
      {symbol === null ? null : <p class="quiet">{symbol}</p>}
    </article>
  );
}
