/** Python: classes and functions with their decorators. */
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { byFunctionValue, byName } from "./naming.ts";

const syntax = defineSyntax({
  holders: { class_definition: byName },
  definitions: {
    function_definition: byName,
    pair: byFunctionValue({ name: "key", value: "value", values: new Set(["lambda"]) }),
  },
  wrappers: "decorated_definition",
  comments: "comment",
  annotations: "decorator",
});

export const python: Language = {
  name: "python",
  files: [
    {
      extensions: "py pyi pyw pyx",
      names: "sconstruct sconscript wscript",
      grammar: { name: "python", wasm, syntax },
    },
  ],
};
