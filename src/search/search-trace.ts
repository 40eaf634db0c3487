/** What one search costs, counted where it happens: each request to the store, each piece that was at hand, each stage by the clock. */
import {
  SEARCH_STAGES,
  type SearchRequest,
  type SearchResponse,
  type SearchStage,
  type SearchStats,
} from "../protocol/search-api.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { StatsStore } from "../store/with-stats.ts";

export class SearchTrace {
  /** The search reads through it. */
  readonly store: ObjectStore;
  /** Pieces of packs that the process still had. */
  cacheHits = 0;
  readonly #counted: StatsStore;
  readonly #ms: Record<SearchStage, number> = { open: 0, find: 0, rank: 0, show: 0 };

  constructor(store: ObjectStore) {
    this.store = this.#counted = new StatsStore(store);
  }

  /** Adds to the stage what passes until `work` ends. A Worker's clock stands still between its reads: there it is the time waited. */
  async time<T>(stage: SearchStage, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.#ms[stage] += performance.now() - began;
    }
  }

  stats(): SearchStats {
    const { requests: reads, bytesReceived: bytes, waves } = this.#counted.counts();
    const ms = { ...this.#ms };
    for (const stage of SEARCH_STAGES) ms[stage] = Math.round(10 * ms[stage]) / 10;
    return { reads, bytes, waves, cacheHits: this.cacheHits, ms };
  }
}

/** A `Server-Timing` header: what browsers show beside a request. */
export const serverTiming = ({ reads, bytes, waves, cacheHits, ms }: SearchStats): string =>
  [
    ...SEARCH_STAGES.map((stage) => `${stage};dur=${ms[stage]}`),
    `reads;desc="${reads} in ${waves} waves, ${bytes} bytes, ${cacheHits} at hand"`,
  ].join(", ");

/** Runs the work, and counts its time where somebody wants to know. */
export const inStage = <T>(trace: SearchTrace | undefined, stage: SearchStage, work: () => Promise<T>): Promise<T> =>
  trace === undefined ? work() : trace.time(stage, work);

/** The answer with what it cost, where that was asked for. */
export const withCost = (
  found: SearchResponse,
  { request, trace }: { request: SearchRequest; trace: SearchTrace },
): SearchResponse => (request.stats === true ? { ...found, stats: trace.stats() } : found);
