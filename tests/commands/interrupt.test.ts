/**
 * Ctrl-C ends any command within 200 ms of the signal, whatever it waits for: a server that never answers or stops in the
 * middle, standard input, work on the main thread. Each command runs as a process of its own.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { closeSync, constants, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inLong } from "../helpers/long.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
const LIMIT_MS = 200;

let dir = "";
/** Takes connections and sends nothing, or the head of an answer and half a body. */
let silent: Bun.TCPSocketListener;
let halfway: Bun.TCPSocketListener;
/** A process that only waits: how late it ends is what the machine's load costs anyone. */
let idle: Bun.Subprocess;
let onRequest: () => void = () => undefined;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "repobase-interrupt-"));
  silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => onRequest() } });
  const half = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
  halfway = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket) {
        socket.write(half);
        onRequest();
      },
    },
  });
  mkdirSync(join(dir, "code"));
  writeFileSync(join(dir, "code", "a.ts"), "export const answer = 42;\n");
  expect(await run(["add", "code"]).exited).toBe(0);
  expect(await run(["cloud", "enable", "code"]).exited).toBe(0);
  idle = startIdle();
}, 120_000);
afterAll(() => {
  silent.stop(true);
  halfway.stop(true);
  idle.kill("SIGKILL");
  rmSync(dir, { recursive: true, force: true });
});

function run(args: readonly string[], endpoint?: string) {
  return Bun.spawn(["bun", MAIN, ...args], {
    cwd: dir,
    env: {
      PATH: process.env.PATH,
      HOME: dir,
      TMPDIR: process.env.TMPDIR,
      REPOBASE_HOME: join(dir, "home"),
      ...(endpoint && { REPOBASE_ENDPOINT: endpoint, REPOBASE_API_KEY: "rb_test" }),
    },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
}

const startIdle = () =>
  Bun.spawn(["bun", "-e", `process.on("SIGTERM", () => process.exit()); setInterval(() => {}, 1e6)`]);

/** Signals the child and the idle process at once. The child has twice the other's time on top, as it does some work on its way out. */
async function endsInTime(child: Bun.Subprocess, signal: "SIGINT" | "SIGTERM"): Promise<void> {
  const started = performance.now();
  child.kill(signal);
  idle.kill("SIGTERM");
  const took = async (process: Bun.Subprocess) => process.exited.then(() => performance.now() - started);
  const [ms, idleMs] = await Promise.all([took(child), took(idle)]);
  idle = startIdle();
  expect(ms).toBeLessThan(LIMIT_MS + 2 * idleMs);
}

async function interrupted(child: ReturnType<typeof run>, signal: "SIGINT" | "SIGTERM" = "SIGINT") {
  await endsInTime(child, signal);
  const stderr = await child.stderr.text();
  expect({ code: child.exitCode, stderr }).toEqual({
    code: signal === "SIGINT" ? 130 : 143,
    stderr: expect.stringContaining("interrupted; run the same command again"),
  });
}

const endpointOf = (server: Bun.TCPSocketListener) => `http://127.0.0.1:${server.port}`;
const REMOTE: readonly (readonly string[])[] = [
  ["search", "answer", "--remote"],
  ["push", "code", "--worktree"],
  ["pull", "code"],
  ["status", "code"],
  ["cloud", "status"],
  ["cloud", "login"],
  ["remove", "code", "--remote"],
  ["ls-remote", "code"],
  ["verify-manifest", "code", "--remote"],
];

/** Each way of reading an answer once: the others read theirs by the same code. */
const READERS = REMOTE.filter(([command]) => command === "search" || command === "pull" || command === "ls-remote");

describe.each([
  ["a server that never answers", () => silent, REMOTE],
  ["half a body", () => halfway, inLong(REMOTE, READERS)],
] as const)("%s", (_, server, commands) => {
  test.each(commands.map((args) => [args.join(" "), args] as const))("%s", async (_name, args) => {
    const reached = Promise.withResolvers<void>();
    onRequest = reached.resolve;
    const child = run(args, endpointOf(server()));
    await Promise.race([reached.promise, child.exited]);
    await interrupted(child);
  });

  test("add <url>, SIGTERM", async () => {
    const reached = Promise.withResolvers<void>();
    onRequest = reached.resolve;
    const child = run(["add", `${endpointOf(server())}/x/y`]);
    await Promise.race([reached.promise, child.exited]);
    await interrupted(child, "SIGTERM");
  });
});

describe("waits of other kinds", () => {
  test.each([
    ["search", ["search", "--stdin"]],
    ["cloud login", ["cloud", "login", "--endpoint", "http://127.0.0.1:9", "--api-key-stdin"]],
  ] as const)("standard input: %s", async (_, args) => {
    const child = run(args);
    await Bun.sleep(1500); // nothing tells from outside that it waits
    await interrupted(child, "SIGTERM");
  });

  // long answers fill a pipe's bytes, short ones its slots
  test.each(["100", "6"])("a reader of the output that stopped reading, %s results an answer", async (limit) => {
    if (!existsSync(join(dir, "wide"))) {
      mkdirSync(join(dir, "wide"));
      for (let i = 0; i < 100; i++)
        writeFileSync(join(dir, "wide", `w${i}.ts`), `export const wide${i} = 1; // wide\n`);
      expect(await run(["add", "wide"]).exited).toBe(0);
    }
    const pipe = join(dir, `pipe-${limit}`);
    expect(await Bun.spawn(["mkfifo", pipe]).exited).toBe(0);
    const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    const full = Bun.spawn(["bun", MAIN, "search", "--stdin", "--json", "--limit", limit], {
      cwd: dir,
      env: { PATH: process.env.PATH, HOME: dir, REPOBASE_HOME: join(dir, "home") },
      stdin: new TextEncoder().encode("wide\n".repeat(40)),
      stdout: openSync(pipe, constants.O_WRONLY), // one that blocks, as a shell makes it
      stderr: "ignore",
    });
    await Bun.sleep(2500);
    expect(full.exitCode).toBeNull();
    await endsInTime(full, "SIGINT");
    // once the command itself is done, a signal ends the writing as it ends any program: 130 to a shell, too
    expect(full.exitCode ?? full.signalCode).toBeOneOf([130, "SIGINT"]);
    closeSync(fd);
  });
});

test("pipes in the way of reading are not opened", async () => {
  const folder = join(dir, "piped");
  mkdirSync(join(folder, "sub"), { recursive: true });
  writeFileSync(join(folder, "a.ts"), "export const zpiped = 1;\n");
  for (const path of ["home-ignore", "piped/.gitignore", "piped/pipe.ts", "piped/sub/.repobaseignore"])
    expect(await Bun.spawn(["mkfifo", join(dir, path)]).exited).toBe(0);
  for (const args of [
    ["init", "--quiet"],
    ["config", "core.excludesFile", join(dir, "home-ignore")],
  ])
    expect(await Bun.spawn(["git", "-C", folder, ...args]).exited).toBe(0);
  const child = run(["add", folder]);
  const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
  expect(await child.exited).toBe(0);
  clearTimeout(timer);
  expect(await child.stdout.text()).toContain("piped");
});

test("a server that never answers ends search --remote by the time limit", async () => {
  const child = Bun.spawn(["bun", MAIN, "search", "answer", "--remote"], {
    cwd: dir,
    env: {
      PATH: process.env.PATH,
      HOME: dir,
      REPOBASE_HOME: join(dir, "home"),
      REPOBASE_ENDPOINT: endpointOf(silent),
      REPOBASE_API_KEY: "rb_key",
      REPOBASE_TIMEOUT_SECONDS: "1",
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
  expect([await child.exited, await child.stdout.text()]).toEqual([20, ""]);
  clearTimeout(timer);
  expect(await child.stderr.text()).toMatch(/^error: .*127\.0\.0\.1/);
});
