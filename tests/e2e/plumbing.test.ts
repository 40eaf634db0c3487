/** A shell script of plumbing commands leaves what push leaves, and pulls what pull pulls; every contract line holds. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256Hex } from "../../src/protocol/hash.ts";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import { makeWebRepository } from "../helpers/fixture-repository.ts";
import { commitFiles } from "../helpers/git-server.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { Machine } from "./support.ts";

let dir: string;
let worker: WorkerServer;
let machine: Machine;
let repo: string;
/** The same index goes to ada by push and to bob by script. */
let ada: Record<string, string>;
let bob: Record<string, string>;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "repobase-plumbing-"));
  const folder = join(dir, "web");
  await makeWebRepository(folder);
  worker = await startWorker();
  const cloud = async (user: string) => ({
    REPOBASE_ENDPOINT: worker.url,
    REPOBASE_API_KEY: await worker.issueKey(user),
    REPOBASE_USER_ID: user,
  });
  [ada, bob] = [await cloud("ada"), await cloud("bob")];
  machine = new Machine();
  repo = (await machine.one<{ repoId: string }>(["add", folder])).repoId;
});

afterAll(async () => {
  machine?.remove();
  await worker?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Runs a shell script that may call `repobase`, in the binary's folder. */
async function script(
  text: string,
  env: Record<string, string>,
  on = machine,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const strict = `set -euo pipefail\nrepobase() { ./repobase "$@"; }\nrepo=${repo}\n${text}`;
  const shell = Bun.spawn(["bash", "-c", strict], {
    cwd: on.dir,
    env: { PATH: process.env.PATH ?? "", REPOBASE_HOME: on.home, TMPDIR: join(on.dir, "tmp"), ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([shell.stdout.text(), shell.stderr.text(), shell.exited]);
  return { code, stdout, stderr };
}

/** The lines of the first shell block after a heading of a page, as written. */
async function shellBlock(page: string, heading: string): Promise<string> {
  const text = await Bun.file(join(import.meta.dir, "../..", page)).text();
  const block = /```sh\n([^]*?)```/.exec(text.slice(text.indexOf(`\n${heading}\n`)))?.[1];
  if (block === undefined) throw new Error(`${page} has no shell block below "${heading}"`);
  return block;
}
const PUSH = await shellBlock("README.md", "## Script it");
const PULL = await shellBlock("docs/PLUMBING.md", "## pull");

async function bucketOf(user: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { key } of await worker.bucket.list(`${user}/`)) {
    // random, of each user's part; and what the server tells of each push
    if (key === `${user}/space.json` || key.startsWith(`${user}/notices/`)) continue;
    const bytes = (await worker.bucket.get(key)) ?? new Uint8Array();
    if (!key.includes("/refs/")) found[key.slice(user.length)] = await sha256Hex(bytes);
    else {
      const {
        pushedAt: _time,
        device: _device,
        crc32: _checksum,
        ...ref
      } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
      found[key.slice(user.length)] = JSON.stringify(ref);
    }
  }
  return found;
}

test("what is not enabled is not sent by plumbing either", async () => {
  const refused = await script(PUSH, bob);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("not enabled");
  expect(await worker.bucket.list("bob/")).toEqual([]);
});

test("the script and push leave the same bucket, at first and after a change", async () => {
  await machine.one(["cloud", "enable", repo]);
  for (const change of [undefined, "// zzsecondround\nexport const one = 1;\n"]) {
    if (change !== undefined) {
      await commitFiles(join(dir, "web"), { "lib/added.js": change });
      await machine.one(["index", repo]);
    }
    const pushed = await script(PUSH, bob);
    expect({ code: pushed.code, stderr: pushed.stderr }).toEqual({ code: 0, stderr: "" });
    const run = await machine.run(["push", repo], { env: ada });
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
    const left = await bucketOf("ada");
    // ref, manifest, snapshots, data files, their packs, versions
    expect(Object.keys(left).length).toBeGreaterThan(5);
    expect(await bucketOf("bob")).toEqual(left);
  }
});

test("the script with nothing to push, and the page's own", async () => {
  expect(await shellBlock("docs/PLUMBING.md", "## push")).toBe(PUSH);
  const again = await script(PUSH, bob);
  expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: "" });
});

test("the README's lines for CI, with three variables and no others", async () => {
  const readme = await Bun.file(join(import.meta.dir, "../../README.md")).text();
  const lines = /In CI three variables[^]*?```sh\n([^]*?)```/.exec(readme)?.[1] ?? "";
  const runner = mkdtempSync(join(dir, "runner-"));
  const variables = {
    REPOBASE_ENDPOINT: worker.url,
    REPOBASE_API_KEY: await worker.issueKey("ci"),
    REPOBASE_HOME: join(runner, "home"),
  };
  const shell = Bun.spawn(
    ["/bin/bash", "-c", `set -euo pipefail\nrepobase() { "${join(machine.dir, "repobase")}" "$@"; }\n${lines}`],
    { cwd: join(dir, "web"), env: variables, stdout: "pipe", stderr: "pipe" },
  );
  const [stderr, code] = [await shell.stderr.text(), await shell.exited];
  // a machine that is slow may say how far it is
  expect({ code, stderr: stderr.replace(/^[a-z ]+ \d+.*\n/gm, "") }).toEqual({ code: 0, stderr: "" });
  expect((await worker.bucket.list("ci/refs/")).length).toBe(1);
});

test("the script pulls into an empty home what is searched there", async () => {
  const other = new Machine(bob);
  try {
    const pulled = await script(PULL, bob, other);
    expect({ code: pulled.code, stderr: pulled.stderr }).toEqual({ code: 0, stderr: "" });
    const found = await other.one<SearchResponse>(["search", "zzsecondround", "--mode", "keyword"]);
    expect(found.results.map((hit) => hit.path)).toEqual(["lib/added.js"]);
    expect(await other.one(["pull", repo])).toMatchObject({ upToDate: true, requests: 1 });
  } finally {
    other.remove();
  }
});

test("diff-manifest: 0 the same, 1 different, 2 or more trouble", async () => {
  expect(await script('repobase diff-manifest --remote "$repo"', ada)).toMatchObject({ code: 0, stdout: "" });
  const [first, second] = (
    await script(
      'repobase cat-manifest "$repo" >m.json; repobase ls-remote "$repo" | cut -f5; repobase hash-file m.json | cut -f1',
      ada,
    )
  ).stdout
    .trim()
    .split("\n");
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(second).toMatch(/^[0-9a-f]{64}$/);
  const stranger = await worker.issueKey("carol");
  const different = await script('repobase diff-manifest --remote "$repo"', {
    ...ada,
    REPOBASE_API_KEY: stranger,
    REPOBASE_USER_ID: "carol",
  });
  expect(different.code).toBe(1);
  for (const line of different.stdout.trim().split("\n"))
    expect(line).toMatch(/^\+\t[0-9a-f]{64}\t(\d+|-)\t(index|snapshots)\//);
  expect((await script('repobase diff-manifest --remote "$repo"', { ...ada, REPOBASE_API_KEY: "wrong" })).code).toBe(
    12,
  );
  expect((await script('repobase diff-manifest "$repo"', ada)).code).toBe(2);
});

test("hash-file, cat-manifest and write-manifest agree on a manifest's name", async () => {
  const run = await script(
    `repobase cat-manifest "$repo" > m.json
     printf '%s' "$(cat m.json)" > exact.json
     repobase hash-file exact.json | cut -f1
     repobase write-manifest --local --stdin "$repo" < m.json
     repobase ls-remote "$repo" | cut -f5`,
    ada,
  );
  const names = run.stdout.trim().split("\n");
  expect(names).toHaveLength(3);
  expect(new Set(names).size).toBe(1);
  writeFileSync(join(machine.dir, "with space"), "x");
  const hashed = await script('repobase hash-file -z "with space"', ada);
  expect(hashed.stdout).toBe("2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\t1\twith space\0");
});

test("update-ref refuses what somebody else moved: 11", async () => {
  const none = await script('repobase update-ref --expect none "$repo"', ada);
  expect({ code: none.code, stdout: none.stdout }).toEqual({ code: 11, stdout: "" });
});

test("verify-manifest names what is missing: 13", async () => {
  expect(
    await script('repobase verify-manifest --remote --read-data "$repo" && repobase verify-manifest "$repo"', ada),
  ).toMatchObject({ code: 0, stdout: "" });
  const [victim] = await worker.bucket.list(`ada/index/${repo}/files.lance/data/`);
  const bytes = (await worker.bucket.get(victim?.key ?? "")) ?? new Uint8Array();
  await worker.bucket.delete(victim?.key ?? "");
  const missing = await script('repobase verify-manifest --remote "$repo"', ada);
  expect(missing.code).toBe(13);
  expect(missing.stdout).toMatch(new RegExp(`^missing\tindex/${repo}/files.lance/data/`));
  await worker.bucket.put(victim?.key ?? "", bytes);
});
