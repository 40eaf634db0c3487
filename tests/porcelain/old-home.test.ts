/** An index that an earlier version of the program left is read as it is, and brought to today's format by the next index run. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@lancedb/lancedb";
import { catManifest } from "../../src/plumbing/cat-manifest.ts";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { MANIFEST_FORMAT, packsOf } from "../../src/protocol/manifest.ts";
import { openView } from "../../src/search/open-view.ts";
import { search } from "../../src/search/search.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import { Terminal } from "../commands/terminal.ts";
import { commitFiles } from "../helpers/git-server.ts";
import { copyOldHome, makeOldRepository, OLD_PURGE } from "../helpers/old-home.ts";
import { visibleRows } from "../helpers/visible-rows.ts";

let dir: string;
let terminal: Terminal;
let store: DirectoryStore;
let repo = "";

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-old-home-"));
  await makeOldRepository(join(dir, "code"));
  await copyOldHome(2, join(dir, "home"));
  store = new DirectoryStore(join(dir, "home"));
  terminal = new Terminal(dir, { REPOBASE_HOME: join(dir, "home") });
  repo = (await readdir(join(dir, "home", "index")))[0] ?? "";
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function say(...line: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await terminal.run([...line, "--json"]);
  if (code !== 0) throw new Error(`${line.join(" ")}: exit ${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function current() {
  const ref = await readRef({ from: store, repo });
  const manifest = ref && (await catManifest({ from: store, repo, sha256: ref.ref.manifest }));
  if (!manifest) throw new Error("no index");
  return manifest;
}

async function found() {
  const view = await openView({ store, repo, ref: null });
  const request = {
    q: "retry after a failure",
    mode: "keyword",
    limit: 10,
    repos: [],
    ref: null,
    path: null,
    lang: null,
    vector: null,
  } as const;
  const { results } = await search({ views: [view], request, embedQuery: async () => undefined });
  return results.map(({ path, startLine, snippet }) => ({ path, startLine, snippet }));
}

async function rowsOfAll() {
  const manifest = await current();
  const commits = Object.keys(manifest.snapshots).sort();
  return Promise.all(commits.map(async (commit) => [commit, await visibleRows(store, { manifest, commit })] as const));
}

test("format 2: read, upgraded to packs without a chunk that is made again, and gone on from", async () => {
  const before = await current();
  const rows = await rowsOfAll();
  expect(before.format).toBe(2);
  expect(rows).toHaveLength(3);
  // by its columns and its full-text index, as a server finds in what an older program pushed
  const byColumns = await found();
  expect(byColumns[0]?.path).toBe("src/retry.ts");

  // nothing has changed in the folder: the run only brings the index to today's format
  expect(await say("add", "code")).toMatchObject({ newChunks: 0, newFiles: 0, changed: true });
  const upgraded = await current();
  expect(upgraded.format).toBe(MANIFEST_FORMAT);
  const [base, ...more] = upgraded.segments ?? [];
  expect(more).toEqual([]);
  expect(base).toMatchObject({ rows: 4 });
  const data = before.objects.filter(({ path }) => path.includes("/data/")).map(({ path }) => path);
  expect(base?.files.map((file) => `files.lance/${file}`).sort()).toEqual(data);
  // the greatest number in the table is 5: the old format tells of no other
  expect(upgraded).toEqual({
    ...before,
    format: MANIFEST_FORMAT,
    segments: upgraded.segments ?? [],
    nextFileId: 6,
    // no older program knew the order of the commits
    log: Object.keys(before.snapshots)
      .sort()
      .map((commit) => ({ commit })),
    // packs take the place of the full-text index, which is another version of the table
    objects: upgraded.objects,
    stats: { ...before.stats, bytes: upgraded.stats.bytes },
    table: { ...before.table, version: before.table.version + 1, manifest: upgraded.table.manifest },
  });
  const packs = (packsOf(upgraded) ?? []).map(({ path }) => path);
  expect(packs).toHaveLength(1);
  expect(upgraded.objects.map(({ path }) => path)).toEqual([...data, ...packs]);
  expect(await found()).toEqual(byColumns);
  expect(await rowsOfAll()).toEqual(rows);
  expect(await say("index", repo)).toMatchObject({ newChunks: 0, changed: false });

  await commitFiles(join(dir, "code"), {
    "src/new.ts": "export const added = 1;\n",
    [OLD_PURGE]: "more purged words\n",
  });
  expect(await say("index", repo)).toMatchObject({ newChunks: 1, newFiles: 1 });
  const next = await current();
  expect(next.purges).toEqual(before.purges ?? {});
  expect(next.segments?.map((segment) => segment.rows)).toEqual([4, 1]);
  const all = new Map(await rowsOfAll());
  for (const [commit, seen] of rows) expect(all.get(commit)).toEqual(seen);
  const connection = await connect(join(dir, "home", "index", repo));
  expect(await (await connection.openTable("files")).countRows()).toBe(5);
  expect((await found())[0]?.path).toBe("src/retry.ts");
  const said = (await say("search", "retry after a failure")) as { results: { path: string }[] };
  expect(said.results[0]?.path).toBe("src/retry.ts");
});
