/** Text of code as lines of spans: syntax colours and search hits laid over each other. Pure; offsets are UTF-16 units. */

/** [start, end, kind]: ascending, not overlapping; what is between them is plain. */
export type CodeToken = readonly [start: number, end: number, kind: CodeKind];
/** [start, end): ascending, not overlapping. */
export type CodeMark = readonly [start: number, end: number];
export const CODE_KINDS = ["keyword", "string", "number", "comment", "name"] as const;
export type CodeKind = (typeof CODE_KINDS)[number];

export interface CodeSpan {
  readonly text: string;
  /** null: plain. */
  readonly kind: CodeKind | null;
  readonly marked: boolean;
}

export function spansByLine(of: {
  readonly text: string;
  readonly tokens: readonly CodeToken[];
  readonly marks: readonly CodeMark[];
}): CodeSpan[][] {
  const lines: CodeSpan[][] = [[]];
  const cuts = new Set([0, of.text.length]);
  for (const [start, end] of [...of.tokens, ...of.marks]) cuts.add(start).add(end);
  const ordered = [...cuts].filter((at) => at <= of.text.length).toSorted((a, b) => a - b);
  const [tokens, marks] = [reader(of.tokens), reader(of.marks)];
  ordered.slice(0, -1).forEach((start, i) => {
    const kind = tokens(start)?.[2] ?? null;
    const marked = marks(start) !== undefined;
    const parts = of.text.slice(start, ordered[i + 1]).split("\n");
    parts.forEach((text, line) => {
      if (line > 0) lines.push([]);
      if (text !== "") lines.at(-1)?.push({ text, kind, marked });
    });
  });
  return lines;
}

/** Asked for ascending places, gives the range that holds each. */
function reader<T extends readonly [number, number, ...unknown[]]>(ranges: readonly T[]) {
  let at = 0;
  return (place: number): T | undefined => {
    while (at < ranges.length && (ranges[at]?.[1] ?? 0) <= place) at++;
    const range = ranges[at];
    return range && range[0] <= place ? range : undefined;
  };
}
