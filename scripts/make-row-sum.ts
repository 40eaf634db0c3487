/**
 * Makes `src/embed/row-sum.wasm.ts` from `row-sum.wat`, so that the source runs without a build; a test fails when they differ.
 * `--write` writes it.
 */
import { join } from "node:path";
import wabt from "wabt";

const folder = join(import.meta.dir, "../src/embed");
export const ROW_SUM_MODULE = join(folder, "row-sum.wasm.ts");

export async function rowSumSource(): Promise<string> {
  const { parseWat } = await wabt();
  const module = parseWat("row-sum.wat", await Bun.file(join(folder, "row-sum.wat")).text(), { simd: true });
  const base64 = Buffer.from(module.toBinary({}).buffer).toString("base64");
  module.destroy();
  return `/** row-sum.wat as WebAssembly, in base64: made by scripts/make-row-sum.ts, not by hand. */
export const ROW_SUM_WASM =
  "${base64}";
`;
}

if (import.meta.main && process.argv.includes("--write")) await Bun.write(ROW_SUM_MODULE, await rowSumSource());
