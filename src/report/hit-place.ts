/** The one place of a result that an editor goes to: the line with its first match, else the first line that the result shows. */
import type { SearchHit } from "../protocol/search-api.ts";

export interface HitPlace {
  /** From 1. */
  readonly line: number;
  /** From 1, in bytes of UTF-8, as `grep` tools and vim count; 1 where nothing is marked. */
  readonly column: number;
  /** That line. */
  readonly text: string;
}

export function hitPlace({ snippet }: Pick<SearchHit, "snippet">): HitPlace {
  const lines = snippet.text.split("\n");
  const [first] = snippet.highlights;
  if (first === undefined) {
    const { line, text } = snippet.definition ?? { line: snippet.startLine, text: lines[0] ?? "" };
    return { line, column: 1, text };
  }
  const before = snippet.text.slice(0, first[0]);
  const at = before.split("\n").length - 1;
  const inLine = before.slice(before.lastIndexOf("\n") + 1);
  return { line: snippet.startLine + at, column: Buffer.byteLength(inLine) + 1, text: lines[at] ?? "" };
}
