/**
 * Refuses large files that git tracks, which a clone carries for ever, and source files that do not say at their top what they are
 * for. Run by `bun run check`; prints each file above `MAX_BYTES` that is not in `LARGE_FILES` and each that begins with no
 * comment, and exits 1. `bun scripts/check-files.ts [folder]`, default: this clone.
 */
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";

const MAX_BYTES = 1_000_000;
/** What must be large, with the reason. */
const LARGE_FILES: ReadonlyMap<string, string> = new Map([
  ["src/embed/static-model/table.i8", "the vectors of the built-in model: 16,000 pieces of 384 bytes"],
]);
/** Program and tools; a test's own words say what it is for. */
const SOURCE = /^(src|worker|scripts|lab|benchmarks|tests\/helpers)\/.*\.tsx?$/;

const root = process.argv[2] ?? join(import.meta.dir, "..");
const list = Bun.spawnSync(["git", "ls-files", "--cached", "-z"], { cwd: root, stderr: "inherit" });
if (list.exitCode !== 0) process.exit(1);
const tracked = list.stdout.toString().split("\0").filter(Boolean);
const large = tracked.filter((path) => !LARGE_FILES.has(path) && sizeOf(join(root, path)) > MAX_BYTES);
for (const path of large)
  console.error(`${path}: larger than ${MAX_BYTES / 1e6} MB. Do not track it, or list it in scripts/check-files.ts`);

const silent = tracked.filter((path) => SOURCE.test(path) && !saysItsPurpose(join(root, path)));
for (const path of silent) console.error(`${path}: begin it with a comment that says what it is for`);

const wrong = large.length + silent.length;
console.log(wrong === 0 ? "files: none is too large, each says what it is for" : `files: ${wrong} to mend`);
process.exit(wrong === 0 ? 0 : 1);

/** Bytes; 0 for what is deleted but not yet from the index. Links are not followed. */
function sizeOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Does it begin with a comment, after `#!`? What is deleted but not yet from the index says nothing wrong. */
function saysItsPurpose(path: string): boolean {
  const isThere = lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  return !isThere || /^(#!.*\n)?\s*\/[*/]/.test(readFileSync(path, "utf8"));
}
