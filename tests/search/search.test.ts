import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ByteDirectory, ByteRange } from "../../src/bytes/byte-source.ts";
import { newestVersion } from "../../src/table/lance-versions.ts";
import { FtsIndex } from "../../src/lance/fts-index.ts";
import { LanceTable } from "../../src/lance/table.ts";
import { SEARCH_MODES } from "../../src/protocol/search-api.ts";
import { parseSearchRequest, type SearchQuestion } from "../../src/protocol/search-question.ts";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import type { IndexView } from "../../src/search/index-view.ts";
import { readFile } from "../../src/search/read-file.ts";
import { NEUTRAL_RANKING } from "../../src/search/ranking.ts";
import { search } from "../../src/search/search.ts";
import type { SearchArguments } from "../../src/search/search.ts";
import { manySources, type SourceText } from "../helpers/fixture-sources.ts";
import { embedder, TestIndex } from "./test-index.ts";

type EmbedQuery = SearchArguments["embedQuery"];

const ask = (
  views: IndexView[],
  question: SearchQuestion,
  embedQuery: EmbedQuery = () => embedder.embedQuery(question.q ?? ""),
) => search({ views, request: parseSearchRequest(question), embedQuery });
const paths = ({ results }: SearchResponse) => results.map(({ path }) => path);

const OLD = "export function openVault(door) {\n  return door.unlock('secret combination');\n}\n";
const NEW = "export function openVault(door) {\n  return door.unlockSlowly('changed combination');\n}\n";
const MADE: SourceText[] = [
  { path: "src/vault.ts", text: OLD },
  { path: "src/vault_test.py", text: "def test_vault():\n    assert open_vault(None)\n" },
  { path: "docs/vault.md", text: "# Vault\n\nHow to open the vault without its combination.\n" },
  { path: "b/same.txt", text: "identical twins\n" },
  { path: "a/same.txt", text: "identical twins\n" },
  { path: "bom.txt", text: "\ufeffbyte order mark\r\nand a last line without end" },
];

let index: TestIndex;
let corpus: SourceText[];
let all: IndexView;
let before: IndexView;
let after: IndexView;
let made: number[];

beforeAll(async () => {
  index = await TestIndex.create();
  corpus = manySources(600_000);
  made = await index.append([...MADE, ...corpus]);
  await index.indexText();
  const changed = await index.append([{ path: "src/vault.ts", text: NEW }]);
  all = await index.view("made");
  before = { ...all, commit: "b".repeat(40), visible: new Set(made) };
  after = { ...all, commit: "a".repeat(40), visible: new Set([...made.slice(1), ...changed]) };
});
afterAll(() => index.remove());

describe("results", () => {
  test.each([...SEARCH_MODES])("%s finds the file, says where, and is the same again", async (mode) => {
    const response = await ask([before], { q: "openVault door", mode });
    const [hit] = response.results;
    expect(hit).toMatchObject({
      repoId: "made", path: "src/vault.ts", filename: "vault.ts", language: "typescript", startLine: 1, endLine: 3,
      symbol: "openVault", commit: "b".repeat(40), chunks: [],
    }); // prettier-ignore
    expect(hit?.snippet).toMatchObject({ startLine: 1, text: OLD.trimEnd() });
    expect(hit?.snippet.highlights.map(([start, end]) => hit.snippet.text.slice(start, end))).toEqual([
      "openVault",
      "door",
      "door",
    ]);
    expect(response.results.length).toBeLessThanOrEqual(10);
    expect(new Set(paths(response)).size).toBe(response.results.length);
    expect(await ask([before], { q: "openVault door", mode })).toEqual(response);
  });

  test("a file's other chunks come with it, best first", async () => {
    const { results } = await ask([before], { q: "context response header", mode: "keyword" });
    const many = results.find(({ chunks }) => chunks.length > 2);
    const scores = [many?.score ?? 0, ...(many?.chunks.map(({ score }) => score) ?? [])];
    expect(many).toBeDefined();
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test("equal scores are ordered by path, also where the limit cuts", async () => {
    expect(paths(await ask([before], { q: "identical twins", mode: "keyword" }))).toEqual(["a/same.txt", "b/same.txt"]);
    for (const mode of SEARCH_MODES)
      expect(paths(await ask([before], { q: "identical twins", path: "*.txt", limit: 1, mode }))).toEqual([
        "a/same.txt",
      ]);
  });

  test("a limit is a limit", async () => {
    for (const limit of [1, 3, 100])
      expect((await ask([before], { q: "request", limit })).results.length).toBeLessThanOrEqual(limit);
    expect((await ask([before], { q: "request", limit: 100 })).results.length).toBeGreaterThan(50);
  });

  test("no views, no results", async () => {
    expect(await ask([], { q: "anything" })).toEqual({ mode: "hybrid", results: [], warnings: [] });
  });

  test("an empty table has nothing, and beside others changes nothing", async () => {
    const empty = await TestIndex.create();
    try {
      const view = await empty.view("empty");
      for (const mode of SEARCH_MODES) {
        expect((await ask([view], { q: "vault", mode })).results).toEqual([]);
        expect(await ask([view, before], { q: "vault", mode })).toEqual(await ask([before], { q: "vault", mode }));
      }
    } finally {
      await empty.remove();
    }
  });

  test("a query without words says so", async () => {
    const response = await ask([before], { q: "?!", mode: "keyword" });
    expect(response).toEqual({ mode: "keyword", results: [], warnings: ["the query has no words to look up"] });
  });
});

describe("a commit sees its own files", () => {
  test.each([...SEARCH_MODES])("%s", async (mode) => {
    const text = async (view: IndexView, q: string) =>
      (await ask([view], { q, mode, path: "src/vault.ts" })).results.map(({ snippet }) => snippet.text);
    expect(await text(before, "unlock secret combination")).toEqual([OLD.trimEnd()]);
    expect(await text(after, "unlock slowly combination")).toEqual([NEW.trimEnd()]);
    expect(await text(before, "slowly changed")).toEqual(mode === "keyword" ? [] : [OLD.trimEnd()]);
  });

  test("an empty snapshot sees nothing", async () => {
    for (const mode of SEARCH_MODES)
      expect(paths(await ask([{ ...all, visible: new Set() }], { q: "vault", mode }))).toEqual([]);
  });

  test("what is seen does not change scores", async () => {
    const score = async (view: IndexView) =>
      (await ask([view], { q: "vault", mode: "keyword", path: "docs/**" })).results.map((hit) => hit.score);
    expect(await score(before)).toEqual(await score({ ...all, visible: new Set([2]) }));
  });
});

describe("filters come before the cut", () => {
  test.each([
    [{ path: "docs/**" }, ["docs/vault.md"]],
    [{ path: "*.py" }, ["src/vault_test.py"]],
    [{ lang: "Markdown", path: "docs" }, ["docs/vault.md"]],
    [{ lang: "python" }, ["src/vault_test.py"]],
    [{ lang: "cobol" }, []],
  ])("%o", async (filter, expected) => {
    for (const mode of SEARCH_MODES)
      expect(paths(await ask([before], { q: "vault", mode, limit: 1, ...filter }))).toEqual(expected);
  });
});

describe("several views", () => {
  test("of one repository: the table and its uncommitted work, without an index of its own", async () => {
    const overlay = await TestIndex.create();
    try {
      await overlay.append([{ path: "src/vault.ts", text: "export const vaultDraft = 'uncommitted combination';\n" }]);
      const unchanged = { ...before, visible: new Set(made.slice(1)) };
      const response = await ask([unchanged, { ...(await overlay.view("made")), commit: "worktree" }], {
        q: "vault combination",
        mode: "keyword",
      });
      const drafts = response.results.filter(({ path }) => path === "src/vault.ts");
      expect(drafts.map(({ commit, repoId }) => [commit, repoId])).toEqual([["worktree", "made"]]);
      expect(paths(response)).toContain("docs/vault.md");
    } finally {
      await overlay.remove();
    }
  });

  test("of several repositories: one list, whatever order they are given in", async () => {
    const other = { ...before, repoId: "aaa" };
    for (const mode of SEARCH_MODES) {
      const response = await ask([before, other], { q: "open vault combination", mode });
      expect(await ask([other, before], { q: "open vault combination", mode })).toEqual(response);
      // the same rows twice have the same scores: the repository's name decides
      expect(response.results.slice(0, 2).map(({ repoId }) => repoId)).toEqual(["aaa", "made"]);
      expect(response.results[0]?.score).toBe(response.results[1]?.score ?? Number.NaN);
    }
  });
});

describe("models and vectors", () => {
  const cannot = () => Promise.resolve(undefined);

  test("a model that cannot run: keyword answers, hybrid warns, semantic is an error", async () => {
    expect((await ask([before], { q: "vault", mode: "keyword" }, cannot)).warnings).toEqual([]);
    const hybrid = await ask([before], { q: "vault", mode: "hybrid" }, cannot);
    expect(paths(hybrid).slice().sort()).toEqual(["docs/vault.md", "src/vault.ts", "src/vault_test.py"]);
    expect(hybrid.warnings).toEqual([`made: the model ${embedder.id} cannot be run here, keyword matches only`]);
    await expect(ask([before], { q: "vault", mode: "semantic" }, cannot)).rejects.toMatchObject({
      code: "model_unavailable",
    });
  });

  test("one of two models runs: its repositories answer, the others are named", async () => {
    const foreign = { ...before, repoId: "foreign", modelId: "elsewhere" };
    const embedQuery: EmbedQuery = (modelId) => (modelId === "elsewhere" ? cannot() : embedder.embedQuery("vault"));
    const response = await ask([before, foreign], { q: "vault", mode: "semantic" }, embedQuery);
    expect(new Set(response.results.map(({ repoId }) => repoId))).toEqual(new Set(["made"]));
    expect(response.warnings).toEqual(["foreign: the model elsewhere cannot be run here, not searched"]);
  });

  test("two models: the best of each are equals, whatever their cosines", async () => {
    const foreign = { ...before, repoId: "foreign", modelId: "elsewhere" };
    const { results } = await ask([before, foreign], { q: "open the vault", mode: "semantic" });
    expect(results.slice(0, 2).map(({ repoId, score }) => [repoId, score])).toEqual([
      ["foreign", 0.4],
      ["made", 0.4],
    ]);
  });

  test("the client's vector is used, whatever its length is in space, and nothing is embedded", async () => {
    const vector = Array.from(await embedder.embedQuery("openVault door"), (x) => x * 3);
    const never = () => Promise.reject(new Error("embedded"));
    const response = await ask([before], { q: "anything", mode: "semantic", vector }, never);
    expect(response.results.map(({ path }) => path)).toEqual(
      paths(await ask([before], { q: "openVault door", mode: "semantic" })),
    );
  });

  test.each([
    ["of another length", { vector: [1, 2, 3] }, ["made"]],
    ["of zeros", { vector: Array.from({ length: 384 }, () => 0) }, ["made"]],
    ["for two models at once", { vector: Array.from({ length: 384 }, () => 1) }, ["made", "foreign"]],
  ])("a vector %s is refused", async (_, question, repos) => {
    const views = repos.map((repoId) => ({ ...before, repoId, modelId: repoId }));
    await expect(ask(views, { q: "vault", ...question })).rejects.toMatchObject({ code: "usage" });
  });
});

describe("files", () => {
  test("chunks joined are the file, for every file", async () => {
    for (const { path, text } of [...MADE, ...corpus])
      expect((await readFile({ view: before, path }))?.contents).toBe(text);
  });

  test("each commit reads its own version; where all are visible, the latest", async () => {
    const read = (view: IndexView) => readFile({ view, path: "src/vault.ts" });
    expect(await read(before)).toMatchObject({
      repoId: "made",
      commit: "b".repeat(40),
      language: "typescript",
      contents: OLD,
    });
    expect((await read(after))?.contents).toBe(NEW);
    expect((await read(all))?.contents).toBe(NEW);
  });

  test("a file that is not there, or not visible", async () => {
    expect(await readFile({ view: before, path: "src/none.ts" })).toBeUndefined();
    expect(await readFile({ view: { ...all, visible: new Set([1]) }, path: "src/vault.ts" })).toBeUndefined();
  });
});

describe("explanations", () => {
  test("come where they are asked for, and add up to the score", async () => {
    const { results } = await ask([before], { q: "openVault door", explain: true });
    expect(results.length).toBeGreaterThan(3);
    for (const { score, explain } of results) {
      if (explain === undefined) throw new Error("no explanation");
      const { keyword, meaning, definition, path, coherence, factor } = explain;
      expect((keyword + meaning + definition + path + coherence) * factor).toBeCloseTo(score, 12);
    }
    expect(results[0]?.explain).toMatchObject({ query: "keywords", factor: 1, kinds: [] });
    expect(results[0]?.explain?.definition).toBeGreaterThan(0.1);
    expect((await ask([before], { q: "openVault door" })).results.every(({ explain }) => explain === undefined)).toBe(
      true,
    );
  });

  test("without priors the order is that of the fused scores", async () => {
    const request = parseSearchRequest({ q: "open vault test", explain: true });
    const { results } = await search({
      views: [before],
      request,
      embedQuery: () => embedder.embedQuery("open vault test"),
      ranking: NEUTRAL_RANKING,
    });
    for (const { score, explain } of results) expect((explain?.keyword ?? 0) + (explain?.meaning ?? 0)).toBe(score);
  });

  test("semantic scores are cosines", async () => {
    const { results } = await ask([before], { q: "open the vault", mode: "semantic", explain: true });
    for (const { score, explain } of results) expect(explain?.meaning).toBe(score);
  });
});

describe("reads", () => {
  test("the vectors of 150 rows at most, for ten results", async () => {
    const take = spyOn(all.table, "take");
    try {
      await ask([before], { q: "parse request headers of a response context" });
      const vectors = take.mock.calls.flatMap(([column, addresses]) => (column === "vector" ? addresses : []));
      expect(vectors.length).toBeGreaterThan(100);
      expect(vectors.length).toBeLessThanOrEqual(150);
      expect(new Set(vectors).size).toBe(vectors.length);
    } finally {
      take.mockRestore();
    }
  });

  /** Lets all reads that wait go at once, when nothing else can run: the number of waves is the number of round trips. */
  function countingDirectory(root: string) {
    const count = { waves: 0 };
    let waiting: (() => void)[] = [];
    const wave = () =>
      new Promise<void>((resolve) => {
        if (waiting.push(resolve) > 1) return;
        setTimeout(() => {
          count.waves++;
          const released = waiting;
          waiting = [];
          for (const go of released) go();
        });
      });
    const directory: ByteDirectory = {
      open: (path, size) => ({
        key: path,
        size: async () => size ?? (await stat(join(root, path))).size,
        read: async (ranges: readonly ByteRange[]) => {
          await wave();
          const bytes = new Uint8Array(readFileSync(join(root, path)));
          return ranges.map(({ offset, length }) => bytes.slice(offset, offset + length));
        },
      }),
    };
    return { directory, count };
  }

  test.each([
    ["keyword", 4, 3],
    ["semantic", 5, 4],
    ["hybrid", 5, 4],
  ])("%s takes at most %i round trips on a fresh table, %i on a known one", async (mode, fresh, known) => {
    const root = join(index.dir, "files.lance");
    const newest = await newestVersion(root);
    const { directory, count } = countingDirectory(root);
    const table = LanceTable.open(directory, newest?.manifest ?? new Uint8Array());
    const view = { ...after, table, fts: await FtsIndex.open(table, "terms") };
    expect(count.waves).toBe(1);
    await ask([view], { q: "parse request headers", mode });
    expect(count.waves - 1).toBeLessThanOrEqual(fresh);
    const sofar = count.waves;
    await ask([view], { q: "validate a cookie", mode });
    expect(count.waves - sofar).toBeLessThanOrEqual(known);
  });
});
