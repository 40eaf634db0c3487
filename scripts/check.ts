/**
 * Everything that must hold before a change lands: sizes of files, types, format, lint, the arrows between rooms, the
 * licences of what is bundled, the binary, and the tests (the end-to-end ones drive the compiled binary). What only looks runs
 * two at a time. Nothing is left outside the clone: temporary files go to one folder (not in the clone, whose repository every
 * folder below it would be part of) that goes at the end.
 */
import { cpSync, existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ENGINE_SETTINGS } from "../src/restart-tuned.ts";

const root = join(import.meta.dir, "..");
/**
 * How long each file of tests took last time here, ms: the long ones start first, and both processes end together. A new clone begins with
 * what they took elsewhere, all of them: files that are not there run before the long ones.
 */
const timings = join(root, "node_modules", ".cache", "test-timings.json");
if (!existsSync(timings)) cpSync(join(root, "scripts", "test-timings.json"), timings);
const tmp = mkdtempSync(join(folderInMemory() ?? tmpdir(), "repobase-check-"));
const running = new Set<Bun.Subprocess>();
process.on("exit", () => {
  for (const child of running) child.kill();
  rmSync(tmp, { recursive: true, force: true });
});
const worker = join(tmp, "worker");
const env = {
  ...process.env,
  TMPDIR: tmp,
  XDG_CACHE_HOME: join(tmp, "cache"),
  HOME: join(tmp, "home"),
  NO_COLOR: "1",
  // each file of tests would bundle it again
  REPOBASE_BUILT_WORKER: worker,
  ...ENGINE_SETTINGS,
  // Bun's allocator keeps what is free: giving it back and asking again was a fifth of the processor time
  MIMALLOC_PURGE_DELAY: "-1",
};
const cores = Math.max(2, availableParallelism());
const bin = (name: string) => join(root, "node_modules", ".bin", name);

type Step = readonly [name: string, command: readonly string[]];

/** None needs what another makes. */
const STEPS: readonly Step[] = [
  ["types", [bin("tsc"), "-p", "tsconfig.json", "--noEmit"]],
  ["types of the page", [bin("tsc"), "-p", "src/page/tsconfig.json", "--noEmit"]],
  ["types of the worker", [bin("tsc"), "-p", "worker/tsconfig.json", "--noEmit"]],
  ["binary", [process.execPath, "scripts/build.ts"]],
  ["worker bundle", [process.execPath, "scripts/build-worker.ts", worker]],
  ["lint", [bin("oxlint"), "--deny-warnings"]],
  ["types of its service worker", [bin("tsc"), "-p", "src/page/service-worker/tsconfig.json", "--noEmit"]],
  ["format", [bin("oxfmt"), "--check"]],
  ["imports", [process.execPath, "scripts/check-imports.ts"]],
  ["notices", [process.execPath, "scripts/notices.ts", "--check"]],
  ["files", [process.execPath, "scripts/check-files.ts"]],
];

const TESTS: Step = [
  "tests",
  [
    process.execPath,
    "test",
    // a process a core; most tests wait for other processes or the disk a good part of their time
    `--parallel=${cores}`,
    // what files import, and what the engine compiled of it, serves the next file too
    "--no-isolate",
    "--no-orphans",
    `--timings=${timings}`,
    "--update-timings",
    "--timeout",
    "120000",
    "--only-failures",
    "--reporter=junit",
    `--reporter-outfile=${join(tmp, "tests.xml")}`,
  ],
];

const steps = STEPS.values();
await Promise.all(Array.from({ length: cores }, () => runAll(steps)));
await run(TESTS);

const suites = /<testsuites[^>]*>/.exec(await Bun.file(join(tmp, "tests.xml")).text())?.[0] ?? "";
const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suites)?.[1] ?? 0);
console.log(
  `${count("tests") - count("failures") - count("skipped")} passed, ${count("failures")} failed, ${count("skipped")} skipped`,
);

console.log(`slowest: ${(await slowest(10)).join(", ")}`);

/** The files of tests that took longest, by the timings that the run has just written. */
async function slowest(many: number): Promise<string[]> {
  const { files } = (await Bun.file(timings).json()) as { readonly files: Readonly<Record<string, number>> };
  const sorted = Object.entries(files).toSorted(([, a], [, b]) => b - a);
  return sorted
    .slice(0, many)
    .map(([file, ms]) => `${file.replace(/^tests\/|\.test\.ts$/g, "")} ${(ms / 1000).toFixed(1)} s`);
}

/** Several share one iterator: each takes the next that nobody has taken. */
async function runAll(from: Iterable<Step>): Promise<void> {
  for (const step of from) await run(step);
}

/** The first that fails ends all. */
async function run([name, command]: Step): Promise<void> {
  const started = performance.now();
  const child = Bun.spawn([...command], { cwd: root, env, stdout: "inherit", stderr: "inherit" });
  running.add(child);
  const code = await child.exited;
  running.delete(child);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
  if (code !== 0) process.exit(code);
}

/** Tests write and sync thousands of small files: in memory that costs nothing. undefined: there is none with room enough. */
function folderInMemory(): string | undefined {
  const path = "/dev/shm";
  if (!existsSync(path)) return undefined;
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize > 8 * 1024 ** 3 ? path : undefined;
}
