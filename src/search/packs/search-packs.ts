/**
 * A search over packs, in two rounds of reads: terms and clusters; then the groups of the rows that may be shown. How many rows each
 * search brings, and which of them are compared once more, never depends on how many results are wanted, so a longer list
 * begins with the shorter one.
 */
import { throwIfAborted } from "../../protocol/abort.ts";
import type { SearchHit, SearchRequest, SearchResponse } from "../../protocol/search-api.ts";
import type { IndexView } from "../index-view.ts";
import { languageNamed } from "../language-names.ts";
import { missingWarning, refuseIfNothingRan } from "../model-retrievers.ts";
import { compilePathGlob } from "../path-glob.ts";
import { holdsPhrase, queriedPhrase } from "../phrase.ts";
import { profileQuery } from "../query-profile.ts";
import { type QueryEmbedder, queryEmbedder } from "../query-vectors.ts";
import { DEFAULT_RANKING, NEUTRAL_RANKING, type RankedFile, type RankingOptions, rankFiles } from "../ranking.ts";
import { groupViews, onceEach } from "../same-repository.ts";
import { queriedDefinitions, queryTerms } from "../terms.ts";
import { type SearchTrace, inStage } from "../search-trace.ts";
import { scoreTerms } from "./bm25-rows.ts";
import { groupKey, GroupReader, type RowPlace } from "./group-reader.ts";
import { allowedRows } from "./pack-rows.ts";
import { type Retrieved, retrieve } from "./retrieve.ts";
import { candidatesOf, type RowScores, scoreCandidates, type ScoredPackRow } from "./score-rows.ts";
import type { SearchedPack } from "./searched-pack.ts";
import { placeOfRow, hitOf } from "./hit-of.ts";

/** Rows that each search brings. */
const MEANING_ROWS = 400;
const KEYWORD_ROWS = 200;
/** Alone it is all there is to fill the files with. */
const KEYWORD_ROWS_ALONE = 600;
const DEFINITION_ROWS = 20;
/** Files of the first ranking whose rows are compared once more, by the codes beside what is shown: groups at most. */
const COMPARED_GROUPS = 12;
/** Of each file, rows beside its best that were not compared yet. */
const COMPARED_OTHERS = 2;
/** Files that may yet come to be shown. */
const SPARE_FILES = 2;

const COSINE_ALONE: RankingOptions = { ...NEUTRAL_RANKING, cosine: 1 };
/**
 * Of some 500 candidates the score that says nothing stands further up than of the 150 that the weights were tuned on: with the median,
 * files won by their length. NDCG@10 with .15 / .25 / .35 against .5: untitled +.011 / +.007 / +.002 (268 questions), semble +.001 / +.005 (239).
 */
const HYBRID_RANKING: RankingOptions = { ...DEFAULT_RANKING, background: 0.2 };

export interface PackSearch {
  /** All with packs. */
  readonly views: readonly IndexView[];
  readonly request: SearchRequest;
  readonly embedQuery: QueryEmbedder;
  readonly ranking?: RankingOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly trace?: SearchTrace | undefined;
}

/** @throws as `search` */
export async function searchPacks(of: PackSearch): Promise<SearchResponse> {
  const { views, request, signal, trace } = of;
  const { mode, limit } = request;
  const named = request.lang === null ? undefined : languageNamed(request.lang);
  const packs = searchedPacks(views, request, named?.language ?? null);
  const [terms, definitions] = mode === "semantic" ? [[], []] : [queryTerms(request.q), queriedDefinitions(request.q)];
  const found = await inStage(trace, "find", () =>
    retrieve({
      packs,
      views,
      terms: [...terms, ...definitions],
      embed: mode === "keyword" ? undefined : queryEmbedder(request, views, of.embedQuery),
      capacity: MEANING_ROWS,
      signal,
    }),
  );
  throwIfAborted(signal);
  refuseIfNothingRan(found.models.filter(didNotRun), found.models.length, mode);
  const ranking =
    mode === "semantic" ? COSINE_ALONE : (of.ranking ?? (mode === "hybrid" ? HYBRID_RANKING : DEFAULT_RANKING));
  const phrase = mode === "semantic" ? null : queriedPhrase(request.q);
  const { scores, ranked } = await inStage(trace, "rank", async () => {
    const all = scoresOf({ packs, found, request, terms, definitions, groups: new GroupReader(packs, signal) });
    return { scores: all, ranked: await rankRows(all, { ranking, views, limit, phrase }) };
  });
  throwIfAborted(signal);
  const results = await inStage(trace, "show", () => show(ranked.slice(0, limit), { scores, views, terms, request }));
  const warnings = mode !== "semantic" && terms.length === 0 ? ["the query has no words to look up"] : [];
  if (named?.warning !== undefined) warnings.push(named.warning);
  const missing = found.models.filter(didNotRun);
  return {
    mode,
    results,
    warnings: [...warnings, ...missing.map((model) => missingWarning(model, mode))],
    ...(missing.length > 0 && { missingModels: missing.map(({ modelId }) => modelId) }),
  };
}

const didNotRun = ({ ran }: Retrieved["models"][number]): boolean => ran === undefined;

function searchedPacks(views: readonly IndexView[], request: SearchRequest, language: string | null): SearchedPack[] {
  const filter = { matchesPath: request.path === null ? null : compilePathGlob(request.path), language };
  return views.flatMap(({ packs = [] }, view) =>
    packs.map((each) => ({ ...each, view, allowed: allowedRows(each.pack, each.seen, filter) })),
  );
}

function scoresOf(of: {
  packs: readonly SearchedPack[];
  found: Retrieved;
  request: SearchRequest;
  terms: readonly string[];
  definitions: readonly string[];
  groups: GroupReader;
}): RowScores {
  const { packs, found, request, terms, definitions, groups } = of;
  const cut = (from: number, to?: number) => found.evidence.map((ofPack) => ofPack.slice(from, to));
  const capacity = request.mode === "keyword" ? KEYWORD_ROWS_ALONE : KEYWORD_ROWS;
  const ofTerms = scoreTerms(packs, cut(0, terms.length), capacity);
  return {
    packs,
    found,
    groups,
    terms: ofTerms,
    definitions: scoreTerms(packs, cut(terms.length), DEFINITION_ROWS),
    profile: profileQuery({ query: request.q, terms, idf: ofTerms.idf }),
    lookedUp: [...terms, ...definitions],
    explain: request.explain === true,
  };
}

interface RankArguments {
  readonly ranking: RankingOptions;
  readonly views: readonly IndexView[];
  readonly limit: number;
  readonly phrase: string | null;
}

/** The second round of reads, once more where a row comes up that was not expected to. Each file once. */
async function rankRows(scores: RowScores, of: RankArguments): Promise<RankedFile[]> {
  const { groups, profile } = scores;
  const rows = [...candidatesOf(scores).values()];
  const hasPhrase = await phraseRows(scores, of.phrase);
  const rankWith = (isCompared: (row: RowPlace) => boolean) => {
    const candidates = scoreCandidates(scores, rows, { isCompared, hasPhrase });
    const ranked = rankFiles(
      candidates.map(({ scored }) => scored),
      profile,
      of.ranking,
    );
    return { candidates, ranked: eachOnce(ranked, { scores, views: of.views }) };
  };
  const first = rankWith(() => false);
  const compared = comparedRows(first, scores.found);
  const expected = first.ranked.slice(0, of.limit + (scores.found.models.length > 0 ? SPARE_FILES : 0));
  await groups.read([...compared, ...expected.map(({ best }) => placeOfRow(best))]);
  if (compared.length === 0) return first.ranked;
  const known = new Set(compared.map(groupKey));
  return rankWith((row) => known.has(groupKey(row))).ranked;
}

/** Rows whose groups are read to compare them: the best of the first files, and others of theirs that were not compared. */
function comparedRows(
  { candidates, ranked }: { candidates: readonly ScoredPackRow[]; ranked: readonly RankedFile[] },
  found: Retrieved,
): RowPlace[] {
  if (found.models.every(didNotRun)) return [];
  const unknown = new Set(candidates.filter(({ compared }) => !compared).map(({ scored }) => scored.address));
  const keys = new Set<string>();
  const rows: RowPlace[] = [];
  for (const { best, others } of ranked) {
    const wanted = [best, ...others.filter(({ address }) => unknown.has(address)).slice(0, COMPARED_OTHERS)];
    for (const row of wanted.map(placeOfRow)) {
      if (keys.size >= COMPARED_GROUPS && !keys.has(groupKey(row))) continue;
      keys.add(groupKey(row));
      rows.push(row);
    }
    if (keys.size >= COMPARED_GROUPS) break;
  }
  return rows;
}

/** Which rows hold the phrase of a query in quotes: who has it has its words. */
async function phraseRows({ groups, terms }: RowScores, phrase: string | null): Promise<(row: RowPlace) => boolean> {
  if (phrase === null) return () => false;
  const rows = terms.best.slice(0, PHRASE_ROWS);
  await groups.read(rows);
  const decoder = new TextDecoder();
  const holding = rows.filter((row) => holdsPhrase(decoder.decode(groups.row(row)?.contents), phrase));
  const keys = new Set(holding.map(({ pack, doc }) => `${pack}:${doc}`));
  return ({ pack, doc }) => keys.has(`${pack}:${doc}`);
}

/** Rows that are read to look for a phrase in them. */
const PHRASE_ROWS = 50;

/** Best first; of a repository that is there twice each file once. */
function eachOnce(
  ranked: readonly RankedFile[],
  { scores, views }: { scores: RowScores; views: readonly IndexView[] },
): RankedFile[] {
  const files = ranked.map((file) => {
    const { pack, doc } = placeOfRow(file.best);
    const { pack: opened, view } = scores.packs[pack] as SearchedPack;
    return { file, view: views[view] as IndexView, path: opened.pathOf(opened.fileOf(doc)) };
  });
  files.sort(
    (a, b) => b.file.best.score - a.file.best.score || compare(a.view.repoId, b.view.repoId) || compare(a.path, b.path),
  );
  return onceEach(files, { views, groups: groupViews(views) }).map(({ file }) => file);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

async function show(
  files: readonly RankedFile[],
  of: { scores: RowScores; views: readonly IndexView[]; terms: readonly string[]; request: SearchRequest },
): Promise<SearchHit[]> {
  const { packs, groups } = of.scores;
  await groups.read(files.map(({ best }) => placeOfRow(best)));
  return files.map((file) => hitOf(file, { packs, groups, views: of.views, terms: of.terms, request: of.request }));
}
