/** Java: types and their methods. */
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-java.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { byName } from "./naming.ts";

const syntax = defineSyntax({
  holders: {
    "class_declaration interface_declaration enum_declaration record_declaration annotation_type_declaration": byName,
  },
  definitions: { "constructor_declaration compact_constructor_declaration method_declaration": byName },
  comments: "line_comment block_comment",
  annotations: "annotation",
});

export const java: Language = {
  name: "java",
  files: [{ extensions: "java", grammar: { name: "java", wasm, syntax } }],
};
