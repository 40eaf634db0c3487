/** The program on a terminal of its own: whatever ends it, the terminal is given back. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Terminal } from "../commands/terminal.ts";
import { PtyProgram } from "../helpers/pty-program.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
const LEFT_SCREEN = "\u001b[?1049l";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-terminal-"));
  await mkdir(join(dir, "tmp"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

class Program extends PtyProgram {
  /** @param options of Bun's */
  constructor(words: readonly string[], more: Record<string, string> = {}, options: readonly string[] = []) {
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: dir,
      REPOBASE_HOME: join(dir, "home"),
      TMPDIR: join(dir, "tmp"),
      LANG: "C.UTF-8",
    };
    super([process.execPath, ...options, MAIN, ...words], { env: { ...env, TERM: "xterm-256color", ...more } });
  }
}

const isShown = (text: string) => text.includes("Repositories");

test("q and SIGTERM give the terminal back, and leave no file behind", async () => {
  using quit = new Program([]);
  using ended = new Program(["ui"]);
  await Promise.all([quit.until(isShown), ended.until(isShown)]);
  quit.write("\t");
  quit.write("q");
  ended.child.kill("SIGTERM");
  expect(await quit.child.exited).toBe(0);
  expect(await ended.child.exited).toBe(143);
  for (const { text } of [quit, ended]) expect(text).toContain(LEFT_SCREEN);
  expect(await readdir(join(dir, "tmp"))).toEqual([]);
});

test("after kill -9 the guard gives it back", async () => {
  using program = new Program(["ui"]);
  await program.until(isShown);
  expect(program.text).not.toContain(LEFT_SCREEN);
  program.child.kill("SIGKILL");
  await program.until((text) => text.includes("repobase was ended from outside"));
  for (const off of ["?1000l", "?1006l", "?2004l", "?25h", "?1049l"]) expect(program.text).toContain(`\u001b[${off}`);
});

test("what nobody caught is said once the terminal is given back", async () => {
  const preload = join(dir, "fail-at-signal.ts");
  await Bun.write(preload, 'process.on("SIGUSR2", () => { throw new Error("a fault of ours"); });');
  using program = new Program(["ui"], {}, ["--preload", preload]);
  await program.until(isShown);
  program.child.kill("SIGUSR2");
  expect(await program.child.exited).toBe(1);
  const after = await program.until((text) => text.includes("a fault of ours"));
  expect(after.indexOf("a fault of ours")).toBeGreaterThan(after.lastIndexOf(LEFT_SCREEN));
  expect(after).toContain(LEFT_SCREEN);
});

test("a dumb terminal, and one that asks for it, get help and lines; so does a pipe", async () => {
  using dumb = new Program([], { TERM: "dumb" });
  using lines = new Program(["ui"], { REPOBASE_PLAIN: "1" });
  expect(await dumb.child.exited).toBe(0);
  expect(dumb.text).toContain("git for code indexes");
  await lines.until((text) => text.includes("search> "));
  lines.write(":nothing\r");
  await lines.until((text) => text.includes('there is no ":nothing"'));
  lines.write(":quit\r");
  expect(await lines.child.exited).toBe(0);
  // oxlint-disable-next-line no-control-regex -- nothing moves the cursor
  expect(lines.text).not.toMatch(/\u001b/);
  const piped = await new Terminal(dir, { REPOBASE_HOME: join(dir, "home") }).run(["ui"], ":repos\n");
  expect(piped).toMatchObject({ code: 0, stdout: expect.stringContaining("no repositories yet") });
});
