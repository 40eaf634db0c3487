/**
 * What Tab waits for: `bun benchmarks/completions.ts [repositories]` on the compiled binary. Each kind of word is asked for in turn with
 * `--version`, the least that the program can do; the ratio of the pairs is what counts, since a machine's noise is in both.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyConfig } from "../src/home/config.ts";
import { encodeRef, REF_FORMAT } from "../src/protocol/ref.ts";

const PAIRS = 41;
const BRANCHES = 200;
const binary = join(import.meta.dir, "../dist/repobase");
if (!existsSync(binary)) throw new Error("build first: bun run build");
const count = Number(process.argv[2] ?? 100);
const home = mkdtempSync(join(tmpdir(), "repobase-bench-"));

const ids = Array.from({ length: count }, (_, n) => `repo-${n.toString(16).padStart(8, "0")}`);
const repos = ids.map((id, n) => ({
  id,
  name: `repo${n}`,
  source: { kind: "none", url: null },
  branch: null,
  model: "static",
  lastIndexedCommit: null,
  cloudEnabled: false,
  lastPushedAt: null,
  lastPushedCommit: null,
}));
await Bun.write(join(home, "config.json"), JSON.stringify({ ...emptyConfig(), repos }));
const heads = Object.fromEntries(Array.from({ length: BRANCHES }, (_, n) => [`branch-${n}`, "b".repeat(40)]));
const source = { name: "x", url: null };
const ref = {
  format: REF_FORMAT,
  manifest: "a".repeat(64),
  default: "branch-0",
  heads,
  generation: 1,
  device: "here",
  source,
};
for (const id of ids)
  await Bun.write(join(home, `refs/${id}.json`), encodeRef({ ...ref, pushedAt: "2026-01-01T00:00:00.000Z" }));

function run(...words: readonly string[]): number {
  const began = performance.now();
  const { exitCode } = Bun.spawnSync([binary, ...words], { env: { REPOBASE_HOME: home }, stdout: "ignore" });
  if (exitCode !== 0) throw new Error(`${words.join(" ")}: ${exitCode}`);
  return performance.now() - began;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

try {
  console.log(`${count} repositories of ${BRANCHES} branches\n\n| asked for | ms | times --version |\n|---|---|---|`);
  for (const words of [["repos"], ["refs", "repo0"], ["refs"], ["languages"], ["models"]]) {
    const pairs = Array.from({ length: PAIRS }, () => [run("__complete", ...words), run("--version")] as const);
    const ms = median(pairs.map(([asked]) => asked));
    const ratio = median(pairs.map(([asked, version]) => asked / version));
    console.log(`| ${words.join(" of ")} | ${ms.toFixed(1)} | ${ratio.toFixed(2)} |`);
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
