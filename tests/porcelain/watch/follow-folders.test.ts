/** A server that follows its folders: repositories that are added while it runs, and `repobase mcp --watch`. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Home } from "../../../src/home/home.ts";
import { main } from "../../../src/command-line.ts";
import { addRepository } from "../../../src/porcelain/indexing/add.ts";
import { followFolders } from "../../../src/porcelain/watch/follow-folders.ts";
import type { WatchRun } from "../../../src/porcelain/watch/watched-repo.ts";
import { makeRepository } from "../../helpers/git-server.ts";

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-follow-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const TEXTS = { "src/a.ts": "export const alpha = 1;\n" };
const add = (home: Home, target: string) =>
  addRepository({ home, target, cwd: dir, branch: null, name: null, model: null, maxFileBytes: null });

test.concurrent("a repository that is added later is followed, too", async () => {
  const home = Home.open({ REPOBASE_HOME: join(dir, "home-later") });
  const ending = new AbortController();
  const runs: WatchRun[] = [];
  let ran = () => {};
  const until = async (fits: (run: WatchRun) => boolean) => {
    while (!runs.some(fits)) await new Promise<void>((done) => (ran = done));
    runs.length = 0;
  };
  const following = followFolders({
    home,
    poll: false,
    threads: 0,
    signal: ending.signal,
    onRun: (run) => {
      runs.push(run);
      ran();
    },
    onWarning: (text) => {
      throw new Error(text);
    },
    lookMs: 20,
  });
  for (const name of ["first", "second"]) {
    const folder = join(dir, name);
    await makeRepository(folder, TEXTS);
    const { repoId } = await add(home, folder);
    // the first look, or another after the one that came while it was being added
    await until(({ repo }) => repo === repoId);
    writeFileSync(join(folder, "src/a.ts"), "export const beta = 2;\n");
    await until(({ repo, changed }) => repo === repoId && changed);
  }
  ending.abort();
  await following;
}, 60_000);

test.concurrent("mcp --watch: an agent finds what was just saved; stdout has answers alone; it ends with its input", async () => {
  const folder = join(dir, "agent");
  const env = { REPOBASE_HOME: join(dir, "home-agent"), REPOBASE_MCP_WATCH: "1" };
  await makeRepository(folder, TEXTS);
  await add(Home.open(env), folder);
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const errors = stderr.toArray();
  const ended = main(["mcp"], { stdin, stdout, stderr, env, colorDepth: 1, cwd: folder });
  const lines = stdout.setEncoding("utf8").iterator();
  let id = 0;
  const ask = async (method: string, params: object) => {
    stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params })}\n`);
    const { value } = (await lines.next()) as { value: string };
    // anything else on this stream breaks the agent
    expect(JSON.parse(value)).toMatchObject({ jsonrpc: "2.0", id });
    return value;
  };
  await ask("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  });
  writeFileSync(join(folder, "src/a.ts"), "export const zebraCrossing = 2;\n");
  const search = () => ask("tools/call", { name: "search", arguments: { query: "zebraCrossing" } });
  const end = performance.now() + 30_000;
  while (!(await search()).includes("zebraCrossing = 2")) {
    if (performance.now() > end) throw new Error("the index did not follow");
    await Bun.sleep(50);
  }
  stdin.end();
  expect(await ended).toBe(0);
  stderr.end();
  expect(Buffer.concat(await errors).toString()).toBe("");
}, 60_000);
