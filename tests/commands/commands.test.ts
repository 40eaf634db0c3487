/**
 * Every command with every flag, in this process: a folder and a clone are indexed, pushed, pulled and taken apart again, over a
 * server on a folder. The names and types of each JSON answer are a snapshot (a wanted change: `bun test -u tests/commands`).
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Cli } from "clipanion";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAllCommands } from "../../src/commands/load-commands.ts";
import { filesOf, makeWebRepository } from "../helpers/fixture-repository.ts";
import { indexSources } from "../helpers/fixture-sources.ts";
import { type GitServer, makeRepository, startGitServer, writeFiles } from "../helpers/git-server.ts";
import { bertTokenizer, tinyGraph, writeFolder } from "../helpers/onnx-models.ts";
import { startFakeGitHub } from "../helpers/fake-github.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { startBunServer } from "../server/bun-server.ts";
import { type Shape, shapeOf } from "./shape-of.ts";
import { type Said, Terminal } from "./terminal.ts";

let dir: string;
let gitServer: GitServer;
let server: WorkerServer;
let apiKey: string;
let here: Terminal;
let there: Terminal;
let code: string;
const shapes: Record<string, Shape> = {};
/** Command lines of terminals that a test made for itself. */
const others: (readonly string[])[] = [];
const lines = (terminal: Terminal) => others.push(...terminal.lines);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-commands-"));
  await makeRepository(join(dir, "code"), filesOf(indexSources().slice(0, 12)));
  await makeWebRepository(join(dir, "web"));
  gitServer = startGitServer(dir);
  server = await startBunServer();
  apiKey = await server.issueKey("ada");
  here = new Terminal(dir, { REPOBASE_HOME: join(dir, "home-here") });
  there = new Terminal(dir, {
    REPOBASE_HOME: join(dir, "home-there"),
    REPOBASE_ENDPOINT: server.url,
    REPOBASE_API_KEY: apiKey,
    REPOBASE_USER_ID: "ada",
  });
});
afterAll(async () => {
  await gitServer?.stop();
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Expected {
  readonly on?: Terminal;
  readonly stdin?: string;
  readonly code?: number;
}

/** Runs a line; ~ stands for a space inside a word. */
async function run(line: string, { on = here, stdin = "", code: wanted = 0 }: Expected = {}): Promise<Said> {
  const said = await on.run(
    line.split(" ").map((word) => word.replaceAll("~", " ")),
    stdin,
  );
  expect({ line, code: said.code, stderr: said.stderr }).toEqual({ line, code: wanted, stderr: expect.any(String) });
  return said;
}

/** Runs it as text: something is said. */
async function text(line: string, expected?: Expected): Promise<string> {
  const { stdout } = await run(line, expected);
  expect({ line, stdout }).toEqual({ line, stdout: expect.stringMatching(/\S/) });
  return stdout;
}

/** Runs it with --json; each line of the answer is one document, whose shape is kept. */
async function json<T>(line: string, expected?: Expected): Promise<T> {
  const { stdout } = await run(`${line} --json`, expected);
  const documents = stdout
    .trim()
    .split("\n")
    .map((each) => JSON.parse(each) as T);
  shapes[
    line
      .replaceAll(code, "CODE")
      .replaceAll(dir, "DIR")
      .replaceAll(/(?:http:|index\/)\S+|\b[0-9a-f]{16}\b|[0-9a-f]{64}/g, "X")
  ] = shapeOf(documents[0]);
  return documents[0] as T;
}

test("config", async () => {
  const mine = new Terminal(dir, {
    REPOBASE_HOME: join(dir, "home-settings"),
    EDITOR: "true",
    PATH: process.env.PATH ?? "",
  });
  await json("config set search.limit 20", { on: mine });
  await json("config get search.limit", { on: mine });
  await json("config list --show-origin", { on: mine });
  await json("config unset search.limit", { on: mine });
  await json("config edit", { on: mine });
  for (const verb of ["set search.limit 5", "get search.limit", "list", "unset search.limit"])
    await run(`config ${verb} --repo nobody`, { on: mine, code: 10 });
  lines(mine);
});

test("help, licenses, completion, man", async () => {
  await text("help");
  await json("help");
  await text("doctor");
  await json("doctor --read-data");
  await text("licenses");
  await json("licenses");
  const mine = new Terminal(dir, { REPOBASE_HOME: join(dir, "home-here"), HOME: dir });
  await json("completion fish --install", { on: mine });
  expect(await text("completion fish --keys", { on: mine })).toContain("bind \\cg");
  await run("completion zsh --keys --install", { on: mine, code: 2 });
  lines(mine);
  await json("man search");
});

test("ui: without a terminal in lines, and never as JSON", async () => {
  expect(await text("ui", { stdin: ":help\n" })).toContain(":show N");
  expect(await text("ui --plain", { stdin: ":quit\n" })).toContain(":help lists the words");
  await run("ui --json", { code: 2 });
});

test("add, index, list", async () => {
  expect(await json<unknown[]>("list")).toEqual([]);
  const added = await json<{ repoId: string }>(
    "add code --name mine --threads 1 --flush-seconds 5 --max-file-bytes 100000 --include *.sql --native-text-index --secrets redact",
  );
  code = added.repoId;
  await text(`add ${gitServer.url}/web --branch main --model repobase-static-16k`);
  const part = await json<{ repoId: string }>("add code/lib --only");
  await text(`remove ${part.repoId}`);
  await text("index mine --ref main");
  await text("index mine --prune");
  expect((await run("index mine --quiet")).stderr).toBe("");
  await text("index --all --threads 1 --flush-seconds 5");
  await json(
    "index mine --branch main --model repobase-static-16k --max-file-bytes 90000 --include *.sql --native-text-index --secrets skip",
  );
  expect(await json<unknown[]>("list")).toHaveLength(2);
  expect(await text("list")).toContain(code);
});

test("search, show, status", async () => {
  for (const mode of ["keyword", "semantic", "hybrid"])
    expect(await text(`search retry~after~a~rate~limit --mode ${mode}`)).toContain("retry");
  const found = await json<{ results: { path: string; language: string }[] }>(
    "search retry~a~request --repo mine --ref main --path *.ts --lang typescript --limit 3 --explain --stats",
  );
  expect(found.results.length).toBeGreaterThan(0);
  for (const { path, language } of found.results)
    expect([path.endsWith(".ts"), language]).toEqual([true, "typescript"]);
  await text("search retry --fresh");
  expect(await text("search retry~a~request --repo mine --format {repo}\\t{path}:{line} --limit 1")).toMatch(
    /^code-\w+\t\S+:\d+\n$/,
  );
  const inLib = new Terminal(join(dir, "code/lib"), here.env);
  const paths = (await text("search retry --repo mine --files -0", { on: inLib })).split("\0").slice(0, -1);
  expect(new Set(paths).size).toBe(paths.length);
  for (const path of paths) expect(await Bun.file(join(inLib.cwd, path)).exists()).toBe(true);
  for (const line of (await text("search retry --repo mine --vimgrep", { on: inLib })).trim().split("\n")) {
    const [, path = "", number = "", column = "", rest] = /^(.*?):(\d+):(\d+):(.*)$/.exec(line) ?? [];
    const written = (await Bun.file(join(inLib.cwd, path)).text()).split("\n")[Number(number) - 1] ?? "";
    expect([rest, Buffer.from(written).length >= Number(column) - 1]).toEqual([written, true]);
  }
  const web = await run("search retry --files --repo web");
  expect([web.stdout, web.stderr]).toEqual(["", expect.stringContaining("left out; print one with: repobase show")]);
  expect((await run("search retry --format {file} --repo web")).stdout).not.toBe("");
  for (const wrong of ["--files --vimgrep", "--null", "--files --json", "-i --remote", "--format {nothing}"])
    await run(`search retry ${wrong}`, { code: 2 });
  lines(inLib);
  await json("search --stdin", { stdin: "retry\nlock\n" });
  await json("search nosuchwordanywhere --mode keyword");
  expect(await text("ask how~is~a~request~tried~again --repo mine --ref main --no-model")).toContain("[1] mine@");
  await json("ask how~is~a~request~tried~again --follow-up");
  const [file] = Object.keys(filesOf(indexSources().slice(0, 1)));
  expect(await text(`show mine ${file} --ref main`)).toContain(indexSources()[0]?.text.split("\n")[1] ?? "?");
  await json(`show mine ${file}:2-4`);
  await text("status");
  await json("status mine");
});

test("cloud: login, enable, status, disable", async () => {
  await json(`cloud login --endpoint ${server.url} --api-key-stdin`, { stdin: `${apiKey}\n` });
  await text(`cloud login --endpoint ${server.url} --api-key ${apiKey}`);
  await text("cloud status");
  await json("cloud status");
  for (const which of ["mine", "--all", "--global"])
    for (const verb of ["disable", "enable"]) {
      await text(`cloud ${verb} ${which}`);
      await json(`cloud ${verb} ${which}`);
    }
});

test("push, pull, search --remote, status between", async () => {
  await json("push mine");
  await writeFiles(join(dir, "code"), { "lib/dirty.ts": "export const zzdirty = 1;\n" });
  await run("index mine");
  await json("push mine --worktree");
  await text("push --all --no-overwrite");
  await text("push mine --prune");
  await json("push mine");
  await json("push mine --force --branch main");
  await json("pull --all", { on: there });
  await text("pull mine --force", { on: there });
  await json("search retry --remote --limit 2", { on: there });
  await text("search retry --remote", { on: there });
  expect(await text("ask how~is~a~request~tried~again --remote", { on: there })).toContain(" mine@");
  await json("status", { on: there });
});

test("mcp: the tools of agents, here and at the server", async () => {
  const call = (id: number, name: string) =>
    `${JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: {} } })}\n`;
  for (const line of ["mcp --repo mine", "mcp --watch --repo mine", "mcp --remote --json"]) {
    const { stdout, stderr } = await run(line, { on: there, stdin: call(1, "status") + call(2, "nope") });
    const replies = stdout.trim().split("\n");
    expect([stderr, replies.length]).toEqual(["", 2]);
    expect(replies.find((reply) => reply.includes('"id":1'))).toContain("mine (");
    expect(replies.find((reply) => reply.includes('"id":2'))).toContain("-32602");
  }
});

test("mcp install, uninstall", async () => {
  const home = new Terminal(dir, { HOME: join(dir, "person"), REPOBASE_HOME: join(dir, "home-here") });
  await json("mcp install cursor --print --remote --repo mine", { on: home });
  await json("mcp install cursor --scope user --yes", { on: home });
  await text("mcp install cursor", { on: home });
  await json("mcp uninstall cursor --scope user --yes", { on: home });
  lines(home);
});

test("plumbing", async () => {
  await writeFile(join(dir, "a file"), "x");
  expect(await text(`hash-file ${join(dir, "a~file")} -z`)).toEndWith("\0");
  await json(`hash-file ${join(dir, "a~file")}`);
  await json("ls-remote");
  await json("list --remote");
  expect(await text("list --remote")).toMatch(/\t[0-9a-f]{10}\t20\d\d-/);
  expect(await text("ls-remote mine -z")).toEndWith("\0");
  const manifest = (await text("cat-manifest mine")).trim();
  const name = (await text("write-manifest mine --local --stdin", { stdin: manifest })).trim();
  await json("cat-manifest mine --remote");
  await text(`cat-manifest mine ${name} -z`);
  expect((await run("diff-manifest mine --remote -z")).stdout).toBe("");
  await json("diff-manifest mine --remote");
  await json("write-manifest mine --remote");
  await text("write-manifest mine --local -z");
  await json("update-ref mine");
  await text("update-ref mine --local -z");
  expect((await run(`update-ref mine --expect none`, { code: 11 })).stdout).toBe("");
  await run("verify-manifest mine --remote --read-data -z");
  await json("verify-manifest mine");
  await json("repair mine --remote");
  await text("repair mine");
  await text("repair");
  await json("gc mine --dry-run --remote");
  await text("gc mine --keep 1");
  expect((await run("purge mine no.where", { code: 2 })).stderr).toContain("--yes");
  await json("purge mine --dry-run no.where");
  await text("purge mine --yes --remote no.where");
  await text("purge mine --undo no.where");
  const bob = new Terminal(dir, {
    ...here.env,
    REPOBASE_ENDPOINT: server.url,
    REPOBASE_API_KEY: await server.issueKey("bob"),
    REPOBASE_USER_ID: "bob",
  });
  const missing = (await run("diff-manifest mine --remote -z", { on: bob, code: 1 })).stdout;
  await json("upload-fragment mine --stdin -z --probe", { on: bob, stdin: missing });
  const [, , , key = ""] = missing.split("\0")[0]?.split("\t") ?? [];
  expect(await text(`upload-fragment mine ${key} --probe -z`, { on: bob })).toEndWith("\0");
  for (const each of [bob, here]) lines(each);
  const empty = new Terminal(dir, { ...there.env, REPOBASE_HOME: join(dir, "home-empty") });
  const wanted = (await run(`diff-manifest ${code} --remote -z`, { on: empty, code: 1 })).stdout;
  await text(`download-fragment ${code} --stdin -z`, { on: empty, stdin: wanted });
  await json(`download-fragment ${code} ${key} --probe`, { on: empty });
  lines(empty);
});

test("models", async () => {
  const folder = await writeFolder(join(dir, "Tiny"), { "model.onnx": tinyGraph(), "tokenizer.json": bertTokenizer() });
  await json(`model add ${folder} --name tiny --pooling mean --query-prefix q: --passage-prefix p:`);
  await text("model list");
  await json("model list");
  await text("model remove tiny --force");
  await text(`model add ${folder}`);
  await json("model remove tiny");
});

test("remove, logout", async () => {
  expect(await json<object>("remove mine --remote")).toBeDefined();
  await text("remove web");
  await json("cloud logout");
  await text("cloud logout");
});

test("the admin: keys and quotas", async () => {
  const admin = new Terminal(dir, { REPOBASE_HOME: join(dir, "home-admin"), REPOBASE_ADMIN_TOKEN: server.adminToken });
  const at = `--endpoint ${server.url}`;
  const on = { on: admin };
  await run(`cloud keys list ${at}`, { on: new Terminal(dir, { REPOBASE_HOME: join(dir, "home-admin") }), code: 2 });
  await run("cloud keys list ann", { ...on, code: 10 });
  const issued = await run(`cloud keys add ann --label her~laptop --expires 2999-01-31 ${at}`, on);
  expect(issued.stdout).toMatch(/^rb_[\w-]{43}\n$/);
  expect(issued.stderr).toContain("until 2999-01-31T23:59:59.999Z");
  const reader = await json<{ id: string; apiKey: string; scopes: string[] }>(
    `cloud keys add ann --read-only ${at}`,
    on,
  );
  expect(reader.scopes).toEqual(["read"]);
  const listed = await text(`cloud keys list ann ${at}`, on);
  expect(listed).toContain(`…${issued.stdout.trim().slice(-4)}`);
  expect(listed).toContain("her laptop  until 2999");
  expect(listed).not.toContain(issued.stdout.trim().slice(3));
  await json(`cloud keys list ann ${at}`, on);
  expect(await text(`cloud keys list ${at}`, on)).toContain("ann  2 keys");
  await json(`cloud keys list ${at}`, on);
  await run(`cloud keys revoke nonsense ${at}`, { ...on, code: 2 });
  await json(`cloud keys revoke ${reader.id} ${at}`, on);
  await run(`cloud keys revoke ${reader.id} ${at}`, { ...on, code: 10 });
  const whoami = await fetch(`${server.url}/v1/whoami`, { headers: { authorization: `Bearer ${reader.apiKey}` } });
  expect(whoami.status).toBe(401);

  expect(await text(`cloud quota ann ${at}`, on)).toContain("0 of 10 repos, 0 of 100000 files, 0 B of 10 GB");
  const some = `cloud quota ann --repos 200 --files none --bytes 500GB --recount ${at}`;
  expect(await text(some, on)).toContain("0 of 200 repos, 0 files, 0 B of 500 GB");
  expect(await json<object>(`cloud quota ann --default ${at}`, on)).toMatchObject({ plan: "default" });
  await run(`cloud quota ann --default --repos 1 ${at}`, { ...on, code: 2 });
  await run(`cloud quota ann --bytes much ${at}`, { ...on, code: 2 });
  const wrong = new Terminal(dir, { ...admin.env, REPOBASE_ADMIN_TOKEN: "not-the-admin-token" });
  await run(`cloud quota ann ${at}`, { on: wrong, code: 12 });
  lines(admin);
});

test("people: sign-in with GitHub, spaces, invitations, own keys", async () => {
  const github = startFakeGitHub({ interval: 0 });
  github.person({ id: 7, login: "Ann" });
  github.person({ id: 8, login: "Ben" });
  const { baseUrl, clientId, clientSecret } = github;
  const signUp = await startBunServer(undefined, { github: { baseUrl, clientId, clientSecret }, signUp: "open" });
  const at = `--endpoint ${signUp.url}`;
  const terminal = (name: string, more: Record<string, string> = {}) =>
    new Terminal(dir, { REPOBASE_HOME: join(dir, `home-${name}`), ...more });
  const [ann, ben, admin] = [
    terminal("ann"),
    terminal("ben"),
    terminal("boss", { REPOBASE_ADMIN_TOKEN: signUp.adminToken }),
  ];
  /** The person types the code in as soon as it is shown. */
  const signIn = async (on: Terminal, login: string | null, flags: string) => {
    const enter = (said: string) => {
      const [userCode] = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(said) ?? [];
      if (userCode !== undefined) github.enter(userCode, login);
    };
    return on.run(`cloud login ${flags}`.split(" "), "", undefined, enter);
  };
  try {
    expect(await run(`cloud login ${at}`, { on: ann, code: 2 })).toMatchObject({
      stderr: expect.stringContaining("--github"),
    });
    expect((await signIn(ann, null, `--github ${at}`)).code).toBe(12);
    await run(`cloud login ${at} --api-key x --label laptop`, { on: ann, code: 2 });
    const said = await signIn(
      ann,
      "Ann",
      `--github ${at} --label her~laptop --scopes read,write,admin --expires 2999-01-31 --json`,
    );
    expect([said.code, said.stderr]).toEqual([0, expect.stringContaining('"type":"request"')]);
    shapes["cloud login --github"] = shapeOf(JSON.parse(said.stdout));
    expect(JSON.parse(said.stdout)).toMatchObject({ userId: "ann", login: "Ann" });
    expect(await text("cloud spaces list", { on: ann })).toContain("* ann");
    expect(await json<object>("cloud spaces list", { on: ann })).toMatchObject({
      person: { login: "Ann" },
      userId: "ann",
    });

    const ci = await run("cloud keys add --label ci --scopes read", { on: ann });
    expect([ci.stdout.slice(0, 3), ci.stderr]).toEqual(["rb_", expect.stringContaining("of ann (read)")]);
    const own = await json<{ keys: { id: string; label: string }[] }>("cloud keys list", { on: ann });
    expect(own.keys.map(({ label }) => label).sort()).toEqual(["ci", "her~laptop"]);
    expect(await text("cloud keys list --all", { on: ann })).toContain("ci");
    await text(`cloud keys revoke ${own.keys.find(({ label }) => label === "ci")?.id}`, { on: ann });
    expect((await json<{ keys: unknown[] }>("cloud keys list", { on: ann })).keys).toHaveLength(1);

    await json(`cloud spaces add team --name The~Team --org acme --role read ${at}`, { on: admin });
    await run(`cloud spaces add acme ${at}`, { on: admin });
    expect(await text(`cloud spaces list ${at}`, { on: admin })).toContain("team  The Team  shared  0 members  acme");
    await json(`cloud spaces list ${at}`, { on: admin });
    const link = await text(`cloud invite write --space team --login Ben ${at}`, { on: admin });
    expect(link).toStartWith(`${signUp.url}/#invite=`);
    await run("cloud invite write", { on: ann });
    await json("cloud invite read", { on: ann });
    const token = link.trim().split("=").at(-1);
    expect((await signIn(ann, "Ann", `${at} --invitation ${token}`)).code).toBe(12);
    expect((await signIn(ben, "Ben", `${at} --invitation ${token} --space team`)).stdout).toContain(
      "as Ben, in the space team",
    );
    // a key that may not invite, and one that may make no keys
    expect((await run("cloud invite read", { on: ben, code: 12 })).stderr).toContain("admin");
    expect((await run("cloud keys add", { on: ben, code: 12 })).stderr).toContain("admin");
    for (const each of [ann, ben, admin]) lines(each);
  } finally {
    await signUp.stop();
    await github.stop();
  }
});

test("notify, notifications: what an agent tells its space", async () => {
  const env = { REPOBASE_ENDPOINT: server.url, REPOBASE_HOME: join(dir, "home-agent") };
  const agent = new Terminal(dir, { ...env, REPOBASE_API_KEY: await server.issueKey("agents", ["notify"]) });
  const reader = new Terminal(dir, { ...env, REPOBASE_API_KEY: await server.issueKey("agents", ["read"]) });
  expect(await text("notifications", { on: reader })).toContain("nothing happened yet");
  expect(await text("notify Tests~pass --body 14~of~14 --url https://ci.example/1", { on: agent })).toContain("pass");
  const failed = await json<{ id: string }>("notify Build~failed --failed --key build-7", { on: agent });
  expect((await json<{ id: string }>("notify Again --key build-7", { on: agent })).id).toBe(failed.id);
  const list = await json<{ notifications: { title: string }[]; next: string }>("notifications --limit 1", {
    on: reader,
  });
  expect(list.notifications.map(({ title }) => title)).toEqual(["Build failed"]);
  const rest = await text(`notifications --cursor ${list.next}`, { on: reader });
  expect(rest).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d {2}task\.result {2}Tests pass\n {4}14 of 14\n {4}https:\/\/ci\.example\/1\n$/,
  );
  expect((await run("notifications", { on: reader })).stdout).toContain("  failed  Build failed");
  expect((await run("notify x", { on: reader, code: 12 })).stderr).toContain("notify");
  await run("notifications", { on: agent, code: 12 });
  await run(["notify", "x".repeat(201)].join(" "), { on: agent, code: 2 });
  await run("notify x --url javascript:alert(1)", { on: agent, code: 2 });
  await run("notify", { on: agent, code: 2 });
  await run("notifications --limit 51", { on: reader, code: 2 });
  await run("notify x", { on: new Terminal(dir, { REPOBASE_HOME: join(dir, "home-nobody") }), code: 10 });
  for (const each of [agent, reader]) lines(each);
});

test("watch, until a signal; hooks", async () => {
  const folder = new Terminal(join(dir, "watched"), { REPOBASE_HOME: join(dir, "home-watch") });
  await makeRepository(folder.cwd, { "a.ts": "export const a = 1;\n" });
  expect((await run("watch", { on: folder, code: 2 })).stderr).toContain("repobase add");
  await json("add . --name watched", { on: folder });
  const untilSignal = () => setImmediate(() => process.emit("SIGTERM"));
  const said = await folder.run(["watch", "watched", "--poll", "--threads", "1", "--json"], "", untilSignal);
  expect(said).toMatchObject({ code: 0, stderr: "" });
  shapes["watch"] = shapeOf(JSON.parse(said.stdout));
  const all = await folder.run(["watch", "--all"], "", undefined, untilSignal);
  expect(all).toMatchObject({ code: 0, stdout: "", stderr: `watching ${folder.cwd}\n` });
  await run("watch --threads none", { on: folder, code: 2 });
  expect(await text("hooks status", { on: folder })).toContain("post-commit\tabsent");
  await json("hooks install", { on: folder });
  expect(await text("hooks status --repo watched", { on: folder })).toContain("post-commit\tinstalled");
  await json("hooks status --repo watched", { on: folder });
  await text("hooks install --repo watched", { on: folder });
  await text("hooks uninstall --repo watched", { on: folder });
  await json("hooks uninstall", { on: folder });
  lines(folder);
});

test("serve, until a signal", async () => {
  const limits = "--rate-limit 60 --quota-repos 3 --quota-files none --quota-bytes 1GB --behind-proxy";
  const github =
    "--sign-up acme --github-client-id x --github-base-url http://127.0.0.1:9 --public-url http://127.0.0.1:8";
  const line = `serve --port 0 --host 127.0.0.1 --data ${join(dir, "bucket")} --cors https://example.com ${limits} ${github} --json`;
  const stopped = here.run(line.split(" "), "", () => setImmediate(() => process.emit("SIGTERM")));
  const said = await stopped;
  expect(said.code).toBe(0);
  shapes["serve"] = shapeOf(JSON.parse(said.stdout));
});

test("errors in JSON have one shape", async () => {
  const { stderr, stdout } = await run("search x --repo nothing --json", { code: 10 });
  expect(stdout).toBe("");
  shapes["an error"] = shapeOf(JSON.parse(stderr));
  await run("search x --nonsense", { code: 2 });
});

test("the names and types of every JSON answer", () => {
  expect(shapes).toMatchSnapshot();
});

test("every command was run, with every flag of its", async () => {
  const cli = new Cli();
  for (const command of await loadAllCommands()) cli.register(command);
  const ran = [...here.lines, ...there.lines, ...others];
  const left: string[] = [];
  for (const { path, options } of cli.definitions()) {
    const words = path.split(" ").slice(1);
    const mine = ran.filter((line) => words.every((word, at) => line[at] === word));
    if (mine.length === 0) left.push(path);
    for (const { definition } of options) {
      const names = definition.replace(/ .*/, "").split(",");
      // --quiet and --verbose are one piece of code for all (verbosity.test.ts)
      const isShared = names.includes("--quiet") || names.includes("--verbose");
      if (!isShared && !mine.some((line) => names.some((name) => line.includes(name))))
        left.push(`${path} ${definition}`);
    }
  }
  expect(left).toEqual([]);
});
