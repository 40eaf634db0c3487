/** An answer's text as nodes of the page: nothing in it is taken for HTML, and nothing in it is a link but what it cites. */
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { answerBlocks, type Block, type Inline } from "../answer-text.ts";
import { spansByLine } from "../code-spans.ts";
import { fenceLanguage } from "../fence-language.ts";
import { useTokens } from "../use-tokens.ts";
import { showSpan } from "./code.tsx";

export interface AnswerBodyProps {
  readonly text: string;
  /** One of its citations. `block`: where in the text it stands */
  readonly cite: (n: number, block: number) => ComponentChildren;
  /** What stands under a block: lines that are opened in place. */
  readonly under: (block: number) => ComponentChildren;
}

export function AnswerBody({ text, cite, under }: AnswerBodyProps) {
  const blocks = useMemo(() => answerBlocks(text), [text]);
  return (
    <div class="answer-text">
      {blocks.map((block, i) => (
        <div key={i}>
          <ShownBlock block={block} cite={(n) => cite(n, i)} />
          {under(i)}
        </div>
      ))}
    </div>
  );
}

type Cite = (n: number) => ComponentChildren;

function ShownBlock({ block, cite }: { block: Block; cite: Cite }) {
  if (block.kind === "code") return <Fence {...block} />;
  if (block.kind === "heading")
    return (
      <p>
        <strong>{inlines(block.parts, cite)}</strong>
      </p>
    );
  if (block.kind === "paragraph") return <p>{inlines(block.parts, cite)}</p>;
  const items = block.items.map(({ depth, number, parts }, i) => (
    <li key={i} class={depth === 0 ? undefined : `depth-${depth}`} value={number ?? undefined}>
      {inlines(parts, cite)}
    </li>
  ));
  return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
}

function inlines(parts: readonly Inline[], cite: Cite): ComponentChildren {
  return parts.map((part) => {
    if (part.kind === "code") return <code>{part.text}</code>;
    if (part.kind === "bold") return <strong>{inlines(part.parts, cite)}</strong>;
    return part.kind === "citation" ? part.numbers.map(cite) : part.text;
  });
}

/** Coloured once its end has come: half of a string is no string. */
function Fence({ text, language, closed }: Extract<Block, { kind: "code" }>) {
  const coloured = useMemo(() => (closed ? { text, ...fenceLanguage(language) } : null), [text, language, closed]);
  const tokens = useTokens(coloured);
  const lines = useMemo(() => spansByLine({ text, tokens, marks: [] }), [text, tokens]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by key
    <pre class="fence" tabIndex={0} role="group" aria-label={language === "" ? "Code" : `Code, ${language}`}>
      <code>
        {lines.map((spans, i) => (
          <>
            {i === 0 ? "" : "\n"}
            {spans.map(showSpan)}
          </>
        ))}
      </code>
    </pre>
  );
}
