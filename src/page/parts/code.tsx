/**
 * Lines of code: numbers that are links, search hits marked, colours once the lines are on the screen and their grammar is there. The
 * text is never wrapped in the middle of a phone's screen: it scrolls sideways in its own box.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type CodeMark, type CodeSpan, type CodeToken, spansByLine } from "../code-spans.ts";

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
const NO_TOKENS: readonly CodeToken[] = [];

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
  const tokens = useTokens(box, { text, language, path });
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

function showSpan({ text, kind, marked }: CodeSpan) {
  const coloured = kind === null ? text : <span class={`code-${kind}`}>{text}</span>;
  return marked ? <mark>{coloured}</mark> : coloured;
}

/** None until the box is near the screen. */
function useTokens(box: { current: HTMLElement | null }, of: { text: string; language: string; path: string }) {
  const [tokens, setTokens] = useState(NO_TOKENS);
  const { text, language, path } = of;
  useEffect(() => {
    setTokens(NO_TOKENS);
    let wanted = true;
    const colour = async () => {
      try {
        const { tokensOf } = await import("../highlight.ts");
        const found = await tokensOf(text, language, path);
        if (wanted) setTokens(found);
      } catch {
        // offline, and that language was never shown: the text stays as it is
      }
    };
    const watcher = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watcher.disconnect();
        void colour();
      },
      { rootMargin: "200px" },
    );
    if (box.current) watcher.observe(box.current);
    return () => {
      wanted = false;
      watcher.disconnect();
    };
  }, [text, language, path]);
  return tokens;
}
