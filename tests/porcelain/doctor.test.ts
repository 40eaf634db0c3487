/** `repobase doctor`: each failure is planted for real, found, named, and gone when what it says was done. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acquireLock } from "../../src/files/lock.ts";
import { temporaryBeside } from "../../src/files/temporary.ts";
import { Home } from "../../src/home/home.ts";
import { catManifest } from "../../src/plumbing/cat-manifest.ts";
import { writeManifest } from "../../src/plumbing/write-manifest.ts";
import { type DoctorOptions, examine } from "../../src/porcelain/doctor/doctor.ts";
import type { Finding } from "../../src/porcelain/doctor/finding.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { encodeRef, type Ref } from "../../src/protocol/ref.ts";
import { encodeManifest, type Manifest } from "../../src/protocol/manifest.ts";
import { Terminal } from "../commands/terminal.ts";
import { makeRepository } from "../helpers/git-server.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { startBunServer } from "../server/bun-server.ts";

const isRoot = process.getuid?.() === 0;
let dir: string;
let home: string;
let code: string;
let id: string;
let server: WorkerServer;
let apiKey: string;
let env: Record<string, string>;
let terminal: Terminal;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-doctor-"));
  home = join(dir, "home");
  code = join(dir, "code");
  await makeRepository(code, { "a.ts": "export const answer = 42;\n", "b.ts": "export const other = 1;\n" });
  const config = join(dir, "gitconfig");
  writeFileSync(config, "");
  env = {
    REPOBASE_HOME: home,
    PATH: process.env.PATH ?? "",
    HOME: dir,
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_NOSYSTEM: "1",
  };
  terminal = new Terminal(dir, env);
  const added = await terminal.run(["add", code, "--json"]);
  id = (JSON.parse(added.stdout) as { repoId: string }).repoId;
  server = await startBunServer();
  apiKey = await server.issueKey("ada");
});
afterAll(async () => {
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function look(of: Partial<DoctorOptions> & { with?: Record<string, string> } = {}): Promise<readonly Finding[]> {
  const { with: more = {}, ...options } = of;
  return Array.fromAsync(examine({ readData: false, ...options, env: { ...env, ...more } }));
}

/** What is not ok, by name. */
const wrong = (findings: readonly Finding[]) =>
  Object.fromEntries(
    findings.filter(({ state }) => state !== "ok").map(({ name, state, found, fix }) => [name, [state, found, fix]]),
  );

/** Plants a fault, looks, and takes it away again. */
async function planted(
  plant: () => void | Promise<void>,
  mend: () => void | Promise<void>,
  of: Parameters<typeof look>[0] = {},
): Promise<ReturnType<typeof wrong>> {
  await plant();
  try {
    return wrong(await look(of));
  } finally {
    await mend();
  }
}

const says = (state: string, found: string, fix: string) => [
  state,
  expect.stringContaining(found),
  expect.stringContaining(fix),
];

test("a home that is well", async () => {
  const findings = await look();
  expect(wrong(findings)).toEqual({});
  expect(findings.map(({ name }) => name)).toEqual(
    ["owner", "rights", "writable", "space", "config", "settings", "cloud", "locks", "leftovers"]
      .map((name) => `home.${name}`)
      .concat(
        "program.version",
        "program.native",
        "git.program",
        "git.credentials",
        `repositories.${id}`,
        "cloud.endpoint",
      ),
  );
  expect(wrong(await look({ readData: true }))).toEqual({});
  expect((await look({ with: { REPOBASE_HOME: join(dir, "none") } }))[0]?.found).toContain("is not there yet");
});

test("home: rights, and whose it is", async () => {
  const mode = (bits: number) => () => chmodSync(home, bits);
  expect(await planted(mode(0o777), mode(0o700))).toEqual({
    "home.rights": says("failed", "others can write to", `chmod go-rwx ${home}`),
  });
  expect(await planted(mode(0o755), mode(0o700))).toEqual({
    "home.rights": says("warning", "others can look into", `chmod go-rwx ${home}`),
  });
  const cloud = join(home, "cloud.json");
  const signIn = { userId: "", apiKey: "", endpoint: "", enabled: true };
  const found = await planted(
    () => writeFileSync(cloud, JSON.stringify(signIn), { mode: 0o644 }),
    () => rmSync(cloud),
  );
  expect(found["home.rights"]).toEqual(says("failed", "others can read the key", `chmod go-rwx ${cloud}`));
  expect(wrong(await look({ with: { REPOBASE_HOME: join(code, "a.ts") } }))["home.folder"]).toEqual(
    says("failed", "is no folder", "REPOBASE_HOME"),
  );
});

test.skipIf(!isRoot)("home and folder of another user", async () => {
  const found = await planted(
    () => chownSync(home, 1234, 1234),
    () => chownSync(home, 0, 0),
  );
  expect(found["home.owner"]).toEqual(says("failed", "belongs to another user", "sudo chown -R"));
  const git = await planted(
    () => chownSync(code, 1234, 1234),
    () => chownSync(code, 0, 0),
  );
  expect(git["git.safe-directory"]).toEqual(says("warning", code, `git config --global --add safe.directory ${code}`));
});

test("home: disk space", async () => {
  expect(wrong(await look({ room: { warn: 1e18, fail: 1 } }))).toEqual({
    "home.space": says("warning", "MB are free", "REPOBASE_HOME"),
  });
  expect(wrong(await look({ room: { warn: 1e18, fail: 1e18 } }))).toEqual({
    "home.space": says("failed", "MB are free", "REPOBASE_HOME"),
  });
});

test("home: damaged documents; and the command runs all the same", async () => {
  const config = join(home, "config.json");
  const text = readFileSync(config, "utf8");
  const damage = (file: string) => () => writeFileSync(join(home, file), "{", { mode: 0o600 });
  const found = await planted(damage("config.json"), () => writeFileSync(config, text));
  expect(found).toEqual({ "home.config": says("failed", "config.json", "repobase repair") });
  const settings = await planted(damage("settings.json"), () => rmSync(join(home, "settings.json")));
  expect(settings).toEqual({ "home.settings": says("failed", "settings.json", "repobase config edit") });
  const cloud = await planted(damage("cloud.json"), () => rmSync(join(home, "cloud.json")));
  expect(cloud["home.cloud"]).toEqual(says("failed", "cloud.json", "repobase cloud login"));
  damage("settings.json")();
  const said = await terminal.run(["doctor", "--json"]);
  rmSync(join(home, "settings.json"));
  expect(said.code).toBe(4);
  const answer = JSON.parse(said.stdout) as { failed: number; checks: Finding[] };
  expect([answer.failed, answer.checks.filter(({ state }) => state === "failed").map(({ name }) => name)]).toEqual([
    1,
    ["home.settings"],
  ]);
});

test("home: a lock that somebody holds, and what killed processes left", async () => {
  let lock: { release(): void } | undefined;
  const held = await planted(
    async () => void (lock = await acquireLock(join(home, "locks", "repo-x.lock"), "x")),
    () => lock?.release(),
  );
  expect(held).toEqual({ "home.locks": says("warning", "repo-x", "wait for it") });
  const temporary = temporaryBeside(join(home, "index", id, "x"));
  const left = await planted(
    () => {
      writeFileSync(temporary, "x");
      utimesSync(temporary, 1, 1);
      mkdirSync(join(home, "index", "gone-1234"));
    },
    () => {
      rmSync(temporary);
      rmSync(join(home, "index", "gone-1234"), { recursive: true });
    },
  );
  expect(left).toEqual({
    "home.leftovers": says("warning", "left behind", `rm -r ${temporary} ${join(home, "index", "gone-1234")}`),
  });
});

test("git: not there, no helper for clones", async () => {
  const found = wrong(await look({ with: { PATH: join(dir, "empty") } }));
  expect(found).toEqual({ "git.program": says("warning", "not on the PATH", "install git") });
  expect(
    (await look({ with: { REPOBASE_GIT_TOKEN: "secret-token" } })).map(({ found: text }) => text).join(),
  ).not.toContain("secret-token");
  const config = join(home, "config.json");
  const text = readFileSync(config, "utf8");
  const clone = {
    id: "far-1",
    name: "far",
    source: { kind: "git", url: "https://example.com/far" },
    branch: null,
    model: "x",
    lastIndexedCommit: null,
    cloudEnabled: false,
    lastPushedAt: null,
    lastPushedCommit: null,
  };
  const document = JSON.parse(text) as { repos: unknown[] };
  const clones = await planted(
    () => writeFileSync(config, JSON.stringify({ ...document, repos: [...document.repos, clone] })),
    () => writeFileSync(config, text),
  );
  expect(clones).toEqual({
    "git.credentials": says("warning", "no credential helper", "credential.helper"),
    "repositories.far-1": says("warning", "not indexed yet", "repobase index far-1"),
  });
});

test("repositories: the folder is gone, the index lacks a part, a byte is wrong", async () => {
  const away = join(dir, "away");
  expect(
    await planted(
      () => renameSync(code, away),
      () => renameSync(away, code),
    ),
  ).toEqual({
    [`repositories.${id}`]: says("failed", `${code} is not there`, `repobase remove ${id}`),
  });
  const data = join(home, "index", id, "files.lance", "data");
  const part = join(data, readdirSync(data)[0] ?? "");
  const bytes = readFileSync(part);
  const isDamaged = { [`repositories.${id}`]: says("failed", "damaged or gone", `repobase repair ${id}`) };
  const mend = () => writeFileSync(part, bytes, { mode: 0o600 });
  expect(await planted(() => rmSync(part), mend)).toEqual(isDamaged);
  const flip = () => {
    const flipped = Uint8Array.from(bytes);
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    writeFileSync(part, flipped);
  };
  // a quick look does not read it
  expect(await planted(flip, mend)).toEqual({});
  expect(await planted(flip, mend, { readData: true })).toEqual(isDamaged);
});

test("repositories: another model, another chunker, out of date, no ref", async () => {
  const opened = Home.open(env);
  const place = join(home, "refs", `${id}.json`);
  const ref = readFileSync(place, "utf8");
  const sha256 = (JSON.parse(ref) as { manifest: string }).manifest;
  const manifest = await catManifest({ from: opened.store, repo: id, sha256 });
  if (manifest === undefined) throw new Error("the fixture has no manifest");
  const as = (change: Partial<Manifest>) => async () => {
    const other = { ...manifest, ...change };
    await writeManifest({ to: opened.store, repo: id, manifest: other });
    const { crc32: _, ...stored } = JSON.parse(ref) as Ref & { crc32: string };
    writeFileSync(place, encodeRef({ ...stored, manifest: await sha256Hex(encodeManifest(other)) }));
  };
  const back = () => writeFileSync(place, ref);
  const at = `repositories.${id}`;
  expect((await planted(as({ model: { ...manifest.model, id: "bge-0123456789ab" } }), back))[at]).toEqual(
    says("failed", "bge-0123456789ab is not on this machine", "repobase model add"),
  );
  expect((await planted(as({ chunker: "syntax-1" }), back))[at]).toEqual(
    says("warning", "syntax-1", `repobase index ${id}`),
  );
  expect(
    (
      await planted(
        () => writeFileSync(join(code, "c.ts"), "let c;\n"),
        () => rmSync(join(code, "c.ts")),
      )
    )[at],
  ).toEqual(says("warning", "changed since", `repobase index ${id}`));
  expect((await planted(() => rmSync(place), back))[at]).toEqual(
    says("warning", "not indexed yet", `repobase index ${id}`),
  );
});

test("cloud: nobody is signed in, an address in the clear, nobody there, a wrong key, a wrong clock, another version", async () => {
  const signedIn = { REPOBASE_ENDPOINT: server.url, REPOBASE_API_KEY: apiKey };
  const well = await look({ with: signedIn });
  expect(wrong(well)).toEqual({});
  expect(well.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["cloud.endpoint", "cloud.reachable", "cloud.clock", "cloud.key"]),
  );
  expect(JSON.stringify(well)).not.toContain(apiKey);
  const cloud = async (more: Record<string, string>, now?: () => number) =>
    wrong(await look({ with: { ...signedIn, ...more }, now }));
  expect(await cloud({ REPOBASE_ENDPOINT: "http://example.com" })).toEqual({
    "cloud.endpoint": says("failed", "in the clear", "https"),
  });
  expect(await cloud({ REPOBASE_ALLOW_HTTP: "1" })).toEqual({});
  expect(await cloud({ REPOBASE_ENDPOINT: "http://127.0.0.1:1" })).toEqual({
    "cloud.reachable": says("failed", "cannot reach", "check the address"),
  });
  expect(await cloud({ REPOBASE_API_KEY: "rb_wrong" })).toEqual({
    "cloud.key": says("failed", "refuses the key", "repobase cloud login"),
  });
  expect(await cloud({}, () => Date.now() + 600_000)).toEqual({
    "cloud.clock": says("warning", "ahead of the server's", "set the clock"),
  });
  const who = { userId: "ada", plan: "free", scopes: ["read"], quotaUsed: 0, quotaLimit: 1 };
  using old = Bun.serve({
    port: 0,
    fetch: ({ url }) => Response.json(url.endsWith("whoami") ? who : { info: { version: "0.0.1" } }),
  });
  expect(await cloud({ REPOBASE_ENDPOINT: old.url.href })).toEqual({
    "cloud.version": says("warning", "the server runs 0.0.1", "up to date"),
  });
  await terminal.run(["cloud", "enable", id]);
  expect(wrong(await look())).toEqual({
    "cloud.endpoint": says("failed", "nobody is signed in", "repobase cloud login"),
  });
  await terminal.run(["cloud", "disable", id]);
});

test("shell and terminal: completions, the PATH, the locale", async () => {
  const bin = join(dir, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "repobase"), "#!/bin/sh\n", { mode: 0o755 });
  const told = async (more: Record<string, string>) => {
    const { stdout, code: exit } = await new Terminal(dir, {
      ...env,
      SHELL: "/bin/bash",
      LANG: "C.UTF-8",
      ...more,
    }).run(["doctor", "--json"]);
    const { checks } = JSON.parse(stdout) as { checks: Finding[] };
    return { exit, found: wrong(checks.filter(({ area }) => area === "shell" || area === "terminal")) };
  };
  const without = says("warning", "does not complete", "repobase completion bash --install");
  expect(await told({})).toEqual({
    exit: 0,
    found: { "shell.path": says("warning", "no folder of PATH", "build"), "shell.completions": without },
  });
  const PATH = `${bin}:${env.PATH}`;
  await new Terminal(dir, env).run(["completion", "bash", "--install"]);
  expect(await told({ PATH })).toEqual({ exit: 0, found: {} });
  const file = join(dir, ".local/share/bash-completion/completions/repobase");
  expect(existsSync(file)).toBe(true);
  writeFileSync(file, `${readFileSync(file, "utf8")}# older\n`);
  expect((await told({ PATH })).found).toEqual({
    "shell.completions": says("warning", "another version", "--install"),
  });
  rmSync(file);
  expect((await told({ PATH, LANG: "C", SHELL: "" })).found).toEqual({
    "terminal.unicode": says("warning", "no UTF-8", "LANG"),
  });
});

test.skipIf(isRoot)("home: it cannot be written", async () => {
  const found = await planted(
    () => chmodSync(home, 0o500),
    () => chmodSync(home, 0o700),
  );
  expect(found["home.writable"]).toEqual(says("failed", "cannot be written", "chmod u+rwx"));
});

test("with every fault taken away all is well again, and nothing was changed by looking", async () => {
  expect(wrong(await look({ readData: true }))).toEqual({});
});
