/** The completion scripts in the real shells, and the table of words against the commands. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allCommands } from "../../../scripts/man-pages.ts";
import { FLAG_VALUES, PLACES } from "../../../src/commands/shell/completion-words.ts";
import { SHELLS } from "../../../src/commands/shell/shells.ts";
import { emptyConfig } from "../../../src/home/config.ts";
import { encodeRef, REF_FORMAT } from "../../../src/protocol/ref.ts";
import { runMain } from "../../helpers/run-main.ts";
import { PtyProgram } from "../../helpers/pty-program.ts";
import { makeProgram, SHELL_RUNS } from "./complete-in.ts";

const EVIL = "$(touch${IFS}gone)";
let dir: string;
const script = (shell: string) => join(dir, `script.${shell}`);
const env = () => ({ REPOBASE_HOME: join(dir, "home"), HOME: dir });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-completion-"));
  const repo = (id: string, name: string) => ({
    id,
    name,
    source: { kind: "none", url: null },
    branch: null,
    model: "static",
    lastIndexedCommit: null,
    cloudEnabled: false,
    lastPushedAt: null,
    lastPushedCommit: null,
  });
  const repos = [repo("hono-11111111", "hono"), repo("zoekt-22222222", "zoekt")];
  await Bun.write(join(dir, "home/config.json"), JSON.stringify({ ...emptyConfig(), repos }));
  const ref = (heads: readonly string[]) =>
    encodeRef({
      format: REF_FORMAT,
      manifest: "a".repeat(64),
      default: "main",
      heads: Object.fromEntries(heads.map((name) => [name, "b".repeat(40)])),
      generation: 1,
      device: "here",
      pushedAt: "2026-01-01T00:00:00.000Z",
      source: { name: "x", url: null },
    });
  await Bun.write(join(dir, "home/refs/hono-11111111.json"), ref(["main", "ann@retry", EVIL]));
  await Bun.write(join(dir, "home/refs/zoekt-22222222.json"), ref(["trunk"]));
  await makeProgram(join(dir, "bin"), join(dir, "home"));
  for (const shell of SHELLS) await Bun.write(script(shell), (await runMain(["completion", shell])).stdout);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const LINES = [
  ["repobase se", ["search", "serve"]],
  ["repobase cloud ke", ["keys"]],
  ["repobase cloud keys ", ["add", "list", "revoke"]],
  ["repobase search --mo", ["--mode"]],
  ["repobase search --mode ", ["keyword", "semantic", "hybrid"]],
  ["repobase search --mode=se", ["semantic"]],
  ["repobase search --repo ", ["hono", "hono-11111111", "zoekt", "zoekt-22222222"]],
  ["repobase search --repo=z", ["zoekt", "zoekt-22222222"]],
  ["repobase search --repo zoekt --ref ", ["trunk", "worktree"]],
  ["repobase show zoekt --ref t", ["trunk"]],
  ["repobase search --lang typ", ["typescript"]],
  ["repobase push hono z", ["zoekt", "zoekt-22222222"]],
  ["repobase index --secrets r", ["redact"]],
  ["repobase completion fi", ["fish"]],
] as const;

for (const [shell, complete] of Object.entries(SHELL_RUNS)) {
  const here = Bun.which(shell) !== null;
  if (!here) console.log(`${shell} is not here: its completions are not tried`);
  describe.skipIf(!here)(shell, () => {
    const press = async (line: string) => {
      const offered = await complete({ script: script(shell), bin: join(dir, "bin"), cwd: dir, line });
      // without the description, and the flag that fish repeats
      return offered.map((each) => each.replace(/[\t:].*/, "").replace(/^--\w+=/, "")).toSorted();
    };
    test.each(LINES)("%s", async (line, words) => {
      expect(await press(line)).toEqual([...words].toSorted());
    });

    test("a branch with a shell's own words for a name is offered quoted, and never run", async () => {
      const offered = await press("repobase search --repo hono --ref ");
      expect(offered.length).toBe(4);
      expect(offered.some((each) => each.includes("gone"))).toBe(true);
      expect(await Bun.file(join(dir, "gone")).exists()).toBe(false);
    });

    test("files, where a file is meant", async () => {
      const offered = await press("repobase hash-file ");
      expect(offered.join(" ")).toMatch(/home|FILES/);
    });
  });
}

/** As somebody has it: read by the shell's start file; as a file of the function path; as a file of fish's. */
const TYPED = {
  bash: { start: ["bash", "--norc", "-i"], setUp: () => `PS1='> '; . ${script("bash")}` },
  zsh: {
    start: ["zsh", "-f", "-i"],
    setUp: () =>
      `PS1='> '; bindkey -e; fpath=(${dir}/.local/share/zsh/site-functions $fpath); autoload -Uz compinit; compinit -D`,
  },
  fish: { start: ["fish", "-i"], setUp: () => "function fish_prompt; echo '> '; end" },
} as const;

/** The line, Tab, and what the shell then makes of it, word by word. */
const TABS = [
  ["repobase completion fi", "<repobase><completion><fish>"],
  ["repobase search --mode=sem", "<repobase><search><--mode=semantic>"],
  ["repobase show zoekt --ref tr", "<repobase><show><zoekt><--ref><trunk>"],
  ["repobase search --repo hono --ref ann@re", "<repobase><search><--repo><hono><--ref><ann@retry>"],
] as const;

for (const [shell, { start, setUp }] of Object.entries(TYPED))
  test.skipIf(Bun.which(shell) === null)(`${shell}: Tab on a terminal, by the shell's own engine`, async () => {
    if (shell !== "bash") expect((await runMain(["completion", shell, "--install"], { env: env() })).code).toBe(0);
    const path = `${join(dir, "bin")}:${process.env.PATH}`;
    using terminal = new PtyProgram(start, {
      env: { HOME: dir, PATH: path, TERM: "xterm", LANG: "C.UTF-8" },
      cwd: dir,
      cols: 200,
    });
    terminal.write(`${setUp()}; echo set""up\r`);
    await terminal.until((text) => text.includes("setup"));
    for (const [line, words] of TABS) {
      terminal.write(`${line}\t\u0001printf '<%s>' \r`);
      await terminal.until((text) => text.includes(words));
    }
  });

test("bash: a name with @ goes on where bash has broken the word", async () => {
  const line = "repobase search --repo hono --ref ann@re";
  const at = { script: script("bash"), bin: join(dir, "bin"), cwd: dir, line };
  expect(await SHELL_RUNS.bash(at)).toEqual(["@retry"]);
});

test("every flag with a value and every command with words is in the table, and nothing else is", async () => {
  const commands = await allCommands();
  const flags = commands.flatMap(({ words, flags: all }) =>
    all.filter(({ takesValue }) => takesValue).map(({ names }) => ({ words, names })),
  );
  const keysOf = ({ words, names }: (typeof flags)[number]) => names.flatMap((name) => [`${words} ${name}`, name]);
  expect(flags.filter((flag) => !keysOf(flag).some((key) => key in FLAG_VALUES))).toEqual([]);
  const used = new Set(flags.flatMap(keysOf));
  expect(Object.keys(FLAG_VALUES).filter((key) => !used.has(key))).toEqual([]);
  const withWords = commands.filter(({ places }) => places !== "").map(({ words }) => words);
  expect(Object.keys(PLACES).toSorted()).toEqual(withWords.toSorted());
});

test("a place that its command calls repo is completed with repositories", async () => {
  for (const { words, places } of await allCommands())
    if (/^[<[]repo[\]>]/.test(places)) expect([words, PLACES[words]?.[0]]).toEqual([words, "repos"]);
});

test("--install writes once, changes nothing the second time, and leaves a stranger's file", async () => {
  const file = join(dir, ".config/fish/completions/repobase.fish");
  await rm(file, { force: true });
  expect((await runMain(["completion", "fish", "--install"], { env: env() })).stdout).toBe(`written\t${file}\n`);
  expect(await Bun.file(file).text()).toBe(await Bun.file(script("fish")).text());
  expect((await runMain(["completion", "fish", "--install"], { env: env() })).stdout).toBe(`unchanged\t${file}\n`);
  await Bun.write(file, "mine\n");
  expect((await runMain(["completion", "fish", "--install"], { env: env() })).code).toBe(2);
  expect(await Bun.file(file).text()).toBe("mine\n");
  const zsh = await runMain(["completion", "zsh", "--install"], { env: env() });
  expect(zsh.stderr).toContain("fpath=(");
  expect((await runMain(["completion", "powershell", "--install"], { env: env() })).code).toBe(2);
  expect((await runMain(["completion", "tcsh"])).stderr).toContain("bash, zsh, fish, powershell");
});
