/**
 * What a search over packs costs and what it misses, in this process: `bun benchmarks/packs.ts <home> [--repo <id>]... [--all]`. Of each
 * repository of the home: rows, reads, waves and bytes of a search in a process that has nothing, of the next one, and of one after 15
 * others, counted at the store from opening the ref on; processor time; recall@10 of exact vectors by the clusters read. `--all` searches
 * all repositories in one search instead.
 */
import { parseArgs } from "node:util";
import { loadStaticEmbedder } from "../src/embed/load-static.ts";
import { Home } from "../src/home/home.ts";
import { halfFloats } from "../src/lance/values.ts";
import type { SearchMode } from "../src/protocol/search-api.ts";
import { parseSearchRequest } from "../src/protocol/search-question.ts";
import { cosines } from "../src/search/binary-codes.ts";
import { openView } from "../src/search/open-view.ts";
import { openViews } from "../src/search/open-views.ts";
import { nearestClusters } from "../src/search/packs/meaning.ts";
import { search } from "../src/search/search.ts";
import { ViewCache } from "../src/search/view-cache.ts";
import { cosineOf, prepareQuery } from "../src/pack/vector-code.ts";
import { withStats } from "../src/store/with-stats.ts";
import { planReads } from "../src/bytes/coalesce.ts";
import { PACK_READS } from "../src/search/packs/remember-packs.ts";
import { median, SEARCH_QUERIES, share } from "./search-queries.ts";

const PROBES = [8, 12, 16, 20, 24, 32, 40, 56, 80];
/** Rows that the search by meaning brings. */
const POOL = 400;
const DEPTH = 10;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { repo: { type: "string", multiple: true }, all: { type: "boolean" }, "no-recall": { type: "boolean" } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error("usage: bun benchmarks/packs.ts <home> [--repo <id>]... [--all]");
const home = Home.open({ REPOBASE_HOME: folder });
const repos = values.repo ?? home.config().repos.map(({ id }) => id);
const embedder = await loadStaticEmbedder();

console.log("| repositories, rows | mode | | reads | waves | kB | CPU, ms |\n|---|---|---|---|---|---|---|");
for (const ids of values.all ? [repos] : repos.map((id) => [id]))
  for (const mode of ["keyword", "hybrid"] as const) await measure(ids, mode);
if (values["no-recall"] !== true && !values.all) for (const id of repos) await measureRecall(id);

/** One search by a process that keeps `cache`. */
async function ask(ids: readonly string[], q: string, mode: SearchMode, cache: ViewCache) {
  const store = withStats(home.store);
  const began = process.cpuUsage();
  const { views } = await openViews({
    repos: ids,
    leaveOut: [],
    open: async (repo) => [await openView({ store, repo, ref: null, cache })],
  });
  const embedQuery = () => embedder.embedQuery(q);
  const { results } = await search({ views, request: parseSearchRequest({ q, mode }), embedQuery });
  const { user, system } = process.cpuUsage(began);
  const { requests, bytesReceived, waves } = store.counts();
  return { reads: requests, bytes: bytesReceived, waves, cpu: (user + system) / 1000, views, results };
}

async function measure(ids: readonly string[], mode: SearchMode): Promise<void> {
  type Asked = Awaited<ReturnType<typeof ask>>;
  const runs: Record<"cold" | "second" | "warm", Asked[]> = { cold: [], second: [], warm: [] };
  const caches = () => new ViewCache({ maxRangeBytes: 16e6, maxHeldBytes: 24e6 });
  for (const [at, q] of SEARCH_QUERIES.entries()) {
    const cache = caches();
    runs.cold.push(await ask(ids, q, mode, cache));
    runs.second.push(await ask(ids, SEARCH_QUERIES[(at + 7) % SEARCH_QUERIES.length] as string, mode, cache));
  }
  const cache = caches();
  for (const [at, q] of SEARCH_QUERIES.entries()) {
    const asked = await ask(ids, q, mode, cache);
    if (at >= 15) runs.warm.push(asked);
  }
  const rows = (runs.cold[0]?.views ?? []).reduce(
    (sum, { packs = [] }) => sum + packs.reduce((n, { pack }) => n + pack.rows, 0),
    0,
  );
  const held = `${((cache.heldBytes + cache.bytes.bytes) / 1e6).toFixed(1)} MB kept`;
  for (const [kind, asked] of Object.entries(runs)) {
    const of = (key: "reads" | "bytes" | "waves" | "cpu", scale = 1, digits = 0) => {
      const all = asked.map((each) => each[key] / scale);
      return `${median(all).toFixed(digits)} (${share(all, 0.95).toFixed(digits)}, ${Math.max(...all).toFixed(digits)})`;
    };
    console.log(
      `| ${ids.length === 1 ? ids[0] : ids.length}, ${rows} | ${mode} | ${kind}${kind === "warm" ? `; ${held}` : ""} | ${of("reads")} | ${of("waves")} | ${of("bytes", 1000)} | ${of("cpu", 1, 1)} |`,
    );
  }
}

async function measureRecall(id: string): Promise<void> {
  const view = await openView({ store: home.store, repo: id, ref: null });
  const [searched] = view.packs ?? [];
  if (searched === undefined || view.packs?.length !== 1) return;
  const { pack } = searched;
  const clusters = pack.root.arrays.clusterRows.length;
  const parts = await Promise.all(
    view.table.fragments.map(async ({ id: fragment }) => halfFloats(await view.table.scan("vector", fragment))),
  );
  const vectors = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    vectors.set(part, at);
    at += part.length;
  }
  const found: Record<number, number[]> = {};
  const cost: Record<number, { reads: number[]; bytes: number[] }> = {};
  for (const q of SEARCH_QUERIES) {
    const query = await embedder.embedQuery(q);
    const prepared = prepareQuery(query);
    const exact = best(cosines(query, vectors), DEPTH);
    for (const probes of PROBES.filter((each) => each < clusters * 1.3)) {
      const near = nearestClusters(prepared, searched, Math.min(probes, clusters));
      const ranges = near.map((cluster) => pack.clusterRange(cluster));
      const read = await searched.source.read(ranges);
      const scores = new Map<number, number>();
      near.forEach((cluster, i) => {
        const { docs, factors, codes } = pack.cluster(cluster, read[i] as Uint8Array);
        docs.forEach((doc, row) =>
          scores.set(doc, cosineOf(prepared, codes, row * prepared.width, factors[row] as number)),
        );
      });
      const pool = new Set(
        Array.from(scores)
          .sort((a, b) => b[1] - a[1])
          .slice(0, POOL)
          .map(([doc]) => doc),
      );
      (found[probes] ??= []).push(exact.filter((doc) => pool.has(doc)).length / DEPTH);
      const plan = planReads(ranges, PACK_READS);
      const costs = (cost[probes] ??= { reads: [], bytes: [] });
      costs.reads.push(plan.length);
      costs.bytes.push(plan.reduce((sum, { length }) => sum + length, 0));
    }
  }
  console.log(
    `\n${id}: ${pack.rows} rows, ${clusters} clusters\n\n| clusters read | recall@10, mean | worst | reads | kB |\n|---|---|---|---|---|`,
  );
  for (const probes of PROBES.filter((each) => found[each])) {
    const recalls = found[probes] as number[];
    const { reads, bytes } = cost[probes] as { reads: number[]; bytes: number[] };
    const mean = recalls.reduce((sum, each) => sum + each, 0) / recalls.length;
    console.log(
      `| ${probes} | ${mean.toFixed(3)} | ${Math.min(...recalls).toFixed(1)} | ${median(reads)} | ${Math.round(median(bytes) / 1000)} |`,
    );
  }
}

function best(scores: ArrayLike<number>, count: number): number[] {
  return Array.from(scores, (score, row) => ({ score, row }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count)
    .map(({ row }) => row);
}
