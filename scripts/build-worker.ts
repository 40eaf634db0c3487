/**
 * Builds what `wrangler deploy` uploads, into dist/worker: one module, and the static assets: the page, and the model's table in shards.
 * Wrangler runs it (worker/wrangler.jsonc) and takes the files as they are; the tests run the same files on workerd.
 */
import { mkdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import type { BunPlugin } from "bun";
import config from "../src/embed/static-model/model.json";
import { cutShards } from "../src/embed/piece-table.ts";
import { writePage } from "./build-page.ts";

const root = join(import.meta.dir, "..");
const modelDir = join(root, "src/embed/static-model");

/** A bundle is text: the scales ride in it as base64. */
const binaryAsBase64: BunPlugin = {
  name: "binary-as-base64",
  setup(build) {
    build.onLoad({ filter: /\.f32$/ }, async ({ path }) => ({
      contents: `export default ${JSON.stringify((await Bun.file(path).bytes()).toBase64())};`,
      loader: "js",
    }));
  },
};

export interface WorkerBuild {
  /** The one module. */
  readonly script: string;
  readonly assets: string;
  /** Bytes of the module, as it is and as Cloudflare counts it. */
  readonly size: number;
  readonly gzipSize: number;
}

/** @param outdir emptied first */
export async function buildWorker(outdir: string): Promise<WorkerBuild> {
  await rm(outdir, { recursive: true, force: true });
  const assets = join(outdir, "assets");
  await mkdir(join(assets, "model"), { recursive: true });
  await Bun.build({
    entrypoints: [join(root, "worker/index.ts")],
    outdir,
    format: "esm",
    target: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    minify: { whitespace: true, syntax: true, identifiers: false },
    plugins: [binaryAsBase64],
  });
  for (const { name, bytes } of cutShards(await Bun.file(join(modelDir, "table.i8")).bytes(), config.dim))
    await Bun.write(join(assets, "model", name), bytes);
  await writePage(join(assets, "page"));
  const script = join(outdir, "index.js");
  const code = await Bun.file(script).bytes();
  return { script, assets, size: code.length, gzipSize: Bun.gzipSync(code).length };
}

if (import.meta.main) {
  const { script, size, gzipSize } = await buildWorker(process.argv[2] ?? join(root, "dist/worker"));
  console.log(`${relative(root, script)}: ${(size / 1024).toFixed(0)} KiB, ${(gzipSize / 1024).toFixed(0)} KiB gzip`);
}
