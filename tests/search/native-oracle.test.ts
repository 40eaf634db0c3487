/** Native LanceDB on the same table is the oracle: BM25 to the bit, vectors to the row. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "@lancedb/lancedb";
import type { Table } from "@lancedb/lancedb";
import { scoreByKeyword } from "../../src/search/keyword-retriever.ts";
import type { Candidate, IndexView } from "../../src/search/index-view.ts";
import { selectRows } from "../../src/search/row-selection.ts";
import { rescoreByVector, retrieveByVector } from "../../src/search/vector-retriever.ts";
import { MIN_CANDIDATES } from "../../src/search/search.ts";
import { queriedDefinitions, queryTerms } from "../../src/search/terms.ts";
import { rowAddress } from "../../src/lance/table.ts";
import { manySources } from "../helpers/fixture-sources.ts";
import { embedder, sampleQueries, TestIndex } from "./test-index.ts";

const HUMAN_QUERIES = [
  "how are http headers parsed", "websocket upgrade", "merge two trees with conflicts", "jwt verification secret", "naïve café",
  "the", "nosuchwordanywhere", "getHeader get header", "0xff 10ms", "README", "return return value", "x",
]; // prettier-ignore
const everything = { matchesPath: null, language: null };

let index: TestIndex;
let native: Table;
let queries: string[];

beforeAll(async () => {
  index = await TestIndex.create();
  await index.append(manySources(200_000, 0));
  await index.append(manySources(150_000, 1));
  await index.indexText();
  native = await (await connect(index.dir)).openTable("files");
  queries = [...(await sampleQueries(await index.view("r"), 30)), ...HUMAN_QUERIES];
});
afterAll(() => index.remove());

async function ours(view: IndexView, query: string): Promise<Candidate[]> {
  const scores = await scoreByKeyword(
    [{ index: 0, view, selection: selectRows(view, everything) }],
    queryTerms(query),
    [],
  );
  return scores.terms.best(100_000);
}

/** Every native score, at its row, is ours; and no row of ours is missing above native's last. */
async function expectNativeScores(view: IndexView): Promise<number> {
  let compared = 0;
  for (const query of queries) {
    const terms = queryTerms(query).join(" ");
    const rows = (await native.search(terms, "fts", "terms").withRowId().select(["_score"]).limit(200).toArray()) as {
      _rowid: bigint;
      _score: number;
    }[];
    const candidates = await ours(view, query);
    const scores = new Map(candidates.map(({ address, score }) => [address, score]));
    expect(rows.map((row) => scores.get(Number(row._rowid)))).toEqual(rows.map((row) => row._score));
    expect(candidates.slice(0, rows.length).map(({ score }) => score)).toEqual(rows.map((row) => row._score));
    if (rows.length < 200) expect(candidates).toHaveLength(rows.length);
    compared += rows.length;
  }
  return compared;
}

describe("BM25 equals native bit for bit", () => {
  test("what defines a name, beside other terms", async () => {
    const view = await index.view("r");
    const scores = await scoreByKeyword(
      [{ index: 0, view, selection: selectRows(view, everything) }],
      queryTerms("hash"),
      queriedDefinitions("setCookie"),
    );
    const rows = (await native
      .search("=setcookie", "fts", "terms")
      .withRowId()
      .select(["_score"])
      .limit(200)
      .toArray()) as { _rowid: bigint; _score: number }[];
    expect(rows.length).toBeGreaterThan(0);
    expect(scores.definitions.best(200).map(({ score }) => score)).toEqual(rows.map((row) => row._score));
  });

  test("all rows indexed", async () => {
    expect(await expectNativeScores(await index.view("r"))).toBeGreaterThan(3000);
  });

  test("after an append that leaves rows unindexed", async () => {
    await index.append(manySources(60_000, 2));
    await native.checkoutLatest();
    const view = await index.view("r");
    expect(view.table.fragments.some(({ id }) => !view.fts?.coveredFragments.has(id))).toBe(true);
    expect(await expectNativeScores(view)).toBeGreaterThan(3000);
  });

  test("after deletions in indexed and unindexed fragments", async () => {
    await native.delete("chunk = 1");
    const view = await index.view("r");
    expect(view.table.liveRows()).toBe(await native.countRows());
    expect(await expectNativeScores(view)).toBeGreaterThan(2000);
  });
});

describe("vectors", () => {
  test("exact rescoring of all rows gives native's ten best, and the code scan finds 95 % of them", async () => {
    const view = await index.view("r");
    const live = await selectRows(view, everything);
    const all = Array.from(live.values()).flatMap(({ fragment, allowed }) =>
      Array.from(allowed.keys())
        .filter((row) => allowed[row] === 1)
        .map((row) => ({ view: 0, address: rowAddress(fragment, row), score: 0 })),
    );
    let found = 0;
    for (const query of queries) {
      // native rounds the query to the column's half precision; ask both the same question
      const vector = new Float32Array(new Float16Array(await embedder.embedQuery(query)));
      const rows = (await native
        .vectorSearch(vector)
        .distanceType("cosine")
        .withRowId()
        .select(["_distance"])
        .limit(10)
        .toArray()) as {
        _rowid: bigint;
        _distance: number;
      }[];
      const exact = (await rescoreByVector({ view }, vector, all)).sort((a, b) => b.score - a.score);
      const byAddress = new Map(exact.map(({ address, score }) => [address, score]));
      rows.forEach((row, rank) => {
        const score = byAddress.get(Number(row._rowid)) ?? Number.NaN;
        expect(score).toBeCloseTo(1 - row._distance, 6);
        // the same row, unless two chunks have one text and so one vector
        if (exact[rank]?.address !== Number(row._rowid)) expect(score).toBe(exact[rank]?.score ?? Number.NaN);
      });
      const scanned = await retrieveByVector({
        views: [{ index: 0, view, selection: Promise.resolve(live) }],
        embedding: Promise.resolve(vector),
        capacity: MIN_CANDIDATES,
      });
      const tenth = exact[9]?.score ?? 0;
      found += Math.min(
        10,
        (scanned?.best ?? []).filter(({ address }) => (byAddress.get(address) ?? 0) >= tenth).length,
      );
    }
    expect(found / (10 * queries.length)).toBeGreaterThanOrEqual(0.95);
  });
});
