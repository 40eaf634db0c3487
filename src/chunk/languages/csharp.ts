/** C#: types and their members; namespaces are only a frame. */
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-c-sharp.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { byName } from "./naming.ts";

const syntax = defineSyntax({
  holders: {
    "class_declaration interface_declaration enum_declaration struct_declaration record_declaration": byName,
  },
  definitions: {
    "constructor_declaration destructor_declaration method_declaration property_declaration": byName,
    "delegate_declaration local_function_statement": byName,
  },
  containers:
    "namespace_declaration file_scoped_namespace_declaration declaration_list preproc_if preproc_else preproc_elif",
  comments: "comment",
});

export const csharp: Language = {
  name: "csharp",
  files: [{ extensions: "cs csx cake", grammar: { name: "c-sharp", wasm, syntax } }],
};
