/**
 * The whole path on real parts: the compiled binary alone in an empty folder, two real repositories over `git
 * http-backend`, workerd with R2, a second home without the source. The three places must answer alike: ids, order, scores.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import { makeIndexRepository, makeWebRepository } from "../helpers/fixture-repository.ts";
import { git, startGitServer } from "../helpers/git-server.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { Machine } from "./support.ts";
import { inLong } from "../helpers/long.ts";

const root = join(import.meta.dir, "../..");
const QUERIES = inLong(50, 16);
const queries = (await Bun.file(join(root, "fixtures/queries.txt")).text()).split("\n").slice(0, QUERIES).join("\n");

let sources: string;
let gitServer: ReturnType<typeof startGitServer>;
let worker: WorkerServer;
let first: Machine;
let second: Machine;
let code: IndexReport;
let web: IndexReport;

interface IndexReport {
  readonly repoId: string;
  readonly commit: string;
  readonly branch: string;
  readonly files: number;
  readonly newFiles: number;
  readonly newChunks: number;
  readonly changed: boolean;
  readonly skipped: readonly { path: string; reason: string }[];
}
interface PushReport {
  readonly filesUploaded: number;
  readonly filesSkipped: number;
  readonly bytesUploaded: number;
  readonly requests: number;
  readonly upToDate: boolean;
  readonly commit: string;
}

beforeAll(async () => {
  sources = mkdtempSync(join(tmpdir(), "repobase-sources-"));
  await makeIndexRepository(join(sources, "index"));
  await makeWebRepository(join(sources, "web"));
  for (const name of ["index", "web"]) await git(sources, "clone", "--quiet", "--bare", name, `${name}.git`);
  gitServer = startGitServer(sources);
  worker = await startWorker();
  const apiKey = await worker.issueKey("ada");
  const cloud = { REPOBASE_ENDPOINT: worker.url, REPOBASE_API_KEY: apiKey, REPOBASE_USER_ID: "ada" };
  first = new Machine(cloud);
  second = new Machine(cloud);
});

afterAll(async () => {
  first?.remove();
  second?.remove();
  await worker?.stop();
  await gitServer?.stop();
  rmSync(sources, { recursive: true, force: true });
});

describe("from a git repository to a remote answer", () => {
  test("add over HTTP clones and indexes", async () => {
    code = await first.one<IndexReport>(["add", `${gitServer.url}/index.git`]);
    web = await first.one<IndexReport>(["add", `${gitServer.url}/web.git`]);
    for (const report of [code, web]) {
      expect(report.changed).toBe(true);
      expect(report.files).toBe(report.newFiles);
      expect(report.newChunks).toBeGreaterThanOrEqual(report.files);
      expect(report.commit).toMatch(/^[0-9a-f]{40}$/);
    }
    expect(code.files).toBeGreaterThan(100);
    expect(web.files).toBeGreaterThan(100);
    expect(code.skipped).toContainEqual(expect.objectContaining({ path: "bun.lock", reason: "lock" }));
  });

  test("a second run writes nothing", async () => {
    const before = snapshotOf(first.home);
    const again = await first.one<IndexReport>(["index", code.repoId]);
    expect(again).toMatchObject({ changed: false, newFiles: 0, newChunks: 0, files: code.files, commit: code.commit });
    expect(snapshotOf(first.home)).toEqual(before);
  });

  test("what was not enabled does not leave the machine", async () => {
    const refused = await first.run(["push", code.repoId]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("not enabled");
    // at most the identity that signing in asked for
    expect((await worker.bucket.list("ada/")).filter(({ key }) => key !== "ada/space.json")).toEqual([]);
  });

  test("push sends each object once; a second push is one request", async () => {
    await first.one(["cloud", "enable", "--all"]);
    const [a, b] = [
      await first.one<PushReport>(["push", code.repoId]),
      await first.one<PushReport>(["push", web.repoId]),
    ];
    for (const pushed of [a, b]) {
      expect(pushed).toMatchObject({ upToDate: false, filesSkipped: 0 });
      // ref read, objects and snapshots, manifest, ref moved
      expect(pushed.requests).toBe(pushed.filesUploaded + 3);
    }
    expect(a.commit).toBe(code.commit);
    expect(await first.one<PushReport>(["push", code.repoId])).toMatchObject({
      upToDate: true,
      filesUploaded: 0,
      requests: 1,
      bytesUploaded: 0,
    });
  });

  test("pull into a second home, without the source", async () => {
    const pulled = await second.json<{ filesDownloaded: number; filesSkipped: number; commit: string }>([
      "pull",
      "--all",
    ]);
    expect(pulled).toHaveLength(2);
    expect(pulled.every((p) => p.filesDownloaded > 0 && p.filesSkipped === 0)).toBe(true);
    expect(readdirSync(second.home)).not.toContain("repos");
    expect(await second.json(["status"])).toEqual([
      [expect.objectContaining({ inSync: true }), expect.objectContaining({ inSync: true })],
    ]);
  });

  for (const mode of ["keyword", "semantic", "hybrid"]) {
    test(`${QUERIES} queries, ${mode}: local, pulled and remote agree in ids, order and scores`, async () => {
      const ask = (machine: Machine, ...flags: string[]) =>
        machine.json<SearchResponse>(["search", "--stdin", "--mode", mode, ...flags], { stdin: queries });
      const [local, pulled, remote] = [await ask(first), await ask(second), await ask(second, "--remote")];
      expect(local).toHaveLength(QUERIES);
      const repos = new Set(local.flatMap((r) => r.results.map((hit) => hit.repoId)));
      expect([...repos].sort()).toEqual([web.repoId, code.repoId].sort());
      for (const [i, answer] of local.entries()) {
        expect(answer.results.length).toBeGreaterThan(0);
        for (const other of [pulled[i], remote[i]]) {
          expect(other?.results.map(identity)).toEqual(answer.results.map(identity));
          other?.results.forEach((hit, k) =>
            expect(Math.abs(hit.score - (answer.results[k]?.score ?? Number.NaN))).toBeLessThan(1e-5),
          );
        }
      }
    });
  }

  test("a pulled index shows files exactly, without the source", async () => {
    const shown = await second.run(["show", code.repoId, "src/main.ts"]);
    expect(shown.stdout).toBe(
      await git(join(sources, "index"), "show", "HEAD:src/main.ts").then((text) =>
        text.endsWith("\n") ? text : `${text}\n`,
      ),
    );
    const lines = await second.run(["show", code.repoId, "src/main.ts:1-3"]);
    expect(lines.stdout.split("\n")).toHaveLength(4);
  });
});

/** Everything of a hit but its score. */
function identity({ score: _score, chunks, ...hit }: SearchResponse["results"][number]) {
  return { ...hit, chunks: chunks.map(({ startLine, endLine, symbol }) => ({ startLine, endLine, symbol })) };
}

/** Names, sizes and times of all files: nothing written means nothing changed here. */
function snapshotOf(dir: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!path.isFile() || path.parentPath.endsWith("locks")) continue;
    const file = Bun.file(join(path.parentPath, path.name));
    found[join(path.parentPath, path.name)] = `${file.size} ${file.lastModified}`;
  }
  return found;
}
