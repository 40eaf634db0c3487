/** Codes stay with their table where there is room for them, and change no answer. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { parseSearchRequest } from "../../src/protocol/search-question.ts";
import type { IndexView } from "../../src/search/index-view.ts";
import { keptCodeBytes } from "../../src/search/kept-codes.ts";
import { search } from "../../src/search/search.ts";
import { manySources } from "../helpers/fixture-sources.ts";
import { embedder, TestIndex } from "./test-index.ts";

let index: TestIndex;
beforeAll(async () => {
  index = await TestIndex.create();
  await index.append(manySources(20_000));
  await index.append(manySources(10_000, 1));
});
afterAll(() => index.remove());

const ask = (view: IndexView) =>
  search({
    views: [view],
    request: parseSearchRequest({ q: "parse a line", mode: "semantic" }),
    embedQuery: async () => embedder.embedQuery("parse a line"),
  });

test("the second search reads no codes, and answers as one that keeps none", async () => {
  const keeping = { ...(await index.view("r")), keepsCodes: true };
  const other = await index.view("r");
  const first = await ask(keeping);
  const rows = keeping.table.fragments.reduce((sum, fragment) => sum + fragment.rows, 0);
  expect(keptCodeBytes(keeping.table)).toBe((rows * embedder.dim) / 8);
  const scanned: string[] = [];
  const scan = keeping.table.scan.bind(keeping.table);
  keeping.table.scan = (column, ...rest) => {
    scanned.push(column);
    return scan(column, ...rest);
  };
  const second = await ask(keeping);
  expect(scanned).not.toContain("code");
  expect(second).toEqual(first);
  expect(await ask(other)).toEqual(first);
  expect(keptCodeBytes(other.table)).toBe(0);
});
