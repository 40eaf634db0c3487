/** The full screen's flows on a real home and a real server: search, filters, the cloud, jobs, sizes. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Terminal } from "../commands/terminal.ts";
import { commitFiles, makeRepository } from "../helpers/git-server.ts";
import { type FakeGitHub, startFakeGitHub } from "../helpers/fake-github.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { startBunServer } from "../server/bun-server.ts";
import { Home } from "../../src/home/home.ts";
import { startJobs } from "../../src/tui/effects/job-client.ts";
import { startReading } from "../../src/tui/effects/reading-client.ts";
import { Effects } from "../../src/tui/effects/run-effects.ts";
import { ScreenKit } from "./screen-kit.ts";

let dir = "";
let code = "";
let server: WorkerServer;
let github: FakeGitHub;
let env: Record<string, string> = {};
/** While there is one, the server's reads of its bucket wait for it. */
let held: PromiseWithResolvers<void> | undefined;

const file = (name: string, words: string) =>
  `// ${words}\nexport function ${name}(input: string): string {\n\treturn input.trim();\n}\n`;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-tui-"));
  code = join(dir, "code");
  await makeRepository(code, {
    "src/token.ts": file("refreshToken", "refresh the token of a session"),
    "src/cookie.ts": file("readCookie", "read a cookie"),
    "docs/auth.md": "# Signing in\n\nHow the token of a session is refreshed.\n",
    "src/evil\u001b]0;owned\u0007.ts": file("evilToken", "a token with a hostile name"),
  });
  github = startFakeGitHub({ interval: 0 });
  github.person({ id: 7, login: "ann" });
  const { baseUrl, clientId } = github;
  server = await startBunServer(async () => held?.promise, { github: { baseUrl, clientId }, signUp: "open" });
  env = { REPOBASE_HOME: join(dir, "home"), HOME: dir, PATH: process.env.PATH ?? "", LANG: "C.UTF-8" };
  const added = await new Terminal(dir, env).run(["add", code, "--name", "code"]);
  expect(added).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await server?.stop();
  await github?.stop();
  await rm(dir, { recursive: true, force: true });
});

const open = (size: { width?: number; height?: number; idleMs?: number } = {}, more: Record<string, string> = {}) =>
  ScreenKit.open({ env: { ...env, ...more }, cwd: dir, ...size });

test("results come while one types, with the file in colour beside them; nothing of the terminal's is in a name", async () => {
  await using screen = await open();
  await screen.type("refreshToken");
  const frame = await screen.when(({ answered, preview }) => answered === "refreshToken" && preview !== null);
  expect(frame).toContain("▸ src/token.ts:1  refreshToken");
  expect(frame).toContain("3      return input.trim();");
  const kinds = screen.ui.state.preview?.lines.flat().map(({ kind }) => kind);
  expect(kinds).toContain("keyword");
  await screen.press("escape");
  await screen.when(({ query }) => query === "");
  await screen.type("evilToken");
  const evil = await screen.when(({ answered, preview }) => answered === "evilToken" && preview !== null);
  expect(evil).toContain("\\x1b]0;owned\\x07.ts");
  expect(evil).not.toContain("\u001b");
});

test("an answer to an older question is never shown, also when the terminal's size changes meanwhile", async () => {
  await using screen = await open();
  await screen.type("readCookie");
  screen.kit.resize(60, 20);
  await screen.press("escape");
  await screen.type("refreshToken");
  screen.kit.resize(120, 30);
  const shown: (string | null)[] = [];
  await screen.when(({ answered, results }) => {
    if (answered !== null && results[0]) shown.push(results[0].path);
    return answered === "refreshToken";
  });
  expect(shown.at(-1)).toBe("src/token.ts");
  const frame = await screen.when(({ width }) => width === 120);
  expect(frame).toContain("Repositories");
  expect(frame.split("\n").every((line) => Bun.stringWidth(line) <= 120)).toBe(true);
});

test.each([50, 80, 120, 300])(
  "at %i columns each line fits, with wide characters and what is hostile in a name",
  async (width) => {
    await using screen = await open({ width, height: 24 });
    await screen.type("検索 evilToken");
    const frame = await screen.when(
      ({ searching, answered, results }) => !searching && answered !== null && results.length > 0,
    );
    const lines = frame.replace(/\n$/, "").split("\n");
    expect(lines.length).toBe(24);
    expect(lines.filter((line) => Bun.stringWidth(line) !== width)).toEqual([]);
    expect(frame).toContain("検索 evilToken");
    expect(frame.includes("Repositories")).toBe(width >= 120);
  },
);

test("filters narrow the answer; x drops them", async () => {
  await using screen = await open();
  await screen.type("token session");
  await screen.when(({ answered }) => answered === "token session");
  await screen.press("f4", "down");
  await screen.type("docs/**");
  await screen.press("enter");
  const frame = await screen.when(({ results, searching }) => !searching && results.length === 1);
  expect(frame).toContain("Search  hybrid  docs/**");
  expect(screen.ui.state.results[0]?.path).toBe("docs/auth.md");
  await screen.press("tab", "x");
  await screen.when(({ results }) => results.length > 1);
});

test("below 80 columns there is one pane at a time; Tab goes through them", async () => {
  await using screen = await open({ width: 50, height: 16 });
  await screen.type("refreshToken");
  expect(await screen.when(({ preview }) => preview !== null)).toContain("Results 1/");
  expect(await screen.press("tab", "tab")).toContain("return input.trim()");
  const repos = await screen.press("tab");
  expect(repos).toContain("Repositories");
  expect(repos).not.toContain("Results");
  screen.kit.resize(300, 50);
  const wide = await screen.when(({ width }) => width === 300);
  expect(wide).toContain("Results 1/");
  screen.kit.resize(10, 3);
  expect(await screen.when(({ width }) => width === 10)).toContain("too smal");
});

test("the mouse chooses, the wheel moves", async () => {
  await using screen = await open();
  await screen.type("token");
  await screen.when(({ answered, results }) => answered === "token" && results.length > 2);
  const row = (await screen.frame()).split("\n").findIndex((line) => line.includes("Results"));
  await screen.kit.mockMouse.click(40, row + 3);
  expect(screen.ui.state).toMatchObject({ resultAt: 2, focus: "results" });
  await screen.kit.mockMouse.scroll(40, row + 1, "up");
  expect(screen.ui.state.resultAt).toBe(1);
});

test("signing in, enabling, pushing: the status line follows; a push can be cancelled", async () => {
  const key = await server.issueKey("alice");
  await using screen = await open();
  expect(await screen.when(({ repos }) => repos.length === 1)).toContain("not signed in");
  await screen.press("f2");
  await screen.type(server.url);
  await screen.press("down");
  await screen.type(key);
  const typed = await screen.frame();
  expect(typed).toContain("•••");
  expect(typed).not.toContain(key);
  await screen.press("enter");
  await screen.when(({ cloud }) => cloud.signedIn);
  expect(await screen.when(({ message }) => message !== null)).toContain("signed in to");
  await screen.press("escape");
  await screen.when(({ modal }) => modal === null);
  await screen.press("escape", "space");
  expect(
    await screen.when(({ sync, repos }) => repos[0]?.cloudEnabled === true && Object.values(sync)[0]?.word === "ahead"),
  ).toContain("☁ 1 pending");
  held = Promise.withResolvers();
  await screen.press("p");
  await screen.when(({ jobs }) => jobs.length === 1);
  await screen.press("c");
  const cancelled = await screen.when(({ jobs, message }) => jobs.length === 0 && message !== null);
  expect(cancelled).toContain("was cancelled; run it again to go on");
  held.resolve();
  held = undefined;
  await Bun.sleep(50); // what had been sent would come now
  expect((await server.bucket.list("alice/refs/")).length).toBe(0);
  await screen.press("p");
  await screen.when(({ jobs }) => jobs.length === 1);
  expect(
    await screen.when(({ sync, jobs }) => jobs.length === 0 && Object.values(sync)[0]?.word === "synced"),
  ).toContain("☁ Synced");
  expect((await server.bucket.list("alice/refs/")).length).toBe(1);
  await screen.press("l");
  await screen.when(({ jobs, message }) => jobs.length === 0 && message?.text.includes("up to date") === true);
});

test("signing in with GitHub: the code and where to type it in stand on the screen", async () => {
  await using screen = await open({}, { REPOBASE_HOME: join(dir, "another home") });
  await screen.press("f2");
  await screen.type(server.url);
  await screen.press("down", "down", "down", "enter");
  let typed = "";
  const frame = await screen.when(({ modal }) => {
    if (modal?.kind === "cloud" && modal.device) typed = modal.device.code;
    return typed !== "";
  });
  expect(frame).toContain(typed);
  expect(frame).toContain(`${github.baseUrl}/login/device`);
  github.enter(typed, "ann");
  await screen.when(({ cloud }) => cloud.signedIn);
  expect(await screen.when(({ message }) => message !== null)).toContain("as ann");
});

test("an index shows what it does and can be cancelled; then it is searched; commits can be chosen", async () => {
  const before = await commitFiles(code, { "src/later.ts": file("laterOn", "what came later") });
  await using screen = await open();
  await screen.when(({ repos }) => repos.length === 1);
  await screen.press("escape", "i");
  await screen.when(({ jobs }) => jobs.length === 1);
  await screen.when(({ jobs }) => jobs.length === 0);
  await screen.press("/");
  await screen.type("laterOn");
  await screen.when(({ answered, results }) => answered === "laterOn" && results[0]?.path === "src/later.ts");
  await screen.press("tab", "r");
  const commits = await screen.when(({ modal }) => modal?.kind === "commits" && modal.commits !== null);
  expect(commits).toContain(before.slice(0, 10));
  await screen.press("down", "down", "enter");
  await screen.when(({ filters, searching }) => filters.ref !== "" && !searching);
  expect(screen.ui.state.results.some(({ path }) => path === "src/later.ts")).toBe(false);
});

test("Enter opens the editor at the line; y copies a permalink", async () => {
  const opened = join(dir, "opened");
  const editor = join(dir, "vi");
  await Bun.write(editor, `#!/bin/sh\necho "$@" > ${opened}\n`);
  await Bun.spawn(["chmod", "+x", editor]).exited;
  await using screen = await open({}, { EDITOR: editor });
  await screen.type("refreshToken");
  await screen.when(({ answered, repos }) => answered === "refreshToken" && repos.length === 1);
  await screen.press("enter");
  while (!(await Bun.file(opened).exists()) || (await Bun.file(opened).text()) === "") await Bun.sleep(2);
  await screen.when(({ away }) => !away);
  expect(screen.asked).toContain("lend");
  expect((await Bun.file(opened).text()).trim()).toMatch(/^\+[12] .*\/code\/src\/token\.ts$/);
  await screen.press("tab", "y");
  await screen.when(({ message }) => message !== null);
  expect(screen.ui.state.message?.text).toMatch(/cop(ied|ies).* code-[0-9a-f]{8}@[0-9a-f]{40}:src\/token.ts:/);
});

test("ASCII and no colours: the same words", async () => {
  await using screen = await open({}, { REPOBASE_ASCII: "1", NO_COLOR: "1" });
  await screen.type("refreshToken");
  const frame = await screen.when(({ answered, preview }) => answered === "refreshToken" && preview !== null);
  // oxlint-disable-next-line no-control-regex -- all of ASCII
  expect(frame).toMatch(/^[\u0000-\u007f]*$/);
  const colours = screen.kit.captureSpans().lines.flatMap(({ spans }) => spans.map(({ fg }) => fg.intent));
  expect([...new Set(colours)].filter((intent) => intent === "indexed")).toEqual([]);
});

test("the palette, help and log open, and close again; q asks while something runs", async () => {
  await using screen = await open();
  await screen.press("ctrl-k");
  await screen.type("push");
  expect(await screen.frame()).toContain("Push the repository to the cloud");
  await screen.press("escape");
  await screen.when(({ modal }) => modal === null);
  expect(await screen.press("f1")).toContain("Tab, Shift-Tab");
  await screen.press("escape");
  await screen.when(({ modal }) => modal === null);
  await screen.press("tab", "q");
  expect(screen.asked).toEqual(["quit"]);
});

test("a screen that closes before it tells of its first frame waits for nothing, and no thread is started after", async () => {
  const reading = startReading({ env: { ...env }, cwd: dir, colour: false });
  const nothing = () => {};
  const screen = { lend: async () => {}, copy: () => false, suspend: nothing, redraw: nothing, quit: nothing };
  const firstFrame = new Promise<void>(() => {});
  const jobs = startJobs({ env: { ...env }, cwd: dir }, nothing);
  const effects = new Effects({ home: Home.open(env), cwd: dir, reading, jobs, screen, firstFrame, dispatch: nothing });
  effects.run({ kind: "load-repos" });
  const closing = effects.close();
  reading.close();
  expect(await Promise.race([closing.then(() => "closed"), Bun.sleep(2000)])).toBe("closed");
  await expect(reading.warm()).rejects.toMatchObject({ message: "the search was closed" });
});

// the last: it leaves what is not committed
test("the list says by itself that a folder has changed; with ui.watch the index follows, until w ends it", async () => {
  const saved = join(code, "src/saved.ts");
  {
    await using idle = await open({ idleMs: 20 });
    await idle.when(({ sync }) => Object.values(sync)[0]?.stale === false);
    await Bun.write(saved, file("savedFirst", "what was saved first"));
    expect(await idle.when(({ sync }) => Object.values(sync)[0]?.stale === true)).toContain("▸ code *");
  }
  await using screen = await open({}, { REPOBASE_UI_WATCH: "1" });
  expect(await screen.when(({ watched }) => watched !== null)).toContain("watching code: ");
  await Bun.write(saved, file("savedAgain", "what was saved again"));
  await screen.when(({ log }) => log.filter((line) => line.startsWith("watch: ")).length === 2);
  await screen.type("savedAgain");
  await screen.when(({ answered, results }) => answered === "savedAgain" && results[0]?.path === "src/saved.ts");
  await screen.press("tab", "w");
  expect(await screen.when(({ watching }) => !watching)).toContain("follow their folders no more");
  await screen.when(({ sync }) => Object.values(sync)[0]?.stale === false);
});
