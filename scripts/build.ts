/**
 * Makes the one binary: `bun scripts/build.ts [--target bun-linux-arm64] [--outfile dist/repobase]`.
 * Everything the program needs at run time (native modules, grammars, model weights, worker threads) goes inside.
 */
import type { BunPlugin } from "bun";
import { parseArgs } from "node:util";
import { dirname, join } from "node:path";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";

const root = join(import.meta.dir, "..");
const { values } = parseArgs({
  options: { target: { type: "string" }, outfile: { type: "string", default: join(root, "dist", "repobase") } },
});
mkdirSync(dirname(values.outfile), { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), "repobase-build-"));
process.chdir(root);

/**
 * clipanion opens the process's three streams and looks up the terminal's colours when it is loaded, which takes 10 ms.
 * `main` gives it streams of its own and no colours, so neither is ever used.
 */
const lightClipanion: BunPlugin = {
  name: "light-clipanion",
  setup({ onLoad }) {
    onLoad({ filter: /clipanion\/lib\/advanced\/Cli\.mjs$/ }, async ({ path }) => {
      const source = await Bun.file(path).text();
      const contents = source
        .replace("from '../platform'", "from '../platform/browser.mjs'")
        .replace(/^\s*(?:stdin: process\.stdin|stdout: process\.stdout|stderr: process\.stderr),\n/gm, "");
      if (source.length - contents.length < 80)
        throw new Error(`"${path}" is not as expected: does it still open streams when it is loaded?`);
      return { contents, loader: "js" };
    });
  },
};

/** LanceDB's library as a plain file inside the binary, unpacked and loaded by code of ours: see src/table/unpack-native.ts. */
const unpackedLanceDB: BunPlugin = {
  name: "unpacked-lancedb",
  setup({ onLoad }) {
    onLoad({ filter: /lancedb\.[\w-]+\.node$/ }, async ({ path }) => {
      const id = Bun.hash(await Bun.file(path).arrayBuffer()).toString(16);
      // by another name: one that ends in `.node` is Bun's to load
      const copy = join(scratch, `${id}.library`);
      copyFileSync(path, copy);
      const unpack = join(root, "src", "table", "unpack-native.ts");
      const contents = `const embedded = require(${JSON.stringify(copy)}); module.exports = require(${JSON.stringify(unpack)}).loadUnpacked({ embedded: embedded.default ?? embedded, id: "${id}" });`;
      return { contents, loader: "js" };
    });
  },
};

const started = performance.now();
const build = await Bun.build({
  entrypoints: ["src/main.ts", "src/ingest/parse-worker.ts"],
  compile: { outfile: values.outfile, ...(values.target ? { target: values.target as Bun.Build.CompileTarget } : {}) },
  format: "esm",
  // what a command does not use is neither read nor parsed: start-up takes a third of what it would
  splitting: true,
  bytecode: true,
  minify: { syntax: true, whitespace: true },
  sourcemap: "none",
  plugins: [lightClipanion, unpackedLanceDB],
  loader: { ".library": "file" },
  throw: false,
});
rmSync(scratch, { recursive: true });
for (const message of build.logs) console.error(String(message));
if (!build.success) process.exit(1);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  `built ${values.outfile.replace(`${root}/`, "")}: ${(statSync(values.outfile).size / 1e6).toFixed(1)} MB in ${seconds} s`,
);
