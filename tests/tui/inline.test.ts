/** `search -i` on terminals of its own, and its key in the real shells: live results, one choice, the terminal given back. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeProgram } from "../commands/shell/complete-in.ts";
import { Terminal } from "../commands/terminal.ts";
import { makeRepository } from "../helpers/git-server.ts";
import { runMain } from "../helpers/run-main.ts";
import { PtyProgram } from "../helpers/pty-program.ts";

let dir = "";
let code = "";
let env: Record<string, string> = {};
const file = (name: string, words: string) =>
  `// ${words}\nexport function ${name}(input: string): string {\n\treturn input.trim();\n}\n`;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-inline-"));
  code = join(dir, "code");
  await makeRepository(code, {
    "src/token.ts": file("refreshToken", "refresh the token"),
    "src/my cookie.ts": file("readCookie", "read a cookie"),
    "src/evil\u001b]0;owned\u0007.ts": file("evilToken", "a hostile name"),
  });
  env = { REPOBASE_HOME: join(dir, "home"), HOME: dir, PATH: `${join(dir, "bin")}:${process.env.PATH}`, LANG: "C.UTF-8", TERM: "xterm-256color" }; // prettier-ignore
  await makeProgram(join(dir, "bin"), join(dir, "home"));
  expect(await new Terminal(dir, env).run(["add", code])).toMatchObject({ code: 0 });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** With its answer in a file, as a script has it. */
const pick = (words: string, more: Record<string, string> = {}, cols = 100) =>
  new PtyProgram(["sh", "-c", `stty -g > before; repobase search -i ${words} > answer; code=$?; stty -g > after; echo "code=$code"`], {
    env: { ...env, ...more },
    cwd: code,
    cols,
  }); // prettier-ignore
const ended = (text: string) => /code=\d+/.test(text);
const answer = () => Bun.file(join(code, "answer")).text();

test("results while one types; Enter prints the place alone; the terminal is as it was; 50 columns, no colour, ASCII", async () => {
  using program = pick("", { NO_COLOR: "1", REPOBASE_ASCII: "1" }, 50);
  await program.until((text) => text.includes("Esc leaves"));
  program.write("refreshToken");
  const text = await program.until((shown) => shown.includes("> src/token.ts:1  refreshToken"));
  // oxlint-disable-next-line no-control-regex -- what a terminal is told
  const sequences = text.match(/\u001b\[[^a-zA-Z]*[a-zA-Z]/g) ?? [];
  expect(sequences.filter((each) => /\[(3\d|9\d|38|48)/.test(each))).toEqual([]);
  // oxlint-disable-next-line no-control-regex -- the same
  const lines = text.replaceAll(/\u001b\[[^a-zA-Z]*[a-zA-Z]/g, "").split(/\r\n|\r/);
  expect(Math.max(...lines.map((line) => Bun.stringWidth(line)))).toBeLessThan(50);
  expect(lines.join("")).toMatch(/^[\x20-\x7e\t]*$/);
  program.write("\r");
  expect(await program.until(ended)).toContain("code=0");
  expect(await answer()).toBe("src/token.ts:1\n");
  expect(await Bun.file(join(code, "after")).text()).toBe(await Bun.file(join(code, "before")).text());
});

test("names command nothing; Enter before the answer waits for it; --format and -0", async () => {
  using program = pick("evilToken --format '{path}|{symbol}' -0");
  expect(await program.until((text) => text.includes("\\x1b]0;owned\\x07"))).not.toContain("\u001b]0;owned");
  program.write("\u0015\u001b[200~read\nCookie\u001b[201~\r");
  expect(await program.until(ended)).toContain("code=0");
  expect(await answer()).toBe("src/my cookie.ts|readCookie\0");
});

test("Ctrl-O opens the editor on the terminal, and the search goes on", async () => {
  const editor = join(dir, "editor.sh");
  await Bun.write(
    editor,
    '#!/bin/sh\n[ -t 0 ] && [ -t 1 ] && echo "editing $*" && read -r line && echo "read $line"\n',
  );
  await chmod(editor, 0o755);
  using program = pick("refreshToken", { VISUAL: editor });
  await program.until((text) => text.includes("Esc leaves"));
  program.write("\u000f");
  await program.until((text) => text.includes(`editing +1 ${join(code, "src/token.ts")}`));
  program.write("a line\r");
  await program.until((text) => text.split("read a line")[1]?.includes("src/token.ts:1") === true);
  program.write("\u0003");
  expect(await program.until(ended)).toContain("code=130");
  expect(await answer()).toBe("");
});

test("SIGTERM and kill -9 give the terminal back", async () => {
  const start = () =>
    new PtyProgram([process.execPath, join(import.meta.dir, "../../src/main.ts"), "search", "-i"], { env, cwd: code });
  using terminated = start();
  using killed = start();
  for (const program of [terminated, killed]) await program.until((text) => text.includes("Esc leaves"));
  terminated.child.kill("SIGTERM");
  killed.child.kill("SIGKILL");
  expect(await terminated.child.exited).toBe(143);
  expect(await terminated.until((text) => text.includes("\u001b[?2004l"))).not.toContain("ended from outside");
  await killed.until((text) => text.includes("ended from outside"));
  expect(killed.text).toContain("\u001b[?2004l");
});

test("without a terminal, with a dumb one, and beside flags it cannot follow: a usage error", async () => {
  using dumb = pick("", { TERM: "dumb" });
  expect(await dumb.until(ended)).toContain("code=2");
  for (const flag of ["--remote", "--stdin", "--fresh", "--explain"])
    expect(await runMain(["search", "-i", flag], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(flag),
    });
});

/** The search has given the terminal back: what comes now is the shell's. */
// oxlint-disable-next-line no-control-regex -- what the terminal was told
const LEFT = /\u001b\[\?2004l\u001b\[0m\r\u001b\[J/;

const SHELLS = {
  bash: { start: ["bash", "--norc", "-i"], prompt: 'PS1="ready> "' },
  // completions are another test's
  zsh: { start: ["zsh", "-f", "-i"], prompt: 'PS1="ready> "; compdef() { : }' },
  fish: { start: ["fish", "--no-config", "-i"], prompt: 'function fish_prompt; echo "ready> "; end' },
} as const;

for (const [shell, { start, prompt }] of Object.entries(SHELLS)) {
  const here = Bun.which(shell) !== null;
  if (!here) console.log(`${shell} is not here: its key is not tried`);
  describe.skipIf(!here)(shell, () => {
    test("Ctrl-G puts the place at the cursor, quoted; Esc leaves the line as it is", async () => {
      const script = join(dir, `keys.${shell}`);
      await Bun.write(script, (await runMain(["completion", shell, "--keys"])).stdout);
      using program = new PtyProgram(start, { env, cwd: code });
      program.write(`${prompt}; source ${script}; echo set""up\r`);
      await program.until((text) => text.includes("setup"));
      program.write("printf '<%s>' \u0007");
      await program.until((text) => text.includes("Esc leaves"));
      program.write("readCookie\r");
      await program.until((text) => text.split(LEFT)[1]?.includes("cookie.ts:1") === true);
      program.write("\r");
      await program.until((text) => text.includes("<src/my cookie.ts:1>"));
      const before = program.text.length;
      program.write("echo un\u0007");
      await program.until((text) => text.slice(before).includes("Esc leaves"));
      program.write("\u001b");
      await program.until((text) => text.slice(before).split(LEFT)[1]?.includes("ready>") === true);
      program.write("changed\r");
      await program.until((text) => /^unchanged/m.test(text.slice(before)));
    });
  });
}

const vim = Bun.which("vim");
if (vim === null) console.log("vim is not here: its recipe is not tried");
test.skipIf(vim === null)("the recipe of docs/EDITORS.md fills Vim's quickfix list with places that open", async () => {
  const document = await Bun.file(join(import.meta.dir, "../../docs/EDITORS.md")).text();
  const recipe = /```vim\n([\s\S]*?)```/.exec(document)?.[1] ?? "";
  const script = join(dir, "grep.vim");
  const found = join(dir, "found");
  await Bun.write(
    script,
    `${recipe}silent grep readCookie\ncall writefile([expand('%'), line('.'), getline('.')], '${found}')\nqall!\n`,
  );
  const editor = Bun.spawn(["vim", "-es", "-u", "NONE", "-S", script], { env, cwd: code, stdin: "ignore" });
  await editor.exited;
  expect(await Bun.file(found).text()).toBe("src/my cookie.ts\n1\n// read a cookie\n");
});
