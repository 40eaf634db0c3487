/**
 * The main path in figures: `bun benchmarks/main-path.ts <git repository>...` on the compiled binary and real workerd. Each
 * repository is indexed into a fresh home, queried locally and remotely, pushed, changed in three files, pushed again.
 * Prints one Markdown table. Times are of whole processes unless said otherwise; the machine's noise is in them.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { IndexResult } from "../src/porcelain/indexing/index-result.ts";
import { formatBytes } from "../src/text/figures.ts";
import { startWorker } from "../tests/helpers/worker-server.ts";
import { git } from "../tests/helpers/git-server.ts";

const root = join(import.meta.dir, "..");
const binary = join(root, "dist", "repobase");
if (!existsSync(binary)) throw new Error("build first: bun run build");
const repositories = process.argv.slice(2);
if (repositories.length === 0) throw new Error("usage: bun benchmarks/main-path.ts <git repository>...");
const queries = (await Bun.file(join(root, "fixtures/queries.txt")).text()).trim().split("\n");
const MODES = ["keyword", "semantic", "hybrid"] as const;

interface Pushed {
  readonly requests: number;
  readonly bytesUploaded: number;
  readonly durationMs: number;
}

const rows: string[][] = [];
const worker = await startWorker();
try {
  for (const path of repositories) rows.push(await measure(path));
} finally {
  await worker.stop();
}
const startUp = await median(11, () => run({ REPOBASE_HOME: tmpdir() }, "--version"));
console.log(`binary ${formatBytes(statSync(binary).size)}, start-up ${startUp.toFixed(0)} ms\n`);
for (const [i, name] of labels().entries())
  console.log(
    `| ${[name, ...rows.map((row) => row[i])].join(" | ")} |${i === 0 ? `\n|${"---|".repeat(rows.length + 1)}` : ""}`,
  );

function labels(): string[] {
  return [
    "repository",
    "files, chunks, source",
    "index, s (MB/s)",
    "stages, s",
    "no-op index, ms",
    "table bytes per source byte",
    ...MODES.map((mode) => `local query, ${mode}, ms (whole process)`),
    ...MODES.map((mode) => `remote query, ${mode}, ms (workerd on loopback, warm)`),
    "first push",
    "push of a 3-file commit",
    "no-op push",
  ];
}

async function measure(path: string): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), "repobase-bench-"));
  try {
    const clone = join(
      dir,
      basename(path).replace(/\.git$/, "") === "repo" ? basename(join(path, "..")) : basename(path),
    );
    await git(dir, "clone", "--quiet", "--no-hardlinks", path, clone);
    const user = `u${rows.length}`;
    const env = {
      REPOBASE_HOME: join(dir, "home"),
      REPOBASE_ENDPOINT: worker.url,
      REPOBASE_API_KEY: await worker.issueKey(user),
      TMPDIR: dir,
    };
    const indexed = await json<IndexResult>(env, "add", clone);
    const noop = await median(7, () => run(env, "index"));
    const local: number[] = [];
    for (const mode of MODES)
      local.push(await median(15, (i) => run(env, "search", queries[i % queries.length] ?? "", "--mode", mode)));
    await json(env, "cloud", "enable", "--all");
    const first = await json<Pushed>(env, "push", "--all");
    const remote: number[] = [];
    for (const mode of MODES) remote.push(await median(queries.length, (i) => ask(env, queries[i] ?? "", mode)));
    mkdirSync(join(clone, "bench"));
    for (const name of ["a", "b", "c"])
      writeFileSync(join(clone, "bench", `${name}.ts`), `export function ${name}Added() {\n  return "${name}";\n}\n`);
    await git(clone, "add", "--all");
    await git(clone, "commit", "--quiet", "--message", "three files");
    await json(env, "index");
    const three = await json<Pushed>(env, "push", "--all");
    const none = await json<Pushed>(env, "push", "--all");
    const seconds = indexed.durationMs / 1000;
    return [
      basename(clone),
      `${indexed.files}, ${indexed.newChunks}, ${formatBytes(indexed.newBytes)}`,
      `${seconds.toFixed(2)} (${(indexed.newBytes / 1e6 / seconds).toFixed(1)})`,
      Object.entries(indexed.stages)
        .map(([name, s]) => `${name} ${s.toFixed(2)}`)
        .join(", "),
      noop.toFixed(0),
      (indexed.indexBytes / indexed.newBytes).toFixed(2),
      ...local.map((ms) => ms.toFixed(0)),
      ...remote.map((ms) => ms.toFixed(0)),
      ...[first, three, none].map((p) => `${p.requests} requests, ${formatBytes(p.bytesUploaded)}, ${p.durationMs} ms`),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function ask(env: Record<string, string>, q: string, mode: string): Promise<void> {
  const url = `${env.REPOBASE_ENDPOINT}/v1/search?${new URLSearchParams({ q, mode })}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${env.REPOBASE_API_KEY}` } });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

async function run(env: Record<string, string>, ...args: string[]): Promise<string> {
  const child = Bun.spawn([binary, ...args], { env, stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`repobase ${args.join(" ")} exited ${code}: ${err}`);
  return out;
}

async function json<T>(env: Record<string, string>, ...args: string[]): Promise<T> {
  return JSON.parse(await run(env, ...args, "--json")) as T;
}

/** Milliseconds of one run, the median of `times`. */
async function median(times: number, action: (i: number) => Promise<unknown>): Promise<number> {
  const spent: number[] = [];
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    await action(i);
    spent.push(performance.now() - started);
  }
  return spent.sort((a, b) => a - b)[times >> 1] ?? Number.NaN;
}
