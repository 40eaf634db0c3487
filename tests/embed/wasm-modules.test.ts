import { expect, test } from "bun:test";
import { WASM_MODULES, wasmSource } from "../../scripts/make-wasm.ts";

test.each(WASM_MODULES)("$module is what its .wat says (bun scripts/make-wasm.ts --write)", async (each) => {
  expect(await Bun.file(each.module).text()).toBe(await wasmSource(each));
});
