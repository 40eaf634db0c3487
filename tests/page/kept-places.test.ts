/** A request that is kept on the device leads back to the place that made it. */
import { expect, test } from "bun:test";
import { placeOfKept } from "../../src/page/kept-places.ts";
import { EMPTY_SEARCH } from "../../src/page/router.ts";

test("a search, with its filters", () => {
  const path = "/v1/search?q=a+%26+b&mode=keyword&limit=20&explain=1&repo=x&repo=y&ref=main&lang=go&path=src%2F**";
  const filters = { repos: ["x", "y"], ref: "main", lang: "go", path: "src/**", mode: "keyword" } as const;
  expect(placeOfKept(path)).toEqual({ ...EMPTY_SEARCH, ...filters, q: "a & b" });
});

test("a file, whole or some of its lines, whatever its path", () => {
  const file = { repo: "r", ref: "abc", path: "a b/ü%?#.ts", lines: null };
  const path = `/v1/repos/r/files/a%20b/${encodeURIComponent("ü%?#.ts")}`;
  expect(placeOfKept(`${path}?ref=abc`)).toEqual({ view: "file", at: file });
  expect(placeOfKept(path)).toEqual({ view: "file", at: { ...file, ref: null } });
  const lines = { from: 3, to: 9 };
  expect(placeOfKept(`${path}?ref=abc&from=3&to=9`)).toEqual({ view: "file", at: { ...file, lines } });
});

test("any other request to no place", () => {
  for (const path of ["/v1/me", "/v1/repos", "/v1/repos/r/files", ""]) expect(placeOfKept(path)).toBeUndefined();
});
