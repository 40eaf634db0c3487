/**
 * Memory and time for one large repository: `bun benchmarks/large.ts [--chunks 100000] <git repository>...` joins the trees
 * at HEAD of the repositories given, each in a folder of its own, commits them as one and indexes that with the compiled
 * binary.
 *
 * Peak memory is the main process's resident set at its highest, threads and mapped libraries included.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { IndexResult } from "../src/porcelain/indexing/index-result.ts";
import { formatBytes } from "../src/text/figures.ts";
import { joinTrees } from "./join-trees.ts";

const root = join(import.meta.dir, "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    chunks: { type: "string", default: "100000" },
    binary: { type: "string", default: join(root, "dist", "repobase") },
  },
});
if (positionals.length === 0) throw new Error("usage: bun benchmarks/large.ts [--chunks 100000] <git repository>...");
if (!existsSync(values.binary)) throw new Error("build first: bun run build");
const queries = (await Bun.file(join(root, "fixtures/queries.txt")).text()).trim().split("\n");

const dir = mkdtempSync(join(tmpdir(), "repobase-large-"));
try {
  const joined = join(dir, "joined");
  const names = await joinTrees({
    into: joined,
    paths: positionals,
    chunks: Number(values.chunks),
    binary: values.binary,
  });
  console.log(`joined: ${names.join(", ")}\n`);
  const env = { PATH: process.env.PATH ?? "", HOME: dir, REPOBASE_HOME: join(dir, "home") };
  const first = await run(env, "add", joined, "--json");
  const indexed = JSON.parse(first.out) as IndexResult;
  const noop = await run(env, "index");
  console.log(
    `| ${indexed.files} files, ${indexed.newChunks} chunks, ${formatBytes(indexed.newBytes)} of text | time, s | peak memory |\n|---|---|---|`,
  );
  console.log(`| index | ${seconds(first.ms)} | ${formatBytes(first.peak)} |`);
  console.log(`| index again, nothing new | ${seconds(noop.ms)} | ${formatBytes(noop.peak)} |`);
  for (const mode of ["keyword", "semantic", "hybrid"]) {
    const runs = [];
    for (const query of queries.slice(0, 15)) runs.push(await run(env, "search", query, "--mode", mode));
    console.log(
      `| query, ${mode}, median of ${runs.length} processes | ${seconds(median(runs.map((r) => r.ms)))} | ${formatBytes(median(runs.map((r) => r.peak)))} |`,
    );
  }
  console.log(
    `\nstages, s: ${Object.entries(indexed.stages)
      .map(([name, s]) => `${name} ${s.toFixed(1)}`)
      .join(", ")}`,
  );
  console.log(
    `processor ${seconds(first.cpuMs)} s; ${Math.round((indexed.newChunks / first.ms) * 1000)} chunks/s; table ${formatBytes(indexed.indexBytes)}`,
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
}

interface Run {
  readonly out: string;
  readonly ms: number;
  readonly cpuMs: number;
  /** Bytes. */
  readonly peak: number;
}

async function run(env: Record<string, string>, ...args: string[]): Promise<Run> {
  const began = performance.now();
  const child = Bun.spawn([values.binary, ...args], { env, stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const ms = performance.now() - began;
  if (code !== 0) throw new Error(`repobase ${args.join(" ")} exited ${code}: ${err}`);
  const usage = child.resourceUsage();
  if (usage === undefined) throw new Error("the system tells nothing of ended processes");
  return { out, ms, cpuMs: Number(usage.cpuTime.total) / 1000, peak: usage.maxRSS };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
