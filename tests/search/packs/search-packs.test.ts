import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SEARCH_MODES, type SearchResponse } from "../../../src/protocol/search-api.ts";
import { parseSearchRequest, type SearchQuestion } from "../../../src/protocol/search-question.ts";
import { findOccurrences } from "../../../src/search/browse/occurrences.ts";
import type { IndexView } from "../../../src/search/index-view.ts";
import { scoreByKeyword } from "../../../src/search/keyword-retriever.ts";
import { scoreTerms } from "../../../src/search/packs/bm25-rows.ts";
import { retrieve } from "../../../src/search/packs/retrieve.ts";
import { selectRows } from "../../../src/search/row-selection.ts";
import { search } from "../../../src/search/search.ts";
import { queryTerms } from "../../../src/search/terms.ts";
import { rowAddress } from "../../../src/lance/table.ts";
import { manySources } from "../../helpers/fixture-sources.ts";
import { embedder, sampleQueries } from "../test-index.ts";
import { PackedIndex } from "./packed-index.ts";

const ask = (view: IndexView, question: SearchQuestion): Promise<SearchResponse> =>
  search({
    views: [view],
    request: parseSearchRequest(question),
    embedQuery: () => embedder.embedQuery(question.q ?? ""),
  });

const OLD = "export function openVault(door) {\n  return door.unlock('secret combination');\n}\n";
const NEW = "export function openVault(door) {\n  return door.unlockSlowly('changed combination');\n}\n";

let whole: PackedIndex;
let parts: PackedIndex;
/** One segment; three of the same rows. */
let one: IndexView;
let oneByTable: IndexView;
let three: IndexView;
let queries: string[];

beforeAll(async () => {
  const files = [{ path: "src/vault.ts", text: OLD }, ...manySources(400_000)];
  whole = await PackedIndex.create();
  await whole.append(files);
  await whole.index.indexText();
  oneByTable = await whole.index.view("made");
  one = await whole.packed(oneByTable);
  parts = await PackedIndex.create();
  const third = Math.floor(files.length / 3);
  await parts.append(files.slice(third, 2 * third));
  await parts.append(files.slice(0, third));
  await parts.append(files.slice(2 * third));
  three = await parts.packed(await parts.index.view("made"));
  queries = [
    ...(await sampleQueries(oneByTable, 25)),
    "openVault",
    "where is the cache emptied",
    "retry after failure",
  ];
});
afterAll(() => Promise.all([whole.remove(), parts.remove()]));

describe("BM25 over packs", () => {
  test("has the bits that the table's full-text index gives, for every row", async () => {
    let scored = 0;
    for (const query of queries) {
      const terms = queryTerms(query);
      const selection = selectRows(oneByTable, { matchesPath: null, language: null });
      const byTable = (await scoreByKeyword([{ view: oneByTable, index: 0, selection }], terms, [])).terms;
      const packs = (one.packs ?? []).map((pack) => Object.assign({ view: 0, allowed: pack.seen }, pack));
      const { evidence } = await retrieve({
        packs,
        views: [one],
        terms,
        embed: undefined,
        capacity: 1,
        signal: undefined,
      });
      const byPack = scoreTerms(packs, evidence, 50);
      expect(byPack.idf).toEqual([...byTable.idf]);
      const rows = packs[0]?.pack.rows ?? 0;
      for (let doc = 0; doc < rows; doc++) {
        const score = byTable.of(0, rowAddress(0, doc));
        if (score > 0) scored++;
        expect(byPack.of(0, doc)).toBe(score);
      }
      expect(byPack.best.map(({ score }) => score)).toEqual(byTable.best(50).map(({ score }) => score));
    }
    expect(scored).toBeGreaterThan(1000);
  });
});

describe.each([...SEARCH_MODES])("%s", (mode) => {
  test("answers the same from one segment and from three", async () => {
    for (const q of queries) {
      const [a, b] = await Promise.all([ask(one, { q, mode }), ask(three, { q, mode })]);
      expect(b).toEqual(a);
      expect(a.results.length).toBeGreaterThan(0);
    }
  });

  test("finds what the table's columns find", async () => {
    let same = 0;
    let first = 0;
    for (const q of queries) {
      const [a, b] = await Promise.all([ask(oneByTable, { q, mode }), ask(one, { q, mode })]);
      const known = new Set(a.results.map(({ path }) => path));
      same += b.results.filter(({ path }) => known.has(path)).length / a.results.length;
      if (a.results[0]?.path === b.results[0]?.path) first++;
    }
    expect(same / queries.length).toBeGreaterThan(0.9);
    expect(first / queries.length).toBeGreaterThan(0.9);
  });

  test("a longer list begins with the shorter one", async () => {
    for (const q of queries.slice(0, 10)) {
      const [long, short] = await Promise.all([ask(one, { q, mode, limit: 50 }), ask(one, { q, mode, limit: 5 })]);
      expect(short.results).toEqual(long.results.slice(0, 5));
    }
  });
});

test("a commit sees its own files, and is scored by them alone", async () => {
  const index = await PackedIndex.create();
  try {
    const made = await index.append([{ path: "src/vault.ts", text: OLD }, ...manySources(60_000)]);
    const [changed = -1] = await index.append([{ path: "src/vault.ts", text: NEW }]);
    const now = await index.packed(await index.index.view("made", [...made.slice(1), changed]));
    const before = await index.packed(await index.index.view("made", made));
    const fresh = await PackedIndex.create();
    try {
      await fresh.append([{ path: "src/vault.ts", text: NEW }, ...manySources(60_000)]);
      const anew = await fresh.packed(await fresh.index.view("made"));
      for (const mode of SEARCH_MODES)
        expect(await ask(now, { q: "unlock the vault door", mode })).toEqual(
          await ask(anew, { q: "unlock the vault door", mode }),
        );
      const [hit] = (await ask(before, { q: "openVault" })).results;
      expect(hit?.snippet.text).toContain("secret combination");
    } finally {
      await fresh.remove();
    }
  } finally {
    await index.remove();
  }
});

test("filters admit what they say, and find all of it", async () => {
  for (const view of [one, three]) {
    const { results } = await ask(view, { q: "error handling", path: "**/docs/**", limit: 100, mode: "semantic" });
    expect(results.length).toBeGreaterThan(5);
    expect(results.every(({ path }) => path.includes("/docs/"))).toBe(true);
    const python = await ask(view, { q: "error handling", lang: "python", limit: 20 });
    expect(new Set(python.results.map(({ language }) => language.toLowerCase()))).toEqual(new Set(["python"]));
  }
});

describe("where a name stands", () => {
  const find = (view: IndexView, name: string, path: string | null = null, limit = 1000) =>
    findOccurrences({ view, name, path, limit, after: undefined });

  test("is told alike by packs, by packs of parts, and by the table's columns", async () => {
    const texts = manySources(400_000).map(({ text }) => text);
    const named = texts.flatMap(
      (text) => text.match(/(?<=(function|class|const|def|fn) )[A-Za-z_]\w+/g)?.slice(0, 1) ?? [],
    );
    const names = [...new Set(["openVault", "door", "nothingOfTheKind", ...named])].slice(0, 40);
    expect(names.length).toBeGreaterThan(20);
    let defined = 0;
    for (const name of names) {
      const byTable = await find(oneByTable, name);
      defined += byTable.definitions.length;
      expect(await find(one, name)).toEqual(byTable);
      expect(await find(three, name)).toEqual(byTable);
      const few = await find(oneByTable, name, "src/**", 3);
      expect(await find(three, name, "src/**", 3)).toEqual(few);
    }
    expect(defined).toBeGreaterThan(20);
  });
});

describe("indexes with packs beside one without", () => {
  const other = (view: IndexView): IndexView => ({ ...view, repoId: "older", commits: [] });
  const askBoth = (views: readonly IndexView[], question: SearchQuestion, embeds = true) =>
    search({
      views,
      request: parseSearchRequest(question),
      embedQuery: async () => (embeds ? embedder.embedQuery(question.q ?? "") : undefined),
    });

  test.each(SEARCH_MODES)("%s: each is searched its own way, and the best of both come first", async (mode) => {
    const question = { q: "openVault", mode, limit: 6 };
    const alone = [...(await ask(one, question)).results, ...(await ask(other(oneByTable), question)).results];
    const { results } = await askBoth([other(oneByTable), one], question);
    expect(new Set(results.map(({ repoId }) => repoId)).size).toBe(2);
    expect(results.map(({ score }) => score)).toEqual(
      alone
        .map(({ score }) => score)
        .sort((a, b) => b - a)
        .slice(0, 6),
    );
    // one that shares its commits is the same repository
    const twice = await askBoth(
      [
        { ...oneByTable, repoId: "older", commits: ["c"] },
        { ...one, commits: ["c"] },
      ],
      question,
    );
    expect(new Set(twice.results.map(({ path }) => path)).size).toBe(twice.results.length);
  });

  test("whose model cannot run, where the other's can", async () => {
    const question = { q: "openVault", mode: "semantic", limit: 6 } as const;
    const foreign: IndexView = { ...other(oneByTable), modelId: "elsewhere" };
    const found = await search({
      views: [one, foreign],
      request: parseSearchRequest(question),
      embedQuery: async (model) => (model === "elsewhere" ? undefined : embedder.embedQuery(question.q)),
    });
    expect(found.results).toEqual((await ask(one, question)).results);
    expect(found.missingModels).toEqual(["elsewhere"]);
    expect(found.warnings).toEqual(["older: the model elsewhere cannot be run here, not searched"]);
    expect(askBoth([one, foreign], question, false)).rejects.toMatchObject({ code: "model_unavailable" });
  });
});
