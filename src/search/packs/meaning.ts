/**
 * The search by meaning over packs: in each, the clusters whose centres are nearest to the query, all of their rows compared by code.
 * Where a filter leaves few rows of a pack, they are compared one by one instead, so that none is missed.
 */
import type { Part } from "../../pack/format.ts";
import { GROUP_ROWS } from "../../pack/format.ts";
import { type CodeQuery, cosineOf, prepareQuery } from "../../pack/vector-code.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { bestRows, type PackRow } from "./bm25-rows.ts";
import { leastOfBestCosines, RowCosines } from "./row-cosines.ts";
import type { SearchedPack } from "./searched-pack.ts";

/**
 * Clusters read of a pack: the more rows, the fewer. Each has about sqrt(rows) / 4 rows, so there are more of them to be near to in a
 * large one. Recall@10 of exact vectors in what they bring, 30 queries (benchmarks/packs.ts): at 17,630 rows 20 / 40 / 80 clusters .87 /
 * .91 / .94 in 6 / 7 / 10 reads and .4 / .7 / 1.5 MB; at 78,380 rows 20 / 24 / 40 / 56 .92 / .92 / .95 / .97 in 10 / 10 / 16 / 19 reads and
 * .5 / .6 / 1.0 / 1.6 MB. Answers were as good as with exact vectors at 20 already (lab/quality/RANKING-NOTES.md).
 */
const MOST_PROBES = 40;
const LEAST_PROBES = 24;
/** Up to here `MOST_PROBES` are read; from there on by the inverse square root. */
const SMALL_ROWS = 20_000;
const probesOf = (rows: number): number =>
  Math.max(LEAST_PROBES, Math.min(MOST_PROBES, Math.round(MOST_PROBES * Math.sqrt(SMALL_ROWS / rows))));

/** Rows that a filter leaves of a pack, and that are compared one by one: in one folder they lie together, 300 bytes each. */
const FEW_ROWS = 2000;
/** A filter that leaves a share of the rows is met by more probes, up to this many times. */
const MAX_WIDENING = 6;

export type MeaningPlan =
  | { readonly kind: "cluster"; readonly pack: number; readonly cluster: number; readonly part: Part }
  | { readonly kind: "group"; readonly pack: number; readonly group: number; readonly part: Part };

export interface Meaning {
  /** The best rows that may be returned, best first; their scores are cosines. */
  readonly best: readonly PackRow[];
  /** undefined: the row was not compared. */
  readonly cosineOf: (pack: number, doc: number) => number | undefined;
}

/** What to read for the query. @param packs of one model; @param places theirs among all packs @throws RepobaseError `usage` */
export function planMeaning(
  query: Float32Array,
  packs: readonly SearchedPack[],
  places: readonly number[],
): { prepared: CodeQuery; plan: MeaningPlan[] } {
  const prepared = prepareQuery(query);
  const plan = packs.flatMap((searched, i): MeaningPlan[] => {
    const at = places[i] as number;
    const { pack, allowed } = searched;
    if (pack.root.head.dim !== query.length)
      throw new RepobaseError(
        "usage",
        `the query vector has ${query.length} dimensions, the index has ${pack.root.head.dim}`,
      );
    const clusters = pack.root.arrays.clusterRows.length;
    if (allowed.rows === 0) return [];
    const probes = Math.ceil(probesOf(pack.rows) * Math.min(MAX_WIDENING, Math.sqrt(pack.rows / allowed.rows)));
    if (allowed.mask !== null && allowed.rows <= FEW_ROWS && probes < clusters)
      return groupsOf(allowed.mask).map((group) => ({ kind: "group", pack: at, group, part: pack.groupRange(group) }));
    return nearestClusters(prepared, searched, Math.min(probes, clusters)).map((cluster) => ({
      kind: "cluster",
      pack: at,
      cluster,
      part: pack.clusterRange(cluster),
    }));
  });
  return { prepared, plan };
}

/** In their order in the pack. */
export function nearestClusters(query: CodeQuery, { pack }: Pick<SearchedPack, "pack">, probes: number): number[] {
  const { centreCodes, centreFactors } = pack.root.arrays;
  const clusters = centreFactors.length;
  if (probes >= clusters) return Array.from({ length: clusters }, (_, cluster) => cluster);
  const scores = Float64Array.from(centreFactors, (factor, cluster) =>
    cosineOf(query, centreCodes, cluster * query.width, factor),
  );
  const least = scores.toSorted()[clusters - probes] as number;
  const nearest: number[] = [];
  scores.forEach((score, cluster) => {
    if (score >= least) nearest.push(cluster);
  });
  return nearest;
}

function groupsOf(mask: Uint8Array): number[] {
  const groups: number[] = [];
  for (let doc = 0; doc < mask.length; doc++) {
    if (mask[doc] === 0) continue;
    const group = Math.floor(doc / GROUP_ROWS);
    groups.push(group);
    doc = (group + 1) * GROUP_ROWS - 1;
  }
  return groups;
}

/** @param pieces of the plan, in its order, as they were read; @param capacity of `best` */
export function compareMeaning(of: {
  readonly prepared: CodeQuery;
  readonly plan: readonly MeaningPlan[];
  readonly pieces: readonly Uint8Array[];
  readonly packs: readonly SearchedPack[];
  readonly capacity: number;
}): Meaning {
  const { prepared, plan, pieces, packs, capacity } = of;
  const cosines = packs.map(
    ({ pack }) => new RowCosines({ rows: pack.rows, whole: pack.root.arrays.clusterRows.length === 1 }),
  );
  plan.forEach((piece, i) => {
    const { pack, allowed } = packs[piece.pack] as SearchedPack;
    const known = cosines[piece.pack] as RowCosines;
    const bytes = pieces[i] as Uint8Array;
    if (piece.kind === "cluster")
      compareCluster({ cluster: pack.cluster(piece.cluster, bytes), prepared, mask: allowed.mask, known });
    else
      pack.group(piece.group, bytes).forEach(({ code, factor }, row) => {
        const doc = piece.group * GROUP_ROWS + row;
        if (allowed.mask?.[doc] !== 0) known.set(doc, cosineOf(prepared, code, 0, factor));
      });
  });
  const least = leastOfBestCosines(cosines, capacity);
  const rows = cosines.flatMap((known, pack) =>
    known.above(least).map(([doc, score]): PackRow => ({ pack, doc, score })),
  );
  return { best: bestRows(rows, packs, capacity), cosineOf: (pack, doc) => cosines[pack]?.get(doc) };
}

function compareCluster(of: {
  cluster: { docs: Uint32Array; factors: Float32Array; codes: Uint8Array };
  prepared: CodeQuery;
  mask: Uint8Array | null;
  known: RowCosines;
}): void {
  const { cluster, prepared, mask, known } = of;
  const { docs, factors, codes } = cluster;
  for (let i = 0; i < docs.length; i++) {
    const doc = docs[i] as number;
    if ((mask !== null && mask[doc] === 0) || known.get(doc) !== undefined) continue;
    known.set(doc, cosineOf(prepared, codes, i * prepared.width, factors[i] as number));
  }
}
