/** Which events lead to a look at the folder. */
import { expect, test } from "bun:test";
import { countsInFolder } from "../../../src/porcelain/watch/path-counts.ts";

test.each([
  [undefined, true],
  ["src/a.ts", true],
  [".gitignore", true],
  [".a.ts.swp", true],
  [".git", true],
  [".git/HEAD", true],
  [".git/HEAD.lock", false],
  [".git/index", true],
  [".git/index.lock", false],
  [".git/packed-refs", true],
  [".git/info/exclude", true],
  [".git/refs/heads/main", true],
  [".git/refs/heads/feature/x", true],
  [".git/refs/tags/v1", true],
  [".git/refs/remotes/origin/main", false],
  [".git/objects/ab/cdef", false],
  [".git/logs/HEAD", false],
  [".git/FETCH_HEAD", false],
  ["vendor/lib/.git/HEAD", false],
  ["vendor/lib/.git", false],
  ["home", false],
  ["home/repos/x/ref.json", false],
  ["homes/a.ts", true],
] as const)("%s: %p", (path, counts) => {
  expect(countsInFolder(path, "home")).toBe(counts);
});
