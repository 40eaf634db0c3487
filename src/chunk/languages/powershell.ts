/** PowerShell: functions, classes and their methods. */
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { byChild } from "./naming.ts";

const syntax = defineSyntax({
  holders: { "class_statement enum_statement class_method_definition": byChild("simple_name") },
  definitions: { function_statement: byChild("function_name") },
  comments: "comment",
});

export const powershell: Language = {
  name: "powershell",
  files: [{ extensions: "ps1 psm1 psd1", grammar: { name: "powershell", wasm, syntax } }],
};
