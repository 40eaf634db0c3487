import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkipCache } from "../../src/ingest/skip-cache.ts";

const dir = mkdtempSync(join(tmpdir(), "repobase-skip-cache-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const FILE = { path: "a.bin", blob: "1".repeat(40) };

test("what was skipped is remembered under the same rules, and under no others", async () => {
  const path = join(dir, "kept.json");
  const cache = await SkipCache.load(path, "rules");
  cache.add({ ...FILE, reason: "binary" });
  await cache.save([]);
  expect((await SkipCache.load(path, "rules")).reasonOf(FILE)).toBe("binary");
  expect((await SkipCache.load(path, "other rules")).reasonOf(FILE)).toBeUndefined();
});

test("a file of another shape counts as none", async () => {
  const path = join(dir, "wrong.json");
  const key = FILE.blob + FILE.path;
  for (const skipped of [{ [key]: "because" }, { [key]: 1 }, [], null, "x"]) {
    writeFileSync(path, JSON.stringify({ rules: "rules", skipped }));
    expect((await SkipCache.load(path, "rules")).reasonOf(FILE)).toBeUndefined();
  }
});
