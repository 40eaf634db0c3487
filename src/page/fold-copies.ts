/** Copies of one file (in forks, in vendored folders) are one result that names the others. Pure. */
import type { SearchHit } from "../protocol/search-api.ts";

export interface FoldedHit {
  readonly hit: SearchHit;
  /** The same lines in files of the same name, best first. */
  readonly copies: readonly SearchHit[];
}

/** The order of the best of each stays. */
export function foldCopies(hits: readonly SearchHit[]): FoldedHit[] {
  const byContent = new Map<string, { hit: SearchHit; copies: SearchHit[] }>();
  for (const hit of hits) {
    const content = `${hit.filename}\n${hit.symbol ?? ""}\n${hit.snippet.text}`;
    const first = byContent.get(content);
    if (first) first.copies.push(hit);
    else byContent.set(content, { hit, copies: [] });
  }
  return [...byContent.values()];
}
