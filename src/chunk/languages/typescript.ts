/** TypeScript: JavaScript's rules, and interfaces, types, enums, namespaces. */
import tsxWasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-tsx.wasm" with { type: "file" };
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-typescript.wasm" with { type: "file" };
import { JAVASCRIPT_RULES, VALUES } from "./javascript.ts";
import { defineSyntax, type Language } from "./language.ts";
import { byFunctionValue, byName } from "./naming.ts";

const { holders, definitions, wrappers, ...rules } = JAVASCRIPT_RULES;
const syntax = defineSyntax({
  ...rules,
  holders: {
    ...holders,
    "abstract_class_declaration interface_declaration enum_declaration internal_module module": byName,
  },
  definitions: {
    ...definitions,
    "function_signature type_alias_declaration": byName,
    public_field_definition: byFunctionValue({ name: "name", value: "value", values: VALUES }),
  },
  wrappers: `${wrappers} ambient_declaration`,
});

export const typescript: Language = {
  name: "typescript",
  files: [
    { extensions: "ts mts cts", grammar: { name: "typescript", wasm, syntax } },
    { extensions: "tsx", grammar: { name: "tsx", wasm: tsxWasm, syntax } },
  ],
};
