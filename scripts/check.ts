/**
 * Everything that must hold before a change lands, in order of cost: sizes of files, types, format, lint, the arrows
 * between rooms, the licences of what is bundled, the binary, the tests (the end-to-end ones drive the compiled binary). Nothing is left outside the
 * clone: temporary files go to one folder (not in the clone, whose repository every folder below it would be part of)
 * that goes at the end.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
/** How long each file of tests took last time here: the long ones start first. */
const timings = join(root, "node_modules", ".cache", "test-timings.json");
const tmp = mkdtempSync(join(tmpdir(), "repobase-check-"));
process.on("exit", () => rmSync(tmp, { recursive: true, force: true }));
const env = { ...process.env, TMPDIR: tmp, XDG_CACHE_HOME: join(tmp, "cache"), HOME: join(tmp, "home"), NO_COLOR: "1" };
const bin = (name: string) => join(root, "node_modules", ".bin", name);

const steps: readonly (readonly [string, readonly string[]])[] = [
  ["files", [process.execPath, "scripts/check-files.ts"]],
  ["types", [bin("tsc"), "-p", "tsconfig.json", "--noEmit"]],
  ["types of the worker", [bin("tsc"), "-p", "worker/tsconfig.json", "--noEmit"]],
  ["format", [bin("oxfmt"), "--check"]],
  ["lint", [bin("oxlint"), "--deny-warnings"]],
  ["imports", [process.execPath, "scripts/check-imports.ts"]],
  ["notices", [process.execPath, "scripts/notices.ts", "--check"]],
  ["worker bundle", [process.execPath, "scripts/build-worker.ts"]],
  ["binary", [process.execPath, "scripts/build.ts"]],
  [
    "tests",
    [
      process.execPath,
      "test",
      // a process a core; most tests wait for other processes or the disk a good part of their time
      `--parallel=${Math.max(2, availableParallelism())}`,
      `--timings=${timings}`,
      "--update-timings",
      "--timeout",
      "120000",
      "--only-failures",
      "--reporter=junit",
      `--reporter-outfile=${join(tmp, "tests.xml")}`,
    ],
  ],
];

for (const [name, command] of steps) {
  const started = performance.now();
  const run = Bun.spawn([...command], { cwd: root, env, stdout: "inherit", stderr: "inherit" });
  const code = await run.exited;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
  if (code !== 0) process.exit(code);
}

const suites = /<testsuites[^>]*>/.exec(await Bun.file(join(tmp, "tests.xml")).text())?.[0] ?? "";
const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suites)?.[1] ?? 0);
console.log(
  `${count("tests") - count("failures") - count("skipped")} passed, ${count("failures")} failed, ${count("skipped")} skipped`,
);
