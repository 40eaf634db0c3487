/**
 * Makes a TypeScript module of each `.wat` beside it, so that the source runs without a build; a test fails when they differ.
 * `--write` writes them.
 */
import { basename, join } from "node:path";
import wabt from "wabt";

const source = join(import.meta.dir, "../src");

export const WASM_MODULES = [
  { wat: join(source, "embed/row-sum.wat"), module: join(source, "embed/row-sum.wasm.ts"), name: "ROW_SUM_WASM" },
  {
    wat: join(source, "pack/compare-codes.wat"),
    module: join(source, "pack/compare-codes.wasm.ts"),
    name: "COMPARE_CODES_WASM",
  },
];

export async function wasmSource({ wat, name }: (typeof WASM_MODULES)[number]): Promise<string> {
  const { parseWat } = await wabt();
  const module = parseWat(basename(wat), await Bun.file(wat).text(), { simd: true });
  const base64 = Buffer.from(module.toBinary({}).buffer).toString("base64");
  module.destroy();
  return `/** ${basename(wat)} as WebAssembly, in base64: made by scripts/make-wasm.ts, not by hand. */
export const ${name} =
  "${base64}";
`;
}

if (import.meta.main && process.argv.includes("--write"))
  for (const each of WASM_MODULES) await Bun.write(each.module, await wasmSource(each));
