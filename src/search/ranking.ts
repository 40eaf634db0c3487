/**
 * From scored rows to ranked files. A row's score is `keyword + cosineWeight * cosine`, plus what its definition says; a file's
 * is its best row's, plus its other good rows, plus what its path says, times what its kind is worth. lab/quality/RANKING-NOTES.md has the
 * gain of each. Pure: 64-bit arithmetic on the same inputs gives the same order everywhere.
 */
import { FOUND_BY, type FoundBy, type RankExplanation } from "../protocol/search-api.ts";
import { matchDefinition } from "./definition-match.ts";
import { fileCoherence } from "./file-coherence.ts";
import type { CoherenceOptions } from "./file-coherence.ts";
import { asksFor, fileKinds } from "./file-kind.ts";
import type { Candidate } from "./index-view.ts";
import { matchPath } from "./path-match.ts";
import type { QueryKind } from "./query-kind.ts";
import type { QueryProfile } from "./query-profile.ts";

/** Every weight; 0 (1 for factors) switches an idea off. */
export interface RankingOptions {
  /** Of the cosine, beside a keyword score that is about 1 where all terms of the query are met. */
  readonly cosine: number;
  /** Of the file's name, except for statements and quotes, which describe rather than name. */
  readonly name: number;
  /** Of a path that was asked for as such. */
  readonly exactPath: number;
  /** Of being the definition of what the query names. */
  readonly definition: number;
  /** Of holding the words of a query in quotes in their order. */
  readonly phrase: number;
  readonly coherence: CoherenceOptions;
  /** Place, from the top, of the row among all whose score is the background; 0.5: half of them are better. */
  readonly background: number;
  /** Demotion: the factor of tests, examples, documents and vendored code, unless they are asked for. */
  readonly demotion: number;
}

export const DEFAULT_RANKING: RankingOptions = {
  cosine: 3,
  name: 1.3,
  exactPath: 3,
  definition: 0.6,
  phrase: 1,
  coherence: { weight: 0.15, decay: 0.85 },
  background: 0.5,
  demotion: 0.7,
};

/** Score fusion alone. */
export const NEUTRAL_RANKING: RankingOptions = {
  ...DEFAULT_RANKING,
  name: 0,
  exactPath: 0,
  definition: 0,
  phrase: 0,
  coherence: { weight: 0, decay: 0 },
  demotion: 1,
};

export interface ScoredRow {
  readonly view: number;
  readonly address: number;
  /** BM25 as a share of what the query's terms can give: 0 to 2.2. */
  readonly keyword: number;
  /** 0 where there is no vector to compare. */
  readonly cosine: number;
  /** Share of the names in the query that it defines: 0 to 1. */
  readonly defines: number;
  /** It holds the query's phrase. */
  readonly phrase: boolean;
  readonly fileId: number;
  readonly path: string;
  readonly symbol: string | null;
  /** How well the name of the definition it lies in and the query explain each other, 0 to 1; absent: `symbol` says it. */
  readonly within?: number;
  /** Which searches brought it; absent: nobody asks. */
  readonly foundBy?: readonly FoundBy[];
}

export interface RankedFile {
  /** The file's best chunk, with the file's score. */
  readonly best: Candidate;
  /** Its other chunks, best first. */
  readonly others: readonly Candidate[];
  readonly explain: RankExplanation;
}

/** Lying within a definition that is called much like what is asked for, beside beginning one called so. */
const WITHIN = 0.5;

interface WeighedRow {
  readonly row: ScoredRow;
  readonly score: number;
  readonly definition: number;
  readonly phrase: number;
}

/** Best first; of equal scores the lower view and address first. */
export function rankFiles(
  rows: readonly ScoredRow[],
  query: QueryProfile,
  options: RankingOptions = DEFAULT_RANKING,
): RankedFile[] {
  const fused = ({ keyword, cosine }: ScoredRow) => keyword + options.cosine * cosine;
  const background = atShare(rows.map(fused), options.background);
  const weighed = rows.map((row): WeighedRow => {
    const within = describes(query.kind) ? 0 : (row.within ?? matchDefinition(row.symbol, query));
    const definition = options.definition * Math.max(row.defines, WITHIN * within);
    const phrase = row.phrase ? options.phrase : 0;
    return { row, definition, phrase, score: fused(row) + definition + phrase };
  });
  const files = Map.groupBy(weighed, ({ row }) => `${row.view}:${row.fileId}`);
  return Array.from(files.values(), (ofFile) => rankFile(ofFile.sort(byScore), { query, options, background })).sort(
    (a, b) => b.best.score - a.best.score || a.best.view - b.best.view || a.best.address - b.best.address,
  );
}

interface RankingContext {
  readonly query: QueryProfile;
  readonly options: RankingOptions;
  readonly background: number;
}

function rankFile(rows: readonly WeighedRow[], { query, options, background }: RankingContext): RankedFile {
  const [top] = rows as readonly [WeighedRow];
  const { row } = top;
  const kinds = fileKinds(row.path).filter(
    (kind) => !asksFor(kind, query) && !(kind === "document" && mayBeTitle(query.kind)),
  );
  const coherence = fileCoherence(
    rows.map(({ score }) => score),
    background,
    options.coherence,
  );
  const path = matchPath(row.path, query);
  const named = (describes(query.kind) ? 0 : options.name * path.name) + options.exactPath * path.exact;
  const factor = kinds.reduce((product) => product * options.demotion, 1); // a power may be rounded otherwise elsewhere
  return {
    best: { view: row.view, address: row.address, score: (top.score + coherence + named) * factor },
    others: rows.slice(1).map(({ row: { view, address }, score }) => ({ view, address, score: score * factor })),
    explain: {
      foundBy: FOUND_BY.filter((search) => rows.some((each) => each.row.foundBy?.includes(search))),
      query: query.kind,
      keyword: row.keyword,
      meaning: options.cosine * row.cosine,
      definition: top.definition,
      phrase: top.phrase,
      path: named,
      coherence,
      factor,
      kinds,
    },
  };
}

const describes = (kind: QueryKind): boolean => kind === "statement" || kind === "quoted";

/** Keywords are often the title of a document. */
const mayBeTitle = (kind: QueryKind): boolean => kind !== "question" && kind !== "statement";

/** The value that `share` of all are above. */
function atShare(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => b - a)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
}

const byScore = (a: WeighedRow, b: WeighedRow) => b.score - a.score || a.row.address - b.row.address;
