/** Zig: functions, and types by the constant they are assigned to. */
import wasm from "@tree-sitter-grammars/tree-sitter-zig/tree-sitter-zig.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { byChild, byName } from "./naming.ts";

const TYPES = new Set([
  "struct_declaration",
  "enum_declaration",
  "union_declaration",
  "opaque_declaration",
  "error_set_declaration",
]);

const syntax = defineSyntax({
  holders: { "struct_declaration enum_declaration union_declaration": byName },
  definitions: { "function_declaration function_signature": byName },
  wrappers: "variable_declaration",
  comments: "comment",
  // `const Name = struct { ... }`
  nameInWrapper: (child, wrapper) => (TYPES.has(child.type) ? byChild("identifier")(wrapper) : undefined),
});

export const zig: Language = {
  name: "zig",
  files: [{ extensions: "zig", grammar: { name: "zig", wasm, syntax } }, { extensions: "zon" }],
};
