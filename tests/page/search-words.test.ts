import { describe, expect, test } from "bun:test";
import { foldCopies } from "../../src/page/fold-copies.ts";
import { hostLink } from "../../src/page/host-link.ts";
import { EMPTY_SEARCH } from "../../src/page/router.ts";
import { agoOf, filterCount, filtersToDrop, foundByWords, rankParts, weaknessOf } from "../../src/page/search-words.ts";
import type { FoundBy, RankExplanation, SearchHit } from "../../src/protocol/search-api.ts";

const EXPLAIN: RankExplanation = {
  foundBy: ["words", "meaning"],
  query: "words",
  keyword: 0.5,
  meaning: 0.25,
  definition: 0,
  phrase: 0,
  path: 0.75,
  coherence: 0,
  factor: 0.9,
  kinds: ["test"],
};
const hit = (repoId: string, text: string, foundBy: readonly FoundBy[] = ["words"]): SearchHit => ({
  repoId,
  path: `src/${repoId}/a.ts`,
  filename: "a.ts",
  language: "typescript",
  startLine: 1,
  endLine: 2,
  symbol: null,
  score: 1,
  snippet: { startLine: 1, text, highlights: [] },
  commit: "c",
  chunks: [],
  explain: { ...EXPLAIN, foundBy },
});

describe("why a file ranks", () => {
  test("which searches found it, and the parts of its score, largest first", () => {
    expect(foundByWords(EXPLAIN)).toBe("Found by its words and its meaning.");
    expect(rankParts(EXPLAIN)).toEqual([
      { name: "file name", value: "0.75" },
      { name: "words", value: "0.50" },
      { name: "meaning", value: "0.25" },
      { name: "test", value: "× 0.90" },
    ]);
  });
  test("an older server does not say", () => {
    const { foundBy: _, ...older } = EXPLAIN;
    expect(foundByWords(older)).toBeUndefined();
  });
});

test("answers are weak when all of them are near in meaning only, and somebody asked for words", () => {
  const of = (mode: "hybrid" | "semantic", ...found: FoundBy[][]) =>
    weaknessOf({ mode, results: found.map((foundBy, i) => hit(`r${i}`, "x", foundBy)), warnings: [] });
  expect(of("hybrid", ["meaning"], ["meaning"])).toContain("near in meaning");
  expect(of("hybrid", ["meaning"], ["meaning", "words"])).toBeUndefined();
  expect(of("semantic", ["meaning"])).toBeUndefined();
  expect(of("hybrid")).toBeUndefined();
});

test("each filter that is set can be dropped, the rest of the search stays", () => {
  const place = { ...EMPTY_SEARCH, q: "x", repos: ["a", "b"], lang: "go", mode: "keyword" as const };
  expect(filterCount(place)).toBe(4);
  expect(filtersToDrop(place).map(({ name, place: left }) => [name, filterCount(left), left.q])).toEqual([
    ["In any language, not go alone", 3, "x"],
    ["In all repositories, not a and b alone", 2, "x"],
    ["By meaning too, not by keyword alone", 3, "x"],
  ]);
  expect(filtersToDrop(EMPTY_SEARCH)).toEqual([]);
});

test("copies of a file are one result, in the place of the best", () => {
  const folded = foldCopies([hit("a", "one"), hit("b", "two"), hit("c", "one"), hit("d", "one")]);
  expect(folded.map((one) => [one.hit.repoId, one.copies.map(({ repoId }) => repoId)])).toEqual([
    ["a", ["c", "d"]],
    ["b", []],
  ]);
});

test.each([
  ["2026-01-01T00:00:00Z", "3 days ago"],
  ["2026-01-03T23:59:30Z", "just now"],
  ["2026-01-03T22:00:00Z", "2 hours ago"],
  ["2026-01-05T00:00:00Z", "just now"],
  ["never", "never"],
])("%s is %s", (iso, words) => expect(agoOf(iso, Date.parse("2026-01-04T00:00:00Z"))).toBe(words));

describe("links to the host", () => {
  const at = { repo: "r", ref: "c0ffee", path: "src/a b#.ts", lines: { from: 3, to: 5 } };
  test.each([
    ["https://github.com/o/r.git", "https://github.com/o/r/blob/c0ffee/src/a%20b%23.ts#L3-L5"],
    ["https://gitlab.com/g/s/r", "https://gitlab.com/g/s/r/-/blob/c0ffee/src/a%20b%23.ts#L3-5"],
    ["https://bitbucket.org/o/r", "https://bitbucket.org/o/r/src/c0ffee/src/a%20b%23.ts#lines-3:5"],
    ["https://codeberg.org/o/r/", "https://codeberg.org/o/r/src/commit/c0ffee/src/a%20b%23.ts#L3-L5"],
    ["https://git.example/o/r", "https://git.example/o/r/blob/c0ffee/src/a%20b%23.ts#L3-L5"],
    ["https://user:secret@github.com/o/r", "https://github.com/o/r/blob/c0ffee/src/a%20b%23.ts#L3-L5"],
  ])("%s", (source, link) => expect(hostLink(source, at)).toBe(link));
  test.each([null, undefined, "git@github.com:o/r.git", "javascript:alert(1)//https://x", "file:///etc"])(
    "%p has none",
    (source) => expect(hostLink(source, at)).toBeUndefined(),
  );
  test("nor has a file whose commit is not known; one line is one line", () => {
    expect(hostLink("https://github.com/o/r", { ...at, ref: null })).toBeUndefined();
    expect(hostLink("https://github.com/o/r", { ...at, path: "a", lines: { from: 3, to: 3 } })).toEndWith("/a#L3");
  });
});
