/** Every row that a search brought, with all that ranking looks at. */
import { FOUND_BY, type FoundBy } from "../../protocol/search-api.ts";
import { rowAddress } from "../../lance/table.ts";
import { cosineOf } from "../../pack/vector-code.ts";
import type { QueryProfile } from "../query-profile.ts";
import type { ScoredRow } from "../ranking.ts";
import type { PackRow, TermScores } from "./bm25-rows.ts";
import type { GroupReader, RowPlace } from "./group-reader.ts";
import { matchNameOfRow } from "./name-evidence.ts";
import type { Retrieved } from "./retrieve.ts";
import type { SearchedPack } from "./searched-pack.ts";

/** What a row that was not compared is taken for: this share of the cosine of the one that is best but for so many. */
const UNKNOWN_SHARE = 0.85;
const UNKNOWN_PLACE = 99;
/** Where several models ran: what lies between the worst and the best of each, as the built-in one has it (model-retrievers.ts). */
const USUAL_SPREAD = 0.4;

export interface RowScores {
  readonly packs: readonly SearchedPack[];
  readonly found: Retrieved;
  readonly terms: TermScores;
  readonly definitions: TermScores;
  readonly profile: QueryProfile;
  /** As they were looked up, those of `terms` first. */
  readonly lookedUp: readonly string[];
  readonly groups: GroupReader;
  readonly explain: boolean;
}

export interface ScoredPackRow extends RowPlace {
  readonly path: string;
  /** Was it compared with the query's vector? */
  readonly compared: boolean;
  readonly scored: ScoredRow;
}

/** Rows of all searches, each once. */
export function candidatesOf({ terms, definitions, found }: RowScores): Map<string, RowPlace & { foundBy: FoundBy[] }> {
  const brought: Record<FoundBy, readonly PackRow[]> = {
    words: terms.best,
    definition: definitions.best,
    meaning: found.models.flatMap(({ ran }) => ran?.meaning.best ?? []),
  };
  const rows = new Map<string, RowPlace & { foundBy: FoundBy[] }>();
  for (const search of FOUND_BY)
    for (const { pack, doc } of brought[search]) {
      const known = rows.get(`${pack}:${doc}`);
      if (known) known.foundBy.push(search);
      else rows.set(`${pack}:${doc}`, { pack, doc, foundBy: [search] });
    }
  return rows;
}

/** @param isCompared rows whose groups may be looked at for their codes; @param hasPhrase rows that hold the query's phrase */
export function scoreCandidates(
  of: RowScores,
  rows: Iterable<RowPlace & { readonly foundBy: readonly FoundBy[] }>,
  { isCompared, hasPhrase }: { isCompared: (row: RowPlace) => boolean; hasPhrase: (row: RowPlace) => boolean },
): ScoredPackRow[] {
  const { packs, profile, lookedUp, found } = of;
  const all = [...rows];
  const cosines = cosinesOf(of, all, isCompared);
  const [keyword, defined] = [shareOfIdf(of.terms), shareOfIdf(of.definitions)];
  return all.map((row, at): ScoredPackRow => {
    const { pack, doc, foundBy } = row;
    const { pack: opened, view } = packs[pack] as SearchedPack;
    const file = opened.fileOf(doc);
    const path = opened.pathOf(file);
    const cosine = cosines[at] as { value: number; compared: boolean };
    return {
      pack,
      doc,
      path,
      compared: cosine.compared,
      scored: {
        view,
        address: rowAddress(pack, doc),
        fileId: opened.root.arrays.fileIds[file] as number,
        keyword: keyword(pack, doc),
        defines: Math.min(1, defined(pack, doc)),
        cosine: cosine.value,
        phrase: hasPhrase(row),
        path,
        symbol: null,
        within: matchNameOfRow(found.evidence[pack] ?? [], lookedUp, { doc, query: profile }),
        foundBy: of.explain ? foundBy : [],
      },
    };
  });
}

/** A row's score as a share of what the terms' rarity adds up to. */
function shareOfIdf(scores: TermScores): (pack: number, doc: number) => number {
  const most = scores.idf.reduce((sum, weight) => sum + weight, 0);
  return most > 0 ? (pack, doc) => scores.of(pack, doc) / most : () => 0;
}

/** Of each row its cosine, as it was compared or as it is taken for; 0 where its model did not run. */
function cosinesOf(
  { found, groups }: RowScores,
  rows: readonly RowPlace[],
  isCompared: (row: RowPlace) => boolean,
): { value: number; compared: boolean }[] {
  const ran = found.models.flatMap((model) => model.ran ?? []);
  const cosines = rows.map(() => ({ value: 0, compared: true }));
  for (const { prepared, meaning, isOf } of ran) {
    const { best } = meaning;
    const unknown = UNKNOWN_SHARE * (best[Math.min(UNKNOWN_PLACE, best.length - 1)]?.score ?? 0);
    const places = rows.flatMap(({ pack }, at) => (isOf(pack) ? [at] : []));
    for (const at of places) {
      const row = rows[at] as RowPlace;
      const shown = isCompared(row) ? groups.row(row) : undefined;
      const value = meaning.cosineOf(row.pack, row.doc) ?? (shown && cosineOf(prepared, shown.code, 0, shown.factor));
      cosines[at] = { value: value ?? unknown, compared: value !== undefined };
    }
    if (ran.length > 1) spread(places.map((at) => cosines[at] as { value: number }));
  }
  return cosines;
}

/** Cosines of different models do not compare: each becomes its place between the worst and the best of its model. */
function spread(cosines: readonly { value: number }[]): void {
  const values = cosines.map(({ value }) => value);
  const [worst, best] = [Math.min(...values), Math.max(...values)];
  for (const each of cosines) each.value = USUAL_SPREAD * ((each.value - worst) / (best - worst || 1));
}
