/**
 * Lines of code: numbers that are links, search hits marked, colours once the lines are on the screen and their grammar is there. The
 * text is never wrapped in the middle of a phone's screen: it scrolls sideways in its own box.
 */
import { useMemo, useRef } from "preact/hooks";
import { type CodeMark, type CodeSpan, spansByLine } from "../code-spans.ts";
import { useTokens } from "../use-tokens.ts";

export interface CodeProps {
  readonly text: string;
  /** Number of the first line. */
  readonly startLine: number;
  readonly language: string;
  readonly path: string;
  readonly marks?: readonly CodeMark[];
  /** Where a line's number leads; absent: the numbers are no links. */
  readonly lineHref?: (line: number) => string;
  /** Lines that are pointed at, both included. */
  readonly pointed?: { readonly from: number; readonly to: number } | null;
  /** Each line has the id `L<number>`: of one box on the page at most. */
  readonly anchors?: boolean;
  /** What the box is called where it can be scrolled into. */
  readonly label: string;
}

const NO_MARKS: readonly CodeMark[] = [];

export function Code({
  text,
  startLine,
  language,
  path,
  marks = NO_MARKS,
  lineHref,
  pointed,
  anchors,
  label,
}: CodeProps) {
  const box = useRef<HTMLDivElement>(null);
  const tokens = useTokens({ text, language, path }, box);
  const lines = useMemo(() => spansByLine({ text, tokens, marks }), [text, tokens, marks]);
  const digits = String(startLine + lines.length - 1).length;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by key
    <div ref={box} class={`code digits-${Math.min(digits, 6)}`} role="group" tabIndex={0} aria-label={label}>
      {lines.map((spans, i) => {
        const line = startLine + i;
        const here = pointed && line >= pointed.from && line <= pointed.to;
        return (
          <div key={line} id={anchors ? `L${line}` : undefined} class={here ? "line pointed" : "line"}>
            <LineNumber line={line} href={lineHref?.(line)} />
            <code>{spans.length === 0 ? "\n" : spans.map(showSpan)}</code>
          </div>
        );
      })}
    </div>
  );
}

function LineNumber({ line, href }: { line: number; href: string | undefined }) {
  if (href === undefined)
    return (
      <span class="number" aria-hidden="true">
        {line}
      </span>
    );
  return (
    <a class="number" href={href} aria-label={`Line ${line}`} tabIndex={-1}>
      {line}
    </a>
  );
}

export function showSpan({ text, kind, marked }: CodeSpan) {
  const coloured = kind === null ? text : <span class={`code-${kind}`}>{text}</span>;
  return marked ? <mark>{coloured}</mark> : coloured;
}
