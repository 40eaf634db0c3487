/** The RFC's service, each method against workerd with a real index, with its result shape and its failures. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudSync, isRepobaseError, type RepobaseError } from "../../src/sdk/index.ts";
import { buildNpm } from "../../scripts/build-npm.ts";
import { type BrowseFixture, makeBrowseFixture } from "../helpers/browse-fixture.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";

const USER = "alice";
let server: WorkerServer;
let fixture: BrowseFixture;
let apiKey: string;
let sync: CloudSync;
beforeAll(async () => {
  [server, fixture] = await Promise.all([startWorker(), makeBrowseFixture()]);
  apiKey = await server.issueKey(USER);
  sync = inHome(fixture.home);
});
afterAll(() => Promise.all([server.stop(), fixture.remove()]));

/** Without the machine's own settings, and without a patience for servers that are gone. */
const inHome = (home: string, env: Record<string, string> = {}) =>
  new CloudSync({ home, env: { REPOBASE_TIMEOUT_SECONDS: "1", ...env } });
const head = () => fixture.main.at(-1) ?? "";

/** Code of the error, and the error. */
async function failureOf(call: Promise<unknown>): Promise<RepobaseError> {
  try {
    await call;
  } catch (error) {
    if (isRepobaseError(error)) return error;
    throw error;
  }
  throw new Error("it did not fail");
}
const codeOf = async (call: Promise<unknown>) => (await failureOf(call)).code;

describe("before it is configured", () => {
  test("it is off, and what needs a server says so", async () => {
    expect(await sync.isEnabled()).toBe(false);
    for (const call of [sync.getConfig(), sync.push(fixture.repo), sync.pushAll(), sync.listSynced()])
      expect(await codeOf(call)).toBe("not_configured");
    expect(await codeOf(sync.remove(fixture.repo))).toBe("not_configured");
    expect(await codeOf(sync.search("x", { remote: true }))).toBe("not_configured");
    expect(await codeOf(sync.configure({ enabled: true }))).toBe("not_configured");
  });

  test("the status is what this machine knows, and nobody is asked", async () => {
    const { repo: repoId, release } = fixture;
    // the one that was indexed last
    const status = { repoId, inSync: false, localCommit: release, cloudCommit: null, lastPushedAt: null };
    expect(await sync.getStatus(repoId)).toEqual(status);
  });

  test("search answers from this machine", async () => {
    const found = await sync.search("parseHeader", { mode: "keyword", limit: 3, ref: "main" });
    expect(found.results[0]).toMatchObject({ repoId: fixture.repo, path: "src/parse.ts", commit: head() });
    expect(await codeOf(sync.search(" "))).toBe("usage");
    expect(await codeOf(sync.search("x", { repos: ["nobody"] }))).toBe("repo_not_found");
  });
});

describe("configure", () => {
  test("a wrong key, another's space, and a server that is not there keep nothing", async () => {
    const endpoint = server.url;
    expect(await codeOf(sync.configure({ endpoint, apiKey: `rb_${"A".repeat(43)}` }))).toBe("unauthorized");
    expect(await codeOf(sync.configure({ endpoint, apiKey, userId: "bob" }))).toBe("forbidden");
    expect(await codeOf(sync.configure({ endpoint: "http://example.com", apiKey }))).toBe("usage");
    expect(await codeOf(sync.configure({ endpoint }))).toBe("not_configured");
    expect(await sync.isEnabled()).toBe(false);
  });

  test("a key that the server knows is kept for its owner alone, and shown only where it is asked for", async () => {
    expect(await sync.configure({ endpoint: `${server.url}/`, apiKey, userId: USER })).toBeUndefined();
    const config = { userId: USER, apiKeyTail: apiKey.slice(-4), endpoint: server.url, enabled: true };
    expect(await sync.getConfig()).toEqual({ ...config, apiKey: null });
    expect(JSON.stringify(await sync.getConfig())).not.toContain(apiKey.slice(3, -4));
    expect(await sync.getConfig({ withApiKey: true })).toEqual({ ...config, apiKey });
    expect((await stat(join(fixture.home, "cloud.json"))).mode & 0o777).toBe(0o600);
    // another program with the same home
    expect(await inHome(fixture.home).isEnabled()).toBe(true);
  });

  test("the switch moves alone, and a key is sent to no other server", async () => {
    await sync.configure({ enabled: false });
    expect(await sync.isEnabled()).toBe(false);
    expect(await codeOf(sync.push(fixture.repo))).toBe("not_configured");
    await sync.configure({ enabled: true });
    expect(await sync.isEnabled()).toBe(true);
    expect(await codeOf(sync.configure({ endpoint: "http://127.0.0.1:1" }))).toBe("usage");
    expect((await sync.getConfig()).endpoint).toBe(server.url);
  });
});

describe("push, getStatus, listSynced, search, remove", () => {
  test("a repository that is not enabled stays here", async () => {
    await sync.disableRepo(fixture.repo);
    expect(await codeOf(sync.push(fixture.repo))).toBe("not_enabled");
    expect(await sync.pushAll()).toEqual([]);
    await sync.enableRepo(fixture.repo);
    expect(await codeOf(sync.push("nobody"))).toBe("repo_not_found");
    expect(await codeOf(sync.getStatus("nobody"))).toBe("repo_not_found");
  });

  test("push sends what is new, and nothing when nothing is", async () => {
    const { repo: repoId } = fixture;
    const pushed = await sync.push(repoId);
    const count = expect.any(Number);
    expect(pushed).toEqual({ repoId, filesUploaded: count, filesSkipped: 0, durationMs: count });
    expect(pushed.filesUploaded).toBeGreaterThanOrEqual(3);
    const again = await sync.push(repoId);
    expect(again).toEqual({ repoId, filesUploaded: 0, filesSkipped: pushed.filesUploaded, durationMs: count });
    expect(await sync.pushAll()).toEqual([{ ...again, durationMs: count }]);
  });

  test("both sides know of it, by id and by name", async () => {
    const { repo: repoId } = fixture;
    const status = await sync.getStatus("shared");
    expect(status).toEqual({
      repoId,
      inSync: true,
      localCommit: head(),
      cloudCommit: head(),
      lastPushedAt: expect.any(Date),
    });
    expect(Date.now() - Number(status.lastPushedAt)).toBeLessThan(60_000);
    expect(await sync.listSynced()).toEqual([
      { id: repoId, name: "shared", fileCount: 6, lastSyncedAt: status.lastPushedAt, commit: head() },
    ]);
  });

  test("the server's search is this machine's", async () => {
    const options = { mode: "keyword", ref: "main" } as const;
    const [here, there] = [
      await sync.search("open the ledger", options),
      await sync.search("open the ledger", { ...options, remote: true, repos: ["shared"] }),
    ];
    expect(there.results.length).toBeGreaterThan(0);
    expect(there.results).toEqual(here.results);
    expect(there.sources?.[fixture.repo]?.name).toBe("shared");
    const semantic = await sync.search("take a header apart", { remote: true, mode: "semantic", ref: "main" });
    expect(semantic.results.map(({ path }) => path)).toContain("src/parse.ts");
  });

  test("a machine without the repository sees it and may take it off the server", async () => {
    const home = await mkdtemp(join(tmpdir(), "repobase-sdk-"));
    try {
      // CI needs no files: all is in the environment
      const other = inHome(home, { REPOBASE_ENDPOINT: server.url, REPOBASE_API_KEY: apiKey });
      expect(await other.isEnabled()).toBe(true);
      expect((await other.listSynced()).map(({ id }) => id)).toEqual([fixture.repo]);
      expect(await codeOf(other.push(fixture.repo))).toBe("repo_not_found");
      expect(await other.remove("shared")).toBeUndefined();
      expect(await codeOf(other.remove("shared"))).toBe("repo_not_found");
    } finally {
      await rm(home, { recursive: true, force: true });
    }
    expect(await sync.listSynced()).toEqual([]);
    expect(await codeOf(sync.remove(fixture.repo))).toBe("repo_not_found");
    expect(await sync.getStatus(fixture.repo)).toMatchObject({ inSync: false, cloudCommit: null, lastPushedAt: null });
  });

  test("what was removed there can be pushed again, and remove leaves the index here", async () => {
    const again = await sync.push(fixture.repo);
    expect(again.filesUploaded).toBeGreaterThanOrEqual(3);
    await sync.remove(fixture.repo);
    expect((await sync.search("openLedger", { mode: "keyword" })).results.length).toBeGreaterThan(0);
  });

  test("one of several that fails is named, and the others are pushed", async () => {
    const config = Bun.file(join(fixture.home, "config.json"));
    const before = await config.json();
    const [repo] = before.repos;
    await Bun.write(
      config,
      JSON.stringify({ ...before, repos: [{ ...repo, id: "empty-00000000", name: "empty" }, repo] }),
    );
    try {
      const { code, fields, message } = await failureOf(sync.pushAll());
      expect([code, message]).toEqual(["partial", "1 of 2 repositories failed"]);
      expect(fields).toMatchObject({
        results: [{ repoId: fixture.repo, filesSkipped: 0 }],
        failures: [{ repoId: "empty-00000000", code: "ref_not_found" }],
      });
    } finally {
      await Bun.write(config, JSON.stringify(before));
    }
  });

  test("a key that may only read, a revoked one, a signal, and no server at all", async () => {
    const withKey = (key: string) => inHome(fixture.home, { REPOBASE_API_KEY: key });
    const reader = withKey(await server.issueKey(USER, ["read"]));
    expect((await reader.listSynced()).length).toBe(1);
    expect(await codeOf(reader.remove(fixture.repo))).toBe("forbidden");
    expect(await codeOf(withKey(`rb_${"B".repeat(43)}`).listSynced())).toBe("unauthorized");
    expect(await codeOf(sync.push(fixture.repo, { signal: AbortSignal.abort() }))).toBe("interrupted");
    const offline = inHome(fixture.home, { REPOBASE_ENDPOINT: "http://127.0.0.1:9" });
    const calls = [offline.listSynced(), offline.getStatus(fixture.repo), offline.push(fixture.repo)];
    for (const code of await Promise.all(calls.map(codeOf))) expect(code).toBe("transient");
    // and what is here is still found
    expect((await offline.search("openLedger", { mode: "keyword" })).results.length).toBeGreaterThan(0);
  });
});

describe("the npm package", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "repobase-npm-"));
    await buildNpm(join(dir, "built"));
    const packed = await run(dir, [process.execPath, "pm", "pack", "--destination", dir, "--quiet"], {
      cwd: join(dir, "built"),
    });
    const tarball = packed.stdout.trim().split("\n").at(-1) ?? "";
    await Bun.write(join(dir, "package.json"), '{"name":"user","type":"module"}');
    // nothing listens there: what it needs it brings
    await run(dir, [process.execPath, "add", "--registry", "http://127.0.0.1:9", "--omit=peer", tarball]);
    const example = /```js\n([^]*?)```/.exec(await Bun.file(join(root, "docs/SDK.md")).text())?.[1] ?? "";
    await Bun.write(join(dir, "example.js"), example);
    await Bun.write(join(dir, "native.js"), NATIVE);
    await Bun.write(join(dir, "types.ts"), TYPES);
  }, 60_000);
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test.each([
    ["bun", process.execPath],
    ["node", join(root, "node_modules/.bin/node")],
  ])("on %s the example of docs/SDK.md runs, from an empty folder", async (_, runtime) => {
    await sync.enableRepo(fixture.repo);
    if ((await sync.listSynced()).length > 0) await sync.remove(fixture.repo);
    const env = { REPOBASE_HOME: fixture.home, SERVER: server.url, SERVER_KEY: apiKey };
    const { stdout } = await run(dir, [runtime, "example.js"], { env });
    expect(stdout).toContain("apiKey: null");
    expect(stdout).not.toContain(apiKey.slice(3, -4));
    expect(stdout).toMatch(new RegExp(`${fixture.repo}: [1-9]\\d* sent, 0 there already`));
    expect(stdout).toMatch(new RegExp(`${fixture.repo} ${head()} true 20\\d\\d-`));
    expect(stdout.match(/^src\/ledger\.ts:\d+$/gm)?.length).toBe(2);
    expect(stdout).toContain("repo_not_found");
    await sync.remove(fixture.repo);
    const { stdout: native } = await run(dir, [runtime, "native.js"], { env });
    expect(JSON.parse(native)).toEqual([]);
  });

  test("its types stand alone, and it is small", async () => {
    const options = [
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "esnext",
      "--types",
      "",
      "--skipLibCheck",
      "false",
    ];
    await run(dir, [join(root, "node_modules/.bin/tsc"), ...options, "types.ts"]);
    const sizes = await Array.fromAsync(new Bun.Glob("built/**/*").scan(dir), (path) => Bun.file(join(dir, path)).size);
    expect(sizes.reduce((a, b) => a + b)).toBeLessThan(8_000_000); // of it 6.1 MB are the model
  });
});

const root = join(import.meta.dir, "../..");
const NATIVE = `
  import { readFileSync } from "node:fs";
  import { CloudSync } from "repobase";
  new CloudSync();
  const mapped = readFileSync("/proc/self/maps", "utf8").match(/\\S+(\\.node|lancedb\\S*|onnx\\S*)$/gm) ?? [];
  console.log(JSON.stringify([...new Set(mapped)]));
`;
const TYPES = `
  import { CloudSync, isRepobaseError, type PushResult, type SearchResponse, type SyncStatus } from "repobase";
  const sync = new CloudSync({ home: "/tmp/x" });
  export const pushed: Promise<PushResult[]> = sync.pushAll();
  export const status: Promise<SyncStatus> = sync.getStatus("x");
  export const found: Promise<SearchResponse> = sync.search("x", { mode: "keyword" });
  export const isOurs = (error: unknown): boolean => isRepobaseError(error, "not_enabled");
  // @ts-expect-error -- no such mode
  void sync.search("x", { mode: "fuzzy" });
`;

async function run(dir: string, command: readonly string[], of: { cwd?: string; env?: Record<string, string> } = {}) {
  const env = { PATH: process.env["PATH"] ?? "", HOME: dir, TMPDIR: tmpdir(), NODE_NO_WARNINGS: "1", ...of.env };
  const child = Bun.spawn([...command], { cwd: of.cwd ?? dir, env, stdout: "pipe", stderr: "pipe" });
  const [code, stdout, stderr] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if (code !== 0) throw new Error(`${command.join(" ")}: exit ${code}: ${stderr}${stdout}`);
  return { stdout, stderr };
}
