/**
 * Makes the one binary: `bun scripts/build.ts [--target bun-linux-arm64] [--outfile dist/repobase]`.
 * Everything the program needs at run time (native modules, grammars, model weights, worker threads) goes inside.
 */
import { type BunPlugin, Glob } from "bun";
import { parseArgs } from "node:util";
import { basename, dirname, join } from "node:path";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { buildServed } from "./build-page.ts";
import { lightOpenTui, MUSL_PACKAGES } from "./opentui-plugin.ts";
import { writeManualPages } from "./man-pages.ts";

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
  setup({ onLoad, onResolve, onEnd }) {
    let seen = false;
    onEnd(() => {
      if (!seen) throw new Error("clipanion opens the process's streams: its Cli.mjs was not what was bundled");
    });
    // its package.json names no file of ES modules, and the other is found first
    onResolve({ filter: /^clipanion$/ }, () => ({ path: join(root, "node_modules/clipanion/lib/advanced/index.mjs") }));
    onLoad({ filter: /clipanion\/lib\/advanced\/Cli\.mjs$/ }, async ({ path }) => {
      seen = true;
      const source = await Bun.file(path).text();
      const contents = source
        .replace("from '../platform'", "from '../platform/browser.mjs'")
        .replace(/^\s*(?:stdin: process\.stdin|stdout: process\.stdout|stderr: process\.stderr),\n/gm, "");
      if (/process\.std|platform'/.test(contents))
        throw new Error(`"${path}" is not as expected: does it still open streams when it is loaded?`);
      return { contents, loader: "js" };
    });
  },
};

/**
 * Each native library under another name: one that ends in `.node` is Bun's to load. All of them before the build begins, because
 * the bundler looks at a folder once.
 */
const LIBRARIES = [
  "node_modules/@lancedb/lancedb-*/*.node",
  "node_modules/onnxruntime-node/bin/napi-v6/*/*/*.node",
  "node_modules/@opentui/core-*/*.{so,dylib,dll}",
];
const libraries = new Map(
  LIBRARIES.flatMap((glob) => Array.from(new Glob(glob).scanSync(root))).map((path, i) => [
    realpathSync(join(root, path)),
    join(scratch, `${i}.library`),
  ]),
);
for (const [path, copy] of libraries) copyFileSync(path, copy);

/** Native libraries as plain files inside the binary, unpacked and loaded by code of ours: see src/files/unpack-native.ts. */
const unpackedLibraries: BunPlugin = {
  name: "unpacked-libraries",
  setup({ onLoad }) {
    onLoad({ filter: /(?:lancedb\.[\w-]+|onnxruntime_binding)\.node$/ }, async ({ path }) => ({
      contents: `module.exports = require(${UNPACK}).loadUnpacked(${await libraryAt(path)});`,
      loader: "js",
    }));
    // this one is opened by its path
    onLoad({ filter: /@opentui\/core-[\w-]+\/index\.bun\.js$/ }, async ({ path }) => ({
      contents: `export default require(${UNPACK}).placeUnpacked(${await libraryAt(libraryBeside(path))});`,
      loader: "js",
    }));
  },
};

const UNPACK = JSON.stringify(join(root, "src", "files", "unpack-native.ts"));

/** The library as unpack-native.ts is told of it: an expression. */
async function libraryAt(path: string): Promise<string> {
  const copy = libraries.get(realpathSync(path));
  if (copy === undefined) throw new Error(`"${path}" is not where native libraries are looked for`);
  const digest = new Bun.CryptoHasher("sha256").update(await Bun.file(path).arrayBuffer()).digest("hex");
  const name = basename(path).split(".")[0];
  return `{ embedded: ((file) => file.default ?? file)(require(${JSON.stringify(copy)})), hash: "${digest.slice(0, 32)}", name: "${name}" }`;
}

/** The one library of a package. */
function libraryBeside(path: string): string {
  const found = [...libraries.keys()].find((library) => dirname(library) === realpathSync(dirname(path)));
  if (found === undefined) throw new Error(`there is no library beside "${path}"`);
  return found;
}

/** The page's files, likewise copied first; scripts and stylesheets under a name that leaves them as they are. */
const page = (await buildServed()).map(({ path, bytes }, i) => ({ path, bytes, copy: join(scratch, `${i}.page`) }));
await Promise.all(page.map(({ bytes, copy }) => Bun.write(copy, bytes)));

const embeddedPage: BunPlugin = {
  name: "embedded-page",
  setup({ onLoad }) {
    onLoad({ filter: /porcelain\/cloud\/read-page\.ts$/ }, () => {
      const imports = page.map(({ copy }, i) => `import file${i} from ${JSON.stringify(copy)};`);
      const entries = page.map(({ path }, i) => `[${JSON.stringify(path)}, await Bun.file(file${i}).bytes()]`);
      const read = `export const readPage = async () => new Map([${entries.join(", ")}]);`;
      return { contents: `${imports.join("\n")}\n${read}`, loader: "js" };
    });
  },
};

const started = performance.now();
const build = await Bun.build({
  entrypoints: [
    "src/main.ts",
    "src/ingest/parse-worker.ts",
    "src/tui/effects/reading-thread.ts",
    "src/tui/effects/job-thread.ts",
  ],
  compile: { outfile: values.outfile, ...(values.target ? { target: values.target as Bun.Build.CompileTarget } : {}) },
  format: "esm",
  // what a command does not use is neither read nor parsed: start-up takes a third of what it would
  splitting: true,
  bytecode: true,
  minify: { syntax: true, whitespace: true },
  sourcemap: "none",
  plugins: [lightClipanion, lightOpenTui, unpackedLibraries, embeddedPage],
  external: MUSL_PACKAGES,
  loader: { ".library": "file", ".page": "file" },
  throw: false,
});
rmSync(scratch, { recursive: true });
for (const message of build.logs) console.error(String(message));
if (!build.success) process.exit(1);
await writeManualPages(join(dirname(values.outfile), "man"));
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  `built ${values.outfile.replace(`${root}/`, "")}: ${(statSync(values.outfile).size / 1e6).toFixed(1)} MB in ${seconds} s`,
);
