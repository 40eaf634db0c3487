/** The places that an answer is made of: a list, the chips that cite them, and the lines of the one that is opened. */
import type { ComponentChildren } from "preact";
import type { ChatSource } from "../../protocol/chat-api.ts";
import { withoutLastBreak } from "../file-answer.ts";
import { hostLink } from "../host-link.ts";
import type { Permalink } from "../permalink.ts";
import { addressOf } from "../router.ts";
import { Code } from "./code.tsx";

export const linkOfSource = ({ repoId, commit, path, startLine, endLine }: ChatSource): Permalink => ({
  repo: repoId,
  ref: commit,
  path,
  lines: { from: startLine, to: endLine },
});

const linesWords = ({ startLine, endLine }: ChatSource): string =>
  endLine > startLine ? `lines ${startLine} to ${endLine}` : `line ${startLine}`;

const rangeOf = ({ startLine, endLine }: ChatSource): string =>
  `:${startLine}${endLine > startLine ? `–${endLine}` : ""}`;

/** @param of undefined: no source has the number. `sure`: none will */
export function CiteChip(of: {
  readonly n: number;
  readonly source: ChatSource | undefined;
  readonly sure: boolean;
  readonly open: boolean;
  readonly onToggle: () => void;
}) {
  if (!of.source)
    return of.sure ? (
      <span class="cite unknown">
        [{of.n}] <span class="quiet">no such source</span>
      </span>
    ) : (
      <>[{of.n}]</>
    );
  return (
    <button
      type="button"
      class="cite"
      aria-expanded={of.open}
      aria-label={`Source ${of.n}: ${of.source.path}, ${linesWords(of.source)}`}
      onClick={of.onToggle}
    >
      {of.n}
    </button>
  );
}

export function SourceList(of: {
  readonly sources: readonly ChatSource[];
  readonly label: string;
  /** Of a source's lines in its row; null: it is closed, or opens elsewhere. */
  readonly chip: (source: ChatSource) => ComponentChildren;
  readonly under: (source: ChatSource) => ComponentChildren;
}) {
  return (
    <ol class="plain sources" aria-label={of.label}>
      {of.sources.map((source) => (
        <li key={source.n}>
          {of.chip(source)}
          <a href={addressOf({ view: "file", at: linkOfSource(source) })}>
            <span class="quiet">{source.repo}</span>{" "}
            <span>
              {source.path}
              <span class="quiet">{rangeOf(source)}</span>
            </span>
          </a>
          {source.symbol === null ? null : <span class="quiet">{source.symbol}</span>}
          {of.under(source)}
        </li>
      ))}
    </ol>
  );
}

/** Its lines, as the model read them, with ways to the file and to the host. */
export function SourceLines({ source, onClose }: { source: ChatSource; onClose?: () => void }) {
  const link = linkOfSource(source);
  const host = hostLink(source.url, link);
  const lineHref = (line: number) => addressOf({ view: "file", at: { ...link, lines: { from: line, to: line } } });
  return (
    <div class="source-lines">
      <Code
        text={withoutLastBreak(source.text)}
        startLine={source.startLine}
        language={source.language}
        path={source.path}
        lineHref={lineHref}
        label={`${source.path}, ${linesWords(source)}`}
      />
      <p class="row">
        <a href={addressOf({ view: "file", at: link })}>Open the file</a>
        {host === undefined ? null : (
          <a href={host} target="_blank" rel="noopener noreferrer">
            Open at the host
          </a>
        )}
        {onClose ? (
          <button type="button" onClick={onClose}>
            Close
          </button>
        ) : null}
      </p>
    </div>
  );
}
