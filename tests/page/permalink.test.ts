import { describe, expect, test } from "bun:test";
import { formatPermalink, parsePermalink } from "../../src/page/permalink.ts";

describe("permalinks", () => {
  const lines = (from: number, to: number) => ({ from, to });
  test.each([
    ["hono@5f2c:src/app.ts:10-20", { repo: "hono", ref: "5f2c", path: "src/app.ts", lines: lines(10, 20) }],
    ["hono@5f2c:src/app.ts:10", { repo: "hono", ref: "5f2c", path: "src/app.ts", lines: lines(10, 10) }],
    ["hono@5f2c:src/app.ts", { repo: "hono", ref: "5f2c", path: "src/app.ts", lines: null }],
    ["hono:src/app.ts", { repo: "hono", ref: null, path: "src/app.ts", lines: null }],
    ["hono@feat/x@2:a@b.ts:3", { repo: "hono", ref: "feat/x@2", path: "a@b.ts", lines: lines(3, 3) }],
    ["hono@1:odd:12:", { repo: "hono", ref: "1", path: "odd:12", lines: null }],
    ["hono@1:odd:12:7", { repo: "hono", ref: "1", path: "odd:12", lines: lines(7, 7) }],
    ["hono@1:ends::", { repo: "hono", ref: "1", path: "ends:", lines: null }],
  ])("%s", (text, link) => {
    expect(parsePermalink(text)).toEqual(link);
    expect(formatPermalink(link)).toBe(text);
  });

  test.each(["", "hono", ":x", "@1:x", "hono@:x", "hono@1:"])("%p is none", (text) =>
    expect(parsePermalink(text)).toBeUndefined(),
  );
  test("lines come in order, and line 0 is none", () => {
    expect(parsePermalink("r:f:9-3")?.lines).toEqual(lines(3, 9));
    expect(parsePermalink("r:f:0")).toEqual({ repo: "r", ref: null, path: "f:0", lines: null });
  });
});
