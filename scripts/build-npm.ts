/**
 * Makes the npm package in dist/npm: `bun scripts/build-npm.ts [folder]`. The code of `src/sdk/` in one bundle for Bun and Node, its
 * types, the built-in model, licences. Native packages stay outside and are loaded when they are used; what makes indexes (parsers,
 * grammars) is the command's and is left out.
 */
import { cp, mkdir, rm } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import type { BunPlugin } from "bun";
import manifest from "../package.json";

const root = join(import.meta.dir, "..");
const runtime = join(root, "src/sdk/runtime");
const MODEL = /static-model\/[\w-]+\.(i8|f32|txt)$/;
/** Needed when a push must be joined with what another device pushed: whoever needs that installs them. */
const NATIVE = ["@lancedb/lancedb", "apache-arrow"] as const;
/** What the methods of CloudSync never ask for; and models that were added, which only the command runs. */
const LEFT_OUT = /\/(include-worktree|prune-branches|onnx\/runtime)\.ts$/;

const leftOut = `
  import { RepobaseError } from ${JSON.stringify(join(root, "src/protocol/errors.ts"))};
  async function refuse() {
    throw new RepobaseError("model_unavailable", "models that were added run in the repobase command alone");
  }
  export { refuse as includeWorktree, refuse as pruneBranches, refuse as loadOnnxRuntime, refuse as extractFile };
`;

const packaged: BunPlugin = {
  name: "packaged",
  setup(build) {
    build.onLoad({ filter: LEFT_OUT }, () => ({ contents: leftOut, loader: "ts" }));
    build.onLoad({ filter: /\/src\/(?!sdk\/runtime\/).*\.ts$/ }, async ({ path }) => {
      const source = await Bun.file(path).text();
      const contents = source
        .replaceAll(
          'await import("bun:sqlite")',
          `(await import(${JSON.stringify(join(runtime, "sqlite.ts"))})).default`,
        )
        .replaceAll(
          'await import("bun:ffi")',
          '{ dlopen() { throw new Error("there are no foreign functions here"); } }',
        );
      const usesBun = /\bBun\./.test(contents.replaceAll(/^\s*(\*|\/\/|\/\*).*$/gm, ""));
      const shim = `import { bunOrNode as Bun } from ${JSON.stringify(join(runtime, "bun.ts"))};\n`;
      return { contents: usesBun ? shim + contents : contents, loader: "ts" };
    });
    build.onLoad({ filter: MODEL }, ({ path }) => ({
      contents: `import { fileURLToPath } from "node:url"; export default fileURLToPath(new URL("./model/${basename(path)}", import.meta.url));`,
      loader: "js",
    }));
  },
};

/** @param outdir emptied first */
export async function buildNpm(outdir: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(join(outdir, "model"), { recursive: true });
  const entry = `import "./src/sdk/runtime/uint8-array.ts"; export * from "./src/sdk/index.ts";`;
  await Bun.build({
    entrypoints: [join(root, "index.ts")],
    files: { [join(root, "index.ts")]: entry },
    outdir,
    target: "node",
    format: "esm",
    splitting: true,
    minify: { syntax: true, whitespace: true },
    external: [...NATIVE],
    plugins: [packaged],
    naming: "[name].[ext]",
  });
  for (const name of ["table.i8", "scale.f32", "vocab.txt"])
    await cp(join(root, "src/embed/static-model", name), join(outdir, "model", name));
  await writeTypes(join(outdir, "types"));
  for (const name of ["LICENSE", "THIRD_PARTY_NOTICES"]) await cp(join(root, name), join(outdir, name));
  await cp(join(root, "docs/SDK.md"), join(outdir, "README.md"));
  await Bun.write(join(outdir, "package.json"), `${JSON.stringify(describePackage(), null, 2)}\n`);
}

function describePackage(): object {
  const { name, version, description, license, dependencies } = manifest;
  return {
    name,
    version,
    description,
    license,
    type: "module",
    exports: { ".": { types: "./types/sdk/index.d.ts", default: "./index.js" } },
    types: "./types/sdk/index.d.ts",
    engines: { bun: ">=1.4", node: ">=22.13" },
    peerDependencies: Object.fromEntries(NATIVE.map((each) => [each, dependencies[each]])),
    peerDependenciesMeta: Object.fromEntries(NATIVE.map((each) => [each, { optional: true }])),
  };
}

/** The files whose types a program sees; the schemas beside those shapes are our own. */
const TYPED = ["sdk/index", "sdk/cloud-sync", "sdk/contract", "protocol/errors", "protocol/search-api"];

/** File by file: what is exported there says its types itself. */
async function writeTypes(outdir: string): Promise<void> {
  const { default: typescript } = await import("typescript-5");
  for (const file of TYPED) {
    const written = await Bun.file(join(root, "src", `${file}.ts`)).text();
    // what holds for the compiler here says nothing to others
    const source = written.replaceAll(/ as const satisfies [^;]+;/g, " as const;");
    const { outputText, diagnostics = [] } = typescript.transpileDeclaration(source, { fileName: `${file}.ts` });
    const [wrong] = diagnostics;
    if (wrong) throw new Error(`${file}.ts: ${typescript.flattenDiagnosticMessageText(wrong.messageText, " ")}`);
    const types = outputText
      .replace(/^import .* from "\.\/decode\.ts";\n/m, "")
      .replace(/^(\/\*\*[^\n]*\n)?export declare const SEARCH_RESPONSE: .*\n/m, "")
      .replaceAll(/(from "\.{1,2}\/[^"]*)\.ts"/g, '$1.js"');
    await Bun.write(join(outdir, `${file}.d.ts`), types);
  }
}

if (import.meta.main) {
  const dir = process.argv[2] ?? join(root, "dist/npm");
  await buildNpm(dir);
  console.log(`built ${relative(root, dir)}`);
}
