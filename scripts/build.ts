/**
 * Makes the one binary: `bun scripts/build.ts [--target bun-linux-arm64] [--outfile dist/repobase]`.
 * Everything the program needs at run time (native modules, grammars, model weights, worker threads) goes inside.
 */
import { parseArgs } from "node:util";
import { join } from "node:path";
import { mkdirSync, statSync } from "node:fs";

const root = join(import.meta.dir, "..");
const { values } = parseArgs({
  options: { target: { type: "string" }, outfile: { type: "string", default: join(root, "dist", "repobase") } },
});
mkdirSync(join(values.outfile, ".."), { recursive: true });
const started = performance.now();
const build = Bun.spawnSync(
  [
    process.execPath,
    "build",
    "--compile",
    "--minify-syntax",
    "--minify-whitespace",
    "--sourcemap=none",
    // what a command does not use is not parsed: halves the start-up time
    "--bytecode",
    "--format=esm",
    ...(values.target ? [`--target=${values.target}`] : []),
    join(root, "src", "main.ts"),
    join(root, "src", "ingest", "parse-worker.ts"),
    "--outfile",
    values.outfile,
  ],
  { cwd: root, stdout: "pipe", stderr: "inherit" },
);
if (build.exitCode !== 0) {
  process.stderr.write(build.stdout);
  process.exit(build.exitCode ?? 1);
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`built ${values.outfile.replace(`${root}/`, "")}: ${(statSync(values.outfile).size / 1e6).toFixed(1)} MB in ${seconds} s`);
