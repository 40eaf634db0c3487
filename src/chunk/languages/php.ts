/** PHP: types, functions, methods; namespaces are only a frame. */
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-php.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { byFunctionValue, byName } from "./naming.ts";

const syntax = defineSyntax({
  holders: { "class_declaration interface_declaration enum_declaration trait_declaration": byName },
  definitions: {
    "function_definition method_declaration": byName,
    assignment_expression: byFunctionValue({ name: "left", value: "right", values: new Set(["arrow_function"]) }),
  },
  wrappers: "expression_statement",
  containers: "namespace_definition declaration_list",
  comments: "comment",
});

export const php: Language = {
  name: "php",
  files: [{ extensions: "php phtml php5 php7", grammar: { name: "php", wasm, syntax } }],
};
