import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { indexPrefix } from "../../../src/protocol/keys.ts";
import type { Manifest } from "../../../src/protocol/manifest.ts";
import { parseSearchRequest } from "../../../src/protocol/search-question.ts";
import { seenRows } from "../../../src/search/packs/pack-rows.ts";
import { rememberPacks } from "../../../src/search/packs/remember-packs.ts";
import { search } from "../../../src/search/search.ts";
import { SearchTrace } from "../../../src/search/search-trace.ts";
import { ViewCache } from "../../../src/search/view-cache.ts";
import { MemoryStore } from "../../../src/store/memory-store.ts";
import { manySources } from "../../helpers/fixture-sources.ts";
import { embedder } from "../test-index.ts";
import { PackedIndex } from "./packed-index.ts";

let index: PackedIndex;
beforeAll(async () => {
  index = await PackedIndex.create();
  await index.append(manySources(600_000));
});
afterAll(() => index.remove());

test("each search reads, and is counted, through its own store, whoever opened the pack", async () => {
  const [pack] = index.refs;
  if (pack === undefined) throw new Error("there is no pack");
  const store = new MemoryStore();
  await store.put(`${indexPrefix("demo")}${pack.path}`, new Uint8Array(await readFile(join(index.folder, pack.path))));
  const segments = [{ files: ["data/0.lance"], rows: pack.rows, pack }];
  const manifest = { repo: "demo", segments } as unknown as Manifest;
  const table = await index.index.view("made");
  const cache = new ViewCache({ maxRangeBytes: 1e7, maxHeldBytes: 1e7 });
  const ask = async (q: string) => {
    const trace = new SearchTrace(store);
    const of = { store: trace.store, manifest, cache, name: "", prefix: "", signal: undefined, trace };
    const packs = (await rememberPacks(of)) ?? [];
    const [open] = packs;
    if (open === undefined) throw new Error("nothing was opened");
    const view = { ...table, packs: [{ ...open, seen: seenRows(open.pack, null) }] };
    const embedQuery = () => embedder.embedQuery(q);
    await search({ views: [view], request: parseSearchRequest({ q }), embedQuery, trace });
    return trace.stats();
  };
  const first = await ask("where is the cache emptied");
  const second = await ask("retry after failure");
  const again = await ask("retry after failure");
  // root with tables, then terms and clusters, then groups
  expect(first).toMatchObject({ waves: 3, cacheHits: 0 });
  expect(second.waves).toBe(2);
  expect(second.reads).toBeLessThan(first.reads);
  expect(second.reads).toBeGreaterThan(0);
  expect(again).toMatchObject({ reads: 0, bytes: 0, waves: 0 });
  expect(again.cacheHits).toBeGreaterThan(second.cacheHits);
});
