/** Every bad input: a clear error on stderr, the right exit code, nothing on stdout, and nothing lost. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync, mkdtempSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import { makeRepository, startGitServer } from "../helpers/git-server.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { Machine } from "./support.ts";
import { LONG } from "../helpers/long.ts";

let dir: string;
let worker: WorkerServer;
let machine: Machine;
let apiKey: string;
let repoId: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "repobase-bad-"));
  await makeRepository(join(dir, "good"), {
    "src/tokens.ts": "export function refreshTokens() {\n  return fetch('/token');\n}\n",
    "a.md": "# words\n",
  });
  worker = await startWorker();
  apiKey = await worker.issueKey("ada");
  machine = new Machine({ REPOBASE_ENDPOINT: worker.url, REPOBASE_API_KEY: apiKey });
  repoId = (await machine.one<{ repoId: string }>(["add", join(dir, "good")])).repoId;
  await machine.one(["cloud", "enable", repoId]);
  await machine.one(["push", repoId]);
});

afterAll(async () => {
  machine?.remove();
  await worker?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** The index answers as before. */
async function stillWorks(): Promise<void> {
  const found = await machine.inside.one<SearchResponse>(["search", "refresh tokens"]);
  expect(found.results[0]?.path).toBe("src/tokens.ts");
}

/** Exit codes that the binary itself has given. */
const seenInBinary = new Set<number>();

/** The first failure of each exit code is the binary's, the others are of the same program in this process. */
async function fails(
  args: readonly string[],
  code: number,
  words: RegExp,
  env: Record<string, string> = {},
): Promise<void> {
  const first = !seenInBinary.has(code);
  seenInBinary.add(code);
  const run = await (first ? machine : machine.inside).run(args, { env });
  expect({ args, code: run.code, stderr: run.stderr }).toEqual({ args, code, stderr: expect.stringMatching(words) });
  expect(run.stdout).toBe("");
  // the same in JSON, for scripts
  const json = await (first ? machine : machine.inside).run([...args, "--json"], { env });
  if (!args.includes("nonsense"))
    expect(JSON.parse(json.stderr.trim().split("\n").at(-1) ?? "")).toMatchObject({ type: "error", exitCode: code });
}

/** The ref as a later version might write it: of another format, and whole. */
function newerRef(text: string): string {
  const { crc32: _, ...ref } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify({ ...ref, format: 99 });
}

describe("S4: words", () => {
  test("an unknown command, flag or missing argument: 2", async () => {
    for (const args of [["nonsense"], ["search", "x", "--nonsense", "nonsense"], ["show", "nonsense"]]) {
      const run = await machine.run(args);
      expect({ args, code: run.code, stdout: run.stdout }).toEqual({ args, code: 2, stdout: "" });
      expect(run.stderr).toMatch(/^error: /);
    }
  });

  test("an empty query, a bad limit, mode or glob: 2", async () => {
    await fails(["search", ""], 2, /empty/);
    await fails(["search", "  "], 2, /empty/);
    await fails(["search"], 2, /empty/);
    for (const limit of ["0", "101", "-3", "x", "1.5"]) await fails(["search", "x", `--limit=${limit}`], 2, /limit/);
    await fails(["search", "x", "--mode", "psychic"], 2, /mode/);
  });

  test("an unknown repository, ref or path: 10", async () => {
    await fails(["search", "x", "--repo", "nothing"], 10, /no repository "nothing"/);
    await fails(["index", "nothing"], 10, /no repository/);
    await fails(["push", "nothing"], 10, /no repository/);
    await fails(["pull", "nothing"], 10, /no repository/);
    await fails(["search", "x", "--ref", "nothing"], 10, /nothing/);
    await fails(["search", "x", "--remote", "--ref", "nothing"], 10, /nothing/);
    await fails(["show", repoId, "nothing.ts"], 10, /nothing\.ts/);
    await fails(["show", repoId, "../../etc/passwd"], 10, /not in the index/);
    await fails(["show", repoId, "a.md:9-3"], 2, /range/);
  });
});

describe("S4: sources", () => {
  test("no such folder, a file: 10, 2", async () => {
    await fails(["add", join(dir, "absent")], 10, /no folder/);
    await fails(["add", join(dir, "good", "a.md")], 2, /not a folder/);
  });

  test("not a repository, private, unreachable, a scheme we do not speak", async () => {
    const garbage = startGitServer(dir, { intercept: () => new Response("<html>hello</html>") });
    const locked = startGitServer(dir, { auth: { username: "u", password: "p" } });
    try {
      await fails(["add", `${garbage.url}/good`], 10, /not a git repository|repository/);
      await fails(["add", `${locked.url}/good`], 12, /private|credential|refuse|sign|access/i);
      await fails(["add", "http://127.0.0.1:1/x.git"], 20, /reach|refused|connect/i);
      await fails(["add", "ssh://git@example.com/x.git"], 2, /ssh/);
    } finally {
      await garbage.stop();
      await locked.stop();
    }
    const withPassword = await machine.inside.run(["add", "http://me:hunter2@127.0.0.1:1/x.git"]);
    expect(withPassword.stderr + withPassword.stdout).not.toContain("hunter2");
    expect(await machine.inside.one<unknown[]>(["list"])).toHaveLength(1);
    await stillWorks();
  });

  test("a branch that is not there: 10", async () => {
    const server = startGitServer(dir);
    try {
      await fails(["add", `${server.url}/good`, "--branch", "absent"], 10, /absent/);
    } finally {
      await server.stop();
    }
  });
});

describe("S4: the server", () => {
  test("a wrong key, another user's id: 12", async () => {
    const env = { REPOBASE_API_KEY: `${apiKey.slice(0, -4)}0000` };
    for (const args of [
      ["push", repoId],
      ["pull", repoId],
      ["search", "x", "--remote"],
      ["cloud", "status"],
      ["cloud", "login"],
    ])
      await fails(args, 12, /key/i, env);
    await fails(["push", repoId], 12, /user/i, { REPOBASE_USER_ID: "eve" });
    await stillWorks();
  });

  test("nobody there, no server at all, not signed in", async () => {
    await fails(["pull", repoId], 20, /cannot reach "http:\/\/127\.0\.0\.1:1"/, {
      REPOBASE_ENDPOINT: "http://127.0.0.1:1",
    });
    await fails(["cloud", "login"], 2, /clear|https/, { REPOBASE_ENDPOINT: "http://example.com" });
    await fails(["push", repoId], 10, /not signed in/, { REPOBASE_ENDPOINT: "", REPOBASE_API_KEY: "" });
  }, 90_000);

  test("paths that climb, bodies too large, of unknown length, or with another hash", async () => {
    const head = `Host: x\r\nAuthorization: Bearer ${apiKey}\r\n`;
    for (const path of [
      "/v1/index/../../keys/x",
      `/v1/index/${repoId}/%2e%2e/%2e%2e/keys/x`,
      `/v1/index/${repoId}/..%2f..%2fkeys`,
      `/v1/index/${repoId}/files.lance/data/..%5cx`,
    ]) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
      expect({ path, refused: [400, 404].includes(answer.status) }).toEqual({ path, refused: true });
      expect(answer.text).not.toContain("userId");
    }
    const put = `PUT /v1/index/${repoId}/files.lance/data/x.lance HTTP/1.1\r\n${head}X-Repobase-SHA256: ${"0".repeat(64)}\r\nConnection: close\r\n`;
    expect((await raw(`${put}Content-Length: 200000000\r\n\r\n`)).status).toBe(413);
    expect((await raw(`${put}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`)).status).toBe(411);
    expect((await raw(`${put}Content-Length: 3\r\n\r\nabc`)).status).toBe(422);
    expect((await worker.bucket.list(`ada/index/${repoId}/files.lance/data/x.lance`)).length).toBe(0);
  });

  test("a ref or manifest of a newer format: 14, and the local index stays", async () => {
    const key = `ada/refs/${repoId}.json`;
    const good = (await worker.bucket.get(key)) ?? new Uint8Array();
    await worker.bucket.put(key, new TextEncoder().encode(newerRef(new TextDecoder().decode(good))));
    await fails(["pull", repoId], 14, /newer/);
    await fails(["push", repoId], 14, /newer/);
    await fails(["search", "x", "--remote", "--repo", repoId], 14, /newer/);
    await stillWorks();
    await worker.bucket.put(key, good);
  });

  test("a damaged object in the bucket: 13, and the local index stays", async () => {
    const [object] = (await worker.bucket.list(`ada/index/${repoId}/files.lance/data/`)) ?? [];
    const bytes = (await worker.bucket.get(object?.key ?? "")) ?? new Uint8Array();
    const damaged = bytes.slice();
    damaged[damaged.length >> 1] = (damaged[damaged.length >> 1] ?? 0) ^ 1;
    await worker.bucket.put(object?.key ?? "", damaged);
    const other = new Machine(machine.env);
    try {
      const pull = await other.inside.run(["pull", repoId]);
      expect({ code: pull.code, stderr: pull.stderr }).toEqual({
        code: 13,
        stderr: expect.stringMatching(/damaged|sha256/),
      });
      expect((await other.inside.run(["search", "x"])).code).toBe(10);
    } finally {
      other.remove();
      await worker.bucket.put(object?.key ?? "", bytes);
    }
  });
});

describe("this machine", () => {
  // a search reads packs alone, a file that is shown the table
  test.each([
    ["packs", ["search", "refresh tokens"]],
    ["data", ["show", "", "src/tokens.ts"]], // its repository is known when the test runs
  ])("a truncated or foreign file of %s: 13, and it works again when the file is back", async (part, question) => {
    const folder = join(machine.home, "index", repoId, "files.lance", part);
    const file = join(folder, readdirSync(folder)[0] ?? "");
    const bytes = readFileSync(file);
    for (const damage of [
      () => truncateSync(file, bytes.length >> 1),
      () => writeFileSync(file, "no file of an index".repeat(200)),
      () => rmSync(file),
    ]) {
      damage();
      const run = await machine.inside.run(question.map((word) => word || repoId));
      expect({ code: run.code, stderr: run.stderr, stdout: run.stdout }).toEqual({
        code: 13,
        stderr: expect.stringMatching(/^error: /),
        stdout: "",
      });
      writeFileSync(file, bytes);
    }
    await stillWorks();
  });

  test("a local manifest of a newer format: 14", async () => {
    const path = join(machine.home, "refs", `${repoId}.json`);
    const good = readFileSync(path, "utf8");
    writeFileSync(path, newerRef(good));
    await fails(["search", "refresh", "--repo", repoId], 14, /newer/);
    await fails(["index", repoId], 14, /newer/);
    writeFileSync(path, good);
    await stillWorks();
  });

  test("a home that cannot be made: 1", async () => {
    await fails(["list"], 1, /home/, { REPOBASE_HOME: join(dir, "good", "a.md", "home") });
  });

  test("a damaged config.json is kept, not overwritten: 13", async () => {
    const path = join(machine.home, "config.json");
    const good = readFileSync(path);
    writeFileSync(path, "{");
    await fails(["list"], 13, /damaged/);
    await fails(["add", join(dir, "good")], 13, /damaged/);
    expect(readFileSync(path, "utf8")).toBe("{");
    writeFileSync(path, good);
    await stillWorks();
  });

  test("two processes index the same repository: one is told to come back, and the index is whole", async () => {
    const big: Record<string, string> = {};
    for (let i = 0; i < 400; i++)
      big[`src/f${i}.ts`] = `export function zzparallel${i}() {\n  return ${i};\n}\n`.repeat(5);
    await makeRepository(join(dir, "big"), big);
    const runs = await Promise.all([
      machine.run(["add", join(dir, "big"), "--json"]),
      machine.run(["add", join(dir, "big"), "--json"]),
    ]);
    const codes = runs.map((run) => run.code).sort((a, b) => a - b);
    expect(codes).toEqual([0, 20]);
    expect(runs.find((run) => run.code === 20)?.stderr).toContain("busy");
    const found = await machine.one<SearchResponse>(["search", "zzparallel17", "--mode", "keyword", "--repo", "big"]);
    expect(found.results[0]?.path).toBe("src/f17.ts");
  });

  test.if(LONG)("killed in the middle of indexing: the old index answers, and the next run finishes", async () => {
    const folder = join(dir, "big");
    for (let i = 0; i < 400; i++)
      writeFileSync(join(folder, "src", `g${i}.ts`), `export const zzkilled${i} = ${i};\n`.repeat(200));
    await Bun.spawn(["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", folder, "add", "-A"]).exited;
    await Bun.spawn(["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", folder, "commit", "-qm", "more"]).exited;
    for (const wait of [40, 120, 250, 400]) {
      const run = machine.spawn(["index", "big"]);
      await Bun.sleep(wait);
      run.kill("SIGKILL");
      await run.exited;
      const found = await machine.one<SearchResponse>(["search", "zzparallel17", "--mode", "keyword", "--repo", "big"]);
      expect(found.results[0]?.path).toBe("src/f17.ts");
    }
    await machine.one(["index", "big"]);
    const found = await machine.one<SearchResponse>(["search", "zzkilled399", "--mode", "keyword", "--repo", "big"]);
    expect(found.results[0]?.path).toBe("src/g399.ts");
    expect(await machine.one<{ changed: boolean }>(["index", "big"])).toMatchObject({ changed: false });
  });
});

/** One request, byte for byte: URL parsers would tidy up the very paths that are tested. */
function raw(request: string): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(worker.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let text = "";
    socket.setTimeout(10_000, () => socket.destroy(new Error("no answer")));
    socket.on("data", (part) => {
      text += part.toString("latin1");
      if (/^HTTP\/1\.1 \d+/.test(text) && text.includes("\r\n\r\n")) socket.end();
    });
    socket.on("error", (error) => (text === "" ? reject(error) : undefined));
    socket.on("close", () => resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text }));
    socket.write(request);
  });
}
