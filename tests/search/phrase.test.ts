/** Queries in quotes: the file that has the words in their order comes first. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { IndexView } from "../../src/search/index-view.ts";
import { queriedPhrase } from "../../src/search/phrase.ts";
import { search } from "../../src/search/search.ts";
import { TestIndex } from "./test-index.ts";

let index: TestIndex;
let view: IndexView;

beforeAll(async () => {
  index = await TestIndex.create();
  const words = ["lock", "lock", "file", "file", "process", "process", "another"];
  await index.append([
    { path: "a/often.ts", text: `// ${words.join(" and ")}\n`.repeat(3) },
    {
      path: "b/wrapped.ts",
      text: "/*\n * The lock file\n *   of (another) PROCESS.\n */\nexport const unrelated = [1, 2, 3];\n",
    },
    { path: "c/none.ts", text: "export const other = 1;\n" },
  ]);
  await index.indexText();
  view = await index.view("r");
});
afterAll(() => index.remove());

const firstOf = async (q: string) => {
  const request = {
    q,
    mode: "keyword",
    limit: 3,
    repos: [],
    ref: null,
    path: null,
    lang: null,
    vector: null,
    explain: true,
  } as const;
  const { results } = await search({ views: [view], request, embedQuery: () => Promise.resolve(undefined) });
  return results[0];
};

describe("a phrase", () => {
  test.each([
    ['"Lock file, of another"', " lock file of another "],
    ["'x_1 y'", " x_1 y "],
    ["`a.b()`", " a b "],
    ["lock file", null],
    ['"..."', null],
  ])("of %s", (query, phrase) => {
    expect(queriedPhrase(query)).toBe(phrase);
  });

  test("goes before more of its words, over signs, case and line ends", async () => {
    expect((await firstOf("lock file another process"))?.path).toBe("a/often.ts");
    const found = await firstOf('"lock file of another process"');
    expect([found?.path, found?.explain?.phrase]).toEqual(["b/wrapped.ts", 1]);
    expect((await firstOf('"file lock of another process"'))?.explain?.phrase).toBe(0);
  });
});
