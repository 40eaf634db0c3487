import { describe, expect, test } from "bun:test";
import { checkRequestPath, filePathOf, rawPath } from "../../src/server/path-guard.ts";

const at = (path: string) => `http://host${path}`;

describe("request paths (S6)", () => {
  test.each([
    "/",
    "/healthz",
    "/v1/refs/demo-1.2",
    "/v1/index/demo/files.lance/data/a_b-c.lance",
    "/v1/repos/demo/files/src/a%20b.ts",
    "/v1/repos/demo/files/%C3%A9/100%25.txt",
    "/v1/repos/demo/files/%252e%252e/x",
    "/v1/search?q=..%2f..%2fx",
  ])("takes %s", (path) => expect(() => checkRequestPath(at(path))).not.toThrow());

  test.each([
    "/v1/index/demo/../other",
    "/v1/index/demo/./x",
    "/v1/index/demo//x",
    "/v1/index/demo/",
    "//v1/index/demo/x",
    "/v1/index/demo/%2e%2e/x",
    "/v1/index/demo/%252e%252e/x",
    "/v1/index/demo/%2f",
    "/v1/index/demo/a%5cb",
    "/v1/index/demo/a\\b",
    "/v1/index/demo/a%00b",
    "/v1/index/demo/é",
    "/v1/refs/demo%",
    "/v1/repos/demo%2f..%2fother/files/x",
    "/v1/repos/../files/x",
    "/v1/repos/demo/files/../x",
    "/v1/repos/demo/files/%2e%2e/x",
    "/v1/repos/demo/files/a%2f..%2fx",
    "/v1/repos/demo/files/a%00b",
    "/v1/repos/demo/files/a%",
    "/v1/repos/demo/files/%ff",
    "/v1/repos/demo/files/",
  ])("refuses %s", (path) => expect(() => checkRequestPath(at(path))).toThrow(/not a/));

  test("sees the path as it came, without query and fragment", () => {
    expect(rawPath("https://h:1/a/../b?c=/d#e")).toBe("/a/../b");
    expect(rawPath("https://h")).toBe("/");
  });

  test("a file's path is decoded once", () => {
    expect(filePathOf(at("/v1/repos/demo/files/a%252fb/c%20d?ref=x"))).toBe("a%2fb/c d");
  });
});
