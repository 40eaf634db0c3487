/**
 * What "nothing changed" costs: `bun benchmarks/no-op.ts [--files 10000] [--rounds 21] [--binary dist/repobase]`. Whole
 * processes of the compiled binary against `git status` on the same tree, taking turns; git's untracked cache and file
 * monitor are off, as they are by default. Prints medians, and each as a multiple of git's own.
 */
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    files: { type: "string", default: "10000" },
    rounds: { type: "string", default: "21" },
    binary: { type: "string", default: join(import.meta.dir, "..", "dist", "repobase") },
  },
});
const files = Number(values.files);
const rounds = Number(values.rounds);
if (!existsSync(values.binary)) throw new Error("build first: bun run build");

const dir = mkdtempSync(join(tmpdir(), "repobase-no-op-"));
const env = {
  PATH: process.env.PATH ?? "",
  HOME: dir,
  REPOBASE_HOME: join(dir, "home"),
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_OPTIONAL_LOCKS: "0",
};
try {
  const clean = makeTree("clean");
  const dirty = makeTree("dirty");
  const plain = makeTree("plain", { git: false });
  for (const tree of [clean, dirty, plain]) run(values.binary, "add", tree);
  appendFileSync(join(dirty, pathOf(0)), "export const changed = true;\n");
  writeFileSync(join(dirty, "new.ts"), "export const added = true;\n");
  await Bun.sleep(5000); // what was changed a moment ago is never taken for known
  for (const tree of [clean, dirty, plain]) run(values.binary, "index", nameOf(tree));

  const status = (tree: string) =>
    run("git", "-C", tree, "-c", "core.untrackedCache=false", "-c", "core.fsmonitor=false", "status");
  const index = (tree: string) => run(values.binary, "index", nameOf(tree));
  const rows: [string, () => void][] = [
    ["`git status`, clean", () => status(clean)],
    ["`repobase index`, clean", () => index(clean)],
    ["`git status`, one file changed, one new", () => status(dirty)],
    ["`repobase index`, the same", () => index(dirty)],
    ["`repobase index`, folder without git", () => index(plain)],
    ["`repobase --version`", () => run(values.binary, "--version")],
    [
      "`repobase search`, hybrid, clean",
      () => run(values.binary, "search", "where are values checked", "--repo", nameOf(clean)),
    ],
  ];
  const spent = rows.map(() => [] as number[]);
  for (let round = -1; round < rounds; round++)
    for (const [i, [, action]] of rows.entries()) {
      const started = performance.now();
      action();
      if (round >= 0) spent[i]?.push(performance.now() - started); // the first round warms the page cache
    }
  const medians = spent.map(median);
  // each against the git status of its own round: a busy moment of the machine then hits both
  const against = (i: number) =>
    median((spent[i] ?? []).map((ms, round) => ms / (spent[i < 2 ? 0 : 2]?.[round] ?? Number.NaN)));
  console.log(`${files} files, ${rounds} rounds\n\n| whole process | median, ms | times git status |\n|---|---|---|`);
  for (const [i, [name]] of rows.entries())
    console.log(`| ${name} | ${(medians[i] ?? 0).toFixed(1)} | ${against(i).toFixed(2)} |`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

/** Folders three deep, ten files each; every file is small, different and older than git's index. */
function makeTree(name: string, { git = true } = {}): string {
  const root = join(dir, name);
  const anHourAgo = Date.now() / 1000 - 3600;
  for (let i = 0; i < files; i++) {
    const path = join(root, pathOf(i));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      `/** Checks value ${i}. */\nexport function check${i}(value: number): boolean {\n  return value > ${i};\n}\n`,
    );
    utimesSync(path, anHourAgo, anHourAgo);
  }
  writeFileSync(join(root, ".gitignore"), "node_modules/\ndist/\n*.log\n.env\n/coverage\n");
  if (!git) return root;
  run("git", "init", "--quiet", root);
  run("git", "-C", root, "add", "--all");
  run(
    "git",
    "-C",
    root,
    "-c",
    "user.name=bench",
    "-c",
    "user.email=bench@example.com",
    "commit",
    "--quiet",
    "--message",
    "all files",
  );
  run("git", "-C", root, "update-index", "--refresh");
  return root;
}

function pathOf(i: number): string {
  const folder = Math.floor(i / 10);
  return join(
    `package-${Math.floor(folder / 50)}`,
    `src-${Math.floor(folder / 5) % 10}`,
    `part-${folder % 5}`,
    `check-value-${i}.ts`,
  );
}

function nameOf(tree: string): string {
  return tree.slice(tree.lastIndexOf("/") + 1);
}

function run(command: string, ...args: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync([command, ...args], { env, stdout: "ignore", stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`${command} ${args.join(" ")} exited ${exitCode}: ${stderr.toString()}`);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
