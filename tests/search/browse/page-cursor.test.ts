import { expect, test } from "bun:test";
import { decodePageCursor, encodePageCursor, pageAfter } from "../../../src/search/browse/page-cursor.ts";
import { isRepobaseError } from "../../../src/protocol/errors.ts";
import { Random } from "../../helpers/random.ts";

test("pages, joined, are the sorted list, whatever their length", () => {
  const random = new Random(3);
  for (let round = 0; round < 200; round++) {
    const items = [...new Set(Array.from({ length: random.below(60) }, () => String(random.below(500))))];
    const count = 1 + random.below(8);
    const pages: string[] = [];
    for (let after: string | undefined, more = true; more;) {
      const found = pageAfter(items, { key: (item) => item, after, count });
      expect(found.page.length).toBeLessThanOrEqual(count);
      pages.push(...found.page);
      after = found.page.at(-1);
      ({ more } = found);
    }
    expect(pages).toEqual(items.toSorted());
  }
});

test("a cursor comes back as it was, for its own question only; all else is `usage`", () => {
  const question = ["files", "demo", undefined, "", null];
  const cursor = encodePageCursor(question, { commits: ["a".repeat(40)], after: "src/ü \u{1f600}.ts" });
  expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(decodePageCursor(question, cursor)).toEqual({ commits: ["a".repeat(40)], after: "src/ü \u{1f600}.ts" });
  expect(decodePageCursor(["files", "demo", null, null, null], cursor)).toBeDefined();
  expect(decodePageCursor(question, undefined)).toBeUndefined();
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url" });
  const bad = [
    "x",
    "%%",
    json({}),
    json([]),
    json(["a"]),
    json([1, 2]),
    json([null]),
    "A".repeat(20_000),
    `${cursor}AAAA`,
  ];
  for (const text of bad) expect(() => decodePageCursor(question, text)).toThrow();
  try {
    decodePageCursor(["files", "demo", "main", "", null], cursor);
    expect.unreachable();
  } catch (error) {
    expect(isRepobaseError(error, "usage")).toBe(true);
  }
});
