/** Which rows of a pack a commit sees, and which of these a search may return. */
import type { Pack } from "../../pack/pack.ts";
import type { RowFilter } from "../row-filter.ts";

/** What a commit sees of a pack. */
export interface SeenRows {
  /** Of each row 1 when it is seen; null: all are. */
  readonly mask: Uint8Array | null;
  readonly rows: number;
  /** Terms of these rows. */
  readonly tokens: number;
}

/** @param visible fileIds; null: all */
export function seenRows(pack: Pack, visible: { has(fileId: number): boolean } | null): SeenRows {
  const { fileIds, fileTokens } = pack.root.arrays;
  const all: SeenRows = { mask: null, rows: pack.rows, tokens: pack.root.head.tokens };
  if (visible === null) return all;
  const mask = new Uint8Array(pack.rows);
  let rows = 0;
  let tokens = 0;
  for (let file = 0; file < fileIds.length; file++) {
    if (!visible.has(fileIds[file] as number)) continue;
    const [from, to] = [pack.firstRow(file), pack.firstRow(file + 1)];
    mask.fill(1, from, to);
    rows += to - from;
    tokens += fileTokens[file] as number;
  }
  return rows === pack.rows ? all : { mask, rows, tokens };
}

/** Of what is seen, the rows of files that the filter admits; the same mask where it admits all. */
export function allowedRows(
  pack: Pack,
  seen: SeenRows,
  { matchesPath, language }: RowFilter,
): Omit<SeenRows, "tokens"> {
  if (matchesPath === null && language === null) return seen;
  const { fileLanguage } = pack.root.arrays;
  const named = pack.root.head.languages.map((name) => language === null || name.toLowerCase() === language);
  const mask = new Uint8Array(pack.rows);
  let rows = 0;
  for (let file = 0; file < pack.files; file++) {
    const [from, to] = [pack.firstRow(file), pack.firstRow(file + 1)];
    if (seen.mask !== null && seen.mask[from] === 0) continue;
    if (named[fileLanguage[file] as number] !== true) continue;
    if (matchesPath !== null && !matchesPath(pack.pathOf(file))) continue;
    mask.fill(1, from, to);
    rows += to - from;
  }
  return { mask, rows };
}
