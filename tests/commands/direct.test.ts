/** Commands that run without a parser: what they load, and that clipanion's classes say the same. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cli } from "clipanion";
import { DIRECT_COMMANDS, directCommand } from "../../src/commands/direct/direct-commands.ts";
import { answerDirectly } from "../../src/commands/direct/run-direct.ts";
import { loadOnlyCommand } from "../../src/commands/load-commands.ts";
import { commitFiles, makeRepository } from "../helpers/git-server.ts";
import { runMain } from "../helpers/run-main.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");

let dir: string;
let env: Record<string, string>;
/** Lines of each command that run without a parser. */
let lines: string[][];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-direct-"));
  env = { HOME: dir, REPOBASE_HOME: join(dir, "home") };
  const code = join(dir, "code");
  await makeRepository(code, { "a.ts": "export const first = 1;\n" });
  const { repoId: id } = JSON.parse((await runMain(["add", code, "--json"], { env })).stdout) as { repoId: string };
  const named = async () => (await Bun.file(join(dir, "home", "refs", `${id}.json`)).json()).manifest as string;
  const before = await named();
  await commitFiles(code, { "b.ts": "export const second = 2;\n" });
  await runMain(["index", id], { env });
  lines = [
    ["--version"],
    ["-v"],
    ["hash-file", MAIN],
    ["hash-file", MAIN, "-z", MAIN],
    ["hash-file", "--json", MAIN],
    ["hash-file", join(dir, "nothing")],
    ["hash-file", dir, "--json"],
    ["cat-manifest", id],
    ["cat-manifest", id, before],
    ["cat-manifest", "nobody", "--json"],
    ["diff-manifest", id, before, await named()],
    ["diff-manifest", "-z", id, before, before],
    ["diff-manifest", "--json", id, before, await named()],
    ["cat-manifest", "-q", id],
    ["__complete", "repos"],
    ["__complete", "refs", id],
    ["__complete", "languages", "--json"],
    ["__complete", "weather"],
  ];
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test("each says what clipanion's class says", async () => {
  expect(new Set(lines.map(([name]) => name))).toEqual(new Set(DIRECT_COMMANDS.keys()));
  for (const argv of lines) {
    const call = directCommand(argv);
    if (call === undefined) throw new Error(`not direct: ${argv.join(" ")}`);
    const [stdout, stderr] = [new Kept(), new Kept()];
    const code = await answerDirectly(call, { stdout, stderr, env, cwd: "/" });
    expect({ argv, code, stdout: stdout.text, stderr: stderr.text }).toEqual({
      argv,
      ...(await runMain(argv, { env })),
    });
  }
});

test("its flags are the class's, and what is not plain is left to clipanion", async () => {
  for (const [name, { flags }] of DIRECT_COMMANDS) {
    if (name.startsWith("-")) continue;
    const command = await loadOnlyCommand([name]);
    const [definition] = command ? Cli.from([command]).definitions() : [];
    // a command without help has no definition
    if (definition === undefined && name === "__complete") continue;
    const known = definition?.options.flatMap(({ definition: words }) => words.replace(/ .*/, "").split(","));
    expect(known).toEqual(expect.arrayContaining([...flags, "--json", "-q", "--quiet"]));
  }
  for (const line of [
    "hash-file",
    "hash-file --help",
    "hash-file -- a",
    "hash-file - a",
    "hash-file --json=true a",
    "hash-file -qz a",
    "--version --json",
    "--version a",
    "--json hash-file a",
    "cat-manifest --remote a",
    "diff-manifest a b",
    "hash-file -v a",
    "search a",
    "",
  ])
    expect(directCommand(line.split(" "))).toBeUndefined();
  expect(directCommand([])).toBeUndefined();
});

/** As few as this: each costs start-up. What opens streams costs as much as all of them. */
test.each([
  [["--version"], 26, ""],
  [["hash-file", MAIN], 26, ""],
  [["hash-file", MAIN, "--json"], 26, ""],
  [["__complete", "repos"], 35, "valibot"],
  [["__complete", "languages"], 30, ""],
] as const)("%j loads %i modules and no streams", async (argv, most, packages) => {
  const list = join(dir, "loaded.json");
  const preload = join(dir, "preload.ts");
  await Bun.write(
    preload,
    `import { writeFileSync } from "node:fs";
    process.on("exit", () => writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache))));`,
  );
  const child = Bun.spawn([process.execPath, "--preload", preload, MAIN, ...argv], { env, stderr: "pipe" });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  const { stdout: said } = await runMain(argv, { env });
  expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: "", stdout: said });
  const loaded = ((await Bun.file(list).json()) as string[]).filter((path) => path !== preload);
  expect(loaded).toContain(join(MAIN, "../report/report.ts"));
  expect(loaded.length).toBeLessThanOrEqual(most);
  const foreign = loaded.flatMap((path) => /node_modules\/(.*?)\//.exec(path)?.[1] ?? []);
  expect(foreign.join()).toBe(packages);
  for (const path of loaded)
    expect(await Bun.file(path).text()).not.toMatch(
      /^import (?!type).* from "node:(?:stream|crypto|tty|net|child_process|readline)/m,
    );
});

class Kept {
  text = "";
  write(part: Uint8Array | string): void {
    this.text += typeof part === "string" ? part : new TextDecoder().decode(part);
  }
}
