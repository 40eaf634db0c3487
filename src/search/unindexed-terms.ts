/**
 * Counts query terms in rows the full-text index does not cover: the fragments appended since it was built, or all of
 * them when there is none. Works on bytes, because every such row is read for every query.
 */

export interface UnindexedRows {
  /** Rows with at least one term; the others are no documents. */
  readonly documents: number;
  /** Terms in them, repeats counted. */
  readonly tokens: number;
  /** Of each query term: in how many rows it is. */
  readonly documentFrequencies: Uint32Array;
  /** The rows that have any of the terms. */
  readonly matches: readonly { readonly row: number; readonly length: number; readonly counts: Uint32Array }[];
}

const SPACE = 0x20;

/** @param rows the `terms` bytes of each row; `isLive(row)` false: skipped */
export function countTerms(args: {
  rows: readonly Uint8Array[];
  isLive: (row: number) => boolean;
  terms: readonly string[];
}): UnindexedRows {
  const { rows, isLive, terms } = args;
  const byHash = hashTerms(terms);
  const documentFrequencies = new Uint32Array(terms.length);
  const matches: { row: number; length: number; counts: Uint32Array }[] = [];
  let documents = 0;
  let tokens = 0;
  rows.forEach((bytes, row) => {
    if (!isLive(row)) return;
    let length = 0;
    let counts: Uint32Array | undefined;
    for (let at = 0; at < bytes.length;) {
      const start = at;
      let hash = FNV_BASIS;
      for (let byte = bytes[at] as number; byte > SPACE; byte = bytes[++at] as number)
        hash = Math.imul(hash ^ byte, FNV_PRIME);
      if (at > start) {
        length++;
        const known = byHash.get(hash)?.find(({ utf8 }) => equals(utf8, bytes, start, at));
        if (known !== undefined) {
          counts ??= new Uint32Array(terms.length);
          counts[known.index] = (counts[known.index] ?? 0) + 1;
        }
      }
      at++;
    }
    if (length === 0) return;
    documents++;
    tokens += length;
    if (counts === undefined) return;
    matches.push({ row, length, counts });
    counts.forEach((count, term) => {
      if (count > 0) documentFrequencies[term] = (documentFrequencies[term] ?? 0) + 1;
    });
  });
  return { documents, tokens, documentFrequencies, matches };
}

const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 16777619;

function hashTerms(terms: readonly string[]): Map<number, { utf8: Uint8Array; index: number }[]> {
  const encoder = new TextEncoder();
  const byHash = new Map<number, { utf8: Uint8Array; index: number }[]>();
  terms.forEach((term, index) => {
    const utf8 = encoder.encode(term);
    const hash = utf8.reduce((h, byte) => Math.imul(h ^ byte, FNV_PRIME), FNV_BASIS);
    byHash.set(hash, [...(byHash.get(hash) ?? []), { utf8, index }]);
  });
  return byHash;
}

function equals(term: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (term.length !== end - start) return false;
  return term.every((byte, i) => byte === bytes[start + i]);
}
