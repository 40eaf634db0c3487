/** The first round of reads: the postings of the query's terms, and the clusters near to its vectors. */
import type { Part } from "../../pack/format.ts";
import type { TermPlace } from "../../pack/term-lists.ts";
import type { IndexView } from "../index-view.ts";
import type { QueryEmbedder } from "../query-vectors.ts";
import type { TermEvidence } from "./bm25-rows.ts";
import { compareMeaning, type Meaning, type MeaningPlan, planMeaning } from "./meaning.ts";
import type { CodeQuery } from "../../pack/vector-code.ts";
import { type PackPiece, readPieces } from "./read-pieces.ts";
import type { SearchedPack } from "./searched-pack.ts";

/** What one model found in the packs of its views. */
export interface ModelMeaning {
  readonly modelId: string;
  readonly repoIds: readonly string[];
  /** undefined: the model cannot run here. */
  readonly ran:
    | { readonly prepared: CodeQuery; readonly meaning: Meaning; readonly isOf: (pack: number) => boolean }
    | undefined;
}

export interface Retrieved {
  /** Of the terms looked up, in their order. */
  readonly evidence: TermEvidence;
  readonly models: readonly ModelMeaning[];
}

export interface Retrieval {
  readonly packs: readonly SearchedPack[];
  readonly views: readonly IndexView[];
  readonly terms: readonly string[];
  /** undefined: nothing is looked for by meaning. */
  readonly embed: QueryEmbedder | undefined;
  /** Rows that each model brings. */
  readonly capacity: number;
  readonly signal: AbortSignal | undefined;
}

export async function retrieve(of: Retrieval): Promise<Retrieved> {
  const { packs, terms, signal, capacity } = of;
  const looked = terms.map((term) => new TextEncoder().encode(term));
  const lookUps = packs.flatMap(({ pack }, at) =>
    looked.map((term, index) => ({ at, index, term, place: pack.placeOf(term) })),
  );
  const inPacks = lookUps.flatMap((lookUp) => (lookUp.place === undefined ? [] : [{ ...lookUp, place: lookUp.place }]));
  const models = await planModels(of);
  const pieces: PackPiece[] = [
    ...inPacks.map(({ at, place }) => ({ pack: at, part: placePart(packs, at, place) })),
    ...models.flatMap(({ planned }) => planned?.plan ?? []),
  ];
  const read = await readPieces(packs, pieces, signal);
  const evidence = packs.map(() => looked.map((): ReturnType<SearchedPack["pack"]["postings"]> => undefined));
  inPacks.forEach(({ at, index, term, place }, i) => {
    (evidence[at] as (typeof evidence)[number])[index] = packs[at]?.pack.postings(term, place, read[i] as Uint8Array);
  });
  let from = inPacks.length;
  return {
    evidence,
    models: models.map(({ modelId, repoIds, planned }): ModelMeaning => {
      if (planned === undefined) return { modelId, repoIds, ran: undefined };
      const { prepared, plan, places } = planned;
      const own = read.slice(from, (from += plan.length));
      const meaning = compareMeaning({ prepared, plan, pieces: own, packs, capacity });
      return { modelId, repoIds, ran: { prepared, meaning, isOf: (pack) => places.has(pack) } };
    }),
  };
}

const placePart = (packs: readonly SearchedPack[], at: number, place: TermPlace): Part =>
  (packs[at] as SearchedPack).pack.placeRange(place);

interface PlannedModel {
  readonly modelId: string;
  readonly repoIds: readonly string[];
  readonly planned:
    | { readonly prepared: CodeQuery; readonly plan: readonly MeaningPlan[]; readonly places: ReadonlySet<number> }
    | undefined;
}

async function planModels({ packs, views, embed }: Retrieval): Promise<PlannedModel[]> {
  if (embed === undefined) return [];
  const byModel = Map.groupBy(views.keys(), (at) => (views[at] as IndexView).modelId);
  return await Promise.all(
    Array.from(byModel, async ([modelId, ofModel]): Promise<PlannedModel> => {
      const repoIds = [...new Set(ofModel.map((at) => (views[at] as IndexView).repoId))];
      const vector = await embed(modelId);
      if (vector === undefined) return { modelId, repoIds, planned: undefined };
      const places = packs.flatMap(({ view }, at) => (ofModel.includes(view) ? [at] : []));
      const own = places.map((at) => packs[at] as SearchedPack);
      return { modelId, repoIds, planned: { ...planMeaning(vector, own, places), places: new Set(places) } };
    }),
  );
}
