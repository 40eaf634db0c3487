/**
 * Eight hours of saves in one process: `bun benchmarks/watch-memory.ts [--runs 800] <git repository>`. Each run is what `repobase watch`
 * makes of a save; the clock is moved so that all of them come to eight hours. Says, at steps, memory of the process, memory and
 * objects of JavaScript, the home folder's size, and the time a run takes: all must stay flat.
 */
import { heapStats } from "bun:jsc";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Home } from "../src/home/home.ts";
import { addRepository } from "../src/porcelain/indexing/add.ts";
import { indexRepository } from "../src/porcelain/indexing/index-repo.ts";
import { RunMemory } from "../src/porcelain/indexing/run-memory.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "800" } },
});
const [source] = positionals;
if (source === undefined) throw new Error("usage: bun benchmarks/watch-memory.ts [--runs 800] <git repository>");

const runs = Number(values.runs);
const STEPS = 10;
const dir = mkdtempSync(join(tmpdir(), "repobase-watch-memory-"));
const folder = join(dir, "work");
await Bun.spawn(["git", "clone", "--quiet", source, folder]).exited;
const home = Home.open({ REPOBASE_HOME: join(dir, "home"), HOME: dir });
await addRepository({ home, target: folder, cwd: dir, branch: null, name: null, model: null, maxFileBytes: null });
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((path) => /\.(ts|js|rs|go|py|kt|java|rb)$/.test(path) && !path.startsWith(".git/"))
  .slice(0, 40);

const realNow = Date.now.bind(Date);
let skipped = 0;
Date.now = () => realNow() + skipped;

function homeSize(): string {
  let [count, bytes] = [0, 0];
  for (const entry of readdirSync(home.dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    count++;
    bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return `${(bytes / 1e6).toFixed(1)} MB in ${count} files`;
}

const memory = new RunMemory();
let took: number[] = [];
for (let i = 1; i <= runs; i++) {
  appendFileSync(join(folder, files[i % files.length] ?? ""), `\n// save ${i}\n`);
  skipped += (8 * 3600 * 1000) / runs;
  const [repo] = home.config().repos;
  if (!repo) throw new Error("nothing is registered");
  const began = performance.now();
  const { changed } = await indexRepository({ home, repo, model: null, maxFileBytes: null, threads: 1, memory });
  took.push(performance.now() - began);
  if (!changed) throw new Error(`save ${i} was not indexed`);
  if (i % Math.max(1, Math.floor(runs / STEPS)) !== 0 && i !== 10) continue;
  Bun.gc(true);
  const { heapSize, extraMemorySize, objectCount } = heapStats();
  const rss = process.memoryUsage().rss / 1e6;
  const median = took.toSorted((a, b) => a - b)[took.length >> 1] ?? 0;
  console.log(
    `${i}\tprocess ${rss.toFixed(0)} MB\theap ${((heapSize - extraMemorySize) / 1e6).toFixed(1)} MB + ${(extraMemorySize / 1e6).toFixed(1)} MB outside\t` +
      `${objectCount} objects\thome ${homeSize()}\ta run ${median.toFixed(0)} ms`,
  );
  took = [];
}
// a run that remembers nothing finds nothing to do
const [repo] = home.config().repos;
const last = repo && (await indexRepository({ home, repo, model: null, maxFileBytes: null, threads: 1 }));
console.log(`a fresh run over everything: ${last?.changed ? "the index was NOT right" : "the index is right"}`);
rmSync(dir, { recursive: true });
