/** One file that answers a search: its best lines, what they define, further places, copies, and why it ranks. */
import type { ChunkHit, RankExplanation, SearchHit } from "../../protocol/search-api.ts";
import type { FoldedHit } from "../fold-copies.ts";
import { formatPermalink, type Permalink } from "../permalink.ts";
import { addressOf } from "../router.ts";
import { countOf, foundByWords, rankParts } from "../search-words.ts";
import { Code } from "./code.tsx";

export function linkOf({ repoId, commit, path, startLine, endLine }: SearchHit): Permalink {
  return { repo: repoId, ref: commit, path, lines: { from: startLine, to: endLine } };
}

interface ResultProps {
  readonly folded: FoldedHit;
  /** What people call a repository. */
  readonly nameOf: (repo: string) => string;
  readonly selected: boolean;
  readonly onSelect: (link: string) => void;
}

export function Result({ folded: { hit, copies }, nameOf, selected, onSelect }: ResultProps) {
  const link = linkOf(hit);
  const { snippet, path } = hit;
  const { definition } = snippet;
  const lineHref = (line: number) => addressOf({ view: "file", at: { ...link, lines: { from: line, to: line } } });
  const code = { language: hit.language, path, lineHref };
  return (
    <article class={selected ? "result selected" : "result"} onFocusCapture={() => onSelect(formatPermalink(link))}>
      <h2>
        <a href={addressOf({ view: "file", at: link })} aria-current={selected ? "true" : undefined}>
          <span class="quiet">{nameOf(hit.repoId)}</span> {path}
        </a>
      </h2>
      {definition ? (
        <Code
          {...code}
          text={definition.text}
          startLine={definition.line}
          label={`Line ${definition.line}, around it`}
        />
      ) : null}
      <Code
        {...code}
        text={snippet.text}
        startLine={snippet.startLine}
        marks={snippet.highlights}
        label={`${path}, from line ${snippet.startLine}`}
      />
      <Facts hit={hit} copies={copies} nameOf={nameOf} />
    </article>
  );
}

function Facts({ hit, copies, nameOf }: Omit<FoldedHit, "hit"> & { hit: SearchHit; nameOf: ResultProps["nameOf"] }) {
  const { symbol, language, chunks, explain } = hit;
  return (
    <div class="facts">
      <span>{symbol === null ? language : `${symbol} · ${language}`}</span>
      {chunks.length === 0 ? null : (
        <details>
          <summary>+{countOf(chunks.length, "place")}</summary>
          <ul>
            {chunks.map((chunk) => (
              <li key={chunk.startLine}>
                <a href={addressOf({ view: "file", at: { ...linkOf(hit), lines: linesOf(chunk) } })}>
                  {chunk.symbol === null ? "" : `${chunk.symbol}, `}lines {chunk.startLine}–{chunk.endLine}
                </a>
              </li>
            ))}
          </ul>
        </details>
      )}
      {copies.length === 0 ? null : (
        <details>
          <summary>{countOf(copies.length, "copy", "copies")}</summary>
          <ul>
            {copies.map((copy) => (
              <li key={formatPermalink(linkOf(copy))}>
                <a href={addressOf({ view: "file", at: linkOf(copy) })}>
                  {nameOf(copy.repoId)} {copy.path}
                </a>
              </li>
            ))}
          </ul>
        </details>
      )}
      {explain ? <WhyItRanks explain={explain} /> : null}
    </div>
  );
}

function WhyItRanks({ explain }: { explain: RankExplanation }) {
  return (
    <details>
      <summary>Why it ranks</summary>
      <p>{foundByWords(explain)}</p>
      <ul>
        {rankParts(explain).map(({ name, value }) => (
          <li key={name}>
            {name} {value}
          </li>
        ))}
      </ul>
    </details>
  );
}

const linesOf = ({ startLine, endLine }: ChunkHit) => ({ from: startLine, to: endLine });
