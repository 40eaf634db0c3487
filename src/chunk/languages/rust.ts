/** Rust: types, functions, macros; an `impl` is named after its type. */
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-rust.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { byField, byName } from "./naming.ts";

const syntax = defineSyntax({
  holders: { "trait_item struct_item enum_item union_item mod_item": byName, impl_item: byField("type") },
  definitions: { "function_item function_signature_item macro_definition type_item": byName },
  containers: "declaration_list",
  comments: "line_comment block_comment",
  annotations: "attribute_item",
});

export const rust: Language = {
  name: "rust",
  files: [{ extensions: "rs", grammar: { name: "rust", wasm, syntax } }],
};
