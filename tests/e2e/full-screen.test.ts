/** The full screen of the compiled binary, on a terminal below a shell: a search, away to the shell and back, the end, and a terminal that closes. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeRepository } from "../helpers/git-server.ts";
import { PtyProgram } from "../helpers/pty-program.ts";
import { Machine } from "./support.ts";

const LEFT_SCREEN = "\u001b[?1049l";
const machine = new Machine();
const env = {
  PATH: process.env.PATH ?? "",
  HOME: machine.dir,
  REPOBASE_HOME: machine.home,
  TMPDIR: join(machine.dir, "tmp"),
  LANG: "C.UTF-8",
  TERM: "xterm-256color",
  PS1: "ready> ",
};

beforeAll(async () => {
  const code = join(machine.dir, "code");
  await makeRepository(code, { "src/token.ts": "export function refreshToken(old: string) {\n  return old;\n}\n" });
  expect(await machine.inside.run(["add", code])).toMatchObject({ code: 0 });
});
afterAll(() => machine.remove());

test("a search, Ctrl-Z and fg, quit; nothing is left in the folder for temporary files", async () => {
  using shell = new PtyProgram(["bash", "--norc", "--noprofile", "-i"], { env, cwd: machine.dir });
  await shell.until((text) => text.includes("ready> "));
  shell.write("./repobase\r");
  await shell.until((text) => text.includes("Repositories"));
  shell.write("refreshToken");
  await shell.until((text) => text.includes("src/token.ts:1"));
  shell.write("\u001a");
  await shell.until((text) => text.includes("Stopped"));
  expect(shell.text.lastIndexOf("Stopped")).toBeGreaterThan(shell.text.indexOf(LEFT_SCREEN));
  await shell.until((text) => text.lastIndexOf("ready> ") > text.indexOf("Stopped"));
  const away = shell.text.length;
  shell.write("fg\r");
  await shell.until((text) => text.slice(away).includes("src/token.ts:1"));
  shell.write("\u0003");
  await shell.until((text) => text.slice(away).includes(LEFT_SCREEN) && text.slice(away).includes("ready> "));
  shell.write("echo code $?\r");
  await shell.until((text) => text.includes("code 0"));
  expect(await readdir(env.TMPDIR)).toEqual([]);
});

test("a terminal that closes ends it", async () => {
  using program = new PtyProgram([join(machine.dir, "repobase"), "ui"], { env, cwd: machine.dir });
  await program.until((text) => text.includes("Repositories"));
  program.child.kill("SIGHUP");
  expect(await program.child.exited).toBe(129);
  expect(program.text).toContain(LEFT_SCREEN);
});
