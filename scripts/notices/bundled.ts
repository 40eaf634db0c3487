/**
 * What third-party files the compiled binary, the Worker's bundle and the page are made of, asked of the bundler itself: the same
 * entry points as in build.ts and build-worker.ts, with native libraries, grammars and weights noted and left unread.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { BunPlugin } from "bun";
import { lightOpenTui } from "../opentui-plugin.ts";

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression of its package.json. */
  readonly license: string | undefined;
  /** Its folder. */
  readonly dir: string;
  /** WebAssembly and native libraries that are embedded as files, relative to `dir`. */
  readonly assets: readonly string[];
}

const ASSETS = /\.(node|wasm|i8|f32|txt|so(\.\d+)*|dylib|dll)$/;
/** Stands for packages that package.json replaces: it has no code. */
const EMPTY_PACKAGE = "empty-npm-package";
/** LanceDB's library comes in one package a platform, with the version and licence of the package that picks one. */
const PLATFORM_PACKAGE = /^@lancedb\/lancedb-/;

/** @param root the clone @returns by name */
export async function bundledPackages(root: string): Promise<BundledPackage[]> {
  const files = new Set<string>();
  const noteAssets: BunPlugin = {
    name: "note-assets",
    setup({ onLoad }) {
      onLoad({ filter: ASSETS }, ({ path }) => {
        files.add(path);
        return { contents: 'export default ""', loader: "js" };
      });
    },
  };
  const common = { root, metafile: true, plugins: [noteAssets] };
  const builds = await Promise.all([
    Bun.build({
      ...common,
      entrypoints: [
        "src/main.ts",
        "src/ingest/parse-worker.ts",
        "src/tui/effects/reading-thread.ts",
        "src/tui/effects/job-thread.ts",
      ].map((path) => join(root, path)),
      target: "bun",
      plugins: [noteAssets, lightOpenTui],
      external: otherPlatforms(root),
    }),
    Bun.build({
      ...common,
      entrypoints: [join(root, "worker/index.ts")],
      target: "browser",
      conditions: ["workerd", "worker", "browser"],
      external: ["cloudflare:*"],
    }),
    Bun.build({ ...common, entrypoints: [join(root, "src/page/main.tsx")], target: "browser", splitting: true }),
  ]);
  for (const { metafile } of builds) {
    if (metafile === undefined) throw new Error("the bundler gave no list of its inputs");
    for (const output of Object.values(metafile.outputs))
      for (const [path, { bytesInOutput }] of Object.entries(output.inputs))
        if (bytesInOutput > 0) files.add(join(process.cwd(), path));
  }
  for (const file of await insideOpenTui(root, files)) files.add(file);
  return readPackages([...files].filter((path) => path.includes("/node_modules/")));
}

/** Packages whose code is inside OpenTUI's own files, named there by the bundler that made them. */
async function insideOpenTui(root: string, files: Iterable<string>): Promise<string[]> {
  const own = [...files].filter((path) => path.includes("/@opentui/core/") && path.endsWith(".js"));
  const texts = await Promise.all(own.map((path) => Bun.file(path).text()));
  const names = texts.flatMap((text) => Array.from(text.matchAll(INLINED), ([, name = ""]) => name));
  return [...new Set(names)].map((name) => join(root, "node_modules", name, "package.json"));
}
const INLINED = /^\/\/ (?:\.\.\/)*(?:node_modules\/.*)?node_modules\/((?:@[^/]+\/)?[^/]+)\//gm;

/** OpenTUI's library comes in one package a platform; those of others are not installed. */
function otherPlatforms(root: string): string[] {
  const { optionalDependencies } = JSON.parse(
    readFileSync(join(root, "node_modules/@opentui/core/package.json"), "utf8"),
  );
  return Object.keys(optionalDependencies).filter((name) => !existsSync(join(root, "node_modules", name)));
}

/** The packages that the files are of. */
async function readPackages(files: readonly string[]): Promise<BundledPackage[]> {
  const assetsByDir = new Map<string, string[]>();
  for (const file of files) {
    const dir = packageDir(file);
    const assets = assetsByDir.get(dir) ?? [];
    assetsByDir.set(dir, assets);
    if (ASSETS.test(file)) assets.push(relative(dir, file));
  }
  const packages = await Promise.all(
    [...assetsByDir].map(async ([dir, assets]) => {
      const { name, version, license } = await Bun.file(join(dir, "package.json")).json();
      return { name, version, license, dir, assets: assets.toSorted() };
    }),
  );
  return packages
    .filter(({ name }) => name !== EMPTY_PACKAGE && !PLATFORM_PACKAGE.test(name))
    .toSorted((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

/** `.../node_modules/@scope/name/lib/a.js` -> `.../node_modules/@scope/name` */
function packageDir(file: string): string {
  let dir = dirname(file);
  for (let up = dirname(dir); !/\/node_modules(\/@[^/]+)?$/.test(up); up = dirname(dir)) dir = up;
  return dir;
}
