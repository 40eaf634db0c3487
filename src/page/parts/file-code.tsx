/**
 * A whole file: blocks of lines that are made when they come near the screen, so that a large file opens as fast as a small one. A
 * click on a line's number points at the line (with shift: up to there), a click on a name asks where it is used.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type CodeSpan, spansByLine } from "../code-spans.ts";
import type { LineRange } from "../permalink.ts";
import { useTokens } from "../use-tokens.ts";
import { nameAt } from "../words.ts";
import { showSpan } from "./code.tsx";

const BLOCK = 100;
/** Colouring more than this takes longer than a person waits. UTF-16 units. */
const MAX_COLOURED = 400_000;

export interface FileCodeProps {
  readonly text: string;
  readonly language: string;
  readonly path: string;
  readonly pointed: LineRange | null;
  readonly lineHref: (line: number) => string;
  readonly onLines: (lines: LineRange) => void;
  readonly onName: (name: string) => void;
}

export function FileCode({ text, language, path, pointed, lineHref, onLines, onName }: FileCodeProps) {
  const tokens = useTokens(text.length > MAX_COLOURED ? null : { text, language, path });
  const lines = useMemo(() => spansByLine({ text, tokens, marks: [] }), [text, tokens]);
  const click = (event: MouseEvent) => {
    const target = event.target instanceof Element ? event.target : null;
    const number = target?.closest("a.number");
    if (number) {
      const line = Number(number.textContent);
      const first = event.shiftKey && pointed ? pointed.from : line;
      event.preventDefault();
      onLines({ from: Math.min(first, line), to: Math.max(first, line) });
      return;
    }
    const name = target?.closest(".line code") ? nameUnder(event) : undefined;
    if (name !== undefined) onName(name);
  };
  const blocks = Array.from({ length: Math.ceil(lines.length / BLOCK) }, (_, i) => i * BLOCK);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- what scrolls must be reachable by key; names and lines can be asked for by the forms above
    <div
      class={`code file digits-${Math.min(String(lines.length).length, 6)}`}
      role="group"
      tabIndex={0}
      aria-label={`Contents of ${path}`}
      onClick={click}
    >
      {blocks.map((from) => (
        <Block
          key={from}
          from={from}
          lines={lines.slice(from, from + BLOCK)}
          pointed={pointed}
          lineHref={lineHref}
          near={from === 0 || (pointed !== null && pointed.from > from - BLOCK && pointed.from <= from + 2 * BLOCK)}
        />
      ))}
    </div>
  );
}

interface BlockProps {
  /** Index of the first line, from 0. */
  readonly from: number;
  readonly lines: readonly (readonly CodeSpan[])[];
  readonly pointed: LineRange | null;
  readonly lineHref: (line: number) => string;
  readonly near: boolean;
}

function Block({ from, lines, pointed, lineHref, near }: BlockProps) {
  const [seen, setSeen] = useState(near);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (seen || !box.current) return undefined;
    const watcher = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true),
      { rootMargin: "1000px" },
    );
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, [seen]);
  // the policy of the page forbids style attributes, not a height that a script sets
  if (!(seen || near)) return <div ref={box} style={{ height: `${lines.length}lh` }} />;
  return (
    <div>
      {lines.map((spans, i) => {
        const line = from + i + 1;
        const here = pointed !== null && line >= pointed.from && line <= pointed.to;
        return (
          <div key={line} id={`L${line}`} class={here ? "line pointed" : "line"}>
            <a class="number" href={lineHref(line)} aria-label={`Line ${line}`} tabIndex={-1}>
              {line}
            </a>
            <code>{spans.length === 0 ? "\n" : spans.map(showSpan)}</code>
          </div>
        );
      })}
    </div>
  );
}

/** The name that was clicked on, unless something was selected by that. */
function nameUnder(event: MouseEvent): string | undefined {
  if (getSelection()?.isCollapsed === false) return undefined;
  const range = document.caretRangeFromPoint?.(event.clientX, event.clientY);
  const position = range ? undefined : document.caretPositionFromPoint?.(event.clientX, event.clientY);
  const node = range?.startContainer ?? position?.offsetNode;
  if (!(node instanceof Text)) return undefined;
  return nameAt(node.data, range?.startOffset ?? position?.offset ?? 0);
}
