/** Snapshots may lack some of the blobs their trees name. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GitSnapshot } from "../../../lab/quality/git-snapshot.ts";

const dir = mkdtempSync(join(tmpdir(), "repobase-snapshot-"));
const git = (...args: string[]) =>
  Bun.spawnSync(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", ...args], { cwd: dir })
    .stdout.toString()
    .trim();

beforeAll(() => {
  git("init", "-q");
  for (const name of ["a.txt", "b.txt", "c.txt"]) writeFileSync(join(dir, name), `text of ${name}\n`);
  git("add", ".");
  git("commit", "-qm", "three files");
});
afterAll(() => rmSync(dir, { recursive: true }));

test("a file whose blob is absent is left out, and shifts no other", async () => {
  const blob = git("rev-parse", "HEAD:b.txt");
  rmSync(join(dir, ".git/objects", blob.slice(0, 2), blob.slice(2)));
  const files = await new GitSnapshot(join(dir, ".git")).files(git("rev-parse", "HEAD"), null);
  expect(Array.from(files, ([path, bytes]) => [path, bytes.toString()])).toEqual([
    ["a.txt", "text of a.txt\n"],
    ["c.txt", "text of c.txt\n"],
  ]);
});
