/** Results seen from a folder: paths that open from there, and nothing else. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyConfig } from "../../../src/home/config.ts";
import { Home } from "../../../src/home/home.ts";
import { placeHits } from "../../../src/porcelain/search/place-hits.ts";
import type { SearchHit } from "../../../src/protocol/search-api.ts";
import { itemOf } from "../../../src/tui/effects/repo-state.ts";

let dir: string;
let home: Home;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-place-"));
  const repo = (id: string, source: unknown, more = {}) => ({
    id, name: id, source, branch: null, model: "static", lastIndexedCommit: null, cloudEnabled: false, lastPushedAt: null, lastPushedCommit: null, ...more,
  }); // prettier-ignore
  const folder = (name: string) => ({ kind: "folder", path: join(dir, name), url: null });
  const repos = [
    repo("mine-1", folder("mine")),
    repo("part-2", folder("mine"), { only: "lib" }),
    repo("other-3", folder("other")),
    repo("clone-4", { kind: "git", url: "https://example.com/x" }),
  ];
  await Bun.write(join(dir, "home/config.json"), JSON.stringify({ ...emptyConfig(), repos }));
  for (const file of ["mine/lib/a.ts", "mine/-c", "mine/lib/a.test.ts", "other/b.ts", "secret"])
    await Bun.write(join(dir, file), "x\n");
  await symlink(join(dir, "secret"), join(dir, "mine/link"));
  home = Home.open({ REPOBASE_HOME: join(dir, "home") });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const seen = (from: string, repoId: string, path: string) =>
  placeHits(home, join(dir, from))({ repoId, path } as SearchHit).file;

test("relative in the repository around the folder, absolute in others", () => {
  expect(seen("mine", "mine-1", "lib/a.ts")).toBe("lib/a.ts");
  expect(seen("mine/lib", "mine-1", "lib/a.ts")).toBe("a.ts");
  expect(seen("mine/lib", "mine-1", "-c")).toBe("../-c");
  expect(seen("mine/lib", "part-2", "lib/a.ts")).toBe("a.ts");
  expect(seen("mine", "other-3", "b.ts")).toBe(join(dir, "other/b.ts"));
  expect(seen("", "other-3", "b.ts")).toBe(join(dir, "other/b.ts"));
});

test("nothing where the file is not here, is gone, or would lie outside its folder", () => {
  expect(seen("mine", "clone-4", "a.ts")).toBeUndefined();
  expect(seen("mine", "mine-1", "gone.ts")).toBeUndefined();
  expect(seen("mine", "mine-1", "link")).toBeUndefined();
  expect(seen("mine", "mine-1", "../secret")).toBeUndefined();
});

test("a name that begins as an option does is none for the program that gets it", () => {
  expect(seen("mine", "mine-1", "-c")).toBe("./-c");
});

test("what the file is for", () => {
  const kind = (path: string) => placeHits(home, dir)({ repoId: "mine-1", path } as SearchHit).kind;
  expect([kind("lib/a.ts"), kind("lib/a.test.ts"), kind("README.md")]).toEqual(["code", "test", "document"]);
});

test("the full screen finds the files of one indexed folder too: their paths are the repository's", () => {
  const part = home.config().repos.find(({ id }) => id === "part-2");
  expect(part && itemOf(part).folder).toBe(join(dir, "mine"));
});
