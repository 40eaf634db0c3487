/**
 * A history grows: a commit that changes three files costs three files, old and new commits are both searched exactly,
 * uncommitted work stays at home, and what lies in the bucket is a plain LanceDB table.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import { queryTerms } from "../../src/search/terms.ts";
import { filesOf } from "../helpers/fixture-repository.ts";
import { webSources } from "../helpers/fixture-sources.ts";
import { commitFiles, git, makeRepository, writeFiles } from "../helpers/git-server.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { Machine } from "./support.ts";

let folder: string;
let worker: WorkerServer;
let machine: Machine;
let repoId: string;
let oldCommit: string;
let newCommit: string;
let oldPaths: string[];

interface IndexReport {
  readonly repoId: string;
  readonly commit: string;
  readonly changed: boolean;
  readonly newFiles: number;
  readonly newChunks: number;
  readonly files: number;
  readonly worktree: { readonly files: number } | null;
}
interface PushReport {
  readonly filesUploaded: number;
  readonly bytesUploaded: number;
  readonly requests: number;
  readonly upToDate: boolean;
}

beforeAll(async () => {
  folder = join(mkdtempSync(join(tmpdir(), "repobase-history-")), "web");
  await makeRepository(folder, { "README.md": "# as made\n" });
  oldCommit = await commitFiles(folder, filesOf(webSources()), "sources");
  oldPaths = (await git(folder, "ls-files")).split("\n");
  worker = await startWorker();
  machine = new Machine({ REPOBASE_ENDPOINT: worker.url, REPOBASE_API_KEY: await worker.issueKey("ada") });
});

afterAll(async () => {
  machine?.remove();
  await worker?.stop();
  rmSync(dirname(folder), { recursive: true, force: true });
});

/** Of an index that the binary made and pushed. */
const search = (q: string, ...flags: string[]) =>
  machine.inside.one<SearchResponse>(["search", q, "--mode", "keyword", ...flags]);
const paths = (response: SearchResponse) => response.results.map((hit) => hit.path).sort();

test("the first push", async () => {
  const added = await machine.one<IndexReport>(["add", folder]);
  repoId = added.repoId;
  expect(added).toMatchObject({ commit: oldCommit, changed: true, worktree: null });
  await machine.one(["cloud", "enable", repoId]);
  expect(await machine.one<PushReport>(["push", repoId])).toMatchObject({ upToDate: false });
});

test("a commit that changes three files: only their chunks are appended, only new objects are sent", async () => {
  const before = await worker.bucket.list("ada/index/");
  newCommit = await commitFiles(folder, {
    "lib/cookie.ts": "// zzfreshplatform\nexports.answer = 42;\n",
    "lib/added.ts": "export function zzfreshfunction(): number {\n  return 1;\n}\n",
    "README.md": "# zzfreshreadme\n",
  });
  const indexed = await machine.one<IndexReport>(["index", repoId]);
  expect(indexed).toMatchObject({ commit: newCommit, changed: true, newFiles: 3, newChunks: 3 });

  const pushed = await machine.one<PushReport>(["push", repoId]);
  const after = await worker.bucket.list("ada/index/");
  const known = new Set(before.map((o) => o.key));
  const fresh = after.flatMap((o) => (known.has(o.key) ? [] : (/\/(data|packs)\//.exec(o.key)?.[1] ?? [])));
  expect(fresh.sort()).toEqual(["data", "packs"]);
  // one data file, its search pack and one snapshot; around them the ref read, the manifest, the ref moved
  expect(pushed).toMatchObject({ filesUploaded: 3, requests: 6, upToDate: false });
  expect(pushed.bytesUploaded).toBeLessThan(40_000);
});

test("old and new commit are both searched, each seeing exactly its own files", async () => {
  for (const place of [[], ["--remote"]]) {
    expect(paths(await search("zzfreshfunction", ...place))).toEqual(["lib/added.ts"]);
    expect(paths(await search("zzfreshfunction", "--ref", oldCommit, ...place))).toEqual([]);
    expect(paths(await search("zzfreshreadme", "--ref", newCommit.slice(0, 8), ...place))).toEqual(["README.md"]);
    // every file of the old commit, and none of the new one
    const seen = await search("request handler header response", "--ref", oldCommit, "--limit", "100", ...place);
    expect(seen.results.length).toBeGreaterThan(20);
    for (const hit of seen.results) {
      expect(oldPaths).toContain(hit.path);
      expect(hit.commit).toBe(oldCommit);
    }
    expect(paths(await search("zzfreshreadme zzfreshplatform", "--ref", oldCommit, ...place))).toEqual([]);
  }
  expect((await machine.inside.run(["show", repoId, "README.md", "--ref", oldCommit])).stdout).toBe("# as made\n");
  expect((await machine.inside.run(["show", repoId, "README.md"])).stdout).toBe("# zzfreshreadme\n");
  expect((await machine.inside.run(["show", repoId, "lib/added.ts", "--ref", oldCommit])).code).toBe(10);
});

test("no-op: index writes nothing, push is one request", async () => {
  expect(await machine.one<IndexReport>(["index", repoId])).toMatchObject({ changed: false, newFiles: 0 });
  expect(await machine.one<PushReport>(["push", repoId])).toMatchObject({
    upToDate: true,
    requests: 1,
    bytesUploaded: 0,
  });
});

test("another branch costs what it changes, and both stay searchable", async () => {
  await git(folder, "switch", "--quiet", "--create", "feature");
  await commitFiles(folder, { "lib/branch.ts": "export const zzonbranch = true;\n" });
  expect(await machine.one<IndexReport>(["index", repoId])).toMatchObject({ newFiles: 1 });
  expect(paths(await search("zzonbranch"))).toEqual(["lib/branch.ts"]);
  expect(paths(await search("zzonbranch", "--ref", "main"))).toEqual([]);
  await git(folder, "switch", "--quiet", "main");
  expect(await machine.one<IndexReport>(["index", repoId])).toMatchObject({ newFiles: 0, commit: newCommit });
  expect(paths(await search("zzonbranch"))).toEqual([]);
  expect(paths(await search("zzonbranch", "--ref", "feature"))).toEqual(["lib/branch.ts"]);
});

test("uncommitted work is searched here and never pushed", async () => {
  await writeFiles(folder, {
    "lib/secretplan.ts": "export const zzuncommitted = 1;\n",
    "README.md": "# zzedited\n",
    "lib/added.ts": null,
  });
  const indexed = await machine.one<IndexReport>(["index", repoId]);
  expect(indexed).toMatchObject({ commit: newCommit, worktree: { files: 2 } });
  expect(paths(await search("zzuncommitted zzedited"))).toEqual(["README.md", "lib/secretplan.ts"]);
  // a deleted file and the old text of a changed one are gone from what is on disk, and still in the commit
  expect(paths(await search("zzfreshfunction zzfreshreadme"))).toEqual([]);
  expect(paths(await search("zzfreshfunction zzfreshreadme", "--ref", "main"))).toEqual(["README.md", "lib/added.ts"]);
  expect((await machine.inside.run(["show", repoId, "lib/secretplan.ts"])).stdout).toContain("zzuncommitted");

  await machine.one(["push", repoId]);
  for (const { key } of await worker.bucket.list("ada/")) {
    expect(key).not.toContain("worktree");
    const bytes = Buffer.from((await worker.bucket.get(key)) ?? []);
    expect(bytes.includes("secretplan")).toBe(false);
  }
  expect(paths(await search("zzuncommitted", "--remote"))).toEqual([]);

  // asked for, it goes, as a branch of its own
  expect(await machine.one<PushReport>(["push", repoId, "--worktree"])).toMatchObject({ upToDate: false });
  expect(paths(await search("zzuncommitted", "--remote", "--ref", "worktree"))).toEqual(["lib/secretplan.ts"]);
  expect(paths(await search("zzuncommitted", "--remote"))).toEqual([]);
  await git(folder, "checkout", "--quiet", "--", ".");
  rmSync(join(folder, "lib/secretplan.ts"));
  expect(await machine.one<IndexReport>(["index", repoId])).toMatchObject({ worktree: null });
  expect(paths(await search("zzuncommitted"))).toEqual([]);
});

test("a plain LanceDB reads the bucket's files: the same rows, the same answers", async () => {
  const copy = mkdtempSync(join(tmpdir(), "repobase-bucket-"));
  try {
    const prefix = `ada/index/${repoId}/`;
    for (const { key } of await worker.bucket.list(prefix)) {
      const target = join(copy, key.slice(prefix.length));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, (await worker.bucket.get(key)) ?? new Uint8Array());
    }
    const lancedb = await import("@lancedb/lancedb");
    const native = await (await lancedb.connect(copy)).openTable("files");
    const local = await (await lancedb.connect(join(machine.home, "index", repoId))).openTable("files");
    expect(await native.countRows()).toBe(await local.countRows());
    const rows = async (table: typeof native) =>
      (await table.query().select(["fileId", "chunk", "path", "blob", "contents"]).toArray()).map((row) =>
        JSON.stringify(row.toJSON()),
      );
    expect((await rows(native)).sort()).toEqual((await rows(local)).sort());
    const answers = async (table: typeof native) =>
      (
        await table
          .query()
          .fullTextSearch(queryTerms("error handler of a request").join(" "), { columns: ["terms"] })
          .select(["path", "chunk"])
          .limit(20)
          .toArray()
      ).map((row) => [row.path, row.chunk, row._score]);
    const found = await answers(native);
    expect(found.length).toBeGreaterThan(5);
    expect(found.map((r) => r[2])).toEqual((await answers(local)).map((r) => r[2]));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
