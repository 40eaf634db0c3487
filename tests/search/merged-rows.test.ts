/** Rows that were merged into another fragment are found as before, whether the full-text index covers them or not. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { SEARCH_MODES } from "../../src/protocol/search-api.ts";
import { parseSearchRequest } from "../../src/protocol/search-question.ts";
import { search } from "../../src/search/search.ts";
import { manySources } from "../helpers/fixture-sources.ts";
import { embedder, sampleQueries, TestIndex } from "./test-index.ts";

let index: TestIndex;
let commit: number[];
let questions: readonly string[];

beforeAll(async () => {
  index = await TestIndex.create();
  const sources = manySources(300_000);
  commit = await index.append(sources);
  await index.indexText();
  const later = manySources(30_000, 1);
  for (const part of [later.slice(0, 9), later.slice(9, 12), later.slice(12)])
    commit.push(...(await index.append(part)));
  const view = await index.view("merged");
  questions = [...(await sampleQueries(view, 6)), "cache control header", "verifyToken", "who closes the socket"];
});
afterAll(() => index.remove());

/** Of each question the best places with their scores; those of equal score in any order. */
async function answers(): Promise<string[][]> {
  const view = await index.view("merged", commit);
  const all: string[][] = [];
  for (const mode of SEARCH_MODES)
    for (const q of questions) {
      const request = parseSearchRequest({ q, mode, limit: 10 });
      const { results } = await search({ views: [view], request, embedQuery: () => embedder.embedQuery(q) });
      expect(results.length).toBeGreaterThan(0);
      all.push(results.map((one) => `${one.path}:${one.startLine}-${one.endLine} ${one.score}`).sort());
    }
  return all;
}

test("fragments that the index does not cover: the same answers and scores", async () => {
  const before = await answers();
  await index.merge([1, 2, 3]);
  expect((await index.view("merged")).table.fragments.map(({ id }) => id)).toEqual([0, 4]);
  expect(await answers()).toEqual(before);
});

test("the base with them, and the index built anew: the answers of an index of one fragment", async () => {
  await index.indexText();
  const before = await answers();
  await index.merge([0, 4]);
  const view = await index.view("merged");
  expect(view.table.fragments.map(({ id }) => id)).toEqual([5]);
  expect(view.fts?.coveredFragments.has(5)).toBe(false);
  // none of its rows are covered: they are read, and all are found
  const places = (all: string[][]) => all.map((one) => one.map((place) => place.split(" ")[0]).sort());
  expect(places(await answers())).toEqual(places(before));
  await index.indexText();
  expect(await answers()).toEqual(before);
});
